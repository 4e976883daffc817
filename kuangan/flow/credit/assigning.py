"""Which of the duties that an entry fits it counts for."""

from collections import defaultdict
from collections.abc import Sequence

from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.duty.queries import credits_of
from kuangan.law.duty.obligation_file import EVENT, ONCE, STANDING, Obligation
from kuangan.ledger.models import Entry


class Assigner:
    """Gives each entry to one duty: to the earliest that still lacks a credit. A standing duty takes all that are valid."""

    def __init__(self, obligation: Obligation, duties: Sequence[Duty], entries: Sequence[Entry]) -> None:
        self._obligation = obligation
        self._lacking = {duty.pk: duty.needed for duty in duties}
        for key, number in credits_of(duties).items():
            self._lacking[key] -= number
        keys = [str(entry.serial) for entry in entries]
        counted = Fulfilment.objects.filter(duty__in=list(self._lacking), source=Source.entry, key__in=keys)
        self._counted = set(counted.filter(revoked_at=None).values_list("key", "duty_id"))
        self._by_unit: dict[int, list[Duty]] = defaultdict(list)
        self._by_mine: dict[int | None, list[Duty]] = defaultdict(list)
        self._all = list(duties)
        for duty in duties:
            self._by_unit[duty.unit_id].append(duty)
            self._by_mine[duty.mine_id].append(duty)

    def near(self, entry: Entry) -> Sequence[Duty]:
        """The duties that the entry could concern at all."""
        if self._obligation.scope == "mine":
            return self._by_mine.get(entry.mine_id, ())
        return self._by_unit.get(entry.unit_id) or self._all

    def assign(self, entry: Entry, matching: list[Duty]) -> list[Duty]:
        """Those of the matching duties that the entry counts for."""
        if self._obligation.cadence == STANDING or not matching:
            return matching
        key = str(entry.serial)
        if again := [duty for duty in matching if (key, duty.pk) in self._counted]:
            return again
        ordered = sorted(matching, key=lambda duty: (duty.first_on, duty.pk))
        groups: dict[tuple[int | None, int], list[Duty]] = defaultdict(list)
        for duty in ordered:
            groups[duty.post_id, duty.unit_id].append(duty)
        return [chosen for group in groups.values() if (chosen := self._duty_for(entry, group)) is not None]

    def _duty_for(self, entry: Entry, group: list[Duty]) -> Duty | None:
        chosen = next((duty for duty in group if self._lacking[duty.pk] > 0), None)
        if chosen is None:
            if self._obligation.cadence in (EVENT, ONCE):
                return None
            chosen = next((duty for duty in group if duty.first_on <= entry.on <= duty.last_on), group[-1])
        self._lacking[chosen.pk] -= 1
        return chosen
