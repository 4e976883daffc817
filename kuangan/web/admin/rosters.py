"""值班排班: the roster of a week, for the operator."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import Person, Roster, Shift, Unit
from kuangan.web.frame.doors import OPERATOR, door
from kuangan.web.frame.lists import listing
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import DayField, day_asked, is_key
from kuangan.web.office.forms import OfficeForm, refusals

ROSTER_DAYS = 7


class RosterForm(OfficeForm):
    """One entry of the roster."""

    unit = forms.ModelChoiceField(
        Unit.objects.exclude(posts=None).order_by("path"), label="单位", empty_label="请选择单位"
    )
    person = forms.ModelChoiceField(
        Person.objects.select_related("unit").order_by("unit__path", "name"), label="人员", empty_label="请选择人员"
    )
    on = DayField(label="日期", widget=forms.DateInput({"type": "date"}))
    shift = forms.ChoiceField(label="班次", choices=Shift.choices)


@door(*OPERATOR, methods=("GET", "POST"))
def roster(request: Request) -> HttpResponse:
    """A week's duty; entries are added and, before their shift ends, taken back."""
    form = RosterForm(request.POST if "person" in request.POST else None)
    if request.method == "POST":
        with refusals(request):
            if is_key(taken := request.POST.get("remove", "")):
                actions.unroster_person(actor=request.user, roster=get_object_or_404(Roster, pk=taken))
                messages.success(request, "已取消该班次。")
                return redirect("roster")
            if form.is_valid():
                actions.roster_person(actor=request.user, **form.cleaned_data)
                messages.success(request, "已排班。")
                return redirect("roster")
    first = _first_day(request)
    rows = Roster.objects.filter(on__gte=first, on__lt=first + timedelta(days=ROSTER_DAYS))
    rows = rows.select_related("unit", "person").order_by("on", "unit__path", "starts_at", "pk")
    context: dict[str, Any] = {
        "list": listing(request, rows, size=200),
        "form": form,
        "first": first,
        "earlier": first - timedelta(days=ROSTER_DAYS),
        "later": first + timedelta(days=ROSTER_DAYS),
        "now": clock.now(),
    }
    return show(request, "admin/roster.html", **context)


def _first_day(request: Request) -> date:
    return day_asked(request.GET.get("from", "")) or clock.civil_date(clock.now())
