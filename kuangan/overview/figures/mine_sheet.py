"""One page about a mine as of any day (一矿一页): what is known by then, and what is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from kuangan.base import clock
from kuangan.base.numerals import duration_text
from kuangan.casework.models import CaseMove, Finding
from kuangan.casework.queries import any_of, cases_visible_to, of_matter
from kuangan.core.models import Tenure, User
from kuangan.core.queries import is_supervised, visible_to
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_case
from kuangan.law.content import procedure, procedures_of
from kuangan.law.procedure import Matter
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import entries_visible_to
from kuangan.mine.models import AttributeName, Mine
from kuangan.mine.queries import attributes_on, attributes_text
from kuangan.monitor.models import Episode

UNKNOWN = "不明"
DAYS = 30
"""How far back over-limits and duties are counted."""
SHOWN = 6
Row = dict[str, str]


@dataclass(frozen=True)
class MineSheet:
    """The page's content, all in words; an empty list or text is not known or did not happen, as its heading says."""

    mine: Mine
    on: date
    facts: Sequence[Row]
    people: Sequence[Row]
    commissioners: Sequence[Row]
    faces: Sequence[Row]
    licences: Sequence[Row]
    findings: Sequence[Row]
    overlimits: Sequence[Row]
    overlimit_count: int
    duties: Sequence[Row]
    stops: Sequence[Row]

    def fields(self) -> dict[str, Any]:
        """The fields of the paper ``mine_sheet``."""
        return {
            "mine": self.mine.name,
            "as_of": _day(self.on),
            "overlimit_count": str(self.overlimit_count),
            **{name: [dict(row) for row in getattr(self, name)] for name in _TABLES},
        }


_TABLES = ("facts", "people", "commissioners", "faces", "licences", "findings", "overlimits", "duties", "stops")


def sheet_of(user: User, mine: Mine, on: date) -> MineSheet:
    """The page of a mine in the user's sight for a day, in some fifteen queries."""
    end = clock.beijing_midnight(clock.day_after(on))
    overs = _overlimits(mine, end)
    return MineSheet(
        mine=mine,
        on=on,
        facts=_facts(mine, on),
        people=_people(mine, on, end),
        commissioners=_commissioners(user, mine, on),
        faces=_faces(mine, on),
        licences=_licences(user, mine, on),
        findings=_findings(user, mine, end),
        overlimits=[_overlimit(one) for one in overs.order_by("-started_at")[:SHOWN]],
        overlimit_count=overs.count(),
        duties=_duties(user, mine, end),
        stops=_stops(user, mine, end),
    )


def _facts(mine: Mine, on: date) -> list[Row]:
    known = attributes_text(attributes_on([mine], on).get(mine.pk, {}))
    fixed = [
        ("煤矿编码", mine.code),
        ("所在县（区）", mine.county.name),
        ("日常监管主体", mine.supervisor.name),
        ("上级公司", mine.company.name if mine.company else ""),
        ("监察机构", mine.inspectorate.name if mine.inspectorate else ""),
        ("值班电话", mine.unit.phone),
    ]
    dated = [(str(AttributeName(name).label), known.get(name, "")) for name in AttributeName.values]
    return [{"label": label, "value": value or UNKNOWN} for label, value in (*fixed, *dated)]


def _people(mine: Mine, on: date, end: datetime) -> list[Row]:
    heads = mine.key_people.filter(from_on__lte=on).filter(Q(to_on__isnull=True) | Q(to_on__gt=on)).order_by("post")
    rows = [
        {"post": one.get_post_display(), "name": one.name, "phone": one.phone or UNKNOWN, "since": _day(one.from_on)}
        for one in heads
    ]
    if rows:
        return rows
    held = Tenure.objects.filter(post__unit=mine.unit, from_at__lt=end).filter(Q(to_at=None) | Q(to_at__gte=end))
    return [
        {
            "post": one.post.title,
            "name": one.person.name,
            "phone": one.person.phone or UNKNOWN,
            "since": _day(clock.civil_date(one.from_at)),
        }
        for one in held.select_related("post", "person").order_by("post__role", "pk")[:SHOWN]
    ]


def _in_force(user: User, mine: Mine, ledger_id: str, on: date) -> QuerySet[Entry]:
    """The entries of a ledger about the mine that hold on a day, the newest first."""
    rows = entries_visible_to(user, ledger_id).filter(mine=mine, on__lte=on)
    return rows.filter(Q(until=None) | Q(until__gte=on)).order_by("-on", "-pk")


