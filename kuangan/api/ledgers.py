"""Ledgers through the API: what pages show, and the same writes."""

from django.http import HttpRequest
from ninja import Query, Router, Status

from kuangan.api.refusals import Denied
from kuangan.api.shapes import (
    PAGE,
    Correction,
    Ending,
    EntriesOut,
    EntryOut,
    EntryWithVersions,
    LedgerOut,
    NewEntry,
    Refusal,
    Wanted,
    entry_shape,
    ledger_shape,
    with_versions,
)
from kuangan.api.sight import asker
from kuangan.core.models import UnitKind, User
from kuangan.core.queries import roles_of, unit_in_sight
from kuangan.flow.credit import entries as flow
from kuangan.law import ledger as law
from kuangan.law.ledger import Ledger
from kuangan.ledger import actions
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import entries_visible_to, ledgers_of, units_kept_by, versions_visible_to, writers
from kuangan.ledger.shown import own_units

READ_REFUSALS = {401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}
WRITE_REFUSALS = READ_REFUSALS | {409: Refusal}
LOADED = ("unit", "mine", "recorded_by__person")

router = Router(tags=["台账"])


@router.get(
    "/ledgers",
    response={200: list[LedgerOut], 401: Refusal, 403: Refusal},
    summary="本人登记或可见的台账",
    description="各台账的栏目，以及本人可登记的单位编码（units）。",
)
def list_ledgers(request: HttpRequest) -> list[LedgerOut]:
    """The user's ledgers with their fields, in the order of their measures."""
    user = asker(request)
    holds = roles_of(user)
    shapes = []
    for ledger in ledgers_of(user):
        kept = [hold.unit.code for hold in holds if hold.role in writers(ledger) and hold.unit.kind in ledger.keepers]
        shapes.append(ledger_shape(ledger, list(dict.fromkeys(kept))))
    return shapes


@router.get(
    "/ledgers/{ledger_id}/entries",
    response={200: EntriesOut, **READ_REFUSALS},
    summary="现行条目",
    description="按日期由近及远，more 表示后面还有；超出页码上限的，请缩小日期范围。",
)
def list_entries(
    request: HttpRequest,
    ledger_id: str,
    wanted: Query[Wanted],
) -> EntriesOut:
    """One page of the current entries in sight, the newest first."""
    user = asker(request)
    entries = entries_visible_to(user, _in_sight(user, ledger_id).id)
    if wanted.since:
        entries = entries.filter(on__gte=wanted.since)
    if wanted.until:
        entries = entries.filter(on__lte=wanted.until)
    if wanted.mine:
        unit = unit_in_sight(user, wanted.mine, [UnitKind.mine])
        if unit is None:
            raise Denied(404, f"您的管辖范围内没有编码为“{wanted.mine}”的煤矿，请核对煤矿编码。")
        entries = entries.filter(mine=unit.pk, path=unit.path)
    first = (wanted.page - 1) * PAGE
    page_entries = list(entries.select_related(*LOADED).order_by("-on", "-pk")[first : first + PAGE + 1])
    own = own_units(user)
    return EntriesOut(
        page=wanted.page,
        more=len(page_entries) > PAGE,
        entries=[entry_shape(entry, own) for entry in page_entries[:PAGE]],
    )


@router.get(
    "/ledgers/{ledger_id}/entries/{int:serial}",
    response={200: EntryWithVersions, **READ_REFUSALS},
    summary="条目及全部版本",
    description="由新到旧列出各版本，含已作废条目。",
)
def read_entry(request: HttpRequest, ledger_id: str, serial: int) -> EntryWithVersions:
    """One entry with its versions; a voided one too."""
    user = asker(request)
    return with_versions(_versions(user, _in_sight(user, ledger_id), serial), own_units(user))


