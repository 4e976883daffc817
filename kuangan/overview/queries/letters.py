"""Letters of an office as cases: what their list says of each, its paper and the receipt of whom it was sent to."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from kuangan.casework.models import Case, CaseClock, CaseNotice, CasePaper
from kuangan.casework.queries import any_of, cases_visible_to, of_matter, overdue_clocks
from kuangan.core.models import Unit, User
from kuangan.law.content import procedures
from kuangan.law.procedure import Matter


def letters_visible_to(user: User) -> QuerySet[Case]:
    """Letters that were sent to units in sight, and all letters of the user's own office; newest first.

    Each has ``frozen``, its paper, and ``sent``, what the receiver was told, in lists of one or none.
    """
    papers = CasePaper.objects.exclude(paper__state="draft").select_related("paper").order_by("-pk")
    notices = CaseNotice.objects.filter(notice__unit=F("case__unit")).select_related("notice").order_by("pk")
    letters = cases_visible_to(user).filter(of_matter(Matter.letter)).order_by("-opened_at", "-pk")
    return letters.prefetch_related(
        Prefetch("papers", queryset=papers, to_attr="frozen"), Prefetch("notices", queryset=notices, to_attr="sent")
    )


def named_in_letters(text: str) -> Q:
    """Letters that hold a text: names of the units, what they are about, the number of case or paper."""
    by_name = Q(unit__name__icontains=text) | Q(office__name__icontains=text)
    written = Q(facts__opening__icontains=text) | Q(facts__matters__icontains=text)
    papers = CasePaper.objects.filter(paper__number__icontains=text).exclude(paper__state="draft")
    numbered = Q(number__icontains=text) | Q(pk__in=papers.values("case"))
    return by_name | written | numbered


def waiting_for_answer() -> Q:
    """Letters that were sent and not answered."""
    return any_of(
        Q(procedure=law.id, state__in=[state.id for state in law.states if not (state.internal or state.over)])
        for law in procedures()
        if law.matter == Matter.letter
    )


def unanswered(user: User, at: datetime) -> QuerySet[Case]:
    """Letters in sight whose answer is overdue."""
    return letters_visible_to(user).filter(pk__in=_late_answers(user, at).values("case"))


def unanswered_count(user: User, offices: Iterable[Unit], at: datetime) -> int:
    """How many of them the offices sent."""
    return _late_answers(user, at).filter(case__office__in=offices).values("case").distinct().count()


def _late_answers(user: User, at: datetime) -> QuerySet[CaseClock]:
    return overdue_clocks(user, at).filter(of_matter(Matter.letter, "case__")).order_by()
