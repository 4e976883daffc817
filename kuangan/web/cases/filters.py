"""How the list of cases is narrowed and exported."""

from collections.abc import Callable, Sequence

from django import forms
from django.db.models import F, Q, QuerySet

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.casework.queries import is_told
from kuangan.core.models import User
from kuangan.law import content
from kuangan.law.procedure import Fact, Procedure
from kuangan.web.frame.lists import Column, Filters
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import DayField

LEVELS = (("", "全部等级"), ("red", "红色"), ("orange", "橙色"), ("yellow", "黄色"), ("blue", "蓝色"))
OPEN = (("", "全部"), ("yes", "在办"), ("no", "已结束"), ("taken", "已由上级提级办理"))


class CaseFilters(Filters):
    """Filters of the list of cases."""

    q = forms.CharField(label="对象或编号", max_length=60)
    procedure = forms.ChoiceField(label="种类", choices=())
    level = forms.ChoiceField(label="等级", choices=LEVELS)
    open = forms.ChoiceField(label="状态", choices=OPEN)
    since = DayField(label="受理日期自", widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label="至", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        kinds = [(law.id, law.title) for law in content.procedures()]
        self.fields["procedure"] = _select("种类", [("", "全部种类"), *kinds])
        chosen = next((law for law in content.procedures() if law.id == request.GET.get("procedure")), None)
        self.law: Procedure | None = chosen
        for fact in self._facts():
            self.fields[f"fact_{fact.name}"] = _fact_field(fact)

    def _facts(self) -> list[Fact]:
        """The facts of the chosen procedure by which the list can be narrowed."""
        return [fact for fact in self.law.facts if fact.filter] if self.law else []

    def applied(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """The rows that the filters leave."""
        if text := self.chosen("q"):
            cases = cases.filter(Q(number__icontains=text) | Q(unit__name__icontains=text) | Q(title__icontains=text))
        if kind := self.chosen("procedure"):
            cases = cases.filter(procedure=kind)
        if level := self.chosen("level"):
            cases = cases.filter(level=level)
        if state := self.chosen("open"):
            taken = _told(cases).filter(taken_over_by__isnull=False)
            cases = taken if state == "taken" else cases.filter(closed_at__isnull=state == "yes")
        if since := self.chosen("since"):
            cases = cases.filter(opened_at__gte=clock.beijing_midnight(since))
        if until := self.chosen("until"):
            cases = cases.filter(opened_at__lt=clock.beijing_midnight(clock.day_after(until)))
        for fact in self._facts():
            if value := self.chosen(f"fact_{fact.name}"):
                cases = _told(cases) if fact.internal else cases
                cases = cases.filter(_has_fact(fact, value))
        return cases


def _select(label: str, choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=forms.Select(attrs={"class": "form-select"})
    )


def _fact_field(fact: Fact) -> forms.Field:
    if fact.kind == "flag":
        return _select(fact.label, [("", "不限"), ("yes", "是")])
    if fact.kind == "choice":
        return _select(fact.label, [("", "不限"), *fact.choices])
    return forms.CharField(
        label=fact.label, max_length=60, required=False, widget=forms.TextInput({"class": "form-control"})
    )


def _told(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without the cases of which something is withheld from their reader: what he is not told is not found either."""
    return cases.filter(Q(("told_state", F("state")))) if "told_state" in cases.query.annotations else cases


def _has_fact(fact: Fact, value: str) -> Q:
    if fact.kind == "flag":
        return Q(**{f"facts__{fact.name}": True})
    return Q(**{f"facts__{fact.name}" + ("" if fact.kind == "choice" else "__icontains"): value})


def fact_columns(law: Procedure | None, reader: User) -> tuple[Column, ...]:
    """The facts of a chosen procedure as further columns; what the reader may not know stays empty."""

    def cell(fact: Fact) -> Callable[[Case], str]:
        return lambda case: fact.text(case.facts) if is_told(reader, case, fact) else ""

    return tuple(Column(fact.heading, cell(fact), 20) for fact in law.facts) if law else ()
