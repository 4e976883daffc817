"""煤矿安全监管执法力量未配齐配强（任务分工1.1）。"""

from datetime import datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon, unit_facts, valid_on
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, judged, number, share
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "1.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Posts unfilled, too few professionals, too few full-time people for the mines, by the newest approved posts."""
    today = civil_date(at)
    approved = valid_on(entries_of(facts, "enforcement_post"), today)
    if not approved:
        return Unknown("监管执法岗位未核定，或者核定已过期")
    post = approved[-1]
    staff = valid_on(entries_of(facts, "enforcement_staff"), today)
    full_time = sum(bool(entry.values["full_time"]) for entry in staff)
    professional = sum(entry.values["profession"] != "other" for entry in staff)
    needed = local_decimal("staffing.people_per_mine", today) * post.values["mines"]
    least = local_decimal("staffing.professional_share", today)
    faults = []
    if len(staff) < post.values["posts"]:
        faults.append(Fault(post.key, f"核定岗位{post.values['posts']}个，在岗{len(staff)}人"))
    if Decimal(full_time) < needed:
        faults.append(
            Fault(post.key, f"日常监管煤矿{post.values['mines']}座，应有专职人员{number(needed)}人，实有{full_time}人")
        )
    if staff and share(professional, len(staff)) < least:
        part = number(share(professional, len(staff)))
        faults.append(Fault(post.key, f"专业人员占{part}%，低于{number(least)}%"))
    return judged("煤矿安全监管执法力量未配齐配强", faults, (REGISTER,))


def _facts(professions: str, *, posts: int = 4, mines: int = 4, full_time: bool = True) -> LedgerFacts:
    """One person a letter: m mining, o of another profession."""
    words = {"m": "mining", "o": "other"}
    staff = tuple(
        entry(f"s{index}", "2025-01-01", profession=words[profession], full_time=full_time)
        for index, profession in enumerate(professions)
    )
    post = entry("p", "2026-01-15", "2027-01-14", posts=posts, mines=mines)
    return unit_facts("140423-government", enforcement_post=(post,), enforcement_staff=staff)


_AT = noon("2026-06-01")

RULE = Rule(
    id="staffing_gap",
    title="监管执法力量未配齐配强",
    measure="1.1",
    clauses=("1.1b",),
    topic="ledger",
    about="county_government",
    reads=("enforcement_post", "enforcement_staff"),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("岗位满员，专业人员恰为四分之三", _facts("mmmo"), _AT, Clear),
        Example("缺一个岗位", _facts("mmm", mines=3), _AT, Breach, ("p",)),
        Example("专业人员低于比例", _facts("mmoo"), _AT, Breach, ("p",)),
        Example("人数恰等于煤矿数", _facts("mmmm"), _AT, Clear),
        Example("煤矿多于专职人员", _facts("mmmm", mines=5), _AT, Breach, ("p",)),
        Example("全部兼职", _facts("mmmm", full_time=False), _AT, Breach, ("p",)),
        Example("核定末日仍有效", _facts("mmmm"), noon("2027-01-14"), Clear),
        Example("核定已过期", _facts("mmmm"), noon("2027-01-15"), Unknown),
    ),
)