def _commissioners(user: User, mine: Mine, on: date) -> list[Row]:
    return [
        {
            "name": str(one.values.get("name", "")) or UNKNOWN,
            "unit": one.unit.name,
            "number": str(one.values.get("order_number", "")) or UNKNOWN,
            "since": _day(one.on),
        }
        for one in _in_force(user, mine, "commissioner_assignment", on).select_related("unit")[:SHOWN]
    ]


def _faces(mine: Mine, on: date) -> list[Row]:
    worked = mine.faces.filter(started_on__lte=on).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    return [
        {"name": one.name, "kind": one.get_kind_display(), "since": _day(one.started_on)}
        for one in worked.order_by("kind", "name")[: SHOWN * 2]
    ]


def _licences(user: User, mine: Mine, on: date) -> list[Row]:
    found = [
        {
            "name": "安全生产许可证",
            "number": str(one.values.get("number", "")) or UNKNOWN,
            "until": _day(one.until) if one.until else UNKNOWN,
        }
        for one in _in_force(user, mine, "safety_licence", on)[:1]
    ]
    held = entries_visible_to(user, "certificate").filter(mine=mine, on__lte=on)
    counts = held.aggregate(every=Count("pk"), valid=Count("pk", filter=Q(until=None) | Q(until__gte=on)))
    if counts["every"]:
        lapsed = counts["every"] - counts["valid"]
        found.append({"name": "人员证件", "number": f"有效{counts['valid']}本", "until": f"过期{lapsed}本"})
    return found


def _findings(user: User, mine: Mine, end: datetime) -> list[Row]:
    """Findings that stood at the end of the day, those revoked later too."""
    seen: QuerySet[Finding] = visible_to(user, Finding.objects.filter(mine=mine, found_at__lt=end))
    standing = seen.filter(Q(revoked_at=None) | Q(revoked_at__gte=end)).order_by("-found_at", "-pk")
    return [{"found_on": _day(clock.civil_date(one.found_at)), "reason": one.reason} for one in standing[:SHOWN]]


def _overlimits(mine: Mine, end: datetime) -> QuerySet[Episode]:
    rows = Episode.objects.filter(mine=mine, started_at__gte=end - timedelta(days=DAYS), started_at__lt=end)
    return rows.filter(withdrawn=False, excluded=False).select_related("point")


def _overlimit(one: Episode) -> Row:
    lasted = duration_text(one.ended_at - one.started_at) if one.ended_at else "未结束"
    return {
        "at": clock.civil(one.started_at).strftime("%m-%d %H:%M"),
        "place": one.point.place_text or one.point.native_code,
        "peak": f"{one.peak:.2f}",
        "lasted": lasted,
    }


def _duties(user: User, mine: Mine, end: datetime) -> list[Row]:
    rows = visible_to(user, Duty.objects.filter(Q(unit=mine.unit) | Q(mine=mine)))
    recent = rows.filter(due_at__gt=end - timedelta(days=DAYS), due_at__lte=end, opened_at__lt=end)
    counted = recent.annotate(status=status_case(end)).order_by().values("status").annotate(count=Count("pk"))
    counts = {row["status"]: row["count"] for row in counted}
    return [{"status": status.label, "count": str(counts[status])} for status in Status if status in counts]


def _stops(user: User, mine: Mine, end: datetime) -> list[Row]:
    """Stops in force at the end of the day: ordered (for the supervised: served), not closed by then."""
    seen = cases_visible_to(user).filter(of_matter(Matter.halt), mine=mine, opened_at__lt=end)
    open_then = seen.filter(Q(closed_at=None) | Q(closed_at__gte=end))
    open_then = open_then.filter(pk__in=_decided(inside=not is_supervised(user)).filter(at__lt=end).values("case"))
    return [{"number": one.number, "title": one.title} for one in open_then.distinct().order_by("opened_at")[:SHOWN]]


def _decided(*, inside: bool) -> QuerySet[CaseMove]:
    """The moves by which a stop came into force; ``inside``: those that its mine does not know of yet, too."""
    laws = [procedure(each) for each in procedures_of(Matter.halt)]
    return CaseMove.objects.filter(
        any_of(
            Q(case__procedure=law.id, target=state)
            for law in laws
            for state in law.states_of("stands")
            if inside or not law.state(state).internal
        )
    )


def _day(day: date) -> str:
    return day.isoformat()
