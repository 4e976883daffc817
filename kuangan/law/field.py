"""The one declaration of a typed field: of moves, ledgers, collections and papers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kuangan.law.source import Table

KINDS: Final = (
    "text",
    "longtext",
    "lines",
    "choice",
    "flag",
    "date",
    "moment",
    "number",
    "decimal",
    "reading",
    "phone",
    "mine",
    "unit",
    "person",
    "face",
    "files",
)
"""text ≤ 300 characters; lines: one item a line; number: whole; decimal: with ``decimals`` places; reading: what a sensor
for methane showed, 0 to 100 with two places; mine, unit: a reference by code; person: a name; face: the name of a face of
the mine; files: attachments."""
DEFAULTS: Final = {"": "", "today": "date", "me": "person"}
"""What a field may hold before anybody types, and the kind of field that it is for."""
UNLISTED: Final = ("longtext", "lines", "files")
"""Kinds too long for a list of entries unless the corpus says so."""


@dataclass(frozen=True)
class Field:
    """One field. ``suffix`` is the unit of measurement shown behind the input; ``personal``: personal data, masked in exports.

    ``default``: what a new form holds before anybody types: ``today`` (a date), ``me`` (a person), or "" for nothing.
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

    @property
    def heading(self) -> str:
        """The label with its unit of measurement."""
        return f"{self.label}（{self.suffix}）" if self.suffix else self.label


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
)


def read_field(row: Table) -> Field:
    """The field that a mapping of the corpus declares. Raises :class:`~kuangan.law.source.CorpusError`."""
    row.only(*_KEYS)
    kind = row.text("kind", "text")
    if kind not in KINDS:
        raise row.error(f"kind {kind!r}; write one of {', '.join(KINDS)}", "kind")
    default = row.text("default", "")
    if default not in DEFAULTS or (default and DEFAULTS[default] != kind):
        raise row.error(f"default {default!r}; write today for a date or me for a person", "default")
    choices = row.table("choices") if "choices" in row else Table()
    if (kind == "choice") != bool(choices):
        raise row.error("choices belong to kind choice, and only to it", "kind")
    return Field(
        name=row.text("name"),
        label=row.text("label"),
        kind=kind,
        required=row.flag("required", default=True),
        choices=tuple((key, str(label)) for key, label in choices.items()),
        help=row.text("help", ""),
        suffix=row.text("suffix", ""),
        low=row.optional_decimal("low"),
        high=row.optional_decimal("high"),
        decimals=int(row.get("decimals", 2)),
        personal=row.flag("personal", default=False),
        listed=row.flag("listed", default=kind not in UNLISTED),
        filter=row.flag("filter", default=kind == "choice"),
        default=default,
    )
