"""Task 9: checks by ten days and month, hazards until somebody accepts their end, and what a consultation concludes."""

from datetime import date, timedelta

import pytest

from kuangan.core.actions import create_unit
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.duty.actions import fulfil
from kuangan.duty.models import Duty, Source
from kuangan.flow.credit.answering import answers_to, give, judge
from kuangan.flow.office.meetings import add_decision, follow_ups, keep_minutes
from kuangan.ledger.models import Entry
from kuangan.office.actions.meetings import call_meeting, note_attendance, sign_up
from tests.duties import accept_credits
from tests.story.year import moment

TEN, MONTH = "ten_day_risk_and_hazard_check", "monthly_risk_and_hazard_check"


def test_a_hazard_and_the_checks_that_found_it(year):
    year.to("2026-03-05")
    year.write("mine_director", "hazard_check", "mine")
    assert (year.statuses(MONTH, "mine"), year.statuses(TEN, "mine")) == ({"2026-03": "met"}, {"2026-03-1": "due"})
    hazard = year.write("mine_engineer", "hazard_item", "mine", closed_on=None)
    year.to("2026-03-08T23:59")
    assert year.judged("hazard_item_overdue") == {"hazard_item_overdue": "clear"}
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "due"}
    year.to("2026-03-09T00:00")
    assert year.judged("hazard_item_overdue") == {"hazard_item_overdue": "found"}
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "overdue"}
    hazard = year.correct("mine_engineer", hazard, "整改完成", closed_on="2026-03-09")
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "overdue"}  # done, but nobody accepted it
    with pytest.raises(Refused, match="验收人：本栏由本单位另一人填写"):
        year.correct("mine_engineer", hazard, "验收合格", accepted_by="甲三")
    with pytest.raises(Refused, match="本条目由您登记"):
        year.confirm("mine_engineer", hazard, "acceptance")
    year.confirm("mine_director", hazard, "acceptance")
    year.to("2026-03-10T23:59:59")
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "late"}
    assert year.said(["hazard_item_overdue"]) == {"hazard_item_overdue": "clear"}
    year.write("mine_engineer", "hazard_check", "mine", 1)
    year.walk("2026-03-11T00:00", "2026-03-21T00:00")
    assert year.statuses(TEN, "mine") == {"2026-03-1": "met", "2026-03-2": "overdue", "2026-03-3": "due"}


def test_a_conclusion_is_followed_by_the_office_that_it_names(year):
    year.to("2026-03-26")
    year.write("county_section", "risk_consultation", "county")
    year.write("county_section", "risk_conclusion", "county")
    assert year.statuses("county_monthly_consultation", "county") == {"2026-03": "met"}
    follow = year.duty("risk_conclusion_followup", "county")
    year.to("2026-04-06T00:00")
    assert year.statuses("risk_conclusion_followup", "county") == {"E2026-04": "overdue"}
    fulfil(
        actor=year.city["county_section"], duty=follow, source=Source.file, key="1", done_at=year.at,
        note="已现场核查", at=year.at,
    )  # fmt: skip
    assert year.statuses("risk_conclusion_followup", "county") == {"E2026-04": "overdue"}  # nobody has looked at it
    accept_credits(year.city, follow, year.at)
    assert year.statuses("risk_conclusion_followup", "county") == {"E2026-04": "late"}
    assert year.statuses("county_monthly_risk_report", "county") == {"2026-03": "overdue", "2026-04": "due"}


def consulted(year, organiser, actor, *called):
    """A consultation on risks that was held an hour ago, with whoever came."""
    city = year.city
    meeting = call_meeting(
        actor=city[actor], organiser=city.units[organiser], kind="consultation", title="三月份煤矿安全风险研判会商",
        starts_at=year.at + timedelta(hours=1), place="三楼会议室", chair="乙六", agenda="研判三月风险",
        receivers=[city.units[name] for name in called], at=year.at,
    )  # fmt: skip
    for invitation in meeting.invitations.all():
        director = city["mine_director"]
        sign_up(actor=director, invitation=invitation, people="矿长 甲二", at=year.at)
    year.at += timedelta(hours=2)
    note_attendance(
        actor=city[actor], meeting=meeting, present=meeting.invitations.values_list("pk", flat=True), at=year.at
    )
    return meeting


