"""Evidence → duties: what is recorded, corrected, voided or frozen counts towards what is owed, at once and both ways."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate

from kuangan.base.clock import BEIJING, beijing_midnight, civil_date
from kuangan.core.actions import tell_aside
from kuangan.core.apart import Aside, apart
from kuangan.core.models import User
from kuangan.duty.actions import Credit, forget_judgements, fulfil_many, open_due, revoke
from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.flow.credit import automatic
from kuangan.flow.credit.assigning import Assigner
from kuangan.flow.credit.barred import without_barred
from kuangan.flow.credit.context import Background
from kuangan.flow.credit.events import follow_correction, follow_entries
from kuangan.flow.credit.giving import about, credit_of
from kuangan.flow.credit.matching import (
    concerns,
    counted_ledgers,
    did_before,
    follows_itself,
    has_come,
    in_window,
    ledgers_with_entries,
    satisfies,
)
from kuangan.flow.credit.rosters import count_subjects, duties_listing, rostered
from kuangan.flow.models import Progress
from kuangan.law.duty.obligation_file import EVENT, ONCE, STANDING, Evidence, Obligation, obligations
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.mine.queries.relations import areas_before
from kuangan.paper.models import Paper

Pair = tuple[Obligation, Evidence]
STAGE: Final = "duty_credits"
"""The key of the incident that something recorded could not be counted."""
AT_ONCE: Final = 5000
UNCREDITED: Final = "duties_uncredited"
"""The newest duty before an opening whose duties nothing was counted for yet; it outlives a process that ends in between."""
LOOKED_BACK: Final = timedelta(days=8)
"""How long the sweep may have stood still without an entry dated ahead being forgotten."""


def entry_recorded(entry: Entry, actor: User | None, at: datetime) -> None:
    """A new entry: it counts towards what is owed, and may open what follows from it. In the caller's transaction."""
    entries_recorded([entry], actor, at)


@transaction.atomic
def entries_recorded(entries: Sequence[Entry], actor: User | None, at: datetime) -> None:
    """As :func:`entry_recorded` for many entries of one or several ledgers, in a few queries each."""
    opened = follow_entries(entries, actor, at)
    by_ledger: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_ledger[entry.ledger].append(entry)
    for ledger_id, recorded in by_ledger.items():
        for pair in counted_ledgers().get(ledger_id, ()):
            _credit(pair, recorded, list(_candidates(pair[0], recorded)), actor, at)
        if ledger_id in rostered():
            _list_changed(rostered()[ledger_id], recorded, at)
    credit_duties(opened, at)


def _list_changed(laws: Sequence[Obligation], entries: Sequence[Entry], at: datetime) -> None:
    """Somebody came on a list or left it: as many are asked for as stand on it, and what was done about them before counts."""
    count_subjects(at, laws, entries)
    day = civil_date(at)
    for law in laws:
        waiting = Duty.objects.filter(obligation=law.id, done_at=None, cancelled_at=None)
        running = waiting.filter(first_on__lte=day, last_on__gte=day).select_related("unit").order_by("pk")
        credit_duties(duties_listing(law, entries, running), at)


@transaction.atomic
def entry_changed(old: Entry, new: Entry, actor: User | None, at: datetime) -> None:
    """An entry was corrected or voided: credits that no longer hold are taken back, what it opened follows."""
    follow_correction(new, actor, at)
    key = str(new.serial)
    forget_judgements(source=Source.entry, key=key, fell=not set(old.parts) <= set(new.parts), at=at)
    for obligation, evidence in counted_ledgers().get(new.ledger, ()):
        had = Fulfilment.objects.filter(source=Source.entry, key=key, revoked_at=None, duty__obligation=obligation.id)
        kept: set[int] = set()
        if not new.voided:
            credited = list(Duty.objects.filter(fulfilments__in=had).select_related("unit"))
            holding = _still_matching((obligation, evidence), new, credited, at)
            kept = {duty.pk for duty in holding}
        lost = set(had.values_list("duty_id", flat=True)) - kept - _held_otherwise(new, obligation, evidence, at)
        if lost:
            reason = "台账记录已作废" if new.voided else "台账记录已更正，不再符合要求"
            revoke(actor=actor, source=Source.entry, key=key, reason=reason, duties=lost, at=at)
    if not new.voided:
        entries_recorded([new], actor, at)


def _held_otherwise(new: Entry, obligation: Obligation, evidence: Evidence, at: datetime) -> set[int]:
    """Duties for which the entry still counts by another kind of evidence of the same obligation."""
    held: set[int] = set()
    if new.voided:
        return held
    credited = list(
        Duty.objects.filter(obligation=obligation.id, fulfilments__key=str(new.serial)).select_related("unit")
    )
    for other in obligation.evidence:
        if other.ledger == new.ledger and other != evidence:
            held |= {duty.pk for duty in _still_matching((obligation, other), new, credited, at)}
    return held


