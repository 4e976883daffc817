"""A penalty from the clue to the closing: a mine and its director, each told, heard, punished and paying for himself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.casework.models import Case
from kuangan.casework.openings import Chosen
from kuangan.casework.queries import cases_visible_to
from kuangan.core.actions import appoint, create_person, create_post, create_user
from kuangan.core.errors import Refused
from kuangan.flow.cases.opening import open_by_person
from kuangan.law.cite import Cite
from kuangan.law.local import Answers, LocalValue, serving_city, trying
from kuangan.law.role import Role
from kuangan.law.time.dated import Value
from kuangan.paper.queries import papers_visible_to
from tests.city import PASSWORD, SmallCity
from tests.story.script import PROPOSAL, Script

MINE, DIRECTOR = 1, 2
CLUE = {
    "source": "inspection",
    "behaviour": "未落实领导带班下井制度",
    "summary": "夜班检查无矿级领导下井带班，带班记录系事后补填",
    "found_on": "2026-03-09",
    "ended_on": "2026-03-09",
    "against": "both",
    "address": "示例县云岭镇",
    "persons": [{"name": "甲二", "post": "矿长", "address": "示例县云岭镇"}],
    "phone": "0000-0000000",
}
FOR_MINE = {
    "violated": "《煤矿安全生产条例》第二十三条第二款",
    "basis": "《煤矿安全生产条例》第六十三条第（一）项",
    "fine": "120000",
    "other": "none",
    "reasons": "检查后立即改正，在法定幅度内从轻",
}
FOR_DIRECTOR = {
    "violated": "《中华人民共和国安全生产法》第二十一条",
    "basis": "《中华人民共和国安全生产法》第九十四条第一款",
    "fine": "20000",
    "other": "none",
    "reasons": "配合调查，在法定幅度内从轻",
}
REPORT = {"facts": "该矿夜班无矿级领导下井带班", "evidence": "现场检查记录\n人员位置监测记录", "correction": "立即改正"}
HEARING = {"place": "县局会议室", "host": "乙四", "clerk": "乙一"}
HEARD = {"attended": "present", "arguments": "已当日改正，请求减轻", "replies": "事实清楚", "opinion": "建议适当从轻"}
DISCUSSION = {
    "place": "县局会议室",
    "participants": "乙六、乙七",
    "opinions": "一致同意",
    "conclusion": "按复核意见处罚",
}


class Penalty:
    """The hand that leads a case on."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.files = script.city.evidence("county_officer")
        self.case = self.open()

    def open(self, unit: str = "mine", by: str = "county_officer", **more: Any) -> Case:
        chosen = Chosen(self.script.city.units[unit])
        return open_by_person(
            actor=self.script.city[by],
            procedure_id="administrative_penalty",
            way_id="open",
            chosen=chosen,
            inputs={**CLUE, **more},
            at=self.script.at,
        )

    def do(self, who: str, move: str, **inputs: Any) -> None:
        self.script.do(who, self.case, move, **inputs)

    def refused(self, who: str, move: str, **inputs: Any) -> str:
        return self.script.refused(who, self.case, move, **inputs)

    def file(self) -> None:
        self.do("county_officer", "propose_filing", check="现场检查记录和监测数据证实")
        self.do("county_officer_b", "join_filing")
        self.do("county_head", "file")

    def investigate(self) -> None:
        self.do("county_officer", "record_evidence", kind="record", what="现场检查记录", files=self.files)
        self.do("county_officer", "propose_penalty", party=MINE, **FOR_MINE)
        self.do("county_officer", "propose_penalty", party=DIRECTOR, **FOR_DIRECTOR)
        self.do("county_officer", "report", **REPORT)
        self.do("county_officer_b", "confirm_report")
        self.do("county_head", "approve_report")

    def serve(self, move: str, party: int, **more: Any) -> None:
        self.do("county_officer", move, party=party, **self.service(**more))

    def service(self, **more: Any) -> dict[str, Any]:
        served_at = self.script.at + timedelta(minutes=1)
        handed = {"method": "direct", "receiver": "甲二", "receiver_post": "矿长", "place": "矿调度室"}
        return {**handed, "served_at": served_at, **more}

    def tell(self) -> None:
        self.serve("serve_pre_notice", MINE)
        self.serve("serve_pre_notice", DIRECTOR)

    def conclude(self, **more: Any) -> None:
        """Without any answer the proposals stand."""
        for party, proposal in ((MINE, FOR_MINE), (DIRECTOR, FOR_DIRECTOR)):
            kept = {"fine": proposal["fine"], "other": "none", "adopted": "none", "reasons": "当事人未提出意见", **more}
            self.do("county_officer", "conclude", party=party, **kept)
        self.do("county_officer_b", "confirm_conclusion")

    def decide(self) -> None:
        self.do("county_legal", "pass_legal_review", opinion="事实清楚，程序合法")
        self.do("county_head", "discuss", held_at=self.script.at, **DISCUSSION)
        self.do("county_head", "decide", party=MINE)
        self.do("county_head", "decide", party=DIRECTOR)

    def due(self, clock: str, party: int = 0) -> datetime:
        return self.case.clocks.filter(clock=clock, party=party).latest("started_at").due_at

    def papers(self, template: str) -> dict[int, Any]:
        links = self.case.papers.filter(paper__template=template).select_related("paper").order_by("pk")
        return {link.party: link.paper for link in links}


