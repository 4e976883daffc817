"""What commissioners do (measure 2.2): an opinion is a numbered paper, a withdrawal is obeyed or rung for, a city's task is answered and closed."""

from datetime import date, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.casework.models import Case, Finding
from kuangan.casework.openings import Chosen
from kuangan.core.models import Notice
from kuangan.flow.cases.opening import open_by_person
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.rules.run import judge_changed
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from tests.city import _user
from tests.story.script import Script

PROBLEMS = [{"item": "回风隅角挡风帘破损", "place": "1301综采工作面"}, {"item": "探水记录不全", "due_on": "2026-03-18"}]
SCOPE = "1301综采工作面及回风巷"


@pytest.fixture
def script(script: Script) -> Script:
    """With two commissioners at the county's bureau."""
    for username, name in (("commissioner", "毕监成"), ("commissioner_b", "席巡成")):
        user = _user(script.city, username, "county", Role.supervision_commissioner, name, name)
        script.city.users[username] = user
    return script


def drafted(script: Script, **change) -> Case:
    inputs = {"problems": PROBLEMS, "demand": "rectify", "due_on": "2026-03-15", **change}
    return open_by_person(
        actor=script.city["commissioner"],
        procedure_id="commissioner_opinion",
        way_id="open",
        chosen=Chosen(script.city.units["mine"]),
        inputs=inputs,
        at=script.at,
    )


def test_an_opinion_is_numbered_signed_on_site_and_each_problem_is_owed_by_the_mine(script: Script) -> None:
    case = drafted(script)
    assert "不具有" in script.refused("county_officer", case, "issue")
    assert "请使用“签发意见书”" in script.refused("commissioner", case, "order_withdrawal")
    script.do("commissioner", case, "issue")
    paper = case.papers.get().paper
    entry = Entry.objects.get(ledger="site_opinion")
    assert paper.number
    assert (entry.values["number"], entry.mine) == (paper.number, script.city.mine)
    opened = list(Case.objects.filter(procedure="rectification").order_by("pk"))
    assert [(one.facts["item"], one.facts["due_on"]) for one in opened] == [
        ("回风隅角挡风帘破损", "2026-03-15"),
        ("探水记录不全", "2026-03-18"),
    ]
    script.do("mine_dispatcher", case, "sign_for")
    assert case.state == "handed"
    script.do("mine_director", opened[0], "sign_for")
    files = script.city.evidence("mine_director")
    script.do("mine_director", opened[0], "answer", done="已更换", finished_on="2026-03-10", files=files)
    script.do("commissioner", opened[0], "accept", method="on_site", seen="挡风帘完好")
    assert opened[0].state == "closed"


def test_who_is_told_to_withdraw_reports_is_looked_at_and_waits_for_consent(script: Script) -> None:
    with pytest.raises(Exception, match="停止作业、撤人的范围"):
        drafted(script, demand="stop_and_withdraw")
    case = drafted(script, demand="stop_and_withdraw", scope=SCOPE)
    script.do("commissioner", case, "order_withdrawal")
    mine = script.city.units["mine"]
    told = Notice.objects.get(unit=mine, title=f"立即停止作业并撤人：{SCOPE}")
    assert told.deliveries.filter(channel="sms").exists()
    assert {one.level for one in Case.objects.filter(procedure="rectification")} == {"red"}
    clock = case.clocks.get(clock="withdraw")
    assert clock.due_at == script.at + timedelta(minutes=30)
    files = script.city.evidence("mine_dispatcher")
    report = {"stopped_at": script.at, "withdrawn_at": script.at + timedelta(minutes=1), "people": 12, "files": files}
    early = {**report, "withdrawn_at": script.at - timedelta(hours=2)}
    assert "早于意见书签发" in script.refused("mine_dispatcher", case, "report_withdrawal", **early)
    script.at += timedelta(minutes=2)
    script.do("mine_dispatcher", case, "report_withdrawal", **report)
    script.do("commissioner_b", case, "confirm_withdrawal", seen="电话核实并查看出入井记录")
    assert case.state == "kept_out"
    script.do("mine_engineer", case, "request_resumption", done="已封堵", files=files)
    script.do("commissioner", case, "refuse_resumption", reason="仍有漏风")
    script.do("mine_engineer", case, "request_resumption", done="重新封堵", files=files)
    script.do("commissioner", case, "allow_resumption", verified="现场封堵严密")
    assert case.state == "resumed"


