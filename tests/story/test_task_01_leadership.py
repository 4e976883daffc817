"""Task 1: a county's year of meetings — kept, missed, late, excused, taken back — and what its decisions ask for."""

import pytest

from kuangan.casework.models import Finding
from kuangan.casework.queries import cases_about
from kuangan.core.errors import Refused
from kuangan.core.models import Event, Notice
from kuangan.duty.actions import fulfil
from kuangan.duty.models import Duty, Source
from tests.duties import accept_credits
from tests.excuses import ask_excuse, decide_excuse
from tests.story.year import moment

MEETING = "county_coal_meeting"
COUNTY = "county_government"


def meet(year, day, **change):
    return year.write("government_clerk", "coal_meeting", COUNTY, held_on=day, **change)


def test_a_year_of_meetings(year):
    year.to("2026-01-04")
    assert year.statuses(MEETING, COUNTY) == {"2026-01": "due"}
    year.to("2026-01-20")
    meet(year, "2026-01-20")
    assert year.statuses(MEETING, COUNTY) == {"2026-01": "met"}

    year.to("2026-02-28T23:59:59")  # held in the month, written down after it but within the five working days
    assert year.statuses(MEETING, COUNTY) == {"2026-01": "met", "2026-02": "due"}
    year.to("2026-03-06")
    meet(year, "2026-02-26")
    assert year.statuses(MEETING, COUNTY) == {"2026-01": "met", "2026-02": "met", "2026-03": "due"}

    assert year.duty(MEETING, COUNTY, period="2026-03").grace_at == moment("2026-04-09T00:00")  # 清明 is off
    year.to("2026-04-09T00:00")
    meet(year, "2026-03-31")
    year.write("city_clerk", "coal_meeting", "city_government", held_on="2026-03-31", title="市级会议")
    assert year.statuses("city_coal_meeting", "city_government") == {"2026-Q1": "late", "2026-Q2": "due"}
    assert year.statuses(MEETING, COUNTY)["2026-03"] == "late"

    year.to("2026-05-01T00:00")  # overdue from the first moment of the next month
    assert year.statuses(MEETING, COUNTY) == {
        "2026-01": "met", "2026-02": "met", "2026-03": "late", "2026-04": "overdue", "2026-05": "due",
    }  # fmt: skip


def test_a_missed_meeting_climbs_the_ladder_and_shows_on_the_board(year):
    year.to("2026-04-01")
    duty = year.duty(MEETING, COUNTY, period="2026-04")
    year.to("2026-04-27T23:59")
    assert year.urged(duty) == []
    year.to("2026-04-28T00:00")
    reminded = [(1, "示例县人民政府")]
    assert year.urged(duty) == reminded
    year.to("2026-04-30T23:59")
    assert (year.urged(duty), year.statuses(MEETING, COUNTY)) == (reminded, {"2026-04": "due"})
    year.to("2026-05-01T00:00")
    urged = [*reminded, (2, "示例县人民政府")]
    assert (year.urged(duty), year.statuses(MEETING, COUNTY)["2026-04"]) == (urged, "overdue")
    year.to("2026-05-04T00:00")
    told = [*urged, (3, "示例市人民政府")]
    assert year.urged(duty) == told
    assert Notice.objects.filter(unit=year.city.units["city_government"], kind="duty", level="yellow").exists()
    year.to("2026-05-11T00:00")  # listed: told to nobody, but on the board
    duty.refresh_from_db()
    assert (year.urged(duty), duty.rung, duty.wakes_at) == (told, 4, None)
    assert year.cell("1.1", COUNTY, "2026-04") == "overdue"
    # the meeting, the monthly dispatch, and at each of two mines the commissioners of whom nothing was ever shown
    assert year.counts("1.1", COUNTY, "2026-04")["overdue"] == 4


def test_the_rule_on_missed_meetings_finds_and_takes_back(year):
    year.to("2026-05-07")
    meet(year, "2026-03-20")
    assert year.judged("county_meeting_missed", unit=COUNTY) == {
        "county_meeting_missed": "clear"
    }  # still looks at March
    year.to("2026-05-08")
    assert year.judged("county_meeting_missed", unit=COUNTY) == {"county_meeting_missed": "found"}
    finding = Finding.objects.get(rule="county_meeting_missed")
    assert finding.reason == "县级政府2026年4月未召开煤矿安全生产会议"
    entry = meet(year, "2026-04-28")
    year.to("2026-05-08T11:00")
    finding.refresh_from_db()
    assert (finding.revoked_at, year.said(["county_meeting_missed"], COUNTY)) == (
        year.at,
        {"county_meeting_missed": "clear"},
    )
    year.void("government_clerk", entry, "会议日期登记错误，另行登记")
    year.to("2026-05-08T12:00")
    assert year.said(["county_meeting_missed"], COUNTY) == {"county_meeting_missed": "found"}
    assert Finding.objects.filter(rule="county_meeting_missed", revoked_at=None).count() == 1


