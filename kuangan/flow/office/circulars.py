"""An accident circular of an office is the circular of the law: sending it is recorded, and every mine concerned owes its study."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Unit, UnitKind, User
from kuangan.duty.models import Duty
from kuangan.flow.credit.entries import record_entry, void
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.ledger.subject import serial_of
from kuangan.mine.models import Mine
from kuangan.office.actions import circulars as actions
from kuangan.office.actions import withdrawing
from kuangan.office.models import Circular, CircularKind
from kuangan.office.queries.circulars import circulars_visible_to

CIRCULARS: Final = "accident_circular"


def keeps_ledger(unit: Unit) -> bool:
    """Whether the accident circulars of the unit are entries of the ledger (bureaus); those of others are notices only."""
    return unit.kind in ledger_by_id(CIRCULARS).keepers


@transaction.atomic
def send_circular(
    *,
    actor: User,
    issuer: Unit,
    kind: CircularKind | str,
    title: str,
    receivers: Iterable[Unit],
    number: str = "",
    attachments: Sequence[Attachment] = (),
    accident: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Circular:
    """Send a circular; an accident circular of a bureau is entered in the ledger too, with what it says of the ``accident``.

    The mines that owe its study are those it goes to, and those of the counties whose bureau it goes to. Refused as the office's action and
    the ledger refuse.
    """
    moment, units = at or clock.now(), list(receivers)
    sent = actions.send_circular(
        actor=actor,
        issuer=issuer,
        kind=kind,
        title=title,
        receivers=units,
        number=number,
        attachments=attachments,
        at=moment,
        **more,
    )
    if sent.kind != CircularKind.circular or not keeps_ledger(issuer):
        return sent
    return _entered(sent, {**(accident or {}), "mines": _concerned(issuer, units)}, attachments)


def _entered(sent: Circular, accident: Mapping[str, Any], attachments: Sequence[Attachment]) -> Circular:
    """The circular with its entry in the ledger."""
    values = {
        **accident,
        "issued_on": clock.civil_date(sent.sent_at).isoformat(),
        "number": sent.number,
        "title": sent.title,
        "document": [file.pk for file in attachments],
    }
    entry = record_entry(actor=sent.sent_by, ledger_id=CIRCULARS, unit=sent.issuer, values=values, at=sent.sent_at)
    return actions.enter_circular(circular=sent, entry=entry.serial or entry.pk)


def _concerned(issuer: Unit, receivers: Sequence[Unit]) -> list[dict[str, str]]:
    """The mines that are to study it, as rows; none where these are all mines of the office's area. Refused where it reaches no mine."""
    area = Mine.objects.filter(unit__path__startswith=issuer.scope_path)
    named = Q(pk__in=[unit.pk for unit in receivers if unit.kind == UnitKind.mine])
    for bureau in receivers:
        if bureau.kind == UnitKind.county_bureau:
            named |= Q(unit__path__startswith=bureau.scope_path)
    codes = list(area.filter(named).order_by("code").values_list("code", flat=True))
    known = area.count()
    if known and not codes:
        raise Refused(
            "事故通报须发至应当学习、对照自查的煤矿或者其所在县的应急管理局，请补选接收单位；仅供了解的，请以通知下发。"
        )
    return [] if len(codes) == known else [{"mine": code} for code in codes]


@transaction.atomic
def withdraw_circular(*, actor: User, circular: Circular, reason: str, at: datetime | None = None) -> Circular:
    """Take a circular back; its entry is voided, and nobody owes its study any more. Refused as the office's action refuses."""
    moment = at or clock.now()
    withdrawn = withdrawing.withdraw_circular(actor=actor, circular=circular, reason=reason, at=moment)
    entry = Entry.objects.filter(CURRENT, serial=withdrawn.entry).first() if withdrawn.entry else None
    if entry is not None:
        void(actor=actor, entry=entry, reason=f"通报已撤回：{reason.strip()}", at=moment)
    return withdrawn


def circular_of(reader: User, duty: Duty) -> Circular | None:
    """The circular that a duty follows, as it came to the reader: sent to him, or passed on to him."""
    serial = serial_of(duty.subject)
    if serial is None:
        return None
    chain = Q(entry=serial) | Q(source__entry=serial) | Q(source__source__entry=serial)
    return circulars_visible_to(reader).filter(chain, withdrawn_at=None).first()
