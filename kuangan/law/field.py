"""The one declaration of a typed field: of moves, ledgers, collections and papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from kuangan.law.role import Role
from kuangan.law.source import YamlTable, unique

if TYPE_CHECKING:
    from kuangan.law.procedure.people import By

KINDS: Final = (
    "text",
    "longtext",
    "lines",
    "choice",
    "flag",
    "number",
    "decimal",
    "money",
    "reading",
    "date",
    "moment",
    "period",
    "phone",
    "place",
    "mine",
    "unit",
    "face",
    "point",
    "person",
    "entry",
    "duty",
    "files",
    "rows",
)
"""text ≤ 300 characters; lines: one item a line; number: whole; decimal: with ``decimals`` places; money: yuan and fen;
reading: what a methane sensor showed, 0 to 100 with two places; period: from a day to a day; place: words and, where known,
coordinates. References: mine, unit by code; face by its name in the mine; point by mine and code; person: of the register,
where it knows him (``of``), otherwise a name; entry: of the ledger named by ``of``; duty: of the unit that a case is about. files: attachments; rows: a table."""
DEFAULTS: Final = {"": "", "today": "date", "me": "person"}
"""What a field may hold before anybody types, and the kind of field that it is for."""
UNLISTED: Final = ("longtext", "lines", "files", "rows")
"""Kinds too long for a list of entries unless the corpus says so."""
SEALABLE: Final = ("text", "longtext", "lines", "phone", "person")
"""Kinds that may be sealed."""
CELLS: Final = tuple(kind for kind in KINDS if kind not in ("files", "rows", "longtext"))
"""Kinds that a column of rows may have."""
MOST_YUAN: Final = Decimal(10) ** 12
"""Amounts of money stay below it: as far as they can be written in words of value."""
MOST_ROWS: Final = 500
"""Rows that a table takes unless it says less: what a form can still carry."""
MOST_COLUMNS: Final = 12
"""Columns of a table, for the same reason."""


@dataclass(frozen=True)
class Field:
    """One field. ``suffix`` is the unit of measurement shown behind the input; ``personal``: personal data, masked in exports.

    ``default``: what a new form holds before anybody types: ``today`` (a date), ``me`` (a person), or "" for nothing.
    ``sealed``: kept as a sealed text; neither the audit trail nor a dump holds it in clear. ``columns`` and ``most``: those of
    rows, and how many. ``of``: which ones a reference may name: kinds of unit, roles of persons, the ledger of entries;
    ``strict``: only persons of the register; ``over``: only units in whose area the mine of the form lies. ``former``: of entries from before; a new form does not ask for it any more.
    ``inside``: of the department's own work; who is only told of a case never sees it. ``readers``: who may open what is sealed of a step,
    by relation to the case and role, each time on the record; nobody else ever reads it in clear.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    suffix: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    decimals: int = 2
    personal: bool = False
    listed: bool = True
    filter: bool = False
    default: str = ""
    sealed: bool = False
    columns: "tuple[Field, ...]" = ()
    most: int = MOST_ROWS
    of: tuple[str, ...] = ()
    strict: bool = False
    over: bool = False
    former: bool = False
    inside: bool = False
    readers: "tuple[By, ...]" = ()

    @property
    def by_lines(self) -> bool:
        """Whether a table may be given as lines of text too, each the first cell of a row: the others may be empty."""
        return bool(self.columns) and not any(column.required for column in self.columns[1:])

    @property
    def heading(self) -> str:
        """The label with its unit of measurement."""
        suffix = self.suffix or ("元" if self.kind == "money" else "")
        return f"{self.label}（{suffix}）" if suffix else self.label


class PersonName(str):
    """A person's name as rules read it; ``key`` is that of the register where it knows him."""

    __slots__ = ("key",)

    def __new__(cls, name: str, key: int | None = None) -> Self:
        """A name and perhaps the key behind it."""
        made = super().__new__(cls, name)
        made.key = key
        return made

    key: int | None


_KEYS: Final = (
    "name",
    "label",
    "kind",
    "required",
    "choices",
    "suffix",
    "low",
    "high",
    "decimals",
    "personal",
    "listed",
    "filter",
    "help",
    "default",
    "sealed",
    "columns",
    "most",
    "of",
    "strict",
    "over",
    "former",
)


