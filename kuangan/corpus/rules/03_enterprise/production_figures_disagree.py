"""填报的原煤产量明显低于皮带秤或者主井提升计量。"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from kuangan.corpus.rules._enterprise import idle, moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, number
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "3.1"), Cite("coal_mine_safety_ordinance", "37.1"))
METERS = (("belt_scale_t", "皮带秤计量"), ("hoist_t", "主井提升量"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Reported output below a meter's figure by more than the tolerance; mines without meters have nothing to compare."""
    entries = entries_of(facts, "production_month")
    if not entries:
        return idle(facts, producing=True) or Unknown("近一年没有原煤产量月报")
    return judged("填报产量与计量不符，须核查", (fault for entry in entries for fault in _faults(entry)), CITES)


def _faults(entry: EntryFact) -> Iterator[Fault]:
    tolerance = local_decimal("production.figure_tolerance", entry.on)
    for name, label in METERS:
        measured = entry.values.get(name)
        if measured is not None and entry.values["output_t"] < measured * (100 - tolerance) / 100:
            output = number(entry.values["output_t"])
            yield Fault(entry.key, f"{entry.on.year}年{entry.on.month}月填报{output}吨，{label}{number(measured)}吨")


def _case(output: str, **meters: str) -> LedgerFacts:
    values = {name: Decimal(value) for name, value in {"output_t": output, **meters}.items()}
    return facts_of({"production_month": (entry("a", "2026-03-31", **values),)})


_AT = moment("2026-04-10T08:00")

RULE = Rule(
    id="production_figures_disagree",
    title="填报产量与计量不符",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1h",),
    about="mine",
    reads=("production_month",),
    window_days=366,
    examples=(
        Example("低5%，恰在允许差内", _case("95000", belt_scale_t="100000"), _AT, Clear),
        Example("低于允许差", _case("94999.99", belt_scale_t="100000"), _AT, Breach, ("a",)),
        Example("与主井提升不符", _case("90000", hoist_t="100000"), _AT, Breach, ("a",)),
        Example("高于计量不算", _case("110000", hoist_t="100000"), _AT, Clear),
        Example("没有计量", _case("90000"), _AT, Clear),
        Example("没有月报", facts_of({}), _AT, Unknown),
    ),
)
