"""Imports of whole sheets: previewed, confirmed, then written in their turn by the sweep, all rows or none."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import Line, record, record_many, save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.sheets.workbooks import refuse_swollen
from kuangan.core.store import read_content
from kuangan.core.values.plain import MOST_QUOTED
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.ledger.actions.entries import (
    content_of,
    duplicate_error,
    existing,
    insert,
    lock_keys,
    refuse_stranger,
    subject_of,
)
from kuangan.ledger.models import Entry, Import, ImportState
from kuangan.ledger.references import References
from kuangan.ledger.sheet_rows import SheetRow, read_rows
from kuangan.ledger.sheets import importable
from kuangan.ledger.values import Cleaned, EntryRefused, clean, derived, mine_of

CHUNK = 1000
LOOKED_AT_ONCE = 48 * 1024
"""Bytes of a sheet that is read while its sender waits: some hundred rows."""
MOST_REFUSALS = 200
"""Faults after which nobody reads on; the rest of the sheet is not looked at."""
Refusal = dict[str, Any]
"""``row`` of the sheet, ``label`` of the field ("" for the whole row), what was ``given``, and the ``reason``."""
Accepted = tuple[int, Cleaned]


class RowsRefused(Exception):
    """Rows that were fit when previewed and no longer are; nothing of the sheet was written."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(f"{len(refusals)} rows refused")
        self.refusals = refusals


@transaction.atomic
def preview_import(
    *, actor: User, ledger_id: str, unit: Unit, name: str, content: bytes, at: datetime | None = None
) -> Import:
    """Read a filled-in template: the rows it would add and each refused one with its reason. Adds nothing.

    Refused: not the ledger's keeper, a ledger whose entries need a file each, a file that is no such sheet (says why).
    """
    moment = at or clock.now()
    imported = _uploaded(actor, ledger_id, unit, name, content, moment)
    _look(imported, content, moment)
    return imported


@transaction.atomic
def upload_import(
    *, actor: User, ledger_id: str, unit: Unit, name: str, content: bytes, at: datetime | None = None
) -> Import:
    """As :func:`preview_import`, but a large sheet is only taken and left to the sweep (:func:`read_import`)."""
    moment = at or clock.now()
    imported = _uploaded(actor, ledger_id, unit, name, content, moment)
    if len(content) <= LOOKED_AT_ONCE:
        _look(imported, content, moment)
    else:
        record(actor=actor, action="import_uploaded", subject=imported, at=moment)
    return imported


@transaction.atomic
def read_import(*, imported: Import, at: datetime) -> None:
    """Read a large sheet that was taken; one that can't be read ends with the reason. Refused when another process did so."""
    if not Import.objects.select_for_update().filter(pk=imported.pk, state=ImportState.reading).exists():
        raise Refused("这份文件已读取。")
    assert imported.attachment is not None
    try:
        _look(imported, read_content(imported.attachment.sha256), at)
    except Refused as refused:
        _move(imported, ImportState.reading, ImportState.dropped, "这份文件已读取。")
        imported.notes, imported.ended_at = [refused.message.rstrip("。")], at
        imported.save(update_fields=["notes", "ended_at"])
        record(actor=None, action="import_unreadable", subject=imported, at=at)


def _uploaded(actor: User, ledger_id: str, unit: Unit, name: str, content: bytes, moment: datetime) -> Import:
    ledger = ledger_by_id(ledger_id)
    refuse_stranger(actor, ledger, unit, moment)
    if not importable(ledger):
        raise Refused(f"“{ledger.title}”每条均须附文件，不能用表格导入，请逐条登记。")
    if not name.lower().endswith(".xlsx"):
        raise Refused("请上传 .xlsx 格式的工作簿（用本台账的模板填写）。")
    original = save_attachment(actor=actor, name=name, content=content, at=moment)
    refuse_swollen(content)
    return Import.objects.create(
        ledger=ledger.id,
        unit=unit,
        by=actor,
        name=original.name,
        attachment=original,
        state=ImportState.reading,
        at=moment,
    )