Columns = Mapping[str, tuple[Field, ...]]


def read_fields(tables: tuple[YamlTable, ...], columns: Columns = MappingProxyType({})) -> tuple[Field, ...]:
    """The fields that a list of the corpus declares, each name once; ``columns`` of those whose table is said elsewhere.

    Raises :class:`~kuangan.law.source.CorpusError`.
    """
    named = ((table.text("name"), table) for table in tables)
    read = ((name, table, read_field(table, columns.get(name, ()))) for name, table in named)
    return tuple(unique(read, "field").values())


def read_field(table: YamlTable, columns: tuple[Field, ...] = ()) -> Field:
    """The field that a mapping of the corpus declares. Raises :class:`~kuangan.law.source.CorpusError`."""
    table.only(*_KEYS)
    kind = table.text("kind", "text")
    choices = table.table("choices") if "choices" in table else YamlTable()
    sealed = table.flag("sealed", default=False)
    former = table.flag("former", default=False)
    field = Field(
        name=table.text("name"),
        label=table.text("label"),
        kind=kind,
        required=table.flag("required", default=True),
        choices=tuple((key, str(label)) for key, label in choices.items()),
        help=table.text("help", ""),
        suffix=table.text("suffix", ""),
        low=table.optional_decimal("low"),
        high=table.optional_decimal("high"),
        decimals=int(table.get("decimals", 2)),
        personal=table.flag("personal", default=False),
        listed=table.flag("listed", default=kind not in UNLISTED and not sealed and not former),
        filter=table.flag("filter", default=kind == "choice"),
        default=table.text("default", ""),
        sealed=sealed,
        columns=_columns(table) or columns,
        most=int(table.get("most", MOST_ROWS)),
        of=table.texts("of"),
        strict=table.flag("strict", default=False),
        over=table.flag("over", default=False),
        former=former,
    )
    for problem in faults_of(field):
        raise table.error(problem, "kind")
    return field


def faults_of(field: Field) -> tuple[str, ...]:
    """What of a declaration contradicts itself, wherever it was written."""
    is_table = field.kind == "rows"
    wrong: dict[str, Any] = {
        f"kind {field.kind!r}; write one of {', '.join(KINDS)}": field.kind not in KINDS,
        "choices belong to kind choice, and only to it": (field.kind == "choice") != bool(field.choices),
        f"default {field.default!r}; write today for a date or me for a person": field.default not in DEFAULTS
        or (field.default and DEFAULTS[field.default] != field.kind),
        "columns belong to kind rows, and only to it": is_table != bool(field.columns),
        f"rows have at most {MOST_COLUMNS} columns and {MOST_ROWS} rows": is_table
        and (len(field.columns) > MOST_COLUMNS or not 0 < field.most <= MOST_ROWS),
        f"a column is of kind {', '.join(CELLS)} and not sealed": any(
            column.kind not in CELLS or column.sealed for column in field.columns
        ),
        f"only {', '.join(SEALABLE)} can be sealed, and no filter asks for it": field.sealed
        and (field.kind not in SEALABLE or field.filter),
        "of names the one ledger of an entry": field.kind == "entry" and len(field.of) != 1,
        "of names roles of persons": field.kind == "person" and not set(field.of) <= set(Role),
        "of belongs to person, unit and entry": bool(field.of) and field.kind not in ("person", "unit", "entry"),
        "strict belongs to a person whose roles of names": field.strict and not (field.kind == "person" and field.of),
        "over belongs to a unit": field.over and field.kind != "unit",
        "what new forms do not ask for cannot be required": field.former and field.required,
        "readers belong to what is sealed": bool(field.readers) and not field.sealed,
    }
    return tuple(text for text, is_wrong in wrong.items() if is_wrong)


def _columns(table: YamlTable) -> tuple[Field, ...]:
    """Columns as fields of their own, or in short: name and label of a text."""
    if "columns" not in table:
        return ()
    if isinstance(table["columns"], YamlTable):
        return tuple(Field(name, str(label)) for name, label in table["columns"].items())
    return read_fields(table.tables("columns"))
