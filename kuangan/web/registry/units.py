"""单位: the tree of units with their posts, and each unit with its posts, people and the history of its file."""

from collections.abc import Mapping

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.core.actions.rosters import rostered_roles
from kuangan.core.models import Unit, UnitKind
from kuangan.core.queries.keeping import administered_units, registered_people, registered_posts, registered_units
from kuangan.flow.changes.queries import changes_of_unit, offered_kinds
from kuangan.flow.changes.subjects import change_subject
from kuangan.web.frame.doors import MINE, OPERATOR, OVERSEERS, UNIT_ADMIN, door, has_role
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.registry.lists import KEPT_POSTS, OF_UNIT, PEOPLE, POSTS, UNITS

READERS = (*OVERSEERS, *MINE, *OPERATOR, *UNIT_ADMIN)
"""Whoever works for a unit sees the register of what he sees; of the supervised that is their own unit."""


class UnitFilters(Filters):
    q = forms.CharField(label="名称或编码", max_length=60)
    area = forms.ChoiceField(label="县（区）", choices=())
    kind = forms.ChoiceField(label="类别", choices=(("", "全部"), *UnitKind.choices))
    vacant = forms.ChoiceField(label="岗位", choices=(("", "全部"), ("yes", "有空缺")))

    def __init__(self, request: Request, areas: Mapping[str, str]) -> None:
        super().__init__(request)
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)
        area.choices = [("", "全部"), *areas.items()]


@door(*READERS)
def register_units(request: Request) -> HttpResponse:
    """The units by place, with how many of their posts are held and vacant."""
    counties = dict(registered_units(request.user).filter(kind=UnitKind.county).values_list("path", "name"))
    filters = UnitFilters(request, counties)
    units = registered_units(request.user, vacant=bool(filters.chosen("vacant")))
    if text := filters.chosen("q"):
        units = units.filter(Q(name__icontains=text) | Q(code__icontains=text))
    if area := filters.chosen("area"):
        units = units.filter(path__startswith=area)
    if kind := filters.chosen("kind"):
        units = units.filter(kind=kind)
    if wants_export(request):
        return export("单位", UNITS, units)
    nothing = none_of("单位", filters)

    def county(unit: Unit) -> str:
        """The heading above the units of a county; those of the city stand under its own."""
        return counties.get("/".join(unit.path.split("/")[:2]) + "/", "市级及平台单位")

    listed = table(
        request,
        UNITS,
        units,
        filters,
        nothing=nothing,
        hint="由 kuangan city new 或者工作簿建立。",
        style="stack pairs",
        group=county if len(counties) > 1 else None,
    )
    return show(request, "registry/units.html", table=listed)


@door(*READERS)
def register_unit(request: Request, code: str) -> HttpResponse:
    """One unit: its posts with their holders, vacant ones marked, what may be changed, and what was."""
    unit = get_object_or_404(registered_units(request.user), code=code)
    subject = change_subject("unit", unit.code)
    history = changes_of_unit(request.user, unit)
    keeps = has_role(request, *OPERATOR) or unit in administered_units(request.user)
    people = table(request, PEOPLE, registered_people(request.user, unit), nothing="没有人员", unexported=True)
    return show(
        request,
        "registry/unit.html",
        unit=unit,
        subject=subject,
        offered=offered_kinds(request.user, subject) if subject else [],
        posts=Table(KEPT_POSTS if keeps else POSTS, registered_posts(request.user, unit), "尚未设置岗位。"),
        people=people if keeps else None,
        invites=unit in administered_units(request.user),
        rostered=keeps and bool(rostered_roles(unit)),
        history=table(request, OF_UNIT, history, nothing="没有变更记录", hint="变更办理后列在这里。", unexported=True),
    )
