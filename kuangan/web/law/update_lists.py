"""Law updates in lists: the columns of their pages."""

from typing import Any

from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column


def state_word(update: Any) -> str:
    if update.waits:
        return "待决定人签署" if update.headed_at is None else "待复核人签署"
    if update.refused_for:
        return "不同意，未采用"
    if update.dropped_at is not None:
        return "未签署，已被替代"
    if update.undoes_id is not None:
        return "已撤回原更新"
    return "已签署" if update.ended_at is None else "已撤回"


UPDATES = (
    Column("编号", lambda update: update.number, style="nowrap"),
    Column("名称", lambda update: f"{'撤回：' if update.undoes_id else ''}{update.title}"),
    Column("制作", lambda update: update.made_on, style="nowrap"),
    Column("提出", lambda update: update.proposed_at, style="nowrap"),
    Column("状态", state_word, style="nowrap"),
)
CHANGES = (
    Column("条目", lambda line: line["where"]),
    Column("原", lambda line: line["old"] or shown.EMPTY, style="small"),
    Column("改为", lambda line: line["new"] or shown.EMPTY, style="small strong"),
)
FILES = (
    Column("文件", lambda file: file[0]),
    Column("方式", lambda file: file[1], style="nowrap"),
)
