"""Another body supervises a mine from a day on, and its open work goes with it. What goes and what stays is in docs/how-to/transfer.md."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from kuangan.base.numerals import date_text
from kuangan.casework.actions import pass_on_cases, passing_cases
from kuangan.casework.models import Case, CaseCall
from kuangan.core.actions import end_notices, send_notice, stop_call
from kuangan.core.models import ONE_ORGAN, CallState, Notice, Unit, User
from kuangan.core.subject import about
from kuangan.duty.actions import let_lie, pass_on, passing, successors
from kuangan.duty.models import Duty
from kuangan.duty.succession.heirs import Successors
from kuangan.flow.act import advance
from kuangan.flow.cases.calling import ring_up
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import tell_supervisor
from kuangan.flow.credit.entries import correct, void
from kuangan.flow.live import announce_case
from kuangan.flow.models import Untold
from kuangan.law.content import procedure_by_id
from kuangan.law.ledger import ledger_by_id, ledgers
from kuangan.law.procedure import Matter
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.mine.actions import assign_relation
from kuangan.mine.models import Mine, MineRelation, RelationChange

URGENT: Final = ("red", "orange")
"""Alarms of these levels are told to the next body one by one."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class OpenWork:
    """What goes with a mine to the next body, what is taken over by nobody, and the drafts that are begun anew."""

    cases: Sequence[Case]
    anew: Sequence[Case]
    duties: int
    late: Sequence[Duty]
    entries: Sequence[Entry]

    @property
    def by_procedure(self) -> list[tuple[str, int]]:
        """How many cases of each procedure, by title."""
        counted = Counter(procedure_by_id(case.procedure).title for case in self.cases)
        return sorted(counted.items())


def open_work(mine: Mine, supervisor: Unit, on: date, at: datetime) -> OpenWork:
    """What a transfer on a day would take along, as things stand now. It reads only."""
    heirs = successors(mine, mine.supervisor, supervisor, at)
    cases = list(passing_cases(mine, mine.supervisor))
    return OpenWork(
        cases=cases,
        anew=[case for case in cases if _begins_anew(case)],
        duties=passing(heirs, at).exclude(pk__in=_being_excused(heirs)).count(),
        late=list(let_lie(heirs, at).order_by("due_at", "pk")),
        entries=_arranged(mine, mine.supervisor, on),
    )


@transaction.atomic
def transfer(
    *, actor: User | None, mine: Mine, supervisor: Unit, valid_from: date, basis: str, at: datetime
) -> RelationChange:
    """Let another body supervise the mine from a day on that has come. Raises :class:`Refused` as :func:`assign_relation`."""
    lock_unit(mine.unit_id)
    before = Mine.objects.select_related("supervisor").get(pk=mine.pk).supervisor
    change = assign_relation(
        actor=actor,
        mine=mine,
        relation=MineRelation.supervisor,
        unit=supervisor,
        valid_from=valid_from,
        basis=basis,
        at=at,
    )
    heirs = successors(mine, before, supervisor, at)
    late = list(let_lie(heirs, at).order_by("due_at", "pk"))
    duties = pass_on(actor=actor, heirs=heirs, but=_being_excused(heirs), basis=basis, at=at)
    _end_arrangements(actor, mine, before, valid_from, at)
    cases = pass_on_cases(actor=actor, mine=mine, before=before, after=supervisor, basis=basis, at=at)
    _hand_on_drafts(cases, at)
    _hand_on_messages(cases, duties, before, supervisor, at)
    _tell(change, mine, cases, len(duties), late, at)
    return change


def _being_excused(heirs: Successors) -> list[int]:
    """Duties of which somebody decides whether they are excused: they stay with who asked."""
    asked = Case.objects.filter(duty__mine=heirs.mine, closed_at=None)
    return list(asked.values_list("duty_id", flat=True))


def _arranged(mine: Mine, before: Unit, valid_from: date) -> list[Entry]:
    """What the body before arranged about the mine beyond the day."""
    ending = [ledger.id for ledger in ledgers().values() if ledger.ends_with_supervision]
    standing = Q(until=None) | Q(until__gte=valid_from)
    offices = Unit.objects.filter(scope_path=before.scope_path, kind__in={before.kind, *ONE_ORGAN})
    entries = Entry.objects.filter(CURRENT, standing, ledger__in=ending, mine=mine, unit__in=offices.values("pk"))
    return list(entries.select_related("unit", "mine__unit").order_by("ledger", "pk"))


