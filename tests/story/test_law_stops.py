"""Findings of the law review about stops, each by the name of its line: basis, scope, service, extension, taking over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.casework.models import Case
from kuangan.core.actions import appoint, create_post
from kuangan.core.models import Notice
from kuangan.duty.models import Duty
from kuangan.flow.credit.entries import correct, record_entry
from kuangan.law.content import procedure_by_id, rule_by_id
from kuangan.law.lawcheck.assumed import assumed
from kuangan.law.local import local_span
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from kuangan.paper.queries import pdf_bytes
from tests.city import START, _user
from tests.pdf import pdf_text
from tests.story.script import PROPOSAL, Script

OF_GAS = ("瓦斯", "10.4", "第四十四条", "第六十五条")
NOT_GAS = {
    "days": 5,
    "scope": "faces",
    "faces": [{"face": "1301工作面"}],
    "requirements": "停止掘进，补打超前探查钻孔\n重新审核掘进通知单",
    "opinion": "事实清楚，建议停产整顿",
}
ITEM = {"hazard_item": "5.1.8", "hazard_found": "3月10日1301工作面甲烷3.2%持续14分钟，系治理不到位"}


def stopped(script: Script) -> Case:
    """A mine in a served stop for two over-limits."""
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    return script.serve(script.order(script.suspension()))


def drafted(script: Script) -> Case:
    """The drafted stop for two over-limits."""
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    return script.suspension()


def fact(script: Script, **change: Any) -> None:
    """A fact of the special regulations that the county verified."""
    values = {
        "found_on": civil_date(script.at).isoformat(),
        "mine": script.city.mine.code,
        "item": "item_5",
        "place": "3111掘进工作面",
        "source": "inspection",
        "facts": "超前探查钻孔深度不足即恢复掘进。",
        "found_by": "乙二\n乙三",
    }
    county, values = script.city.units["county"], {**values, **change}
    record_entry(actor=None, ledger_id="special_stop_fact", unit=county, values=values, at=script.at)
    script.wait(minutes=1)


def off_shift(script: Script) -> None:
    """A shift that a leader led while no commissioner was there."""
    values = {
        "worked_on": "2026-03-08",
        "shift": "morning",
        "kind": "led",
        "leader": "甲二",
        "post": "principal",
        "is_principal": True,
        "down_at": "2026-03-08T07:40",
        "up_at": "2026-03-08T16:20",
        "places": "1301工作面",
        "problems": "无",
        "handling": "无",
    }
    mine = script.city.units["mine"]
    record_entry(actor=None, ledger_id="leader_shift", unit=mine, values=values, at=script.at)
    script.wait(hours=1)


def too_many_faces(script: Script) -> None:
    """More faces than were announced."""
    values = {
        "counted_on": "2026-03-10",
        "coal_faces": 2,
        "announced_coal_faces": 1,
        "headings": 2,
        "names": [{"face": "1301工作面", "kind": "coal_face"}, {"face": "1302工作面", "kind": "coal_face"}],
        "announcement": "演示公告〔2025〕6号",
    }
    mine = script.city.units["mine"]
    record_entry(actor=None, ledger_id="faces_in_work", unit=mine, values=values, at=script.at)
    script.wait(minutes=1)


def told_in(case: Case) -> str:
    """All words of all papers of a case, and of its title and facts."""
    papers = [str(link.paper.data) for link in case.papers.select_related("paper")]
    return "\n".join([case.title, str({**case.facts, "overlimits": ""}), *papers])


def ordered(script: Script, stop: Case, proposal: dict[str, Any]) -> Case:
    """From a draft to the signed order, by another proposal."""
    script.do("county_officer", stop, "propose", **proposal)
    script.do("county_officer_b", stop, "countersign", opinion="同意")
    script.do("county_section", stop, "review", opinion="同意")
    script.do("county_legal", stop, "pass_legal_review", opinion="事实清楚，程序合法")
    return script.do("county_head", stop, "order")


@pytest.mark.parametrize(
    ("found", "cited", "cause"),
    [
        (fact, "第五条", "存在特别规定所列的停产整顿情形"),
        (off_shift, "第十条", "安全监察专员未随班在岗"),
        (too_many_faces, "第三条", "采煤工作面个数超过公告要素"),
    ],
)
def test_a1_a_stop_without_over_limits_states_its_own_basis_and_never_the_gas_clause(script, found, cited, cause):
    found(script)
    stop = script.suspension()
    assert stop.facts["basis"] == [f"《山西省加强煤矿安全生产工作的特别规定》{cited}"]
    assert (stop.facts["cause"], stop.facts["least_days"], stop.facts["overlimits"]) == (cause, None, [])
    ordered(script, stop, NOT_GAS)
    script.serve(stop)
    script.do("county_officer", stop, "publish_order")
    script.extend(stop, days=2, reason="到期整改未完成")
    script.do("county_officer", stop, "serve_extension", **script.service(script.at + timedelta(minutes=1)))
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    script.do("county_government", stop, "approve")
    script.do("county_officer", stop, "resume")
    papers = {link.paper.template: link.paper.data for link in stop.papers.select_related("paper")}
    assert len(papers) == 11
    assert [word for word in OF_GAS if word in told_in(stop)] == []
    assert papers["legal_review_opinion"]["cause"] == f"云岭一号煤矿{cause}案"
    assert papers["resumption_notice"]["cause"] == papers["suspension_extension"]["cause"] == cause
    assert papers["onsite_decision"]["scope"] == "1301工作面"
    printed = {link.paper.template: pdf_text(pdf_bytes(link.paper)) for link in stop.papers.select_related("paper")}
    assert [word for word in OF_GAS for text in printed.values() if word in text] == []
    assert cited in printed["onsite_decision"]
    assert cause in printed["resumption_notice"]


def test_a1_the_floor_of_three_days_binds_over_limits_only(script):
    fact(script)
    stop = script.suspension()
    assert "不得少于1天" in script.refused("county_officer", stop, "propose", **{**NOT_GAS, "days": 0})
    script.do("county_officer", stop, "propose", **{**NOT_GAS, "days": 1})
    assert stop.state == "proposed"


def test_a1_both_findings_stand_in_a_draft_that_rests_on_both(script):
    stop = drafted(script)
    script.do("county_officer", stop, "propose", **PROPOSAL)
    fact(script)
    stop.refresh_from_db()
    assert (stop.state, stop.facts["least_days"]) == ("drafted", 3)
    assert [text.partition("》")[2] for text in stop.facts["basis"]] == ["第10.4项", "第五条"]
    assert "瓦斯超限2次" in stop.facts["reason"]
    assert "3111掘进工作面" in stop.facts["reason"]


def test_a2_the_power_is_cited_to_the_item_and_only_where_an_officer_names_what_was_found_on_site(script):
    script.until(datetime(2026, 7, 7, 2, 0, tzinfo=UTC))
    stop = drafted(script)
    files = script.city.evidence("county_officer")
    named = {**PROPOSAL, **ITEM, "hazard_files": files}
    without = script.refused("county_officer", stop, "propose", **{**named, "hazard_files": []})
    assert "上传证据材料" in without
    loose = {**PROPOSAL, "hazard_found": "甲烷3.2%"}
    assert "须选定认定的情形" in script.refused("county_officer", stop, "propose", **loose)
    ordered(script, stop, named)
    paper = stop.papers.get(paper__template="onsite_decision").paper
    assert paper.data["basis"] == [
        "《煤矿安全生产条例》第四十四条第一款第（三）项",
        "《中华人民共和国安全生产法》第六十五条第一款第（三）项",
        "《煤矿重大事故隐患判定标准》第五条第一款第（八）项",
        "《重点任务分工》第10.4项",
    ]
    assert paper.data["facts"].startswith("经现场检查，3月10日1301工作面甲烷3.2%持续14分钟")
    assert "不是行政处罚" in paper.data["nature"]


def test_a2_an_item_is_named_from_the_day_on_which_it_is_law(script):
    stop = drafted(script)
    named = {**PROPOSAL, **ITEM, "hazard_files": script.city.evidence("county_officer")}
    assert "尚未施行" in script.refused("county_officer", stop, "propose", **named)


def test_a2_the_question_of_the_power_stands_first_among_the_open_ones():
    first = assumed()[0]
    assert first.where.startswith("local/general/suspension.power@")
    assert "首先答复" in first.question


def test_a3_the_title_and_the_reason_count_the_fullest_week(script):
    start = script.at
    script.real_alarm()
    script.until(start + timedelta(hours=100))
    script.real_alarm(point="first-1302-T0")
    script.until(start + timedelta(hours=200))
    script.real_alarm(point="first-1301-T2")
    stop = script.suspension()
    assert stop.title == "云岭一号煤矿一周内瓦斯超限2次停产整顿"
    assert "超限3次" not in stop.facts["reason"]
    assert len(stop.facts["overlimits"]) == 3


def test_a4_an_extension_is_a_decision_of_its_own(script):
    stop = stopped(script)
    end = stop.clocks.get(clock="floor").due_at
    script.wait(hours=20)
    script.real_alarm(point="first-1301-T2")
    stop.refresh_from_db()
    assert "尚未提出" in script.refused("county_officer_b", stop, "countersign_extension", opinion="同意")
    assert "尚未通过法制审核" in script.refused("county_head", stop, "extend")
    script.do("county_officer_b", stop, "propose_extension", more_days=3, reason="停产期间再次超限")
    assert "正在办理" in script.refused("county_officer", stop, "propose_extension", more_days=3, reason="再次")
    assert "两名人员" in script.refused("county_officer_b", stop, "countersign_extension", opinion="同意")
    script.do("county_officer", stop, "countersign_extension", opinion="同意")
    script.do("county_section", stop, "review_extension", opinion="同意")
    script.do("county_legal", stop, "pass_extension_review", opinion="程序合法")
    script.do("county_deputy", stop, "extend")
    paper = stop.papers.get(paper__template="suspension_extension").paper
    assert [row["name"] for row in paper.data["officers"]] == ["乙三", "乙二"]
    assert (paper.data["days"], paper.data["total_days"]) == ("3", "6")
    last = civil_date(end - timedelta(seconds=1)) + timedelta(days=3)
    assert paper.data["earliest_resumption"].startswith(f"2026年3月{last.day}日24时之后")
    assert paper.number
    script.do("county_officer", stop, "serve_extension", **script.service(script.at + timedelta(minutes=1)))
    assert (
        stop.clocks.get(clock="floor").due_at == end + timedelta(days=3) == beijing_midnight(last) + timedelta(days=1)
    )
    assert (stop.facts["ordered_days"], stop.state) == (6, "served")


def test_a4_served_after_the_old_end_the_extension_counts_from_its_service(script):
    stop = stopped(script)
    script.until(stop.clocks.get(clock="floor").due_at + timedelta(hours=5))
    script.extend(stop, reason="隐患未消除")
    text = stop.papers.get(paper__template="suspension_extension").paper.data["earliest_resumption"]
    assert text == "本决定书送达之日的次日起第3日24时之后"
    script.do("county_officer", stop, "serve_extension", **script.service(script.at + timedelta(minutes=1)))
    assert stop.clocks.get(clock="floor").due_at == beijing_midnight(civil_date(script.at) + timedelta(days=4))


def test_a4_production_does_not_resume_while_an_extension_is_under_way(script):
    stop = stopped(script)
    script.do("county_officer", stop, "propose_extension", more_days=1, reason="整改未完成")
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    assert "正在办理" in script.refused("county_government", stop, "approve")
    script.do("county_section", stop, "return_extension", reason="已整改")
    assert stop.state == "consented"
    script.do("county_government", stop, "approve")


def test_a5_the_public_is_told_within_five_working_days_of_the_order_not_of_its_service(script):
    stop = script.order(drafted(script))
    clock = stop.clocks.get(clock="publish")
    assert clock.due_at == beijing_midnight(date(2026, 3, 18))
    script.wait(days=1)
    script.serve(stop)
    assert stop.clocks.get(clock="publish").due_at == clock.due_at


def test_b10_a_halt_has_a_beginning_an_end_and_a_least_length(script):
    followup = script.real_alarm(peak="1.60").children.get(procedure="overlimit_followup")
    halt = {
        "started_at": script.at,
        "scope": "1301工作面",
        "responsible": "甲二",
        "measures": "整改",
        "funds": 20,
        "until": "2026-03-12",
        "precautions": "专人监护",
    }
    files = script.city.evidence("mine_director")
    done = {"result": "完成", "files": files}
    early = {**halt, "started_at": script.at - timedelta(hours=2)}
    assert "早于本次超限" in script.refused("mine_director", followup, "start_halt", **early)
    begun = script.at
    script.do("mine_director", followup, "start_halt", **halt)
    script.wait(hours=30)
    for ended_at, refusal in (
        (begun - timedelta(days=2), "应晚于停产开始时间"),
        (begun, "应晚于停产开始时间"),
        (begun + timedelta(hours=24, seconds=-1), "不得少于24小时"),
    ):
        assert refusal in script.refused("mine_director", followup, "report_halt_done", ended_at=ended_at, **done)
    script.do("mine_director", followup, "report_halt_done", ended_at=begun + timedelta(hours=24), **done)
    assert followup.clocks.get(clock="halt").lapsed_at is None, "the least length is no deadline"


@pytest.mark.parametrize(("peak", "leader"), [("1.99", "deputy"), ("2.00", "principal"), ("3.00", "experts")])
def test_b10_who_leads_the_analysis_does_not_hang_on_the_colour(script, peak, leader):
    followup = script.real_alarm(peak=peak).children.get(procedure="overlimit_followup")
    assert followup.facts["analysis_led_by"] == leader


def test_b16_a_mines_deadline_does_not_roll_over_the_national_holiday(script):
    script.until(datetime(2026, 9, 30, 2, 0, tzinfo=UTC))
    followup = script.real_alarm().children.get(procedure="overlimit_followup")
    assert followup.clocks.get(clock="cause_analysis").due_at == beijing_midnight(date(2026, 10, 4))
    assert followup.clocks.get(clock="accountability").due_at == beijing_midnight(date(2026, 10, 16))


def test_b16_the_chain_to_the_order_takes_a_day_and_its_service_another():
    day = date(2026, 11, 29)
    steps = ("propose", "countersign", "review", "legal_review", "decide")
    assert sum((local_span(f"suspension.{step}", day).length for step in steps), timedelta()) <= timedelta(hours=24)
    assert local_span("suspension.serve", day).length == timedelta(days=1)
    assert not procedure_by_id("suspension").clock("serve").rolls


def test_boundaries_nobody_who_prepared_an_order_decides_it(script):
    county = script.city.units["county"]
    for username in ("county_officer", "county_section"):
        for role in (Role.bureau_deputy, Role.legal_reviewer):
            post = create_post(actor=None, unit=county, title=f"兼{username}{role}"[:40], role=role, at=START)
            appoint(actor=None, post=post, person=script.city[username].person, at=START)
    stop = drafted(script)
    script.do("county_officer", stop, "propose", **PROPOSAL)
    script.do("county_officer_b", stop, "countersign", opinion="同意")
    script.do("county_section", stop, "review", opinion="同意")
    for username in ("county_officer", "county_section"):
        assert "已参与本件" in script.refused(username, stop, "pass_legal_review", opinion="同意")
    script.do("county_legal", stop, "pass_legal_review", opinion="同意")
    assert "已参与本件" in script.refused("county_officer", stop, "order")


@pytest.mark.parametrize("unit", ["mine", "company"])
def test_boundaries_who_holds_a_post_at_the_mine_or_its_company_takes_no_step_for_the_bureau(script, unit):
    post = create_post(actor=None, unit=script.city.units[unit], title="兼职", role=Role.clerk, at=START)
    appoint(actor=None, post=post, person=script.city["county_head"].person, at=START)
    stop = drafted(script)
    script.do("county_officer", stop, "propose", **PROPOSAL)
    script.do("county_officer_b", stop, "countersign", opinion="同意")
    script.do("county_section", stop, "review", opinion="同意")
    script.do("county_legal", stop, "pass_legal_review", opinion="同意")
    assert "回避" in script.refused("county_head", stop, "order")
    script.do("county_deputy", stop, "order")


def test_boundaries_service_is_not_dated_before_the_order_nor_off_its_receipt(script):
    stop = script.order(drafted(script))
    made = script.at
    script.wait(days=5)
    service = script.service(made)
    assert "须填写" in script.refused("county_officer", stop, "serve", **{**service, "files": []})
    assert "不能早于" in script.refused("county_officer", stop, "serve", **script.service(made - timedelta(minutes=1)))
    assert "不能晚于当前时间" in script.refused(
        "county_officer", stop, "serve", **script.service(script.at + timedelta(hours=1))
    )
    other_day = {**service, "received_on": civil_date(script.at).isoformat()}
    assert "签收日期" in script.refused("county_officer", stop, "serve", **other_day)
    script.do("county_officer", stop, "serve", **service)
    floor = stop.clocks.get(clock="floor")
    assert floor.due_at == beijing_midnight(civil_date(script.at) + timedelta(days=4)), "from the later of the two"
    notice = script.do("county_officer", stop, "publish_order").papers.get(paper__template="suspension_notice").paper
    assert notice.data["starts"] == "自2026年3月16日起"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"scope": "一台水泵"}, "停产范围"),
        ({"scope": "faces"}, "须选定一矿一册登记的工作面"),
        ({"scope": "faces", "faces": [{"face": "一台水泵"}]}, "一矿一册内的工作面"),
        ({"scope": "mine", "faces": [{"face": "1301工作面"}]}, "不另选工作面"),
        ({"days": 200}, "一般不超过6个月"),
    ],
)
def test_boundaries_a_stop_is_of_the_mine_or_of_faces_of_its_register_and_ends(script, change, refusal):
    fact(script)
    stop = script.suspension()
    assert refusal in script.refused("county_officer", stop, "propose", **{**NOT_GAS, "faces": [], **change})


def test_boundaries_for_repeated_over_limits_the_whole_mine_stops(script):
    stop = drafted(script)
    faces = {**PROPOSAL, "scope": "faces", "faces": [{"face": "1301工作面"}]}
    assert "须责令该矿（全矿井）" in script.refused("county_officer", stop, "propose", **faces)


def test_a_presumed_over_limit_carries_its_order_to_the_end(script):
    script.real_alarm()
    script.wait(hours=5)
    script.alarm(point="first-1302-T0")
    script.wait(hours=25)
    stop = script.suspension()
    assert [row["presumed"] for row in stop.facts["overlimits"]] == [False, True]
    script.serve(script.order(stop))
    assert stop.state == "served"
    paper = stop.papers.get(paper__template="onsite_decision").paper
    assert "推定真实" in paper.data["facts"]
    assert "可以提出反证" in paper.data["evidence"][1]


def city_staff(script: Script) -> None:
    """The city's bureau has its legal reviewer and its head."""
    city = script.city
    for username, role, title, name in (
        ("city_legal", Role.legal_reviewer, "法制审核", "丙五"),
        ("city_head", Role.bureau_head, "局长", "丙六"),
    ):
        city.users[username] = _user(city, username, "city", role, title, name)


