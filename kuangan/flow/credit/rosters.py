"""Of whom a fulfilment each is owed: who stands on the list that an obligation names, and how many that asks for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Final

from django.db.models import Q

from kuangan.base.clock import civil_date
from kuangan.base.text import person_name
from kuangan.core.models import Unit, UnitKind
from kuangan.core.values.kinds import name_text
from kuangan.duty.actions import ask_for
from kuangan.duty.models import Duty, Fulfilment
from kuangan.law.duty.obligation_file import Each, Obligation, obligations
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT

_ORGAN: Final = (UnitKind.city_bureau, UnitKind.city_coal_section)


@cache
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


def institution_of(owed_of: Each, code: str) -> str:
    """The listed institution of the area that an entry names, by whatever unit of the area it names it; "" for a unit elsewhere."""
    named = Unit.objects.filter(code=code).first()
    if named is None:
        return ""
    area = named.path if named.kind == UnitKind.county else named.scope_path
    codes = Unit.objects.filter(kind=owed_of.units, scope_path=area).values_list("code", flat=True)
    return codes.first() or ""


class OwedList:
    """The list behind an obligation, read in one query when first asked for."""

    def __init__(self, owed_of: Each) -> None:
        self._owed_of = owed_of
        self._rows: list[Entry] | None = None

    def holds(self, duty: Duty, name: str, on: date) -> bool:
        """Whether somebody (or something) of this name is on the duty's list on a day; without a list nobody is left out."""
        listed = self._owed_of.ledger or self._owed_of.units
        return not listed or person_name(name) in self.names(duty, on, on)

    def names(self, duty: Duty, first: date, last: date) -> set[str]:
        """All on the duty's list on some day of these."""
        if self._owed_of.units:
            below = Unit.objects.filter(kind=self._owed_of.units, path__startswith=duty.unit.scope_path)
            return set(below.values_list("code", flat=True))
        listed = (
            entry for entry in self._entries() if entry.on <= last and (entry.until is None or entry.until >= first)
        )
        names = (name_text(entry.values.get(self._owed_of.name)) for entry in listed if self._is_of(entry, duty))
        return {name for name in names if name}

    def _entries(self) -> list[Entry]:
        if self._rows is None:
            entries = Entry.objects.filter(CURRENT, ledger=self._owed_of.ledger).select_related("unit")
            self._rows = list(
                entries.only("on", "until", "values", "mine_id", "unit__path", "unit__kind", "unit__scope_path")
            )
        return self._rows

    def _is_of(self, entry: Entry, duty: Duty) -> bool:
        if self._owed_of.within == "mine":
            return entry.mine_id is not None and entry.mine_id == duty.mine_id
        if self._owed_of.within == "area":
            return bool(entry.unit.path.startswith(duty.unit.scope_path))
        one_organ = entry.unit.kind in _ORGAN and duty.unit.kind in _ORGAN
        return entry.unit_id == duty.unit_id or (one_organ and entry.unit.scope_path == duty.unit.scope_path)


def count_subjects(at: datetime, only: Iterable[Obligation] = ()) -> int:
    """Bring the number asked for in step with the lists of now, of every duty whose period is not over; how many changed.

    Everybody who is on the list today is owed one, and what was done about others stays done; an empty list leaves one that
    nothing can fulfil.
    """
    today, changed = civil_date(at), 0
    laws = tuple(only) or (*(law for laws in rostered().values() for law in laws), *_of_units())
    by_law: dict[str, list[Duty]] = defaultdict(list)
    wanted = Q(obligation__in={law.id for law in laws}, cancelled_at=None)
    running = Duty.objects.filter(wanted, first_on__lte=today, last_on__gte=today)
    for duty in running.select_related("unit").order_by("pk"):
        by_law[duty.obligation].append(duty)
    for law in {law.id: law for law in laws}.values():
        changed += _counted(law, by_law.get(law.id, ()), today, at)
    return changed


def _counted(law: Obligation, duties: Sequence[Duty], today: date, at: datetime) -> int:
    if law.each is None or not duties:
        return 0
    roster = OwedList(law.each)
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
