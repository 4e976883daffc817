"""clauses.yaml: all clauses of the register, what carries each, and what may not be called working."""

import argparse
from dataclasses import replace

import pytest
from django.urls import get_resolver

from kuangan.law import lawcheck
from kuangan.law.clause import KINDS, NONE, WORKS, clauses, clauses_of
from kuangan.law.lawcheck import clauses as check
from kuangan.law.register import tasks
from kuangan.monitor.feeds.layouts import layouts


def faults(monkeypatch, clause_id: str, **changed) -> list[str]:
    """What lawcheck says of a clause whose entry says something else."""
    wrong = dict(clauses())
    wrong[clause_id] = replace(wrong[clause_id], **changed)
    monkeypatch.setattr(check, "clauses", lambda: wrong)
    return [problem.message for problem in check.check() if problem.where == clause_id]


def test_the_123_clauses_of_44_measures_are_there():
    assert len(clauses()) == 123
    assert all(clauses_of(measure.code) for task in tasks() for measure in task.measures)
    assert all(each.kinds and set(each.kinds) <= set(KINDS) for each in clauses().values())


def test_pages_and_feeds_that_clauses_name_exist():
    pages = set(get_resolver().reverse_dict)
    named = {page for clause in clauses().values() for page in clause.pages}
    assert sorted(named - pages) == []
    assert sorted({feed for clause in clauses().values() for feed in clause.feeds} - set(layouts())) == []


@pytest.mark.parametrize(
    ("clause_id", "changed", "message"),
    [
        ("10.4", {"stories": ()}, "须写明页面全程演练"),
        ("10.4", {"stories": ("tests/browser/test_stop_order.py::test_no_such_story",)}, "没有页面全程演练"),
        ("10.4", {"stories": ("tests/story/test_task_10_stop_order.py::test_every_step",)}, "的写法应为"),
        ("10.4", {"without": ("P",)}, "却写明缺少部分内容"),
        ("2.5", {"without": ()}, "条款尚无办理程序"),
        ("2.5", {"built": WORKS, "without": ()}, "须写明页面全程演练"),
        ("2.5", {"built": NONE}, "却有"),
        ("2.5", {"lacks": ""}, "请在 lacks 中写明"),
        ("2.5", {"without": ("P", "M")}, "不是本条款所需"),
        ("6.3", {"built": "partly"}, "应写为尚未建立"),
        ("16.1a", {"procedures": ("no_such",)}, "没有程序"),
    ],
)
def test_a_clause_that_is_not_as_it_says_is_a_problem(monkeypatch, clause_id, changed, message):
    assert any(message in each for each in faults(monkeypatch, clause_id, **changed))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_item_is_found_whatever_kind_it_is(monkeypatch, kind):
    without = next(each for each in clauses().values() if each.built == NONE and kind in each.kinds)
    assert f"条款尚无{KINDS[kind]}，请补充，或在 without 中写明" in faults(monkeypatch, without.id, without=())


def test_an_item_that_names_no_clause_or_one_that_is_not_there_is_a_problem(monkeypatch):
    rows = [("rules/a", "R", "1.1", ()), ("obligations/b", "D", "1.1", ("1.2a",)), ("ledgers/c", "L", "1.1", ())]
    monkeypatch.setattr(check, "items", lambda: iter(rows))
    found = [(problem.where, problem.message) for problem in check.check() if "/" in problem.where]
    assert found == [
        ("rules/a", "未写明所属条款（措施 1.1）"),
        ("obligations/b", "措施 1.1 没有条款 '1.2a'"),
    ]


def test_it_prints_the_clauses_that_nothing_shows(capsys):
    lines = check.missing()
    assert len(lines) == sum(1 for each in clauses().values() if each.without)
    assert any(line.startswith("8.2 ") and "监测数据" in line for line in lines)
    parser = argparse.ArgumentParser()
    lawcheck.add_arguments(parser)
    assert lawcheck.run(parser.parse_args([])) == 0
    assert f"尚未建立或未全部建立的条款 {len(lines)} 条" in capsys.readouterr().out