def _still_matching(pair: Pair, entry: Entry, credited: Sequence[Duty], at: datetime) -> list[Duty]:
    """Those that it counts for already and still matches; what was done before its mine or its unit passed on stays done."""
    supervised = areas_before({duty.mine_id for duty in credited if duty.mine_id is not None})
    return _matching(pair, entry, credited, _background(pair[0], [entry], credited), at, supervised)


@transaction.atomic
def paper_frozen(paper: Paper, actor: User | None, at: datetime) -> None:
    """A paper was frozen by its unit: it counts for the earliest open duty that asks for this template."""
    wanted = [
        obligation.id
        for obligation in obligations().values()
        if any(evidence.paper == paper.template for evidence in obligation.evidence)
    ]
    day = civil_date(at)
    duties = Duty.objects.filter(obligation__in=wanted, unit=paper.unit_id, done_at=None, cancelled_at=None)
    duties = duties.filter(first_on__lte=day).filter(Q(mine=None) | Q(mine__unit__path=paper.path))
    for obligation_id in wanted:
        duty = duties.filter(obligation=obligation_id).order_by("first_on", "pk").first()
        periodic = obligations()[obligation_id].cadence not in (EVENT, ONCE)
        if duty is not None and not (periodic and duty.due_at <= at and duty.last_on < day):
            fulfil_many([Credit(duty.pk, Source.paper.value, str(paper.pk), at, at, actor)], at=at)


def open_and_credit(at: datetime, known_at: datetime | None = None) -> int:
    """Open what is due and let count what is recorded already (by ``known_at``); returns how many duties came new."""
    newest = Duty.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    mark, fresh = Progress.objects.get_or_create(name=UNCREDITED, defaults={"reached": newest})
    opened = open_due(at)
    if opened or not fresh:
        count_subjects(at)
        credit_duties(Duty.objects.filter(pk__gt=mark.reached), known_at or at)
    mark.delete()
    return opened


@transaction.atomic
def credit_duties(duties: Iterable[Duty], at: datetime) -> None:
    """Let entries that are there already count towards duties that were opened after them."""
    by_obligation: dict[str, list[Duty]] = defaultdict(list)
    asked = duties.select_related("unit", "mine") if isinstance(duties, QuerySet) else duties
    for duty in asked:
        by_obligation[duty.obligation].append(duty)
    kept = ledgers_with_entries()
    for obligation_id, waiting in by_obligation.items():
        obligation = obligations().get(obligation_id)
        for evidence in obligation.evidence if obligation else ():
            if obligation and evidence.ledger in kept:
                entries = _entries_for(obligation, evidence, waiting)
                _credit_apart((obligation, evidence), _not_counted(obligation, entries), waiting, at)


@transaction.atomic
def credit_arrived(at: datetime) -> int:
    """Let entries count that were recorded before the day they are dated on, now that it has come.

    Looks back over the days that the sweep may have missed. Idempotent. Returns how many entries were looked at.
    """
    today = civil_date(at)
    early = Entry.objects.filter(CURRENT, ledger__in=counted_ledgers(), on__gt=today - LOOKED_BACK, on__lte=today)
    early = (
        early.alias(recorded_on=TruncDate("recorded_at", tzinfo=BEIJING))
        .filter(recorded_on__lt=F("on"))
        .select_related("unit", "mine", "recorded_by")
    )
    by_ledger: dict[str, list[Entry]] = defaultdict(list)
    for entry in early:
        by_ledger[entry.ledger].append(entry)
    for ledger_id, entries in by_ledger.items():
        for pair in counted_ledgers()[ledger_id]:
            _credit_apart(pair, entries, list(_candidates(pair[0], entries)), at)
    return sum(len(entries) for entries in by_ledger.values())


def _credit_apart(pair: Pair, entries: Sequence[Entry], duties: Sequence[Duty], at: datetime) -> None:
    """As :func:`_credit`; an entry that cannot be counted is said, the others count."""
    if not entries or not duties:
        return
    ordered = sorted(entries, key=lambda entry: (entry.on, entry.pk))
    _, aside = apart(ordered, lambda part: _credit(pair, part, duties, None, at), at_once=AT_ONCE, most=len(ordered))
    told = [Aside(f"第{refused.row.serial}号台账记录", refused.error) for refused in aside]
    tell_aside(stage=STAGE, label=f"台账记录计入“{pair[0].title}”", aside=told, at=at)


def credit_automatic(at: datetime) -> int:
    """Ask the platform's own data about open duties whose evidence it is; returns how many credits they gave."""

    def credit(part: Sequence[Duty]) -> int:
        return len(fulfil_many(automatic.credits_of(part, at), at=at))

    duties = automatic.duties_to_ask(at)
    counts, aside = apart(duties, credit, at_once=AT_ONCE, most=len(duties))
    tell_aside(stage=STAGE, label="系统数据计入履职事项", aside=aside, at=at)
    return sum(counts)


