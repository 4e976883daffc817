"""Task 12.1: from an accident elsewhere to the circular that the office sends, and to every mine that studies it."""

import pytest

from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.duty.models import Duty
from kuangan.flow.office.circulars import circular_of, send_circular, withdraw_circular
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import waiting_for
from kuangan.office.models import Circular
from tests.story.year import moment

ACCIDENT = {
    "accident": "外省某煤矿三月二日顶板事故", "grade": "larger", "accident_kind": "roof", "lessons": "初采初放支护强度不足",
    "requirements": "全面排查顶板管理", "study_due": "2026-03-20",
}  # fmt: skip
SELF_CHECK = {"checked_on": "2026-03-12", "due_on": None, "closed_on": None}


def sent(year, *receivers, number="演示应急〔2026〕12号", **accident):
    """The section sends an accident circular from the office."""
    return send_circular(
        actor=year.city["section_clerk"], issuer=year.city.units["section"], kind="circular", number=number,
        title="关于一起顶板事故的通报", body="请组织学习。", receivers=[year.city.units[name] for name in receivers],
        accident={**ACCIDENT, **accident}, at=year.at,
    )  # fmt: skip


def mines_owing(year, obligation):
    """The mines that owe something, with how it stands."""
    known = {unit: year.statuses(obligation, unit) for unit in ("mine", "second_mine")}
    return {unit: next(iter(statuses.values())) for unit, statuses in known.items() if statuses}


def owed(year):
    """Of every mine: whether it studied."""
    return {unit: year.statuses("circular_studied", unit) for unit in ("mine", "second_mine")}


def test_a_circular_is_studied_by_every_mine_by_its_day(year):
    year.to("2026-03-03")
    year.write("section_clerk", "accident_notice", "section")
    issue = Duty.objects.get(obligation="circular_issued")
    assert issue.unit == year.city.units["section"]
    year.to("2026-03-05")
    sent(year, "mine", "second_mine")
    circular = Entry.objects.get(ledger="accident_circular", superseded_at=None)
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


def test_what_is_only_written_down_was_not_issued_until_the_office_sends_it(year):
    year.to("2026-03-03")
    year.write("section_clerk", "accident_notice", "section")
    year.to("2026-03-05")
    typed = year.write("section_clerk", "accident_circular", "section")
    assert list(year.statuses("circular_issued", "section").values()) == ["due"]
    year.void("section_clerk", typed, "改由通知交办发出")
    sent(year, "mine", "second_mine")
    assert list(year.statuses("circular_issued", "section").values()) == ["met"]


def test_a_circular_of_the_office_opens_study_and_self_check_of_those_it_goes_to(year):
    year.to("2026-03-05")
    circular = sent(year, "mine")
    entry = Entry.objects.get(ledger="accident_circular")
    assert (circular.entry, entry.values["mines"]) == (entry.serial, [{"mine": year.city.mine.code}])
    assert mines_owing(year, "circular_studied") == {"mine": "due"}
    assert mines_owing(year, "electromechanical_lesson_check") == {"mine": "due"}
    duty = year.duty("circular_studied", "mine")
    assert circular_of(year.city["mine_director"], duty) == circular
    year.to("2026-03-12")
    year.write("mine_director", "circular_study", "mine")
    assert mines_owing(year, "electromechanical_lesson_check") == {"mine": "due"}
    year.write("mine_director", "lesson_self_check", "mine", **SELF_CHECK)
    assert mines_owing(year, "electromechanical_lesson_check") == {"mine": "met"}
    assert mines_owing(year, "circular_studied") == {"mine": "met"}


def test_all_mines_of_a_county_owe_what_goes_to_its_bureau_and_no_self_check_where_none_is_asked(year):
    year.to("2026-03-05")
    sent(year, "county", no_self_check=True)
    assert Entry.objects.get(ledger="accident_circular").values.get("mines") is None, "these are all mines there are"
    assert mines_owing(year, "circular_studied") == {"mine": "due", "second_mine": "due"}
    assert mines_owing(year, "electromechanical_lesson_check") == {}


