"""A corrected or voided entry and the cases of its rows: they follow while nothing was answered; no correction closes what was ordered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kuangan.base.numerals import date_text, deadline_text
from kuangan.casework.actions import amend_facts
from kuangan.casework.attempts import may_step
from kuangan.casework.models import Case, CaseClock
from kuangan.casework.queries import in_state
from kuangan.casework.relations import related_units
from kuangan.core.models import Unit, User
from kuangan.core.subject import about
from kuangan.flow.act import advance
from kuangan.flow.cases.from_entries import facts_of, open_rows, unit_about
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.told_above import tell_above
from kuangan.law.content import procedure_by_id
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.law.procedure.ledger_rows import Opens
from kuangan.ledger.former import takes_former
from kuangan.ledger.models import Entry
from kuangan.ledger.opening_rows import TableRow, all_rows, is_settled
from kuangan.ledger.values import EntryRefused

Kept = Mapping[int, TableRow]
"""Case → its row."""
PutOff = tuple[Case, date, date]
"""A case, the day by which it was to be put right, and the one that a correction put in its place."""


def follow_rows(old: Entry, new: Entry, actor: User | None, at: datetime) -> None:
    """An entry was corrected or voided: what its rows opened follows. In the caller's transaction.

    Raises :class:`EntryRefused` where the correction says of itself what only the case can say, or rewrites what was answered.
    """
    ledger = ledger_by_id(new.ledger)
    opens = ledger.opens
    if opens is None:
        return
    unit = unit_about(new, opens)
    cases = _locked_cases(new, opens, unit)
    if not new.voided and new.values.get(opens.closed):
        _require_done(old, new, ledger, opens, cases)
        return
    own = [case for case in cases if unit and case.unit_id == unit.pk]
    rows = all_rows(new, opens) if unit and not new.voided else []
    before = all_rows(old, opens)
    kept = _matched(opens, own, before, rows)
    _refuse_undoing(ledger, opens, own, kept)
    _let_go((case for case in cases if case.pk not in kept or is_settled(opens, kept[case.pk])), at)
    was, put_off = _same_words(opens, own, before), list[PutOff]()
    for case in own:
        if case.pk in kept and not is_settled(opens, kept[case.pk]):
            row = was.get(case.pk)
            known = facts_of(old, ledger, case.unit, row) if row and _amendable(case) else None
            later = _amend(case, known, facts_of(new, ledger, case.unit, kept[case.pk]), at)
            put_off += [later] if later else []
    paper = str(new.values.get(opens.paper) or old.values.get(opens.paper) or "")
    if paper and put_off:
        _tell_later(put_off, paper, at)
    if unit:
        taken = {id(row) for row in kept.values()}
        fresh = [row for row in rows if id(row) not in taken and not is_settled(opens, row)]
        open_rows(new, ledger, unit, fresh, actor, at)


def _locked_cases(entry: Entry, opens: Opens, unit: Unit | None) -> list[Case]:
    """The cases of the entry that were not taken back, under the locks of their units and of the one that it names now."""
    standing = Case.objects.filter(entry__serial=entry.serial, procedure=opens.procedure).exclude(in_state("undone"))
    cases = list(standing.select_related("unit").order_by("pk"))
    for unit_id in sorted({case.unit_id for case in cases} | ({unit.pk} if unit else set())):
        lock_unit(unit_id)
    return list(standing.select_related("unit").order_by("pk"))


def _require_done(old: Entry, new: Entry, ledger: Ledger, opens: Opens, cases: Sequence[Case]) -> None:
    """That all is put right is said once every case is closed, and of the rows that opened them."""
    waiting = sum(1 for case in cases if case.closed_at is None)
    if waiting and not old.values.get(opens.closed):
        text = f"尚有{waiting}项未办结，请先在办件中复查销号，全部办结后再填写"
        raise EntryRefused(ledger, {opens.closed: text})
    known = [row[opens.item] for row in all_rows(old, opens)]
    added = [row[opens.item] for row in all_rows(new, opens) if row[opens.item] not in known]
    if added and (cases or not takes_former(new.on)):
        label = ledger.field(opens.closed).label
        raise EntryRefused(ledger, {opens.table: f"已填写{label}，不能再增加或者改写“{added[0]}”，请另行登记"})


def _refuse_undoing(ledger: Ledger, opens: Opens, cases: Iterable[Case], kept: Kept) -> None:
    for case in cases:
        row = kept.get(case.pk)
        words = case.facts.get(opens.item)
        if row is None:
            continue
        if is_settled(opens, row) and opens.way.settled_at_once and case.closed_at is None:
            label = next(column.label for column in opens.way.columns if column.name == opens.way.settled)
            text = f"“{words}”已下达（{case.number}），请在办件中复查销号，不能更正为“{label}”"
            raise EntryRefused(ledger, {opens.table: text})
        if row[opens.item] != words and not _amendable(case):
            text = f"“{words}”（{case.number}）已报送或者已办结，不能改写，请保留原文；另有问题的，请新增一行"
            raise EntryRefused(ledger, {opens.table: text})


def _matched(opens: Opens, cases: Sequence[Case], before: Sequence[TableRow], after: Sequence[TableRow]) -> Kept:
    """Case → its row of now: the one of the same words; where as many rows as before are new, the one in its old row's place."""
    kept = dict(_same_words(opens, cases, after))
    taken = {id(row) for row in kept.values()}
    fresh, gone = [row for row in after if id(row) not in taken], list[TableRow]()
    for row in before:
        same = next((new for new in after if new[opens.item] == row[opens.item]), None)
        if same is None:
            gone.append(row)
        else:
            fresh = [new for new in fresh if new is not same]
    if len(gone) == len(fresh):
        left = [case for case in cases if case.pk not in kept]
        for old, new in zip(gone, fresh, strict=True):
            kept |= {case.pk: new for case in left if case.facts.get(opens.item) == old[opens.item]}
    return kept