def day_end(text: str) -> datetime:
    return beijing_midnight(date.fromisoformat(text) + timedelta(days=1))


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def city_head(city: SmallCity, at: datetime) -> None:
    """The head of the city's bureau, whom the small city does not have."""
    unit = city.units["city"]
    person = create_person(actor=None, name="丙五", unit=unit, phone="000-0002", certificate="", at=at)
    post = create_post(actor=None, unit=unit, title="局长", role=Role.bureau_head, at=at)
    appoint(actor=None, post=post, person=person, at=at)
    city.users["city_head"] = create_user(actor=None, username="city_head", person=person, password=PASSWORD)


@pytest.fixture
def penalty(script: Script) -> Penalty:
    city_head(script.city, script.at)
    return Penalty(script)


@pytest.fixture
def told(penalty: Penalty) -> Penalty:
    """Filed, investigated and both told on 10 March."""
    penalty.file()
    penalty.investigate()
    penalty.tell()
    return penalty


@pytest.fixture
def performing(told: Penalty) -> Penalty:
    """Decided without an answer, and both decisions served."""
    told.script.until(day_end("2026-03-17"))
    told.conclude()
    told.decide()
    told.serve("serve_decision", MINE)
    told.serve("serve_decision", DIRECTOR)
    return told


def test_a_mine_and_its_director_each_have_their_own_way_through_one_case(penalty: Penalty) -> None:
    parties = [(row.name, row.kind, row.post) for row in penalty.case.parties.all()]
    assert parties == [("云岭一号煤矿", "unit", ""), ("甲二", "person", "云岭一号煤矿矿长")]
    assert penalty.case.title == "云岭一号煤矿未落实领导带班下井制度案"
    two_officers_take_it_on(penalty)
    each_is_told_what_is_meant_for_him(penalty)
    one_defends_himself_and_the_other_is_heard(penalty)
    the_officers_conclude_and_two_reviews_follow(penalty)
    each_gets_his_decision(penalty)
    both_pay_and_the_case_is_closed(penalty)


def two_officers_take_it_on(penalty: Penalty) -> None:
    assert penalty.due("file") == day_end("2026-03-16")
    penalty.do("county_officer", "propose_filing", check="现场检查记录证实")
    assert "两名人员" in penalty.refused("county_officer", "join_filing")
    assert "不具有" in penalty.refused("county_section", "join_filing")
    penalty.do("county_officer_b", "join_filing")
    penalty.do("county_head", "file")
    assert [row["name"] for row in penalty.papers("case_filing_decision")[0].data["officers"]] == ["乙二", "乙三"]
    assert penalty.due("decide") == day_end("2026-06-08")


