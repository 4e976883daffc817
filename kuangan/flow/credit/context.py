"""What must be known beside an entry to say whether it counts: who held which post, which mine was running, read in bulk."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from kuangan.base.clock import beijing_midnight
from kuangan.base.text import person_name
from kuangan.core.models import Tenure
from kuangan.core.values.kinds import name_text
from kuangan.duty.models import Duty
from kuangan.duty.owing import RUNNING
from kuangan.flow.credit.rosters import OwedList
from kuangan.law.duty.obligation_file import OwedByEach
from kuangan.law.time.span import add_months
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.ledger.subject import serial_of
from kuangan.mine.models import AttributeName, MineAttribute
from kuangan.mine.queries import STANDING
from kuangan.office.models import Circular, CircularKind


def _who(value: object) -> str:
    """Whom a stored value names: by the register's key, or the name of who is not in it."""
    if isinstance(value, Mapping) and value.get("person"):
        return f"P{value['person']}"
    return person_name(name_text(value))


_BRACKETS: Final = str.maketrans("[]［］【】（）()", "〔〕〔〕〔〕〔〕〔〕")


def plain_number(text: object) -> str:
    """The number of a document as it is compared: without blanks, in one kind of brackets."""
    return "".join(str(text or "").split()).translate(_BRACKETS)


class Background:
    """Holders of posts, running times of mines, whom each is owed of, what duties follow; each is read when first asked for, in one query."""

    def __init__(
        self,
        posts: Iterable[int | None],
        mines: Iterable[int | None],
        owed_of: OwedByEach | None = None,
        duties: Iterable[Duty] = (),
    ) -> None:
        self._posts, self._mines = set(posts), set(mines)
        self._duties = list(duties)
        self._roster = OwedList(owed_of, self._duties) if owed_of is not None else None
        self._events: dict[int, Entry] | None = None
        self._tenures: dict[int, list[Tenure]] | None = None
        self._statuses: dict[int, list[tuple[date, str]]] | None = None
        self._earlier: dict[str, dict[int | None, list[Entry]]] = {}

    def lists(self, duty: Duty, name: str, on: date) -> bool:
        """Whether this name is one of those of whom a fulfilment each is owed; always where it is not owed of each."""
        return self._roster is None or self._roster.holds(duty, name, on)

    def held_by(self, post_id: int, name: str, person_id: int | None, on: date) -> bool:
        """Whether somebody of this name (or, the name being empty, this person) held the post at a time of the day."""
        name = person_name(name)
        if self._tenures is None:
            self._tenures = defaultdict(list)
            for tenure in Tenure.objects.filter(post__in=self._posts).select_related("person"):
                self._tenures[tenure.post_id].append(tenure)
        begins, ends = beijing_midnight(on), beijing_midnight(on + timedelta(days=1))
        for tenure in self._tenures.get(post_id, []):
            in_office = tenure.from_at < ends and (tenure.to_at is None or tenure.to_at > begins)
            if in_office and (person_name(tenure.person.name) == name if name else tenure.person_id == person_id):
                return True
        return False

    def named_before(self, entry: Entry, field: str) -> bool:
        """Whether an earlier entry about the same mine, begun or still valid in the year before, names the same person."""
        if entry.ledger not in self._earlier:
            self._earlier[entry.ledger] = defaultdict(list)
            for known in Entry.objects.filter(CURRENT, ledger=entry.ledger, mine__in=self._mines).order_by("on", "pk"):
                self._earlier[entry.ledger][known.mine_id].append(known)
        since, who = add_months(entry.on, -12), _who(entry.values.get(field))
        return any(
            known.on < entry.on and (known.until or entry.on) >= since and _who(known.values.get(field)) == who
            for known in self._earlier[entry.ledger].get(entry.mine_id, ())
        )

    def event_of(self, duty: Duty) -> Entry | None:
        """The current version of the entry that a duty follows."""
        if self._events is None:
            serials = [serial for known in self._duties if (serial := serial_of(known.subject)) is not None]
            events = Entry.objects.filter(CURRENT, serial__in=serials)
            self._events = {event.serial: event for event in events if event.serial is not None}
        serial = serial_of(duty.subject)
        return self._events.get(serial) if serial is not None else None

    def was_sent(self, entry: Entry, field: str) -> bool:
        """Whether the office of the entry's unit has sent a circular under the number in the field, and not withdrawn it."""
        sent = Circular.objects.filter(issuer=entry.unit_id, kind=CircularKind.circular, withdrawn_at=None)
        wanted = plain_number(entry.values.get(field))
        return any(plain_number(number) == wanted for number in sent.values_list("number", flat=True))

    def runs(self, mine_id: int | None, on: date) -> bool:
        """Whether the mine produced or built on a day; unknown is no."""
        if mine_id is None:
            return False
        if self._statuses is None:
            self._statuses = defaultdict(list)
            attributes = MineAttribute.objects.filter(STANDING, mine__in=self._mines, name=AttributeName.status)
            for attribute in attributes.order_by("valid_from", "pk"):
                self._statuses[attribute.mine_id].append((attribute.valid_from, attribute.value))
        rows_of = self._statuses.get(mine_id, [])
        place = bisect_right(rows_of, on, key=lambda dated: dated[0])
        return place > 0 and rows_of[place - 1][1] in RUNNING
