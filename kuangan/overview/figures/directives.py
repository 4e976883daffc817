"""Problems that were found and are to be put right by a day (问题整改): what came of them, of a mine and of an entry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db.models import F, QuerySet

from kuangan.casework.models import Case
from kuangan.casework.queries import cases_visible_to, directives_about
from kuangan.core.models import User
from kuangan.mine.models import Mine


@dataclass(frozen=True)
class Compliance:
    """What others demanded of a mine: ``given`` in all, ``met`` in time, ``late``, ``overdue`` and not put right yet."""

    given: int
    met: int
    late: int
    overdue: int

    @property
    def rate(self) -> int | None:
        """Percent met in time of what was put right or is overdue; None where nothing was to be done yet."""
        due = self.met + self.late + self.overdue
        return self.met * 100 // due if due else None

    @property
    def words(self) -> str:
        """The rate with what it rests on."""
        if not self.given:
            return "尚无整改问题"
        rate = "尚无到期问题" if self.rate is None else f"{self.rate}%"
        return f"{rate}（问题{self.given}项，按期{self.met}项，逾期后完成{self.late}项，逾期未完成{self.overdue}项）"


def compliance_of(reader: User, mine: Mine) -> Compliance:
    """How a mine carries out what those over it demanded, as far as the reader sees it; one query."""
    directives = list(directives_about(reader, mine))
    ended = [lapses for closed_at, lapses, _ in directives if closed_at is not None]
    return Compliance(
        given=len(directives),
        met=sum(1 for lapses in ended if not lapses),
        late=sum(1 for lapses in ended if lapses),
        overdue=sum(1 for closed_at, _, overdue in directives if closed_at is None and overdue),
    )


@dataclass(frozen=True)
class FollowedEntry:
    """What became of the problems of one entry: the cases, how many are open, the earliest day of those, and whether one was late."""

    cases: tuple[Case, ...]
    still_open: int
    due_on: date | None
    late: bool

    @classmethod
    def of(cls, cases: Iterable[Case]) -> Self:
        """The cases of an entry together."""
        every = tuple(cases)
        waiting = [case for case in every if case.closed_at is None]
        days = [date.fromisoformat(text) for case in waiting if (text := _term(case.facts))]
        return cls(every, len(waiting), min(days, default=None), any(case.facts.get("lapses") for case in every))


def _term(facts: Mapping[str, Any]) -> str:
    return str(facts.get("due_on") or "")


def followed(reader: User, ledger_id: str, serials: Iterable[int] | None = None) -> dict[int, FollowedEntry]:
    """By entry of a ledger: what became of its problems; of these entries, or of all whose problems are not all put right."""
    cases: QuerySet[Case] = cases_visible_to(reader).select_related(None).filter(entry__ledger=ledger_id)
    cases = cases.filter(closed_at=None) if serials is None else cases.filter(entry__serial__in=list(serials))
    by_entry: dict[int, list[Case]] = defaultdict(list)
    for case in cases.filter(entry__serial__isnull=False).annotate(serial=F("entry__serial")).order_by("pk"):
        by_entry[case.serial].append(case)
    return {serial: FollowedEntry.of(opened) for serial, opened in by_entry.items()}
