"""值班表: the roster of a unit for a month, kept by its own administrator: a shift at a time, copied, or as a sheet."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.base.period import Period, next_period, parse_period, period_of, previous_period
from kuangan.city.roster_sheets import RosterFault, read_roster_sheet, roster_template
from kuangan.core import actions
from kuangan.core.actions.rosters import SHIFT_STARTS_AT_HOUR, Slot, rostered_roles
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Roster, Shift, Unit
from kuangan.core.queries import events_of
from kuangan.core.queries.keeping import rostered_people, rostering_units, unit_rosters
from kuangan.law.role import Role
from kuangan.web.frame.doors import OPERATOR, UNIT_ADMIN, door
from kuangan.web.frame.files import xlsx
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table
from kuangan.web.gate.addresses import day_asked
from kuangan.web.office.forms import OfficeForm, refusals
from kuangan.web.registry.roster_lists import CORRECTIONS, FAULTS, Held, month_table

PATTERNS: Final = {"week": "按前一周排到月底", "month": "按上月同日排到月底"}
LATEST: Final = 20
"""Corrections that the page shows, the newest first."""


class ShiftForm(OfficeForm):
    """Who stands in one shift, by role; of one that has begun, why that is put right."""

    reason = forms.CharField(
        label="更正事由", max_length=200, help_text="该班次已经开始，更正前后的人员连同事由记录在案"
    )

    def __init__(self, *args: Any, slots: Sequence[Slot], entries: Sequence[Roster], people: Sequence[Person]) -> None:
        super().__init__(*args)
        self.slots = slots
        self._people = {person.pk: person for person in [*people, *(entry.person for entry in entries)]}
        for slot in slots:
            standing = [entry.person_id for entry in entries if entry.role == slot.role]
            self.fields[slot.role] = forms.TypedMultipleChoiceField(
                label=slot.role.label,
                required=False,
                coerce=int,
                choices=[(pk, person.name) for pk, person in self._people.items()],
                initial=standing,
                widget=forms.CheckboxSelectMultiple,
            )
        if slots[0].starts_at > clock.now():
            del self.fields["reason"]

    @property
    def roles(self) -> list[forms.BoundField]:
        return [self[slot.role] for slot in self.slots]

    def wanted(self) -> dict[Slot, list[Person]]:
        return {slot: [self._people[pk] for pk in self.cleaned_data[slot.role]] for slot in self.slots}


class SheetForm(OfficeForm):
    sheet = forms.FileField(
        label="填好的值班表",
        help_text="仅限 .xlsx；有一行不能导入，整个文件不导入",
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".xlsx"}),
        error_messages={"required": "请选择填好的值班表", "empty": "这是空文件，请重新选择"},
    )


@door(*OPERATOR, *UNIT_ADMIN, methods=("GET", "POST"))
def unit_roster(request: Request, code: str) -> HttpResponse:
    """A month of a unit's roster; one shift is filled, the month copied from before or taken from a sheet."""
    unit = get_object_or_404(rostering_units(request.user), code=code)
    month = _month_asked(request)
    if not rostered_roles(unit):
        return show(request, "registry/roster.html", unit=unit, month=month)
    held, do = _held(request, unit, month), request.POST.get("do", "")
    shift_asked = _shift_asked(request, month, held)
    form = ShiftForm(
        *((request.POST,) if do == "fill" else ()),
        slots=[Slot(*shift_asked, role) for role in rostered_roles(unit)],
        entries=held.get(shift_asked, []),
        people=list(rostered_people(request.user, unit)),
    )
    sheet_form = SheetForm(request.POST, request.FILES) if do == "sheet" else SheetForm()
    faults: list[RosterFault] = []
    if do == "fill" and form.is_valid():
        with refusals(request, form):
            return _filled(request, unit, month, form)
    if do == "sheet" and sheet_form.is_valid():
        with refusals(request, sheet_form):
            faults = _taken(request, unit, month, sheet_form)
            if not faults:
                return redirect(_address(unit, month))
    if do == "copy":
        with refusals(request):
            _copied(request, unit, month)
        return redirect(_address(unit, month))
    forms_shown: dict[str, Any] = {
        "form": form,
        "on": shift_asked[0],
        "shift": shift_asked[1],
        "sheet_form": sheet_form,
    }
    listed = Table(FAULTS, faults) if faults else None
    return show(request, "registry/roster.html", **forms_shown, **_shown(unit, month, held), faults=listed)


def _shown(unit: Unit, month: Period, held: Held) -> dict[str, Any]:
    today = clock.civil_date(clock.now())
    return {
        "unit": unit,
        "month": month,
        "earlier": previous_period(month).key,
        "later": next_period(month).key,
        "table": month_table(month, held, rostered_roles(unit), _address(unit, month), today),
        "patterns": PATTERNS.items() if month.last >= today else (),
        "corrections": Table(CORRECTIONS, _corrections(unit, month)),
    }


@door(*OPERATOR, *UNIT_ADMIN)
def unit_roster_template(request: Request, code: str) -> HttpResponse:
    """The month's sheet to fill in, with what stands already and the unit's people to choose from."""
    unit = get_object_or_404(rostering_units(request.user), code=code)
    month = _month_asked(request)
    if not rostered_roles(unit):
        raise Http404
    people = list(rostered_people(request.user, unit))
    content = roster_template(unit, month, people, unit_rosters(request.user, unit, month.first, month.last))
    return xlsx(content, f"{unit.name}值班表{month.key}.xlsx")


