"""What belongs to somebody else than the keeper is written by him: applications, awards, acceptances, approvals, help."""

import pytest

from kuangan.core.errors import Refused
from kuangan.core.models import Event, Notice
from kuangan.core.trail.verify import verify_trail
from kuangan.ledger.models import EntryConfirmation
from kuangan.ledger.queries import waiting_for
from tests.story.year import moment

APPLICATION = "standardization_application"
RULE = "grading_application_before_first_review"


def waiting(year, username):
    """The parts that wait for somebody, by the entry's number."""
    return [(entry.serial, entry.waits_for) for entry in waiting_for(year.city[username], year.at)]


def test_a_first_review_counts_as_the_department_wrote_it(year):
    year.to("2026-03-02")
    year.write("county_clerk", "accident_resumption", "county")
    year.to("2026-03-10")
    for typed in ({"accepted_on": "2026-03-10"}, {"result": "passed"}, {"hazards_fixed_on": "2026-03-10"}):
        with pytest.raises(Refused, match="本栏由日常监管部门填写"):
            year.write("mine_director", APPLICATION, "mine", applied_on="2026-03-10", **typed)
    made = year.write("mine_director", APPLICATION, "mine", applied_on="2026-03-10")
    assert waiting(year, "county_section") == [(made.serial, "receipt")]
    assert waiting(year, "county_officer") == [(made.serial, "receipt")]
    assert waiting(year, "county_duty") == waiting(year, "city_section") == waiting(year, "mine_engineer") == []
    with pytest.raises(Refused, match="“受理初审申请”由日常监管部门的"):
        year.confirm("mine_director", made, "receipt")
    with pytest.raises(Refused, match="您没有相应岗位"):
        year.confirm("city_section", made, "receipt")
    with pytest.raises(Refused, match="目前不能办理这一步"):
        year.confirm("county_section", made, "review", result="passed")
    made = year.confirm("county_section", made, "receipt", "申请材料齐全")
    assert (made.values["accepted_on"], made.waits_for) == ("2026-03-10", "review")
    grading = year.write("mine_director", APPLICATION, "mine", applied_on="2026-03-10", step="grading")
    assert year.judged(RULE) == {RULE: "found"}  # received, not reviewed
    year.to("2026-03-20")
    made = year.confirm("county_officer", made, "review", "现场检查合格，隐患三条", result="passed")
    assert year.judged(RULE) == {RULE: "found"}, "the grading was asked for before the day of the review"
    year.void("mine_director", grading, "初审合格前误报")
    year.to("2026-03-25")
    grading = year.write("mine_director", APPLICATION, "mine", applied_on="2026-03-25", step="grading")
    assert year.judged(RULE) == {RULE: "unknown"}  # nobody has seen the hazards fixed
    made = year.confirm("county_officer", made, "hazards", "逐条复查", hazards_fixed_on="2026-03-24")
    assert year.judged(RULE) == {RULE: "clear"}
    assert waiting(year, "city_section") == [(grading.serial, "grading")]
    told = Notice.objects.filter(kind="ledger", unit=year.city.units["mine"]).order_by("pk")
    assert [notice.title.partition("：")[0] for notice in told] == [
        "受理初审申请已办理", "初审结论已办理", "初审隐患整改复核已办理",
    ]  # fmt: skip
    assert {notice.link for notice in told} == {f"entry:{APPLICATION}/{made.serial}"}
    assert verify_trail().broken is None


def test_a_refused_first_review_is_no_passed_one_and_a_correction_ends_what_was_confirmed(year):
    year.to("2026-03-10")
    made = year.write("mine_director", APPLICATION, "mine", applied_on="2026-03-10")
    made = year.confirm("county_section", made, "receipt")
    with pytest.raises(Refused, match="请选择“结论”"):
        year.confirm("county_section", made, "review")
    with pytest.raises(Refused, match="请写明查看的内容"):
        year.confirm("county_section", made, "review", " ", result="failed")
    made = year.confirm("county_section", made, "review", "通风系统不符合", result="failed")
    year.write("mine_director", APPLICATION, "mine", applied_on="2026-03-10", step="grading")
    assert (made.waits_for, year.judged(RULE)) == ("", {RULE: "found"})
    made = year.confirm("county_section", made, "review", "录入有误，结论为通过", result="passed")
    assert (made.values["result"], made.waits_for) == ("passed", "hazards")
    made = year.correct("mine_director", made, "自评得分有误", self_score="86.00")
    assert (made.parts, made.waits_for, "result" in made.values) == ((), "receipt", False)
    assert EntryConfirmation.objects.filter(entry__serial=made.serial, accepted=True).count() == 3


