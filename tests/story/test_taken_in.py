"""Matters that were under way before the office worked here: a stop goes on to its end, a problem keeps its day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.casework.models import Case
from kuangan.casework.openings import Chosen, named
from kuangan.core.actions import put_off_go_live, set_go_live
from kuangan.core.errors import Refused
from kuangan.core.queries import roles_of
from kuangan.flow.cases.opening import open_by_person
from kuangan.flow.sweep import sweep_once
from kuangan.mine.actions import set_attribute
from kuangan.mine.queries import attribute

SERVED = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
LIVE = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
STOP = {
    "order_number": "晋(襄垣)煤安处〔2026〕3号",
    "ordered_on": "2026-03-02",
    "served_at": SERVED.isoformat(),
    "days": "9",
    "scope": "mine",
    "cause": "通风系统不完善",
    "nature": "onsite_decision",
    "reason": "2026年3月1日现场检查发现通风系统不完善",
    "basis": "《煤矿安全生产条例》第四十四条第一款第（三）项",
    "requirements": "完善通风系统；\n整改后自验收",
    "published": True,
}
PROBLEM = {"source": "visit", "found_on": "2026-02-20", "item": "风门损坏", "due_on": "2026-03-20"}


@pytest.fixture
def live(city):
    """The county works on the platform since this morning."""
    put_off_go_live(actor=None, unit=city.units["area"], at=NOW)
    set_go_live(actor=None, unit=city.units["county"], on=LIVE, document="示应急〔2026〕1号", reason="启用", at=NOW)


def take_in(city, procedure: str, **inputs) -> Case:
    return open_by_person(
        actor=city["county_officer"],
        procedure_id=procedure,
        way_id="take_in",
        chosen=Chosen(city.units["mine"]),
        inputs={**inputs, "files": city.evidence("county_officer")},
        at=NOW,
    )


def test_a_stop_decided_outside_runs_from_its_true_day_to_the_published_resumption(city, script, live):
    set_attribute(actor=None, mine=city.mine, name="status", value="producing", valid_from=date(2026, 1, 1))
    case = take_in(city, "suspension", **STOP)
    assert (case.state, case.opened_at, case.facts["taken_in"]) == ("served", NOW, True)
    assert "线下转入" in case.title
    [entered] = case.moves.all()
    assert (entered.move, entered.target, entered.attachments.count()) == ("take_in", "served", 1)
    assert not case.papers.exists()
    floor = case.clocks.get(clock="floor")
    assert (floor.started_at, civil_date(floor.due_at - timedelta(seconds=1))) == (SERVED, date(2026, 3, 12))
    assert not case.clocks.filter(clock="publish").exists()
    assert attribute(city.mine, "status", civil_date(SERVED)) == "halted"
    script.at = NOW
    script.chain(case)
    assert "停产整顿期限未满" in script.refused("county_government", case, "approve")
    script.at = beijing_midnight(date(2026, 3, 13)) + timedelta(hours=9)
    script.do("county_government", case, "approve")
    script.do("county_officer", case, "resume")
    notice = case.papers.get(paper__template="resumption_notice").paper
    assert notice.data["decision_number"] == STOP["order_number"]
    assert attribute(city.mine, "status", date(2026, 3, 14)) == "producing"
    assert script.do("county_officer", case, "publish_resumption").state == "closed"


def test_a_mine_that_its_file_shows_as_halted_produces_again_when_the_stop_ends(city, script, live):
    set_attribute(actor=None, mine=city.mine, name="status", value="halted", valid_from=date(2026, 3, 1))
    case = take_in(city, "suspension", **STOP)
    script.at = beijing_midnight(date(2026, 3, 13)) + timedelta(hours=9)
    script.chain(case)
    script.do("county_government", case, "approve")
    script.do("county_officer", case, "resume")
    assert attribute(city.mine, "status", date(2026, 3, 14)) == "producing"


def test_a_stop_not_yet_published_outside_is_published_here_by_its_scanned_decision(city, script, live):
    case = take_in(city, "suspension", **{**STOP, "published": False})
    assert case.clocks.get(clock="publish").started_at == SERVED
    script.at = NOW
    script.do("county_officer", case, "publish_order")
    notice = case.papers.get(paper__template="suspension_notice").paper
    assert (notice.data["decision_number"], notice.data["decided_on"]) == (STOP["order_number"], "2026年3月2日")
    assert "九天" in notice.data["measure"] or "9天" in notice.data["measure"]


def test_a_problem_keeps_the_day_that_was_set_and_one_that_has_passed_is_overdue(city, live):
    case = take_in(city, "rectification", **PROBLEM)
    rectify = case.clocks.get(clock="rectify")
    assert (case.state, rectify.due_at) == ("received", beijing_midnight(date(2026, 3, 21)))
    late = take_in(city, "rectification", **{**PROBLEM, "item": "瓦斯抽采管路漏气", "due_on": "2026-03-09"})
    sweep_once(NOW)
    late.refresh_from_db()
    assert late.state == "overdue"


@pytest.mark.parametrize("found_on", ["2026-03-10", "2026-03-11"])
def test_what_began_on_the_day_of_going_live_or_later_is_refused(city, live, found_on):
    with pytest.raises(Refused, match=r"不能线下转入|不能晚于"):
        take_in(city, "rectification", **{**PROBLEM, "found_on": found_on})
    assert not Case.objects.exists()


def test_an_office_that_always_worked_here_takes_nothing_in(city):
    ways = {offer.way.id for offer in named(roles_of(city["county_officer"], NOW))}
    assert "take_in" not in ways
    with pytest.raises(Refused, match="不能线下转入"):
        take_in(city, "rectification", **PROBLEM)
