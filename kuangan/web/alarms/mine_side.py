"""The mine's own pages: its alarms with what is still to be done, and filing a calibration."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case, CaseClock
from kuangan.casework.queries import episodes_of, open_cases
from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.law.procedure import Matter
from kuangan.mine.models import Point
from kuangan.mine.queries import is_methane, points_visible_to
from kuangan.monitor.actions import file_calibration, withdraw_calibration
from kuangan.monitor.queries import filings_visible_to
from kuangan.web.alarms.lists import filing_columns
from kuangan.web.alarms.measures import MeasureTaken, measures_of
from kuangan.web.cases.cases import Way, ways_of
from kuangan.web.cases.words import law_of
from kuangan.web.cases.work import pressing_clock
from kuangan.web.frame.doors import MINE, door
from kuangan.web.frame.forms import BeijingMoment
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table


@dataclass(frozen=True)
class MineAlarm:
    """An open case of the mine with the mine's own steps and, for an alarm, the four measures."""

    case: Case
    ways: list[Way]
    clock: CaseClock | None
    measures: list[MeasureTaken]


@door(*MINE)
def mine_alarms(request: Request) -> HttpResponse:
    """The mine's open cases: those that wait for the reader first, then the most pressing."""
    moment = clock.now()
    alarms = [_alarm(request, case, moment) for case in open_cases(request.user)]
    last = datetime.max.replace(tzinfo=moment.tzinfo)
    alarms.sort(
        key=lambda alarm: (not any(way.wanted for way in alarm.ways), alarm.clock.due_at if alarm.clock else last)
    )
    template = "alarms/_mine_alarms.html" if request.headers.get("HX-Request") else "alarms/mine_alarms.html"
    return show(request, template, alarms=alarms)


def _alarm(request: Request, case: Case, at: datetime) -> MineAlarm:
    ways = [way for way in ways_of(request, case, at) if way.mine]
    return MineAlarm(case, ways, pressing_clock(case), _measures(request, case))


def _measures(request: Request, case: Case) -> list[MeasureTaken]:
    if law_of(case).matter != Matter.alarm:
        return []
    return measures_of(request.user, case, [link.episode for link in episodes_of(request.user, case)])


if TYPE_CHECKING:
    PointChoice = forms.ModelChoiceField[Point]
else:
    PointChoice = forms.ModelChoiceField  # Django's own class takes no parameter when it runs


class PlacedPoints(PointChoice):
    """Points by the place where they hang."""

    def label_from_instance(self, obj: Point) -> str:
        """Place and code."""
        return f"{obj.place_text or '未填安装位置'}（{obj.native_code}）"


class CalibrationForm(forms.Form):
    point = PlacedPoints(
        None, label="测点", widget=forms.Select({"class": "form-select"}), empty_label="请选择甲烷测点"
    )
    from_at = BeijingMoment(label="开始时间", help_text="北京时间；须在标校前或标校中报备，事后不予受理")
    to_at = BeijingMoment(label="结束时间", help_text="不超过 8 小时")
    gas_value = forms.DecimalField(
        label="标准气样浓度（%CH₄）",
        max_digits=6,
        decimal_places=2,
        widget=forms.NumberInput({"class": "form-control"}),
    )
    person_name = forms.CharField(label="调校人员", max_length=40, widget=forms.TextInput({"class": "form-control"}))
    attachment = forms.FileField(label="调校计划或记录", required=False)

    def __init__(self, *args: object, reader: User, points: list[int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on
        field = self.fields["point"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = points_visible_to(reader).filter(pk__in=points).order_by("place_text")
        for name in ("from_at", "to_at", "attachment"):
            self.fields[name].widget.attrs["class"] = "form-control"
        for control in self.fields.values():
            control.error_messages.setdefault("required", f"请填写“{control.label}”")
            control.error_messages["required"] = f"请填写“{control.label}”"


@door(*MINE, methods=("GET", "POST"))
def calibrations(request: Request) -> HttpResponse:
    """The mine's filings and the form for a new one."""
    candidates = points_visible_to(request.user).filter(value_kind="MN")
    points = [point.pk for point in candidates if is_methane(point)]
    form = CalibrationForm(request.POST or None, request.FILES or None, reader=request.user, points=points)
    if request.method == "POST" and form.is_valid() and _filed(request, form):
        return redirect("calibrations")
    filings_seen = filings_visible_to(request.user)
    filings = table(
        request, filing_columns(request, clock.now()), filings_seen, nothing="还没有报备过标校。", unexported=True
    )
    return show(request, "alarms/calibrations.html", filings=filings, form=form)


def _filed(request: Request, form: CalibrationForm) -> bool:
    given = dict(form.cleaned_data)
    upload = given.pop("attachment")
    try:
        with made_once(request) as made_at:
            saved = save_attachment(actor=request.user, name=upload.name, content=upload.file) if upload else None
            file_calibration(actor=request.user, **given, attachment=saved)
            made_at(reverse("calibrations"))
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, f"已报备 {given['point']} 的标校。")
    return True


@door(*MINE, methods=("POST",))
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a filing back before it starts."""
    filing = get_object_or_404(filings_visible_to(request.user), pk=pk)
    try:
        withdraw_calibration(actor=request.user, filing=filing)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已撤回标校报备。")
    return redirect("calibrations")
