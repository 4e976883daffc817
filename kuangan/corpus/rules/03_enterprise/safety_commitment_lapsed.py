"""没有有效的、已公示的矿长安全承诺。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import LedgerFacts

CITES = (Cite("register", "3.1"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """A commitment of the director that is posted and valid today."""
    if gone(facts):
        return Clear()
    today = civil_date(at)
    made = [
        commitment
        for commitment in entries_of(facts, "safety_commitment")
        if commitment.values["tier"] == "mine_director"
    ]
    valid = [entry for entry in made if entry.values["valid_until"] >= today]
    if not valid:
        return Breach("没有在有效期内的矿长安全承诺", tuple(entry.key for entry in made), CITES)
    if not any("posted_on" in entry.values and entry.values["posted_on"] <= today for entry in valid):
        return Breach("矿长安全承诺没有公示", tuple(entry.key for entry in valid), CITES)
    return Clear()


def _case(tier: str = "mine_director", posted: date = date(2026, 1, 6)) -> LedgerFacts:
    made = entry("a", "2026-01-05", tier=tier, valid_until=date(2026, 12, 31), posted_on=posted)
    return facts_of({"safety_commitment": (made,)})


_AT = moment("2026-12-31T08:00")

RULE = Rule(
    id="safety_commitment_lapsed",
    title="没有有效的矿长安全承诺",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1b",),
    about="mine",
    reads=("safety_commitment",),
    window_days=400,
    examples=(
        Example("有效期最后一日", _case(), _AT, Clear),
        Example("有效期届满次日", _case(), moment("2027-01-01T00:00"), Breach, ("a",)),
        Example("公示日未到", _case(posted=date(2027, 1, 1)), _AT, Breach, ("a",)),
        Example("只有区队的承诺", _case("section"), _AT, Breach),
        Example("没有承诺", facts_of({}), _AT, Breach),
        Example("已关闭", facts_of({}, status="closed"), _AT, Clear),
    ),
)
