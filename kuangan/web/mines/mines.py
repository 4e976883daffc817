"""煤矿: the list, and one mine's file (一矿一册) as of any day."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.casework.queries import open_to_count
from kuangan.law.content import procedures_of
from kuangan.law.procedure import Matter
from kuangan.mine.models import Mine
from kuangan.mine.queries import (
    MineLine,
    attributes_held,
    attributes_text,
    mine_as_of,
    mine_list,
    mines_visible_to,
)
from kuangan.mine.queries.aliases import aliases_of
from kuangan.monitor.models import LiveRow
from kuangan.monitor.queries import live_rows
from kuangan.web.frame.doors import MINE, OVERSEERS, door, leading
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table
from kuangan.web.gate.addresses import DayField
from kuangan.web.mines.lists import COLUMNS, data_mark, level_row
from kuangan.web.mines.offered import opening_address
from kuangan.web.mines.readings import is_stale
from kuangan.web.mines.tabs import TAB_CONTENT, MineFile

TABS = {
    "": "概况",
    "faces": "采掘布局",
    "monitoring": "监测",
    "people": "人员",
    "cases": "办件",
    "history": "历史",
}
ALARMING = (
    ("", "全部"),
    ("alarm", "有在办报警"),
    ("silent", "数据中断"),
    ("unplaced", "有未定地点测点"),
    ("stop", "停产整顿（含拟办）"),
)


class MineFilters(Filters):
    q = forms.CharField(label="名称或编码", max_length=60)
    county = forms.ChoiceField(label="县（区）", choices=())
    gas = forms.ChoiceField(label="瓦斯等级", choices=())
    status = forms.ChoiceField(label="状态", choices=())
    only = forms.ChoiceField(label="情形", choices=ALARMING)

    def __init__(self, request: Request, lines: list["ListedMine"]) -> None:
        super().__init__(request)
        self._offer("county", "全部县（区）", {line.line.mine.county.name for line in lines})
        self._offer("gas", "全部等级", {line.attribute("gas_grade") for line in lines})
        self._offer("status", "全部状态", {line.attribute("status") for line in lines})

    def _offer(self, name: str, every: str, values: set[str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *((value, value) for value in sorted(values) if value)]

    def applied(self, lines: list["ListedMine"]) -> list["ListedMine"]:
        """The rows that the filters leave."""
        tests: dict[str, Callable[[ListedMine, str], bool]] = {
            "q": lambda line, text: text in line.line.mine.name or any(text in code for code in line.line.codes),
            "county": lambda line, name: line.line.mine.county.name == name,
            "gas": lambda line, value: line.attribute("gas_grade") == value,
            "status": lambda line, value: line.attribute("status") == value,
            "only": lambda line, value: line.is_case(value),
        }
        wanted = {name: value for name in tests if (value := self.chosen(name))}
        return [line for line in lines if all(tests[name](line, value) for name, value in wanted.items())]


@dataclass(frozen=True)
class ListedMine:
    """One mine of the list with its newest data and its gravest open level."""

    line: MineLine
    live: LiveRow | None
    level: str
    alarms: int
    stale: bool
    stop: Case | None

    def attribute(self, name: str) -> str:
        """A property in words; "" when unknown."""
        return self.line.attribute(name)

    def is_case(self, which: str) -> bool:
        """Whether the row is of the kind that the filter names."""
        return {
            "alarm": self.alarms > 0,
            "silent": self.stale,
            "unplaced": self.line.unplaced > 0,
            "stop": self.stop is not None,
        }[which]


@door(*OVERSEERS)
def mines(request: Request) -> HttpResponse:
    """The mines in sight: those with alarms first, then by code."""
    moment = clock.now()
    lines = _listed_mines(request, moment)
    filters = MineFilters(request, lines)
    wanted = sorted(filters.applied(lines), key=lambda line: (-line.alarms, line.line.mine.code))
    if wants_export(request):
        return export("煤矿名册", COLUMNS, wanted)
    counts = {
        "all": len(lines),
        "alarm": sum(1 for line in lines if line.alarms),
        "silent": sum(1 for line in lines if line.stale),
        "unplaced": sum(1 for line in lines if line.line.unplaced),
        "stop": sum(1 for line in lines if line.stop),
    }
    newest = max((line.live.at for line in lines if line.live and line.live.at), default=None)
    rows_shown = table(
        request,
        COLUMNS,
        wanted,
        filters,
        row=level_row,
        nothing=none_of("煤矿", filters),
        hint=leading(
            request,
            "您的管辖范围内尚未登记煤矿；由系统管理员用城市工作簿登记，或者由监管部门建档。",
            "start",
            "查看启用清单",
        ),
    )
    opening = opening_address(request)
    return show(request, "mines/list.html", table=rows_shown, counts=counts, newest=newest, opening=opening)


def _listed_mines(request: Request, at: datetime) -> list[ListedMine]:
    lines = mine_list(request.user, clock.civil_date(at))
    live = live_rows(request.user, (line.mine.pk for line in lines))
    alarms: dict[int, list[Case]] = defaultdict(list)
    stops: dict[int, Case] = {}
    for case in open_to_count(request.user, Matter.alarm, Matter.halt):
        if _is_alarm(case):
            alarms[case.unit_id].append(case)
        else:
            stops[case.unit_id] = case
    return [
        _listed_mine(line, live.get(line.mine.pk), alarms.get(line.mine.pk, []), stops.get(line.mine.pk), at)
        for line in lines
    ]


def _listed_mine(
    line: MineLine, live: LiveRow | None, alarms: list[Case], stop: Case | None, at: datetime
) -> ListedMine:
    order = ("red", "orange", "yellow", "blue")
    level = min((case.level for case in alarms if case.level in order), key=order.index, default="")
    return ListedMine(line, live, level, len(alarms), is_stale(live, at), stop)


class AsOf(forms.Form):
    """The day as of which the file is shown."""

    on = DayField(required=False, widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))


@door(*OVERSEERS, *MINE)
def mine(request: Request, code: str, tab: str = "") -> HttpResponse:
    """One mine's file; its properties, faces and people as of the chosen day."""
    if tab not in TABS:
        raise Http404
    mine = get_object_or_404(mines_visible_to(request.user), code=code)
    moment = clock.now()
    form = AsOf(request.GET)
    today = clock.civil_date(moment)
    on = (form.cleaned_data["on"] if form.is_valid() else None) or today
    file = MineFile(mine, on, moment, attributes_held(request.user, mine, on))
    context: dict[str, Any] = {
        "mine": mine if on == today else mine_as_of(mine, on),
        "tab": tab,
        "tabs": _tabs_of(mine, "" if on == today else f"?on={on}"),
        "on": on,
        "is_today": on == today,
        "attributes": attributes_text(file.values),
        "aliases": aliases_of(request.user, [mine], on).get(mine.pk),
        **strip_of(request, mine, moment),
        **TAB_CONTENT[tab](request, file),
    }
    return show(request, "mines/mine.html", **context)


