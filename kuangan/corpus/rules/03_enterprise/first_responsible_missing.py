"""安全生产第一责任人没有登记齐全，或者考核合格证过期。"""

from collections.abc import Iterator
from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged
from kuangan.law.cite import Cite
from kuangan.law.ledger import ledger_by_id
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (
    Cite("coal_mine_safety_ordinance", "4.2"),
    Cite("coal_mine_safety_ordinance", "21.1"),
    Cite("work_safety_law", "27.2"),
)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Each identity has somebody in office, and no certificate on record is over."""
    if gone(facts):
        return Clear()
    return judged("安全生产第一责任人登记不符合规定", _faults(facts, civil_date(at)), CITES)


def _faults(facts: LedgerFacts, today: date) -> Iterator[Fault]:
    serving = [
        responsible
        for responsible in entries_of(facts, "first_responsible")
        if responsible.until is None or responsible.until > today
    ]
    for identity, label in ledger_by_id("first_responsible").field("identity").choices:
        if not any(responsible.values["identity"] == identity for responsible in serving):
            yield Fault("", f"没有登记在任的{label}")
    for responsible in serving:
        until = responsible.values.get("certificate_until")
        if until is not None and until < today:
            yield Fault(
                responsible.key,
                f"{responsible.values['name']}的安全生产知识和管理能力考核合格证于{date_text(until)}到期",
            )


def _person(identity: str, left: str = "", **more: object) -> EntryFact:
    return entry(identity, "2026-01-08", left, identity=identity, name="程例安", **more)


def _case(*people: EntryFact) -> LedgerFacts:
    return facts_of({"first_responsible": people})


_AT = moment("2026-03-10T08:00")
_TWO = (_person("legal_representative"), _person("actual_controller"))
_LAST = date(2026, 3, 10)

RULE = Rule(
    id="first_responsible_missing",
    title="第一责任人登记不齐或者证件过期",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1a",),
    about="mine",
    reads=("first_responsible",),
    window_days=400,
    examples=(
        Example("三种身份均已登记", _case(*_TWO, _person("person_in_charge")), _AT, Clear),
        Example("缺实际负责人", _case(*_TWO), _AT, Breach),
        Example("实际负责人当日离任", _case(*_TWO, _person("person_in_charge", "2026-03-10")), _AT, Breach),
        Example("合格证最后一日", _case(*_TWO, _person("person_in_charge", certificate_until=_LAST)), _AT, Clear),
        Example(
            "合格证过期",
            _case(*_TWO, _person("person_in_charge", certificate_until=_LAST)),
            moment("2026-03-11T00:00"),
            Breach,
            ("person_in_charge",),
        ),
        Example("已关闭", facts_of({}, status="closed"), _AT, Clear),
    ),
)
