"""The sheets of the city's workbook, one module each, in the order in which they are written: what is named stands before what names it."""

from typing import Final

from kuangan.city.book.grammar import BookSheet
from kuangan.city.book.sheets import companies, faces, key_people, ledgers, mines, points, posts, rosters, units

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
