"""Taking circulars back, and with them every copy by which they were passed on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import end_notices, record, send_notice, tell_aside
from kuangan.core.apart import apart
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, User
from kuangan.core.subject import about
from kuangan.office.actions.circulars import NOTICE, URGED
from kuangan.office.models import Circular
from kuangan.office.standing import acting_office

STAGE: Final = "office.copies"
WITHDRAWN: Final = "office_withdrawn"
LONGEST_REASON: Final = 300
ORIGINAL: Final = "原件已撤回："


@transaction.atomic
def withdraw_circular(*, actor: User, circular: Circular, reason: str, at: datetime | None = None) -> Circular:
    """Take a circular back, and with it every copy by which it was passed on: nobody need sign or answer any more.

    Refused: taken back before, no reason.
    """
    moment = at or clock.now()
    acting_office(actor, circular.issuer, moment)
    if not reason.strip():
        raise Refused("请填写撤回原因。")
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused(f"撤回原因最多 {LONGEST_REASON} 字，请精简。")
    if not _take_back(actor, circular, reason.strip(), moment):
        raise Refused("该文件已撤回，无需再次撤回。")
    _take_back_copies(actor, circular, _with_original(reason.strip()), moment)
    circular.refresh_from_db()
    return circular


def take_back_left(at: datetime) -> int:
    """Take back the copies that stand though what they pass on was withdrawn: before this went by itself, or in the same moment; how many."""
    left = Circular.objects.filter(withdrawn_at=None, source__withdrawn_at__isnull=False)
    originals = list(Circular.objects.filter(pk__in=left.values("source")).select_related("issuer").order_by("pk"))
    counts, aside = apart(originals, lambda part: _take_back_all_of(part, at), most=len(originals))
    tell_aside(stage=STAGE, label="撤回转发件", aside=aside, at=at)
    return sum(counts)


def _take_back_all_of(originals: Sequence[Circular], at: datetime) -> int:
    return sum(_take_back_copies(None, original, _with_original(original.withdrawn_for), at) for original in originals)


def _with_original(reason: str) -> str:
    return reason if reason.startswith(ORIGINAL) else f"{ORIGINAL}{reason}"[:LONGEST_REASON]


def _take_back(actor: User | None, circular: Circular, reason: str, at: datetime) -> bool:
    """Mark it as withdrawn and end its notices; False where it was withdrawn before."""
    standing = Circular.objects.filter(pk=circular.pk, withdrawn_at=None)
    if not standing.update(withdrawn_at=at, withdrawn_for=reason):
        return False
    link = str(about("circular", circular.pk))
    end_notices(actor=actor, notices=Notice.objects.filter(link=link, kind__in=(NOTICE, URGED)), at=at)
    record(actor=actor, action="circular_withdrawn", subject=circular, data={"reason": reason}, at=at)
    return True


def _take_back_copies(actor: User | None, original: Circular, reason: str, at: datetime) -> int:
    """The copies of a withdrawn circular, and theirs; who passed it on is told. How many stood until now."""
    count = 0
    for copy in original.forwards.select_related("issuer").order_by("pk"):
        if _take_back(actor, copy, reason, at):
            count += 1
            send_notice(
                actor=actor,
                unit=copy.issuer,
                title=f"转发件随原件撤回：{copy.title}"[:200],
                body=f"{original.issuer.name}已撤回《{original.title}》，本单位的转发件同时撤回。{reason}",
                kind=WITHDRAWN,
                subject=about("circular", copy.pk),
                at=at,
            )
        count += _take_back_copies(actor, copy, reason, at)
    return count
