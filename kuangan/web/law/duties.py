"""法规 › 义务与台账: every obligation and ledger of the corpus with its law, by measure."""

from collections.abc import Iterable
from itertools import groupby
from typing import TypeVar

from django.http import Http404, HttpResponse

from kuangan.law.duty.obligation_file import Obligation, example_problems, obligations
from kuangan.law.duty.words import cadence_text, due_text, evidence_words, owner_text
from kuangan.law.ledger import Ledger, ledgers
from kuangan.law.register import tasks
from kuangan.law.time.calendar import workdays
from kuangan.web.frame.doors import EVERYONE, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table
from kuangan.web.law.lists import OBLIGATION_EXAMPLES, OBLIGATIONS

Item = TypeVar("Item", Obligation, Ledger)


@door(*EVERYONE)
def law_duties(request: Request) -> HttpResponse:
    """Obligations and ledgers under the measures they serve."""
    duties = _by_measure(obligations().values())
    books = _by_measure(ledgers().values())
    register = [
        (task, measure, Table(OBLIGATIONS, duties.get(measure.code, [])), books.get(measure.code, []))
        for task in tasks()
        for measure in task.measures
        if measure.code in duties or measure.code in books
    ]
    counts = {
        "duties": len(obligations()),
        "ledgers": len(ledgers()),
        "assumed": sum(bool(obligation.assumed) for obligation in obligations().values())
        + sum(bool(ledger.assumed) for ledger in ledgers().values()),
    }
    return show(request, "law/duties.html", rows=register, counts=counts)


@door(*EVERYONE)
def law_duty(request: Request, obligation_id: str) -> HttpResponse:
    """One obligation: who, how often, by when, what shows it, its law and worked examples."""
    obligation = obligations().get(obligation_id)
    if obligation is None:
        raise Http404
    return show(
        request,
        "law/duty.html",
        duty=obligation,
        owner=owner_text(obligation),
        cadence=cadence_text(obligation),
        due=due_text(obligation),
        evidence=[evidence_words(evidence) for evidence in obligation.evidence],
        examples=Table(OBLIGATION_EXAMPLES, obligation.examples, style=""),
        wrong=example_problems(obligation, workdays()),
    )


def _by_measure(items: Iterable[Item]) -> dict[str, list[Item]]:
    ordered = sorted(items, key=lambda item: (item.measure, item.clauses, item.id))
    return {measure: list(group) for measure, group in groupby(ordered, key=lambda item: item.measure)}