def each_is_told_what_is_meant_for_him(penalty: Penalty) -> None:
    penalty.investigate()
    notices = penalty.papers("penalty_pre_notice")
    assert notices[MINE].data["penalty"] == "罚款120000元（壹拾贰万元整）"
    assert notices[DIRECTOR].data["penalty"] == "罚款20000元（贰万元整）"
    assert notices[MINE].number != notices[DIRECTOR].number
    assert (notices[MINE].data["hearing"], notices[DIRECTOR].data["hearing"]) == (True, True)
    penalty.tell()


def one_defends_himself_and_the_other_is_heard(penalty: Penalty) -> None:
    script = penalty.script
    script.until(day_end("2026-03-17") - timedelta(minutes=5))
    penalty.do("mine_director", "respond", party=DIRECTOR, kind="defend", statement="当晚在井下另一作业地点")
    penalty.do("mine_director", "request_hearing", party=MINE)
    conclusion = {"adopted": "refused", "fine": "20000", "other": "none", "reasons": "不成立"}
    assert "期满前不得" in penalty.refused("county_officer", "conclude", party=DIRECTOR, **conclusion)
    script.until(day_end("2026-03-17") + timedelta(hours=10))
    held_at = beijing("2026-03-30T09:00")
    penalty.do("county_head", "convene_hearing", party=MINE, held_at=held_at, **HEARING)
    penalty.serve("serve_hearing_notice", MINE)
    report = {"party": MINE, "files": penalty.files, **HEARD}
    assert "尚未开始" in penalty.refused("county_section", "report_hearing", **report)
    script.until(held_at + timedelta(hours=2))
    assert "本人办理" in penalty.refused("county_legal", "report_hearing", **report)
    penalty.do("county_section", "report_hearing", **report)


def the_officers_conclude_and_two_reviews_follow(penalty: Penalty) -> None:
    review = {"other": "none", "reasons": "当日改正属实"}
    heavier = {"party": MINE, "adopted": "part", "fine": "120000.01", **review}
    assert "不得重于" in penalty.refused("county_officer", "conclude", **heavier)
    penalty.do("county_officer", "conclude", party=MINE, adopted="part", fine="100000", **review)
    penalty.do("county_officer", "conclude", party=DIRECTOR, adopted="refused", fine="20000", **review)
    penalty.do("county_officer_b", "confirm_conclusion")
    assert penalty.case.state == "concluded"
    penalty.do("county_legal", "pass_legal_review", opinion="事实清楚，程序合法")
    assert "集体讨论" in penalty.refused("county_head", "decide", party=MINE)
    penalty.do("county_head", "discuss", held_at=penalty.script.at, **DISCUSSION)


def each_gets_his_decision(penalty: Penalty) -> None:
    case = penalty.case
    penalty.do("county_head", "decide", party=MINE)
    assert case.state == "reviewed"
    penalty.do("county_head", "decide", party=DIRECTOR)
    assert case.state == "decided"
    decisions = penalty.papers("penalty_decision")
    assert decisions[MINE].data["penalty"] == "罚款100000元（壹拾万元整）"
    assert "举行听证" in decisions[MINE].data["heard"]
    assert "不予采纳" in decisions[DIRECTOR].data["heard"]
    assert decisions[DIRECTOR].data["post"] == "云岭一号煤矿矿长"
    assert {(one.data["review_span"], one.data["lawsuit_span"]) for one in decisions.values()} == {("六十日", "六个月")}
    assert {row.party for row in case.clocks.filter(clock="serve", stopped_at=None)} == {MINE, DIRECTOR}
    assert {row.party for row in case.clocks.filter(clock="publish")} == {MINE}


