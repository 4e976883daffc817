"""What somebody asked of another unit is answered to him: the files given for the duty that followed come back to the entry that asked."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from kuangan.core.actions import send_notice
from kuangan.core.models import Attachment, User
from kuangan.core.subject import about
from kuangan.duty.actions import fulfil, judge_credit
from kuangan.duty.models import Duty, Fulfilment, Judgement
from kuangan.law.duty.obligation_file import obligations
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT, file_of_entry, versions_visible_to
from kuangan.ledger.subject import serial_of, subject_of

NOTICE: Final = "duty"
ANSWERED: Final = "答复"


@transaction.atomic
def give(*, actor: User, duty: Duty, note: str, at: datetime, **given: Any) -> Fulfilment | None:
    """Give evidence for a duty, as :func:`kuangan.duty.actions.fulfil` does; who asked for it is told the answer."""
    fulfilment = fulfil(actor=actor, duty=duty, note=note, at=at, **given)
    _tell(duty, note, at)
    return fulfilment


@transaction.atomic
def judge(*, actor: User, fulfilment: Fulfilment, confirmed: bool, at: datetime, **said: Any) -> None:
    """Confirm a credit or take it back, as :func:`kuangan.duty.actions.judge_credit` does; who asked is told what became of the answer."""
    judge_credit(actor=actor, fulfilment=fulfilment, confirmed=confirmed, at=at, **said)
    verdict = "上级核实属实，已办结。" if confirmed else "上级核实不属实，已责令重新答复。"
    _tell(fulfilment.duty, verdict, at)


def _tell(duty: Duty, text: str, at: datetime) -> None:
    """The keeper of the entry that the duty follows, where the duty is an answer to another unit."""
    law, serial = obligations().get(duty.obligation), serial_of(duty.subject)
    if law is None or not law.answers or serial is None:
        return
    entry = Entry.objects.filter(CURRENT, serial=serial).select_related("unit").first()
    if entry is not None and entry.unit_id != duty.unit_id:
        send_notice(
            actor=None,
            unit=entry.unit,
            title=f"{duty.unit.name}{ANSWERED}：{duty.title}"[:200],
            body=text[:500],
            kind=NOTICE,
            subject=about("entry", f"{entry.ledger}/{serial}"),
            at=at,
        )


def answers_to(reader: User, entry: Entry) -> QuerySet[Fulfilment]:
    """What other units answered to an entry in the reader's sight, the newest first, with files (``files``) and verdicts (``judged``)."""
    answering = [law.id for law in obligations().values() if law.answers]
    seen = versions_visible_to(reader, entry.ledger).filter(serial=entry.serial).exists()
    given = Fulfilment.objects.filter(
        duty__subject=subject_of(entry), duty__obligation__in=answering if seen else [], revoked_at=None
    )
    judgements = Judgement.objects.select_related("by__person", "unit")
    given = given.select_related("duty__unit").prefetch_related(
        Prefetch("attachments", to_attr="files"), Prefetch("judgements", queryset=judgements, to_attr="judged")
    )
    return given.order_by("-recorded_at", "-pk")


def file_in_sight(reader: User, ledger_id: str, serial: int, attachment_id: int) -> Attachment | None:
    """A file of any version of an entry in the reader's sight, or of what was answered to it."""
    own = file_of_entry(reader, ledger_id, serial, attachment_id)
    entry = versions_visible_to(reader, ledger_id).filter(serial=serial, superseded_at=None).first()
    if own is not None or entry is None:
        return own
    return Attachment.objects.filter(
        pk=attachment_id, pk__in=answers_to(reader, entry).order_by().values("attachments")
    ).first()
