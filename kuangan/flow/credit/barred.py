"""What was found untrue counts for nothing of the same kind again: neither the entry, however it is corrected, nor its files."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.law.duty.obligation_file import Obligation
from kuangan.ledger.models import Entry, EntryFile


def without_barred(obligation: Obligation, entries: Sequence[Entry], duties: Iterable[Duty]) -> Sequence[Entry]:
    """The entries that may count for an obligation of these units: none that was found untrue, none whose files all were.

    One query where nothing was found untrue.
    """
    barred = Fulfilment.objects.filter(
        barred_at__isnull=False, duty__obligation=obligation.id, duty__unit__in={duty.unit_id for duty in duties}
    )
    spent = list(barred.values_list("source", "key", "attachments__sha256"))
    if not spent:
        return entries
    serials = {int(key) for source, key, _ in spent if source == Source.entry}
    files = {sha256 for _, _, sha256 in spent if sha256}
    files |= set(EntryFile.objects.filter(entry__serial__in=serials).values_list("attachment__sha256", flat=True))
    given = _files_of(entries)
    return [entry for entry in entries if entry.serial not in serials and not _spent(given[entry.pk], files)]


def _spent(given: set[str], barred: set[str]) -> bool:
    return bool(given) and given <= barred


def _files_of(entries: Iterable[Entry]) -> defaultdict[int, set[str]]:
    by_entry: defaultdict[int, set[str]] = defaultdict(set)
    files = EntryFile.objects.filter(entry__in=[entry.pk for entry in entries])
    for entry_id, sha256 in files.values_list("entry_id", "attachment__sha256"):
        by_entry[entry_id].add(sha256)
    return by_entry
