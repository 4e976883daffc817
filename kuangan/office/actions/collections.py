"""Sending forms down, signing returns, and urging level by level."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from kuangan.base import clock
from kuangan.base.digest import digest
from kuangan.core.actions import count_urges, end_notices, record, send_notice, sign_for_notice, tell_aside
from kuangan.core.apart import apart
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Notice, Unit, UnitKind, User
from kuangan.core.subject import about
from kuangan.law import local
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import deadline, parse_span
from kuangan.office import columns as designed
from kuangan.office.models import Collection, Return
from kuangan.office.standing import acting_at, acting_office, checked_receivers, own_offices

COLLECTION = "office_collection"
URGED = "office_collection_urge"
UNIT, COUNTY, ISSUER = 1, 2, 3
"""The levels that are urged one after the other."""
REST = timedelta(hours=1)
"""How long a return that could not be urged rests."""


class ReturnRefused(Refused):
    """Values that cannot be reported. ``errors``: a message by column."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("；".join(self.errors.values()))


@transaction.atomic
def open_collection(
    *,
    actor: User,
    unit: Unit,
    title: str,
    columns: Sequence[Mapping[str, Any]],
    due_at: datetime,
    receivers: Iterable[Unit],
    note: str = "",
    template: Attachment | None = None,
    heading_row: int | None = None,
    headings: Sequence[str] | None = None,
    at: datetime | None = None,
) -> Collection:
    """Send a form down; each receiver owes one return. Refused: not one's office, units outside, no columns, due in the past."""
    moment = at or clock.now()
    hold = acting_office(actor, unit, moment)
    units = checked_receivers(unit, receivers)
    if due_at <= moment:
        raise Refused("报送期限早于当前时间，请重新填写。")
    made = Collection.objects.create(
        unit=unit,
        path=unit.path,
        title=title,
        note=note,
        fields=designed.checked(columns),
        template=template,
        heading_row=heading_row,
        headings=headings,
        due_at=due_at,
        sent_at=moment,
        sent_by=actor,
    )
    for receiver in units:
        _ask(actor, made, receiver, moment)
    content = {"title": title, "fields": made.fields, "to": [unit.code for unit in units], "due_at": due_at}
    record(actor=actor, action="collection_opened", subject=made, data=content, at=moment, acting_for=hold.acting_for)
    return made


def _ask(actor: User, collection: Collection, unit: Unit, at: datetime) -> None:
    notice = send_notice(
        actor=actor,
        unit=unit,
        title=f"数据报送：{collection.title}"[:200],
        body=collection.note[:500],
        kind=COLLECTION,
        subject=about("collection", collection.pk),
        due_at=collection.due_at,
        at=at,
    )
    parent = unit.parent
    Return.objects.create(
        collection=collection,
        unit=unit,
        county=parent if parent is not None and parent.kind == UnitKind.county else None,
        path=unit.path,
        notice=notice,
        wakes_at=max(at, collection.due_at - _span("office.collection.lead", collection.due_at)),
    )


def _span(key: str, at: datetime) -> timedelta:
    """A local span as a length of time from ``at``."""
    span = parse_span(str(local.local(key, clock.civil_date(at)).value))
    return deadline(span, at, workdays()) - at


@transaction.atomic
def submit_return(*, actor: User, asked: Return, given: Mapping[str, Any], at: datetime | None = None) -> Return:
    """Report a unit's figures, signed by the actor for it; signs for the notice too. A late return is taken and stays late.

    Raises :class:`ReturnRefused` naming every wrong column. Refused: reported before and not sent back, collection ended.
    """
    moment = at or clock.now()
    own = _locked(asked)
    hold = acting_at(actor, own.unit, moment)
    if own.submitted_at is not None:
        raise Refused("本单位已报送；如需更正，请联系发起单位退回。")
    values, errors = designed.cleaned(designed.read(own.collection.fields), given)
    if errors:
        raise ReturnRefused(errors)
    if own.notice.received_at is None:
        sign_for_notice(actor=actor, notice=own.notice, at=moment)
    own.values, own.submitted_at, own.signed_by, own.signer_title = values, moment, actor, hold.post.title
    own.digest = digest([own.collection_id, own.unit.code, values, actor.username, moment.isoformat()])
    own.wakes_at, own.returned_for = None, ""
    own.save()
    _end_urges(actor, own, moment)
    content = {"unit": own.unit.code, "values": values, "digest": own.digest}
    record(
        actor=actor, action="return_signed", subject=own.collection, data=content, at=moment, acting_for=hold.acting_for
    )
    return own