def _credit(pair: Pair, entries: Sequence[Entry], duties: Sequence[Duty], actor: User | None, at: datetime) -> None:
    if not entries or not duties:
        return
    entries = without_barred(pair[0], entries, duties)
    background, assigner = _background(pair[0], entries, duties), Assigner(pair[0], duties, entries)
    given: list[Credit] = []
    for entry in sorted(entries, key=lambda entry: (entry.on, entry.pk)):
        counts_for = assigner.assign(entry, _matching(pair, entry, assigner.near(entry), background, at))
        given += [credit_of(*pair, entry, duty, actor) for duty in counts_for]
    fulfil_many(given, at=at)


def _matching(
    pair: Pair,
    entry: Entry,
    duties: Iterable[Duty],
    background: Background,
    at: datetime,
    supervised: Mapping[int, Collection[str]] | None = None,
) -> list[Duty]:
    """``supervised``: also what was done by who owed it before (:func:`did_before`)."""
    obligation, evidence = pair
    if not has_come(obligation, evidence, entry, at):
        return []
    name = about(obligation, entry)
    return [
        duty
        for duty in duties
        if in_window(obligation, entry, duty)
        and (
            concerns(obligation, entry, duty)
            or (supervised is not None and did_before(obligation, entry, duty, supervised))
        )
        and follows_itself(obligation, entry, duty)
        and satisfies(evidence, entry, duty, background)
        and background.lists(duty, name, entry.on)
    ]


def _background(obligation: Obligation, entries: Iterable[Entry], duties: Iterable[Duty]) -> Background:
    listed = list(duties)
    mines = {entry.mine_id for entry in entries} | {duty.mine_id for duty in listed}
    posts = {duty.post_id for duty in listed}
    return Background(posts - {None}, mines - {None}, obligation.each, listed)


def _candidates(obligation: Obligation, entries: Sequence[Entry]) -> QuerySet[Duty]:
    """The duties that the entries could count for, by days, units and mines; done ones too, which may lose a credit later."""
    latest = max(max(entry.on, entry.until or date.min) for entry in entries)
    earliest = min(entry.on for entry in entries)
    duties = Duty.objects.filter(obligation=obligation.id, cancelled_at=None, first_on__lte=latest)
    if obligation.cadence in (EVENT, ONCE):
        keys = [str(entry.serial) for entry in entries]
        duties = duties.filter(Q(done_at=None) | Q(pk__in=Fulfilment.objects.filter(key__in=keys).values("duty")))
    else:
        duties = duties.filter(Q(last_on__gte=earliest) | Q(due_at__gt=beijing_midnight(earliest)))
    units = {entry.unit_id for entry in entries}
    mines = {entry.mine_id for entry in entries if entry.mine_id is not None}
    areas = {entry.unit.scope_path for entry in entries}
    near = Q(unit__in=units) | Q(mine__in=mines) | Q(unit__scope_path__in=areas)
    return duties.filter(near).select_related("unit", "mine").order_by("first_on", "pk")


def _entries_for(obligation: Obligation, evidence: Evidence, duties: Sequence[Duty]) -> list[Entry]:
    """Current entries of a ledger from the days that the duties look at."""
    first, last = min(duty.first_on for duty in duties), max(duty.last_on for duty in duties)
    entries = Entry.objects.filter(CURRENT, ledger=evidence.ledger).select_related("unit", "recorded_by")
    if obligation.cadence == STANDING:
        entries = entries.filter(Q(until=None) | Q(until__gte=first), on__lte=last)
    else:
        due = civil_date(max(duty.due_at for duty in duties))
        entries = entries.filter(on__gte=first)
        if obligation.cadence not in (EVENT, ONCE):
            entries = entries.filter(on__lte=max(last, due))
    units = {duty.unit_id for duty in duties}
    mines = {duty.mine_id for duty in duties if duty.mine_id is not None}
    areas = {duty.unit.scope_path for duty in duties}
    return list(entries.filter(Q(unit__in=units) | Q(mine__in=mines) | Q(unit__scope_path__in=areas)))


def _not_counted(obligation: Obligation, entries: list[Entry]) -> list[Entry]:
    """Without those that count for another period of the obligation already; a standing one counts in each."""
    if obligation.cadence == STANDING:
        return entries
    keys = [str(entry.serial) for entry in entries]
    fulfilments = Fulfilment.objects.filter(source=Source.entry, key__in=keys, revoked_at=None)
    counted = set(fulfilments.filter(duty__obligation=obligation.id).values_list("key", flat=True))
    return [entry for entry in entries if str(entry.serial) not in counted]
