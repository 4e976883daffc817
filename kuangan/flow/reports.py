"""Duty reports: the monthly bulletin (履职月报) and the quarterly ranking (季度排名), computed from duties and findings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from kuangan.base.clock import beijing_midnight, civil_date, day_after
from kuangan.base.numerals import date_text
from kuangan.base.period import Period
from kuangan.casework.models import Finding
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.queries import Hold, roles_of
from kuangan.duty.models import Duty
from kuangan.duty.status import Status
from kuangan.flow import credits as credit
from kuangan.flow.board_counts import Counts
from kuangan.flow.board_rows import Window, standing_findings
from kuangan.flow.board_scope import KINDS
from kuangan.flow.duty_rates import TIER_TEXT, TIERS, by_measure, by_unit, fallen, share, summed, tier_of
from kuangan.law.register import tasks
from kuangan.law.role import Role
from kuangan.paper.actions import draft_paper, freeze_paper, revise_paper
from kuangan.paper.models import Paper

LISTED: Final = 40
"""Lines of overdue duties and of breaches that the paper of a bulletin names; the page behind it shows all."""
METHOD: Final = "按本期到期事项的按期完成率由高到低排列；完成率相同的，逾期未办少的在前，再相同的名次并列。免责不计为完成，没有到期事项的不参加排名。"
OFFICES: Final = (UnitKind.city_bureau, UnitKind.city_coal_section, UnitKind.county_bureau)
DRAFTERS: Final = (
    Role.section_head,
    Role.clerk,
    Role.duty_officer,
    Role.enforcement_officer,
    Role.bureau_head,
    Role.bureau_deputy,
)
ISSUERS: Final = (Role.section_head, Role.bureau_head, Role.bureau_deputy)


@dataclass(frozen=True)
class Line:
    """A line of a report: of a unit, a tier, a measure or an area. ``key``: what its door is filtered by."""

    key: str
    name: str
    counts: Counts
    breached: int = 0
    rank: int = 0
    parts: tuple[Counts, ...] = ()

    @property
    def rate(self) -> str:
        """The on-time rate in words."""
        return rate_text(self.counts)

    @property
    def fallen(self) -> int:
        """What has fallen due."""
        return self.counts.due - self.counts.open


@dataclass(frozen=True)
class Bulletin:
    """The figures of a month in an area."""

    area: Unit
    period: Period
    at: datetime
    tiers: tuple[Line, ...]
    units: tuple[Line, ...]
    measures: tuple[Line, ...]
    overdue: tuple[Duty, ...]
    breaches: tuple[Finding, ...]

    @property
    def total(self) -> Counts:
        """All that fell due in the area."""
        return summed(line.counts for line in self.tiers)


@dataclass(frozen=True)
class Ranking:
    """Counties and mines of an area by their on-time rate in a quarter."""

    area: Unit
    period: Period
    at: datetime
    counties: tuple[Line, ...]
    mines: tuple[Line, ...]


def rate_text(counts: Counts) -> str:
    """93.8%; — when nothing has fallen due."""
    rate = share(counts)
    return "—" if rate is None else f"{rate}%"


def bulletin(area: Unit, period: Period, at: datetime) -> Bulletin:
    """The bulletin of an area as known at a moment: what fell due in the period, unit by unit and measure by measure."""
    rows = Duty.objects.filter(path__startswith=area.path)
    units = _units(area)
    counted = by_unit(rows, period.first, period.last, at)
    of_measure = by_measure(rows, period.first, period.last, at)
    breaches = _breaches(area, period, at)
    overdue = fallen(rows, period.first, period.last, at).filter(status=Status.overdue)
    return Bulletin(
        area,
        period,
        at,
        tiers=tuple(_tiers(units, counted)),
        units=tuple(Line(unit.code, unit.name, counted[unit.pk]) for unit in units if unit.pk in counted),
        measures=tuple(
            Line(one.code, one.code, of_measure[one.code])
            for task in tasks()
            for one in task.measures
            if one.code in of_measure
        ),
        overdue=tuple(overdue.select_related("unit").order_by("due_at", "pk")),
        breaches=breaches,
    )


def ranking(area: Unit, period: Period, at: datetime) -> Ranking:
    """Counties (their offices and mines together) and mines, the best on-time rate first."""
    units = _units(area)
    counted = by_unit(Duty.objects.filter(path__startswith=area.path), period.first, period.last, at)
    breached = _breached_by_unit(_breaches(area, period, at))
    mines = [
        Line(unit.code, unit.name, counted.get(unit.pk) or Counts(), breached.get(unit.pk, 0))
        for unit in units
        if unit.kind == UnitKind.mine
    ]
    counties = Unit.objects.filter(kind=UnitKind.county, path__startswith=area.path).order_by("path")
    lines = [_county(county, units, counted, breached) for county in counties]
    return Ranking(area, period, at, ranked(lines if area.kind == UnitKind.city else ()), ranked(mines))


def _county(county: Unit, units: Sequence[Unit], counted: Mapping[int, Counts], breached: Mapping[int, int]) -> Line:
    inside = [unit for unit in units if unit.path.startswith(county.path)]
    mines = summed(counted.get(unit.pk) or Counts() for unit in inside if unit.kind == UnitKind.mine)
    offices = summed(counted.get(unit.pk) or Counts() for unit in inside if unit.kind != UnitKind.mine)
    total = sum(breached.get(unit.pk, 0) for unit in inside)
    return Line(county.code, county.name, summed((offices, mines)), total, parts=(offices, mines))


def ranked(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines with something due in their order; equal ones share a rank and the next rank is left out."""
    comparable = [(line, rate) for line in lines if (rate := share(line.counts)) is not None]
    ordered = sorted(comparable, key=lambda pair: (-pair[1], pair[0].counts.overdue, pair[0].name))
    found: list[Line] = []
    before: tuple[Any, int] | None = None
    for index, (line, rate) in enumerate(ordered, 1):
        place = found[-1].rank if before == (rate, line.counts.overdue) else index
        before = (rate, line.counts.overdue)
        found.append(Line(line.key, line.name, line.counts, line.breached, place, line.parts))
    return tuple(found)