def test_an_application_that_is_sent_back_waits_until_it_is_corrected(year):
    year.to("2026-03-10")
    made = year.write("mine_director", APPLICATION, "mine", applied_on="2026-03-10")
    year.send_back("county_section", made, "receipt", "缺少自评报告，请一次补齐")
    assert waiting(year, "county_section") == []
    with pytest.raises(Refused, match="目前不待"):
        year.send_back("county_section", made, "receipt", "再退一次")
    event = Event.objects.get(action="entry_returned")
    assert (event.data["part"], event.data["opinion"]) == ("receipt", "缺少自评报告，请一次补齐")
    assert Notice.objects.get(title__startswith="受理初审申请退回").unit == year.city.units["mine"]
    made = year.correct("mine_director", made, "已补齐", application_number="演示矿发〔2026〕18号（补正）")
    assert waiting(year, "county_section") == [(made.serial, "receipt")]


def test_a_team_is_selected_by_each_office_itself(year):
    year.to("2026-05-30")
    with pytest.raises(Refused, match="日常监管部门评定结果：本栏由日常监管部门填写"):
        year.write("mine_director", "safe_team", "mine", office_result="selected")
    for typed in ("county", "city"):
        with pytest.raises(Refused, match="矿级评选结果"):
            year.write("mine_director", "safe_team", "mine", mine_result=typed)
    team = year.write("mine_director", "safe_team", "mine")
    assert waiting(year, "city_section") == []
    team = year.confirm(
        "county_section", team, "office", office_result="selected", office_document="演示县应急〔2026〕9号"
    )
    assert waiting(year, "city_section") == [(team.serial, "city")]
    team = year.confirm("city_section", team, "city", city_result="rejected")
    assert (team.values["office_on"], team.values["city_result"]) == ("2026-05-30", "rejected")
    other = year.write("mine_director", "safe_team", "mine", name="掘进二队")
    year.confirm("county_section", other, "office", office_result="rejected")
    assert waiting(year, "city_section") == []


def test_a_hazard_is_accepted_by_another_than_who_answers_for_it(year):
    year.to("2026-03-05")
    hazard = year.write("mine_clerk", "hazard_item", "mine", closed_on=None, responsible="甲三")
    assert waiting(year, "mine_engineer") == []
    year.to("2026-03-07")
    hazard = year.correct("mine_clerk", hazard, "整改完成", closed_on="2026-03-07")
    with pytest.raises(Refused, match="您是本条目的整改责任人"):
        year.confirm("mine_engineer", hazard, "acceptance")
    with pytest.raises(Refused, match="您没有相应岗位"):
        year.confirm("county_officer", hazard, "acceptance")
    hazard = year.confirm("mine_leader", hazard, "acceptance", "现场查看锚杆补打到位")
    assert hazard.values["accepted_by"] == {"person": year.city["mine_leader"].person_id, "name": "甲四"}
    duty = year.duty("hazard_item_closure", "mine")
    assert (year.statuses("hazard_item_closure", "mine"), duty.grade) == ({"E2026-03": "met"}, "self")
    year.correct("mine_clerk", hazard, "完成日期有误", closed_on="2026-03-06")
    assert year.statuses("hazard_item_closure", "mine") == {"E2026-03": "due"}  # what was accepted was another day


def test_a_major_hazard_is_accepted_by_the_supervisor(year):
    year.to("2026-03-07")
    hazard = year.write("mine_clerk", "hazard_item", "mine", grade="major")
    with pytest.raises(Refused, match="您没有相应岗位"):
        year.confirm("mine_leader", hazard, "major_acceptance")
    year.confirm("county_officer", hazard, "major_acceptance", "现场复查合格")
    duty = year.duty("hazard_item_closure", "mine")
    assert (year.statuses("hazard_item_closure", "mine"), duty.grade) == ({"E2026-03": "met"}, "accepted")


CLOSURE, ACCEPTED = "hazard_item_closure", "major_hazard_accepted"


def major(year, closed_on=None):
    """A major hazard of the mine, to be put right by 10 March, and put right by its own word on a day."""
    year.to("2026-03-05")
    hazard = year.write("mine_clerk", "hazard_item", "mine", grade="major", closed_on=None, due_on="2026-03-10")
    if closed_on:
        year.to(closed_on)
        hazard = year.correct("mine_clerk", hazard, "整改完成", closed_on=closed_on)
    return hazard


def standing(year):
    """How mine and supervisor stand."""
    return [*year.statuses(CLOSURE, "mine").values(), *year.statuses(ACCEPTED, "county").values()]


