"""What the papers of duty reports say: the fields of their Typst templates, filled from the figures."""

from typing import Any, Final

from kuangan.base.clock import civil_date, last_day
from kuangan.base.numerals import date_text
from kuangan.duty.models import Duty
from kuangan.overview.figures.report_figures import Bulletin, FigureLine, Ranking, rate_text

LISTED: Final = 40
"""Lines of overdue duties and of breaches that the paper of a bulletin names; the page behind it shows all."""
METHOD: Final = "按本期到期事项的按期完成率由高到低排列；完成率相同的，逾期未办少的在前，再相同的名次并列。免责不计为完成，没有到期事项的不参加排名。"


def bulletin_fields(bulletin: Bulletin) -> dict[str, Any]:
    """The content of ``corpus/papers/duty_bulletin.typ`` by the figures."""
    total = bulletin.total
    first = f"{bulletin.period.label}，{bulletin.area.name}到期事项{total.due - total.open}项，按期完成{total.met}项"
    rest = f"逾期办结{total.late}项，逾期未办{total.overdue}项，经认可免责{total.excused}项"
    return {
        **_common(bulletin),
        "summary": f"{first}，按期完成率{rate_text(total)}；{rest}。规则认定且尚未改正的违反{len(bulletin.breaches)}项。",
        "tiers": [
            {"tier": line.name, **_numbers(line, "due", "met", "late", "overdue", "excused")} for line in bulletin.tiers
        ]
        or [{"tier": "—", "due": "0", "met": "0", "late": "0", "overdue": "0", "excused": "0", "rate": "—"}],
        "units": [{"unit": line.name, **_numbers(line, "due", "met", "overdue")} for line in bulletin.units],
        "measures": [{"measure": line.name, **_numbers(line, "due", "met", "overdue")} for line in bulletin.measures],
        "overdue": [
            {"unit": duty.unit.name, "title": duty.title, "due_on": last_day_text(duty)}
            for duty in bulletin.overdue[:LISTED]
        ]
        + [{"unit": "", "title": words, "due_on": ""} for words in _rest(len(bulletin.overdue))],
        "breaches": [
            {
                "unit": breach.mine.name if breach.mine else breach.unit.name if breach.unit else "",
                "reason": breach.reason,
            }
            for breach in bulletin.breaches[:LISTED]
        ]
        + [{"unit": "", "reason": words} for words in _rest(len(bulletin.breaches))],
        "demands": [],
    }


def _rest(number: int) -> list[str]:
    """The line that stands for what a paper no longer names; none where it names all."""
    return [f"另有{number - LISTED}项，详见平台履职月报页"] if number > LISTED else []


def ranking_fields(ranking: Ranking) -> dict[str, Any]:
    """The content of ``corpus/papers/duty_ranking.typ`` by the figures."""
    counties = f"{len(ranking.counties)}个县（区）、" if ranking.counties else ""
    return {
        **_common(ranking),
        "method": METHOD,
        "summary": f"{ranking.period.label}，{ranking.area.name}{counties}{len(ranking.mines)}座煤矿参加排名。",
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
            for line in ranking.counties
        ],
        "mines": [
            {
                "rank": str(line.rank),
                "unit": line.name,
                "breached": str(line.breached),
                **_numbers(line, "due", "overdue"),
            }
            for line in ranking.mines
        ],
        "demands": [],
    }


def _common(figures: Bulletin | Ranking) -> dict[str, str]:
    return {
        "area": figures.area.name,
        "period": figures.period.label,
        "as_of": date_text(civil_date(figures.at)),
    }


def _numbers(line: FigureLine, *names: str) -> dict[str, str]:
    counts = {"due": line.fallen, **{name: getattr(line.counts, name) for name in names if name != "due"}}
    return {**{name: str(counts[name]) for name in names}, "rate": line.rate}


def last_day_text(duty: Duty) -> str:
    """The last day of a duty as papers write it."""
    return date_text(last_day(duty.due_at))