def _units(area: Unit) -> list[Unit]:
    return list(Unit.objects.filter(kind__in=KINDS, path__startswith=area.path).order_by("path"))


def _tiers(units: Sequence[Unit], counted: Mapping[int, Counts]) -> Iterable[Line]:
    for tier in TIERS:
        counts = summed(counted[unit.pk] for unit in units if unit.pk in counted and tier_of(unit.kind) == tier)
        if counts.due:
            yield Line(tier, TIER_TEXT[tier], counts)


def _breaches(area: Unit, period: Period, at: datetime) -> tuple[Finding, ...]:
    found = standing_findings(Window(period, min(at, beijing_midnight(day_after(period.last)))))
    return tuple(found.filter(path__startswith=area.path))


def _breached_by_unit(findings: Iterable[Finding]) -> dict[int, int]:
    found: dict[int, int] = {}
    for each in findings:
        unit_id = each.mine_id or each.unit_id
        if unit_id is not None:
            found[unit_id] = found.get(unit_id, 0) + 1
    return found


def bulletin_fields(found: Bulletin) -> dict[str, Any]:
    """The content of ``corpus/papers/duty_bulletin.typ`` by the figures."""
    total = found.total
    first = f"{found.period.label}，{found.area.name}到期事项{total.due - total.open}项，按期完成{total.met}项"
    rest = f"逾期办结{total.late}项，逾期未办{total.overdue}项，经认可免责{total.excused}项"
    return {
        **_common(found),
        "summary": f"{first}，按期完成率{rate_text(total)}；{rest}。规则认定且尚未改正的违反{len(found.breaches)}项。",
        "tiers": [
            {"tier": line.name, **_numbers(line, "due", "met", "late", "overdue", "excused")} for line in found.tiers
        ]
        or [{"tier": "—", "due": "0", "met": "0", "late": "0", "overdue": "0", "excused": "0", "rate": "—"}],
        "units": [{"unit": line.name, **_numbers(line, "due", "met", "overdue")} for line in found.units],
        "measures": [{"measure": line.name, **_numbers(line, "due", "met", "overdue")} for line in found.measures],
        "overdue": [
            {"unit": duty.unit.name, "title": duty.title, "due_on": last_day_text(duty)}
            for duty in found.overdue[:LISTED]
        ]
        + [{"unit": "", "title": words, "due_on": ""} for words in _rest(len(found.overdue))],
        "breaches": [
            {"unit": each.mine.name if each.mine else each.unit.name if each.unit else "", "reason": each.reason}
            for each in found.breaches[:LISTED]
        ]
        + [{"unit": "", "reason": words} for words in _rest(len(found.breaches))],
        "demands": [],
    }


def _rest(number: int) -> list[str]:
    """The line that stands for what a paper no longer names; none where it names all."""
    return [f"另有{number - LISTED}项，详见平台履职月报页"] if number > LISTED else []


