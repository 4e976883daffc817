"""A planned book becomes what the platform holds: all of it or nothing, from a day on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from kuangan.base.digest import digest
from kuangan.city.book.grammar import Agreed, Applying, RowChange, RowRefused
from kuangan.city.book.planning import CHANGED, NEW, BookPlan, PlannedSheet
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, User

LOCK: Final = 0x6B756263
"""The advisory lock of whoever writes a book: the job beside the sweep, or the console."""


class OtherBook(Refused):
    """Another book is being written; nothing was done."""

    def __init__(self) -> None:
        super().__init__("另一本工作簿正在写入，请待其完成后再试；本次未写入任何内容。")


@dataclass(frozen=True)
class AppliedBook:
    """How many rows were written, by the title of their sheet."""

    written: dict[str, int]


@transaction.atomic
def apply_book(
    *,
    actor: User | None,
    plan: BookPlan,
    on: date,
    at: datetime,
    approval: AccountRequest | None = None,
    tell: Callable[[str, int], None] = lambda _title, _rows: None,
) -> AppliedBook:
    """Write every row that is new or differs, in the order of the sheets.

    ``tell`` is told the title of the sheet that is written and how many rows are done. Raises :class:`OtherBook`; refused: a row that can't
    be taken, in the plan or while it is written, and what a second administrator has not agreed on (``approval``).
    """
    if plan.refused:
        raise Refused("工作簿内还有不能导入的行，请改正后重新导入；本次未写入任何内容。")
    _lock()
    written: dict[str, int] = {}
    for sheet in plan.sheets:
        progress = _Telling(sheet.law.title, sum(written.values()), tell)
        changes = changes_of(sheet)
        try:
            sheet.law.write(Applying(actor, on, at, approval, progress.tell), changes)
        except RowRefused as refused:
            where = f"工作表“{sheet.law.title}”第 {refused.number} 行"
            raise Refused(f"{where}：{refused.text}；本次未写入任何内容。") from refused
        written[sheet.law.title] = len(changes)
    return AppliedBook(written)


def changes_of(sheet: PlannedSheet) -> list[RowChange]:
    """The rows of a sheet that are written."""
    return [RowChange(row.number, row.before, row.values) for row in sheet.rows if row.state in (NEW, CHANGED)]


def digest_of(plan: BookPlan) -> str:
    """Of everything that would be written: a plan with another digest is not what somebody looked at."""
    return digest(
        [
            [sheet.law.title, [[change.number, change.before, change.values] for change in changes_of(sheet)]]
            for sheet in plan.sheets
        ]
    )


def agreed_on(plan: BookPlan) -> dict[tuple[str, int], Agreed]:
    """By the title of the sheet and the number of the row, what a second administrator must agree on."""
    agreed: dict[tuple[str, int], Agreed] = {}
    for sheet in plan.sheets:
        if sheet.law.by_two is None:
            continue
        changes = changes_of(sheet)
        for change, wanted in zip(changes, sheet.law.by_two(changes), strict=True):
            if wanted is not None:
                agreed[sheet.law.title, change.number] = wanted
    return agreed


class _Telling:
    """Tells of every so many rows."""

    EVERY: Final = 20

    def __init__(self, title: str, before: int, tell: Callable[[str, int], None]) -> None:
        self._title = title
        self._done = before
        self._tell = tell
        tell(title, before)

    def tell(self, rows: int) -> None:
        self._done += rows
        if self._done % self.EVERY == 0:
            self._tell(self._title, self._done)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            raise OtherBook
