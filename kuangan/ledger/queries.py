"""Reads of ledgers: who may write where, who sees which entries, and entries as rules take them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncHour

from kuangan.base import clock
from kuangan.core.models import ONE_ORGAN, Attachment, Unit, UnitKind, User
from kuangan.core.queries import is_supervised, roles_of, visible_to
from kuangan.core.queries.roles import Hold
from kuangan.law.ledger import NEVER, Ledger, ledger_by_id, ledgers
from kuangan.law.procedure.confirming import COLLEAGUE, SUPERVISOR, Confirming
from kuangan.law.role import Role
from kuangan.law.topic import EntryFact
from kuangan.ledger.confirming import is_pending, trusted_values, unconfirmed_fields
from kuangan.ledger.models import Entry, EntryConfirmation, EntryFile, Import, ImportState, Tally
from kuangan.ledger.telling import preparing, told_to
from kuangan.ledger.values import typed_of

CURRENT = Q(superseded_at=None, voided=False)


def writers(ledger: Ledger) -> frozenset[Role]:
    """The roles that may write: of a confidential ledger only those that may also read it."""
    return frozenset(ledger.roles) & frozenset(ledger.circle) if ledger.confidential else frozenset(ledger.roles)


def units_kept_by(user: object, ledger: Ledger, at: datetime | None = None) -> list[Unit]:
    """The units for which the user may write entries of the ledger."""
    return _units_in(user, ledger, writers(ledger), at)


def units_read_by(user: object, ledger: Ledger, at: datetime | None = None) -> list[Unit]:
    """The units whose entries of a confidential ledger the user may read."""
    return _units_in(user, ledger, frozenset(ledger.circle), at)


def _units_in(user: object, ledger: Ledger, roles: frozenset[Role], at: datetime | None) -> list[Unit]:
    if not isinstance(user, User):
        return []
    held = (hold.unit for hold in roles_of(user, at) if hold.role in roles and hold.unit.kind in ledger.keepers)
    return list({unit.pk: unit for unit in held}.values())


def versions_visible_to(user: object, ledger_id: str) -> QuerySet[Entry]:
    """Every version of every entry that the user may see: by path, of a confidential ledger only within its circle.

    Of what an office prepares the supervised see only what they were told (``Ledger.told_from``).
    """
    ledger = ledger_by_id(ledger_id)
    entries = Entry.objects.filter(ledger=ledger_id)
    if ledger.confidential:
        return entries.filter(unit__in=units_read_by(user, ledger))
    return told_to(user, visible_to(user, entries), (ledger,))


def entries_visible_to(user: object, ledger_id: str) -> QuerySet[Entry]:
    """The current versions of the entries that the user may see."""
    return versions_visible_to(user, ledger_id).filter(CURRENT)


def entry_in_sight(user: User, entry: Entry | None) -> Entry | None:
    """The entry if the user may open its page."""
    if entry is None or all(ledger.id != entry.ledger for ledger in ledgers_of(user)):
        return None
    return versions_visible_to(user, entry.ledger).filter(pk=entry.pk).first()


def file_of_entry(user: object, ledger_id: str, serial: int, attachment_id: int) -> Attachment | None:
    """A file of any version of an entry in sight."""
    versions = versions_visible_to(user, ledger_id).filter(serial=serial)
    entry_files = EntryFile.objects.filter(entry__in=versions, attachment=attachment_id).select_related("attachment")
    named = entry_files.first()
    return named.attachment if named is not None else None


def files_to_keep(user: User, entry: Entry | None) -> QuerySet[Attachment]:
    """The files that the user may put into an entry: those he uploaded, and those that an earlier version of it in sight has."""
    own = Q(uploaded_by=user)
    if entry is not None:
        versions = versions_visible_to(user, entry.ledger).filter(serial=entry.serial)
        own |= Q(pk__in=EntryFile.objects.filter(entry__in=versions).values("attachment"))
    return Attachment.objects.filter(own)


def tallies_in_sight(user: object, among: Iterable[Ledger]) -> dict[str, tuple[int, date | None]]:
    """Entries and newest day of each ledger in the user's sight; of confidential ones (of ``among``) within their circle."""
    apart = [ledger.id for ledger in preparing()] if is_supervised(user) else []
    secret = [ledger.id for ledger in ledgers().values() if ledger.confidential] + apart
    sums = [*_sums(visible_to(user, Tally.objects.exclude(ledger__in=secret)))]
    circle, closed = Q(pk__in=()), [ledger for ledger in among if ledger.confidential]
    for ledger in closed:
        circle |= Q(ledger=ledger.id, unit__in=units_read_by(user, ledger))
    if closed:
        sums += _sums(Tally.objects.filter(circle))
    if apart:
        sums += _told_sums(user, apart)
    return {name: (entries, newest) for name, entries, newest in sums}