def test_a_corrected_meeting_moves_its_credit_and_a_void_one_reopens(year):
    year.walk("2026-03-02", "2026-04-02")
    entry = meet(year, "2026-03-30")
    assert year.statuses(MEETING, COUNTY) == {"2026-03": "met", "2026-04": "due"}
    year.to("2026-04-03")
    entry = year.correct("government_clerk", entry, "会议实际于四月一日召开", held_on="2026-04-01")
    assert year.statuses(MEETING, COUNTY) == {"2026-03": "overdue", "2026-04": "met"}
    year.void("government_clerk", entry, "不是煤矿安全生产专题会议")
    assert year.statuses(MEETING, COUNTY) == {"2026-03": "overdue", "2026-04": "due"}


def test_an_excuse_frees_from_urging_but_never_counts_as_met(year):
    year.to("2026-02-25")
    city, duty = year.city, year.duty(MEETING, COUNTY, period="2026-02")
    asked = ask_excuse(actor=city["government_clerk"], duty=duty, reason="全县防汛抢险，会议延期", at=year.at)
    with pytest.raises(Refused, match="岗位职责"):
        decide_excuse(actor=city["county_government"], case=asked, accept=True, opinion="同意", at=year.at)
    refused = decide_excuse(
        actor=city["city_government"], case=asked, accept=False, opinion="会议可以视频方式召开", at=year.at
    )
    assert (refused.state, year.statuses(MEETING, COUNTY)) == ("refused", {"2026-02": "due"})
    year.to("2026-03-02")
    again = ask_excuse(actor=city["government_clerk"], duty=duty, reason="二月下旬道路中断，有通报为证", at=year.at)
    assert year.statuses(MEETING, COUNTY)["2026-02"] == "overdue"
    accepted = decide_excuse(actor=city["city_government"], case=again, accept=True, opinion="情况属实", at=year.at)
    assert (accepted.state, accepted.moves.last().actor) == ("accepted", city["city_government"])
    rungs = year.urged(duty)
    year.to("2026-03-20")
    assert (year.statuses(MEETING, COUNTY)["2026-02"], year.urged(duty)) == ("excused", rungs)
    assert year.counts("1.1", COUNTY, "2026-02")["excused"] == 1
    assert year.counts("1.1", COUNTY, "2026-02").get("met", 0) == 0
    seen = [case.facts["reason"] for case in cases_about(city["county_officer"], duty)]
    assert seen == ["二月下旬道路中断，有通报为证", "全县防汛抢险，会议延期"]


def test_a_decision_is_followed_to_its_evidence(year):
    year.to("2026-03-12")
    entry = year.write("county_government", "meeting_decision", COUNTY)
    follow = year.duty("decision_followup", "county")
    assert (follow.due_at, follow.role, follow.first_on) == (
        moment("2026-04-11T00:00"), "section_head", moment("2026-03-12").date(),
    )  # fmt: skip
    year.to("2026-03-20")
    year.correct("county_government", entry, "会议同意延期", due_on="2026-04-30")
    assert year.duty("decision_followup", "county").due_at == moment("2026-05-01T00:00")
    year.to("2026-04-28")
    fulfil(
        actor=year.city["county_section"], duty=follow, source=Source.file, key="1", done_at=year.at,
        note="已督促完成治理，附核查记录", at=year.at,
    )  # fmt: skip
    assert year.statuses("decision_followup", "county") == {"E2026-04": "due"}  # its own file closes nothing
    accept_credits(year.city, follow, year.at)
    assert (year.statuses("decision_followup", "county"), follow.grade) == ({"E2026-04": "met"}, "accepted")


def test_a_void_decision_cancels_what_it_asked_for(year):
    year.to("2026-03-12")
    entry = year.write("county_government", "meeting_decision", COUNTY)
    year.void("county_government", entry, "会议纪要定稿时删除该议定事项")
    follow = year.duty("decision_followup", "county")
    assert (year.statuses("decision_followup", "county"), follow.cancelled_for) == (
        {"E2026-04": "cancelled"}, "所依据的台账记录已作废",
    )  # fmt: skip


def test_a_decision_that_was_void_counts_for_nobody_though_it_was_carried_out(year):
    year.to("2026-03-12")
    entry = year.write("county_government", "meeting_decision", COUNTY)
    follow = year.duty("decision_followup", "county")
    fulfil(actor=year.city["county_section"], duty=follow, source=Source.file, key="1", done_at=year.at, at=year.at)
    accept_credits(year.city, follow, year.at)
    assert year.statuses("decision_followup", "county") == {"E2026-04": "met"}
    year.void("county_government", entry, "会议没有议定该事项")
    assert year.statuses("decision_followup", "county") == {"E2026-04": "cancelled"}


