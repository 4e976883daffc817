"""Rules that find what an inspection left open: findings whose day for rectification has passed, each kind of inspection with its ledger."""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import entry, facts_of, judged, undated, unresolved
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

_AT = datetime(2026, 3, 8, 2, 0, tzinfo=UTC)


def unresolved_rule(rule_id: str, title: str, measure: str, clause: str, *, ledger: str, inspection: str) -> Rule:
    """The rule on findings of ``inspection``, kept in ``ledger``, that stand open after their day; findings without a day leave it open."""
    cites = (Cite("register", measure),)

    def check(facts: LedgerFacts, at: datetime) -> Outcome:
        faults = unresolved(facts, ledger, civil_date(at), inspection)
        unknown = f"{inspection}发现的问题未填写整改期限" if undated(facts, ledger) else ""
        return judged(f"{inspection}发现的问题逾期未整改", faults, cites, unknown)

    return Rule(
        id=rule_id,
        title=title,
        measure=measure,
        clauses=(clause,),
        topic="ledger",
        about="mine",
        reads=(ledger,),
        window_days=400,
        check=check,
        cites=cites,
        examples=_examples(ledger),
    )


def _examples(ledger: str) -> tuple[Example, ...]:
    def facts_with(findings: str = "避灾路线标识缺2处", **days: str) -> LedgerFacts:
        values = {name: date.fromisoformat(day) for name, day in days.items()}
        return facts_of({ledger: (entry("i", "2026-03-03", findings=findings, **values),)})

    return (
        Example("今日到期", facts_with(due_on="2026-03-08"), _AT, Clear),
        Example("昨日到期", facts_with(due_on="2026-03-07"), _AT, Breach, ("i",)),
        Example("已闭环", facts_with(due_on="2026-03-07", closed_on="2026-03-06"), _AT, Clear),
        Example("未发现问题", facts_with("未发现问题"), _AT, Clear),
        Example("未填整改期限", facts_with(), _AT, Unknown),
    )
