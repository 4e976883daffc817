"""One of everything of the office, made when a row of the matrix first asks for it."""

from datetime import timedelta
from typing import Any

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.actions import save_attachment
from kuangan.office.actions.briefs import send_brief
from kuangan.office.actions.circulars import send_circular
from kuangan.office.actions.collections import open_collection
from kuangan.office.actions.incoming import register_incoming
from kuangan.office.actions.meetings import call_meeting
from kuangan.office.actions.watch import hand_over
from kuangan.office.columns import column
from kuangan.office.models import Brief, Circular, Collection, HandOver, Incoming, Meeting
from kuangan.overview.figures.day_report import content_of
from tests import letters


def circular(world: Any) -> Circular:
    """A notice with a file from the county's bureau to the first mine."""
    made = Circular.objects.first()
    if made is not None:
        return made
    city = world.city
    actor = city["county_section"]
    file = save_attachment(actor=actor, name="名单.txt", content="一号".encode())
    return send_circular(
        actor=actor,
        issuer=city.units["county"],
        kind="notice",
        title="关于开展雨季“三防”检查的通知",
        body="请各煤矿对照清单自查。",
        receivers=[city.units["mine"]],
        attachments=[file],
    )


def circular_file(world: Any) -> list[object]:
    """The address of that file."""
    made = circular(world)
    return ["circulars", made.pk, made.attachments.get().pk]


def letter(world: Any) -> Case:
    """A draft of the county's bureau to the first mine: seen in the bureau only."""
    made = Case.objects.filter(procedure="urging_letter").first()
    return made or letters.drafted(world.city, kind="urging_letter", matters="雨季“三防”自查报告至今未报送")


def meeting(world: Any) -> Meeting:
    """A meeting of the county's bureau to which the first mine is called."""
    made = Meeting.objects.first()
    if made is not None:
        return made
    return call_meeting(
        actor=world.city["county_section"],
        organiser=world.city.units["county"],
        title="雨季“三防”工作调度会",
        starts_at=clock.now() + timedelta(days=1),
        place="局三楼会议室",
        chair="乙六",
        agenda="通报检查情况",
        receivers=[world.city.units["mine"]],
    )


def incoming(world: Any) -> Incoming:
    """A leader's instruction that came to the county's bureau."""
    made = Incoming.objects.first()
    if made is not None:
        return made
    return register_incoming(
        actor=world.city["county_section"],
        unit=world.city.units["county"],
        source="instruction",
        sender="丁一",
        title="关于加强雨季“三防”工作的批示",
        received_at=clock.now() - timedelta(hours=1),
    )


def collection(world: Any) -> Collection:
    """A form of the county's bureau for the first mine."""
    made = Collection.objects.first()
    if made is not None:
        return made
    return open_collection(
        actor=world.city["county_section"],
        unit=world.city.units["county"],
        title="雨季排水设备统计",
        columns=[column("c1", "主排水泵", "number", required=True, suffix="台", total="sum")],
        due_at=clock.now() + timedelta(days=2),
        receivers=[world.city.units["mine"]],
    )


def hand_over_of(world: Any) -> HandOver:
    """A hand-over in the county's bureau."""
    made = HandOver.objects.first()
    if made is not None:
        return made
    actor = world.city["county_duty"]
    return hand_over(actor=actor, unit=world.city.units["county"], alarms=(), feeds=(), remarks="夜间加强巡查")


def brief(world: Any) -> Brief:
    """A daily report of the first mine to the county's bureau."""
    made = Brief.objects.first()
    if made is not None:
        return made
    unit, today = world.city.units["mine"], clock.civil_date(clock.now())
    days = (today, today)
    return send_brief(
        actor=world.city["mine_dispatcher"],
        unit=unit,
        to=world.city.units["county"],
        kind="daily",
        period=today.isoformat(),
        days=days,
        content=content_of(unit, "daily", days, clock.now()),
    )
