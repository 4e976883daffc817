"""From duties to the ledger entries that count for them or that they follow, and back; only what the person may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from kuangan.core.models import User
from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.duty.queries import duties_behind
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import versions_visible_to
from kuangan.ledger.subject import serial_of, subject_of


@dataclass(frozen=True)
class EntryLink:
    """An entry by the name of its ledger and its number."""

    words: str
    address: str


def counted_entries(user: User, duty: Duty, given: Iterable[Fulfilment]) -> dict[str, EntryLink]:
    """The entries among the evidence of a duty, by the key of the evidence; one query for each ledger that may count."""
    serials = {int(fulfilment.key) for fulfilment in given if fulfilment.source == Source.entry}
    law = obligations().get(duty.obligation)
    names = {evidence.ledger for evidence in law.evidence if evidence.ledger} if law else set()
    return {key: link for name in sorted(names) for key, link in _links(user, name, serials).items()}


def followed_entry(user: User, duty: Duty) -> EntryLink | None:
    """The entry that a duty follows; None where it follows none, or one out of sight."""
    law, serial = obligations().get(duty.obligation), serial_of(duty.subject)
    if serial is None or law is None or law.trigger is None or not law.trigger.ledger:
        return None
    return _links(user, law.trigger.ledger, {serial}).get(str(serial))


def duties_of_entry(user: User, entry: Entry) -> QuerySet[Duty]:
    """The duties that an entry set off or counts for, the first due first."""
    return duties_behind(user, subject_of(entry), Source.entry, str(entry.serial))


def _links(user: User, ledger_id: str, serials: set[int]) -> dict[str, EntryLink]:
    if not serials:
        return {}
    entries = versions_visible_to(user, ledger_id).filter(serial__in=serials, superseded_at=None)
    title = ledger_by_id(ledger_id).title
    return {
        str(serial): EntryLink(f"{title}第{serial}号", reverse("entry", args=[ledger_id, serial]))
        for serial in entries.values_list("serial", flat=True)
    }