def _month_asked(request: Request) -> Period:
    asked = request.GET.get("month", "")
    try:
        month = parse_period(asked) if asked else None
    except ValueError:
        month = None
    return month if month and month.kind == "month" else period_of("month", clock.civil_date(clock.now()))


def _held(request: Request, unit: Unit, month: Period) -> dict[tuple[date, str], list[Roster]]:
    held: dict[tuple[date, str], list[Roster]] = {}
    for entry in unit_rosters(request.user, unit, month.first, month.last):
        held.setdefault((entry.on, entry.shift), []).append(entry)
    return held


def _shift_asked(request: Request, month: Period, held: Held) -> tuple[date, Shift]:
    """The shift that the address names; else the next one to come in which nobody stands, or the first of the month."""
    on, shift = day_asked(request.GET.get("on", "")), request.GET.get("shift", "")
    if on is not None and on in month and shift in Shift.values:
        return on, Shift(shift)
    now = clock.now()
    shifts = [(day, shift) for day in month.days for shift in SHIFT_STARTS_AT_HOUR]
    coming = (both for both in shifts if Slot(*both, Role.duty_officer).starts_at > now and both not in held)
    return next(coming, shifts[0])


def _address(unit: Unit, month: Period) -> str:
    return f"{reverse('unit_roster', args=[unit.code])}?month={month.key}"


def _filled(request: Request, unit: Unit, month: Period, form: ShiftForm) -> HttpResponse:
    reason = form.cleaned_data.get("reason", "")
    changed = actions.keep_roster(actor=request.user, unit=unit, wanted=form.wanted(), reason=reason)
    messages.success(request, "已排班。" if changed else "与现有排班相同，没有变化。")
    return redirect(_address(unit, month))


def _taken(request: Request, unit: Unit, month: Period, form: SheetForm) -> list[RosterFault]:
    """Take the sheet as a whole, or nothing of it: then what is wrong with which row."""
    people = list(rostered_people(request.user, unit))
    wanted, first_rows, faults = read_roster_sheet(form.cleaned_data["sheet"].read(), unit, month, people)
    faults += _begun(request, unit, month, wanted, first_rows)
    if faults:
        return sorted(faults)
    if not wanted:
        raise Refused("表中没有填写姓名的行，没有可以导入的班次。")
    changed = actions.keep_roster(actor=request.user, unit=unit, wanted=wanted)
    words = f"已按表排定，变更 {changed} 个班次。" if changed else "与现有排班相同，没有变化。"
    messages.success(request, words)
    return []


def _begun(
    request: Request, unit: Unit, month: Period, wanted: Mapping[Slot, Sequence[Person]], first_rows: Mapping[Slot, int]
) -> list[RosterFault]:
    """Rows that would change a shift that has begun: that is put right on the page, with the reason."""
    held, now = _held(request, unit, month), clock.now()
    faults = []
    for slot, people in wanted.items():
        standing = {entry.person_id for entry in held.get((slot.on, slot.shift), ()) if entry.role == slot.role}
        if slot.starts_at <= now and standing != {person.pk for person in people}:
            text = "该班次已经开始，人员与已登记的不同；请在本页点开该班次，填写事由更正"
            faults.append(RosterFault(first_rows[slot], "姓名", text))
    return faults


def _copied(request: Request, unit: Unit, month: Period) -> None:
    pattern, first = request.POST.get("pattern", ""), day_asked(request.POST.get("first", ""))
    if pattern not in PATTERNS or first is None or first not in month:
        raise Refused(f"请选择{month.label}内的起始日期和排班依据。")
    days = [day for day in month.days if day >= first]
    back: Callable[[date], date | None] = (
        _same_day_before if pattern == "month" else lambda day: _week_before(day, first)
    )
    sources = {day: source for day in days if (source := back(day)) is not None}
    copied = actions.copy_roster(actor=request.user, unit=unit, first=first, last=month.last, sources=sources)
    if copied.left_out:
        messages.warning(request, f"{'、'.join(copied.left_out)}已不在本单位任职，没有排入，请补排。")
    if copied.filled:
        messages.success(request, f"已排定 {copied.filled} 个班次；已有人的和已经开始的班次不变。")
    else:
        messages.info(request, "没有可以排定的班次：依据的日期没有排班，或者各班次已有人。")


def _week_before(day: date, first: date) -> date:
    """The day of the week before ``first`` that is the same day of the week."""
    return first - timedelta(days=7) + timedelta(days=(day - first).days % 7)


def _same_day_before(day: date) -> date | None:
    """The same day of the month before; None where that had none."""
    before = previous_period(period_of("month", day))
    return before.first.replace(day=day.day) if day.day <= before.last.day else None


def _corrections(unit: Unit, month: Period) -> list[Any]:
    """What of the month was put right afterwards."""
    events = events_of(unit).filter(action="roster_corrected", data__on__startswith=month.key).order_by("-seq")
    return list(events[:LATEST])
