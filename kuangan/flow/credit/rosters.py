"""Of whom a fulfilment each is owed: who stands on the list that an obligation names, and how many that asks for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import F, Min, Q

from kuangan.base.clock import civil_date
from kuangan.base.text import person_name
from kuangan.core.models import ONE_ORGAN, Unit, UnitKind
from kuangan.core.values.kinds import name_text
from kuangan.duty.actions import ask_for
from kuangan.duty.models import Duty, Fulfilment
from kuangan.law.duty.obligation_file import Obligation, OwedByEach, obligations
from kuangan.law.local import renewed
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT


@renewed
def rostered() -> Mapping[str, tuple[Obligation, ...]]:
    """By ledger: the obligations whose list of persons or things it is."""
    by_ledger: dict[str, tuple[Obligation, ...]] = {}
    for law in obligations().values():
        if law.each is not None and law.each.ledger:
            by_ledger[law.each.ledger] = (*by_ledger.get(law.each.ledger, ()), law)
    return by_ledger


def _of_units() -> tuple[Obligation, ...]:
    """Obligations whose list is one of units, not of a ledger."""
    return tuple(law for law in obligations().values() if law.each is not None and law.each.units)


def institution_of(owed_of: OwedByEach, code: str) -> str:
    """The listed institution of the area that an entry names, by whatever unit of the area it names it; "" for a unit elsewhere."""
    named = Unit.objects.filter(code=code).first()
    if named is None:
        return ""
    area = named.path if named.kind == UnitKind.county else named.scope_path
    codes = Unit.objects.filter(kind=owed_of.units, scope_path=area).values_list("code", flat=True)
    return codes.first() or ""


class Listed(NamedTuple):
    """Somebody or something on a list: from when, until when, by whom, about which mine."""

    name: Any
    since: date
    until: date | None
    unit_id: int
    kind: str
    path: str
    scope: str
    mine_id: int | None


class OwedList:
    """The list behind an obligation, as far as it concerns some duties; read in one query when first asked for."""

    def __init__(self, owed_of: OwedByEach, duties: Iterable[Duty]) -> None:
        self._owed_of, self._duties = owed_of, tuple(duties)
        self._rows: list[Listed] | None = None

    def holds(self, duty: Duty, name: str, on: date) -> bool:
        """Whether somebody (or something) of this name is on the duty's list on a day; without a list nobody is left out."""
        listed = self._owed_of.ledger or self._owed_of.units
        return not listed or person_name(name) in self.names(duty, on, on)

    def names(self, duty: Duty, first: date, last: date) -> set[str]:
        """All on the duty's list on some day of these."""
        if self._owed_of.units:
            below = Unit.objects.filter(kind=self._owed_of.units, path__startswith=duty.unit.scope_path)
            return set(below.values_list("code", flat=True))
        listed = (item for item in self._listed() if item.since <= last and (item.until is None or item.until >= first))
        names = (name_text(item.name) for item in listed if is_of(self._owed_of, duty, item))
        return {name for name in names if name}

    def _listed(self) -> list[Listed]:
        """Entries that end on the same day are one, from the first of them on."""
        if self._rows is None:
            entries = Entry.objects.filter(CURRENT, self._near(), ledger=self._owed_of.ledger).order_by()
            columns = ("unit_id", "unit__kind", "unit__path", "unit__scope_path", "mine_id")
            named = entries.values("until", *columns, name=F(f"values__{self._owed_of.name}")).annotate(since=Min("on"))
            self._rows = [Listed(*columns_of) for columns_of in named.values_list("name", "since", "until", *columns)]
        return self._rows

    def _near(self) -> Q:
        """Entries that can be on the list of one of the duties."""
        if self._owed_of.within == "mine":
            return Q(mine__in={duty.mine_id for duty in self._duties})
        if self._owed_of.within == "area":
            return Q()
        own = Q(unit__in={duty.unit_id for duty in self._duties})
        scopes = {duty.unit.scope_path for duty in self._duties if duty.unit.kind in ONE_ORGAN}
        return own | Q(unit__kind__in=ONE_ORGAN, unit__scope_path__in=scopes) if scopes else own


def is_of(owed_of: OwedByEach, duty: Duty, item: Listed) -> bool:
    if owed_of.within == "mine":
        return item.mine_id is not None and item.mine_id == duty.mine_id
    if owed_of.within == "area":
        return item.path.startswith(duty.unit.scope_path)
    one_organ = item.kind in ONE_ORGAN and duty.unit.kind in ONE_ORGAN
    return item.unit_id == duty.unit_id or (one_organ and item.scope == duty.unit.scope_path)


def duties_listing(law: Obligation, entries: Iterable[Entry], duties: Iterable[Duty]) -> list[Duty]:
    """Those of the duties on whose list some entries are."""
    items = {_item_of(entry) for entry in entries}
    owed_of = law.each
    return [duty for duty in duties if owed_of is not None and any(is_of(owed_of, duty, item) for item in items)]


def _item_of(entry: Entry) -> Listed:
    """Where an entry stands, whatever its days."""
    unit = entry.unit
    return Listed("", date.min, None, unit.pk, unit.kind, unit.path, unit.scope_path, entry.mine_id)


def count_subjects(at: datetime, only: Iterable[Obligation] = (), entries: Sequence[Entry] = ()) -> int:
    """Bring the number asked for in step with the lists of now, of every duty whose period is not over; how many changed.

    Everybody who is on the list today is owed one, and what was done about others stays done; an empty list leaves one that
    nothing can fulfil. ``entries``: only of duties on whose list they are.
    """
    today, changed = civil_date(at), 0
    laws = tuple(only) or (*(law for laws in rostered().values() for law in laws), *_of_units())
    by_law: dict[str, list[Duty]] = defaultdict(list)
    wanted = Q(obligation__in={law.id for law in laws}, cancelled_at=None)
    running = Duty.objects.filter(wanted, first_on__lte=today, last_on__gte=today)
    for duty in running.select_related("unit").order_by("pk"):
        by_law[duty.obligation].append(duty)
    for law in {law.id: law for law in laws}.values():
        duties = by_law.get(law.id, [])
        changed += _counted(law, duties_listing(law, entries, duties) if entries else duties, today, at)
    return changed


def _counted(law: Obligation, duties: Sequence[Duty], today: date, at: datetime) -> int:
    if law.each is None or not duties:
        return 0
    roster = OwedList(law.each, duties)
    credited = _credited(duties)
    needed = {duty.pk: max(1, len(roster.names(duty, today, today) | credited[duty.pk])) for duty in duties}
    return ask_for(needed={duty.pk: needed[duty.pk] for duty in duties if duty.needed != needed[duty.pk]}, at=at)


def _credited(duties: Sequence[Duty]) -> Mapping[int, set[str]]:
    """About whom each duty has a credit, by its key."""
    fulfilments = Fulfilment.objects.filter(duty__in=[duty.pk for duty in duties], revoked_at=None).exclude(about="")
    by_duty: dict[int, set[str]] = defaultdict(set)
    for duty_id, about in fulfilments.values_list("duty_id", "about"):
        by_duty[duty_id].add(about)
    return by_duty