def _sums(tallies: QuerySet[Tally]) -> QuerySet[Tally, tuple[str, int, date]]:
    return (
        tallies.filter(entries__gt=0).values_list("ledger").annotate(Sum("entries"), Max("newest")).order_by("ledger")
    )


def _told_sums(user: object, among: Iterable[str]) -> QuerySet[Entry, tuple[str, int, date]]:
    """The same of ledgers of which the user is not told everything, counted from the entries."""
    entries = visible_to(user, Entry.objects.filter(CURRENT, ledger__in=among))
    told = told_to(user, entries, preparing()).order_by("ledger")
    return told.values_list("ledger").annotate(Count("pk"), Max("on"))


def imports_of(user: User) -> QuerySet[Import]:
    """The user's own imports; nobody else sees them."""
    return Import.objects.filter(by=user).select_related("unit")


def unread_imports() -> QuerySet[Import]:
    """Large sheets that wait to be read, the oldest first."""
    return (
        Import.objects.filter(state=ImportState.reading)
        .select_related("unit", "by__person", "attachment")
        .order_by("pk")
    )


def queued_imports() -> QuerySet[Import]:
    """Confirmed sheets that wait to be written, the oldest first."""
    return Import.objects.filter(state=ImportState.queued).select_related("unit", "by__person").order_by("at", "pk")


def ledgers_of(user: object) -> list[Ledger]:
    """The ledgers that the user may keep or see, in the order of their measures."""
    if not isinstance(user, User):
        return []
    holds = roles_of(user)
    in_sight = visible_to(user, Unit.objects.all())
    kinds = set(in_sight.values_list("kind", flat=True).distinct())
    return [ledger for ledger in in_order(ledgers().values()) if _concerns(ledger, holds, kinds, user)]


def _concerns(ledger: Ledger, holds: Iterable[Any], kinds: set[str], user: User) -> bool:
    """Whether some keeper lies in sight, or the ledger is about mines and one does; a confidential one goes by its circle."""
    if ledger.told_from == NEVER and is_supervised(user):
        return False
    if ledger.confidential:
        return any(hold.role in ledger.circle and hold.unit.kind in ledger.keepers for hold in holds)
    kept = any(hold.role in ledger.roles and hold.unit.kind in ledger.keepers for hold in holds)
    about = any(field.kind == "mine" and field.name == "mine" for field in ledger.fields)
    return kept or not kinds.isdisjoint(ledger.keepers) or (about and UnitKind.mine in kinds)


def in_order(ledgers: Iterable[Ledger]) -> list[Ledger]:
    """Ledgers by measure as the register numbers them, then by title."""
    return sorted(ledgers, key=lambda ledger: ([int(part) for part in ledger.measure.split(".")], ledger.title))


def typed_values(entry: Entry, names: Iterable[str]) -> dict[str, Any]:
    """The entry's values of these fields as rules take them (``law.topic.EntryFact.values``)."""
    values = {name: entry.values[name] for name in names if name in entry.values}
    return typed_of(ledger_by_id(entry.ledger), values)


def fact_of(entry: Entry) -> EntryFact:
    """The entry as a fact: of what others than its keeper are to write only what they wrote."""
    ledger = ledger_by_id(entry.ledger)
    by_keeper = any(part.kept_by for part in ledger.confirmations)
    said = ledger, entry.values, entry.parts, entry.unit.kind if by_keeper else ""
    return EntryFact(
        key=f"{entry.ledger}/{entry.serial}",
        on=entry.on,
        until=entry.until,
        recorded_at=entry.recorded_at,
        values=typed_of(ledger, trusted_values(*said)),
        unconfirmed=unconfirmed_fields(*said),
        pending=is_pending(ledger, entry, said[-1]),
    )


def facts_of(ledger_ids: Iterable[str], unit: Unit) -> Mapping[str, tuple[EntryFact, ...]]:
    """A unit's entries of several ledgers, oldest first; for a mine also those that others keep about it. One query."""
    ids = tuple(ledger_ids)
    whose = Q(unit=unit) | Q(mine=unit.pk) if unit.kind == UnitKind.mine else Q(unit=unit)
    entries = Entry.objects.filter(CURRENT, whose, ledger__in=ids).select_related("unit").order_by("on", "pk")
    by_ledger: dict[str, list[EntryFact]] = {ledger_id: [] for ledger_id in ids}
    for entry in entries:
        by_ledger[entry.ledger].append(fact_of(entry))
    return {ledger_id: tuple(facts) for ledger_id, facts in by_ledger.items()}