def test_each_circular_is_answered_by_its_own_number(year):
    year.to("2026-03-05")
    sent(year, "mine")
    sent(year, "mine", number="演示应急〔2026〕13号")
    year.to("2026-03-12")
    year.write("mine_director", "circular_study", "mine", circular_number="演示应急[2026] 13号")
    duties = Duty.objects.filter(obligation="circular_studied").order_by("pk")
    assert [(duty.title.rpartition("：")[2], duty.done_at is not None) for duty in duties] == [
        ("演示应急〔2026〕12号", False), ("演示应急〔2026〕13号", True),
    ]  # fmt: skip


def test_a_circular_that_is_withdrawn_is_owed_no_more_and_was_not_issued(year):
    year.to("2026-03-03")
    year.write("section_clerk", "accident_notice", "section")
    circular = sent(year, "mine", "second_mine")
    withdraw_circular(actor=year.city["section_clerk"], circular=circular, reason="文号有误", at=year.at)
    assert mines_owing(year, "circular_studied") == {"mine": "cancelled", "second_mine": "cancelled"}
    assert list(year.statuses("circular_issued", "section").values()) == ["due"]
    assert not Notice.objects.filter(link=f"circular:{circular.pk}", ended_at=None, received_at=None).exists()
    assert Circular.objects.get().withdrawn_for == "文号有误"


def test_a_circular_that_reaches_no_mine_is_not_one_to_all_of_them(year):
    year.to("2026-03-05")
    with pytest.raises(Refused, match="补选接收单位"):
        sent(year, "company")
    assert not Circular.objects.exists()
    assert not Entry.objects.filter(ledger="accident_circular").exists()


@pytest.mark.parametrize(
    ("obligation", "ledger", "title"),
    [
        ("circular_studied", "circular_study", "核实对照学习情况"),
        ("electromechanical_lesson_check", "lesson_self_check", "核实机电运输自查情况"),
    ],
)
def test_what_a_mine_says_of_a_circular_is_proven_once_its_supervisor_has_looked(year, obligation, ledger, title):
    year.to("2026-03-05")
    sent(year, "mine")
    year.to("2026-03-12")
    change = SELF_CHECK if ledger == "lesson_self_check" else {}
    with pytest.raises(Refused, match="本栏由日常监管部门填写"):
        year.write("mine_director", ledger, "mine", verified_on="2026-03-12", **change)
    entry = year.write("mine_director", ledger, "mine", **change)
    duty = year.duty(obligation, "mine")
    assert (mines_owing(year, obligation), duty.grade) == ({"mine": "met"}, "self")
    assert [waiting.waits_for for waiting in waiting_for(year.city["county_officer"], year.at)] == ["verification"]
    year.to("2026-03-25")
    entry = year.confirm("commissioner_a", entry, "verification", "抽问5人，台账与现场一致")
    duty.refresh_from_db()
    assert (mines_owing(year, obligation), duty.grade) == ({"mine": "met"}, "accepted")
    assert Notice.objects.filter(unit=year.city.units["mine"], title__startswith=f"{title}已办理").exists()
    year.correct("mine_director", entry, "措施写错", measures="增加三根单体支柱")
    duty.refresh_from_db()
    assert (mines_owing(year, obligation), duty.grade) == ({"mine": "met"}, "self"), "it says something else now"


@pytest.mark.parametrize(("corrected", "becomes"), [("2026-03-20T23:59", "met"), ("2026-03-21T00:00", "late")])
def test_what_the_supervisor_sends_back_is_owed_until_it_is_corrected(year, corrected, becomes):
    year.to("2026-03-05")
    sent(year, "mine")
    year.to("2026-03-12")
    entry = year.write("mine_director", "circular_study", "mine")
    year.to("2026-03-13")
    year.send_back("county_officer", entry, "verification", "四个对待照抄通报，未对照本矿")
    assert mines_owing(year, "circular_studied") == {"mine": "due"}
    year.to(corrected)
    year.correct("mine_director", entry, "重新对照", others_as_own="对照检查1301、1302端头支护")
    assert mines_owing(year, "circular_studied") == {"mine": becomes}
    assert [waiting.waits_for for waiting in waiting_for(year.city["county_officer"], year.at)] == ["verification"]