def both_pay_and_the_case_is_closed(penalty: Penalty) -> None:
    penalty.serve("serve_decision", MINE)
    penalty.serve("serve_decision", DIRECTOR)
    on = civil_date(penalty.script.at)
    assert penalty.due("pay", MINE) == day_end((on + timedelta(days=15)).isoformat())
    penalty.do("county_officer", "record_payment", party=MINE, paid_on=on, fine="100000", receipt="1")
    penalty.do("county_officer", "record_payment", party=DIRECTOR, paid_on=on, fine="20000", receipt="2")
    assert penalty.case.state == "settled"
    penalty.do("county_officer", "propose_closing", reason="行政处罚决定已由当事人履行完毕")
    assert "尚未报上级备案" in penalty.refused("county_head", "close")
    penalty.do("county_officer", "report_upward", document="示应急备〔2026〕1号")
    assert "尚未公开曝光" in penalty.refused("county_head", "close")
    penalty.do("county_officer", "publish_decision", party=MINE)
    penalty.do("county_head", "close")
    assert penalty.case.state == "closed"
    assert not penalty.case.clocks.filter(stopped_at=None).exists()


def test_the_mine_sees_nothing_before_its_own_notice_is_served(penalty: Penalty) -> None:
    director = penalty.script.city["mine_director"]

    def seen() -> list[str]:
        return sorted(paper.template for paper in papers_visible_to(director))

    penalty.file()
    penalty.investigate()
    assert not cases_visible_to(director).exists()
    assert seen() == []
    penalty.serve("serve_pre_notice", MINE)
    assert cases_visible_to(director).get() == penalty.case
    assert seen() == ["penalty_pre_notice", "service_receipt"]
    assert papers_visible_to(director).get(template="penalty_pre_notice").data["party"] == "云岭一号煤矿"


def test_a_request_is_taken_until_the_end_of_the_fifth_working_day(told: Penalty) -> None:
    end = day_end("2026-03-17")
    told.script.at = end
    assert "视为放弃" in told.refused("mine_director", "request_hearing", party=MINE)
    assert "视为放弃" in told.refused("mine_director", "respond", party=DIRECTOR, kind="defend", statement="x")
    late = {"made_at": end, "files": told.files}
    assert "视为放弃" in told.refused("county_officer", "record_request", party=MINE, **late)
    in_time = {"made_at": end - timedelta(seconds=1), "files": told.files}
    told.do("county_officer", "record_request", party=MINE, **in_time)
    assert told.due("hear", MINE) == day_end("2026-04-02")


def test_the_days_run_out_by_themselves_and_without_an_answer_the_proposals_stand(told: Penalty) -> None:
    assert told.due("answer", DIRECTOR) == day_end("2026-03-17")
    told.script.until(day_end("2026-03-17"))
    assert sorted(told.case.moves.filter(move="days_over").values_list("party", flat=True)) == [MINE, DIRECTOR]
    told.conclude()
    told.decide()
    assert "未进行陈述、申辩" in told.papers("penalty_decision")[MINE].data["heard"]


def test_who_waives_expressly_need_not_be_waited_for(told: Penalty) -> None:
    proof = {"statement": "放弃", "files": told.files}
    for party in (MINE, DIRECTOR):
        told.do("county_officer", "record_response", party=party, kind="waive", made_at=told.script.at, **proof)
    told.conclude()
    assert told.case.state == "concluded"


def test_a_person_speaks_for_himself(script: Script) -> None:
    penalty = Penalty(script)
    penalty.case = penalty.open(persons=[{"name": "甲九", "post": "安全副矿长", "address": "示例县"}])
    penalty.file()
    penalty.investigate()
    penalty.tell()
    defence = {"kind": "defend", "statement": "x"}
    assert "本人提出" in penalty.refused("mine_director", "respond", party=DIRECTOR, **defence)
    penalty.do("mine_director", "respond", party=MINE, **defence)


