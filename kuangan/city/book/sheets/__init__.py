"""The sheets of the city's workbook, one module each, in the order in which they are written: what is named stands before what names it."""

from typing import Final

from kuangan.city.book.grammar import BookSheet
from kuangan.city.book.sheets import companies, faces, key_people, ledgers, mines, points, posts, rosters, units
from kuangan.core.sheets.workbooks import LISTS_SHEET

SHEETS: Final[tuple[BookSheet, ...]] = (
    units.SHEET,
    companies.SHEET,
    mines.SHEET,
    posts.SHEET,
    faces.SHEET,
    points.SHEET,
    key_people.SHEET,
    *ledgers.SHEETS,
    rosters.SHEET,
)
NOTES_SHEET: Final = "填写说明"
SAMPLE_OF: Final = "样例-"
OWN_SHEETS: Final = (NOTES_SHEET, LISTS_SHEET, *(f"{SAMPLE_OF}{sheet.title}" for sheet in SHEETS))
"""Sheets of the template that hold nothing to import."""