def _look(imported: Import, content: bytes, at: datetime) -> None:
    """Read an uploaded sheet into its preview. Refused as :func:`preview_import`."""
    ledger = ledger_by_id(imported.ledger)
    sheet = read_rows(ledger, content)
    accepted, refusals = _checked(ledger, imported.unit, sheet.rows, imported.by)
    _move(imported, ImportState.reading, ImportState.previewed, "这份文件已读取。")
    imported.rows = [{"row": number, "values": cleaned.values} for number, cleaned in accepted]
    imported.total, imported.refused = len(accepted), refusals
    imported.read, imported.blank, imported.notes = len(sheet.rows), sheet.blank, sheet.notes
    imported.save(update_fields=["rows", "total", "refused", "read", "blank", "notes"])
    facts = {"read": len(sheet.rows), "rows": len(accepted), "refused": len({refusal["row"] for refusal in refusals})}
    data = {} if ledger.confidential else facts
    record(actor=imported.by, action="import_previewed", subject=imported, data=data, at=at)


@transaction.atomic
def confirm_import(*, actor: User, imported: Import, at: datetime | None = None) -> Import:
    """Put a previewed sheet without refused rows in the queue. Refused: not one's own, refused rows, already confirmed."""
    ledger, moment = ledger_by_id(imported.ledger), at or clock.now()
    if imported.by_id != actor.pk:
        raise Refused("只能确认您自己上传的文件。")
    refuse_stranger(actor, ledger, imported.unit, moment)
    if imported.refused:
        raise Refused("文件中有不予导入的行，请按说明改正后重新上传；有一行不合要求，整个文件不导入。")
    _move(imported, ImportState.previewed, ImportState.queued, "这份文件已确认或已放弃，请查看导入结果。")
    record(actor=actor, action="import_confirmed", subject=imported, at=moment)
    return imported


@transaction.atomic
def drop_import(*, actor: User, imported: Import, at: datetime | None = None) -> Import:
    """Give a previewed sheet up; its rows are forgotten. Refused when it is confirmed or not one's own."""
    moment = at or clock.now()
    if imported.by_id != actor.pk:
        raise Refused("只能放弃您自己上传的文件。")
    _move(imported, ImportState.previewed, ImportState.dropped, "这份文件已确认或已放弃，不能再放弃。")
    _forget(imported, moment)
    record(actor=actor, action="import_dropped", subject=imported, at=moment)
    return imported


def write_import(*, imported: Import, at: datetime, progress: Callable[[int], None]) -> list[Entry]:
    """Write the rows of a confirmed sheet in the caller's transaction; ``progress`` is told how many are written.

    Raises :class:`RowsRefused` when keys were taken since the preview; the caller's transaction must then be undone.
    """
    ledger, unit = ledger_by_id(imported.ledger), imported.unit
    refs = References(unit)
    lock_keys(ledger, unit)
    rows = [
        (line["row"], derived(ledger, line["values"], refs, mine_of(ledger, line["values"], refs)))
        for line in imported.rows
    ]
    if refusals := _duplicates(ledger, unit, rows):
        raise RowsRefused(refusals)
    entries: list[Entry] = []
    for start in range(0, len(rows), CHUNK):
        chunk = [cleaned for _, cleaned in rows[start : start + CHUNK]]
        entries += insert(actor=imported.by, ledger=ledger, unit=unit, filled=chunk, at=at)
        progress(len(entries))
    return entries


def write_lines(*, imported: Import, lines: Sequence[Mapping[str, Any]], at: datetime) -> list[Entry]:
    """Write some of a confirmed sheet's rows, to find out which of them the database takes; the caller undoes it."""
    ledger, unit = ledger_by_id(imported.ledger), imported.unit
    refs = References(unit)
    rows = [derived(ledger, line["values"], refs, mine_of(ledger, line["values"], refs)) for line in lines]
    return insert(actor=imported.by, ledger=ledger, unit=unit, filled=rows, at=at)


