"""A problem is a thing (measure 3.1): found somewhere, signed for, answered with evidence, looked at again, closed or escalated."""

from datetime import date, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import period_of
from kuangan.casework.models import Case
from kuangan.casework.openings import Chosen
from kuangan.core.actions import create_unit
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.draw.models import Draw
from kuangan.draw.queries import PoolChoice, mine_pool, officer_pool
from kuangan.duty.models import Duty
from kuangan.flow.cases.opening import open_by_person
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.drawn import carried_out, counties_drawn
from kuangan.law.clause import clauses
from kuangan.law.content import procedure_by_id
from kuangan.law.ledger import ledgers
from kuangan.law.role import Role
from kuangan.overview.board.board import board
from kuangan.overview.figures.directives import compliance_of
from kuangan.overview.figures.oversight import visits_visible_to, year_of
from tests.drawing import prepare_draw, publish_draw, witness_draw
from tests.story.script import Script

SEEN = {"method": "on_site", "seen": "现场查看1301工作面回风隅角，已封堵"}


def found(script: Script, by: str, ledger_id: str, unit: str, /, **change) -> list[Case]:
    """Somebody records what he found; the cases that the rows open."""
    values = {**ledgers()[ledger_id].sample[0], **change}
    kept = {name: value for name, value in values.items() if value is not None}
    entry = record_entry(
        actor=script.city[by], ledger_id=ledger_id, unit=script.city.units[unit], values=kept, at=script.at
    )
    return list(Case.objects.filter(entry=entry).order_by("pk"))


def answered(script: Script, case: Case, by: str = "mine_director", **more) -> Case:
    """Signed for and answered with evidence."""
    if case.state == "ordered":
        script.do(by, case, "sign_for")
    files = script.city.evidence(by)
    return script.do(by, case, "answer", done="已按要求整改", finished_on="2026-03-10", files=files, **more)


@pytest.mark.parametrize(
    ("ledger_id", "change", "item"),
    [
        ("site_opinion", {"commissioner": "乙二"}, "回风隅角挡风帘破损"),
        ("training_inspection", {"inspected_on": "2026-03-10"}, "3月第2期培训签到表缺1人签名"),
        ("five_person_visit", {"visited_on": "2026-03-10"}, "探水钻孔记录不全"),
        ("dual_prevention_check", {"checked_on": "2026-03-10"}, "两条隐患超期未销号"),
        ("mine_file_check", {"checked_on": "2026-03-10"}, "救护协议扫描件"),
    ],
)
def test_a_problem_of_any_inspection_is_owed_by_the_mine_until_its_finder_has_looked_again(
    script, ledger_id, change, item
):
    (case,) = found(script, "county_officer", ledger_id, "county", **change)
    assert (case.state, case.unit, case.office) == ("ordered", script.city.units["mine"], script.city.units["county"])
    assert case.facts["item"] == item
    assert Notice.objects.filter(unit=case.unit, case_link__case=case).exists()
    assert "须" in script.refused("mine_director", case, "answer", done="好了", finished_on="2026-03-10")
    answered(script, case)
    assert "不具有" in script.refused("mine_engineer", case, "accept", **SEEN)
    assert "不具有" in script.refused("city_officer", case, "accept", **SEEN)
    script.do("county_officer", case, "accept", **SEEN)
    assert case.state == "closed"
    assert not case.clocks.filter(stopped_at=None).exists()


def test_a_company_closes_what_it_found_itself(script):
    (case,) = found(
        script, "company_officer", "company_risk_check", "company",
        checked_on="2026-03-10", problems=[{"item": "埋管抽采负压不足"}], due_on="2026-03-20",
    )  # fmt: skip
    answered(script, case)
    assert "不具有" in script.refused("county_officer", case, "accept", **SEEN)
    script.do("company_officer", case, "accept", **SEEN)
    assert case.state == "closed"
    assert graded(script, "3.1g", "mine") == "self"


def test_what_a_paper_orders_is_looked_at_by_two_certified_officers_and_signed_by_both_sides(script):
    first, second = found(script, "county_officer", "enforcement_check", "county", checked_on="2026-03-10")
    assert first.facts["paper"]
    answered(script, first)
    assert "未登记执法证号" in script.refused("county_section", first, "accept", **SEEN)
    script.do("county_officer", first, "accept", **SEEN)
    assert first.state == "passed"
    assert "须由两名人员" in script.refused("county_officer", first, "confirm_acceptance", opinion="同意")
    script.do("county_officer_b", first, "confirm_acceptance", opinion="同意")
    assert first.state == "confirmed"
    script.do("mine_director", first, "sign_result")
    assert (first.state, second.state) == ("closed", "ordered")
    assert graded(script, "3.1g", "mine") == "accepted"


