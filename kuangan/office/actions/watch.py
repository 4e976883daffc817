"""The watch: handing over, logging calls, planning holidays, checking presence."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record, send_notice, sign_for_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Unit, User
from kuangan.core.resting import Resting
from kuangan.core.subject import about
from kuangan.law import local
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline, parse_span
from kuangan.office.holidays import Holiday
from kuangan.office.models import HandOver, HolidayDuty, HolidayPlan, PhoneCall, PresenceCheck
from kuangan.office.standing import acting_at, acting_office, checked_receivers

PRESENCE = "office_presence"
_resting = Resting()


@transaction.atomic
def hand_over(
    *,
    actor: User,
    unit: Unit,
    alarms: Sequence[Mapping[str, str]],
    feeds: Sequence[Mapping[str, str]],
    remarks: str,
    at: datetime | None = None,
) -> HandOver:
    """Leave the watch to the next shift, with what is open as the platform sees it.

    Refused: the last hand-over was not taken yet.
    """
    moment = at or clock.now()
    acting_at(actor, unit, moment)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if HandOver.objects.filter(unit=unit, taken_at=None).exists():
        raise Refused("上一次交班尚未接班，请先由接班人员接班。")
    last = HandOver.objects.filter(unit=unit).order_by("-at").first()
    since = last.at if last else moment - timedelta(days=1)
    made = HandOver.objects.create(
        unit=unit,
        path=unit.path,
        at=moment,
        by=actor,
        alarms=list(alarms),
        feeds=list(feeds),
        calls=PhoneCall.objects.filter(unit=unit, at__gt=since, at__lte=moment).count(),
        remarks=remarks.strip(),
    )
    content = {"alarms": made.alarms, "feeds": made.feeds, "calls": made.calls, "remarks": made.remarks}
    record(actor=actor, action="watch_handed_over", subject=made, data=content, at=moment)
    return made


@transaction.atomic
def take_over(*, actor: User, hand_over: HandOver, note: str = "", at: datetime | None = None) -> HandOver:
    """Take the watch. Refused: the one who handed it over, taken before."""
    moment = at or clock.now()
    own = HandOver.objects.select_for_update(of=("self",)).select_related("unit").get(pk=hand_over.pk)
    acting_at(actor, own.unit, moment)
    if own.taken_at is not None or own.by_id == actor.pk:
        raise Refused("本班已接班。" if own.taken_at else "交班人不能自己接班，请由下一班人员接班。")
    own.taken_at, own.taken_by, own.taken_note = moment, actor, note.strip()
    own.save(update_fields=["taken_at", "taken_by", "taken_note"])
    record(actor=actor, action="watch_taken_over", subject=own, data={"note": own.taken_note}, at=moment)
    return own


@transaction.atomic
def log_call(
    *,
    actor: User,
    unit: Unit,
    called_at: datetime,
    caller: str,
    matter: str,
    phone: str = "",
    passed_to: str = "",
    at: datetime | None = None,
) -> PhoneCall:
    """Log a call that came in. Refused: in the future."""
    moment = at or clock.now()
    acting_at(actor, unit, moment)
    if called_at > moment:
        raise Refused("来电时间晚于当前时间，请核对。")
    made = PhoneCall.objects.create(
        unit=unit,
        path=unit.path,
        at=called_at,
        caller=caller,
        phone=phone,
        matter=matter,
        passed_to=passed_to,
        by=actor,
    )
    content = {"caller": caller, "matter": matter, "passed_to": passed_to, "at": called_at}
    record(actor=actor, action="call_logged", subject=made, data=content, at=moment)
    return made


@transaction.atomic
def plan_holiday(
    *,
    actor: User,
    unit: Unit,
    holiday: Holiday,
    days: Mapping[date, tuple[Person, Person]],
    at: datetime | None = None,
) -> HolidayPlan:
    """Hand in who leads and who keeps watch on each day; may be changed until the holiday ends.

    Refused: a day without people or outside the holiday, people of other units, the holiday is over.
    """
    moment = at or clock.now()
    acting_at(actor, unit, moment)
    if clock.civil_date(moment) > holiday.last:
        raise Refused("假期已结束，不能再排班。")
    empty = [day for day in holiday.days if day not in days]
    if empty or set(days) - set(holiday.days):
        raise Refused(
            f"请排定每一天的带班领导和值班人员：缺{'、'.join(f'{day.month}月{day.day}日' for day in empty)}。"
        )
    if any(person.unit_id != unit.pk for pair in days.values() for person in pair):
        raise Refused(f"只能安排{unit.name}的人员值班。")
    plan, _ = HolidayPlan.objects.get_or_create(
        unit=unit,
        first_on=holiday.first,
        defaults={"path": unit.path, "last_on": holiday.last, "due_on": holiday.due_on},
    )
    HolidayPlan.objects.select_for_update().get(pk=plan.pk)
    plan.days.all().delete()
    HolidayDuty.objects.bulk_create(
        HolidayDuty(plan=plan, on=day, leader=leader, officer=officer) for day, (leader, officer) in days.items()
    )
    if plan.submitted_at is None:
        plan.submitted_at = moment
    plan.last_on, plan.submitted_by = holiday.last, actor
    plan.save(update_fields=["submitted_at", "submitted_by", "last_on"])
    content: dict[str, Any] = {day.isoformat(): [pair[0].name, pair[1].name] for day, pair in days.items()}
    record(actor=actor, action="holiday_planned", subject=plan, data=content, at=moment)
    return plan


@transaction.atomic
def plan_checks(
    *,
    actor: User,
    checker: Unit,
    units: Iterable[Unit],
    between: tuple[datetime, datetime] | None = None,
    at: datetime | None = None,
) -> list[PresenceCheck]:
    """Check units now, or each at a moment drawn at random within a time. Refused: outside the area, a time that has passed."""
    moment = at or clock.now()
    acting_office(actor, checker, moment)
    checked = checked_receivers(checker, units)
    if between is not None and not moment <= between[0] < between[1]:
        raise Refused("抽查时段须在当前时间之后，且结束晚于开始。")
    checks = [
        PresenceCheck.objects.create(
            checker=checker, unit=unit, path=unit.path, ask_at=_drawn(between, moment), planned_by=actor
        )
        for unit in checked
    ]
    for check in checks:
        record(actor=actor, action="presence_planned", subject=check, data={"unit": check.unit.code}, at=moment)
    if between is None:
        for check in checks:
            _ask(check, moment)
    return checks


def _drawn(between: tuple[datetime, datetime] | None, at: datetime) -> datetime:
    if between is None:
        return at
    seconds = int((between[1] - between[0]).total_seconds())
    return between[0] + timedelta(seconds=secrets.randbelow(seconds + 1))


def ask_due(at: datetime, limit: int = 200) -> int:
    """Send the checks whose moment has come, for the sweep; returns how many."""
    due = PresenceCheck.objects.filter(asked_at=None, ask_at__lte=at).order_by("ask_at", "pk")
    return _resting.take_each(_ask, due[: limit + len(_resting)], at, stage="presence", label="查岗")


@transaction.atomic
def _ask(check: PresenceCheck, at: datetime) -> bool:
    """Send one check; False when another process did."""
    checks = PresenceCheck.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=check.pk, asked_at=None)
    asked = checks.select_related("unit", "checker").first()
    if asked is None:
        return False
    span = parse_span(str(local.local("office.presence.answer", clock.civil_date(at)).value))
    asked.asked_at, asked.due_at = at, deadline(span, at, calendar())
    asked.notice = send_notice(
        actor=None,
        unit=asked.unit,
        title=f"查岗：请在{span}内应答",
        body=f"{asked.checker.name}查岗，请当班人员立即应答。",
        kind=PRESENCE,
        subject=about("watch"),
        channels=("screen", "phone"),
        due_at=asked.due_at,
        at=at,
    )
    asked.save(update_fields=["asked_at", "due_at", "notice"])
    return True


@transaction.atomic
def answer_check(*, actor: User, check: PresenceCheck, note: str = "", at: datetime | None = None) -> PresenceCheck:
    """Answer a check for the unit; the moment tells whether in time. Refused: not asked yet, answered before."""
    moment = at or clock.now()
    own = PresenceCheck.objects.select_for_update(of=("self",)).select_related("unit", "notice").get(pk=check.pk)
    acting_at(actor, own.unit, moment)
    if own.asked_at is None or own.answered_at is not None:
        raise Refused("该查岗已应答，无需重复应答。" if own.answered_at else "没有待应答的查岗。")
    own.answered_at, own.answered_by, own.note = moment, actor, note.strip()
    own.save(update_fields=["answered_at", "answered_by", "note"])
    if own.notice is not None and own.notice.received_at is None:
        sign_for_notice(actor=actor, notice=own.notice, at=moment)
    record(actor=actor, action="presence_answered", subject=own, data={"note": own.note}, at=moment)
    return own
