"""Urging returns that are missing, by hand and level by level."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from kuangan.base import clock
from kuangan.core.actions import count_urges, end_notices, record, send_notice, tell_aside
from kuangan.core.apart import apart
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, Unit, UnitKind, User
from kuangan.core.subject import about
from kuangan.law import local
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline, parse_span
from kuangan.office.models import Collection, Return
from kuangan.office.standing import own_offices

URGED = "office_collection_urge"
UNIT, COUNTY, ISSUER = 1, 2, 3
"""The levels that are urged one after the other."""
REST = timedelta(hours=1)
"""How long a return that could not be urged rests."""


def span_of(key: str, at: datetime) -> timedelta:
    """A local span as a length of time from ``at``."""
    span = parse_span(str(local.local(key, clock.civil_date(at)).value))
    return deadline(span, at, calendar()) - at


@transaction.atomic
def urge_returns(*, actor: User, collection: Collection, at: datetime | None = None) -> int:
    """Remind all units within the actor's office that have not reported; returns how many. Refused: nobody, ended."""
    moment = at or clock.now()
    returns = Return.objects.select_for_update(of=("self",)).select_related("collection", "unit")
    missing = returns.filter(collection=collection, submitted_at=None)
    offices = own_offices(actor, moment)
    within = [
        missing_return
        for missing_return in missing
        if any(missing_return.path.startswith(office.scope_path) for office in offices)
    ]
    if collection.closed_at is not None or not within:
        raise Refused("没有需要催报的单位。")
    matter = f"collection/{collection.pk}"
    kept = count_urges(actor=actor, targets=[(matter, unit_return.unit) for unit_return in within], at=moment)
    within = [unit_return for unit_return in within if (matter, unit_return.unit_id) in kept]
    for unit_return in within:
        urge_unit(actor, unit_return, "请尽快报送。", moment)
    content = {"units": [unit_return.unit.code for unit_return in within]}
    record(actor=actor, action="returns_urged", subject=collection, data=content, at=moment)
    return len(within)


def urge_due(at: datetime, limit: int = 500) -> int:
    """The ladder, for the sweep: before the due time the unit, at the due time its county, a step later the issuer.

    One notice tells a county or the issuer of all that are missing there. Returns how many returns were looked at.
    """
    return _urge_waking(at, limit) if Return.objects.filter(wakes_at__lte=at).exists() else 0


@transaction.atomic
def _urge_waking(at: datetime, limit: int) -> int:
    returns = Return.objects.select_for_update(of=("self",), skip_locked=True).filter(wakes_at__lte=at)
    due = list(returns.select_related("collection__unit", "unit", "county").order_by("wakes_at", "pk")[:limit])
    _, aside = apart(due, lambda part: _urged(part, at), most=len(due))
    Return.objects.filter(pk__in=[resting.row.pk for resting in aside]).update(wakes_at=at + REST)
    tell_aside(stage="collections", label="数据报送催报", aside=aside, at=at)
    return len(due) - len(aside)


def _urged(returns: Sequence[Return], at: datetime) -> None:
    """Move locked returns up the ladder, and tell whom it says."""
    told: dict[tuple[int, int], tuple[Collection, Unit, list[Return]]] = {}
    for unit_return in returns:
        unit_return.rung, unit_return.wakes_at = _next_rung(unit_return, at)
        unit_return.save(update_fields=["rung", "wakes_at"])
        if unit_return.rung == UNIT:
            urge_unit(None, unit_return, "报送期限将至，请按期报送。", at)
        else:
            office = _office_of(unit_return)
            told.setdefault((unit_return.collection_id, office.pk), (unit_return.collection, office, []))[2].append(
                unit_return
            )
    for collection, office, missing in told.values():
        _tell_office(collection, office, missing, at)


def _next_rung(unit_return: Return, at: datetime) -> tuple[int, datetime | None]:
    """The level to urge now and when to look again; a sweep that was late goes straight to the level that is due."""
    step = span_of("office.collection.step", unit_return.collection.due_at)
    if at < unit_return.collection.due_at:
        return UNIT, unit_return.collection.due_at
    if at < unit_return.collection.due_at + step and unit_return.county is not None:
        return COUNTY, unit_return.collection.due_at + step
    return ISSUER, None


def _office_of(unit_return: Return) -> Unit:
    """Who is told that a return is missing: the county's bureau, where that is not the issuer's business already."""
    if unit_return.rung == ISSUER or unit_return.county is None:
        return unit_return.collection.unit
    bureau = Unit.objects.filter(kind=UnitKind.county_bureau, scope_path=unit_return.county.path).order_by("pk").first()
    return bureau or unit_return.collection.unit


def _tell_office(collection: Collection, office: Unit, missing: Sequence[Return], at: datetime) -> None:
    names = "、".join(missing_return.unit.name for missing_return in missing[:10])
    more = f"等{len(missing)}个单位" if len(missing) > 10 else ""
    send_notice(
        actor=None,
        unit=office,
        title=f"逾期未报：{collection.title}"[:200],
        body=f"{names}{more}逾期未报送，请督促。",
        kind=URGED,
        subject=about("collection", collection.pk, show="missing"),
        at=at,
    )


def urge_unit(actor: User | None, unit_return: Return, text: str, at: datetime) -> None:
    """Tell a unit that its return is missing, or what else there is to do about it."""
    send_notice(
        actor=actor,
        unit=unit_return.unit,
        title=f"催报：{unit_return.collection.title}"[:200],
        body=text,
        kind=URGED,
        subject=about("collection", unit_return.collection_id),
        channels=("screen", "sms"),
        due_at=unit_return.collection.due_at,
        at=at,
    )
    unit_return.urged_at = at
    unit_return.save(update_fields=["urged_at"])


def end_urges(actor: User, unit_return: Return, at: datetime) -> None:
    """The unit has reported: end what it was told of the missing return."""
    urges: QuerySet[Notice] = Notice.objects.filter(
        unit=unit_return.unit, kind=URGED, link=str(about("collection", unit_return.collection_id))
    )
    end_notices(actor=actor, notices=urges, at=at)