def test_a_failed_reinspection_of_what_a_paper_orders_is_a_paper_of_two_officers(script):
    first, _ = found(script, "county_officer", "enforcement_check", "county", checked_on="2026-03-10")
    answered(script, first)
    due_on = first.facts["due_on"]
    assert "两名持证执法人员" in script.refused("county_officer", first, "refuse", reason="仍未整改")
    script.do("county_officer", first, "fail", method="on_site", seen="水泵房备用泵仍未检修")
    assert "须由两名人员" in script.refused("county_officer", first, "confirm_failure", opinion="不合格")
    script.do("county_officer_b", first, "confirm_failure", opinion="未按要求整改，责令继续整改")
    assert (first.state, first.facts["refused"], first.facts["due_on"]) == ("received", 1, due_on)
    paper = first.papers.get().paper
    assert paper.number
    assert (paper.template, paper.data["result"]) == ("reinspection_opinion", "复查不合格")
    assert [officer["certificate"] for officer in paper.data["officers"]] == [
        "示例-county_officer",
        "示例-county_officer_b",
    ]
    script.do("mine_director", first, "sign_for_failure")
    assert "已签认" in script.refused("mine_director", first, "sign_for_failure")
    answered(script, first)
    script.do("county_officer", first, "accept", **SEEN)
    script.do("county_officer_b", first, "confirm_acceptance", opinion="同意")
    script.do("mine_director", first, "sign_result")
    results = list(first.papers.order_by("pk").values_list("paper__data__result", flat=True))
    assert (first.state, results) == ("closed", ["复查不合格", "复查合格"])


def test_an_obstruction_is_told_to_the_mine_and_the_supervisor_owes_a_decision_on_filing(script):
    (case,) = found(
        script, "county_officer", "inspection_obstruction", "county",
        happened_on="2026-03-10", correct_by="2026-03-11", ordered_on=None,
    )  # fmt: skip
    assert Notice.objects.filter(unit=script.city.units["mine"], case_link__case=case).exists()
    duty = Duty.objects.get(obligation="inspection_obstruction_filed")
    assert (duty.unit, duty.due_at) == (script.city.units["county"], beijing_midnight(date(2026, 3, 16)))
    assert clause(script, "3.1m", "county") == "due"
    assert clause(script, "3.1m", "mine") in ("due", "breached")


def test_a_refused_reinspection_sends_the_problem_back(script):
    (case,) = found(
        script, "county_officer", "five_person_visit", "county", visited_on="2026-03-10", due_on="2026-03-12"
    )
    answered(script, case)
    script.do("county_officer", case, "refuse", reason="记录仍缺两个钻孔")
    assert (case.state, case.facts["refused"]) == ("received", 1)
    assert case.clocks.get(clock="rectify", stopped_at=None).due_at == beijing_midnight(date(2026, 3, 13))
    script.wait(days=3)
    assert case.clocks.get(clock="rectify", stopped_at=None).lapsed_at is not None
    case.refresh_from_db()
    assert "逾期原因" in script.refused(
        "mine_director",
        case,
        "answer",
        done="已补",
        finished_on="2026-03-13",
        files=script.city.evidence("mine_director"),
    )
    answered(script, case, late_because="钻机故障")
    assert "再次整改期限" in script.refused("county_officer", case, "refuse", reason="仍缺一个钻孔")
    script.do("county_officer", case, "refuse", reason="仍缺一个钻孔", until="2026-03-20")
    assert (case.facts["due_on"], case.facts["overdue"]) == ("2026-03-20", False)
    answered(script, case)
    script.do("county_officer", case, "accept", **SEEN)
    assert case.state == "closed"
    one = compliance_of(script.city["county_officer"], script.city.mine)
    assert (one.given, one.met, one.late, one.overdue, one.rate) == (1, 0, 1, 0, 0)


