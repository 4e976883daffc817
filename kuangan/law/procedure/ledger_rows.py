"""What the rows of a ledger open: the ``opens`` block of its file, read before its fields, whose table it gives the columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kuangan.law.content import procedure_by_id
from kuangan.law.field import Field
from kuangan.law.procedure import FromEntry
from kuangan.law.source import YamlTable

ANSWERS: Final = "answers"
"""The column that says which item of the ledger's checklist a row is about."""
_KEYS: Final = ("procedure", "rows", "unit", "due", "paper", "closed", "answers", "urgent")


@dataclass(frozen=True)
class Opens:
    """Each row of ``table`` opens a case of ``procedure``, about the mine of the entry or the unit that the field ``unit`` names.

    ``due``: the field with the day by which, where a row says none; ``paper``: the field with the number of the enforcement paper that
    orders it; ``closed``: the field by which an entry from before says that all was put right: it opens nothing. ``negative``: fields of the
    checklist with the answer that needs a row of its own. ``urgent``: fields with the value that makes its cases red.
    """

    procedure: str
    table: str
    way: FromEntry
    unit: str = ""
    due: str = ""
    paper: str = ""
    closed: str = ""
    negative: Mapping[str, Any] = field(default_factory=dict)
    urgent: Mapping[str, Any] = field(default_factory=dict)

    @property
    def item(self) -> str:
        """The column that says what a row is about."""
        return self.way.columns[0].name

    @property
    def named(self) -> tuple[str, ...]:
        """Every field of the ledger that the block names."""
        single = (self.table, self.unit, self.due, self.paper, self.closed)
        return (*(name for name in single if name), *self.negative, *self.urgent)


def read_opens(ledger: YamlTable) -> Opens | None:
    """The block of a ledger; None where its rows open nothing. Raises :class:`~kuangan.law.source.CorpusError`."""
    if "opens" not in ledger:
        return None
    block = ledger.table("opens").only(*_KEYS)
    try:
        procedure = procedure_by_id(block.text("procedure"))
    except KeyError as unknown:
        raise block.error(f"procedure: {unknown}", "procedure") from None
    if procedure.opens_by_entry is None:
        raise block.error(f"no row of a ledger opens a case of {procedure.id}", "procedure")
    opens = Opens(
        procedure=procedure.id,
        table=block.text("rows"),
        way=procedure.opens_by_entry,
        unit=block.text("unit", ""),
        due=block.text("due", ""),
        paper=block.text("paper", ""),
        closed=block.text("closed", ""),
        negative=dict(block.table("answers")) if "answers" in block else {},
        urgent=dict(block.table("urgent")) if "urgent" in block else {},
    )
    known = {field_table.text("name") for field_table in ledger.tables("fields")}
    if missing := sorted(set(opens.named) - known):
        raise block.error(f"the ledger has no field {', '.join(missing)}")
    return opens


def columns_of(opens: Opens | None, fields: tuple[YamlTable, ...]) -> Mapping[str, tuple[Field, ...]]:
    """The columns of the table whose rows open cases: those of the procedure, and which item of the checklist a row is about."""
    if opens is None:
        return {}
    labels = {field_table.text("name"): field_table.text("label") for field_table in fields}
    items = tuple((name, labels[name]) for name in opens.negative)
    answers = (Field(ANSWERS, "对应检查项", "choice", required=False, choices=items),) if items else ()
    return {opens.table: (*opens.way.columns, *answers)}
