"""现场监管意见书 and 监管专员任务 in the browser: written and signed on site, obeyed by the mine; a task answered where it stands."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.base.clock import BEIJING
from kuangan.casework.models import Case
from kuangan.duty.models import Duty
from kuangan.ledger.models import Entry
from tests.browser.conftest import Site
from tests.browser.test_group_and_shares import judged
from tests.browser.test_other_side import corrected
from tests.browser.test_rectification import ANSWER, DAY, SEEN, look, recorded
from tests.browser.walk import Walk
from tests.web.world import build_world

pytestmark = pytest.mark.browser
SCOPE = "1301综采工作面及回风巷"


@pytest.fixture
def walk(site: Site, logged_in, tmp_path: Path) -> Walk:
    build_world(site.city, site.script)
    return Walk(site, logged_in, tmp_path)


def drafted(walk: Walk, **filled: str) -> Case:
    """A commissioner writes an opinion; the mine does not see it yet."""
    page = walk.open("county_commissioner", reverse("cases"))
    page.get_by_role("link", name="新办", exact=True).click()
    page.get_by_role("link", name="起草现场监管意见书", exact=True).click()
    page.select_option("[name=subject]", label=walk.site.city.mine.name)
    for name, value in {"problems.0.item": "回风隅角挡风帘破损", "due_on": "2026-03-15", **filled}.items():
        walk.fill(page, name, value)
    look(page, "opinion-new")
    page.get_by_role("button", name="起草现场监管意见书", exact=True).click()
    expect(page.locator("h1")).to_contain_text("现场监管意见书")
    case = Case.objects.get(procedure="commissioner_opinion")
    hidden = walk.open("mine_director", reverse("cases"))
    expect(hidden.locator("main")).not_to_contain_text(case.number)
    return case


def test_an_opinion_is_written_signed_received_and_its_problem_put_right(walk: Walk):
    case = drafted(walk, demand="rectify")
    walk.do("county_commissioner", case, "issue")
    paper = case.papers.get().paper
    page = walk.open("mine_director", reverse("case", args=[case.pk]))
    expect(page.locator("main")).to_contain_text(paper.number)
    look(page, "opinion-issued")
    walk.do("mine_director", case, "sign_for")
    problem = Case.objects.get(procedure="rectification")
    assert problem.entry.values["number"] == paper.number
    walk.do("mine_director", problem, "sign_for")
    walk.do("mine_director", problem, "answer", **ANSWER)
    walk.do("county_commissioner", problem, "accept", **SEEN)
    assert (case.state, problem.state) == ("handed", "closed")


def test_a_mine_withdraws_its_people_on_an_opinion_and_works_again_with_consent(walk: Walk):
    case = drafted(walk, demand="stop_and_withdraw", scope=SCOPE)
    walk.do("county_commissioner", case, "order_withdrawal")
    page = walk.open("mine_dispatcher", reverse("today"))
    expect(page.locator("main")).to_contain_text(f"停止作业、撤人（{SCOPE}）")
    expect(page.get_by_role("link", name="报告撤人情况").first).to_be_visible()
    look(page, "withdraw-told")
    walk.wait(minutes=5)
    stated = f"{walk.site.script.at.astimezone(BEIJING):%Y-%m-%dT%H:%M}"
    walk.do(
        "mine_dispatcher", case, "report_withdrawal",
        stopped_at=stated, withdrawn_at=stated, people="12", files="",
    )  # fmt: skip
    walk.do("county_commissioner", case, "confirm_withdrawal", seen="查看出入井记录，人数相符")
    walk.do("mine_engineer", case, "request_resumption", done="已更换挡风帘", files="")
    walk.do("county_commissioner", case, "allow_resumption", verified="现场完好")
    assert case.state == "resumed"
    look(walk.open("county_commissioner", reverse("case", args=[case.pk])), "resumed")


def test_a_task_of_the_city_is_answered_by_its_commissioner_where_it_stands(walk: Walk):
    name = walk.site.city["county_commissioner"].person.name
    (case,) = recorded(
        walk, "city_section", "commissioner_task",
        {
            "issued_on": DAY, "commissioner": name, "responsible": "140423-bureau",
            "tasks.0.item": "核查三月变化环节管控", "due_on": "2026-03-31",
        },
    )  # fmt: skip
    page = walk.open("county_commissioner", reverse("today"))
    expect(page.locator("main")).to_contain_text("核查三月变化环节管控")
    walk.do("county_commissioner", case, "answer", result="两处均有措施", finished_on=DAY, files="")
    walk.do("city_section", case, "accept", opinion="查看照片，属实")
    assert (case.state, Entry.objects.get(ledger="commissioner_task").serial) == ("closed", case.entry.serial)


def test_a_commissioners_report_is_held_against_his_patrols_and_he_is_appraised_and_back_traced(walk: Walk):
    mine, name = walk.site.city.mine.code, walk.site.city["county_commissioner"].person.name
    period = {
        "from_on": "2026-03-09",
        "mine": mine,
        "name": "重要会议期间",
        "staying.0.name": name,
        "to_on": "2026-03-12",
    }
    recorded(walk, "city_section", "key_period", {**period, "responsible": "140423-bureau"})
    stayed = Duty.objects.get(obligation="key_period_stay")
    patrol = {"patrolled_on": DAY, "mine": mine, "person": name, "shift": "night", "places": "1301综采工作面"}
    recorded(walk, "county_commissioner", "commissioner_patrol", {**patrol, "underground": "true", "stayed": "true"})
    stayed.refresh_from_db()
    assert stayed.done_at is not None
    said = {"patrols": "13", "underground": "1", "problems": "2", "closed": "1", "content": "一季度巡查和驻矿情况"}
    recorded(walk, "county_commissioner", "commissioner_report", {"reported_on": DAY, "commissioner": name, **said})
    page = judged(walk, "commissioner_report_differs", "140423-bureau")
    assert "述职填报巡查13次，2026年第1季度台账登记1次" in page
    grade = {
        "appraised_on": DAY,
        "year": "2026",
        "commissioner": name,
        "grade": "unqualified",
        "basis": "述职次数与台账不符",
    }
    recorded(walk, "county_section", "commissioner_appraisal", grade)
    traced = {"started_on": DAY, "mine": mine, "commissioner": name, "trigger": "falsified", "facts": "虚报巡查12次"}
    recorded(walk, "county_section", "commissioner_accountability", traced)
    today = walk.open("county_section", reverse("today"))
    expect(today.locator("main")).to_contain_text("县局作出监管专员责任倒查结论")
    look(today, "back-traced")
    ended = {"conclusion": "虚报属实，批评教育并重新述职", "concluded_on": DAY}
    corrected(walk, "county_section", "commissioner_accountability", **ended)
    assert Duty.objects.get(obligation="commissioner_accountability_concluded").done_at is not None