def ranking_fields(found: Ranking) -> dict[str, Any]:
    """The content of ``corpus/papers/duty_ranking.typ`` by the figures."""
    counties = f"{len(found.counties)}个县（区）、" if found.counties else ""
    return {
        **_common(found),
        "method": METHOD,
        "summary": f"{found.period.label}，{found.area.name}{counties}{len(found.mines)}座煤矿参加排名。",
        "counties": [
            {
                "rank": str(line.rank),
                "unit": line.name,
                "rate": line.rate,
                "offices": rate_text(line.parts[0]),
                "mines": rate_text(line.parts[1]),
                "overdue": str(line.counts.overdue),
                "breached": str(line.breached),
            }
            for line in found.counties
        ],
        "mines": [
            {
                "rank": str(line.rank),
                "unit": line.name,
                "breached": str(line.breached),
                **_numbers(line, "due", "overdue"),
            }
            for line in found.mines
        ],
        "demands": [],
    }


def _common(found: Bulletin | Ranking) -> dict[str, str]:
    return {
        "area": found.area.name,
        "period": found.period.label,
        "as_of": date_text(civil_date(found.at)),
    }


def _numbers(line: Line, *names: str) -> dict[str, str]:
    counts = {"due": line.fallen, **{name: getattr(line.counts, name) for name in names if name != "due"}}
    return {**{name: str(counts[name]) for name in names}, "rate": line.rate}


def last_day_text(duty: Duty) -> str:
    """The last day of a duty as papers write it."""
    return date_text(civil_date(duty.due_at - timedelta(microseconds=1)))


@dataclass(frozen=True)
class Kind:
    """A kind of report: its paper, the kind of period it covers, and how it is computed and written."""

    id: str
    title: str
    template: str
    period: str
    figures: Callable[[Unit, Period, datetime], Any]
    fields: Callable[[Any], dict[str, Any]]


KINDS_OF_REPORT: Final = {
    each.id: each
    for each in (
        Kind("bulletin", "履职月报", "duty_bulletin", "month", bulletin, bulletin_fields),
        Kind("ranking", "季度排名", "duty_ranking", "quarter", ranking, ranking_fields),
    )
}


def title_of(kind: Kind, area: Unit, period: Period) -> str:
    """The title of the paper."""
    return f"{area.name}煤矿安全{kind.title.replace('季度', '履职季度')}（{period.label}）"


def office_of(user: User, area: Unit, roles: Sequence[Role], at: datetime) -> Hold | None:
    """The hold by which the user acts for the bureau that reports on an area."""
    holds = (hold for hold in roles_of(user, at) if hold.unit.kind in OFFICES and hold.role in roles)
    return next((hold for hold in holds if hold.unit.scope_path == area.path), None)


@transaction.atomic
def draft_report(*, actor: User, kind: Kind, area: Unit, period: Period, at: datetime) -> Paper:
    """Draft the paper of a report from its figures. Refused: whoever does not work in the area's bureau."""
    hold = office_of(actor, area, DRAFTERS, at)
    if hold is None:
        raise Refused(f"只有{area.name}应急管理部门的人员可以起草本报告。")
    data = kind.fields(kind.figures(area, period, at))
    title = title_of(kind, area, period)
    return draft_paper(
        actor=actor, template=kind.template, data=data, unit=hold.unit, scope=area.path, title=title, at=at
    )


@transaction.atomic
def edit_report(*, actor: User, paper: Paper, summary: str, demands: Sequence[str], at: datetime) -> Paper:
    """Change the words of a draft; its figures stay as computed. Refused: another office, or a paper that is issued."""
    _acting(actor, paper, DRAFTERS, at)
    return revise_paper(
        actor=actor, paper=paper, data={**paper.data, "summary": summary, "demands": list(demands)}, at=at
    )


@transaction.atomic
def issue_report(*, actor: User, paper: Paper, at: datetime) -> Paper:
    """Sign and freeze the paper; it counts for the duty that asks for it. Refused: who is neither section head nor head."""
    hold = _acting(actor, paper, ISSUERS, at)
    frozen = freeze_paper(actor=actor, paper=paper, signer=hold, at=at)
    credit.paper_frozen(frozen, actor, at)
    return frozen


def _acting(actor: User, paper: Paper, roles: Sequence[Role], at: datetime) -> Hold:
    for hold in roles_of(actor, at):
        if hold.unit.pk == paper.unit_id and hold.role in roles:
            return hold
    raise Refused(f"办理《{paper.title}》须担任{paper.unit.name}的{'、'.join(role.label for role in roles)}。")


TEMPLATES: Final = tuple(kind.template for kind in KINDS_OF_REPORT.values())
