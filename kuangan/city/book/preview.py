"""A planned book as it is looked at before it is written: what each sheet holds, and every row that is new, differs or can't be taken."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kuangan.city.book.applying import agreed_on
from kuangan.city.book.grammar import Agreed, BookSheet
from kuangan.city.book.planning import CHANGED, NEW, REFUSED, SAME, BookPlan, PlannedRow, word_of
from kuangan.city.book.reading import REASONS
from kuangan.city.models import BookLine, CityBook
from kuangan.core.sheets.workbooks import made_of_workbook
from kuangan.core.values.plain import MOST_QUOTED

STATES: Final = (REFUSED, CHANGED, NEW, SAME)
LONGEST_KEY: Final = 300
FILLING: Final = "kuangan.core.sheets.filling"
NOT_WRITTEN: Final = "不能导入的行未能写成工作簿，请按页面所列改正。"


def summary(plan: BookPlan) -> list[dict[str, Any]]:
    """Of each sheet its title, the counts of its rows by what becomes of them, unread headings, and why none was read."""
    return [
        {
            "title": sheet.law.title,
            "counts": {state: sheet.count(state) for state in STATES},
            "unread": list(sheet.unread),
            "fault": sheet.fault,
        }
        for sheet in plan.sheets
    ]


def lines(book: CityBook, plan: BookPlan) -> Iterator[BookLine]:
    """The rows to be looked at, unsaved."""
    agreed = agreed_on(plan)
    for place, sheet in enumerate(plan.sheets):
        for row in sheet.rows:
            if row.state != SAME:
                yield BookLine(
                    book=book,
                    sheet=sheet.law.title,
                    place=place,
                    number=row.number,
                    state=row.state,
                    key=" ".join(filter(None, row.key))[:LONGEST_KEY],
                    said=_said(sheet.law, row),
                    signs=(sheet.law.title, row.number) in agreed,
                )


def _said(law: BookSheet, row: PlannedRow) -> list[list[str]]:
    if row.state == CHANGED:
        return [[label, was, becomes] for label, (was, becomes) in row.changes.items()]
    if row.state == REFUSED:
        by_label = {column.label: column for column in law.fields}
        return [
            [label, _quoted(row.given, by_label[label].name) if label in by_label else "", text]
            for label, text in row.faults.items()
        ]
    fields = [column for column in law.fields if column.name not in law.key and row.values.get(column.name)]
    return [[column.label, "", word_of(law, column.name, row.values)] for column in fields]


def _quoted(given: Mapping[str, Any], name: str) -> str:
    return str(given.get(name, ""))[:MOST_QUOTED]


def posts_agreed(plan: BookPlan) -> tuple[list[Agreed], int]:
    """The posts that a second administrator must agree on, and of how many rows of ledgers."""
    agreed = list(agreed_on(plan).values())
    posts = [wanted for wanted in agreed if wanted]
    return posts, len(agreed) - len(posts)


def refused_workbook(plan: BookPlan) -> bytes | None:
    """The refused rows as they were given, sheet by sheet below the template's headings, each with its reasons; None for none."""
    sheets = []
    for sheet in plan.sheets:
        refused = [row for row in sheet.rows if row.state == REFUSED]
        if refused:
            headings = [*(column.heading for column in sheet.law.fields), REASONS]
            cells = [[*(row.given.get(column.name) for column in sheet.law.fields), _reasons(row)] for row in refused]
            sheets.append((sheet.law.title, headings, cells))
    return made_of_workbook("several", NOT_WRITTEN, sheets, module=FILLING) if sheets else None


def _reasons(row: PlannedRow) -> str:
    return f"第 {row.number} 行：" + "；".join(f"“{label}”{text}" for label, text in row.faults.items())