def end_import(*, imported: Import, entries: Sequence[Entry], at: datetime) -> None:
    """Mark a sheet as written, in the transaction that wrote it. Refused when another process did so."""
    ledger = ledger_by_id(imported.ledger)
    _move(imported, ImportState.queued, ImportState.imported, "这份文件已导入。")
    imported.done = len(entries)
    _forget(imported, at)
    facts = {"ledger": ledger.id, "unit": imported.unit.code, "entries": len(entries)}
    lines = [Line(subject_of(entry), "entry_added", content_of(ledger, entry), imported.by) for entry in entries]
    own = Line(imported, "entries_imported", {} if ledger.confidential else facts, imported.by)
    record_many([*lines, own], at)


@transaction.atomic
def return_import(*, imported: Import, refusals: list[Refusal], at: datetime) -> None:
    """Send a confirmed sheet back with the rows that are no longer fit; nothing of it was written."""
    _move(imported, ImportState.queued, ImportState.previewed, "这份文件已导入。")
    imported.refused, imported.done = refusals, 0
    imported.save(update_fields=["refused", "done"])
    record(actor=None, action="import_returned", subject=imported, at=at)


def _move(imported: Import, before: ImportState, after: ImportState, refusal: str) -> None:
    if not Import.objects.filter(pk=imported.pk, state=before).update(state=after):
        raise Refused(refusal)
    imported.state = after


def _forget(imported: Import, at: datetime) -> None:
    """What became entries, or nothing, needn't lie here as well."""
    imported.rows, imported.ended_at = [], at
    imported.save(update_fields=["rows", "ended_at", "done"])


def _checked(ledger: Ledger, unit: Unit, rows: Sequence[SheetRow], actor: User) -> tuple[list[Accepted], list[Refusal]]:
    """The fit rows, and what is wrong with the others; after ``MOST_REFUSALS`` the rest of the sheet isn't looked at."""
    refs = References(unit)
    accepted: list[Accepted] = []
    refusals: list[Refusal] = []
    for row in rows:
        if len(refusals) >= MOST_REFUSALS:
            break
        errors = dict(row.faults)
        try:
            cleaned = clean(ledger, row.given, refs, actor=actor)
        except EntryRefused as refused:
            errors = dict(refused.errors) | errors
        if errors:
            refusals += refusals_of(ledger, row.number, row.given, errors)
        else:
            accepted.append((row.number, cleaned))
    twins = _duplicates(ledger, unit, accepted)
    doubled = {refusal["row"] for refusal in twins}
    fit = [(number, cleaned) for number, cleaned in accepted if number not in doubled]
    return fit, sorted([*refusals, *twins], key=lambda refusal: int(refusal["row"]))


def _duplicates(ledger: Ledger, unit: Unit, rows: Sequence[Accepted]) -> list[Refusal]:
    """Rows whose key an entry or an earlier row has."""
    if not ledger.key:
        return []
    twins = existing(ledger, unit, [cleaned.key for _, cleaned in rows])
    seen: dict[str, int] = {}
    refusals = []
    for number, cleaned in rows:
        earlier = seen.setdefault(cleaned.key, number)
        if cleaned.key in twins:
            ((name, text),) = duplicate_error(ledger, twins[cleaned.key]).items()
        elif earlier != number:
            name, text = ledger.key[0], f"与本表第 {earlier} 行重复，请删去其中一行"
        else:
            continue
        refusals.append(_refusal(ledger, number, name, cleaned.values, text))
    return refusals


def refusals_of(ledger: Ledger, number: int, given: dict[str, Any], errors: Mapping[str, str]) -> list[Refusal]:
    """What is wrong with a row of a sheet, field by field."""
    return [_refusal(ledger, number, name, given, text) for name, text in errors.items()]


def _refusal(ledger: Ledger, number: int, name: str, given: dict[str, Any], text: str) -> Refusal:
    label = ledger.field(name).label if name else ""
    return {"row": number, "label": label, "given": _quote(given.get(name)), "reason": text}


def _quote(given: Any) -> str:
    """The beginning of what was given, cut before it is written out."""
    if isinstance(given, list) and given and isinstance(given[0], dict):
        return f"{len(given)} 行"
    return str(given[:MOST_QUOTED] if isinstance(given, str | list) else "" if given is None else given)[:MOST_QUOTED]