@transaction.atomic
def send_back(*, actor: User, returned: Return, reason: str, at: datetime | None = None) -> Return:
    """Ask for a return anew; what was reported stays in the trail. The asking office may, and an office above it.

    Refused: not reported, no reason, another office: it would undo what a unit has signed for somebody else.
    """
    moment = at or clock.now()
    own = _locked(returned)
    if not may_send_back(actor, own.collection, moment):
        raise Refused(f"该报送由{own.collection.unit.name}发起，请由发起单位或其上级退回。")
    if own.submitted_at is None or not reason.strip():
        raise Refused("请在对方报送后填写退回原因。")
    content = {"unit": own.unit.code, "reason": reason, "values": own.values, "digest": own.digest}
    record(actor=actor, action="return_sent_back", subject=own.collection, data=content, at=moment)
    own.submitted_at, own.signed_by, own.returned_for, own.digest = None, None, reason.strip(), ""
    own.wakes_at = max(moment, own.collection.due_at)
    own.save()
    _urge_unit(actor, own, f"报送数据被退回：{reason.strip()}", moment)
    return own


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
        _urge_unit(actor, unit_return, "请尽快报送。", moment)
    content = {"units": [unit_return.unit.code for unit_return in within]}
    record(actor=actor, action="returns_urged", subject=collection, data=content, at=moment)
    return len(within)


@transaction.atomic
def close_collection(*, actor: User, collection: Collection, at: datetime | None = None) -> Collection:
    """End a collection: nothing more is taken or urged. Refused: ended before."""
    moment = at or clock.now()
    acting_office(actor, collection.unit, moment)
    if not Collection.objects.filter(pk=collection.pk, closed_at=None).update(closed_at=moment):
        raise Refused("该报送已结束。")
    collection.returns.update(wakes_at=None)
    notices = Notice.objects.filter(link=str(about("collection", collection.pk)), kind__in=(COLLECTION, URGED))
    end_notices(actor=actor, notices=notices, at=moment)
    record(actor=actor, action="collection_closed", subject=collection, at=moment)
    collection.refresh_from_db()
    return collection


@transaction.atomic
def urge_due(at: datetime, limit: int = 500) -> int:
    """The ladder, for the sweep: before the due time the unit, at the due time its county, a step later the issuer.

    One notice tells a county or the issuer of all that are missing there. Returns how many returns were looked at.
    """
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
            _urge_unit(None, unit_return, "报送期限将至，请按期报送。", at)
        else:
            office = _office_of(unit_return)
            told.setdefault((unit_return.collection_id, office.pk), (unit_return.collection, office, []))[2].append(
                unit_return
            )
    for collection, office, missing in told.values():
        _tell_office(collection, office, missing, at)


def _next_rung(unit_return: Return, at: datetime) -> tuple[int, datetime | None]:
    """The level to urge now and when to look again; a sweep that was late goes straight to the level that is due."""
    step = _span("office.collection.step", unit_return.collection.due_at)
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


def _urge_unit(actor: User | None, unit_return: Return, text: str, at: datetime) -> None:
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


def _end_urges(actor: User, unit_return: Return, at: datetime) -> None:
    urges: QuerySet[Notice] = Notice.objects.filter(
        unit=unit_return.unit, kind=URGED, link=str(about("collection", unit_return.collection_id))
    )
    end_notices(actor=actor, notices=urges, at=at)


def may_send_back(user: User, collection: Collection, at: datetime) -> bool:
    """Whether the user works for the office that asked for the figures, or for an office of a wider area above it."""
    asker = collection.unit
    return any(
        office.pk == asker.pk or (office.scope_path != asker.scope_path and asker.path.startswith(office.scope_path))
        for office in own_offices(user, at)
    )


def _locked(unit_return: Return) -> Return:
    returns = Return.objects.select_for_update(of=("self",)).select_related("collection__unit", "unit", "notice")
    own = returns.get(pk=unit_return.pk)
    if own.collection.closed_at is not None:
        raise Refused("该报送已结束，不再接收。")
    return own


def keep_headings(*, collection: Collection, headings: Sequence[str]) -> None:
    """Keep the headings that were read from the collection's sheet: a copy of what its file says, so no event."""
    Collection.objects.filter(pk=collection.pk, headings__isnull=True).update(headings=list(headings))
