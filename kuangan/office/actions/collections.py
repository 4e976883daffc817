"""Sending forms down, signing returns, and urging level by level."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.base.digest import digest
from kuangan.core.actions import end_notices, record, send_notice, sign_for_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Notice, Unit, UnitKind, User
from kuangan.core.subject import about
from kuangan.office import columns as designed
from kuangan.office.actions.urging import URGED, end_urges, span_of, urge_unit
from kuangan.office.models import Collection, Return
from kuangan.office.standing import acting_at, acting_office, checked_receivers, own_offices

COLLECTION = "office_collection"


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
        wakes_at=max(at, collection.due_at - span_of("office.collection.lead", collection.due_at)),
    )


@transaction.atomic
def submit_return(*, actor: User, unit_return: Return, given: Mapping[str, Any], at: datetime | None = None) -> Return:
    """Report a unit's figures, signed by the actor for it; signs for the notice too. A late return is taken and stays late.

    Raises :class:`ReturnRefused` naming every wrong column. Refused: reported before and not sent back, collection ended.
    """
    moment = at or clock.now()
    own = _locked(unit_return)
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
    end_urges(actor, own, moment)
    content = {"unit": own.unit.code, "values": values, "digest": own.digest}
    record(
        actor=actor, action="return_signed", subject=own.collection, data=content, at=moment, acting_for=hold.acting_for
    )
    return own


@transaction.atomic
def send_back(*, actor: User, unit_return: Return, reason: str, at: datetime | None = None) -> Return:
    """Ask for a return anew; what was reported stays in the trail. The asking office may, and an office above it.

    Refused: not reported, no reason, another office: it would undo what a unit has signed for somebody else.
    """
    moment = at or clock.now()
    own = _locked(unit_return)
    if not may_send_back(actor, own.collection, moment):
        raise Refused(f"该报送由{own.collection.unit.name}发起，请由发起单位或其上级退回。")
    if own.submitted_at is None or not reason.strip():
        raise Refused("请在对方报送后填写退回原因。")
    content = {"unit": own.unit.code, "reason": reason, "values": own.values, "digest": own.digest}
    record(actor=actor, action="return_sent_back", subject=own.collection, data=content, at=moment)
    own.submitted_at, own.signed_by, own.returned_for, own.digest = None, None, reason.strip(), ""
    own.wakes_at = max(moment, own.collection.due_at)
    own.save()
    urge_unit(actor, own, f"报送数据被退回：{reason.strip()}", moment)
    return own


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
