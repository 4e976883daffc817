"""Duties that follow events: an entry of a ledger, or a move of a case."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.base.numerals import deadline_text
from kuangan.casework.models import Case, CaseMove
from kuangan.core.models import Post, Unit, UnitKind, User
from kuangan.core.subject import about
from kuangan.duty.actions import Following, cancel, open_events, reinstate, reschedule, revoke
from kuangan.duty.levels import levels_above
from kuangan.duty.models import Duty, Source
from kuangan.duty.owing import BY_MINE, SUPERVISOR, World, binds
from kuangan.duty.terms import last_day_in_time
from kuangan.flow.credit.handing import HANDED
from kuangan.flow.credit.matching import agrees, is_blank, is_one_organ
from kuangan.flow.credit.terms import due_of, start_of
from kuangan.flow.told_above import tell_above
from kuangan.law.duty.obligation_file import Obligation, obligations
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.law.local import renewed
from kuangan.law.procedure.confirming import Confirming
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from kuangan.ledger.opening_rows import opens_cases
from kuangan.ledger.subject import subject_of
from kuangan.mine.models import Mine
from kuangan.mine.queries import attributes_on

VOIDED: Final = "所依据的台账记录已作废"
CORRECTED: Final = "所依据的台账记录已更正"
HEADS: Mapping[str, Role] = {
    UnitKind.mine: Role.mine_director,
    UnitKind.company: Role.company_officer,
    UnitKind.city_government: Role.government_head,
    UnitKind.county_government: Role.government_head,
    UnitKind.city_bureau: Role.section_head,
    UnitKind.city_coal_section: Role.section_head,
    UnitKind.county_bureau: Role.section_head,
}
"""Who answers for a unit of another kind than the obligation expects, when an entry names it."""


@renewed
def opening_ledgers() -> Mapping[str, tuple[Obligation, ...]]:
    """By ledger: the obligations that its entries set off."""
    by_ledger: dict[str, tuple[Obligation, ...]] = {}
    for obligation in obligations().values():
        if obligation.trigger is not None and obligation.trigger.ledger:
            by_ledger[obligation.trigger.ledger] = (*by_ledger.get(obligation.trigger.ledger, ()), obligation)
    return by_ledger


def follow_entries(entries: Iterable[Entry], actor: User | None, at: datetime) -> list[Duty]:
    """Open what follows from entries; returns the duties."""
    following = [
        event
        for entry in entries
        for obligation in opening_ledgers().get(entry.ledger, ())
        for event in _following(obligation, entry)
    ]
    return open_events(following, actor=actor, at=at) if following else []


def follow_correction(new: Entry, actor: User | None, at: datetime) -> None:
    """The entry that set off duties was corrected or voided: they were never owed, are owed again, or take the new due day."""
    for obligation in opening_ledgers().get(new.ledger, ()):
        known = list(Duty.objects.filter(obligation=obligation.id, subject=subject_of(new)).select_related("unit"))
        owners = [] if new.voided or not _calls(obligation, new) else _owners(obligation, new)
        keep = {(unit.pk, mine.pk if mine else None) for unit, mine in owners}
        keep |= _of_takers(known, keep)
        gone = [duty for duty in known if (duty.unit_id, duty.mine_id) not in keep]
        _tell_cancelled(gone, new, at)
        cancel(actor=actor, duties=gone, reason=VOIDED if new.voided else CORRECTED, done_too=True, at=at)
        owed = [duty for duty in known if (duty.unit_id, duty.mine_id) in keep]
        reinstate(actor=actor, duties=[duty for duty in owed if duty.cancelled_for == CORRECTED], at=at)
        _ask_again(obligation, new, owed, actor, at)
        for duty in owed:
            if duty.cancelled_for in ("", CORRECTED):
                start, due_at = start_of(obligation, new), due_of(obligation, new)
                reschedule(actor=actor, duty=duty, start=start, due_at=due_at, at=at)


def _ask_again(obligation: Obligation, new: Entry, owed: Iterable[Duty], actor: User | None, at: datetime) -> None:
    """The entry waits for a part once more: what was written, or sent back, was about what it said before."""
    if obligation.trigger is not None and new.waits_for and new.waits_for == obligation.trigger.waits:
        keys = [duty.pk for duty in owed if duty.done_at is not None]
        revoke(actor=actor, source=Source.entry, key=str(new.serial), reason=CORRECTED, duties=keys, at=at)


def _of_takers(known: Iterable[Duty], keep: Collection[tuple[int, int | None]]) -> set[tuple[int, int | None]]:
    """Whoever took the case over owes in the place of those who would owe."""
    handed = {duty.mine_id for duty in known if duty.cancelled_for == HANDED and (duty.unit_id, duty.mine_id) in keep}
    return {(duty.unit_id, duty.mine_id) for duty in known if duty.mine_id in handed}


def _tell_cancelled(gone: Iterable[Duty], new: Entry, at: datetime) -> None:
    """Overdue duties that vanish because their entry was voided or corrected: the level above looks whether that was right."""
    late = [duty for duty in gone if duty.due_at <= at and duty.done_at is None and duty.cancelled_at is None]
    above = levels_above({duty.unit for duty in late}) if late else {}
    why = VOIDED if new.voided else CORRECTED
    for duty in late:
        tell_above(
            above=above.get(duty.unit_id),
            title=f"逾期事项随台账{'作废' if new.voided else '更正'}取消：{duty.unit.name}{duty.title}",
            body=f"“{duty.title}”已于{deadline_text(duty.due_at)}到期未办结，现因{why}而取消",
            subject=about("duty", duty.pk),
            at=at,
        )


def follow_move(case: Case, moved: CaseMove, actor: User | None) -> list[Duty]:
    name = f"{case.procedure}.{moved.move}"
    day, mine = civil_date(moved.at), case.mine
    called = [
        obligation
        for obligation in obligations().values()
        if obligation.trigger is not None
        and obligation.trigger.move == name
        and obligation.in_force(day)
        and (mine is None or _bound(obligation, mine, day))
    ]
    following = [
        Following(
            obligation,
            unit,
            start=moved.at,
            due_at=None,
            subject=f"move:{moved.pk}",
            title=f"{obligation.title}（{case.unit.name}，{case.number}）",
            mine=mine,
        )
        for obligation in called
        for unit in _answering(obligation, case, moved.at)
    ]
    return open_events(following, actor=actor, at=moved.at) if following else []


def _answering(obligation: Obligation, case: Case, at: datetime) -> list[Unit]:
    """Who owes what follows from a case: for the supervising body whoever has taken the case over."""
    if obligation.owner == SUPERVISOR and case.taken_over_by is not None:
        return [case.taken_over_by]
    return World(at).for_unit(obligation.owner, case.unit, case.mine)


def _following(obligation: Obligation, entry: Entry) -> list[Following]:
    if not _calls(obligation, entry):
        return []
    return [
        Following(
            obligation,
            unit,
            start=start_of(obligation, entry),
            due_at=due_of(obligation, entry),
            subject=subject_of(entry),
            title=_title(obligation, entry),
            mine=mine,
            post=post,
            role=_role(obligation, unit),
        )
        for unit, mine in _owners(obligation, entry)
        for post in _posts(obligation, unit)
    ]


def _calls(obligation: Obligation, entry: Entry) -> bool:
    """Whether the entry sets the obligation off; what its rows open is owed by their cases."""
    trigger = obligation.trigger
    if trigger is None or _is_owed_by_cases(obligation, entry):
        return False
    if not all(agrees(entry.values.get(name), wanted) for name, wanted in trigger.where.items()):
        return False
    if trigger.due and is_blank(entry.values.get(trigger.due)):
        return False
    if trigger.waits and not _asks(ledger_by_id(entry.ledger).part(trigger.waits), entry):
        return False
    if not _in_force(obligation, entry):
        return False
    return entry.mine is None or _bound(obligation, entry.mine, entry.on)


def _asks(part: Confirming, entry: Entry) -> bool:
    return part.is_for(entry.unit.kind) and part.fits(entry.values)


def _in_force(obligation: Obligation, entry: Entry) -> bool:
    """Whether it binds on the entry's day; what an entry of before names a day for is owed if that day lies under the law."""
    if obligation.in_force(entry.on):
        return True
    due_at = due_of(obligation, entry) if entry.on < obligation.valid_from else None
    return due_at is not None and obligation.in_force(last_day_in_time(due_at, entry.on))


