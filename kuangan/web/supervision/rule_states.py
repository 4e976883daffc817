"""规则核查: what each rule on ledgers says of each mine and unit in sight, with its reason or what is missing."""

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.safestring import SafeString

from kuangan.casework.rule_states import RuleState
from kuangan.core.models import UnitKind
from kuangan.core.queries import is_supervised, units_visible_to
from kuangan.flow.rules.run import rule_states
from kuangan.web.frame.doors import DRAWS, MINE, OVERSEERS, door, has_role
from kuangan.web.frame.lists import Filters, export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table
from kuangan.web.supervision.lists import RULE_STATES, TITLES

ALL_OUTCOMES = SafeString('没有发现违反规则的情形；<a href="?outcome=all">查看全部结果</a>。')


class StateFilters(Filters):
    """Filters of the outcomes; without any, those that were found."""

    outcome = forms.ChoiceField(label="结果", choices=(("", "违反"), ("all", "全部"), *RuleState.Outcome.choices[1:]))
    rule = forms.ChoiceField(label="规则", choices=(("", "全部"), *TITLES.items()))
    county = forms.ChoiceField(label="县（区）", choices=())
    q = forms.CharField(label="煤矿或单位", max_length=60)

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        counties = units_visible_to(request.user, [UnitKind.county]).order_by("code")
        field = self.fields["county"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部"), *counties.values_list("path", "name")]

    def narrowed(self) -> Q:
        """The filters as a condition."""
        outcome = self.chosen("outcome") or RuleState.Outcome.found.value
        wanted = Q() if outcome == "all" else Q(outcome=outcome)
        if self.chosen("rule"):
            wanted &= Q(rule=self.chosen("rule"))
        if self.chosen("county"):
            wanted &= Q(path__startswith=self.chosen("county"))
        if self.chosen("q"):
            wanted &= Q(unit__name__icontains=self.chosen("q")) | Q(subject=self.chosen("q"))
        return wanted


@door(*OVERSEERS, *MINE)
def states(request: Request) -> HttpResponse:
    """The outcomes that the filters leave, and how many there are of each kind."""
    filters = StateFilters(request)
    seen = rule_states(request.user)
    states_seen = seen.filter(filters.narrowed()).order_by("measure", "rule", "subject")
    if wants_export(request):
        return export("规则核查", RULE_STATES, states_seen)
    counts = dict(seen.values("outcome").annotate(number=Count("pk")).values_list("outcome", "number"))
    return show(
        request,
        "supervision/rule_states.html",
        table=table(request, RULE_STATES, states_seen, filters, nothing="没有符合条件的核查结果", hint=ALL_OUTCOMES),
        counts=[(key, word, counts.get(key, 0)) for key, word in RuleState.Outcome.choices],
        sees_draws=has_role(request, *DRAWS),
        oversees=has_role(request, *OVERSEERS) and not is_supervised(request.user),
    )