@pytest.mark.parametrize(
    ("held_at", "reason"),
    [
        ("2026-03-27T09:00", "7个工作日前"),
        ("2026-04-02T00:00", "15日内"),
        ("2026-03-28T09:00", ""),
        ("2026-04-01T23:00", ""),
    ],
)
def test_a_hearing_lies_seven_working_days_after_its_notice_and_fifteen_days_after_the_request(
    told: Penalty, held_at: str, reason: str
) -> None:
    told.script.at = beijing("2026-03-17T10:00")
    told.do("mine_director", "request_hearing", party=MINE)
    told.script.at = beijing("2026-03-18T10:00")
    given = {"party": MINE, "held_at": beijing(held_at), **HEARING}
    if reason:
        assert reason in told.refused("county_head", "convene_hearing", **given)
        return
    told.do("county_head", "convene_hearing", **given)
    told.script.at = beijing("2026-03-19T10:00")
    if held_at.startswith("2026-03-28"):
        late = told.service(served_at=told.script.at)
        assert "不足7个工作日" in told.refused("county_officer", "serve_hearing_notice", party=MINE, **late)


def test_a_hearing_is_led_by_somebody_who_did_not_investigate_and_postponed_once(told: Penalty) -> None:
    told.do("mine_director", "request_hearing", party=MINE)
    first, second = beijing("2026-03-24T09:00"), beijing("2026-04-03T09:00")
    for host, clerk in (("乙二", "乙一"), ("乙四", "乙三"), ("乙四", "乙四")):
        assert told.refused(
            "county_head", "convene_hearing", party=MINE, held_at=first, place="x", host=host, clerk=clerk
        )
    told.do("county_head", "convene_hearing", party=MINE, held_at=first, **HEARING)
    assert "尚未送达" in told.refused(
        "county_head", "postpone_hearing", party=MINE, held_at=second, place="x", reason="出差"
    )
    told.serve("serve_hearing_notice", MINE)
    told.do("county_head", "postpone_hearing", party=MINE, held_at=second, place="县局会议室", reason="代理人住院")
    told.serve("serve_hearing_notice", MINE)
    third = {"held_at": second + timedelta(days=5), "place": "x", "reason": "x"}
    assert "1次" in told.refused("county_head", "postpone_hearing", party=MINE, **third)


def test_a_small_fine_gives_no_right_to_a_hearing_and_asks_for_no_discussion(penalty: Penalty) -> None:
    penalty.file()
    penalty.do("county_officer", "record_evidence", kind="record", what="现场检查记录", files=penalty.files)
    small = {**FOR_MINE, "warning": True, "fine": "99999.99"}
    penalty.do("county_officer", "propose_penalty", party=MINE, **small)
    penalty.do("county_officer", "propose_penalty", party=DIRECTOR, **{**FOR_DIRECTOR, "fine": "19999.99"})
    penalty.do("county_officer", "report", **REPORT)
    penalty.do("county_officer_b", "confirm_report")
    penalty.do("county_head", "approve_report")
    penalty.tell()
    assert "不属于听证范围" in penalty.refused("mine_director", "request_hearing", party=MINE)
    penalty.script.until(day_end("2026-03-17"))
    kept = {"other": "none", "adopted": "none", "reasons": "无意见"}
    penalty.do("county_officer", "conclude", party=MINE, warning=True, fine="99999.99", **kept)
    penalty.do("county_officer", "conclude", party=DIRECTOR, fine="0", **kept)
    penalty.do("county_officer_b", "confirm_conclusion")
    assert penalty.case.state == "reviewed"
    penalty.do("county_head", "decide", party=MINE)
    grounds = {"ground": "no_fault", "reasons": "已尽职责", "education": "加强检查"}
    assert "复核意见为不予处罚" in penalty.refused("county_head", "decide", party=DIRECTOR)
    penalty.do("county_head", "decide_no_penalty", party=DIRECTOR, **grounds)
    assert penalty.case.state == "decided"
    assert not penalty.case.clocks.filter(clock="report_upward").exists()
    penalty.serve("serve_decision", MINE)
    penalty.serve("serve_no_penalty", DIRECTOR)
    assert {row.party for row in penalty.case.clocks.filter(clock="pay", stopped_at=None)} == {MINE}


