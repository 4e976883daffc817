"""Adding, correcting and voiding entries. What was once recorded stays as a version."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from kuangan.base import clock
from kuangan.base.digest import digest
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.values.sealing import told
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.ledger.actions.tallies import count_added, recount
from kuangan.ledger.confirming import held_fast
from kuangan.ledger.models import Entry, EntryFile
from kuangan.ledger.queries import CURRENT, units_kept_by, writers
from kuangan.ledger.references import References
from kuangan.ledger.values import Cleaned, EntryRefused, clean

LONGEST_REASON = 300


@transaction.atomic
def add_entry(
    *, actor: User | None, ledger_id: str, unit: Unit, values: Mapping[str, Any], at: datetime | None = None
) -> Entry:
    """Record an entry of `unit`. Raises :class:`EntryRefused` for wrong values, ``Refused`` for a user who doesn't keep the ledger there."""
    ledger, moment = ledger_by_id(ledger_id), at or clock.now()
    refuse_stranger(actor, ledger, unit, moment)
    cleaned = clean(ledger, values, References(unit), actor=actor)
    lock_keys(ledger, unit)
    _refuse_duplicate(ledger, unit, cleaned)
    entry = insert(actor=actor, ledger=ledger, unit=unit, filled=[cleaned], at=moment)[0]
    record(actor=actor, action="entry_added", subject=subject_of(entry), data=content_of(ledger, entry), at=moment)
    return entry


@transaction.atomic
def correct_entry(
    *, actor: User | None, entry: Entry, values: Mapping[str, Any], reason: str, at: datetime | None = None
) -> Entry:
    """Put a further version in the place of `entry`; the old one stays. Refused: no reason, nothing changed, not the current version."""
    ledger, moment = ledger_by_id(entry.ledger), at or clock.now()
    refuse_stranger(actor, ledger, entry.unit, moment)
    lock_keys(ledger, entry.unit)
    old = locked_current(entry)
    errors = _reason_errors(reason)
    try:
        before = {"kept": _attachments(old), "old": old.values, "parts": old.parts, "waited": old.waits_for}
        cleaned = clean(ledger, values, References(old.unit), actor=actor, **before)
        _refuse_duplicate(ledger, old.unit, cleaned, but=old.serial)
    except EntryRefused as refused:
        raise EntryRefused(ledger, refused.errors | errors) from refused
    if errors:
        raise EntryRefused(ledger, errors)
    if cleaned.values == old.values:
        raise EntryRefused(ledger, {"": "内容没有变化，无需更正"})
    new = supersede(actor, old, cleaned, reason.strip(), moment)
    content = content_of(ledger, new) | {"version": new.version} | _open(ledger, reason=new.reason)
    record(actor=actor, action="entry_corrected", subject=subject_of(new), data=content, at=moment)
    return new


@transaction.atomic
def void_entry(*, actor: User | None, entry: Entry, reason: str, at: datetime | None = None) -> Entry:
    """End an entry that should not be there; it stays as a last version with the reason.

    Refused as for :func:`correct_entry`, and where only somebody else may let its keeper take it back.
    """
    ledger, moment = ledger_by_id(entry.ledger), at or clock.now()
    refuse_stranger(actor, ledger, entry.unit, moment)
    lock_keys(ledger, entry.unit)
    old = locked_current(entry)
    if errors := _reason_errors(reason) or _held_errors(ledger, old):
        raise EntryRefused(ledger, errors)
    same = Cleaned(old.values, old.mine, old.path, old.on, old.until, old.key, _files_of(old), old.confirmed)
    last = supersede(actor, old, same, reason.strip(), moment, voided=True)
    content = {"version": last.version} | _open(ledger, reason=last.reason)
    record(actor=actor, action="entry_voided", subject=subject_of(last), data=content, at=moment)
    return last


@transaction.atomic
def open_entry(*, actor: User, entry: Entry, at: datetime | None = None) -> Entry:
    """Let ``actor`` read one entry's personal data in clear, in all its versions; who read what of whom is on its trail.

    The entry must be in his sight; nothing is refused here.
    """
    ledger = ledger_by_id(entry.ledger)
    fields = [field.name for field in ledger.fields if field.personal or field.sealed]
    content = {"ledger": ledger.id, "unit": entry.unit.code, "version": entry.version, "fields": fields}
    record(actor=actor, action="entry_opened", subject=subject_of(entry), data=content, at=at or clock.now())
    return entry


def refuse_stranger(actor: User | None, ledger: Ledger, unit: Unit, at: datetime) -> None:
    """Refused when the actor doesn't keep the ledger for the unit (says who does)."""
    if actor is None or any(kept.pk == unit.pk for kept in units_kept_by(actor, ledger, at)):
        return
    roles = "、".join(role.label for role in ledger.roles if role in writers(ledger))
    raise Refused(f"“{ledger.title}”由{unit.name}的{roles}登记，您没有相应岗位。")


def lock_keys(ledger: Ledger, unit: Unit) -> None:
    """Until the transaction ends, nobody else writes entries of this ledger for this unit, so that no key comes twice."""
    if not ledger.key:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"{ledger.id}/{unit.pk}"])


def existing(ledger: Ledger, unit: Unit, keys: Iterable[str]) -> dict[str, Entry]:
    """The unit's current entries with these key digests."""
    entries = Entry.objects.filter(CURRENT, ledger=ledger.id, unit=unit, key__in=[key for key in keys if key])
    return {entry.key: entry for entry in entries.select_related("recorded_by__person")}