def _is_owed_by_cases(obligation: Obligation, entry: Entry) -> bool:
    """Whether what the unit concerned owes stands in the cases that the entry's rows open; what its supervisor owes besides does not."""
    return obligation.owner not in BY_MINE and opens_cases(entry, ledger_by_id(entry.ledger))


def _bound(obligation: Obligation, mine: Mine, on: date) -> bool:
    """Filters on mines bind here too; a stopped mine still answers for what happened."""
    if not obligation.mines:
        return True
    return binds(obligation, attributes_on([mine], on).get(mine.pk, {}))


def _posts(obligation: Obligation, unit: Unit) -> Sequence[Post | None]:
    if obligation.scope != "holder":
        return (None,)
    return list(Post.objects.filter(unit=unit, role=obligation.role, tenures__to_at=None).distinct().order_by("pk"))


def _owners(obligation: Obligation, entry: Entry) -> list[tuple[Unit, Mine | None]]:
    """Who owes: the unit that the entry names, else by the mine it is about, else the keeper or its area's institution."""
    field = obligation.trigger.owner if obligation.trigger else ""
    if field:
        named = Unit.objects.filter(code=str(entry.values.get(field, ""))).first()
        units = _institutions(obligation, named) if named else []
    elif entry.mine is not None and obligation.owner in (UnitKind.mine, UnitKind.company, *BY_MINE):
        units = World(entry.recorded_at).for_mine(obligation.owner, entry.mine)
    elif obligation.owner in (entry.unit.kind, SUPERVISOR):
        units = [entry.unit]
    elif obligation.owner == UnitKind.mine:
        units = _mines_below(obligation, entry)
    else:
        units = _of_area(obligation, entry)
    about = entry.mine if obligation.scope == "mine" else None
    return [(unit, about or _mine_of(unit, entry)) for unit in units]


