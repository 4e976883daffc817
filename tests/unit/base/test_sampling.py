"""How much is drawn, that it is drawn fairly, and what a record of a sample says when it was spoiled."""

from collections import Counter

import pytest

from kuangan.base import sampling
from kuangan.base.lottery import seed_digest

SEED = "5e" * 32


def record(keys: list[str], share: int = 5, seed: str = SEED, verifiers: tuple[str, ...] = ()) -> dict[str, object]:
    made = {
        "format": sampling.FORMAT,
        "title": "2026年3月抽查核实",
        "unit": "示例县应急管理局",
        "month": "2026-03",
        "committed_at": "2026-03-01T00:00:00+08:00",
        "seed_digest": seed_digest(seed),
    }
    made["commitment"] = sampling.commitment(made)
    strata = [{"grade": "self", "share": share, "keys": keys}]
    made["pool"] = {"frozen_at": "2026-04-01T00:00:00+08:00", "strata": strata, "verifiers": list(verifiers)}
    made["pool_digest"] = sampling.pool_digest(made)
    drawn, who = sampling.drawn(made, seed), sampling.verifiers(made, seed)
    made["draw"] = {"seed": seed, "drawn_at": "2026-04-01T00:00:01+08:00", "drawn": drawn, "verifiers": who}
    return made


@pytest.mark.parametrize(
    ("count", "share", "wanted"), [(0, 5, 0), (1, 5, 1), (20, 5, 1), (21, 5, 2), (100, 5, 5), (3, 100, 3), (7, 50, 4)]
)
def test_a_share_is_rounded_up_and_at_least_one(count, share, wanted):
    assert sampling.wanted(count, share) == wanted


def test_every_duty_is_as_likely_as_every_other():
    keys = [str(number) for number in range(10)]
    seeds = [f"{number:064x}" for number in range(2000)]
    drawn = Counter(key for seed in seeds for key in record(keys, 10, seed)["draw"]["drawn"][0])
    assert set(drawn) == set(keys)
    assert max(drawn.values()) - min(drawn.values()) < 100


def test_one_duty_more_in_the_pool_gives_another_order():
    keys = [str(number) for number in range(40)]
    assert record(keys, 50)["draw"]["drawn"] != record([*keys, "40"], 50)["draw"]["drawn"]


def test_two_of_the_counties_named_verify():
    assert len(set(record(["1"], verifiers=("a", "b", "c"))["draw"]["verifiers"])) == 2
    assert record(["1"], verifiers=("a",))["draw"]["verifiers"] == ["a"]


def test_a_whole_record_is_proven_and_a_repeated_duty_or_a_late_commitment_is_not():
    assert sampling.problems(record(["1", "2"])) == []
    assert "重复列入" in sampling.problems(record(["1", "1"]))[0]
    early = record(["1"])
    early["pool"]["frozen_at"] = early["committed_at"]
    early["pool_digest"] = sampling.pool_digest(early)
    assert "不晚于种子承诺时间" in sampling.problems(early)[0]


@pytest.mark.parametrize("content", [None, [], {"format": "kuangan-draw-2"}, {"format": sampling.FORMAT}])
def test_anything_else_is_refused_in_words(content):
    assert sampling.problems(content)


def test_what_is_withheld_still_shows_its_commitment():
    early = {key: value for key, value in record(["1"]).items() if key not in ("pool", "draw")}
    assert sampling.problems(early) == ["范围尚未冻结，无法验证结果"]