def test_nobody_reports_the_withdrawal_and_people_are_rung(script: Script) -> None:
    case = drafted(script, demand="stop_and_withdraw", scope=SCOPE)
    script.do("commissioner", case, "order_withdrawal")
    script.wait(minutes=31)
    assert case.clocks.get(clock="withdraw").lapsed_at is not None
    units = set(Notice.objects.filter(kind="lapse", case_link__case=case).values_list("unit__code", flat=True))
    assert {"140423-bureau", "1404-bureau"} <= units
    assert case.calls.exists()


def test_what_an_officer_establishes_on_site_drafts_a_stop_an_opinion_alone_does_not(script: Script) -> None:
    case = drafted(script, demand="stop_and_withdraw", scope=SCOPE)
    script.do("commissioner", case, "order_withdrawal")
    judge_changed(script.at)
    assert not Case.objects.filter(procedure="suspension").exists()
    said = {"item": "item_6", "facts": "突出危险区域未采取局部措施即掘进"}
    assert "不具有" in script.refused("commissioner", case, "refer", **said)
    script.do("county_officer", case, "refer", **said)
    judge_changed(script.at)
    fact = Entry.objects.get(ledger="special_stop_fact")
    assert (fact.values["place"], fact.values["item"]) == (SCOPE, "item_6")
    assert Finding.objects.filter(rule="special_stop_facts").exists()
    assert Case.objects.get(procedure="suspension").mine == script.city.mine


def test_a_task_of_the_city_is_answered_by_its_commissioner_and_closed_by_the_city(script: Script) -> None:
    values = {
        "issued_on": "2026-03-10",
        "commissioner": "毕监成",
        "responsible": "140423-bureau",
        "tasks": [{"item": "核查三月变化环节"}, {"item": "核查五人小组到矿", "due_on": "2026-03-12"}],
        "due_on": "2026-03-31",
    }
    record_entry(
        actor=script.city["city_section"], ledger_id="commissioner_task", unit=script.city.units["city"],
        values=values, at=script.at,
    )  # fmt: skip
    first, second = Case.objects.filter(procedure="assigned_task").order_by("pk")
    assert (first.unit, second.facts["due_on"]) == (script.city.units["county"], "2026-03-12")
    files = script.city.evidence("commissioner")
    answer = {"result": "两处变化环节均有措施", "finished_on": "2026-03-10", "files": files}
    assert "下达给毕监成" in script.refused("commissioner_b", first, "answer", **answer)
    script.do("commissioner", first, "answer", **answer)
    assert "不具有" in script.refused("county_section", first, "accept", opinion="属实")
    script.do("city_section", first, "return", reason="未附照片")
    script.do("commissioner", first, "answer", **answer)
    script.do("city_section", first, "accept", opinion="查看照片和记录，属实")
    assert (first.state, first.facts["returned"]) == ("closed", 1)
    script.until(beijing_midnight(date(2026, 3, 13)))
    second.refresh_from_db()
    assert second.state == "overdue"
    script.do("city_section", second, "urge", demand="两日内完成")
    assert "逾期原因" in script.refused("commissioner", second, "answer", **answer)
    script.do("commissioner", second, "answer", **answer, late_because="井下封闭，延后核查")
    script.do("city_officer", second, "accept", opinion="属实")
    assert second.state == "closed"


def test_a_task_that_a_bureau_gives_itself_is_not_closed_by_who_answered_it(script: Script) -> None:
    values = {
        "issued_on": "2026-03-10", "commissioner": "丙四", "responsible": "1404-bureau",
        "tasks": [{"item": "核查三月变化环节"}], "due_on": "2026-03-31",
    }  # fmt: skip
    city = script.city
    record_entry(
        actor=city["city_section"], ledger_id="commissioner_task", unit=city.units["city"], values=values, at=script.at
    )
    case = Case.objects.get(procedure="assigned_task")
    assert case.unit == case.office == city.units["city"]
    files = city.evidence("city_section")
    script.do("city_section", case, "answer", result="均有措施", finished_on="2026-03-10", files=files)
    assert "须由其他人员办理" in script.refused("city_section", case, "accept", opinion="属实")
    assert "须由其他人员办理" in script.refused("city_section", case, "return", reason="未附照片")
    script.do("city_officer", case, "accept", opinion="查看照片和记录，属实")
    assert case.state == "closed"
