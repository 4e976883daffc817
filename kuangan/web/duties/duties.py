"""履职: one's own duties, those of one's unit and of the area, as a list or a month; on-time rates by tier."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.db.models import Case, Count, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.urls import reverse

from kuangan.base import clock
from kuangan.base.period import Period, next_period, parse_period, period_of, previous_period
from kuangan.core.models import Unit
from kuangan.core.queries import unit_in_sight, units_visible_to
from kuangan.duty.models import Duty
from kuangan.duty.proof.standing import ended_among, with_lacking
from kuangan.duty.queries import OPEN, duties_visible_to, my_duties
from kuangan.duty.status import Status, in_time, overdue, status_of
from kuangan.law.register import tasks
from kuangan.overview.board.counts import Counts
from kuangan.overview.board.scope import KINDS
from kuangan.overview.figures.duty_rates import TIER_TEXT, TIERS, Trend, due_between, share, trend
from kuangan.web.duties.lists import duty_columns, rate_columns
from kuangan.web.duties.words import ICONS, duty_rows
from kuangan.web.frame.doors import MINE, OVERSEERS, door, holds_of, leading
from kuangan.web.frame.lists import Filters, export, listing, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table
from kuangan.web.gate.addresses import DayField

TABS: Final = (("my", "我的"), ("unit", "本单位"), ("area", "管辖范围"))
STATUSES: Final = (
    ("", "全部状态"),
    ("open", "未办结"),
    ("due", "办理中"),
    ("overdue", "逾期未完成"),
    ("met", "按期完成"),
    ("late", "逾期完成"),
    ("excused", "免责"),
)
RECENT: Final = timedelta(days=92)
"""How far back a list of ended duties goes when no dates are chosen."""
IN_TIME: Final = Q(done_at__lt=F("due_at"), recorded_at__lt=F("grace_at"))


def with_status(status: str, at: datetime) -> Q:
    """Duties of one status now, in terms that their indexes serve."""
    if status in ("due", "overdue"):
        return in_time(at) if status == "due" else overdue(at)
    return {
        "open": OPEN,
        "met": Q(done_at__isnull=False) & IN_TIME,
        "late": Q(done_at__isnull=False) & ~IN_TIME,
        "excused": Q(done_at=None, excused_at__isnull=False),
    }.get(status, Q())


class DutyFilters(Filters):
    q = forms.CharField(label="事项", max_length=60)
    measure = forms.ChoiceField(label="措施", choices=())
    status = forms.ChoiceField(label="状态", choices=STATUSES)
    unit: Any = forms.ModelChoiceField(None, label="单位", empty_label="全部单位", to_field_name="code")
    tier = forms.ChoiceField(label="层级", choices=[("", "全部层级"), *TIER_TEXT.items()])
    since = DayField(label="到期自", widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label="至", widget=forms.DateInput(attrs={"type": "date"}))
    role = forms.CharField(required=False, widget=forms.HiddenInput)
    area = forms.CharField(required=False, widget=forms.HiddenInput)
    tab = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        codes = [(law.code, f"{law.code} {task.title}") for task in tasks() for law in task.measures]
        self._field("measure", forms.ChoiceField).choices = [("", "全部措施"), *codes]
        self.reader = request.user
        self._field("unit", forms.ModelChoiceField).queryset = units_visible_to(request.user, KINDS)

    def _field(self, name: str, kind: Any) -> Any:
        field = self.fields[name]
        assert isinstance(field, kind)
        return field

    def applied(self, duties_left: QuerySet[Duty], at: datetime) -> QuerySet[Duty]:
        """The duties that the filters leave, those due next first; ended ones the newest first."""
        if text := self.chosen("q"):
            duties_left = duties_left.filter(title__icontains=text)
        if code := self.chosen("measure"):
            duties_left = duties_left.filter(measure=code)
        if unit := self.chosen("unit"):
            duties_left = duties_left.filter(unit=unit)
        if tier := self.chosen("tier"):
            duties_left = duties_left.filter(unit__kind__in=TIERS[tier])
        if code := self.chosen("area"):
            area = unit_in_sight(self.reader, code)
            duties_left = duties_left.filter(path__startswith=area.path) if area else duties_left.none()
        if role := self.chosen("role"):
            duties_left = duties_left.filter(role=role)
        status = self.chosen("status") or ""
        duties_left = duties_left.filter(with_status(status, at), cancelled_at=None)
        return self._dated(duties_left, status, at)

    @property
    def recent_only(self) -> bool:
        """Whether the list goes back no further than ``RECENT``, because nobody chose dates or what is open."""
        open_ones = self.chosen("status") in ("open", "due", "overdue")
        return not (open_ones or self.chosen("since") or self.chosen("until"))

    def _dated(self, duties_left: QuerySet[Duty], status: str, at: datetime) -> QuerySet[Duty]:
        since, until = self.chosen("since"), self.chosen("until")
        if self.recent_only:
            duties_left = (
                duties_left.filter(Q(due_at__gt=at - RECENT) | OPEN)
                if not status
                else duties_left.filter(due_at__gt=at - RECENT)
            )
        if since:
            duties_left = duties_left.filter(due_at__gt=clock.beijing_midnight(since))
        if until:
            duties_left = duties_left.filter(due_at__lte=clock.beijing_midnight(clock.day_after(until)))
        if not status:  # what is still owed stands before what was done, whatever its day
            return duties_left.order_by(Case(When(OPEN, then=0), default=1), "due_at", "pk")
        newest_first = status in ("met", "late", "excused")
        return duties_left.order_by("-due_at" if newest_first else "due_at", "pk")


def own_units(request: Request) -> list[Unit]:
    """The units that the person works for."""
    return list({hold.unit.pk: hold.unit for hold in holds_of(request) if not hold.role.administers}.values())


def _rows_of(request: Request, tab: str, at: datetime, ended: Collection[int]) -> QuerySet[Duty]:
    if tab == "my":
        return with_lacking(my_duties(request.user, at), at, ended)
    seen = with_lacking(duties_visible_to(request.user), at)
    return seen.filter(unit__in=own_units(request)) if tab == "unit" else seen


def _tab_of(request: Request) -> str:
    """The tab the address asks for; a link to some unit's duties without one means the area."""
    wanted = request.GET.get("tab", "")
    if wanted in dict(TABS):
        return wanted
    return "area" if request.GET.get("unit") or request.GET.get("tier") else "my"


