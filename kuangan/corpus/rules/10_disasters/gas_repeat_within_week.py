"""同一煤矿一周内瓦斯超限2次及以上，责令停产整顿至少3天（任务分工10.4）。"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kuangan.base.clock import civil, civil_date
from kuangan.base.numerals import chinese_number, moment_text
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import GasFacts, Overlimit, Reliance

REGISTER = Cite("register", "10.4")
Window = tuple[Overlimit, ...]
Moment = Callable[[Overlimit], datetime]
CONFIRMED = "confirmed_at"
"""The local value by which an over-limit counts when it was verified, not when it began."""


def check(facts: GasFacts, at: datetime) -> Outcome:
    """Whether the confirmed over-limit makes the second (or a later) one within a week.

    Looks at every week that contains the confirmed one. What is stated is the fullest of them; a further week that reaches the number
    with another over-limit is listed as such. Both readings of "week" are computed, ``week_rule.mode`` decides.
    """
    confirmed = next(o for o in facts.overlimits if o.key == facts.confirmed)
    day = civil_date(confirmed.started_at)
    least = int(local("week_rule.min_times", day).value)
    possible = _possible(facts, day)
    if confirmed not in possible:
        return Clear()
    counted = [o for o in possible if o.verdict == "confirmed"]
    mode, moment = local("week_rule.mode", day).value, _moment(day, at)
    weeks_by_mode = {name: _weeks(name, confirmed, counted, least, moment) for name in ("rolling", "calendar")}
    weeks = weeks_by_mode[mode]
    if weeks:
        hits = {o.key: o for week in weeks for o in week}.values()
        used = tuple(o.key for o in sorted(hits, key=moment))
        counts = {name: len(reached[0]) if reached else 0 for name, reached in weeks_by_mode.items()}
        numbers = {"mode": mode, **counts, "times": len(weeks[0]), "least_days": _least_days(day)}
        return Breach(_reason(weeks, least, day), used, (REGISTER,), numbers)
    if _weeks(mode, confirmed, possible, least, moment):
        return Unknown("一周内另有报警尚未核实，核实为真实超限后将达到停产整顿条件")
    return Clear()


def _possible(facts: GasFacts, day: date) -> list[Overlimit]:
    """What counts or may yet: of the causes that count; not what an ended stop rested on where the local value says it is used up.

    Nor what never reached the set-point from which on an over-limit counts.
    """
    causes = local("week_rule.causes", day).value
    used_up = local("week_rule.after_stop", day).value == "used_up"
    return [
        o
        for o in facts.overlimits
        if o.verdict != "not_real"
        and ("planned" if o.planned else "real") in causes
        and not (used_up and o.relied_on == "closed")
        and not (o.uncut and _from_cut(day))
    ]


def _from_cut(day: date) -> bool:
    """Whether an over-limit begins only when the power-off set-point is reached, where there is one."""
    return bool(local("episode.begins_at", day).value == "power_off")


def _by_confirmation(day: date) -> bool:
    return bool(local("week_rule.counts_from", day).value == CONFIRMED)


def _moment(day: date, at: datetime) -> Moment:
    """By which of its moments an over-limit is counted; one that waits is verified now at the earliest."""

    def began(o: Overlimit) -> datetime:
        return o.cut_at or o.started_at if _from_cut(day) else o.started_at

    def verified(o: Overlimit) -> datetime:
        return at if o.verdict == "pending" else o.confirmed_at or began(o)

    return verified if _by_confirmation(day) else began


def _least_days(day: date) -> int:
    """The least length of the stop in days, each begun one counted in full."""
    return -(-local_span("suspension.floor", day).length // timedelta(days=1))


def _weeks(mode: str, confirmed: Overlimit, cases: list[Overlimit], least: int, moment: Moment) -> list[Window]:
    """The weeks with the confirmed one that reach the number, each adding something to those before it; the fullest, then earliest, first.

    A week of which every over-limit was ordered upon already, and production resumed since, is not ordered upon again.
    """
    day = civil_date(confirmed.started_at)
    groups = _calendar_week(confirmed, cases, moment) if mode == "calendar" else _windows(confirmed, cases, moment, day)
    ordered = [tuple(sorted(group, key=moment)) for group in groups if len(group) >= least]
    ordered = [week for week in ordered if any(o.relied_on != "closed" for o in week)]
    ordered.sort(key=lambda week: (-len(week), moment(week[0])))
    kept: list[Window] = []
    for week in ordered:
        seen = {o.key for earlier in kept for o in earlier}
        if any(o.key not in seen for o in week):
            kept.append(week)
    return kept


def _windows(confirmed: Overlimit, cases: list[Overlimit], moment: Moment, day: date) -> list[list[Overlimit]]:
    window = local_span("week_rule.window", day).length
    starts = [moment(o) for o in cases if moment(o) <= moment(confirmed) <= moment(o) + window]
    return [[o for o in cases if start <= moment(o) <= start + window] for start in starts]


def _calendar_week(confirmed: Overlimit, cases: list[Overlimit], moment: Moment) -> list[list[Overlimit]]:
    week = civil(moment(confirmed)).isocalendar()[:2]
    return [[o for o in cases if civil(moment(o)).isocalendar()[:2] == week]]


def _reason(weeks: Sequence[Window], least: int, day: date) -> str:
    fullest, *further = weeks
    how = "（按核实确认时间计）" if _by_confirmation(day) else ""
    what = f"该矿一周内{how}发生{_counted(fullest, day)}，达到一周内{chinese_number(least)}次及以上的情形"
    more = "".join(f"；在另一个一周内{how}发生{_counted(week, day)}" for week in further)
    return what + more


def _listed(o: Overlimit, day: date) -> str:
    """When it began, or reached what counts, where, how high; when it was verified, where that counts."""
    since = o.cut_at if _from_cut(day) and o.cut_at else o.started_at
    counted = moment_text(o.confirmed_at) if _by_confirmation(day) and o.confirmed_at else ""
    if o.presumed:
        how = f"，于{counted}推定真实（逾期未核实）" if counted else "，逾期未核实，推定真实"
    else:
        how = f"，{counted}确认" if counted else ""
        how = f"，于{counted}推定真实，后经核实确认" if counted and o.presumed_first else how
    return f"{moment_text(since)}{o.place}瓦斯浓度最高{o.peak}%{how}"


def _counted(week: Window, day: date) -> str:
    """How many, and which; what nobody verified is said to be presumed."""
    listed = "；".join(_listed(o, day) for o in week)
    presumed = sum(o.presumed for o in week)
    if not presumed:
        return f"经核实的瓦斯超限{len(week)}次（{listed}）"
    return f"瓦斯超限{len(week)}次，其中{presumed}次逾期未核实、推定真实（{listed}）"


def _facts(*others: tuple[float, str, str], planned: bool = False, itself: Reliance = "") -> GasFacts:
    """The confirmed one (key ``c``) at the base moment, others at an offset in seconds with verdict and reliance."""
    base = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    overlimits = [Overlimit("c", base, Decimal("1.12"), "1301工作面上隅角", "confirmed", itself, planned)]
    for index, (offset, verdict, relied_on) in enumerate(others):
        moment = base + timedelta(seconds=offset)
        overlimits.append(Overlimit(f"o{index}", moment, Decimal("1.05"), "1301工作面回风", verdict, relied_on))  # type: ignore[arg-type]
    return GasFacts("示例煤矿", "c", tuple(overlimits))


_AT = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
_WEEK = 168 * 3600.0

RULE = Rule(
    id="gas_repeat_within_week",
    title="一周内瓦斯超限2次及以上",
    measure="10.4",
    clauses=("10.4",),
    topic="overlimit_confirmed",
    check=check,
    cites=(REGISTER,),
    procedure="suspension",
    examples=(
        Example("仅一次", _facts(), _AT, Clear),
        Example("两次恰隔168小时，计入", _facts((-_WEEK, "confirmed", "")), _AT, Breach, ("o0", "c")),
        Example("两次相隔168小时零1秒，不计", _facts((-_WEEK - 1, "confirmed", "")), _AT, Clear),
        Example("后发的先核实，先发的后核实，仍成对", _facts((3600.0, "confirmed", "")), _AT, Breach, ("c", "o0")),
        Example("核实为标校的不计", _facts((-3600.0, "not_real", "")), _AT, Clear),
        Example(
            "计划性超限是否计入由地方值定（默认不计）", _facts((-3600.0, "confirmed", ""), planned=True), _AT, Clear
        ),
        Example("另一起尚未核实", _facts((-3600.0, "pending", "")), _AT, Unknown),
        Example(
            "两次均已据以作出决定并已复产的，不重复作出",
            _facts((-3600.0, "confirmed", "closed"), itself="closed"),
            _AT,
            Clear,
        ),
        Example("已据以作出决定并已复产的仍计入", _facts((-3600.0, "confirmed", "closed")), _AT, Breach, ("o0", "c")),
        Example(
            "正在办理的决定所依据的仍成对（并入）", _facts((-3600.0, "confirmed", "open")), _AT, Breach, ("o0", "c")
        ),
        Example(
            "前后各一次、前后之间超过一周：最满的一周为2次，另一次列为另一个一周",
            _facts((-100 * 3600.0, "confirmed", ""), (100 * 3600.0, "confirmed", "")),
            _AT,
            Breach,
            ("o0", "c", "o1"),
        ),
        Example(
            "前后三次同在一周内",
            _facts((-84 * 3600.0, "confirmed", ""), (84 * 3600.0, "confirmed", "")),
            _AT,
            Breach,
            ("o0", "c", "o1"),
        ),
    ),
)
