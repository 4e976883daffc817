import copy
import json
from collections import Counter

import pytest

from kuangan.base import lottery
from kuangan.cli.main import main

SEED = "00" * 31 + "07"


def record(mines: int = 5, officers: int = 4) -> dict:
    published = {
        "format": lottery.FORMAT,
        "title": "三月随机抽查",
        "unit": "示例县应急管理局",
        "purpose": "瓦斯治理",
        "published_at": "2026-03-10T02:00:00+00:00",
        "pools": {
            "mines": [{"key": f"14042390000{n}", "name": f"{n}号煤矿"} for n in range(mines)],
            "officers": [{"key": str(n), "name": f"乙{n}"} for n in range(officers)],
        },
        "excluded": [],
        "wanted": {"mines": 2, "officers": 2},
        "repeats": {"of": [], "reason": ""},
        "seed_digest": lottery.seed_digest(SEED),
    }
    published["commitment"] = lottery.commitment(published)
    return published


def drawn_record() -> dict:
    made = record()
    made["draw"] = {
        "seed": SEED,
        "witness": "丙一",
        "witness_text": "当日指数3021点",
        "drawn_at": "2026-03-10T03:00:00+00:00",
        "drawn": lottery.drawn(made, SEED, "当日指数3021点"),
    }
    return made


def test_a_record_proves_its_draw():
    made = drawn_record()
    assert lottery.problems(made) == []
    assert [len(keys) for keys in made["draw"]["drawn"].values()] == [2, 2]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r["pools"]["mines"].pop(), "被改动"),
        (lambda r: r["wanted"].update(mines=3), "被改动"),
        (lambda r: r["draw"].update(seed="11" * 32), "种子摘要不一致"),
        (lambda r: r["draw"].update(witness_text="另一句话"), "重新计算的不一致"),
        (lambda r: r["draw"]["drawn"]["officers"].reverse(), "人员的抽取结果"),
        (lambda r: r.pop("draw"), "尚未抽取"),
        (lambda r: r.pop("pools"), "缺少内容"),
        (lambda r: r.update(format="other"), "不是抽查公开记录"),
    ],
)
def test_any_change_shows(change, told):
    made = copy.deepcopy(drawn_record())
    change(made)
    assert any(told in one for one in lottery.problems(made))


def test_every_member_comes_first_equally_often():
    keys = ["a", "b", "c"]
    first = Counter(lottery.ranked(f"{n:064x}", "mines", keys, "见证")[0] for n in range(3000))
    assert all(880 <= first[key] <= 1120 for key in keys), first


def test_the_witness_decides_as_well_as_the_seed():
    made = record(mines=50)
    results = {tuple(lottery.drawn(made, SEED, f"见证{n}")["mines"]) for n in range(20)}
    assert len(results) == 20


def test_anyone_verifies_without_a_database(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://nowhere.invalid/none")
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(drawn_record(), ensure_ascii=False), "utf-8")
    assert main(["draw", "verify", str(file)]) == 0
    assert "核验一致" in capsys.readouterr().out
    file.write_text(json.dumps(record(), ensure_ascii=False), "utf-8")
    assert main(["draw", "verify", str(file)]) == 1
    assert main(["draw", "verify", str(tmp_path / "none.json")]) == 2


def sealed(change) -> dict:
    """A record that was rigged before its commitment was made, drawn by the rules."""
    made = record()
    change(made)
    made["commitment"] = lottery.commitment(made)
    text = "当日指数3021点"
    made["draw"] = {
        "seed": SEED,
        "witness": "丙一",
        "witness_text": text,
        "drawn_at": "2026-03-10T03:00:00+00:00",
        "drawn": lottery.drawn(made, SEED, text),
    }
    return made


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r["pools"]["mines"].append(r["pools"]["mines"][0]), "重复"),
        (lambda r: r["excluded"].append({"key": "1", "name": "乙1", "reason": "回避"}), "回避"),
        (lambda r: r["wanted"].update(mines=9), "抽取数"),
        (lambda r: r["wanted"].update(officers=-1), "抽取数"),
        (lambda r: r.update(published_at="2026-03-10T03:00:01+00:00"), "早于"),
    ],
)
def test_a_pool_rigged_before_the_commitment_is_told(change, told):
    assert any(told in each for each in lottery.problems(sealed(change)))


def test_whoever_is_drawn_from_no_pool_is_told():
    made = drawn_record()
    made["draw"]["drawn"]["guests"] = ["9"]
    assert any("没有公布" in each for each in lottery.problems(made))