@door(*OVERSEERS, *MINE)
def duties(request: Request) -> HttpResponse:
    """The list of duties, or the month in which they fall due."""
    moment = clock.now()
    tab = _tab_of(request)
    filters = DutyFilters(request)
    if request.GET.get("view") == "month":
        return _month(request, tab, moment)
    ended = ended_among(my_duties(request.user, moment), moment)
    duties_shown = filters.applied(_rows_of(request, tab, moment, ended), moment)
    if wants_export(request):
        return export("履职事项", duty_columns(moment), duties_shown.iterator())
    page = listing(request, duties_shown, filters)
    said = "您目前没有应办事项，到期前会自动出现" if tab == "my" else "法规和任务分工规定的应办事项到期前自动生成"
    duties_table = Table(
        duty_columns(moment),
        duty_rows(page.rows, moment),
        nothing=none_of("应办事项", filters),
        hint=leading(request, f"{said}；启用日以前不计应办：", "start", "查看启用清单"),
        list=page,
        clear=f"?tab={tab}",
    )
    return show(
        request,
        "duties/list.html",
        table=duties_table,
        tab=tab,
        tabs=TABS,
        counts=_counts(request, moment, ended),
        recent=filters.recent_only,
    )


def _counts(request: Request, at: datetime, ended: Collection[int]) -> list[tuple[str, str, int]]:
    """What presses most among one's own duties: word, address, number."""
    mine = my_duties(request.user, at).order_by().filter(OPEN)
    numbers = mine.aggregate(
        late=Count("pk", filter=overdue(at, ended)),
        week=Count("pk", filter=in_time(at, ended) & Q(due_at__lte=at + timedelta(days=7))),
        all=Count("pk"),
    )
    base = reverse("duties")
    return [
        ("我的：已逾期", f"{base}?tab=my&status=overdue", numbers["late"]),
        ("我的：7日内到期", f"{base}?tab=my&status=due", numbers["week"]),
        ("我的：未办结", f"{base}?tab=my&status=open", numbers["all"]),
    ]


