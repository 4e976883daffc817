"""What happens to a night's seal: it leaves the platform, and somebody hears when none came."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from kuangan.base import clock
from kuangan.base.files import make_file_once
from kuangan.core.actions.audit import record
from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.actions.notices import send_notice
from kuangan.core.models import Channel, Event, EventHead, Notice, TrailCheck, User
from kuangan.core.queries.roles import units_with_role
from kuangan.core.queries.trail import ended_seals
from kuangan.core.subject import about
from kuangan.core.trail.sealing import Anchor, AnchorUnreadable, anchor_line, read_anchors, spoken
from kuangan.law.role import Role

KEEPERS = (Role.inspectorate_officer, Role.audit_admin)
"""Who is told each seal: it proves something only when it lies with somebody other than the platform."""
HANDED_OUT_LATE = 7
"""Seals that are handed out after all when that failed in their night."""


def seals_folder() -> Path:
    """Where the anchor files lie, one a day, to be copied to other hands."""
    return Path(settings.DATA.root) / "seals"


def handed_out() -> list[Anchor]:
    """The seals as they left the platform, from its own files. Raises AnchorUnreadable naming the file."""
    anchors: list[Anchor] = []
    for path in sorted(seals_folder().glob("*.json")):
        try:
            anchors += read_anchors(path.read_text("utf-8").splitlines())
        except (OSError, UnicodeDecodeError, AnchorUnreadable) as unreadable:
            raise AnchorUnreadable(f"平台自留的锚定文件{path.name}无法读取：{unreadable}") from unreadable
    return anchors


def to_hand_out(at: datetime) -> list[EventHead]:
    """The signed seals of the last days that have no file yet: the newest, and those whose handing out failed."""
    newest = ended_seals(at).exclude(signature="")[:HANDED_OUT_LATE]
    return [seal for seal in reversed(newest) if not _file_of(seal).exists()]


def _file_of(seal: EventHead) -> Path:
    return seals_folder() / f"{seal.day.isoformat()}.json"


@transaction.atomic
def hand_out_seal(*, seal: EventHead, at: datetime) -> None:
    """Write the anchor file of a seal and tell its check digits to those who keep them.

    The file of a day that was handed out before stays as it is: a second seal of that day is an alarm.
    """
    for role in KEEPERS:
        for unit in units_with_role(role, at):
            notice = send_notice(
                actor=None,
                unit=unit,
                role=role,
                kind="seal",
                title=f"{seal.day:%Y年%m月%d日}操作记录已封存",
                body=f"校验码：{spoken(seal)}。请抄录留存；核查时以此对照平台出示的封存，不一致即记录被改动",
                subject=about("seals"),
                channels=(Channel.screen, Channel.sms),
                at=at,
            )
            Notice.objects.filter(pk=notice.pk).update(ended_at=at)  # it tells something and asks for nothing
    seals_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = make_file_once(_file_of(seal), anchor_line(seal).encode() + b"\n")
    if kept != anchor_line(seal).encode() + b"\n":
        text = f"{seal.day:%Y-%m-%d}的操作记录被重新封存，与此前交出的封存不同。请保留现场并核查数据库访问。"
        raise_incident(kind="trail_broken", key=f"seal {seal.day}", text=text, call=True, at=at)


def watch_seals(at: datetime) -> None:
    """Raise an alarm when the night before has no seal although there was something to seal, or one is of a day to come."""
    yesterday = clock.civil_date(at) - timedelta(days=1)
    newest = ended_seals(at).first()
    if newest is not None and newest.day >= yesterday:
        end_incident(kind="seal_missing", key="night", at=at)
    elif Event.objects.filter(at__lt=clock.beijing_midnight(yesterday + timedelta(days=1))).exists():
        last = f"最近一次封存为{newest.day:%Y-%m-%d}" if newest else "此前没有任何封存"
        text = f"{yesterday:%Y-%m-%d}的操作记录没有封存，{last}。请查看到期处理进程的日志，排除故障后会自动补封。"
        raise_incident(kind="seal_missing", key="night", text=text, call=True, at=at)
    for seal in EventHead.objects.filter(day__gt=yesterday):
        text = f"数据库中有一条{seal.day:%Y-%m-%d}的封存，该日尚未结束，不是平台所作。请保留现场并核查数据库访问。"
        raise_incident(kind="trail_broken", key=f"seal {seal.day}", text=text, call=True, at=at)


@transaction.atomic
def ask_trail_check(*, actor: User | None, at: datetime | None = None) -> TrailCheck:
    """Have the whole trail proved; one that waits already is returned instead."""
    moment = at or clock.now()
    waiting = TrailCheck.objects.filter(ended_at=None).first()
    if waiting is not None:
        return waiting
    check = TrailCheck.objects.create(asked_at=moment, asked_by=actor)
    record(actor=actor, action="trail_check_asked", subject=check, at=moment)
    return check


@transaction.atomic
def end_trail_check(
    *, check: TrailCheck, events: int, days: int, compared: int, broken: str, at: datetime | None = None
) -> None:
    """Keep the result of a proof; ``broken`` says in Chinese what does not fit and is told to those who run the platform."""
    moment = at or clock.now()
    check.ended_at, check.events, check.days, check.rows, check.broken = moment, events, days, compared, broken
    check.save(update_fields=["ended_at", "events", "days", "rows", "broken"])
    record(actor=None, action="trail_checked", subject=check, data={"broken": broken}, at=moment)
    if broken:
        raise_incident(kind="trail_broken", key="trail", text=broken, call=True, at=moment)
    else:
        end_incident(kind="trail_broken", key="trail", at=moment)
