"""法规: instruments, limits by day, local values, rules with their examples."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse

from kuangan.base import clock
from kuangan.core.queries.upkeep.law_updates import sees_updates, update_in_use
from kuangan.law import content, limit, local
from kuangan.law.instrument import instruments
from kuangan.law.library.cited import cited_by
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.time.dated import NotInForce
from kuangan.web.frame.doors import EVERYONE, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table
from kuangan.web.gate.addresses import DayField
from kuangan.web.law.lists import (
    LOCAL_VALUES,
    PROCEDURES,
    RULE_EXAMPLES,
    RULES,
    SET_POINTS,
    instrument_columns,
)

QUANTITY_NAMES = {"ch4": "甲烷", "co": "一氧化碳"}
OUTCOMES: dict[type[Outcome], str] = {Breach: "认定", Clear: "不构成", Unknown: "不明"}


class LawDayForm(forms.Form):
    """The day whose law is shown."""

    on = DayField(required=False, widget=forms.DateInput({"type": "date", "class": "form-control"}))


def chosen_day(request: Request) -> date:
    """The day in the address, otherwise today."""
    form = LawDayForm(request.GET)
    return (form.cleaned_data["on"] if form.is_valid() else None) or clock.civil_date(clock.now())


@door(*EVERYONE)
def law(request: Request) -> HttpResponse:
    """The instruments with their dates in force, and the rules that run."""
    today = clock.civil_date(clock.now())
    known = sorted(instruments().values(), key=lambda instrument: (not instrument.in_force(today), instrument.title))
    context: dict[str, Any] = {
        "instruments": Table(instrument_columns(today), known),
        "rules": Table(RULES, content.rules(), style=""),
        "procedures": Table(PROCEDURES, content.procedures(), style=""),
        "digest": content.corpus_digest(),
        "update": update_in_use(),
        "sees_updates": sees_updates(request.user, clock.now()),
    }
    return show(request, "law/law.html", **context)


@door(*EVERYONE)
def instrument(request: Request, instrument_id: str) -> HttpResponse:
    """One instrument with its articles, as far as the corpus has them, and what rests on each."""
    instrument = instruments().get(instrument_id)
    if instrument is None:
        raise Http404
    superseded = [
        instruments()[superseded_id] for superseded_id in instrument.supersedes if superseded_id in instruments()
    ]
    today, cited = clock.civil_date(clock.now()), cited_by(instrument_id)
    return show(
        request,
        "law/instrument.html",
        instrument=instrument,
        articles=[
            (article, article.heading, cited.get(article.number, ())) for article in instrument.articles.values()
        ],
        whole=cited.get("", ()),
        superseded=superseded,
        in_force=instrument.in_force(today),
    )


@door(*EVERYONE)
def limits(request: Request) -> HttpResponse:
    """Set-points of every quantity and place on a day."""
    on = chosen_day(request)
    tables = [
        (QUANTITY_NAMES.get(quantity, quantity), Table(SET_POINTS, _set_points(quantity, on), "该日没有有效限值。"))
        for quantity in limit.quantities()
    ]
    editions = sorted({day for quantity in limit.quantities() for day in limit.editions(quantity)})
    return show(request, "law/limits.html", on=on, tables=tables, editions=editions)


def _set_points(quantity: str, on: date) -> list[limit.SetPoint]:
    try:
        return [limit.limit(quantity, place, on) for place in limit.places(quantity, on)]
    except NotInForce:
        return []


@door(*EVERYONE)
def values(request: Request) -> HttpResponse:
    """Local values that have a basis or were answered; how many are assumed."""
    cited = [(known, value) for known in local.all_values() for value in known.values if not value.assumed]
    assumed = len(local.assumed_values())
    return show(request, "law/values.html", assumed=assumed, values=Table(LOCAL_VALUES, cited))


@dataclass(frozen=True)
class Worked:
    """A worked example with the outcome the rule gives now."""

    title: str
    at: Any
    expected: str
    given: str
    reason: str


@door(*EVERYONE)
def rule(request: Request, rule_id: str) -> HttpResponse:
    """A rule with its citations and worked examples, each worked out anew."""
    try:
        rule = content.rule_by_id(rule_id)
    except KeyError:
        raise Http404 from None
    examples = Table(RULE_EXAMPLES, [_worked(rule, example) for example in rule.examples])
    return show(request, "law/rule.html", rule=rule, examples=examples)


def _worked(rule: Rule, example: Example) -> Worked:
    outcome = rule.say(example.facts, example.at)
    reason = outcome.reason if isinstance(outcome, Breach) else outcome.why
    return Worked(example.title, example.at, OUTCOMES[example.outcome], OUTCOMES[type(outcome)], reason)