def test_a_city_takes_over_a_stalled_draft_by_one_move_and_carries_it_to_its_service(script):
    city_staff(script)
    stop = drafted(script)
    assert "没有逾期未办" in script.refused("city_section", stop, "take_over_draft", reason="逾期")
    script.wait(hours=9)
    script.do("city_section", stop, "take_over_draft", reason="县局逾期未提出建议")
    assert (stop.state, stop.taken_over_by) == ("drafted", script.city.units["city"])
    assert "岗位职责" in script.refused("county_officer", stop, "propose", **PROPOSAL)
    script.do("city_officer", stop, "propose", **PROPOSAL)
    script.do("city_officer_b", stop, "countersign", opinion="同意")
    script.do("city_section", stop, "review", opinion="同意")
    script.do("city_legal", stop, "pass_legal_review", opinion="同意")
    script.do("city_head", stop, "order")
    script.do("city_officer", stop, "serve", **script.service(script.at + timedelta(minutes=1), "city_officer"))
    paper = stop.papers.get(paper__template="onsite_decision").paper
    assert (paper.unit, stop.state) == (script.city.units["city"], "served")
    told = Notice.objects.filter(case_link__case=stop, unit=script.city.units["county"], title__contains="提级")
    assert told.count() == 1


def test_a_city_takes_over_the_service_of_an_order_that_lies(script):
    city_staff(script)
    stop = script.order(drafted(script))
    script.wait(days=2)
    script.do("city_section", stop, "take_over_execution", reason="县局逾期未送达")
    assert stop.state == "ordered"
    assert "岗位职责" in script.refused("county_officer", stop, "serve", **script.service(script.at))
    script.do("city_officer", stop, "serve", **script.service(script.at + timedelta(minutes=1), "city_officer"))
    assert stop.state == "served"


