"""同一煤矿一周内瓦斯超限2次及以上，责令停产整顿至少3天（任务分工10.4）。"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kuangan.base.clock import civil, civil_date
from kuangan.base.numerals import chinese_number, moment_text
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_span
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import GasFacts, Overlimit

REGISTER = Cite("register", "10.4")


def check(facts: GasFacts, at: datetime) -> Outcome:
    """Whether the confirmed over-limit makes the second (or a later) one within the week.

    Runs over every window that contains the confirmed one; both readings of "week" are computed and
    ``week_rule.mode`` decides. Cases a closed order rests on are used up.
    """
    confirmed = next(o for o in facts.overlimits if o.key == facts.confirmed)
    day = civil_date(confirmed.started_at)
    least = int(local("week_rule.min_times", day).value)
    causes = local("week_rule.causes", day).value
    possible = [
        o for o in facts.overlimits if o.verdict != "not_real" and o.relied_on != "closed" and _counts(o, causes)
    ]
    counted = [o for o in possible if o.verdict == "confirmed"]
    mode = local("week_rule.mode", day).value
    found = {name: _within(name, confirmed, counted, least, day) for name in ("rolling", "calendar")}
    hits = found[mode]
    numbers = {"mode": mode, "rolling": len(found["rolling"]), "calendar": len(found["calendar"]), "times": len(hits)}
    if hits:
        return Found(_reason(hits, least), tuple(o.key for o in hits), (REGISTER,), numbers)
    if _within(mode, confirmed, possible, least, day):
        return Unknown("一周内另有报警尚未核实，核实为真实超限后将达到停产整顿条件")
    return Clear()


def _counts(overlimit: Overlimit, causes: list[str]) -> bool:
    return ("planned" if overlimit.planned else "real") in causes


def _within(mode: str, confirmed: Overlimit, cases: list[Overlimit], least: int, day: date) -> list[Overlimit]:
    groups = _calendar_week(confirmed, cases) if mode == "calendar" else _windows(confirmed, cases, day)
    keys = {o.key for group in groups if len(group) >= least for o in group}
    return sorted((o for o in cases if o.key in keys), key=lambda o: o.started_at)


def _windows(confirmed: Overlimit, cases: list[Overlimit], day: date) -> list[list[Overlimit]]:
    window = local_span("week_rule.window", day).length
    starts = [o.started_at for o in cases if o.started_at <= confirmed.started_at <= o.started_at + window]
    return [[o for o in cases if start <= o.started_at <= start + window] for start in starts]


def _calendar_week(confirmed: Overlimit, cases: list[Overlimit]) -> list[list[Overlimit]]:
    week = civil(confirmed.started_at).isocalendar()[:2]
    return [[o for o in cases if civil(o.started_at).isocalendar()[:2] == week]]


def _reason(hits: list[Overlimit], least: int) -> str:
    listed = "；".join(f"{moment_text(o.started_at)}{o.place}瓦斯浓度最高{o.peak}%" for o in hits)
    return f"该矿一周内发生经核实的瓦斯超限{len(hits)}次（{listed}），达到一周内{chinese_number(least)}次及以上的情形"


def _facts(*others: tuple[float, str, str], planned: bool = False) -> GasFacts:
    """The confirmed one (key ``c``) at the base moment, others at an offset in seconds with verdict and reliance."""
    base = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    rows = [Overlimit("c", base, Decimal("1.12"), "1301工作面上隅角", "confirmed", planned=planned)]
    for index, (offset, verdict, relied_on) in enumerate(others):
        moment = base + timedelta(seconds=offset)
        rows.append(Overlimit(f"o{index}", moment, Decimal("1.05"), "1301工作面回风", verdict, relied_on))  # type: ignore[arg-type]
    return GasFacts("示例煤矿", "c", tuple(rows))


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
        Example("两次恰隔168小时，计入", _facts((-_WEEK, "confirmed", "")), _AT, Found, ("o0", "c")),
        Example("两次相隔168小时零1秒，不计", _facts((-_WEEK - 1, "confirmed", "")), _AT, Clear),
        Example("后发的先核实，先发的后核实，仍成对", _facts((3600.0, "confirmed", "")), _AT, Found, ("c", "o0")),
        Example("核实为标校的不计", _facts((-3600.0, "not_real", "")), _AT, Clear),
        Example(
            "计划性超限是否计入由地方值定（默认不计）", _facts((-3600.0, "confirmed", ""), planned=True), _AT, Clear
        ),
        Example("另一起尚未核实", _facts((-3600.0, "pending", "")), _AT, Unknown),
        Example("已据以作出且办结决定的不再计", _facts((-3600.0, "confirmed", "closed")), _AT, Clear),
        Example(
            "正在办理的决定所依据的仍成对（并入）", _facts((-3600.0, "confirmed", "open")), _AT, Found, ("o0", "c")
        ),
        Example(
            "前后各一次均在一周内，三次一并列明",
            _facts((-100 * 3600.0, "confirmed", ""), (100 * 3600.0, "confirmed", "")),
            _AT,
            Found,
            ("o0", "c", "o1"),
        ),
    ),
)
