"""lawcheck finds nothing to object to, lists what is assumed, and tells what a change does in law."""

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kuangan.law import content, lawcheck
from kuangan.law.cite import Cite
from kuangan.law.duty import obligation_file
from kuangan.law.lawcheck import citations, examples, exemption, names, obligations, procedures
from kuangan.law.lawcheck.effect import Change, UndescribedError, changes
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import ledger_by_id
from kuangan.law.procedure import SYSTEM, By, Field, State, Tell
from kuangan.law.rule import Breach
from kuangan.law.source import CORPUS


def run(*line: str) -> int:
    parser = argparse.ArgumentParser()
    lawcheck.add_arguments(parser)
    return lawcheck.run(parser.parse_args(line))


def test_the_corpus_holds_together():
    assert lawcheck.check_all() == []


def test_nothing_is_exempt():
    lines = exemption.EXEMPTIONS.read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_an_exemption_that_nothing_needs_is_a_problem(tmp_path):
    file = tmp_path / "exemptions.txt"
    file.write_text("paper papers/a\npaper papers/b\n")
    left = exemption.sift([Problem("paper", "papers/a", "x"), Problem("paper", "papers/c", "y")], file)
    assert [(each.kind, each.where) for each in left] == [("paper", "papers/c"), ("exemption", "paper papers/b")]


def test_it_prints_what_is_assumed(capsys):
    assert run() == 0
    printed = capsys.readouterr().out
    assert "“一周内”是指任意连续168小时，还是自然周？" in printed
    assert "local/general/week_rule.mode@2024-01-01 = rolling（《重点任务分工》第10.4项）" in printed
    assert printed.rstrip().endswith("检查通过")


def test_json_carries_problems_assumptions_and_counts(capsys):
    assert run("--json") == 0
    read = json.loads(capsys.readouterr().out)
    assert read["problems"] == []
    assert read["counts"]["措施"] == 44
    assert {each["where"] for each in read["assumed"]} >= {"local/general/suspension.track@2024-01-01"}
    assert all(each["question"] for each in read["assumed"])


def test_a_wrong_example_is_found(monkeypatch):
    rule = content.rule_by_id("high_value_overlimit")
    wrong = replace(rule, examples=(replace(rule.examples[1], outcome=Breach), *rule.examples))
    monkeypatch.setattr(content, "rules", lambda: (wrong,))
    assert [problem.where for problem in examples.check()] == ["rules/high_value_overlimit/最高2.99%"]


@pytest.mark.parametrize(
    ("cite", "message"),
    [
        (Cite("no_such_law"), "没有法规"),
        (Cite("coal_mine_safety_ordinance", "999"), "未收录"),
        (Cite("coal_mine_safety_regulations_2022"), "不再施行"),
    ],
)
def test_a_wrong_citation_is_found(monkeypatch, cite, message):
    rule = replace(content.rule_by_id("high_value_overlimit"), cites=(cite,))
    monkeypatch.setattr(content, "rules", lambda: (rule,))
    found = [problem for problem in citations.check() if problem.where == "rules/high_value_overlimit"]
    assert any(message in problem.message for problem in found)


