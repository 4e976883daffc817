"""Somebody else than the keeper writes his part of an entry, or sends the entry back; one at a time, with what he looked at."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.base.text import person_name
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import LookedAt, User
from kuangan.core.queries.roles import Hold
from kuangan.core.values import cleaned, name_of, stored
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.law.procedure.confirming import Confirming
from kuangan.ledger.actions.entries import content_of, lock_keys, locked_current, subject_of, supersede
from kuangan.ledger.confirming import is_too_late, writable_parts
from kuangan.ledger.models import Entry, EntryConfirmation
from kuangan.ledger.queries import confirming_hold
from kuangan.ledger.references import References
from kuangan.ledger.sight import FormSight
from kuangan.ledger.values import EntryRefused, derived, faults_between, mine_of

SIGHT = "sight"
OPINION = "opinion"
LONGEST_OPINION = 300


@transaction.atomic
def confirm_entry(
    *,
    actor: User,
    entry: Entry,
    part_id: str,
    values: Mapping[str, Any],
    sight: str,
    opinion: str,
    at: datetime | None = None,
) -> Entry:
    """Write a part of an entry that belongs to somebody else than its keeper; returns the version that holds it.

    Raises :class:`EntryRefused` for wrong values or where nothing was looked at, ``Refused`` for who may not write it, an entry
    that was changed meanwhile, and a part that is not asked for or comes too late.
    """
    ledger, moment = ledger_by_id(entry.ledger), at or clock.now()
    lock_keys(ledger, entry.unit)
    old = locked_current(entry)
    part, hold = _part(actor, ledger, old, part_id, moment)
    _refuse_late(ledger, part, old, moment)
    refs = References(old.unit)
    given, errors = cleaned([ledger.field(name) for name in part.asked], values, FormSight(refs, actor))
    errors |= _looked(sight, opinion)
    others = {name: value for name, value in old.values.items() if name not in part.fields}
    written = others | given | _stamped(ledger, part, actor, hold, moment)
    if errors := errors or faults_between(ledger, written):
        raise EntryRefused(ledger, errors)
    parts = [known.id for known in ledger.confirmations if known.id in (*old.parts, part.id)]
    waits = derived(ledger, written, refs, mine_of(ledger, written, refs), parts, requested=(old.waits_for,))
    new = supersede(actor, old, waits, "", moment)
    _keep(actor, new, part, hold, sight, opinion, moment, accepted=True)
    return new


@transaction.atomic
def return_entry(
    *, actor: User, entry: Entry, part_id: str, sight: str, opinion: str, at: datetime | None = None
) -> EntryConfirmation:
    """Send an entry back to its keeper with the reason; it waits no more until he corrects it. Refused as :func:`confirm_entry`."""
    ledger, moment = ledger_by_id(entry.ledger), at or clock.now()
    lock_keys(ledger, entry.unit)
    old = locked_current(entry)
    part, hold = _part(actor, ledger, old, part_id, moment)
    if old.waits_for != part.id:
        raise Refused(f"第{old.serial}号条目目前不待“{part.title}”，不能退回。")
    if errors := _looked(sight, opinion):
        raise EntryRefused(ledger, errors)
    Entry.objects.filter(pk=old.pk).update(waits_for="")
    return _keep(actor, old, part, hold, sight, opinion, moment, accepted=False)


def _part(actor: User, ledger: Ledger, entry: Entry, part_id: str, at: datetime) -> tuple[Confirming, Hold]:
    """The part and the post by which the actor may write it. Refused: it is not asked for, or he may not."""
    part = next(
        (part for part in writable_parts(ledger, entry.values, entry.parts, entry.unit.kind) if part.id == part_id),
        None,
    )
    if part is None:
        raise Refused(f"第{entry.serial}号条目目前不能办理这一步，请刷新后查看。")
    hold = confirming_hold(actor, entry, part, at)
    if hold is None:
        roles = "、".join(role.label for role in part.roles)
        raise Refused(f"“{part.title}”由{part.who}的{roles}填写，您没有相应岗位。")
    for name in part.apart:
        named = name_of(entry.values.get(name, ""))
        if named.key == actor.person_id if named.key else person_name(named) == person_name(actor.display_name):
            raise Refused(f"您是本条目的{ledger.field(name).label}，“{part.title}”须由他人办理。")
    if not part.official and _recorded_by(actor, entry):
        raise Refused(f"本条目由您登记，“{part.title}”须由他人办理。")
    return part, hold


def _recorded_by(actor: User, entry: Entry) -> bool:
    """Whether the actor wrote a version of the entry as its keeper."""
    versions = Entry.objects.filter(serial=entry.serial, recorded_by=actor)
    return versions.exclude(confirmations__accepted=True).exists()


def _refuse_late(ledger: Ledger, part: Confirming, entry: Entry, at: datetime) -> None:
    if is_too_late(ledger, part, entry.values, at):
        label = ledger.field(part.before).label
        raise Refused(f"已过{label}，不能再办理“{part.title}”；确未开始的，由登记人更正{label}后重新提交。")


def _looked(sight: str, opinion: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    if sight not in LookedAt.values:
        errors[SIGHT] = "请选择查看了什么：材料原件、现场照片或视频、监测数据，或者现场"
    if not opinion.strip():
        errors[OPINION] = "请写明查看的内容和结论"
    elif len(opinion.strip()) > LONGEST_OPINION:
        errors[OPINION] = f"意见最多 {LONGEST_OPINION} 字，请精简"
    return errors


def _stamped(ledger: Ledger, part: Confirming, actor: User, hold: Hold, at: datetime) -> dict[str, Any]:
    """The columns that the platform fills in itself: who, his post, his office, when."""
    known = {
        "person": {"person": actor.person_id, "name": person_name(actor.display_name)},
        "post": (hold.acting_for or hold.post).title,
        "organ": hold.unit.name,
    }
    stamped: dict[str, Any] = {}
    for stamp, column in part.stamps.items():
        day = clock.civil_date(at) if ledger.field(column).kind == "date" else at
        stamped[column] = known[stamp] if stamp in known else stored(ledger.field(column), day)
    return stamped


def _keep(
    actor: User, entry: Entry, part: Confirming, hold: Hold, sight: str, opinion: str, at: datetime, *, accepted: bool
) -> EntryConfirmation:
    """The act itself, and its line in the trail."""
    made = EntryConfirmation.objects.create(
        entry=entry,
        part=part.id,
        unit=hold.unit,
        by=actor,
        at=at,
        accepted=accepted,
        sight=sight,
        opinion=opinion.strip(),
    )
    ledger = ledger_by_id(entry.ledger)
    content = content_of(ledger, entry) | {"version": entry.version, "part": part.id, "sight": sight}
    content |= {} if ledger.confidential else {"opinion": made.opinion}
    action = "entry_confirmed" if accepted else "entry_returned"
    record(actor=actor, action=action, subject=subject_of(entry), data=content, at=at)
    return made
