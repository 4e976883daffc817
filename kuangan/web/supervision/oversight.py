"""督导县区: the city's visits to counties, their scores and findings, and the ranking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from kuangan.base import clock
from kuangan.overview.figures.oversight import Ranked, Visit, quarter_count, ranking, visits_visible_to, year_of
from kuangan.sample.credibility import credibility_of
from kuangan.web.frame.doors import DRAWS, OFFICES, door, has_role
from kuangan.web.frame.lists import export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import link, strong
from kuangan.web.frame.tables import Table, table
from kuangan.web.supervision.lists import VISITS, ranked_columns
from kuangan.web.supervision.sample_lists import percent_of

FROM_LEDGER = "市局在督导台账登记后显示在这里，发现的问题逐条成为县级的整改办件，由市局复查销号。"
NO_COUNTIES = strong("您的管辖范围内没有县（市、区）监管部门")


@door(*OFFICES)
def oversight(request: Request) -> HttpResponse:
    """The ranking of a year and the visits behind it; ``county`` and ``only`` leave some of them."""
    moment = clock.now()
    year = year_of(request.GET.get("year", ""), moment)
    visits = visits_visible_to(request.user, year, moment)
    county, only = request.GET.get("county", ""), request.GET.get("only", "")
    chosen = [visit for visit in visits if county in ("", visit.county.code)]
    if only:
        chosen = [visit for visit in chosen if (visit.late if only == "late" else visit.is_open)]
    if wants_export(request):
        return export(f"督导县区{year.key}", VISITS, chosen)
    ranked = ranking(request.user, visits)
    counties = [ranked_county.county.pk for ranked_county in ranked]
    figures = {key: percent_of(figure) for key, figure in credibility_of(counties, moment).items()}
    filtered = bool(county or only)
    listed = table(
        request,
        VISITS,
        chosen,
        nothing="没有督导记录",
        hint=link(f"?year={year.key}", "显示全部") if filtered else FROM_LEDGER,
    )
    context: dict[str, Any] = {
        "year": year,
        "sees_draws": has_role(request, *DRAWS),
        "last_year": year.first.year - 1,
        "next_year": year.first.year + 1 if year.first.year < clock.civil_date(moment).year else None,
        "ranked": Table(ranked_columns(year, figures), ranked, NO_COUNTIES),
        "table": listed,
        "filtered": filtered,
        "totals": _totals(visits, ranked, moment),
    }
    return show(request, "supervision/oversight.html", **context)


def _totals(visits: Sequence[Visit], ranked: Sequence[Ranked], at: datetime) -> dict[str, int]:
    done, needed = quarter_count(ranked, at)
    return {
        "visits": len(visits),
        "findings": sum(len(visit.findings) for visit in visits),
        "open": sum(1 for visit in visits if visit.is_open),
        "late": sum(1 for visit in visits if visit.late),
        "done": done,
        "needed": needed,
    }