def test_the_term_goes_from_90_to_120_to_180_days_and_only_tests_stop_it(penalty: Penalty) -> None:
    penalty.file()
    assert penalty.due("decide") == day_end("2026-06-08")
    assert "须先经本机关" in penalty.refused("city_head", "extend_longest", reason="案情特别重大")
    penalty.script.at = beijing("2026-03-20T10:00")
    penalty.do("county_officer", "commission_test", institution="检测中心", question="瓦斯传感器误差")
    assert "尚未返回" in penalty.refused("county_head", "extend_longer", reason="案情复杂")
    penalty.script.until(beijing("2026-03-30T10:00"))
    penalty.do("county_officer", "receive_test", result="误差合格", files=penalty.files)
    assert civil_date(penalty.due("decide")) == date(2026, 6, 19)
    penalty.do("county_head", "extend_longer", reason="案情复杂")
    assert penalty.due("decide") == day_end("2026-07-18")
    assert "上一级" in penalty.refused("county_head", "extend_longest", reason="案情特别重大")
    penalty.do("city_head", "extend_longest", reason="案情特别重大")
    assert penalty.due("decide") == day_end("2026-09-16")
    assert "已延长至180日" in penalty.refused("city_head", "extend_longest", reason="案情特别重大")


def test_the_clue_is_judged_within_five_working_days_which_the_head_may_double(penalty: Penalty) -> None:
    assert penalty.due("file") == day_end("2026-03-16")
    penalty.do("county_head", "extend_filing", reason="当事人外出")
    assert penalty.due("file") == day_end("2026-03-23")
    assert "已延长" in penalty.refused("county_head", "extend_filing", reason="x")
    penalty.do("county_head", "decline_filing", reason="没有违法事实")
    assert penalty.case.closed_at is not None


@pytest.mark.parametrize(("ended_on", "harm", "taken"), [
    ("2024-03-09", False, True), ("2024-03-08", False, False), ("2021-03-09", True, True), ("2021-03-08", True, False),
])  # fmt: skip
def test_what_is_older_than_two_years_or_five_with_harm_is_not_punished(
    script: Script, ended_on: str, *, harm: bool, taken: bool
) -> None:
    penalty = Penalty(script)
    if taken:
        assert penalty.open(ended_on=ended_on, harm=harm).state == "clue"
        return
    with pytest.raises(Refused, match="依法不再给予行政处罚"):
        penalty.open(ended_on=ended_on, harm=harm)


def test_a_case_withdrawn_before_anybody_was_told_was_never_there_for_the_mine(penalty: Penalty) -> None:
    penalty.file()
    penalty.do("county_head", "withdraw", reason="违法事实不能成立")
    assert penalty.case.state == "withdrawn"
    assert not cases_visible_to(penalty.script.city["mine_director"]).exists()
    assert not penalty.case.clocks.filter(stopped_at=None).exists()


def test_a_heavier_penalty_needs_a_new_investigation_and_a_new_notice(told: Penalty) -> None:
    told.do("county_head", "reinvestigate", reason="发现新的违法事实")
    told.do("county_officer", "propose_penalty", party=MINE, **{**FOR_MINE, "fine": "150000"})
    told.do("county_officer", "report", **REPORT)
    told.do("county_officer_b", "confirm_report")
    told.do("county_head", "approve_report")
    told.tell()
    assert told.papers("penalty_pre_notice")[MINE].data["penalty"].startswith("罚款150000元")
    assert told.case.papers.filter(paper__template="penalty_pre_notice").count() == 4


def test_a_review_that_fails_sends_the_conclusions_back(told: Penalty) -> None:
    told.script.until(day_end("2026-03-17"))
    told.conclude()
    told.do("county_legal", "refuse_legal_review", reason="证据不足")
    assert told.case.state == "noticed"
    assert "尚未复核" in told.refused("county_officer_b", "confirm_conclusion")
    told.conclude()
    told.decide()
    assert told.case.state == "decided"


