"""What decisions set is proven before it runs: the attribute exists, the value fits it, what is restored was changed."""

import pytest

from kuangan.law.effect.attribute import GRADED, NUMERIC, TEXTS, VALUES
from kuangan.law.effect.entries import EntrySets, entry_faults
from kuangan.law.field import Field
from kuangan.law.procedure import MoveSets
from kuangan.law.procedure.effect import move_faults
from kuangan.mine.models import AttributeName, GasGrade, MineStatus

FIELDS = (
    Field("published_on", "公布日期", "date"),
    Field("number", "文号"),
    Field("mine_class", "类别", "choice", choices=(("A", "A类"), ("E", "E类"))),
    Field("grade", "等级", "choice", choices=(("first", "一级"), ("none", "无"))),
    Field("capacity", "能力", "decimal"),
    Field("letter", "类别", "text"),
)
KEEPERS = ("city_bureau", "county_bureau")


def effect(attribute, value, **more):
    return EntrySets(**{"attribute": attribute, "day": "published_on", "value": value, "by": ("city_bureau",), **more})


@pytest.mark.parametrize(
    ("effect", "fault"),
    [
        (effect("standardization_grade", "grade", words={"first": "一级", "none": "不达标"}, paper="number"), ""),
        (effect("approved_capacity", "capacity"), ""),
        (effect("colour", "grade"), "煤矿没有属性"),
        (effect("mine_class", "mine_class"), "不能取 E"),
        (effect("mine_class", "letter"), "须为选项"),
        (effect("standardization_grade", "grade", words={"first": "一级"}), "不能取 none"),
        (effect("standardization_grade", "grade", words={"first": "一级", "none": "不达标", "x": "二级"}), "x 不是"),
        (effect("approved_capacity", "letter"), "为数字"),
        (effect("approved_capacity", "capacity", day="number"), "不是日期"),
        (effect("approved_capacity", "capacity", paper="published_on"), "不是文本"),
        (effect("approved_capacity", "capacity", by=()), "哪些记录单位"),
        (effect("approved_capacity", "capacity", by=("mine",)), "哪些记录单位"),
    ],
)
def test_what_an_entry_sets_fits_the_attribute(effect, fault):
    said = list(entry_faults(effect, FIELDS, KEEPERS))
    assert (not said) if not fault else any(fault in text for text in said)


STOP = MoveSets("status", turns={"producing": "halted", "": "halted"})


@pytest.mark.parametrize(
    ("effect", "fault"),
    [
        (STOP, ""),
        (MoveSets("status", restores="serve"), ""),
        (MoveSets("colour", turns={"a": "b"}), "没有可由办件确定的属性"),
        (MoveSets("approved_capacity", turns={"1": "2"}), "没有可由办件确定的属性"),
        (MoveSets("status"), "之一"),
        (MoveSets("status", turns={"producing": "halted"}, restores="serve"), "之一"),
        (MoveSets("status", turns={"producing": "asleep"}), "不能取 asleep"),
        (MoveSets("status", turns={"awake": "halted"}), "不能取 awake"),
        (MoveSets("status", restores="order"), "无从恢复"),
        (MoveSets("gas_grade", restores="serve"), "无从恢复"),
    ],
)
def test_what_a_move_sets_fits_the_attribute(effect, fault):
    said = list(move_faults(effect, {"serve": (STOP,), "order": ()}))
    assert (not said) if not fault else any(fault in text for text in said)


def test_the_attributes_of_law_are_those_that_the_mine_keeps():
    assert tuple(VALUES) == tuple(AttributeName.values)
    assert VALUES["gas_grade"] == set(GasGrade.values)
    assert VALUES["status"] == set(MineStatus.values)
    assert {*NUMERIC, *GRADED, *TEXTS} == set(VALUES)
