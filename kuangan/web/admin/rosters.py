"""值班排班: the roster of a week, for the operator."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import Shift, User
from kuangan.core.queries.keeping import kept_people, kept_rosters, kept_units, rostered_between
from kuangan.web.admin.lists import roster_columns
from kuangan.web.frame.doors import OPERATOR, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table
from kuangan.web.gate.addresses import DayField, day_asked, is_key
from kuangan.web.office.forms import OfficeForm, offer, refusals

ROSTER_DAYS = 7


class RosterForm(OfficeForm):
    unit: Any = forms.ModelChoiceField(None, label="单位", empty_label="请选择单位")
    person: Any = forms.ModelChoiceField(None, label="人员", empty_label="请选择人员")
    on = DayField(label="日期", widget=forms.DateInput({"type": "date"}))
    shift = forms.ChoiceField(label="班次", choices=Shift.choices)

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", kept_units(reader).exclude(posts=None))
        offer(self, "person", kept_people(reader))

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < clock.civil_date(clock.now()):
            raise forms.ValidationError("过去的班次请在该单位的月度值班表中更正，并填写事由")
        return on


@door(*OPERATOR, methods=("GET", "POST"))
def roster(request: Request) -> HttpResponse:
    """A week's duty; entries are added and, before their shift ends, taken back."""
    form = RosterForm(request.POST if "person" in request.POST else None, reader=request.user)
    if request.method == "POST":
        with refusals(request):
            if is_key(taken := request.POST.get("remove", "")):
                actions.unroster_person(
                    actor=request.user, roster=get_object_or_404(kept_rosters(request.user), pk=taken)
                )
                messages.success(request, "已取消该班次。")
                return redirect("roster")
            if form.is_valid():
                actions.roster_person(actor=request.user, **form.cleaned_data)
                messages.success(request, "已排班。")
                return redirect("roster")
    first = _first_day(request)
    rosters = rostered_between(request.user, first, first + timedelta(days=ROSTER_DAYS))
    context: dict[str, Any] = {
        "table": table(
            request,
            roster_columns(request, clock.now()),
            rosters,
            size=200,
            nothing="这 7 天没有排班",
            hint="请在本页排班；无人值班时，报警升级后无法叫应。",
            unexported=True,
        ),
        "form": form,
        "first": first,
        "earlier": first - timedelta(days=ROSTER_DAYS),
        "later": first + timedelta(days=ROSTER_DAYS),
    }
    return show(request, "admin/roster.html", **context)


def _first_day(request: Request) -> date:
    return day_asked(request.GET.get("from", "")) or clock.civil_date(clock.now())
