"""The worked examples of the rules are their tests: each has a hit and a miss, and every one turns out as written."""

from collections.abc import Iterator

from kuangan.law import content
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.rule import Breach, Clear, Example, Rule


def check() -> Iterator[Problem]:
    procedures = {procedure.id for procedure in content.procedures()}
    for rule in content.rules():
        outcomes = {example.outcome for example in rule.examples}
        if not {Breach, Clear} <= outcomes:
            yield Problem("example", f"rules/{rule.id}", "至少要有一个成立、一个不成立的样例")
        if not rule.cites:
            yield Problem("example", f"rules/{rule.id}", "规则没有引用依据")
        if rule.procedure and rule.procedure not in procedures:
            yield Problem("example", f"rules/{rule.id}", f"没有程序 {rule.procedure!r}")
        for example in rule.examples:
            yield from _turns_out(rule, example)


def _turns_out(rule: Rule, example: Example) -> Iterator[Problem]:
    where = f"rules/{rule.id}/{example.title}"
    outcome = rule.say(example.facts, example.at)
    if type(outcome) is not example.outcome:
        yield Problem("example", where, f"应为 {example.outcome.__name__}，实为 {outcome}")
    elif isinstance(outcome, Breach) and not {*outcome.cites} <= {*rule.cites, *rule.past}:
        yield Problem("example", where, "成立时引用的条文没有写在 cites 或者 past 中")
    elif isinstance(outcome, Breach) and set(outcome.used) != set(example.used):
        yield Problem("example", where, f"应依据 {example.used}，实依据 {outcome.used}")
