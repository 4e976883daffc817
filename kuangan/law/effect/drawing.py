"""A ledger whose entries carry out a draw: the ``drawn`` block of its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kuangan.law.source import YamlTable


@dataclass(frozen=True)
class DrawnBy:
    """An entry whose fields equal ``where`` names in its field ``number`` the draw that decided it.

    The draw is one of its keeper's own organ, made by the day of the entry, and it drew a mine of the unit that the field ``unit`` names.
    """

    number: str
    unit: str
    where: Mapping[str, Any] = field(default_factory=dict)


def read_drawn(ledger: YamlTable) -> DrawnBy | None:
    """The block of a ledger's file; None where no draw decides its entries. Raises :class:`~kuangan.law.source.CorpusError`."""
    if "drawn" not in ledger:
        return None
    block = ledger.table("drawn").only("number", "unit", "where")
    drawn = DrawnBy(block.text("number"), block.text("unit"), dict(block.get("where", {})))
    kinds = {table.text("name"): table.text("kind", "text") for table in ledger.tables("fields")}
    if kinds.get(drawn.number) != "text" or kinds.get(drawn.unit) != "unit" or set(drawn.where) - set(kinds):
        raise block.error("drawn: number must be a field of kind text, unit one of kind unit, where name fields")
    return drawn