def test_a_mine_takes_a_major_hazard_back_only_once_its_supervisor_agrees(year):
    hazard = major(year, "2026-03-07")
    with pytest.raises(Refused, match="须先由日常监管部门在本条目办理“同意调低或者作废重大隐患”"):
        year.correct("mine_clerk", hazard, "等级有误", grade="A")
    with pytest.raises(Refused, match="才能作废"):
        year.void("mine_clerk", hazard, "误登记")
    with pytest.raises(Refused, match="您没有相应岗位"):
        year.confirm("mine_director", hazard, "release", "不属重大隐患")
    assert standing(year) == ["due", "due"]
    hazard = year.confirm("county_officer", hazard, "release", "现场核查，不属重大隐患")
    hazard = year.correct("mine_clerk", hazard, "经县局同意调低", grade="A")
    assert (hazard.parts, hazard.waits_for) == ((), "acceptance")
    assert year.statuses("major_hazard_investigated", "mine") == {"E2026-04": "cancelled"}
    assert standing(year) == ["due", "cancelled"]
    hazard = year.correct("mine_clerk", hazard, "再次判定", grade="major")
    with pytest.raises(Refused, match="才能更改本栏"):
        year.correct("mine_clerk", hazard, "又改", grade="B")
    with pytest.raises(Refused, match="才能更改本栏"):
        year.correct("mine_clerk", hazard, "又改", grade="C", place="地面")


def test_a_major_hazard_is_voided_with_the_consent_of_the_supervisor(year):
    hazard = year.confirm("county_officer", major(year), "release", "与第一号重复登记")
    year.void("mine_clerk", hazard, "重复登记")
    assert year.statuses(CLOSURE, "mine") == {"E2026-03": "cancelled"}


@pytest.mark.parametrize(
    ("accepted_at", "before", "after"),
    [
        ("2026-03-20T23:59:59", ["due", "due"], ["met", "met"]),
        ("2026-03-21T00:00", ["overdue", "overdue"], ["met", "late"]),
        ("2026-03-25", ["overdue", "overdue"], ["met", "late"]),
    ],
)
def test_a_major_hazard_put_right_in_time_is_not_late_because_its_supervisor_is_slow(year, accepted_at, before, after):
    hazard = major(year, "2026-03-08")
    year.to("2026-03-11T00:00")
    assert standing(year) == ["due", "due"]
    year.to(accepted_at)
    assert standing(year) == before
    year.confirm("county_officer", hazard, "major_acceptance", "现场复查合格")
    assert standing(year) == after
    assert (year.duty(CLOSURE, "mine").grade, year.duty(ACCEPTED, "county").grade) == ("accepted", "self")


def test_a_major_hazard_put_right_after_its_day_is_late(year):
    hazard = major(year, "2026-03-11")
    assert standing(year) == ["overdue", "due"]
    year.confirm("county_officer", hazard, "major_acceptance", "现场复查合格")
    assert standing(year) == ["late", "met"]


@pytest.mark.parametrize("said", [{"closed_on": "2026-03-13"}, {"measures": "补打锚杆两根"}])
def test_who_sends_a_major_hazard_back_has_answered_and_is_asked_anew_once_it_is_corrected(year, said):
    hazard = major(year, "2026-03-08")
    year.to("2026-03-12")
    year.send_back("county_officer", hazard, "major_acceptance", "锚杆仍缺两根")
    assert standing(year) == ["overdue", "met"]
    year.to("2026-03-13")
    hazard = year.correct("mine_clerk", hazard, "重新整改", **said)
    assert standing(year) == ["overdue", "due"]
    year.to("2026-03-27T23:59:59")
    assert standing(year) == ["overdue", "due"]
    year.to("2026-03-28T00:00")
    assert standing(year) == ["overdue", "overdue"]
    year.confirm("county_officer", hazard, "major_acceptance", "现场复查合格")
    assert standing(year) == ["late", "late"]


INVESTIGATED, REVIEWED = "major_hazard_investigated", "hazard_investigation_reviewed"


def investigated(year):
    """How mine and supervisor stand about an investigation, and how far the mine's is proven."""
    owed = [*year.statuses(INVESTIGATED, "mine").values(), *year.statuses(REVIEWED, "county").values()]
    return [*owed, year.duty(INVESTIGATED, "mine").grade]


