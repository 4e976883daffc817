"""Tables inside entries as sheets of their own: each row names its entry by the ledger's key, or by its line where there is none."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kuangan.base.digest import canonical
from kuangan.core.values import Wrong, is_empty, is_reference, stored
from kuangan.core.values.plain import LONGEST_NAME, plain_text
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger

LINE: Final = Field("line", "登记表行号", "number")
"""What names the entry of a row in a ledger without a key."""
_LONGEST_TITLE: Final = 25
"""Characters of a sheet's name, with room for what a template puts before it."""
_NO_TITLE: Final = re.compile(r"[\\*?:/\[\]]")
_CODE_BEHIND: Final = re.compile(r".*[（(]([0-9A-Za-z_./-]+)[）)]", re.DOTALL)


def row_fields(ledger: Ledger) -> tuple[Field, ...]:
    """The ledger's tables."""
    return tuple(field for field in ledger.fields if field.kind == "rows")


def sheet_title(field: Field) -> str:
    """The name of a table's sheet."""
    return _NO_TITLE.sub("", field.label)[:_LONGEST_TITLE]


def key_fields(ledger: Ledger) -> tuple[Field, ...]:
    """The fields by which a row names its entry."""
    return tuple(ledger.field(name) for name in ledger.key) or (LINE,)


def sheet_fields(ledger: Ledger, field: Field) -> tuple[Field, ...]:
    """The columns of a table's sheet: those that name the entry, then the table's own."""
    return (*key_fields(ledger), *field.columns)


def headings(ledger: Ledger, field: Field) -> list[str]:
    """The headings of a table's sheet; a column called like a key field is told apart by the table's name."""
    keys = [field.heading for field in key_fields(ledger)]
    own = [
        f"{column.heading}（{field.label}）" if column.heading in keys else column.heading for column in field.columns
    ]
    return [*keys, *own]


class SheetTable(list[dict[str, Any]]):
    """The rows of one entry's table as a sheet gave them, with the sheet's name and the number of each row in it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.numbers: list[int] = []

    def take(self, number: int, row: dict[str, Any]) -> None:
        """Add the row that stands at ``number``."""
        self.append(row)
        self.numbers.append(number)

    def place(self, at: int) -> str:
        """What a message calls the row ``at`` (from 1)."""
        return f"工作表“{self.title}”第 {self.numbers[at - 1]} 行"


def marks(ledger: Ledger, given: Mapping[str, Any], line: int) -> bytes:
    """What a line of the main sheet and the rows of its tables have in common."""
    if not ledger.key:
        return canonical([line])
    return canonical([_mark(ledger.field(name), given.get(name)) for name in ledger.key])


def row_marks(ledger: Ledger, given: Mapping[str, Any]) -> bytes | None:
    """As :func:`marks`, of a row of a table; None where it names no entry."""
    keys = key_fields(ledger)
    if any(is_empty(given.get(key.name)) for key in keys if key.required):
        return None
    return canonical([_mark(key, given.get(key.name)) for key in keys])


def _mark(field: Field, value: Any) -> Any:
    if is_empty(value):
        return None
    if is_reference(field):
        text = plain_text(value, LONGEST_NAME)
        behind = _CODE_BEHIND.fullmatch(text)
        return behind.group(1) if behind else text
    try:
        return stored(field, value)
    except Wrong:
        return plain_text(value)


Grouped = dict[bytes, SheetTable]


def grouped(ledger: Ledger, field: Field, rows: Sequence[tuple[int, dict[str, Any]]]) -> tuple[Grouped, list[int]]:
    """The rows of a table's sheet by the entry that they name, and the numbers of those that name none."""
    tables: Grouped = defaultdict(lambda: SheetTable(sheet_title(field)))
    astray: list[int] = []
    for number, row in rows:
        mark = row_marks(ledger, {name.removeprefix(KEY): value for name, value in row.items() if name.startswith(KEY)})
        if mark is None:
            astray.append(number)
            continue
        tables[mark].take(number, {name: value for name, value in row.items() if not name.startswith(KEY)})
    return dict(tables), astray


KEY: Final = "key."
"""Before the name of a key field among the cells of a table's row, so that no column hides it."""
