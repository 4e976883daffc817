"""What a decision makes of a mine: the dated attributes that an entry of a ledger or a move of a case sets, as their files say."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from kuangan.base.clock import civil_date
from kuangan.casework.attempts import newest_of
from kuangan.casework.models import Case, CaseMove
from kuangan.casework.view import view_of
from kuangan.core.models import User
from kuangan.core.subject import about
from kuangan.law.content import procedure_by_id
from kuangan.law.effect.entries import EntrySets
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.law.procedure import MoveSets
from kuangan.ledger.models import Entry
from kuangan.mine.actions import Decided, follow_decision
from kuangan.mine.models import Mine, MineAttribute
from kuangan.mine.queries import STANDING, attribute

VOIDED: Final = "所依据的台账记录已作废"
CORRECTED: Final = "所依据的台账记录已更正"
LONGEST: Final = 120
"""Characters of a basis."""


def follow_deciding(entries: Iterable[Entry], actor: User | None, at: datetime) -> None:
    """What these entries decide holds from their day on; what they decided before a correction is withdrawn. In the caller's transaction."""
    for entry in entries:
        ledger = ledger_by_id(entry.ledger)
        if not ledger.sets or entry.mine is None:
            continue
        settings = [] if entry.voided else [_decided(effect, ledger, entry, entry.mine) for effect in ledger.sets]
        follow_decision(
            actor=actor,
            source=source_of(entry),
            decided=[setting for setting in settings if setting is not None],
            reason=VOIDED if entry.voided else CORRECTED,
            at=at,
        )


def source_of(entry: Entry) -> str:
    """How an attribute names the entry that decided it."""
    return str(about("entry", f"{entry.ledger}/{entry.serial}"))


def _decided(effect: EntrySets, ledger: Ledger, entry: Entry, mine: Mine) -> Decided | None:
    """None: the entry decides nothing of it, since it is a proposal, or something is left empty."""
    day, value = entry.values.get(effect.day), entry.values.get(effect.value)
    if entry.unit.kind not in effect.by or day in (None, "") or value in (None, ""):
        return None
    number = str(entry.values.get(effect.paper) or "") if effect.paper else ""
    return Decided(
        mine=mine,
        name=effect.attribute,
        value=effect.words.get(str(value), str(value)),
        valid_from=date.fromisoformat(str(day)),
        basis=_joined(number, f"{ledger.title}第{entry.serial}号"),
    )


def follow_moved(actor: User | None, case: Case, moved: CaseMove) -> None:
    """What a move makes of the mine that its case is about."""
    step = procedure_by_id(case.procedure).step(moved.move)
    effects = step.sets if step else ()
    if not effects:
        return
    view, mine = view_of(case, moved.at), case.the_mine
    held = [effect for effect in effects if effect.when is None or effect.when(view)]
    settings = [_turned(effect, case, mine, moved) for effect in held]
    decided = [setting for setting in settings if setting is not None]
    follow_decision(actor=actor, source=_source(moved), decided=decided, at=moved.at)


def _turned(effect: MoveSets, case: Case, mine: Mine, moved: CaseMove) -> Decided | None:
    """None: the move leaves the attribute as it is."""
    day = _day_of(moved)
    present = attribute(mine, effect.attribute, day) or ""
    value = _restored(effect, case, present) if effect.restores else effect.turns.get(present)
    if value is None:
        return None
    paper = newest_of(case, effect.paper) if effect.paper else None
    number = paper.number if paper is not None and paper.number else ""
    return Decided(mine, effect.attribute, value, day, _joined(number, f"办件{case.number}"))


def _restored(effect: MoveSets, case: Case, present: str) -> str | None:
    """What held before the move that is undone; None where that move changed nothing, or something else was decided since."""
    turned = case.moves.filter(move=effect.restores).last()
    changed = _changed_by(turned, effect.attribute) if turned is not None else None
    if turned is None or changed is None or changed.value != present:
        return None
    earlier = MineAttribute.objects.filter(
        STANDING, mine=changed.mine, name=changed.name, valid_from__lte=changed.valid_from, pk__lt=changed.pk
    ).order_by("-valid_from", "-pk")
    before = earlier.values_list("value", flat=True).first()
    law = procedure_by_id(case.procedure).step(effect.restores)
    sets = law.sets if law else ()
    turns = next(known.turns for known in sets if known.attribute == effect.attribute)
    if before and before != present:
        return before
    return next(known for known, became in turns.items() if known not in ("", present) and became == present)


def _changed_by(turned: CaseMove, name: str) -> MineAttribute | None:
    return MineAttribute.objects.filter(STANDING, source=_source(turned), name=name).select_related("mine").first()


def _source(moved: CaseMove) -> str:
    return str(about("case", moved.case_id, move=moved.pk))


def _day_of(moved: CaseMove) -> date:
    """The day of service that the move states, else its own."""
    served: Any = moved.inputs.get("served_at")
    return civil_date(datetime.fromisoformat(str(served))) if served else civil_date(moved.at)


def _joined(number: str, record: str) -> str:
    return (f"{number}（{record}）" if number else record)[:LONGEST]
