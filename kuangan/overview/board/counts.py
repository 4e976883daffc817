"""What a cell of the task board counts, and which status follows from it."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from kuangan.duty.status import Status


class CellStatus(StrEnum):
    """The statuses of a measure for one unit and period, the gravest first."""

    breached = "breached"
    overdue = "overdue"
    unknown = "unknown"
    late = "late"
    due = "due"
    met = "met"
    not_applicable = "not_applicable"

    @property
    def label(self) -> str:
        """The word that pages and papers show."""
        return _LABELS[self]


_LABELS: Final = {
    CellStatus.breached: "违反",
    CellStatus.overdue: "逾期",
    CellStatus.unknown: "不明",
    CellStatus.late: "逾期完成",
    CellStatus.due: "办理中",
    CellStatus.met: "已完成",
    CellStatus.not_applicable: "不涉及",
}
_ORDER: Final = {status: rank for rank, status in enumerate(CellStatus)}


def worst(*statuses: CellStatus) -> CellStatus:
    """The gravest of some statuses; of none, not applicable."""
    return min(statuses, key=_ORDER.__getitem__, default=CellStatus.not_applicable)


@dataclass(slots=True)
class Counts:
    """Counts of one cell. ``due`` is all that had to be done (应办): met, late, open, overdue and excused together.

    ``breached``: findings that stand. ``unknown``: questions that cannot be answered for want of evidence.
    ``clear``: rules and watched mines about which nothing was found; evidence too, but nothing that had to be done.
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

    def add(self, other: "Counts") -> None:
        """Add another cell's counts to these."""
        self.due += other.due
        self.met += other.met
        self.late += other.late
        self.open += other.open
        self.overdue += other.overdue
        self.excused += other.excused
        self.breached += other.breached
        self.unknown += other.unknown
        self.clear += other.clear

    def count(self, status: str, number: int = 1) -> None:
        """Count duties (or cases) of one status of ``duty.status``; cancelled ones are owed no more."""
        if status == Status.cancelled:
            return
        name = "open" if status == Status.due else status
        setattr(self, name, getattr(self, name) + number)
        self.due += number

    @property
    def empty(self) -> bool:
        """Whether there is no evidence of any kind."""
        return not (self.due or self.breached or self.unknown or self.clear)

    @property
    def status(self) -> CellStatus:
        """The gravest of what is counted. What is excused was not done: it leaves the cell unknown, never met."""
        found = (
            (CellStatus.breached, self.breached),
            (CellStatus.overdue, self.overdue),
            (CellStatus.unknown, self.unknown + self.excused),
            (CellStatus.late, self.late),
            (CellStatus.due, self.open),
            (CellStatus.met, self.met + self.clear),
        )
        return next((status for status, number in found if number), CellStatus.unknown)

    def shown(self) -> dict[str, int]:
        """The counts as the board prints them."""
        return {name: getattr(self, name) for name in NAMES if name != "clear"}


NAMES: Final = tuple(each.name for each in fields(Counts))
