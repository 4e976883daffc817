"""Ledgers (台账) from ``corpus/ledgers/<task>/*.yaml``: fields, keys, who keeps them, who may see them, how long they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from kuangan.law.cite import Cite
from kuangan.law.demo import Demo, read_demo
from kuangan.law.effect.drawing import DrawnBy, read_drawn
from kuangan.law.effect.entries import EntrySets, read_sets
from kuangan.law.field import Field, read_fields
from kuangan.law.procedure.confirming import Confirming, read_confirmations
from kuangan.law.procedure.ledger_rows import Opens, columns_of, read_opens
from kuangan.law.role import Role
from kuangan.law.source import YamlTable, files, read_table
from kuangan.law.time.span import Span, parse_span

UNIT_KINDS: Final = (
    "city_government",
    "city_bureau",
    "city_coal_section",
    "county_government",
    "county_bureau",
    "company",
    "mine",
)
OPERATORS: Final = ("<", "<=", "==", "!=", ">=", ">")
ABOUT: Final = ("unit", "mine")
NEVER: Final = "never"
"""``told_from`` of a ledger that is kept inside the offices."""


@dataclass(frozen=True)
class Constraint:
    """What must hold between two fields when both are filled, or between a field and a number.

    ``span_key``: the right side is so long after the day in it (or in field ``also``, where that is filled and later): a day that
    somebody sets himself has its bound.
    """

    left: str
    operator: str
    right: str
    message: str
    span_key: str = ""
    also: str = ""


@dataclass(frozen=True)
class SettledFirst:
    """Where ``where`` holds, the entry that ``field`` names is needed, and all that its rows opened must be over.

    ``unless``: the field by which an entry from before says the same in words.
    """

    field: str
    where: Mapping[str, Any]
    message: str
    unless: str = ""


@dataclass(frozen=True)
class Ledger:
    """One ledger. An entry belongs to the unit that keeps it.

    ``about`` mine: it also names a mine in field ``mine`` (for ledgers kept by mines the mine itself). ``dated`` is the field by which an entry has its day; ``until`` the field that
    ends its validity ("" = none), ``ended`` one that may end it earlier; ``key`` the fields no two current entries of a unit share.
    """

    id: str
    title: str
    measure: str
    clauses: tuple[str, ...]
    keepers: tuple[str, ...]
    roles: tuple[Role, ...]
    about: str
    dated: str
    until: str
    ended: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    constraints: tuple[Constraint, ...]
    renew: str
    retention: Span
    circle: tuple[Role, ...]
    cite: Cite
    confidence: str
    assumed: str
    help: str
    sample: tuple[Mapping[str, Any], ...]
    demo: Demo
    opens: Opens | None = None
    """What its rows open."""
    drawn: DrawnBy | None = None
    """The draw that its entries carry out."""
    sets: tuple[EntrySets, ...] = ()
    """What its entries make of the dated attributes of the mine."""
    settled_first: SettledFirst | None = None
    """What another entry found must be put right before this one may say what it says."""
    confirmations: tuple[Confirming, ...] = ()
    """The parts that others than the keeper write, in the order in which they are asked for."""
    told_from: str = ""
    """From when on the supervised see an entry that an office keeps: the field that must be filled (a day in it must have come), and what
    an authority writes in it must be written. ``never``; "" = from its recording on."""
    book: str = ""
    """The sheet of the workbook of a city's first day that holds its entries; "" = none."""
    nearest: str = ""
    """The field of kind place by which a mine's file names the nearest of its entries; "" = none."""
    ends_with_supervision: bool = False
    """What a body that supervises a mine arranged about it: it ends the day before another body supervises the mine."""

    @cached_property
    def of_others(self) -> frozenset[str]:
        """The fields that the keeper does not fill in."""
        return frozenset(name for part in self.confirmations for name in part.fields)

    def part(self, part_id: str) -> Confirming:
        """The part that somebody else writes. Raises ``KeyError``."""
        for part in self.confirmations:
            if part.id == part_id:
                return part
        raise KeyError(f"ledger {self.id} has no confirmation {part_id!r}")

    @property
    def confidential(self) -> bool:
        """Whether only the roles of ``circle`` at the keeping unit see entries."""
        return bool(self.circle)

    def field(self, name: str) -> Field:
        """The field by name. Raises ``KeyError``."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"ledger {self.id} has no field {name!r}")


@cache
def ledgers() -> Mapping[str, Ledger]:
    """All ledgers by id. Raises :class:`~kuangan.law.source.CorpusError`."""
    return {path.stem: read_ledger(path) for path in files("ledgers", ".yaml")}


def ledger_by_id(ledger_id: str) -> Ledger:
    """The ledger by id. Raises ``KeyError``."""
    ledger = ledgers().get(ledger_id)
    if ledger is None:
        raise KeyError(f"the corpus has no ledger {ledger_id!r}")
    return ledger


_KEYS: Final = (
    *("id", "title", "measure", "clauses", "keepers", "roles", "about", "dated", "until", "ended", "key"),
    *("fields", "constraints", "renew"),
    *("retention", "circle", "cite", "confidence", "assumed", "help", "sample", "demo"),
    "opens",
    *("settled_first", "confirmations", "sets", "drawn", "told_from", "book", "nearest", "ends_with_supervision"),
)


def read_ledger(path: Path) -> Ledger:
    """The ledger in a file. Raises :class:`~kuangan.law.source.CorpusError` with file and line."""
    table = read_table(path).only(*_KEYS)
    if table.text("id") != path.stem:
        raise table.error(f"id {table['id']!r} must equal the file name {path.stem!r}", "id")
    fields = read_fields(table.tables("fields"), columns_of(read_opens(table), table.tables("fields")))
    ledger = Ledger(
        id=path.stem,
        title=table.text("title"),
        measure=table.text("measure"),
        clauses=table.texts("clauses"),
        keepers=_all_of(table, "keepers", UNIT_KINDS),
        roles=tuple(Role(role) for role in _all_of(table, "roles", tuple(Role))),
        about=table.text("about", "unit"),
        dated=table.text("dated"),
        until=table.text("until", ""),
        ended=table.text("ended", ""),
        key=table.texts("key"),
        fields=fields,
        constraints=tuple(_constraint(constraint_table) for constraint_table in table.tables("constraints")),
        renew=table.text("renew", ""),
        retention=table.parse("retention", parse_span) if "retention" in table else Span(36, "months"),
        circle=tuple(Role(role) for role in _all_of(table, "circle", tuple(Role))) if "circle" in table else (),
        cite=table.cite(),
        confidence=table.mark(),
        assumed=table.text("assumed", ""),
        help=table.text("help", ""),
        sample=tuple(_plain(sample) for sample in table.tables("sample")),
        demo=read_demo(table),
        opens=read_opens(table),
        settled_first=_settled_first(table),
        confirmations=read_confirmations(table, fields),
        sets=read_sets(table),
        drawn=read_drawn(table),
        told_from=table.text("told_from", ""),
        book=table.text("book", ""),
        nearest=table.text("nearest", ""),
        ends_with_supervision=bool(table.get("ends_with_supervision", False)),
    )
    return _checked(table, ledger)


def _checked(table: YamlTable, ledger: Ledger) -> Ledger:
    """The ledger, of which names are fields, and one about mines names the mine."""
    kinds = {field.name: field.kind for field in ledger.fields}
    needs_mine = ledger.about == "mine" and ledger.keepers != ("mine",)
    sides = [
        side
        for constraint in ledger.constraints
        for side in (constraint.left, constraint.right, constraint.also)
        if side
    ]
    wrong = {
        "about": ledger.about not in ABOUT or (needs_mine and kinds.get("mine") != "mine"),
        "dated": kinds.get(ledger.dated) not in ("date", "moment"),
        "until": bool(ledger.until) and kinds.get(ledger.until) != "date",
        "ended": bool(ledger.ended) and (not ledger.until or kinds.get(ledger.ended) != "date"),
        "key": not set(ledger.key)
        <= {field.name for field in ledger.fields if field.kind != "rows" and not field.sealed},
        "constraints": any(side not in kinds and not _is_number(side) for side in sides),
        "sample": not ledger.sample or any(ledger.of_others & set(sample) for sample in ledger.sample),
        "confirmations": bool(ledger.of_others & {ledger.dated, ledger.until, ledger.ended, *ledger.key})
        or any(not part.has_writer(ledger.keepers) for part in ledger.confirmations),
        "ends_with_supervision": ledger.ends_with_supervision and not (needs_mine and ledger.until),
        "nearest": bool(ledger.nearest) and kinds.get(ledger.nearest) != "place",
        "told_from": ledger.told_from not in ("", NEVER) and kinds.get(ledger.told_from) not in ("date", "text"),
    }
    for key, is_wrong in wrong.items():
        if is_wrong:
            raise table.error(f"{key}: {_NEEDS[key]}", key)
    return ledger


_NEEDS: Final = {
    "about": "unit or mine; a ledger about mines that others keep needs a field 'mine' of kind mine",
    "dated": "must be a field of kind date or moment",
    "until": "must be a field of kind date",
    "ended": "must be a field of kind date, beside an until",
    "key": "every name must be a field that is neither sealed nor rows",
    "constraints": "both sides must be fields or numbers",
    "sample": "at least one sample row of what the keeper fills in is needed; the tests import and export it",
    "confirmations": "neither days nor key; what an authority writes stands in what is kept below it: say whose entries (kept_by)",
    "ends_with_supervision": "a ledger about mines with an until",
    "nearest": "a field of kind place",
    "told_from": "a field of kind date or text, or never",
}


def _settled_first(table: YamlTable) -> SettledFirst | None:
    if "settled_first" not in table:
        return None
    block = table.table("settled_first").only("field", "where", "message", "unless")
    known = {field_table.text("name"): field_table.text("kind", "text") for field_table in table.tables("fields")}
    where = dict(block.table("where"))
    if known.get(block.text("field")) != "entry" or not set(where) <= set(known):
        raise block.error("settled_first: field must be one of kind entry, where must name fields of the ledger")
    return SettledFirst(block.text("field"), where, block.text("message"), block.text("unless", ""))


def _constraint(table: YamlTable) -> Constraint:
    table.only("left", "operator", "right", "message", "span", "also")
    if table.text("operator") not in OPERATORS:
        raise table.error(f"operator: write one of {' '.join(OPERATORS)}", "operator")
    return Constraint(
        table.text("left"),
        table.text("operator"),
        table.text("right"),
        table.text("message"),
        table.table("span").only("local").text("local") if "span" in table else "",
        table.text("also", ""),
    )


def _all_of(table: YamlTable, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    written = table.texts(key)
    for name in written:
        if name not in known:
            raise table.error(f"{key}: {name!r}; write of {', '.join(known)}", key)
    if not written:
        raise table.error(f"{key}: at least one of {', '.join(known)}", key)
    return written


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
