"""在岗人员的安全资格证书过期或者未按期复审。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, held_certificates, judged
from kuangan.law.cite import Cite
from kuangan.law.field import PersonName
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

LAW = Cite("work_safety_law", "30.1")
ORDINANCE = (Cite("coal_mine_safety_ordinance", "21.1"), Cite("coal_mine_safety_ordinance", "21.2"))
"""Managers and principals by the first paragraph, workers and special workers by the second."""
KINDS = {
    "principal": "主要负责人考核合格证明",
    "manager": "安全生产管理人员考核合格证明",
    "special": "特种作业操作证",
    "rescue": "救护队员培训合格证",
    "other": "其他证书",
}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the latest certificate of a number on duty has run out or missed its review; the last day still counts.

    A namesake's valid one clears nobody.
    """
    certificates = entries_of(facts, "certificate")
    if gone(facts):
        return Clear()
    if not certificates:
        return Unknown("没有安全资格证书登记")
    today = civil_date(at)
    held = held_certificates(certificates)
    faults = [Fault(entry.key, text) for entry in held if entry.values["on_duty"] and (text := _text(entry, today))]
    return judged("在岗人员证书过期或者逾期未复审", faults, (LAW, *ORDINANCE))


def _text(held: EntryFact, today: date) -> str:
    """What is wrong, without the person's name; empty if nothing is."""
    until, review = held.values["valid_until"], held.values.get("review_due_on")
    name = KINDS[held.values["kind"]] + (f"（{held.values['work_type']}）" if held.values.get("work_type") else "")
    if until < today:
        return f"{name}已于{date_text(until)}到期"
    return f"{name}应于{date_text(review)}前复审" if review and review < today else ""


def _facts(until: str, review: str = "", *, on_duty: bool = True, renewed: bool = False) -> LedgerFacts:
    values: dict[str, object] = {
        "person": "蓝晨",
        "number": "T1404",
        "kind": "special",
        "work_type": "采煤机操作作业",
        "on_duty": on_duty,
    }
    old = entry("o", "2020-03-10", until, **values, valid_until=date.fromisoformat(until), **_review(review))
    new = entry("n", "2026-03-01", "2032-02-28", **values, valid_until=date(2032, 2, 28))
    return facts_of({"certificate": (old, new) if renewed else (old,)})


def _review(day: str) -> dict[str, date]:
    return {"review_due_on": date.fromisoformat(day)} if day else {}


_NAMESAKE = {
    "person": "蓝晨",
    "kind": "special",
    "work_type": "采煤机操作作业",
    "on_duty": True,
    "valid_until": date(2032, 2, 28),
}
_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="certificate_expired",
    title="在岗人员证书过期或者未复审",
    measure="7.2",
    clauses=("7.2a",),
    topic="ledger",
    about="mine",
    reads=("certificate",),
    window_days=2600,
    check=check,
    cites=(LAW, *ORDINANCE),
    examples=(
        Example("今日到期", _facts("2026-03-10"), _AT, Clear),
        Example("昨日到期", _facts("2026-03-09"), _AT, Breach, ("o",)),
        Example("已换证", _facts("2026-03-09", renewed=True), _AT, Clear),
        Example("不在岗", _facts("2026-03-09", on_duty=False), _AT, Clear),
        Example("今日复审到期", _facts("2029-03-09", "2026-03-10"), _AT, Clear),
        Example("昨日复审到期", _facts("2029-03-09", "2026-03-09"), _AT, Breach, ("o",)),
        Example(
            "B17：同名的另一人证书有效",
            facts_of(
                {
                    "certificate": (
                        *_facts("2026-03-09").entries["certificate"],
                        entry("n", "2026-03-01", "2032-02-28", **{**_NAMESAKE, "number": "T1405"}),
                    )
                }
            ),
            _AT,
            Breach,
            ("o",),
        ),
        Example(
            "B17：登记在册的同一人换证，编号不同",
            facts_of(
                {
                    "certificate": tuple(
                        entry(key, "2026-03-01", until, **{**_NAMESAKE, "person": PersonName("蓝晨", 7), **values})
                        for key, until, values in (
                            ("o", "2026-03-09", {"number": "T1404", "valid_until": date(2026, 3, 9)}),
                            ("n", "2032-02-28", {"number": "T1405"}),
                        )
                    )
                }
            ),
            _AT,
            Clear,
        ),
        Example("没有登记", facts_of({}), _AT, Unknown),
    ),
)
