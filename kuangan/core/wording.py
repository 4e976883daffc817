"""The words of messages that leave the platform: SMS, calls and text to paste into a work group."""

from collections import Counter
from collections.abc import Iterable

from kuangan.base.clock import civil
from kuangan.core.models import Call, Notice, WarningLevel

SENDER = "矿安平台"


def message_text(notice: Notice) -> str:
    """One paragraph for SMS and phone: sender, level, title, body, until when to sign for it."""
    level = f"［{WarningLevel(notice.level).label}］" if notice.level else ""
    due = f"请于{civil(notice.due_at):%m月%d日%H:%M}前签收。" if notice.due_at else ""
    return f"【{SENDER}】{level}{notice.title}{_sentence(notice.body)}{due}"


def summary_text(levels: Iterable[str]) -> str:
    """One text instead of many: how many notices were not sent one by one, and how many of each level."""
    counts = Counter(levels)
    graded = "、".join(f"{level.label}{counts[level]}条" for level in WarningLevel if counts[level])
    what = f"（其中{graded}）" if graded else ""
    return f"【{SENDER}】发给您的通知较多，另有{counts.total()}条未逐条发送短信{what}，请立即登录平台查看并签收。"


def _sentence(body: str) -> str:
    return f"：{body.rstrip('。')}。" if body.strip() else "。"


def group_text(notice: Notice) -> str:
    """Several lines to paste into a work group: for whom, what, until when, and that receipt is signed on the platform."""
    level = f"［{WarningLevel(notice.level).label}］" if notice.level else ""
    receiver = f"{notice.unit.name}{notice.person.name if notice.person else ''}"
    lines = [f"【{SENDER}】{level}{notice.title}", f"接收：{receiver}"]
    if notice.body.strip():
        lines.append(notice.body.strip())
    lines.append(f"发出时间：{civil(notice.created_at):%Y-%m-%d %H:%M}")
    if notice.due_at:
        lines.append(f"签收期限：{civil(notice.due_at):%Y-%m-%d %H:%M}")
    lines.append("请登录平台签收，群内回复不作为签收。")
    return "\n".join(lines)


def call_text(call: Call) -> str:
    """What the phone says to the person called."""
    return f"【{SENDER}】叫应{call.unit.name}：{call.reason.rstrip('。')}。请立即应答并登录平台处置。"
