"""综合应急预案未备案、未衔接或者超过评估期限。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, filled_by_keeper, gone, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import deadline
from kuangan.law.topic import EntryFact, LedgerFacts

ORDINANCE = Cite("coal_mine_safety_ordinance", "29.1")
REGULATION = Cite("work_safety_emergency_regulation", "7")
MEASURES = (Cite("emergency_plan_measures", "26.1"), Cite("emergency_plan_measures", "35.2"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the latest comprehensive plan is unfiled after its days, not linked, or due for evaluation.

    Handed in in time it is not the mine that is late (28.1: without an answer it counts as filed). A filing that the mine wrote
    down itself in an earlier release leaves it open.
    """
    if gone(facts):
        return Clear()
    plans = newest(entry for entry in entries_of(facts, "emergency_plan") if entry.values["kind"] == "comprehensive")
    if not plans:
        return Unknown("未登记综合应急预案")
    faults = [Fault(plans[0].key, text) for text in _wrong(plans[0], at)]
    unknown = "备案情况系煤矿自填，未经备案部门确认" if "filed_on" in plans[0].unconfirmed else ""
    return judged("综合应急预案不符合规定", faults, (ORDINANCE, REGULATION, *MEASURES), unknown)


def _wrong(plan: EntryFact, at: datetime) -> list[str]:
    until = _evaluate_until(plan, civil_date(at))
    faults = []
    if not _handed_in(plan) and at >= _file_by(plan):
        faults.append(f"{date_text(plan.on)}公布，未按期备案")
    if not plan.values["linked"]:
        faults.append("未与县级以上政府预案衔接")
    if until < civil_date(at):
        faults.append(f"应于{date_text(until)}前评估，未见评估或者修订")
    return faults


def _handed_in(plan: EntryFact) -> bool:
    return bool({"filed_on", "submitted_on"} & {*plan.values, *plan.unconfirmed})


def _file_by(plan: EntryFact) -> datetime:
    return deadline(local_span("emergency_plan.filing", plan.on), beijing_midnight(plan.on), workdays())


def _evaluate_until(plan: EntryFact, today: date) -> date:
    """Three years after it was published or last evaluated, or the earlier day that the mine set itself."""
    evaluated = plan.values.get("evaluated_on")
    last = evaluated if evaluated is not None and evaluated <= today else plan.on
    own: date = plan.values["evaluate_until"]
    return min(own, local_span("emergency_plan.evaluate_within", last).after(last))


def _facts(kind: str = "comprehensive", *, linked: bool = True, **days: str) -> LedgerFacts:
    values = {"evaluate_until": "2029-03-01", **days}
    dates = {name: date.fromisoformat(day) for name, day in values.items()}
    return facts_of(
        {"emergency_plan": (entry("p", "2026-03-02", values["evaluate_until"], kind=kind, linked=linked, **dates),)}
    )


def _old(published: str, until: str, **days: str) -> LedgerFacts:
    """A plan of an earlier day that was filed at once."""
    given = {"evaluate_until": until, "filed_on": published, **days}
    dates = {name: date.fromisoformat(day) for name, day in given.items()}
    return facts_of({"emergency_plan": (entry("p", published, until, kind="comprehensive", linked=True, **dates),)})


_LAST = datetime(2026, 3, 30, 15, 59, tzinfo=UTC)
_OVER = datetime(2026, 3, 30, 16, 0, tzinfo=UTC)
_SELF_FILLED = facts_of(
    {"emergency_plan": (filled_by_keeper(_facts().entries["emergency_plan"][0], "filed_on", "filing_number"),)}
)

RULE = Rule(
    id="emergency_plan_lapsed",
    title="应急预案未备案或者超过评估期限",
    measure="17.1",
    clauses=("17.1a",),
    topic="ledger",
    about="mine",
    reads=("emergency_plan",),
    window_days=2200,
    check=check,
    cites=(ORDINANCE, REGULATION, *MEASURES),
    examples=(
        Example("第20个工作日24时前未备案", _facts(), _LAST, Clear),
        Example("第20个工作日已过未备案", _facts(), _OVER, Breach, ("p",)),
        Example("已备案", _facts(filed_on="2026-03-20"), _OVER, Clear),
        Example("已报送，备案部门尚未答复", _facts(submitted_on="2026-03-30"), _OVER, Clear),
        Example("备案情况系煤矿自填", _SELF_FILLED, _OVER, Unknown),
        Example("评估期限当日", _facts(filed_on="2026-03-20", evaluate_until="2026-03-30"), _LAST, Clear),
        Example("评估期限次日", _facts(filed_on="2026-03-20", evaluate_until="2026-03-30"), _OVER, Breach, ("p",)),
        Example("B1：2023年12月公布，三年内", _old("2023-12-20", "2026-12-20"), _OVER, Clear),
        Example(
            "B3：填报的评估期限晚于三年，2月29日公布",
            _old("2024-02-29", "2099-12-31"),
            datetime(2027, 2, 28, 2, 0, tzinfo=UTC),
            Clear,
        ),
        Example(
            "B3：填报的评估期限晚于三年，已过三年",
            _old("2024-02-29", "2099-12-31"),
            datetime(2027, 3, 1, 2, 0, tzinfo=UTC),
            Breach,
            ("p",),
        ),
        Example(
            "B3：评估后自评估之日起三年",
            _old("2023-12-20", "2099-12-31", evaluated_on="2026-11-20"),
            datetime(2027, 3, 1, 2, 0, tzinfo=UTC),
            Clear,
        ),
        Example("B1：办法施行前公布的不能判定", _old("2019-08-31", "2099-12-31"), _OVER, Unknown),
        Example("未衔接", _facts(linked=False), _LAST, Breach, ("p",)),
        Example("只有现场处置方案", _facts("on_site", filed_on="2026-03-20"), _LAST, Unknown),
    ),
)
