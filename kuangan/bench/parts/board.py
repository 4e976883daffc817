"""The part of `kuangan bench board` that runs in a child with Django: three years of a city's duties, cases and findings."""

import json
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Case, F, Value, When

from kuangan.base import clock
from kuangan.base.period import next_period, period_of
from kuangan.casework.models import Case as HeldCase
from kuangan.casework.models import Finding
from kuangan.duty.models import Duty
from kuangan.duty.opening import open_due
from kuangan.duty.proof.grades import Grade
from kuangan.duty.proof.tallying import tally_settled
from kuangan.law.clause import clauses
from kuangan.law.content import corpus_digest, procedure_by_id, rules
from kuangan.mine.models import Mine

MONTHS: Final = 36
CASES_A_MONTH: Final = 4
"""Alarm cases of each mine: one a week."""
GRADES: Final = {Grade.accepted.value: (1, 4, 7), Grade.machine.value: (2, 5, 8)}
FINDINGS_A_MONTH: Final = 3
"""Findings in the whole city that still stand at the end."""


def live_three_years() -> None:
    """Let 36 months pass, tallied as the sweep does each day, and stay at their end; prints how much is held, the last whole month and the last whole year."""
    mines = list(Mine.objects.select_related("unit").order_by("code"))
    month = period_of("month", clock.civil_date(clock.now()))
    for number in range(MONTHS):
        at = clock.beijing_midnight(month.last)
        open_due(at)
        _do_most(at)
        _cases(mines, at, number)
        _findings(mines, at, number)
        month = next_period(month)
    now = clock.beijing_midnight(month.first)
    while tally_settled(now):
        pass
    clock.move(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    last = clock.last_day(now)
    year = last.year if (last.month, last.day) == (12, 31) else last.year - 1
    held = {"duties": Duty.objects.count(), "cases": HeldCase.objects.count(), "findings": Finding.objects.count()}
    print(json.dumps(held | {"month": period_of("month", last).key, "year": str(year)}))


def _do_most(now: datetime) -> None:
    """Of what fell due, nine in ten were done, one of these late; each third is proven by another."""
    due = Duty.objects.filter(due_at__lt=now, done_at=None).annotate(digit=F("pk") % 10)
    in_time, late = F("due_at") - timedelta(hours=1), F("due_at") + timedelta(days=1)
    proven = Case(*(When(digit__in=digits, then=Value(grade)) for grade, digits in GRADES.items()), default=F("grade"))
    due.filter(digit__in=range(1, 9)).update(done_at=in_time, recorded_at=in_time, wakes_at=None, grade=proven)
    due.filter(digit=9).update(done_at=late, recorded_at=late, wakes_at=None)


def _cases(mines: list[Mine], at: datetime, month: int) -> None:
    """Cases of one procedure that were closed in time."""
    digest = corpus_digest()
    shown = (procedure for clause in clauses().values() for procedure in clause.procedures)
    procedure = next(name for name in shown if not procedure_by_id(name).about)
    HeldCase.objects.bulk_create(
        (
            HeldCase(
                procedure=procedure,
                number=f"B{month:02d}{index:05d}{turn}",
                unit_id=mine.pk,
                mine=mine,
                path=mine.unit.path,
                title=mine.name,
                state="closed",
                told="closed",
                corpus_digest=digest,
                opened_at=at - timedelta(days=7 * turn + 1),
                moved_at=at - timedelta(days=7 * turn),
                closed_at=at - timedelta(days=7 * turn),
            )
            for index, mine in enumerate(mines)
            for turn in range(CASES_A_MONTH)
        ),
        batch_size=2000,
    )


def _findings(mines: list[Mine], at: datetime, month: int) -> None:
    rule = next(rule for rule in rules() if rule.clauses and not rule.about)
    Finding.objects.bulk_create(
        Finding(
            rule=rule.id,
            measure=rule.measure,
            mine=mine,
            path=mine.unit.path,
            subject=f"bench/{month}/{mine.pk}",
            reason="测量",
            corpus_digest=corpus_digest(),
            found_at=at,
        )
        for mine in mines[month * FINDINGS_A_MONTH : (month + 1) * FINDINGS_A_MONTH]
    )
