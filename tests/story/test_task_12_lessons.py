"""Task 12.1: from an accident elsewhere to the circular, and to every mine that studies it."""

from kuangan.duty.models import Duty
from tests.story.year import moment


def owed(year):
    """Of every mine: whether it studied."""
    return {unit: year.statuses("circular_studied", unit) for unit in ("mine", "second_mine")}


def test_a_circular_is_studied_by_every_mine_by_its_day(year):
    year.to("2026-03-03")
    year.write("section_clerk", "accident_notice", "section")
    issue = Duty.objects.get(obligation="circular_issued")
    assert issue.unit == year.city.units["section"]
    year.to("2026-03-05")
    circular = year.write("section_clerk", "accident_circular", "section")
    assert list(year.statuses("circular_issued", "section").values()) == ["met"]
    assert owed(year) == {"mine": {"E2026-03": "due"}, "second_mine": {"E2026-03": "due"}}
    year.to("2026-03-12")
    year.write("mine_director", "circular_study", "mine")
    assert owed(year) == {"mine": {"E2026-03": "met"}, "second_mine": {"E2026-03": "due"}}
    year.to("2026-03-20")
    year.correct("section_clerk", circular, "学习期限延长", study_due="2026-03-25")
    late = year.duty("circular_studied", "second_mine")
    assert late.due_at == moment("2026-03-26T00:00")
    year.to("2026-03-26T00:00")
    assert owed(year) == {"mine": {"E2026-03": "met"}, "second_mine": {"E2026-03": "overdue"}}
    year.to("2026-03-29T00:00")
    assert year.urged(late)[-1] == (3, "示例县应急管理局")
    assert year.cell("12.1", "second_mine", "2026-03") == "overdue"


def test_a_small_accident_calls_for_no_circular_and_a_void_one_for_no_study(year):
    year.to("2026-03-03")
    year.write("section_clerk", "accident_notice", "section", grade="ordinary")
    assert not Duty.objects.filter(obligation="circular_issued").exists()
    circular = year.write("section_clerk", "accident_circular", "section")
    year.void("section_clerk", circular, "误发")
    assert owed(year) == {"mine": {"E2026-03": "cancelled"}, "second_mine": {"E2026-03": "cancelled"}}
