"""Every rule's worked examples turn out as written, and each rule has a hit and a miss."""

import pytest

from kuangan.law import content
from kuangan.law.rule import Breach, Clear, Example, Rule

CASES = [(rule, example) for rule in content.rules() for example in rule.examples]


@pytest.mark.parametrize(("rule", "example"), CASES, ids=[f"{rule.id}-{each.title}" for rule, each in CASES])
def test_example_turns_out_as_written(rule: Rule, example: Example):
    outcome = rule.say(example.facts, example.at)
    assert type(outcome) is example.outcome
    if isinstance(outcome, Breach):
        assert outcome.reason
        assert set(outcome.used) == set(example.used)


@pytest.mark.parametrize("rule", content.rules(), ids=lambda rule: rule.id)
def test_rule_has_a_hit_and_a_miss(rule: Rule):
    assert {Breach, Clear} <= {example.outcome for example in rule.examples}


def test_rules_are_found_by_topic():
    assert {rule.id for rule in content.rules_of("overlimit_confirmed")} >= {
        "gas_repeat_within_week",
        "high_value_overlimit",
    }
    with pytest.raises(KeyError, match="gas_repeat_within_week"):
        content.rule_by_id("no_such_rule")
