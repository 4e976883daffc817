from dataclasses import replace

import pytest

from kuangan.law.content import rule_by_id
from kuangan.law.lawcheck.ledger_rules import check, messages

RULE = rule_by_id("certificate_expired")


def test_the_corpus_is_sound():
    assert list(check()) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"about": "village"}, ["不是单位类别", "不由所判定的单位记录"]),
        ({"reads": ()}, ["没有写明读取哪些台账"]),
        ({"reads": ("no_such_ledger",)}, ["没有台账"]),
        ({"window_days": 0}, ["至少为 1 日"]),
        ({"about": "county_government"}, ["不由所判定的单位记录"]),
        ({"reads": ("coal_meeting",)}, ["不由所判定的单位记录"]),
        ({"reads": ("posted_responsibility",)}, []),
    ],
)
def test_a_rule_that_could_never_answer_is_told(changes, told):
    found = list(messages(replace(RULE, **changes)))
    assert len(found) == len(told)
    assert all(part in message for part, message in zip(told, found, strict=True))
