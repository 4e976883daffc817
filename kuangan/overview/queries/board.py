"""Rows of the task board. The board counts for a reader; None is the platform itself, which prints all of it (``kuangan board``)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cache

from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from kuangan.casework.models import Case, CaseClock, Finding
from kuangan.casework.queries import any_of, as_told_to, in_state, told_findings
from kuangan.casework.rule_states import RuleState
from kuangan.core.models import Unit, User
from kuangan.core.queries import is_supervised, visible_to
from kuangan.law.content import procedures as all_procedures
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.ledger.telling import rules_on_preparing, told_to
from kuangan.mine.models import Mine


def board_units(kinds: Iterable[str]) -> QuerySet[Unit]:
    """For the frame of the board: every unit of these kinds, by place; who stands to whom in what relation is no secret."""
    return Unit.objects.filter(kind__in=tuple(kinds)).order_by("path")


def board_mines() -> QuerySet[Mine]:
    """For the frame of the board: every mine, by code."""
    return Mine.objects.order_by("code")


def findings_made(reader: User | None, before: datetime, at: datetime, of_alarms: Collection[str]) -> QuerySet[Finding]:
    """Findings that the reader may know of, made before a moment, that stood at ``at``, newest first; those of an alarm or a stop end with its case.

    ``of_alarms``: the rules whose subject is the alarm that they judge.
    """
    closed = Case.objects.filter(closed_at__lte=at).annotate(key=Cast("pk", CharField()))
    of_closed = Exists(closed.filter(key=OuterRef("subject")))
    findings = Finding.objects.filter(found_at__lt=before).exclude(case__closed_at__lte=at)
    findings = findings.exclude(Q(rule__in=of_alarms, case=None) & of_closed)
    standing = findings.filter(Q(revoked_at=None) | Q(revoked_at__gt=at))
    if reader is not None:
        standing = told_findings(reader, standing)
    return standing.select_related("mine", "unit", "case").order_by("-found_at", "-pk")


def rule_states_between(reader: User | None, start: datetime, end: datetime) -> QuerySet[RuleState]:
    """What rules said in [start, end); only their newest word is kept. The supervised are not told what rules say of decisions that are prepared."""
    said = RuleState.objects.filter(at__gte=start, at__lt=end)
    return said.exclude(rule__in=rules_on_preparing()) if is_supervised(reader) else said


def cases_between(
    reader: User | None, start: datetime, end: datetime, at: datetime, procedures: Iterable[str]
) -> QuerySet[Case]:
    """Cases of some procedures that were open in [start, end), with ``is_overdue`` and ``was_late`` by the deadlines of their units at ``at``.

    Late is also what its procedure counts as a lapse (``lapses``) while no clock ran.
    For the supervised, and an office that it is about, a case counts from when they were told of it: not even a number betrays a stop that is not served.
    """
    deadlines = CaseClock.objects.filter(case=OuterRef("pk"), kind="deadline", started_at__lte=at)
    deadlines = deadlines.exclude(_of_offices())
    running = Q(stopped_at=None) | Q(stopped_at__gt=at)
    cases = Case.objects.filter(opened_at__lt=end, procedure__in=tuple(procedures))
    cases = cases.exclude(closed_at__lt=start).exclude(in_state("undone"), closed_at__lte=at)
    if reader is not None:
        cases = as_told_to(reader, cases)
    return cases.annotate(
        is_overdue=Exists(deadlines.filter(running, due_at__lte=at, paused_at=None)),
        was_late=ExpressionWrapper(
            Exists(deadlines.filter(lapsed_at__lte=at)) | Q(facts__lapses__gte=1), output_field=BooleanField()
        ),
    )


@cache
def _of_offices() -> Q:
    """Clocks whose lateness is that of the office, not of the unit that the case is about."""
    by_procedure = ((law.id, [clock.id for clock in law.clocks if clock.of_office]) for law in all_procedures())
    return any_of(Q(case__procedure=law_id, clock__in=clocks) for law_id, clocks in by_procedure if clocks)


def units_listing(ledger_id: str, before: date) -> frozenset[int]:
    """The units that had an entry of a ledger, current now, before a day."""
    entries = Entry.objects.filter(CURRENT, ledger=ledger_id, on__lt=before)
    return frozenset(entries.order_by().values_list("unit_id", flat=True).distinct())


def entries_dated(
    reader: User, ledger_ids: Iterable[str], units: Iterable[int], first: date, last: date
) -> QuerySet[Entry]:
    """The current entries in sight of open ledgers that some units keep, or that are about them, of some days, newest first."""
    keys, laws = tuple(units), [ledger_by_id(ledger_id) for ledger_id in ledger_ids]
    entries = Entry.objects.filter(CURRENT, Q(unit__in=keys) | Q(mine__in=keys), ledger__in=[law.id for law in laws])
    seen = told_to(reader, visible_to(reader, entries.filter(on__gte=first, on__lte=last)), laws)
    return seen.select_related("unit").order_by("-on", "-pk")