def _end_arrangements(actor: User | None, mine: Mine, before: Unit, valid_from: date, at: datetime) -> None:
    reason = f"{mine.name}的日常监管主体自{date_text(valid_from)}起变更"
    for entry in _arranged(mine, before, valid_from):
        if entry.on >= valid_from:
            void(actor=None, entry=entry, reason=reason, at=at)
            continue
        field = ledger_by_id(entry.ledger).until
        values = entry.values | {field: (valid_from - DAY).isoformat()}
        correct(actor=None, entry=entry, values=values, reason=reason, at=at)


def _begins_anew(case: Case) -> bool:
    law = procedure_by_id(case.procedure)
    return bool(law.handed_on) and case.taken_over_by_id is None and case.state in law.move(law.handed_on).sources


def _hand_on_drafts(cases: Iterable[Case], at: datetime) -> None:
    """What nobody has decided yet is proposed and reviewed by people of the next body."""
    for case in cases:
        if _begins_anew(case):
            advance(actor=None, case=case, move_id=procedure_by_id(case.procedure).handed_on, at=at)


def _hand_on_messages(cases: Sequence[Case], duties: Sequence[int], before: Unit, after: Unit, at: datetime) -> None:
    """Nobody of the body before is asked or rung up about what it deals with no more; those of the next one are."""
    keys = [case.pk for case in cases if case.taken_over_by_id is None]
    about_them = Q(case_link__case__in=keys) | Q(link__in=[str(about("duty", key)) for key in duties])
    end_notices(actor=None, notices=Notice.objects.filter(about_them, unit=before), at=at)
    Untold.objects.filter(case__in=keys, unit=before).update(unit=after)
    ringing = CaseCall.objects.filter(case__in=keys, call__unit=before, call__state=CallState.calling)
    for link in ringing.select_related("call", "clock__case__unit__mine"):
        stop_call(actor=None, call=link.call, reason="日常监管主体已变更", at=at)
        ring_up(link.clock, at)


def _tell(
    change: RelationChange, mine: Mine, cases: Sequence[Case], duties: int, late: Sequence[Duty], at: datetime
) -> None:
    """Both bodies and the mine are told; the next one of each grave alarm by itself, too."""
    assert change.before
    assert change.after
    day, basis = date_text(change.valid_from), f"（{change.basis}）" if change.basis else ""
    head = f"自{day}起，{mine.name}由{change.before.name}变更为{change.after.name}日常监管{basis}。"
    going = f"随之移交：在办事项{len(cases)}件，未到期履职事项{duties}项"
    stays = (
        f"；已逾期的履职事项{len(late)}项由{change.before.name}继续负责，须续办的另行列入{change.after.name}"
        if late
        else ""
    )
    _send(
        change.after,
        mine,
        f"接收日常监管：{mine.name}",
        f"{head}{going}{stays}。期限不因移交延长，请即安排人员办理。",
        at,
    )
    _send(change.before, mine, f"移出日常监管：{mine.name}", f"{head}{going}{stays}。请移交有关档案和现场情况。", at)
    _send(mine.unit, mine, "日常监管主体变更", f"{head}在办事项和期限不变，此后请向{change.after.name}报告。", at)
    for case in cases:
        if (
            procedure_by_id(case.procedure).matter == Matter.alarm
            and case.level in URGENT
            and not case.taken_over_by_id
        ):
            subject, title = about("case", case.pk), f"移交在办报警：{case.title}"[:200]
            body = f"{case.number}随日常监管主体变更移交贵局，请立即接续处置。"
            tell_supervisor(mine, title=title, body=body, subject=subject, level=case.level, at=at, case=case)
        announce_case(case)


def _send(unit: Unit, mine: Mine, title: str, body: str, at: datetime) -> None:
    send_notice(actor=None, unit=unit, title=title, body=body, kind="register", subject=about("mine", mine.code), at=at)