def test_what_the_county_owed_about_the_stop_is_owed_by_the_city_that_took_it_over(script):
    city_staff(script)
    fact(script)
    stop, county, city = script.suspension(), script.city.units["county"], script.city.units["city"]
    owed = Duty.objects.filter(obligation="special_stop_order")
    assert [(duty.unit, duty.cancelled_for) for duty in owed] == [(county, "")]
    script.wait(hours=9)
    script.do("city_section", stop, "take_over_draft", reason="县局逾期未提出建议")
    left, taken = owed.get(unit=county), owed.get(unit=city)
    assert (left.cancelled_for, left.done_at) == ("本件已由上级提级办理", None)
    assert (taken.mine, taken.subject, taken.done_at) == (script.city.mine, left.subject, None)
    assert taken.due_at >= left.due_at, "its term begins with the taking over"
    entry = Entry.objects.get(ledger="special_stop_fact")
    change = {"facts": "超前探查钻孔深度不足即恢复掘进，现场测量12米。"}
    correct(actor=None, entry=entry, values={**entry.values, **change}, reason="补充事实", at=script.at)
    taken.refresh_from_db()
    assert taken.cancelled_at is None, "a corrected entry leaves it with the taker"
    script.do("city_officer", stop, "propose", **NOT_GAS)
    script.do("city_officer_b", stop, "countersign", opinion="同意")
    script.do("city_section", stop, "review", opinion="同意")
    script.do("city_legal", stop, "pass_legal_review", opinion="同意")
    script.do("city_head", stop, "order")
    taken.refresh_from_db()
    assert taken.done_at is not None


def test_a_draft_of_an_earlier_release_is_put_into_the_words_of_this_one(script):
    fact(script)
    stop = script.suspension()
    old = {name: value for name, value in stop.facts.items() if name not in ("cause", "nature")}
    old |= {"basis": ["《重点任务分工》第10.4项", "《煤矿安全生产条例》第四十四条"], "least_days": 3, "ordered_days": 3}
    Case.objects.filter(pk=stop.pk).update(facts=old)
    script.wait(minutes=1)
    stop.refresh_from_db()
    assert stop.facts["basis"] == ["《山西省加强煤矿安全生产工作的特别规定》第五条"]
    assert (stop.facts["cause"], stop.facts["least_days"]) == ("存在特别规定所列的停产整顿情形", None)


def test_the_rule_of_the_special_regulations_claims_no_power_that_only_a_hazard_gives():
    assert {cite.instrument for cite in rule_by_id("special_stop_facts").cites} == {"shanxi_special_regulations"}
