"""The words of messages that leave the platform: SMS, calls, work apps, robots, mail and text to paste into a work group.

What goes through services of others (robots, apps, mail) names number and level alone. A text message says more only of what is no
secret before its receiver: alarms and urging, and whatever a mine or a company is told, who never learn of a preparation.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from kuangan.base.clock import civil
from kuangan.core.models import BESIDE_SMS, Call, Channel, Delivery, Notice, UnitKind, WarningLevel

SENDER = "矿安平台"
SUPERVISED: Final = (UnitKind.mine, UnitKind.company)
SPELLED_OUT: Final = frozenset(
    {
        *("alarm", "silence", "duty", "incident", "seal"),
        *("office", "office_urge", "office_collection_urge", "office_meeting", "office_presence"),
    }
)
"""Kinds of notices that a text message may spell out for an office, too: none tells of what is being prepared."""


def message_text(notice: Notice, channel: Channel = Channel.sms) -> str:
    """One paragraph for a channel: sender, level, title, body, until when to sign for it; or the number alone."""
    if channel in BESIDE_SMS or not (notice.kind in SPELLED_OUT or notice.unit.kind in SUPERVISED):
        return bare_text(notice)
    return f"【{SENDER}】{_level(notice)}{notice.title}{_sentence(notice.body)}{_due(notice)}"


def bare_text(notice: Notice) -> str:
    """What may stand anywhere: that there is a notice, its number, its level, until when to sign for it."""
    return f"【{SENDER}】{_level(notice)}您有第{notice.pk}号通知，请登录平台查看并签收。{_due(notice)}"


def message_title(delivery: Delivery) -> str:
    """The heading of a message, without its content."""
    if delivery.notice is None:
        return f"{SENDER}测试消息" if delivery.test_number else f"{SENDER}消息"
    return f"{SENDER}{_level(delivery.notice)}第{delivery.notice.pk}号通知"


def test_text(number: int) -> str:
    """What a test of a gateway says."""
    return f"【{SENDER}】第{number}号测试消息：请告知系统管理员您已收到，本消息无需处置。"


def _level(notice: Notice) -> str:
    return f"［{WarningLevel(notice.level).label}］" if notice.level else ""


def _due(notice: Notice) -> str:
    return f"请于{civil(notice.due_at):%m月%d日%H:%M}前签收。" if notice.due_at else ""


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
    receiver = f"{notice.unit.name}{notice.person.name if notice.person else ''}"
    lines = [f"【{SENDER}】{_level(notice)}{notice.title}", f"接收：{receiver}"]
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
