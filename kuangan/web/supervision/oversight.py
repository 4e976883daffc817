"""督导县区: the city's visits to counties, their scores and findings, and the ranking."""

from typing import Any

from django.http import HttpResponse

from kuangan.base import clock
from kuangan.law.ledger import ledger
from kuangan.overview.figures.oversight import LEDGER, quarter_count, ranking, visits_visible_to, year_of
from kuangan.sample.credibility import credibility_of
from kuangan.web.frame.doors import DRAWS, OFFICES, door, has_role
from kuangan.web.frame.lists import Column, export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.supervision.sample_lists import percent_of

METHODS = dict(ledger(LEDGER).field("method").choices)
COLUMNS = (
    Column("督导日期", lambda visit: visit.entry.on),
    Column("被督导单位", lambda visit: visit.county.name, 28),
    Column("方式", lambda visit: METHODS[visit.method]),
    Column("评分", lambda visit: visit.score),
    Column("发现问题", lambda visit: "\n".join(visit.findings), 50),
    Column("整改期限", lambda visit: visit.due_on),
    Column("完成日期", lambda visit: visit.closed_on),
)


@door(*OFFICES)
def oversight(request: Request) -> HttpResponse:
    """The ranking of a year and the visits behind it; ``county`` and ``only`` leave some of them."""
    moment = clock.now()
    year = year_of(request.GET.get("year", ""), moment)
    visits = visits_visible_to(request.user, year, moment)
    county, only = request.GET.get("county", ""), request.GET.get("only", "")
    shown = [visit for visit in visits if county in ("", visit.county.code)]
    if only:
        shown = [visit for visit in shown if (visit.late if only == "late" else visit.is_open)]
    if wants_export(request):
        return export(f"督导县区{year.key}", COLUMNS, shown)
    ranked = ranking(request.user, visits)
    counties = [row.county.pk for row in ranked]
    done, needed = quarter_count(visits, moment)
    context: dict[str, Any] = {
        "year": year,
        "sees_draws": has_role(request, *DRAWS),
        "last_year": year.first.year - 1,
        "next_year": year.first.year + 1 if year.first.year < clock.civil_date(moment).year else None,
        "ranked": ranked,
        "figures": {key: percent_of(figure) for key, figure in credibility_of(counties, moment).items()},
        "visits": shown,
        "filtered": bool(county or only),
        "totals": {
            "visits": len(visits),
            "findings": sum(len(visit.findings) for visit in visits),
            "open": sum(1 for visit in visits if visit.is_open),
            "late": sum(1 for visit in visits if visit.late),
            "done": done,
            "needed": needed,
        },
        "methods": METHODS,
    }
    return show(request, "supervision/oversight.html", **context)
