"""What a cell of the task board counts, and which status follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from kuangan.duty.proof.grades import Grade
from kuangan.duty.status import Status


class CellStatus(StrEnum):
    """The statuses of a measure or a clause for one unit and period, the gravest first.

    ``unknown``: the unit shows nothing. ``unbuilt``: the platform cannot show it yet; never held against the unit. ``not_live``: the
    unit does not work on the platform yet, so that nothing of it counts.
    """

    breached = "breached"
    overdue = "overdue"
    unknown = "unknown"
    unbuilt = "unbuilt"
    late = "late"
    due = "due"
    met = "met"
    not_live = "not_live"
    not_applicable = "not_applicable"

    @property
    def label(self) -> str:
        """The word that pages and papers show."""
        return _LABELS[self]


_LABELS: Final = {
    CellStatus.breached: "违反",
    CellStatus.overdue: "逾期",
    CellStatus.unknown: "不明",
    CellStatus.unbuilt: "不明（未建立）",
    CellStatus.late: "逾期完成",
    CellStatus.due: "办理中",
    CellStatus.met: "已完成",
    CellStatus.not_live: "未启用",
    CellStatus.not_applicable: "不涉及",
}
STATUSES: Final = tuple(CellStatus)
RANK: Final = {status: rank for rank, status in enumerate(STATUSES)}
"""By status: 0 is the gravest."""


def worst(*statuses: CellStatus) -> CellStatus:
    """The gravest of some statuses; of none, not applicable."""
    return min(statuses, key=RANK.__getitem__, default=CellStatus.not_applicable)


_MET, _LATE, _DUE, _OVERDUE, _EXCUSED = (
    status.value for status in (Status.met, Status.late, Status.due, Status.overdue, Status.excused)
)
_DONE: Final = frozenset({_MET, _LATE})
_RANK_BREACHED, _RANK_OVERDUE, _RANK_UNKNOWN, _, _RANK_LATE, _RANK_DUE, _RANK_MET, _, _NOTHING = range(len(STATUSES))
_OWN, _ACCEPTED = Grade.own.value, Grade.accepted.value


@dataclass(slots=True)
class Counts:
    """Counts of one cell. ``due`` is all that had to be done (应办): met, late, open, overdue and excused together.

    ``breached``: findings that stand. ``unknown``: questions that cannot be answered for want of evidence.
    ``clear``: rules about which nothing was found; evidence too, but nothing that had to be done.
    ``own``, ``accepted``, ``machine``: what was done (met and late together) by its grade of proof.
    """

    due: int = 0
    met: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    excused: int = 0
    breached: int = 0
    unknown: int = 0
    clear: int = 0
    own: int = 0
    accepted: int = 0
    machine: int = 0

    @classmethod
    def total(cls, parts: Iterable["Counts"]) -> "Counts":
        """The counts of several cells added up."""
        total = cls()
        for part in parts:
            total.due += part.due
            total.met += part.met
            total.late += part.late
            total.open += part.open
            total.overdue += part.overdue
            total.excused += part.excused
            total.breached += part.breached
            total.unknown += part.unknown
            total.clear += part.clear
            total.own += part.own
            total.accepted += part.accepted
            total.machine += part.machine
        return total

    def count(self, status: str, number: int = 1, grade: str = Grade.own.value) -> None:
        """Count duties (or cases) of one status of ``duty.status``, done ones by grade; cancelled ones are owed no more."""
        count_all([(self, number)], status, grade)

    @property
    def empty(self) -> bool:
        """Whether there is no evidence of any kind."""
        return not (self.due or self.breached or self.unknown or self.clear)

    @property
    def status(self) -> CellStatus:
        """The gravest of what is counted; of nothing, unknown."""
        rank = self.rank
        return CellStatus.unknown if rank == _NOTHING else STATUSES[rank]

    @property
    def rank(self) -> int:
        """The rank of the gravest of what is counted; of nothing, the last, beside which everything is graver.

        What is excused was not done: it leaves the cell unknown, never met.
        """
        if self.breached:
            return _RANK_BREACHED
        if self.overdue:
            return _RANK_OVERDUE
        if self.unknown or self.excused:
            return _RANK_UNKNOWN
        if self.late:
            return _RANK_LATE
        if self.open:
            return _RANK_DUE
        return _RANK_MET if self.met or self.clear else _NOTHING

    @property
    def grade(self) -> Grade | None:
        """How far all that was done is proven: as far as the least of it; None where nothing was done."""
        return next((grade for grade, number in self.by_grade() if number), None)

    def by_grade(self) -> list[tuple[Grade, int]]:
        """How much of what was done has which grade, the weakest first."""
        return [(grade, getattr(self, _PROOF[grade])) for grade in Grade]

    def shown(self) -> dict[str, int]:
        """The counts as the board prints them."""
        return {name: getattr(self, name) for name in NAMES if name not in _UNSHOWN}

    def proof(self) -> dict[str, int]:
        """What was done, by the grade of its proof."""
        return {grade: getattr(self, name) for grade, name in _PROOF.items()}

    def shares(self) -> list[tuple[Grade, int]]:
        """Of all that was done, the part of each grade in whole percent, together 100; empty where nothing was done."""
        numbers = dict(self.by_grade())
        total = sum(numbers.values())
        if not total:
            return []
        parts = {grade: number * 100 // total for grade, number in numbers.items()}
        left = sorted(numbers, key=lambda grade: -(numbers[grade] * 100 % total))
        for grade in left[: 100 - sum(parts.values())]:
            parts[grade] += 1
        return list(parts.items())


def count_all(parts: Iterable[tuple[Counts, int]], status: str, grade: str) -> None:
    """As :meth:`Counts.count`, of many cells at once: a page counts thousands."""
    for counts, number in parts:
        if status in _DONE:
            if status == _MET:
                counts.met += number
            else:
                counts.late += number
            if grade == _OWN:
                counts.own += number
            elif grade == _ACCEPTED:
                counts.accepted += number
            else:
                counts.machine += number
        elif status == _DUE:
            counts.open += number
        elif status == _OVERDUE:
            counts.overdue += number
        elif status == _EXCUSED:
            counts.excused += number
        else:
            continue
        counts.due += number


NAMES: Final = tuple(column.name for column in fields(Counts))
_PROOF: Final = {Grade.own.value: "own", Grade.accepted.value: "accepted", Grade.machine.value: "machine"}
_UNSHOWN: Final = frozenset({"clear", *_PROOF.values()})