def duplicate_error(ledger: Ledger, twin: Entry) -> dict[str, str]:
    """Says which entry is there already, at the first key field."""
    labels = "、".join(ledger.field(name).label for name in ledger.key)
    by = twin.recorded_by.display_name if twin.recorded_by else "平台"
    day = clock.civil(twin.recorded_at).strftime("%Y-%m-%d")
    text = f"与第{twin.serial}号条目重复（{labels}相同，{by}于{day}登记），如内容有误请更正该条目"
    return {ledger.key[0]: text}


def insert(*, actor: User | None, ledger: Ledger, unit: Unit, filled: Sequence[Cleaned], at: datetime) -> list[Entry]:
    """Write new entries in the caller's transaction, each its own first version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)", [len(filled)]
        )
        numbers = [number for (number,) in cursor.fetchall()]
    entries = [
        Entry(
            pk=number,
            serial=number,
            ledger=ledger.id,
            unit=unit,
            recorded_at=at,
            recorded_by=actor,
            **_columns(cleaned),
        )
        for number, cleaned in zip(numbers, filled, strict=True)
    ]
    Entry.objects.bulk_create(entries, batch_size=2000)
    _name_files(zip(entries, filled, strict=True))
    count_added(entries)
    return entries


def subject_of(entry: Entry) -> tuple[str, int | None]:
    """One chain in the audit trail for all versions of an entry."""
    return ("ledger.entry", entry.serial)


def content_of(ledger: Ledger, entry: Entry) -> dict[str, Any]:
    """What the audit trail keeps of an entry: all of it, of sealed values a digest; of a confidential one only a digest."""
    whole = {"ledger": ledger.id, "unit": entry.unit.code, "values": entry.values}
    return {"digest": digest(whole)} if ledger.confidential else whole | told(ledger.fields, entry.values, "values")


def _open(ledger: Ledger, **facts: str) -> dict[str, str]:
    """Facts that the trail holds unless the ledger is confidential."""
    return {} if ledger.confidential else facts


def _columns(cleaned: Cleaned) -> dict[str, Any]:
    return {
        "mine": cleaned.mine,
        "path": cleaned.path,
        "on": cleaned.on,
        "until": cleaned.until,
        "key": cleaned.key,
        "values": cleaned.values,
        "confirmed": cleaned.confirmed,
        "waits_for": cleaned.waits_for,
    }


def _name_files(entries: Iterable[tuple[Entry, Cleaned]]) -> None:
    EntryFile.objects.bulk_create(
        EntryFile(entry=entry, field=name, attachment_id=number)
        for entry, cleaned in entries
        for name, numbers in cleaned.files.items()
        for number in numbers
    )


def supersede(
    actor: User | None, old: Entry, cleaned: Cleaned, reason: str, at: datetime, *, voided: bool = False
) -> Entry:
    """Write a further version in the place of the locked current one."""
    Entry.objects.filter(pk=old.pk).update(superseded_at=at)
    new = Entry.objects.create(
        ledger=old.ledger,
        serial=old.serial,
        version=old.version + 1,
        unit=old.unit,
        recorded_at=at,
        recorded_by=actor,
        reason=reason,
        voided=voided,
        **_columns(cleaned),
    )
    _name_files([(new, cleaned)])
    for changed in sorted({changed.path: changed for changed in (old, new)}.values(), key=lambda changed: changed.path):
        recount(changed)
    return new


def locked_current(entry: Entry) -> Entry:
    """The version, locked. Refused where it is the current one no more."""
    entries = Entry.objects.select_for_update(of=("self",)).select_related("unit", "mine__unit")
    old = entries.get(pk=entry.pk)
    if old.voided:
        raise Refused(f"第{old.serial}号条目已作废，不能再更正。")
    if old.superseded_at is not None:
        raise Refused(f"第{old.serial}号条目刚被他人更正，请刷新后在最新版本上办理。")
    return old


def _refuse_duplicate(ledger: Ledger, unit: Unit, cleaned: Cleaned, but: int | None = None) -> None:
    twin = existing(ledger, unit, [cleaned.key]).get(cleaned.key)
    if twin is not None and twin.serial != but:
        raise EntryRefused(ledger, duplicate_error(ledger, twin))


def _reason_errors(reason: str) -> dict[str, str]:
    if not reason.strip():
        return {"reason": "请填写原因，更正和作废均须说明理由"}
    if len(reason.strip()) > LONGEST_REASON:
        return {"reason": f"原因最多 {LONGEST_REASON} 字，请精简"}
    return {}


def _held_errors(ledger: Ledger, entry: Entry) -> dict[str, str]:
    held = held_fast(ledger, entry.values, entry.parts).values()
    words = [f"须先由{part.who}在本条目办理“{part.title}”，才能作废" for part in held]
    return {"": "；".join(words)} if words else {}


def _attachments(entry: Entry) -> list[int]:
    return list(EntryFile.objects.filter(entry__serial=entry.serial).values_list("attachment_id", flat=True))


def _files_of(entry: Entry) -> dict[str, list[int]]:
    files: dict[str, list[int]] = {}
    for entry_file in EntryFile.objects.filter(entry=entry):
        files.setdefault(entry_file.field, []).append(entry_file.attachment_id)
    return files