@dataclass(frozen=True)
class Day:
    """A day of the month grid: its duties by their last day."""

    on: date
    inside: bool
    today: bool
    duties: tuple[tuple[Duty, str], ...]
    more: int


DAY_SHOWN: Final = 3


def _month(request: Request, tab: str, at: datetime) -> HttpResponse:
    today = clock.civil_date(at)
    try:
        month = parse_period(request.GET.get("month", "")) if request.GET.get("month") else period_of("month", today)
    except ValueError:
        month = period_of("month", today)
    weeks = _weeks(month)
    ended = ended_among(my_duties(request.user, at), at)
    duties = _rows_of(request, tab, at, ended).filter(due_between(weeks[0][0], weeks[-1][-1]), cancelled_at=None)
    numbers, by_day = _by_day(duties, at)
    grid = [[_day(on, month, today, by_day[on], numbers[on], at) for on in week] for week in weeks]
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": TABS,
        "month": month,
        "grid": grid,
        "counts": _counts(request, at, ended),
    }
    return show(
        request,
        "duties/month.html",
        before=previous_period(month),
        after=next_period(month),
        **context,
    )


def _by_day(duties: QuerySet[Duty], at: datetime) -> tuple[dict[date, int], dict[date, list[Duty]]]:
    """How many duties end on each day, and the first few of each due moment, open ones first; two queries."""
    numbers: dict[date, int] = defaultdict(int)
    for due_at, number in duties.order_by().values_list("due_at").annotate(number=Count("pk")):
        numbers[clock.last_day(due_at)] += number
    first = Window(RowNumber(), partition_by=F("due_at"), order_by=(F("done_at").asc(nulls_first=True), F("pk").asc()))
    shown: dict[date, list[Duty]] = defaultdict(list)
    for duty in duties.annotate(place=first).filter(place__lte=DAY_SHOWN).order_by("due_at", "place"):
        shown[clock.last_day(duty.due_at)].append(duty)
    return numbers, shown


def _weeks(month: Period) -> list[list[date]]:
    first = month.first - timedelta(days=month.first.weekday())
    days = [first + timedelta(days=index) for index in range(42)]
    weeks = [days[index : index + 7] for index in range(0, 42, 7)]
    return [week for week in weeks if week[0] <= month.last]


def _day(on: date, month: Period, today: date, duties_then: list[Duty], number: int, at: datetime) -> Day:
    marked = [(duty, ICONS[status_of(duty, at)]) for duty in duties_then]
    urgent = sorted(marked, key=lambda pair: pair[1] not in (ICONS[Status.overdue], ICONS[Status.due]))
    return Day(on, on in month, on == today, tuple(urgent[:DAY_SHOWN]), max(number - DAY_SHOWN, 0))


@dataclass(frozen=True)
class RateCell:
    """One tier's rate in one month with the doors to its rows."""

    counts: Counts
    share: str
    address: str
    overdue_address: str


@door(*OVERSEERS, *MINE)
def duty_rates(request: Request) -> HttpResponse:
    """On-time rates by tier in the last twelve months; every figure opens its rows."""
    moment = clock.now()
    shown = trend(duties_visible_to(request.user).order_by(), clock.civil_date(moment), moment)
    tiers = [tier for tier in TIERS if any(shown.of(tier, month).due for month in shown.months)]
    table = [(month, [_rate(tier, month, shown.of(tier, month)) for tier in tiers]) for month in reversed(shown.months)]
    series = {
        "months": [month.key for month in shown.months],
        "series": [{"name": TIER_TEXT[tier], "values": _shares(shown, tier)} for tier in tiers],
    }
    names = [TIER_TEXT[tier] for tier in tiers]
    rates = Table(rate_columns(names), table)
    return show(request, "duties/rates.html", tiers=names, table=rates, series=json.dumps(series))


def _shares(shown: Trend, tier: str) -> list[float | None]:
    rates = (share(shown.of(tier, month)) for month in shown.months)
    return [None if rate is None else float(rate) for rate in rates]


def _rate(tier: str, month: Period, counts: Counts) -> RateCell:
    rate = share(counts)
    base = f"{reverse('duties')}?tab=area&tier={tier}&since={month.first}&until={month.last}"
    return RateCell(counts, "—" if rate is None else f"{rate}%", base, f"{base}&status=overdue")
