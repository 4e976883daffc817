"""Rules on ledgers: the ledgers they read exist and come from the units they are about, and the window reaches back."""

from collections.abc import Iterator

from kuangan.law.content import rules_of
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import UNIT_KINDS, ledgers
from kuangan.law.rule import Rule


def check() -> Iterator[Problem]:
    for rule in rules_of("ledger"):
        yield from (Problem("ledger_rule", f"rules/{rule.id}", message) for message in messages(rule))


def messages(rule: Rule) -> Iterator[str]:
    """What is wrong with one rule, in Chinese."""
    if rule.about not in UNIT_KINDS:
        yield f"对象 {rule.about!r} 不是单位类别"
    if not rule.reads:
        yield "没有写明读取哪些台账"
    if rule.window_days < 1:
        yield "读取期限应至少为 1 日"
    for name in rule.reads:
        ledger = ledgers().get(name)
        if ledger is None:
            yield f"没有台账 {name!r}"
        elif rule.about not in ledger.keepers and not (rule.about == "mine" and ledger.about == "mine"):
            yield f"台账 {name!r} 不由所判定的单位记录，规则将永远不明"