def test_faults_of_a_procedure_are_found(monkeypatch):
    good = content.procedure_by_id("suspension")
    nobody = replace(good.moves[0], by=())
    stranger = replace(good.moves[1], by=(By("neighbour", "poet"),))
    endless = replace(good.clock("floor"), id="endless", stops=())
    ghost = replace(good.clocks[0], during=("nowhere",))
    bad = replace(
        good,
        states=(*good.states, State("lost", "迷失", (By("neighbour"),)), State("end", "终", terminal=True)),
        moves=(nobody, stranger, *good.moves[2:]),
        clocks=(ghost, *good.clocks[1:], endless),
    )
    monkeypatch.setattr(content, "procedures", lambda: (bad,))
    told = " ".join(problem.message for problem in procedures.check())
    for part in (
        "'lost' 无法到达",
        "'lost' 到不了",
        "没有办理人",
        "'neighbour'",
        "'poet'",
        "没有任何步骤可使其停止",
        "'nowhere'",
        "未写明结果",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("move", "change", "message"),
    [
        ("order", {"legal": False}, "须标为签署步骤"),
        ("serve", {"legal": False, "papers": ()}, "须标为签署步骤"),
        ("publish_resumption", {"legal": False}, "须标为签署步骤"),
        ("order", {"by": (By("supervisor", "duty_officer"),)}, "没有签署权和动态口令"),
        ("order", {"apart": ()}, "须写明不得由哪些步骤的办理人办理"),
        ("take_over_draft", {"by": (By("supervisor", "bureau_head"),)}, "只有上级"),
        ("order", {"by": (SYSTEM,), "legal": False}, "系统不得制发编号文书"),
        ("serve", {"by": (SYSTEM,), "legal": False, "papers": ()}, "系统不得送达或公布"),
        ("serve", {"serves": "nothing"}, "'nothing' 不存在"),
        ("publish_order", {"publishes": "service_receipt"}, "不属于公示文书"),
    ],
)
def test_a_step_that_freezes_serves_or_publishes_unsigned_is_found(monkeypatch, move, change, message):
    good = content.procedure_by_id("suspension")
    moves = tuple(replace(each, **change) if each.id == move else each for each in good.moves)
    monkeypatch.setattr(content, "procedures", lambda: (replace(good, moves=moves),))
    assert any(message in problem.message for problem in procedures.check())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"then": ("gas.unheard_of",)}, "没有后续事项 'gas.unheard_of'"),
        ({"pair": ("no_such_step",)}, "不存在的步骤 'no_such_step'"),
        ({"apart": ("no_such_step",)}, "不存在的步骤 'no_such_step'"),
        ({"undoes": ("no_such_step",)}, "不存在的步骤 'no_such_step'"),
        ({"opens": "alarm_handling"}, "不由其他程序的步骤立案"),
        ({"pair": ("propose",), "by": (SYSTEM,)}, "系统不得作为第二人确认"),
        ({"by": (By("supervisor"),), "legal": True}, "未写明角色"),
        ({"edits": True, "fields": (Field("weather", "天气"),)}, "'weather' 须为已声明的事实"),
        ({"tells": (Tell(By("mine"), "", "", clock="no_such_clock"),)}, "不存在的期限 'no_such_clock'"),
    ],
)
def test_a_step_that_points_at_nothing_is_found(monkeypatch, change, message):
    good = content.procedure_by_id("suspension")
    moves = tuple(replace(each, **change) if each.id == "countersign" else each for each in good.moves)
    monkeypatch.setattr(content, "procedures", lambda: (replace(good, moves=moves),))
    assert any(message in problem.message for problem in procedures.check())


@pytest.fixture
def changed(tmp_path) -> Path:
    """A checkout whose stop order lasts longer from a day on."""
    for name in ("base", "law", "corpus", "__init__.py"):
        source = CORPUS.parent / name
        target = tmp_path / "kuangan" / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    file = tmp_path / "kuangan/corpus/local/general.yaml"
    line = "        value: 3 days\n        cite: register 10.4\n"
    added = "      - valid_from: 2027-01-01\n        value: 5 days\n        cite: register 10.4\n"
    text = file.read_text()
    key = text.index("key: suspension.floor")
    at = text.index(line, key) + len(line)
    file.write_text(text[:at] + added + text[at:])
    return tmp_path


def test_diff_tells_the_legal_effect(changed, tmp_path, capsys):
    where, said = "本地值 general suspension.floor 第2项", "自 2027-01-01：5 days（《重点任务分工》第10.4项）"
    assert changes(str(CORPUS.parents[1]), str(changed)) == [Change(where, "", said)]
    stored = tmp_path / "before.json"
    assert run("--snapshot", str(stored)) == 0
    assert run("--diff", str(stored), str(changed), "--table") == 0
    assert capsys.readouterr().out.splitlines()[2] == f"| {where} | — | {said} |"
    assert run("--diff", str(stored)) == 0
    assert capsys.readouterr().out == "规则效力无变化\n"


def test_diff_of_an_unknown_version_is_refused(capsys):
    with pytest.raises(UndescribedError, match="no-such-revision"):
        changes("no-such-revision", "no-such-revision")
    assert run("--diff", "no-such-revision", "no-such-revision") == 2
    assert "no-such-revision" in capsys.readouterr().err


