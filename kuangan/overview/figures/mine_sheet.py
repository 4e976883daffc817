"""One page about a mine as of any day (一矿一页): what is known by then, and what is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from kuangan.base import clock
from kuangan.base.numerals import duration_text
from kuangan.casework.queries import cases_visible_to, of_matter
from kuangan.core.models import User
from kuangan.core.values.kinds import name_text
from kuangan.duty.status import Status, status_case
from kuangan.law.procedure import Matter
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import entries_visible_to
from kuangan.mine.models import AttributeName, Mine
from kuangan.mine.queries import attributes_on, attributes_text, faces_on, key_people_on, mine_as_of
from kuangan.monitor.models import Episode
from kuangan.overview.queries.ledgers import in_force_on
from kuangan.overview.queries.mines import (
    duties_about,
    findings_standing,
    overlimits_between,
    posts_held,
    stops_decided,
)

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
            **{name: [dict(line) for line in getattr(self, name)] for name in _TABLES},
        }


_TABLES = ("facts", "people", "commissioners", "faces", "licences", "findings", "overlimits", "duties", "stops")


def sheet_of(user: User, mine: Mine, on: date) -> MineSheet:
    """The page of a mine in the user's sight for a day, in some fifteen queries."""
    end = clock.beijing_midnight(clock.day_after(on))
    overs = overlimits_between(user, mine, end - timedelta(days=DAYS), end)
    shown = list(overs[:SHOWN])
    then = mine if on == clock.civil_date(clock.now()) else mine_as_of(mine, on)
    return MineSheet(
        mine=then,
        on=on,
        facts=_facts(then, on),
        people=_people(user, mine, on, end),
        commissioners=_commissioners(user, mine, on),
        faces=_faces(user, mine, on),
        licences=_licences(user, mine, on),
        findings=_findings(user, mine, end),
        overlimits=[_overlimit(over) for over in shown],
        overlimit_count=overs.count() if len(shown) == SHOWN else len(shown),
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


def _people(user: User, mine: Mine, on: date, end: datetime) -> list[Row]:
    people = [
        {
            "post": key_person.get_post_display(),
            "name": key_person.name,
            "phone": key_person.phone or UNKNOWN,
            "since": _day(key_person.from_on),
        }
        for key_person in key_people_on(user, mine, on)
    ]
    if people:
        return people
    return [
        {
            "post": title,
            "name": name,
            "phone": phone or UNKNOWN,
            "since": _day(clock.civil_date(from_at)),
        }
        for title, name, phone, from_at in posts_held(user, mine, end)[:SHOWN]
    ]


def _in_force(user: User, mine: Mine, ledger_id: str, on: date) -> QuerySet[Entry]:
    """The entries of a ledger about the mine that hold on a day, the newest first."""
    entries = entries_visible_to(user, ledger_id).filter(mine=mine)
    return entries.filter(in_force_on(on)).order_by("-on", "-pk")


def _commissioners(user: User, mine: Mine, on: date) -> list[Row]:
    assignments = _in_force(user, mine, "commissioner_assignment", on)
    return [
        {
            "name": name_text(values.get("name")) or UNKNOWN,
            "unit": unit,
            "number": str(values.get("order_number", "")) or UNKNOWN,
            "since": _day(since),
        }
        for values, unit, since in assignments.values_list("values", "unit__name", "on")[:SHOWN]
    ]


def _faces(user: User, mine: Mine, on: date) -> list[Row]:
    return [
        {"name": face.name, "kind": face.get_kind_display(), "since": _day(face.started_on) if face.started_on else ""}
        for face in faces_on(user, mine, on).only("name", "kind", "started_on").select_related(None)[: SHOWN * 2]
    ]


def _licences(user: User, mine: Mine, on: date) -> list[Row]:
    licences = [
        {
            "name": "安全生产许可证",
            "number": str(values.get("number", "")) or UNKNOWN,
            "until": _day(until) if until else UNKNOWN,
        }
        for values, until in _in_force(user, mine, "safety_licence", on).values_list("values", "until")[:1]
    ]
    held = entries_visible_to(user, "certificate").filter(mine=mine, on__lte=on)
    counts = held.aggregate(every=Count("pk"), valid=Count("pk", filter=Q(until=None) | Q(until__gte=on)))
    if counts["every"]:
        lapsed = counts["every"] - counts["valid"]
        licences.append({"name": "人员证件", "number": f"有效{counts['valid']}本", "until": f"过期{lapsed}本"})
    return licences


def _findings(user: User, mine: Mine, end: datetime) -> list[Row]:
    """Findings that stood at the end of the day, those revoked later too."""
    standing = findings_standing(user, mine, end).values_list("found_at", "reason")
    return [{"found_on": _day(clock.civil_date(found_at)), "reason": reason} for found_at, reason in standing[:SHOWN]]


def _overlimit(episode: Episode) -> Row:
    lasted = duration_text(episode.ended_at - episode.started_at) if episode.ended_at else "未结束"
    return {
        "at": clock.civil(episode.started_at).strftime("%m-%d %H:%M"),
        "place": episode.point.place_text or episode.point.native_code,
        "peak": f"{episode.peak:.2f}",
        "lasted": lasted,
    }


def _duties(user: User, mine: Mine, end: datetime) -> list[Row]:
    duties = duties_about(user, mine)
    recent = duties.filter(due_at__gt=end - timedelta(days=DAYS), due_at__lte=end, opened_at__lt=end)
    counted = recent.annotate(status=status_case(end)).order_by().values("status").annotate(count=Count("pk"))
    counts = {counted_status["status"]: counted_status["count"] for counted_status in counted}
    return [{"status": status.label, "count": str(counts[status])} for status in Status if status in counts]


def _stops(user: User, mine: Mine, end: datetime) -> list[Row]:
    """Stops in force at the end of the day: ordered (for the supervised: served), not closed by then."""
    seen = cases_visible_to(user).filter(of_matter(Matter.halt), mine=mine, opened_at__lt=end)
    open_then = seen.filter(Q(closed_at=None) | Q(closed_at__gte=end))
    open_then = open_then.filter(pk__in=stops_decided(user, end).values("case"))
    stops = open_then.select_related(None).order_by("opened_at").values_list("number", "title")
    return [{"number": number, "title": title} for number, title in stops[:SHOWN]]


def _day(day: date) -> str:
    return day.isoformat()