def test_late_payment_costs_three_percent_a_day_of_what_is_unpaid_up_to_the_fine(performing: Penalty) -> None:
    served_on = civil_date(performing.script.at)
    last = civil_date(performing.due("pay", MINE)) - timedelta(days=1)
    assert last == served_on + timedelta(days=15)
    on_time, late = last, last + timedelta(days=1)
    performing.script.until(day_end((last + timedelta(days=60)).isoformat()))
    pay = {"party": MINE, "receipt": "1"}
    too_much = performing.refused("county_officer", "record_payment", paid_on=on_time, fine="1", late="0.01", **pay)
    assert "应加处0元" in too_much.replace("0.00元", "0元")
    performing.do("county_officer", "record_payment", paid_on=on_time, fine="20000", **pay)
    performing.do("county_officer", "record_payment", paid_on=late + timedelta(days=1), fine="100000", **pay)
    assert performing.case.state == "performing"
    charge = Decimal("0.03") * 2 * 100000
    above = str(charge + Decimal("0.01"))
    day = late + timedelta(days=1)
    assert "超过应缴数额" in performing.refused("county_officer", "record_payment", paid_on=day, late=above, **pay)
    performing.do("county_officer", "record_payment", paid_on=day, late=str(charge), **pay)
    assert performing.case.moves.filter(move="paid_off", party=MINE).exists()

    whole = {"party": DIRECTOR, "receipt": "2", "paid_on": last + timedelta(days=60)}
    performing.do("county_officer", "record_payment", fine="20000", **whole)
    assert "应加处20000.00元" in performing.refused("county_officer", "record_payment", late="20000.01", **whole)
    performing.do("county_officer", "record_payment", late="20000", **whole)
    assert performing.case.state == "settled"


def test_a_review_stops_the_charge_and_keeps_the_case_open(performing: Penalty) -> None:
    last = civil_date(performing.due("pay", DIRECTOR)) - timedelta(days=1)
    performing.script.until(day_end((last + timedelta(days=30)).isoformat()))
    begun, ended = last + timedelta(days=3), last + timedelta(days=20)
    performing.do("county_officer", "remedy_begun", party=DIRECTOR, kind="review", begun_on=begun)
    proof = {"result": "维持", "files": performing.files}
    performing.do("county_officer", "remedy_ended", party=DIRECTOR, ended_on=ended, **proof)
    paid = {"party": DIRECTOR, "receipt": "2", "paid_on": last + timedelta(days=21), "fine": "20000"}
    performing.do("county_officer", "record_payment", late="1800", **paid)
    assert performing.case.moves.filter(move="paid_off", party=DIRECTOR).exists()


def test_time_to_pay_is_given_on_request_in_two_parts(performing: Penalty) -> None:
    today = civil_date(performing.script.at)
    terms = {
        "first_due": today + timedelta(days=40),
        "first_amount": "70000",
        "second_due": today + timedelta(days=70),
    }
    assert "没有待答复" in performing.refused("county_head", "grant_deferral", party=MINE, **terms)
    performing.do("mine_director", "ask_deferral", party=MINE, reason="资金周转困难", files=performing.files)
    assert "少于尚未缴纳" in performing.refused(
        "county_head", "grant_deferral", party=MINE, **{**terms, "first_amount": "120000"}
    )
    performing.do("county_head", "grant_deferral", party=MINE, **terms)
    rows = performing.papers("fine_deferral")[MINE].data["terms"]
    assert [row["amount"] for row in rows] == ["70000元（柒万元整）", "50000元（伍万元整）"]
    assert performing.due("pay", MINE).date() >= terms["first_due"]
    performing.script.until(day_end((today + timedelta(days=75)).isoformat()))
    pay = {"party": MINE, "receipt": "1"}
    performing.do("county_officer", "record_payment", paid_on=terms["first_due"], fine="70000", **pay)
    day = terms["second_due"] + timedelta(days=1)
    performing.do("county_officer", "record_payment", paid_on=day, fine="50000", late="1500", **pay)
    assert performing.case.moves.filter(move="paid_off", party=MINE).exists()


def test_a_court_that_takes_over_the_enforcement_ends_the_case_too(performing: Penalty) -> None:
    court = {"court": "示例县人民法院", "document": "〔2026〕行审1号", "files": performing.files}
    for party in (MINE, DIRECTOR):
        performing.do("county_officer", "court_accepted", party=party, accepted_on=date(2026, 3, 18), **court)
    assert performing.case.state == "settled"
    performing.do("county_officer", "propose_closing", reason="人民法院已受理强制执行")
    assert performing.due("close") == day_end("2026-04-01")