def confirming_hold(user: User, entry: Entry, part: Confirming, at: datetime | None = None) -> Hold | None:
    """The post by which the user may write the part of somebody else in an entry; None if he may not.

    Who works for the keeping unit, or for the company of its mine, writes nothing there for an authority.
    """
    holds = roles_of(user, at)
    keepers = {entry.unit_id, entry.mine.company_id if entry.mine else None}
    if part.official and any(hold.unit.pk in keepers for hold in holds):
        return None
    return next((hold for hold in holds if hold.role in part.roles and _may_confirm(part, hold, entry)), None)


def _may_confirm(part: Confirming, hold: Hold, entry: Entry) -> bool:
    if part.by == COLLEAGUE:
        return bool(hold.unit.pk == entry.unit_id)
    if part.by == SUPERVISOR:
        return entry.mine is not None and bool(entry.mine.supervisor_id == hold.unit.pk)
    return hold.unit.kind in ONE_ORGAN and bool(entry.path.startswith(hold.unit.scope_path))


def waiting_for(user: User, at: datetime | None = None) -> QuerySet[Entry]:
    """The entries whose next part the user may write, the oldest first; what he recorded himself is for a colleague.

    Without those for which it is too late.
    """
    asked, moment = Q(), (at or clock.now()).astimezone(UTC).replace(microsecond=0)
    for hold in roles_of(user, at):
        for ledger in ledgers().values():
            for part in ledger.confirmations:
                if hold.role in part.roles:
                    asked |= Q(ledger=ledger.id, waits_for=part.id) & _where(part, hold, user) & _in_time(part, moment)
    if not asked:
        return Entry.objects.none()
    entries = Entry.objects.filter(CURRENT).exclude(waits_for="").filter(asked)
    return entries.select_related("unit", "mine").order_by("recorded_at", "pk")


def _in_time(part: Confirming, at: datetime) -> Q:
    """Moments are stored in one form, so that they are in order as texts."""
    return Q(**{f"values__{part.before}__gt": at.isoformat()}) if part.before else Q()


def _where(part: Confirming, hold: Hold, user: User) -> Q:
    """Where the entries lie whose part a holder of a post may write."""
    if part.by == COLLEAGUE:
        return Q(unit=hold.unit) & (Q(recorded_by=None) | ~Q(recorded_by=user))
    if part.by == SUPERVISOR:
        return Q(mine__supervisor=hold.unit)
    return Q(path__startswith=hold.unit.scope_path) if hold.unit.kind in ONE_ORGAN else Q(pk__in=())


def confirmations_told(user: object, entry: Entry) -> QuerySet[EntryConfirmation]:
    """What others wrote into the versions of an entry that the user may see, or sent back; the newest first."""
    seen = versions_visible_to(user, entry.ledger).filter(serial=entry.serial)
    return confirmations_of(entry.serial or entry.pk).filter(entry__in=seen.values("pk"))


def confirmations_of(serial: int) -> QuerySet[EntryConfirmation]:
    """What others wrote into the versions of an entry, or sent back; the newest first."""
    return (
        EntryConfirmation.objects.filter(entry__serial=serial)
        .select_related("unit", "by__person", "entry")
        .order_by("-at", "-pk")
    )


def was_sent_back(entry: Entry, part_id: str) -> bool:
    """Whether this version went back to its keeper, who has not corrected it since."""
    if entry.waits_for or part_id in entry.parts:
        return False
    return entry.confirmations.filter(part=part_id, accepted=False).exists()


def keepers_version(serial: int) -> Entry:
    """The last version that the keeper wrote himself; of an entry that came with the parts of others (a past taken over) the first."""
    versions = Entry.objects.filter(serial=serial).select_related("recorded_by__person")
    own = versions.exclude(confirmations__accepted=True).order_by("version").last()
    return own or versions.earliest("version")


def confirmed_by_people(units: Iterable[Unit], since: datetime) -> list[dict[str, Any]]:
    """By person of these units: how often he confirmed and sent back since a moment, and how often in his busiest hour."""
    made = EntryConfirmation.objects.filter(unit__in=list(units), at__gte=since)
    counted = made.values("by", "by__person__name", "unit__name").order_by("by", "unit")
    hours = counted.annotate(hour=TruncHour("at"), number=Count("pk")).order_by("by")
    busiest: dict[int | None, int] = {}
    for line in hours:
        busiest[line["by"]] = max(busiest.get(line["by"], 0), line["number"])
    sums = counted.annotate(
        confirmed=Count("pk", filter=Q(accepted=True)), returned=Count("pk", filter=Q(accepted=False))
    )
    return [{**line, "busiest": busiest[line["by"]]} for line in sums]