@router.post(
    "/ledgers/{ledger_id}/entries/{int:serial}/open",
    response={200: EntryWithVersions, **READ_REFUSALS},
    summary="查阅条目的完整个人信息",
    description="外单位登记的个人信息平时隐去部分内容；查阅完整内容的，查阅人、时间和栏目均记录在案。",
)
def open_entry(request: HttpRequest, ledger_id: str, serial: int) -> EntryWithVersions:
    """One entry with its versions in clear; the reading is recorded."""
    user = asker(request)
    versions = _versions(user, _in_sight(user, ledger_id), serial)
    actions.open_entry(actor=user, entry=versions[0])
    return with_versions(versions, None)


@router.post(
    "/ledgers/{ledger_id}/entries",
    response={201: EntryOut, **WRITE_REFUSALS},
    summary="登记条目",
    description="为本人有登记岗位的单位登记。values 的填法与页面、Excel 导入相同。",
)
def add_entry(request: HttpRequest, ledger_id: str, given: NewEntry) -> Status[EntryOut]:
    """Record an entry for a unit where the user keeps the ledger."""
    user = asker(request)
    ledger = _in_sight(user, ledger_id)
    unit = next((unit for unit in units_kept_by(user, ledger) if unit.code == given.unit), None)
    if unit is None:
        raise Denied(403, f"您没有为单位“{given.unit}”登记“{ledger.title}”的岗位，请核对单位编码。")
    made = flow.record_entry(actor=user, ledger_id=ledger.id, unit=unit, values=given.values)
    return Status(201, entry_shape(made, None))


@router.put(
    "/ledgers/{ledger_id}/entries/{int:serial}",
    response={200: EntryOut, **WRITE_REFUSALS},
    summary="更正条目",
    description="values 须填全部栏目，整体代替原内容；原内容保留在历史中。",
)
def correct_entry(request: HttpRequest, ledger_id: str, serial: int, given: Correction) -> EntryOut:
    """Put a further version in the entry's place; its values replace all old ones."""
    user = asker(request)
    entry = _kept_entry(user, ledger_id, serial)
    return entry_shape(flow.correct(actor=user, entry=entry, values=given.values, reason=given.reason), None)


@router.delete(
    "/ledgers/{ledger_id}/entries/{int:serial}",
    response={200: EntryOut, **WRITE_REFUSALS},
    summary="作废条目",
    description="条目连同原因保留在历史中。",
)
def void_entry(request: HttpRequest, ledger_id: str, serial: int, given: Ending) -> EntryOut:
    """Void an entry; it stays with the reason as its last version."""
    user = asker(request)
    return entry_shape(flow.void(actor=user, entry=_kept_entry(user, ledger_id, serial), reason=given.reason), None)


def _in_sight(user: User, ledger_id: str) -> Ledger:
    """The ledger if the user may keep or see it. Raises :class:`Denied` (404), the same for one that does not exist."""
    ledger = law.ledgers().get(ledger_id)
    if ledger is None or all(kept.id != ledger_id for kept in ledgers_of(user)):
        raise Denied(404, f"没有台账“{ledger_id}”，或它不在您的管辖范围内。")
    return ledger


def _versions(user: User, ledger: Ledger, serial: int) -> list[Entry]:
    """All versions of an entry in sight, the newest first. Raises :class:`Denied` (404)."""
    known = versions_visible_to(user, ledger.id).filter(serial=serial)
    versions = list(known.select_related(*LOADED).order_by("-version"))
    if not versions:
        raise Denied(404, f"“{ledger.title}”没有第{serial}号条目，或它不在您的管辖范围内。")
    return versions


def _kept_entry(user: User, ledger_id: str, serial: int) -> Entry:
    """The newest version of an entry in sight. Raises :class:`Denied` (404; 403 for who doesn't keep it)."""
    ledger = _in_sight(user, ledger_id)
    entry = _versions(user, ledger, serial)[0]
    if all(unit.pk != entry.unit_id for unit in units_kept_by(user, ledger)):
        raise Denied(403, f"“{ledger.title}”第{serial}号条目由{entry.unit.name}登记，您没有相应岗位。")
    return entry