def test_a_consultation_of_the_office_is_that_of_the_law_and_its_conclusions_are_owed(year):
    year.to("2026-03-26")
    meeting = consulted(year, "county", "county_section", "mine")
    assert year.statuses("county_monthly_consultation", "county") == {"2026-03": "due"}
    keep_minutes(
        actor=year.city["county_section"], meeting=meeting, draft="2026年3月风险分析报告（送审稿）",
        problems="样例云岭煤矿列为重点监管煤矿\n过构造带须专人盯守", at=year.at,
    )  # fmt: skip
    assert year.statuses("county_monthly_consultation", "county") == {"2026-03": "met"}
    entry = Entry.objects.get(ledger="risk_consultation")
    assert (meeting.entry, entry.values["conclusions"].count("\n")) == (entry.serial, 1)
    assert [row["post"] for row in entry.values["attendees"]] == ["矿长"]
    made = add_decision(
        actor=year.city["county_section"], meeting=meeting, matter="开展一次过构造带现场核查",
        responsible=year.city.units["mine"], due_on=date(2026, 4, 5), at=year.at,
    )  # fmt: skip
    assert Entry.objects.get(ledger="risk_conclusion").serial == made.entry
    duty = Duty.objects.get(obligation="risk_conclusion_followup")
    assert duty.unit == year.city.units["mine"]
    (line,) = follow_ups([made], year.at)
    assert (line.status, str(line.subject)) == ("办理中", f"duty:{duty.pk}")


def test_an_answer_comes_back_to_the_mine_that_asked(year):
    year.to("2026-04-02")
    asked = year.write("mine_director", "severe_disaster_problem", "mine", mine=None)
    duty = year.duty("severe_disaster_problem_answer", "county_government")
    mine = year.city["mine_director"]
    assert list(answers_to(mine, asked)) == []
    year.to("2026-04-20")
    leader = year.city["county_government"]
    given = give(
        actor=leader, duty=duty, source=Source.file, key="file:1", done_at=year.at, at=year.at,
        note="村庄搬迁列入县重点工程，六月底前完成。",
    )  # fmt: skip
    (answer,) = answers_to(mine, asked)
    assert (answer.note, answer.duty.unit) == (
        "村庄搬迁列入县重点工程，六月底前完成。",
        year.city.units["county_government"],
    )
    told = Notice.objects.filter(unit=year.city.units["mine"], link=f"entry:severe_disaster_problem/{asked.serial}")
    assert [notice.body for notice in told] == ["村庄搬迁列入县重点工程，六月底前完成。"]
    assert given == answer
    judge(
        actor=year.city["city_government"], fulfilment=answer, confirmed=False, sight="file", opinion="无工程文件",
        at=year.at + timedelta(hours=1),
    )  # fmt: skip
    assert list(answers_to(mine, asked)) == []
    assert "核实不属实" in told.order_by("-pk").first().body


PROBLEM, ANSWER = "severe_disaster_problem", "severe_disaster_problem_answer"


@pytest.mark.parametrize("stranger", ["140424-government", "140423900002", "company-1"])
def test_a_mine_asks_nobody_who_is_not_over_it(year, stranger):
    year.to("2026-04-02")
    area = create_unit(actor=None, kind="county", code="140424", name="邻县", parent=year.city.units["area"])
    create_unit(actor=None, kind="county_government", code="140424-government", name="邻县人民政府", parent=area)
    with pytest.raises(Refused, match="协调解决单位"):
        year.write("mine_director", PROBLEM, "mine", mine=None, responsible=stranger)
    assert not Duty.objects.filter(obligation=ANSWER).exists()
    year.write("mine_director", PROBLEM, "mine", mine=None, responsible="1404-government")
    assert Duty.objects.get(obligation=ANSWER).unit == year.city.units["city_government"]


def test_whom_a_mine_asks_has_ten_days_from_the_recording_whatever_day_it_names(year):
    year.to("2026-04-02")
    early = {"raised_on": "2026-01-05", "due_on": "2026-01-06"}
    asked = year.write("mine_director", PROBLEM, "mine", mine=None, **early)
    assert year.duty(ANSWER, "county_government").due_at == moment("2026-04-13T00:00")
    year.to("2026-04-10")
    year.correct("mine_director", asked, "补充", problem="采动影响范围内两个村庄搬迁滞后")
    year.to("2026-04-12T23:59:59")
    assert list(year.statuses(ANSWER, "county_government").values()) == ["due"]
    year.to("2026-04-13T00:00")
    assert list(year.statuses(ANSWER, "county_government").values()) == ["overdue"]


def test_a_later_day_that_a_mine_names_stays(year):
    year.to("2026-04-02")
    year.write("mine_director", PROBLEM, "mine", mine=None, due_on="2026-04-13")
    assert year.duty(ANSWER, "county_government").due_at == moment("2026-04-14T00:00")