def _tabs_of(mine: Mine, query: str) -> list[tuple[str, str, str]]:
    """The tabs of the file: key, label, address with the day that is looked at."""
    addresses = (
        reverse("mine_tab", args=[mine.code, key]) if key else reverse("mine", args=[mine.code]) for key in TABS
    )
    return [(key, label, f"{address}{query}") for (key, label), address in zip(TABS.items(), addresses, strict=True)]


@door(*OVERSEERS, *MINE)
def mine_strip(request: Request, code: str) -> HttpResponse:
    """The live strip of a mine's header, fetched anew when data arrives."""
    mine = get_object_or_404(mines_visible_to(request.user), code=code)
    return show(request, "mines/_strip.html", mine=mine, **strip_of(request, mine, clock.now()))


def strip_of(request: Request, mine: Mine, at: datetime) -> dict[str, Any]:
    """Newest values for the strip: methane, alarms, feed. What no feed delivers is left unknown."""
    live = live_rows(request.user, [mine.pk]).get(mine.pk)
    cases = list(open_to_count(request.user, Matter.alarm, Matter.halt).filter(mine=mine))
    return {
        "live": live,
        "stale": is_stale(live, at),
        "data_mark": data_mark(live, stale=is_stale(live, at), silent="数据中断"),
        "alarms": [case for case in cases if _is_alarm(case)],
        "stopped": next((case for case in cases if not _is_alarm(case)), None),
    }


def _is_alarm(case: Case) -> bool:
    return case.procedure in procedures_of(Matter.alarm)
