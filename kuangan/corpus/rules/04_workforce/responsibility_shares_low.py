"""明责、知责、履责、问责四项比例（任务分工4.1；安全生产法第二十二条第二款）。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.period import Period
from kuangan.corpus.rules._enterprise import idle, moment
from kuangan.corpus.rules._leadership import in_period, last_over
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, newest, number, share
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("work_safety_law", "22.2"), Cite("register", "4.1"))


@dataclass(frozen=True)
class Share:
    """One of the four: how many of how many, in whose figures."""

    key: str
    label: str
    part: int
    whole: int
    source: str = ""

    @property
    def words(self) -> str:
        """The percentage with what it rests on; nothing to be answered for is all answered for."""
        if not self.whole:
            return f"{self.label}：无应处理情形"
        return f"{self.label}{number(share(self.part, self.whole))}%（{self.source}{self.part}/{self.whole}）"

    def is_below(self, on: date) -> bool:
        """Whether it is below the local target; equal is enough."""
        target = local_decimal(f"responsibility_share.{self.key}", on)
        return bool(self.whole) and share(self.part, self.whole) < target


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The four shares of the last month that is over; what the register or the supervisor's own questions say holds over a higher typed figure."""
    resting, today = idle(facts), civil_date(at)
    if resting:
        return resting
    month = last_over("month", today, int(local("leadership.record_days", today).value))
    sheets = newest(in_period(entries_of(facts, "post_assessment"), month), "department")
    if not sheets:
        return Unknown(f"{month.label}没有岗位责任考核记录，不能计算四项比例")
    shares = _shares(facts, sheets, month)
    words = "、".join(part.words for part in shares)
    below = [part for part in shares if part.is_below(month.last)]
    if not below:
        return Clear(f"{month.label}{words}")
    low = "、".join(part.label for part in below)
    reason = f"{month.label}岗位责任{low}比例低于目标：{words}"
    return Breach(reason, tuple(sheet.key for sheet in sheets), CITES, {part.key: part.part for part in shares})


def _shares(facts: LedgerFacts, sheets: Sequence[EntryFact], month: Period) -> tuple[Share, ...]:
    return (
        _lower(_typed("signed", "明责", sheets, "signed", "people"), _registered(facts, month)),
        _lower(_typed("known", "知责", sheets, "passed", "tested"), _asked(facts, month)),
        _typed("fulfilled", "履责", sheets, "qualified", "assessed"),
        _typed("answered", "问责", sheets, "handled", "breaches"),
    )


def _typed(key: str, label: str, sheets: Iterable[EntryFact], part: str, whole: str) -> Share:
    """All departments of the month together, as the mine writes them."""
    entries = list(sheets)
    done, asked = (sum(int(sheet.values[name]) for sheet in entries) for name in (part, whole))
    return Share(key, label, done, asked)


def _registered(facts: LedgerFacts, month: Period) -> Share | None:
    """Signed lists valid on the last day of the month against the staff counted last by then; None: nobody was counted."""
    counts = [count for count in entries_of(facts, "staff_count") if count.on <= month.last]
    if not counts:
        return None
    lists = entries_of(facts, "post_responsibility")
    valid = (kept for kept in lists if kept.on <= month.last and (kept.until is None or kept.until > month.last))
    signed = len({kept.values["employee_number"] for kept in valid})
    total = int(counts[-1].values["total"])
    return Share("signed", "明责", min(signed, total), total, "签订台账")


def _asked(facts: LedgerFacts, month: Period) -> Share | None:
    """Those whom the supervisor asked in the month; None: nobody was asked."""
    checks = in_period(entries_of(facts, "workforce_duty_check"), month)
    asked, answered = (sum(int(visit.values[name]) for visit in checks) for name in ("asked", "answered"))
    return Share("known", "知责", answered, asked, "监管部门抽问") if asked else None


def _lower(typed: Share, counted: Share | None) -> Share:
    """What was counted, where it is lower or the mine has counted nobody."""
    if counted is None or not counted.whole:
        return typed
    if not typed.whole or share(counted.part, counted.whole) < share(typed.part, typed.whole):
        return counted
    return typed


_ALL = {
    "people": 10,
    "signed": 10,
    "tested": 10,
    "passed": 8,
    "assessed": 10,
    "qualified": 9,
    "breaches": 2,
    "handled": 2,
}


def _case(**change: int) -> LedgerFacts:
    sheet = entry("a", "2026-02-28", department="综采一队", **{**_ALL, **change})
    return facts_of({"post_assessment": (sheet,)})


def _with(facts: LedgerFacts, **ledgers: tuple[EntryFact, ...]) -> LedgerFacts:
    return replace(facts, entries={**facts.entries, **ledgers})


def _signed(*people: str) -> tuple[EntryFact, ...]:
    return tuple(entry(f"p{person}", "2026-01-16", employee_number=person) for person in people)


_TWO = (entry("c", "2026-02-28", total=2),)
_AT = moment("2026-03-20T08:00")

RULE = Rule(
    id="responsibility_shares_low",
    title="岗位责任四项比例低于目标",
    measure="4.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("4.1b",),
    about="mine",
    reads=("post_assessment", "post_responsibility", "staff_count", "workforce_duty_check"),
    window_days=92,
    examples=(
        Example("四项均恰为目标", _case(), _AT, Clear),
        Example("明责缺1人", _case(signed=9), _AT, Breach, ("a",)),
        Example("知责低于80%", _case(passed=7), _AT, Breach, ("a",)),
        Example("履责低于90%", _case(qualified=8), _AT, Breach, ("a",)),
        Example("失职1起未处理", _case(handled=1), _AT, Breach, ("a",)),
        Example("没有失职情形", _case(breaches=0, handled=0), _AT, Clear),
        Example(
            "两个区队合计",
            facts_of(
                {
                    "post_assessment": (
                        entry("a", "2026-02-28", department="综采一队", **{**_ALL, "passed": 7}),
                        entry("b", "2026-02-28", department="掘进二队", **{**_ALL, "passed": 9}),
                    )
                }
            ),
            _AT,
            Clear,
        ),
        Example(
            "填报全部签订，签订台账缺1人",
            _with(_case(), post_responsibility=_signed("1"), staff_count=_TWO),
            _AT,
            Breach,
            ("a",),
        ),
        Example(
            "签订台账与填报一致",
            _with(_case(), post_responsibility=_signed("1", "2"), staff_count=_TWO),
            _AT,
            Clear,
        ),
        Example(
            "监管部门抽问10人，7人掌握",
            _with(_case(), workforce_duty_check=(entry("w", "2026-02-10", asked=10, answered=7),)),
            _AT,
            Breach,
            ("a",),
        ),
        Example("登记期限未过，仍看再上月", _case(), moment("2026-03-05T08:00"), Unknown),
        Example("没有考核记录", facts_of({}), _AT, Unknown),
        Example("停产", facts_of({}, status="halted"), _AT, Clear),
    ),
)
