"""What the API takes and gives."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict

from kuangan.core.models import User
from kuangan.law import field as law
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.ledger.shown import masked_values

PAGE = 100
LAST_PAGE = 1000
"""Deeper pages would read ever more rows; narrower days lead on."""

MOST_VALUES = 100
"""Values of one entry; the widest ledger has half as many fields."""
LONGEST_REASON = 300

PRINTABLE = "^[^\\x00]*$"
"""The database keeps no text with a zero byte."""


class Shape(Schema):
    """What all shapes share: their English docstrings stay out of the description that users read."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.pop("description", None))


class Wanted(Shape):
    """Which entries are asked for."""

    since: date | None = Field(None, alias="from", description="起始日期")
    until: date | None = Field(None, alias="to", description="截止日期")
    mine: str | None = Field(None, description="煤矿编码", max_length=40, pattern="^[0-9A-Za-z_.-]*$")
    page: int = Field(1, ge=1, le=LAST_PAGE, description=f"页码，每页{PAGE}条")


class FieldOut(Shape):
    """One field of a ledger; ``columns``: those of a table, whose value is a list of mappings.

    ``written_by``: who fills it in, where that is not the keeper; it is then refused when the keeper gives it.
    """

    name: str
    label: str
    kind: str
    required: bool
    choices: dict[str, str]
    suffix: str
    low: Decimal | None
    high: Decimal | None
    decimals: int
    personal: bool
    help: str
    sealed: bool
    of: list[str]
    columns: "list[FieldOut]"
    written_by: str


class LedgerOut(Shape):
    """A ledger. ``units``: codes of the units for which the user may write."""

    id: str
    title: str
    dated: str
    until: str
    key: list[str]
    units: list[str]
    fields: list[FieldOut]


class EntryOut(Shape):
    """One version of an entry; ``values`` as stored, so that its unit can send them back, personal ones of others masked."""

    serial: int
    version: int
    unit: str
    mine: str | None
    on: date
    until: date | None
    values: dict[str, Any]
    recorded_at: datetime
    recorded_by: str
    reason: str
    voided: bool


class EntryWithVersions(EntryOut):
    """An entry with all its versions, the newest first."""

    versions: list[EntryOut]


class EntriesOut(Shape):
    """One page of entries, the newest first."""

    page: int
    more: bool
    entries: list[EntryOut]


class NewEntry(Shape):
    """An entry to be recorded for the unit with this code."""

    unit: str = Field(max_length=40)
    values: dict[str, Any] = Field(max_length=MOST_VALUES)


class Correction(Shape):
    """All values of an entry's next version."""

    values: dict[str, Any] = Field(max_length=MOST_VALUES)
    reason: str = Field(pattern=PRINTABLE, max_length=LONGEST_REASON)


class Ending(Shape):
    """Why an entry is voided."""

    reason: str = Field(pattern=PRINTABLE, max_length=LONGEST_REASON)


class Refusal(Shape):
    """Why a request was not carried out; ``errors`` by field, "" about the entry as a whole."""

    message: str
    errors: dict[str, str] | None = Field(default=None)


def ledger_shape(ledger: Ledger, units: list[str]) -> LedgerOut:
    """A ledger as the API gives it."""
    return LedgerOut(
        id=ledger.id,
        title=ledger.title,
        dated=ledger.dated,
        until=ledger.until,
        key=list(ledger.key),
        units=units,
        fields=[field_shape(field, _writer(ledger, field)) for field in ledger.fields],
    )


def _writer(ledger: Ledger, field: law.Field) -> str:
    return next((part.who for part in ledger.confirmations if field.name in part.fields), "")


def field_shape(field: law.Field, written_by: str = "") -> FieldOut:
    """A declared field as the API gives it."""
    return FieldOut(
        name=field.name,
        label=field.label,
        kind=field.kind,
        required=field.required and not written_by,
        choices=dict(field.choices),
        suffix=field.suffix,
        low=field.low,
        high=field.high,
        decimals=field.decimals,
        personal=field.personal,
        help=field.help,
        sealed=field.sealed,
        of=list(field.of),
        columns=[field_shape(column) for column in field.columns],
        written_by=written_by,
    )


def entry_shape(entry: Entry, open_units: Collection[int] | None) -> EntryOut:
    """A version as the API gives it; its unit, mine and author must be loaded.

    Personal data of other units than ``open_units`` is masked; None masks nothing.
    """
    return EntryOut(**_facts(entry, open_units))


def with_versions(versions: list[Entry], open_units: Collection[int] | None) -> EntryWithVersions:
    """An entry from its versions, the newest first; masked as by :func:`entry_shape`."""
    shapes = [entry_shape(version, open_units) for version in versions]
    return EntryWithVersions(**_facts(versions[0], open_units), versions=shapes)


def _facts(entry: Entry, open_units: Collection[int] | None) -> dict[str, Any]:
    ledger = ledger_by_id(entry.ledger)
    return {
        "serial": entry.serial,
        "version": entry.version,
        "unit": entry.unit.code,
        "mine": entry.mine.code if entry.mine else None,
        "on": entry.on,
        "until": entry.until,
        "values": entry.values if open_units is None else masked_values(ledger, entry, open_units),
        "recorded_at": entry.recorded_at,
        "recorded_by": _author(entry.recorded_by),
        "reason": entry.reason,
        "voided": entry.voided,
    }


def _author(user: User | None) -> str:
    return user.display_name if user else "平台"
