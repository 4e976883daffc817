"""The clocks of a rectification: receipt, the set day, the answer to a request, looking again."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kuangan.corpus.procedures._spans import by_local
from kuangan.corpus.procedures.rectification.opening import due_of
from kuangan.law.cite import Cite
from kuangan.law.procedure import Clock, Words
from kuangan.law.time.span import Span, days

MEASURES = "work_safety_penalty_measures_2025"
EXTENSION = Cite(MEASURES, "27")
REINSPECTION = Cite(MEASURES, "27")
Length = Callable[[date, Mapping[str, Any]], Span]


def _until_due(on: date, facts: Mapping[str, Any]) -> Span:
    """To the end of the day that was set; today where it has passed."""
    return days(max(0, (due_of(facts) - on).days)) if facts.get("due_on") else days(0)


def _by_paper(ordered: Length, otherwise: Length) -> Length:
    """Law (令18第二十七条) speaks of what is ordered by an enforcement paper; for the rest it says nothing."""

    def span(on: date, facts: Mapping[str, Any]) -> Span:
        return ordered(on, facts) if facts.get("paper") else otherwise(on, facts)

    return span


_ANSWER = _by_paper(
    by_local("rectification.extension_answer"), by_local("rectification.extension_answer_without_paper")
)
_REINSPECTION = _by_paper(by_local("rectification.reinspection"), by_local("rectification.reinspection_without_paper"))

CLOCKS = (
    Clock(
        "sign_for", "签收", "deadline", by_local("rectification.sign_for"), during=("ordered",), escalates=("office",)
    ),
    Clock(
        "rectify",
        "整改",
        "deadline",
        _until_due,
        during=("ordered", "received", "overdue"),
        starts=("amend", "amend_overdue", "grant_extension"),
        stops=("amend", "amend_overdue", "grant_extension"),
        unlapsed_by=("amend_overdue",),
        escalates=("office", "city"),
        lapse_move="fall_overdue",
        words=Words(lapse="{number}“{item}”应于{due}前整改，逾期未报送整改情况"),
        rolls=False,
    ),
    Clock(
        "answer_request",
        "答复延期申请",
        "deadline",
        _ANSWER,
        during=("extension_asked",),
        cites=(EXTENSION,),
        escalates=("above",),
        of_office=True,
    ),
    Clock(
        "reinspect",
        "复查",
        "deadline",
        _REINSPECTION,
        during=("answered", "passed", "failed"),
        cites=(REINSPECTION,),
        escalates=("office", "above"),
        of_office=True,
    ),
    Clock(
        "inspect",
        "到期复查",
        "deadline",
        _REINSPECTION,
        during=("overdue",),
        stops=("inspect_overdue",),
        cites=(REINSPECTION,),
        escalates=("office", "above"),
        of_office=True,
    ),
)
