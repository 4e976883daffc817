"""The register is whole and verbatim."""

import pytest

from kuangan.law import register
from kuangan.law.cite import Cite
from kuangan.law.instrument import article_text, cite_text


def test_all_tasks_and_measures_are_there():
    tasks = register.tasks()
    assert [task.number for task in tasks] == list(range(1, 20))
    assert sum(len(task.measures) for task in tasks) == 44


def test_measure_keeps_its_words_and_units():
    measure = register.measure("10.4")
    assert measure.text == "同一煤矿一周内发生瓦斯超限2次及以上的，责令该矿至少停产整顿3天。"
    assert measure.responsible == ("city_coal_section", "county_bureau")
    assert measure.task == 10
    assert register.measure("8.1").units_text.startswith("市局煤安全科室")  # the document's own slip is kept


def test_register_is_cited_by_measure():
    assert cite_text(Cite("register", "10.4")) == "《重点任务分工》第10.4项"
    assert article_text(Cite("register", "10.4")) == register.measure("10.4").text
    with pytest.raises(KeyError, match=r"20\.1"):
        register.measure("20.1")