def test_a_paper_that_was_refused_is_left_before_witnesses(told: Penalty) -> None:
    told.do("county_head", "reinvestigate", reason="重新告知")
    told.investigate()
    left = told.service(method="left", served_at=told.script.at)
    assert "见证人" in told.refused("county_officer", "serve_pre_notice", party=MINE, **left)
    electronic = told.service(method="electronic", served_at=told.script.at)
    assert "确认书" in told.refused("county_officer", "serve_pre_notice", party=MINE, **electronic)
    told.serve("serve_pre_notice", MINE, method="left", witnesses="村委会主任")


HALT = {
    "violated": "《煤矿安全生产条例》第三十六条",
    "basis": "《煤矿安全生产条例》第六十四条",
    "fine": "",
    "other": "stop",
    "reasons": "一周内两次瓦斯超限，尚未查明原因",
}


@pytest.fixture
def stops_by_penalty() -> Iterator[None]:
    """The city has answered that it orders stops as penalties."""
    values = (Value(date(2024, 1, 1), "penalty", Cite("register", "10.4")),)
    answer = LocalValue("suspension.track", "承载停产整顿的文书", "10.4", serving_city(), values)
    with trying(Answers({answer.key: answer}, "penalty")):
        yield


@pytest.mark.usefixtures("stops_by_penalty")
def test_where_the_city_stops_mines_by_penalty_the_draft_gives_way_to_a_penalty_case(script: Script) -> None:
    """The answer to the open question decides the way: told, heard, discussed, decided, and no order on site."""
    city_head(script.city, script.at)
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.suspension()
    assert stop.facts["nature"] == "penalty"
    assert "另立行政处罚案件" in script.refused("county_officer", stop, "propose", **PROPOSAL)

    penalty = Penalty(script)
    assert stop.state == "drafted"
    penalty.case = penalty.open(against="unit", persons=[], behaviour="一周内多次瓦斯超限", found_on="2026-03-10")
    reason = f"按行政处罚程序另案办理：{penalty.case.number}"
    script.do("county_section", stop, "withdraw", reason=reason)
    assert stop.state == "withdrawn"
    script.wait(hours=1)
    assert Case.objects.filter(procedure="suspension").count() == 1, "what was withdrawn is not drafted again"

    penalty.file()
    penalty.do("county_officer", "record_evidence", kind="record", what="超限报警处置记录", files=penalty.files)
    penalty.do("county_officer", "propose_penalty", party=MINE, **HALT)
    penalty.do("county_officer", "report", **REPORT)
    penalty.do("county_officer_b", "confirm_report")
    penalty.do("county_head", "approve_report")
    notice = penalty.papers("penalty_pre_notice")[MINE].data
    assert (notice["penalty"], notice["hearing"]) == ("责令停产停业整顿", True)
    penalty.serve("serve_pre_notice", MINE)

    script.until(day_end("2026-03-17"))
    kept = {"fine": "", "other": "stop", "adopted": "none", "reasons": "当事人未提出意见"}
    penalty.do("county_officer", "conclude", party=MINE, **kept)
    penalty.do("county_officer_b", "confirm_conclusion")
    penalty.do("county_legal", "pass_legal_review", opinion="事实清楚，程序合法")
    assert "集体讨论" in penalty.refused("county_head", "decide", party=MINE)
    penalty.do("county_head", "discuss", held_at=script.at, **DISCUSSION)
    penalty.do("county_head", "decide", party=MINE)
    assert penalty.papers("penalty_decision")[MINE].data["penalty"] == "责令停产停业整顿"
    penalty.serve("serve_decision", MINE)
    assert cases_visible_to(script.city["mine_director"]).get(procedure="administrative_penalty") == penalty.case
    assert not stop.papers.filter(paper__state="frozen").exists(), "no order on site was signed"