def test_what_is_overdue_goes_to_the_city_which_urges(script):
    (case,) = found(
        script, "county_officer", "five_person_visit", "county", visited_on="2026-03-10", due_on="2026-03-12"
    )
    assert "当前为“待签收”" in script.refused("city_section", case, "urge", demand="三日内整改")
    script.until(beijing_midnight(date(2026, 3, 13)))
    case.refresh_from_db()
    assert (case.state, case.facts["overdue"]) == ("overdue", True)
    told = Notice.objects.filter(kind="lapse", case_link__case=case).values_list("unit__code", flat=True)
    assert sorted(set(told)) == ["1404-bureau", "140423-bureau"]
    script.do("city_section", case, "urge", demand="三日内整改到位")
    assert Notice.objects.filter(unit=case.unit, title="市级督办：逾期未整改").exists()
    script.do("county_officer", case, "inspect_overdue", **SEEN, handling="go_on")
    assert clause(script, "3.1g", "mine") == "overdue"
    one = compliance_of(script.city["city_section"], script.city.mine)
    assert (one.overdue, one.rate) == (1, 0)


def test_the_lateness_of_the_office_is_not_that_of_the_mine(script):
    (case,) = found(
        script, "county_officer", "five_person_visit", "county", visited_on="2026-03-10", due_on="2026-03-12"
    )
    answered(script, case)
    script.wait(days=20)
    assert case.clocks.get(clock="reinspect").lapsed_at is not None
    assert clause(script, "3.1g", "mine") == "due"


def test_a_hazard_is_answered_by_its_plan_first(script):
    (case,) = found(
        script, "county_officer", "five_person_visit", "county",
        visited_on="2026-03-10", problems=[{"item": "锚杆间距超标", "hazard": "general"}], due_on="2026-03-20",
    )  # fmt: skip
    script.do("mine_director", case, "sign_for")
    files = script.city.evidence("mine_director")
    said = {"done": "已补打", "finished_on": "2026-03-12", "files": files}
    assert "五落实" in script.refused("mine_director", case, "answer", **said)
    plan = {"responsible": "甲三", "measures": "补打锚杆", "funds": "2", "contingency": "停止掘进，人员撤离"}
    assert "不能晚于" in script.refused("mine_director", case, "plan", **plan, until="2026-03-21")
    script.do("mine_director", case, "plan", **plan, until="2026-03-20")
    script.do("mine_director", case, "answer", **said)
    assert case.state == "answered"


@pytest.mark.parametrize(("asked_on", "early"), [("2026-03-18", True), ("2026-03-19", False)])
def test_an_ordered_term_is_extended_for_force_majeure_asked_in_its_last_ten_working_days(script, asked_on, early):
    (first, *_) = found(
        script, "county_officer", "enforcement_check", "county",
        checked_on="2026-03-10", findings=[{"item": "水泵房备用泵检修超期", "due_on": "2026-04-02"}],
    )  # fmt: skip
    files = script.city.evidence("mine_director")
    script.do("mine_director", first, "sign_for")
    script.until(beijing_midnight(date.fromisoformat(asked_on)) + timedelta(hours=10))
    request = {"until": "2026-04-10", "reason": "洪水冲毁进场道路", "files": files}
    refused = script.refused("mine_director", first, "request_extension", cause="other", **request)
    assert "仅因不可抗力" in refused
    if early:
        assert "尚早" in script.refused("mine_director", first, "request_extension", cause="force_majeure", **request)
        return
    script.do("mine_director", first, "request_extension", cause="force_majeure", **request)
    clock = first.clocks.get(clock="answer_request")
    assert clock.due_at == beijing_midnight(date(2026, 3, 27))
    assert "已申请延期" in script.refused("mine_director", first, "request_extension", cause="force_majeure", **request)
    script.do("county_section", first, "grant_extension", opinion="属实，准予延期")
    assert (first.facts["due_on"], first.facts["extended"]) == ("2026-04-10", 1)
    assert first.clocks.get(clock="rectify", stopped_at=None).due_at == beijing_midnight(date(2026, 4, 11))


def test_oversight_of_a_county_is_closed_by_the_city_each_finding_by_its_own_day(script):
    first, second = found(
        script, "city_officer", "county_oversight", "city", visited_on="2026-03-10",
        findings=[{"item": "两份意见书未闭环", "due_on": "2026-03-20"}, {"item": "五人小组缺员"}], due_on="2026-04-10",
    )  # fmt: skip
    assert [case.facts["due_on"] for case in (first, second)] == ["2026-03-20", "2026-04-10"]
    assert first.unit == script.city.units["county"]
    answered(script, first, "county_section")
    assert "不具有" in script.refused("county_head", first, "accept", **SEEN)
    script.do("city_officer", first, "accept", **SEEN)
    year = year_of("2026", script.at)
    (visit,) = visits_visible_to(script.city["county_section"], year, script.at)
    assert (visit.is_open, visit.due_on, visit.late) == (True, date(2026, 4, 10), False)
    answered(script, second, "county_section")
    script.do("city_officer_b", second, "accept", **SEEN)
    (visit,) = visits_visible_to(script.city["city_section"], year, script.at)
    assert (visit.is_open, visit.closed_on) == (False, date(2026, 3, 10))
    assert graded(script, "2.6", "county") == "accepted"