@pytest.mark.parametrize(("day", "told"), [("2026-04-10T23:59:59", 0), ("2026-04-11T00:00", 1)])
def test_the_level_above_hears_of_an_overdue_matter_that_is_voided_away(year, day, told):
    year.to("2026-03-12")
    entry = year.write("county_government", "meeting_decision", COUNTY)
    year.to(day)
    year.void("county_government", entry, "会议纪要定稿时删除该议定事项")
    notices = Notice.objects.filter(unit=year.city.units["city"], title__startswith="逾期事项随台账作废取消")
    assert notices.count() == told


def test_a_decision_passed_to_another_unit_and_back_is_owed_again(year):
    year.to("2026-03-12")
    entry = year.write("county_government", "meeting_decision", COUNTY)
    other = year.city.mine.code
    entry = year.correct("county_government", entry, "责任单位写错", responsible=other)
    assert year.statuses("decision_followup", "county") == {"E2026-04": "cancelled"}
    assert year.statuses("decision_followup", "mine") == {"E2026-04": "due"}
    year.correct(
        "county_government", entry, "核对纪要后改回", responsible=year.city.units["county"].code, due_on="2026-04-20"
    )
    assert year.statuses("decision_followup", "mine") == {"E2026-04": "cancelled"}
    again = year.duty("decision_followup", "county")
    assert (again.cancelled_at, again.cancelled_for, again.due_at) == (None, "", moment("2026-04-21T00:00"))
    assert again.wakes_at is not None


def test_two_commissioners_in_office_until_one_term_ends(year):
    year.to("2026-01-05")
    rule = "mine_without_two_commissioners"
    assert year.judged(rule) == {rule: "found"}
    year.write("county_clerk", "commissioner_assignment", "county", 0)
    owed = {"mine": year.city.mine}
    standing = year.duty("commissioners_at_every_mine", COUNTY, **owed)
    assert (year.credits(standing), year.statuses("commissioners_at_every_mine", COUNTY, **owed)) == (
        (1, 2), {"2026": "due"},
    )  # fmt: skip
    year.write("county_clerk", "commissioner_assignment", "county", 1, to_on="2026-06-30")
    year.to("2026-01-05T11:00")
    assert year.statuses("commissioners_at_every_mine", COUNTY, **owed) == {"2026": "met"}
    assert year.said([rule]) == {rule: "clear"}
    year.to("2026-06-30T23:00")
    assert year.judged(rule) == {rule: "clear"}
    year.to("2026-07-01T00:00")
    assert year.judged(rule) == {rule: "found"}
    found = Finding.objects.filter(rule=rule, subject=year.city.mine.code).order_by("pk")
    assert list(found.values_list("revoked_at", flat=True)) == [moment("2026-01-05T11:00"), None]


def test_a_changed_obligation_moves_what_is_open_and_leaves_what_is_done(year, corpus):
    year.walk("2026-02-02", "2026-03-12")
    meet(year, "2026-03-12")
    missed = year.duty(MEETING, COUNTY, period="2026-02")
    rungs = year.urged(missed)
    march = year.duty(MEETING, COUNTY, period="2026-03")
    year.to("2026-04-02")
    april = year.duty(MEETING, COUNTY, period="2026-04")
    corpus.change_obligation(MEETING, "times: 1\ndue: end", "times: 2\ndue: day 25")
    year.to("2026-04-03")
    terms = {duty.period: (duty.due_at, duty.needed) for duty in Duty.objects.filter(obligation=MEETING)}
    assert terms == {
        "2026-02": (moment("2026-03-01T00:00"), 1),
        "2026-03": (moment("2026-04-01T00:00"), 1),
        "2026-04": (moment("2026-04-26T00:00"), 2),
    }  # fmt: skip
    recorded = Event.objects.filter(action="duty_recomputed").values_list("subject_id", "data__after__needed")
    assert (str(april.pk), 2) in recorded
    assert {str(missed.pk), str(march.pk)}.isdisjoint(dict(recorded))
    assert (year.urged(missed), year.statuses(MEETING, COUNTY)["2026-02"]) == (rungs, "overdue")  # not told anew
    meet(year, "2026-04-03")
    assert (year.credits(april), year.statuses(MEETING, COUNTY)) == (
        (1, 2),
        {"2026-02": "overdue", "2026-03": "met", "2026-04": "due"},
    )
    year.to("2026-04-25T23:59:59")
    meet(year, "2026-04-24", title="第二次会议")
    year.to("2026-04-26T00:00")
    assert year.statuses(MEETING, COUNTY) == {"2026-02": "overdue", "2026-03": "met", "2026-04": "met"}
