"""在岗人员证书临近到期或者复审，尚未报名换证、复审。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, held_certificates, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

PROVISIONS = Cite("special_work_training_provisions")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a certificate of somebody on duty ends within the notice and nothing was arranged.

    Those that have run out already are another rule's.
    """
    certificates = entries_of(facts, "certificate")
    if gone(facts):
        return Clear()
    if not certificates:
        return Unknown("没有安全资格证书登记")
    today = civil_date(at)
    last = local_span("training.expiry_notice", today).after(today)
    held = [entry for entry in held_certificates(certificates) if entry.values["on_duty"]]
    faults = [
        Fault(entry.key, f"证书应于{date_text(_end(entry))}前换证或者复审，尚未报名")
        for entry in held
        if today <= _end(entry) <= last and "renewal_arranged_on" not in entry.values
    ]
    return judged("证书临近到期尚未安排换证或者复审", faults, (PROVISIONS,))


def _end(held: EntryFact) -> date:
    """The next day by which something has to be done about a certificate."""
    until: date = held.values["valid_until"]
    review: date | None = held.values.get("review_due_on")
    return min(until, review) if review else until


def _facts(until: str, **values: object) -> LedgerFacts:
    own = {
        "person": "蓝晨",
        "number": "T1404",
        "kind": "special",
        "on_duty": True,
        "valid_until": date.fromisoformat(until),
        **values,
    }
    return facts_of({"certificate": (entry("c", "2020-06-12", until, **own),)})


_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="certificate_renewal_not_arranged",
    title="证书临近到期未安排换证或者复审",
    measure="7.2",
    clauses=("7.2a",),
    topic="ledger",
    about="mine",
    reads=("certificate",),
    window_days=2600,
    check=check,
    cites=(PROVISIONS,),
    examples=(
        Example("60日内到期", _facts("2026-05-09"), _AT, Breach, ("c",)),
        Example("第61日到期", _facts("2026-05-10"), _AT, Clear),
        Example("已报名", _facts("2026-05-09", renewal_arranged_on=date(2026, 3, 1)), _AT, Clear),
        Example("60日内复审", _facts("2029-05-09", review_due_on=date(2026, 4, 1)), _AT, Breach, ("c",)),
        Example("已经过期的另行认定", _facts("2026-03-09"), _AT, Clear),
        Example("没有登记", facts_of({}), _AT, Unknown),
    ),
)