def test_a_county_that_was_drawn_is_visited_puts_right_and_is_looked_at_again_by_the_city(script):
    city, units = script.city, script.city.units
    draw = drawn(script)
    visit = {"visited_on": "2026-03-10", "method": "random", "draw_number": draw.number, "due_on": "2026-03-20"}
    (case,) = found(script, "city_officer", "county_oversight", "city", findings=[{"item": "五人小组缺员"}], **visit)
    ((bureau, mines),) = counties_drawn(draw)
    assert (bureau, len(mines)) == (units["county"], 1)
    entry = carried_out(draw, ledgers()["county_oversight"])[bureau.code]
    assert (entry.pk, case.unit, case.office) == (case.entry_id, units["county"], units["city"])
    answered(script, case, "county_section")
    assert "不具有" in script.refused("county_head", case, "accept", **SEEN)
    script.do("city_officer_b", case, "refuse", reason="补充人员无地质专业", until="2026-03-25")
    assert (case.state, case.facts["refused"], case.facts["due_on"]) == ("received", 1, "2026-03-25")
    answered(script, case, "county_section")
    script.do("city_officer", case, "accept", **SEEN)
    assert case.state == "closed"
    (seen,) = visits_visible_to(city["city_section"], year_of("2026", script.at), script.at)
    assert (seen.is_open, seen.late) == (False, False)
    assert graded(script, "2.6", "county") == "accepted"


def drawn(script: Script) -> Draw:
    """The city's draw of one of the county's mines."""
    city, at = script.city, script.at
    unit = city.units["city"]
    draw = publish_draw(
        actor=city["city_section"], unit=unit, title="三月随机抽查", purpose="监管工作督导",
        mines=mine_pool(unit, PoolChoice(), at), officers=officer_pool(unit, at), recusals={},
        wanted={"mines": 1, "officers": 2}, at=at,
    )  # fmt: skip
    prepare_draw(actor=city["city_section"], draw=draw, public_on=date(2026, 3, 30), at=at)
    witness_draw(actor=city["city_officer"], draw=draw, witness_text="今日晴转多云", at=at)
    draw.refresh_from_db()
    return draw


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"draw_number": None}, "请填写抽查编号"),
        ({"draw_number": "演示抽〔2026〕2号"}, "没有编号为“演示抽〔2026〕2号”的抽查"),
        ({"draw_number": "抽〔2025〕{pk}号"}, "没有编号为"),
        ({"visited_on": "2026-03-09", "due_on": None, "findings": None}, "在检查之后抽取"),
        ({"county": "140424-bureau"}, "未抽中邻县应急管理局辖区的煤矿"),
    ],
)
def test_a_random_visit_that_no_draw_decided_is_refused(script, change, refused):
    draw = drawn(script)
    area = create_unit(actor=None, kind="county", code="140424", name="邻县", parent=script.city.units["area"])
    create_unit(actor=None, kind="county_bureau", code="140424-bureau", name="邻县应急管理局", parent=area)
    number = str(change.get("draw_number") or "").format(pk=draw.pk) or change.get("draw_number", draw.number)
    visit = {"visited_on": "2026-03-10", "method": "random", "due_on": "2026-03-20", **change, "draw_number": number}
    with pytest.raises(Refused, match=refused):
        found(script, "city_officer", "county_oversight", "city", **visit)
    assert not Case.objects.filter(procedure="rectification").exists()


def test_a_draw_that_is_not_made_decides_nothing(script):
    city, unit, at = script.city, script.city.units["city"], script.at
    draw = publish_draw(
        actor=city["city_section"], unit=unit, title="三月随机抽查", purpose="督导", mines=mine_pool(unit, PoolChoice(), at),
        officers=officer_pool(unit, at), recusals={}, wanted={"mines": 1, "officers": 1}, at=at,
    )  # fmt: skip
    visit = {"visited_on": "2026-03-10", "method": "random", "draw_number": draw.number, "due_on": "2026-03-20"}
    with pytest.raises(Refused, match="尚未抽取"):
        found(script, "city_officer", "county_oversight", "city", **visit)


def test_oversight_that_found_nothing_opens_nothing(script):
    assert found(
        script, "city_officer", "county_oversight", "city", visited_on="2026-03-10", findings=None, due_on=None
    ) == []  # fmt: skip


