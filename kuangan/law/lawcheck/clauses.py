"""Every duty, ledger and rule clause of the covered tasks has its items, and items name clauses of their own measure."""

from collections import defaultdict
from collections.abc import Iterator

from kuangan.law import content
from kuangan.law.clause import clauses
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import ledgers

WORDS = {"D": "履职事项", "L": "台账", "R": "规则"}


def check() -> Iterator[Problem]:
    """Problems of clauses."""
    held: dict[str, set[str]] = defaultdict(set)
    for where, kind, measure, named in items():
        for each in named:
            if each not in clauses() or clauses()[each].measure != measure:
                yield Problem("clause", where, f"措施 {measure} 没有条款 {each!r}")
            held[each].add(kind)
    for clause in clauses().values():
        for kind in clause.kinds if clause.covered else ():
            if kind in WORDS and kind not in held[clause.id]:
                yield Problem("clause", clause.id, f"条款尚无{WORDS[kind]}")


def items() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Every item that serves clauses: where, kind, measure, clauses."""
    for duty in obligations().values():
        yield f"obligations/{duty.id}", "D", duty.measure, duty.clauses
    for ledger in ledgers().values():
        yield f"ledgers/{ledger.id}", "L", ledger.measure, ledger.clauses
    for rule in content.rules():
        yield f"rules/{rule.id}", "R", rule.measure, rule.clauses
