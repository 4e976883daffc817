"""Another body supervises a mine from now on: which of the mine's open cases it deals with, and whose their drafts are."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from kuangan.casework.models import Case
from kuangan.core.actions import Line, record_many
from kuangan.core.models import Unit, User
from kuangan.law.content import procedures
from kuangan.mine.models import Mine
from kuangan.paper.models import Paper, PaperState


def passing_cases(mine: Mine, before: Unit) -> QuerySet[Case]:
    """The open cases about a mine that its supervising body deals with, by itself or because it opened them in that capacity."""
    going = [law.id for law in procedures() if law.goes_with_mine]
    dealt = Q(office=None) | Q(office=before, procedure__in=going)
    return Case.objects.filter(dealt, mine=mine, closed_at=None).order_by("pk")


@transaction.atomic
def pass_on_cases(
    *, actor: User | None, mine: Mine, before: Unit, after: Unit, basis: str, at: datetime
) -> Sequence[Case]:
    """Let the next body deal with the cases of the one before; returns them.

    What the next body had taken over is its own now; what another took over stays there. Clocks run on. A paper that has its number
    keeps it; a draft becomes one of the next body.
    """
    cases = list(passing_cases(mine, before).select_for_update(of=("self",)))
    keys = [case.pk for case in cases]
    Case.objects.filter(pk__in=keys, taken_over_by=after).update(taken_over_by=None)
    Case.objects.filter(pk__in=keys, office=before).update(office=after)
    drafts = Paper.objects.filter(case_link__case__in=keys, state=PaperState.draft, unit=before)
    drafts.exclude(case_link__case__taken_over_by__isnull=False).update(unit=after)
    data = {"from": before.code, "to": after.code, "basis": basis}
    record_many([Line(case, "case_passed_on", data, actor) for case in cases], at)
    return cases


@transaction.atomic
def take_in_cases(*, actor: User | None, unit: Unit, into: Unit, basis: str, at: datetime) -> int:
    """A unit went up in another: open cases about it, opened or taken over by it, are those of the other; returns how many."""
    concerned = Q(unit=unit) | Q(office=unit) | Q(taken_over_by=unit)
    cases = list(Case.objects.select_for_update(of=("self",)).filter(concerned, closed_at=None).order_by("pk"))
    keys = [case.pk for case in cases]
    Case.objects.filter(pk__in=keys, unit=unit).update(unit=into, path=into.path)
    Case.objects.filter(pk__in=keys, office=unit).update(office=into)
    Case.objects.filter(pk__in=keys, taken_over_by=unit).update(taken_over_by=into)
    Paper.objects.filter(state=PaperState.draft, unit=unit).update(unit=into)
    data = {"from": unit.code, "to": into.code, "basis": basis}
    record_many([Line(case, "case_passed_on", data, actor) for case in cases], at)
    return len(cases)