def test_a_mines_own_finding_closes_as_its_own_word(script):
    case = open_by_person(
        actor=script.city["mine_engineer"],
        procedure_id="rectification",
        way_id="open",
        chosen=Chosen(script.city.units["mine"]),
        inputs={"source": "own", "found_on": "2026-03-10", "item": "回风巷积尘", "due_on": "2026-03-11"},
        at=script.at,
    )
    answered(script, case, "mine_director")
    assert "须由其他人员" in script.refused("mine_director", case, "accept", **SEEN)
    script.do("mine_engineer", case, "accept", **SEEN)
    assert case.state == "closed"
    assert case.facts["clauses"] == []


def opened(script: Script, by: str, unit: str, **change) -> Case:
    """Somebody opens a problem by hand."""
    inputs = {"source": "visit", "found_on": "2026-03-10", "item": "回风巷积尘", "due_on": "2026-03-12", **change}
    return open_by_person(
        actor=script.city[by], procedure_id="rectification", way_id="open", chosen=Chosen(script.city.units[unit]),
        inputs=inputs, at=script.at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("by", "source", "words"),
    [
        ("company_officer", "company", "由监管监察部门制作"),
        ("mine_engineer", "own", "由监管监察部门制作"),
        ("inspectorate_officer", "visit", "由其自行编号、制作"),
    ],
)
def test_who_cannot_end_what_a_paper_orders_opens_it_without_one_and_ends_it(script, by, source, words):
    with pytest.raises(Refused, match=words):
        opened(script, by, "mine", source=source, paper="演示煤安责〔2026〕3号")
    assert not Case.objects.exists()
    case = opened(script, by, "mine", source=source)
    answered(script, case)
    script.do(by, case, "accept", **SEEN)
    assert case.state == "closed"


def test_a_bureau_opens_by_hand_what_its_paper_orders_and_two_officers_end_it(script):
    case = opened(script, "county_officer", "mine", paper="演示煤安责〔2026〕3号")
    answered(script, case)
    script.do("county_officer", case, "accept", **SEEN)
    script.do("county_officer_b", case, "confirm_acceptance", opinion="同意")
    script.do("mine_director", case, "sign_result")
    assert case.state == "closed"


def test_an_inspectorate_takes_back_what_it_opened(script):
    case = opened(script, "inspectorate_officer", "mine")
    script.do("inspectorate_officer", case, "revoke", reason="与县局下达的问题重复")
    assert case.state == "withdrawn"


@pytest.mark.parametrize(
    "kind", ["city_bureau", "city_coal_section", "county_bureau", "inspectorate", "company", "mine"]
)
def test_every_office_that_opens_a_problem_has_somebody_for_each_state_that_waits_for_it(kind):
    by_paper = set() if kind not in ("company", "mine") else {"passed", "failed"}
    for state in procedure_by_id("rectification").states:
        roles = [Role(by.role) for by in state.waits_for if by.relation == "office" and by.role]
        if roles and state.id not in by_paper:
            assert any(role.works_at(kind) for role in roles), state.id


def test_what_the_city_finds_at_a_county_by_hand_is_counted_as_its_oversight(script):
    case = opened(script, "city_officer", "county", source="oversight", item="五人小组缺员")
    assert case.facts["clauses"] == ["2.6"]
    script.do("county_section", case, "sign_for")
    script.until(beijing_midnight(date(2026, 3, 13)) - timedelta(seconds=1))
    assert clause(script, "2.6", "county") == "due"
    script.until(beijing_midnight(date(2026, 3, 13)))
    assert clause(script, "2.6", "county") == "overdue"


def test_a_bureau_orders_nothing_of_the_government_beside_it(script):
    with pytest.raises(Refused, match="由市级督导下达"):
        opened(script, "county_officer", "county_government")
    case = opened(script, "city_officer", "county_government", source="oversight")
    assert (case.state, case.facts["clauses"]) == ("ordered", ["2.6"])
    assert opened(script, "city_officer", "company").facts["clauses"] == []


def _cell(script: Script, clause_id: str, unit: str):
    units = [script.city.units[unit]]
    made = board(units, period_of("month", date(2026, 3, 10)), script.at)
    return made.clause(clauses()[clause_id], units[0])


def clause(script: Script, clause_id: str, unit: str) -> str:
    """How a clause of a unit stands in March."""
    return str(_cell(script, clause_id, unit).status.value)


def graded(script: Script, clause_id: str, unit: str) -> str:
    """How far it is proven."""
    grade = _cell(script, clause_id, unit).grade
    return grade.value if grade else ""