def test_a_mine_closes_no_investigation_of_its_own_before_its_supervisor(year):
    major(year)
    year.to("2026-03-20")
    assert year.write("county_clerk", "hazard_investigation", "county").waits_for == "", "its own decision"
    made = year.write("mine_director", "hazard_investigation", "mine", started_on="2026-03-06", finished_on=None)
    assert (made.waits_for, year.statuses(REVIEWED, "county")) == ("", {}), "not closed yet"
    made = year.correct("mine_director", made, "结案", finished_on="2026-03-20")
    assert (waiting(year, "county_section"), investigated(year)) == ([(made.serial, "review")], ["met", "due", "self"])
    year.to("2026-03-23")
    year.send_back("county_section", made, "review", "只处理了工人，未查管理责任")
    assert investigated(year)[:2] == ["due", "met"]
    made = year.correct("mine_director", made, "补充责任认定", liability="对分管副矿长和技术科长给予处分")
    assert investigated(year) == ["met", "due", "self"]
    year.confirm("county_section", made, "review", "原因清楚，责任落实到管理人员")
    assert investigated(year) == ["met", "met", "accepted"]


def test_an_investigation_is_done_on_the_day_it_was_closed_and_not_before(year):
    major(year)
    year.to("2026-03-20")
    plan = {"started_on": "2026-03-06", "finished_on": "2026-06-01"}
    made = year.write("mine_director", "hazard_investigation", "mine", **plan)
    assert year.statuses(INVESTIGATED, "mine") == {"E2026-04": "due"}, "a day to come closes nothing"
    with pytest.raises(Refused, match="审查日期不得早于结案日期"):
        year.confirm("county_section", made, "review", "原因清楚")
    year.to("2026-06-01T12:00")
    year.confirm("county_section", made, "review", "原因清楚")
    assert set(year.statuses(INVESTIGATED, "mine").values()) == {"late"}


@pytest.mark.parametrize(("at", "outcome"), [("2026-03-11T08:59:59", "clear"), ("2026-03-11T09:00", "found")])
def test_a_permit_is_approved_before_the_operation_begins(year, at, outcome):
    year.to("2026-03-11T08:00")
    permit = year.write("mine_clerk", "high_risk_permit", "mine", closed_at=None, closing_check=None)
    year.to(at)
    if outcome == "clear":
        permit = year.confirm("mine_director", permit, "approval", "措施、条件已核对")
        assert [permit.values[name] for name in ("approver_post", "approved_at")] == [
            "矿长", moment(at).isoformat(),
        ]  # fmt: skip
    else:
        with pytest.raises(Refused, match="已过计划开始时间，不能再办理“作业票审批”"):
            year.confirm("mine_director", permit, "approval")
    year.to("2026-03-11T10:00")
    assert year.judged("high_risk_permit_not_approved") == {"high_risk_permit_not_approved": outcome}
    if outcome == "clear":
        closed = {"closed_at": "2026-03-11T09:50:00+08:00", "closing_check": "无残火"}
        permit = year.correct("mine_clerk", permit, "结束验收", **closed)
        assert permit.parts == ("approval",), "its end changes nothing of what was approved"
        permit = year.correct("mine_clerk", permit, "地点写错", place="主斜井井口房")
        assert permit.parts == ()


def test_who_wrote_the_permit_does_not_approve_it(year):
    year.to("2026-03-11T08:00")
    permit = year.write("mine_director", "high_risk_permit", "mine")
    with pytest.raises(Refused, match="本条目由您登记"):
        year.confirm("mine_director", permit, "approval")
    assert waiting(year, "mine_director") == []
    assert waiting(year, "mine_engineer") == [(permit.serial, "approval")]


def test_a_change_is_approved_by_another_before_it_begins(year):
    year.to("2026-03-05")
    link = year.write("mine_clerk", "change_link", "mine", started_at=None)
    year.to("2026-03-08T07:59")
    link = year.confirm("mine_director", link, "approval")
    link = year.correct("mine_clerk", link, "开始", started_at="2026-03-08T08:00:00+08:00")
    assert link.parts == ("approval",)
    assert year.judged("change_link_not_declared") == {"change_link_not_declared": "clear"}
    stopped = {"number": "BH-2026-008", "kind": "unplanned_stop", "started_at": None}
    assert year.write("mine_clerk", "change_link", "mine", **stopped).waits_for == ""


def test_help_is_what_the_department_says_it_gave(year):
    year.to("2026-03-05")
    with pytest.raises(Refused, match="部门帮扶情况：本栏由日常监管部门填写"):
        year.write("mine_clerk", "standardization_gap", "mine", help="市局现场指导1次")
    gap = year.write("mine_clerk", "standardization_gap", "mine")
    assert waiting(year, "county_section") == []  # nobody must
    gap = year.confirm("commissioner_a", gap, "help", help="组织专家现场指导1次")
    gap = year.correct("mine_clerk", gap, "提前完成", done_on="2026-03-05")
    assert (gap.values["help"], gap.values["helped_on"]) == ("组织专家现场指导1次", "2026-03-05")