def test_the_digest_is_that_of_the_content():
    assert len(content.corpus_digest()) == 64


PROCEDURES = content.procedures()


def _with(monkeypatch, **change):
    good = next(each for each in PROCEDURES if each.id == "overlimit_followup")
    others = tuple(each for each in PROCEDURES if each.id != good.id)
    monkeypatch.setattr(content, "procedures", lambda: (*others, replace(good, **change)))
    return " ".join(problem.message for problem in procedures.check())


def test_a_rule_whose_procedure_no_rule_opens_is_found(monkeypatch):
    rule = replace(content.rule_by_id("high_value_overlimit"), procedure="alarm_handling")
    ghost = replace(content.rule_by_id("high_value_overlimit"), id="ghost", procedure="no_such_procedure")
    monkeypatch.setattr(content, "rules", lambda: (rule, ghost))
    told = {problem.where: problem.message for problem in procedures.check()}
    assert "认定后无人办理" in told["rules/high_value_overlimit"]
    assert "没有程序 'no_such_procedure'" in told["rules/ghost"]


def test_a_procedure_that_nothing_opens_is_found(monkeypatch):
    assert "没有任何途径可以立案" in _with(monkeypatch, opens=())


def test_a_text_that_names_an_undeclared_fact_is_found(monkeypatch):
    way = content.procedure_by_id("overlimit_followup").opens_by_move
    assert "未声明的事实 'weather'" in _with(monkeypatch, opens=(replace(way, title="{unit}{weather}"),))


def test_a_clock_until_a_fact_that_is_no_day_and_a_state_that_waits_for_the_maker_of_nothing_are_found(monkeypatch):
    law = content.procedure_by_id("overlimit_followup")
    clocks = (replace(law.clocks[0], until="weather"), *law.clocks[1:])
    assert "'weather' 须为已声明的日期事实" in _with(monkeypatch, clocks=clocks)
    states = (replace(law.states[0], maker_of=("no_such_step",)), *law.states[1:])
    assert "不存在的步骤 'no_such_step'" in _with(monkeypatch, states=states)


def test_a_state_that_vanishes_names_the_way_of_its_open_cases(monkeypatch):
    states = content.procedure_by_id("overlimit_followup").states
    left = (replace(states[0], id="mending"), *states[1:])
    assert "'open' 已删去" in _with(monkeypatch, states=left)
    assert "'open' 已删去" not in _with(monkeypatch, states=left, renamed={"open": "mending"})
    assert "'open' 已删去" not in _with(monkeypatch, states=left, closed_by={"open": "closed"})
    assert "不存在或不是终结状态" in _with(monkeypatch, states=left, closed_by={"open": "mending"})
    assert "仍在使用" in _with(monkeypatch, renamed={"open": "closed"})


def test_a_duty_that_a_bare_file_of_the_owing_unit_would_close_is_found(monkeypatch):
    duty = obligation_file.obligation_by_id("decision_followup")
    assert duty.accepted
    monkeypatch.setattr(obligations, "obligations", lambda: {duty.id: replace(duty, accepted=False)})
    assert [problem.message for problem in obligations.check()] == [
        "凭责任单位自行上传的材料认定的，须经上级核实（accepted: true）"
    ]


@pytest.mark.parametrize(
    ("field", "is_refused"),
    [
        (Field("checkers", "检查人员", "lines"), True),
        (Field("leader", "带队负责人"), True),
        (Field("visits", "检查情况", "rows", columns=(Field("name", "姓名"),)), True),
        (Field("checkers", "检查人员", "rows", columns=(Field("name", "姓名", "person"),)), False),
        (Field("leader", "带队负责人", "person"), False),
        (Field("track", "人数变化", "lines"), False),
    ],
)
def test_a_ledger_that_takes_people_as_text_is_found(monkeypatch, field, is_refused):
    check = ledger_by_id("leader_shift_check")
    changed = replace(check, fields=(*(own for own in check.fields if own.name != field.name), field))
    monkeypatch.setattr(names, "ledgers", lambda: {check.id: changed})
    found = [problem.message for problem in names.check() if problem.where == f"ledgers/{check.id}"]
    assert [("以文字填写人员" in message, field.label in message or "姓名" in message) for message in found] == (
        [(True, True)] if is_refused else []
    )
