"""What the platform holds on the reader himself (个人信息保护法第四十五条): nobody is told of anybody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, QuerySet

from kuangan.base import clock
from kuangan.base.identity import masked_identity
from kuangan.core.models import CallAttempt, ContactAddress, Event, LoginSession, Notice, QuietHours, Tenure, User
from kuangan.core.queries.keeping import identity_of

MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class PersonalItem:
    """One thing held: of which kind, what it is called, what it says, and what it serves."""

    kind: str
    name: str
    value: str
    purpose: str


def personal_items(reader: User) -> list[PersonalItem]:
    """His register row, posts, addresses and log-ins; records of his work by their number and span, not what others wrote of him."""
    return [*_registered(reader), *_posts(reader), *_reaching(reader), *_logins(reader), *_records(reader)]


def _registered(reader: User) -> Iterator[PersonalItem]:
    person = reader.person
    purpose = "识别履职人员、核验签署资格"
    yield PersonalItem("登记信息", "用户名", reader.username, "登录")
    if person is None:
        return
    held = identity_of(person)
    said = {
        "姓名": person.name,
        "所属单位": person.unit.name,
        "手机": person.phone,
        "人员编号": person.number,
        "公民身份号码": masked_identity(held) if held else "",
        "执法证号": person.certificate,
        "离职日期": str(person.left_on or "在职"),
    }
    for name, value in said.items():
        yield PersonalItem("登记信息", name, value or "未登记", "通知、叫应" if name == "手机" else purpose)


def _posts(reader: User) -> Iterator[PersonalItem]:
    tenures = Tenure.objects.filter(person=reader.person_id).select_related("post__unit").order_by("from_at")
    for tenure in tenures if reader.person_id else ():
        until = _said(tenure.to_at) if tenure.to_at else "今"
        name = f"{tenure.post.unit.name}{tenure.post.title}"
        yield PersonalItem("任职经历", name, f"{_said(tenure.from_at)} 至 {until}", "确定权限和责任")


def _reaching(reader: User) -> Iterator[PersonalItem]:
    if not reader.person_id:
        return
    for address in ContactAddress.objects.filter(person=reader.person_id).order_by("channel"):
        yield PersonalItem("接收方式", address.get_channel_display(), address.address, "通知")
    for quiet in QuietHours.objects.filter(person=reader.person_id):
        yield PersonalItem("接收方式", "免打扰时段", f"{quiet.begins:%H:%M} 至 {quiet.ends:%H:%M}", "通知")


def _logins(reader: User) -> Iterator[PersonalItem]:
    for session in LoginSession.objects.filter(user=reader).order_by("-begun_at"):
        said = f"{_said(session.begun_at)}，{session.address or '地址未记录'}，{session.browser or '浏览器未记录'}"
        yield PersonalItem("登录情况", "登录", said, "账号安全")


def _records(reader: User) -> Iterator[PersonalItem]:
    """How many and of when; each is read where it was made."""
    kinds: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("本人操作留痕", Event.objects.filter(actor=reader), "at"),
        ("发给本人的通知", Notice.objects.filter(person=reader.person_id), "created_at"),
        ("对本人的叫应", CallAttempt.objects.filter(person=reader.person_id), "at"),
    )
    for name, records, day in kinds:
        if name != "本人操作留痕" and not reader.person_id:
            continue
        span = records.aggregate(first=Min(day), last=Max(day))
        said = f"{records.count()} 条"
        if span["first"]:
            said += f"，{_said(span['first'])} 至 {_said(span['last'])}"
        yield PersonalItem("履职记录", name, said, "履职留痕")


def _said(moment: datetime) -> str:
    return clock.civil(moment).strftime(MOMENT)
