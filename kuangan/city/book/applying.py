"""A planned book becomes what the platform holds: all of it or nothing, from a day on."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kuangan.city.book.grammar import Applying, RowChange, RowRefused
from kuangan.city.book.planning import CHANGED, NEW, BookPlan
from kuangan.core.errors import Refused
from kuangan.core.models import User


@dataclass(frozen=True)
class AppliedBook:
    """How many rows were written, by the title of their sheet."""

    written: dict[str, int]


@transaction.atomic
def apply_book(*, actor: User | None, plan: BookPlan, on: date, at: datetime) -> AppliedBook:
    """Write every row that is new or differs, in the order of the sheets. Refused: a row that cannot be taken, in the plan or while it is written."""
    if plan.refused:
        raise Refused("工作簿内还有不能导入的行，请改正后重新导入；本次未写入任何内容。")
    applying = Applying(actor, on, at)
    written: dict[str, int] = {}
    for sheet in plan.sheets:
        changes = [RowChange(row.number, row.before, row.values) for row in sheet.rows if row.state in (NEW, CHANGED)]
        try:
            sheet.law.write(applying, changes)
        except RowRefused as refused:
            where = f"工作表“{sheet.law.title}”第 {refused.number} 行"
            raise Refused(f"{where}：{refused.text}；本次未写入任何内容。") from refused
        written[sheet.law.title] = len(changes)
    return AppliedBook(written)