def _same_words(opens: Opens, cases: Iterable[Case], rows: Iterable[TableRow]) -> Kept:
    left, known = list(rows), dict[int, TableRow]()
    for case in cases:
        same = next((row for row in left if row[opens.item] == case.facts.get(opens.item)), None)
        if same is not None:
            known[case.pk] = same
            left = [row for row in left if row is not same]
    return known


def _amendable(case: Case) -> bool:
    """Whether a step takes the facts of a corrected row in the case's state."""
    law = procedure_by_id(case.procedure)
    way = law.opens_by_entry
    return way is not None and any(case.state in law.move(move).sources for move in way.amend)


def _amend(case: Case, was: Mapping[str, Any] | None, now: Mapping[str, Any], at: datetime) -> PutOff | None:
    """Take in what the correction changed, not what the case itself has decided since (a longer term); answered, it stays as it is.

    Returns the case with its day of before and of now, where that came later before it had lapsed.
    """
    if case.closed_at is None and case.facts.get("gone"):
        amend_facts(actor=None, case=case, facts={"gone": False}, at=at)
    way = procedure_by_id(case.procedure).opens_by_entry
    if way is None or not _amendable(case):
        return None
    changed = {name: value for name, value in now.items() if was is None or value != was[name]}
    if all((case.facts.get(name) or "") == value for name, value in changed.items()):
        return None
    due, was_late = str(case.facts.get(way.due) or ""), bool(_lapsed(case))
    amended = amend_facts(actor=None, case=case, facts=changed, at=at)
    step = next(move for move in way.amend if may_step(amended, move, at))
    advance(actor=None, case=amended, move_id=step, at=at)
    until = str(changed.get(way.due) or "")
    if due and due < until and not was_late:
        return amended, date.fromisoformat(due), date.fromisoformat(until)
    return None


def _let_go(cases: Iterable[Case], at: datetime) -> None:
    """Their rows are there no more: they are withdrawn unless answered; an answered one may be ended by hand if it comes back."""
    for case in cases:
        law = procedure_by_id(case.procedure)
        undone = law.states_of("undone")
        step = next((move for move in law.system_moves(case.state) if move.target in undone), None)
        if step is not None:
            ended = next((clock for clock in _lapsed(case) if law.clock(clock.clock).lapse_move), None)
            advance(actor=None, case=case, move_id=step.id, at=at)
            if ended is not None:
                _tell_withdrawn(case, ended, at)
        elif case.closed_at is None:
            amend_facts(actor=None, case=case, facts={"gone": True}, at=at)


def _lapsed(case: Case) -> list[CaseClock]:
    return list(case.clocks.filter(kind="deadline", stopped_at=None, lapsed_at__isnull=False).order_by("due_at"))


def _tell_withdrawn(case: Case, ended: CaseClock, at: datetime) -> None:
    tell_above(
        above=related_units(case).get("above"),
        title=f"逾期办件随台账撤销：{case.unit.name}{case.number}",
        body=f"“{case.title}”已于{deadline_text(ended.due_at)}到期未办结，现因台账记录更正或者作废而撤销",
        subject=about("case", case.pk),
        at=at,
    )


def _tell_later(put_off: Sequence[PutOff], paper: str, at: datetime) -> None:
    """The days of a paper are put off by a decision: that they were only written wrong is for the level above to see, in one notice."""
    first = put_off[0][0]
    matters = "；".join(
        f"“{case.title}”应于{date_text(due)}前整改，现改为{date_text(until)}" for case, due, until in put_off
    )
    tell_above(
        above=related_units(first).get("above"),
        title=f"执法文书期限随台账推后：{first.unit.name}{first.number}{f'等{len(put_off)}项' if len(put_off) > 1 else ''}",
        body=f"依{paper}整改的期限因台账更正推后：{matters}",
        subject=about("case", first.pk),
        at=at,
    )