def _of_area(obligation: Obligation, entry: Entry) -> list[Unit]:
    """The institutions of the keeper's area; who keeps the ledger too owes what follows from his own entries, unless a part waits for him."""
    areas = [unit for unit in Unit.objects.filter(kind=obligation.owner) if _same_area(unit, entry.unit)]
    waits = obligation.trigger is not None and obligation.trigger.waits
    if waits or obligation.owner not in ledger_by_id(entry.ledger).keepers:
        return areas
    return [unit for unit in areas if is_one_organ(unit, entry.unit)]


def _mines_below(obligation: Obligation, entry: Entry) -> list[Unit]:
    """The mines in the keeper's area, or those of them that the entry names, that the obligation binds on the entry's day."""
    below = Mine.objects.filter(unit__path__startswith=entry.unit.scope_path).select_related("unit").order_by("code")
    named = _named_mines(obligation, entry)
    mines = [mine for mine in below if not named or mine.code in named]
    known = attributes_on(mines, entry.on)
    return [mine.unit for mine in mines if binds(obligation, known.get(mine.pk, {}))]


def _named_mines(obligation: Obligation, entry: Entry) -> set[str]:
    """The mines to which the entry confines what follows; none where it concerns all of the area."""
    table = obligation.trigger.among if obligation.trigger else ""
    named = entry.values.get(table) if table else None
    return {str(line["mine"]) for line in named} if isinstance(named, list) else set()


def _institutions(obligation: Obligation, named: Unit) -> list[Unit]:
    """The unit itself; for an area its institution of the owner's kind."""
    if named.kind not in (UnitKind.city, UnitKind.county):
        return [named]
    kind = obligation.owner if obligation.owner != SUPERVISOR else UnitKind.county_bureau
    return list(Unit.objects.filter(kind=kind, scope_path=named.path).order_by("path"))


def _same_area(unit: Unit, keeper: Unit) -> bool:
    """Whether an institution answers for the keeper's area: its own one, or the whole city's."""
    return keeper.scope_path.startswith(unit.scope_path)


def _mine_of(unit: Unit, entry: Entry) -> Mine | None:
    if unit.kind == UnitKind.mine and unit.pk != entry.mine_id:
        return Mine.objects.filter(pk=unit.pk).first()
    return entry.mine


def _role(obligation: Obligation, unit: Unit) -> str:
    if obligation.owner in (unit.kind, SUPERVISOR):
        return obligation.role.value
    return HEADS.get(unit.kind, obligation.role).value


def _title(obligation: Obligation, entry: Entry) -> str:
    matter = _matter(ledger_by_id(entry.ledger), entry)
    return f"{obligation.title}：{matter}" if matter else obligation.title


def _matter(ledger: Ledger, entry: Entry) -> str:
    """The first text that tells it from others; nothing of a ledger with a circle, and no personal data."""
    if ledger.confidential:
        return ""
    kinds = defaultdict(str, {field.name: field.kind for field in ledger.fields if not field.personal})
    names = [*ledger.key, *(field.name for field in ledger.fields if field.listed or field.kind == "longtext")]
    texts = [str(entry.values.get(name, "")) for name in names if kinds[name] in ("text", "longtext")]
    return next((text.splitlines()[0] for text in texts if text.strip()), "")
