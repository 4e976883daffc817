"""Decisions that change what is owed: a published class the checks of a mine, a served stop its status, a resumption its status back."""

from datetime import timedelta

import pytest

from kuangan.base.clock import civil_date
from kuangan.base.period import parse_period
from kuangan.core.errors import Refused
from kuangan.duty.models import Duty
from kuangan.flow.credit.daily import open_current
from kuangan.law.clause import clauses
from kuangan.mine.actions import set_attribute
from kuangan.mine.models import Mine, MineAttribute
from kuangan.mine.queries import attribute
from kuangan.overview.board.board import board
from tests.story.test_law_stops import NOT_GAS, fact, ordered, stopped
from tests.story.year import moment

B, C, CAP = "checks_of_class_b_mines", "checks_of_class_c_mines", "check_cap_exceeded"


def check(year, day, **change):
    """A planned check of the mine by the county."""
    year.to(day)
    return year.write(
        "county_officer",
        "enforcement_check",
        "county",
        checked_on=day,
        kind="planned",
        findings=None,
        due_on=None,
        **change,
    )


def classed(year, mine_class, day):
    set_attribute(
        actor=None, mine=year.city.mine, name="mine_class", value=mine_class, valid_from=moment(day).date(), at=year.at
    )


def owed(year):
    """The checks owed about the mine, by class."""
    about = {"mine": year.city.mine}
    return {name: year.statuses(name, "county", **about) for name in (B, C)}


def due_on_the_board(year):
    """How many duties of the clause about checks the board counts as under way for the county in this year."""
    county = year.city.units["county"]
    cell = board([county], parse_period("2026"), year.at).clause(clauses()["2.1c"], county)
    return cell.counts.shown()["due"]


def publish(year, day, mine_class="C"):
    """The city publishes the class that it reviewed."""
    return year.write(
        "section_head", "mine_class_decision", "section", decided_on=civil_date(year.at).isoformat(),
        mine_class=mine_class, occasion="adjusted", published_on=day,
        announcement_number="演示应急公告〔2026〕8号",
    )  # fmt: skip


def test_a_published_class_changes_the_checks_owed_from_its_day_and_a_correction_takes_it_back(year):
    classed(year, "B", "2026-01-01")
    year.to("2026-01-05")
    assert owed(year) == {B: {"2026": "due"}, C: {}}
    check(year, "2026-02-10")
    year.to("2026-03-10")
    decision = publish(year, "2026-03-20")
    year.to("2026-03-19T23:00")
    before = due_on_the_board(year)
    assert owed(year) == {B: {"2026": "due"}, C: {}}, "not before it is published"
    year.to("2026-03-20T00:00")
    assert owed(year) == {B: {"2026": "cancelled"}, C: {"2026": "due"}}
    assert due_on_the_board(year) == before, "one is cancelled, one is owed instead"
    duty = year.duty(C, "county", mine=year.city.mine)
    assert year.credits(duty) == (1, 4), "the check of this year counts"
    gone = Duty.objects.get(obligation=B, mine=year.city.mine)
    assert gone.cancelled_for == "煤矿的类别、等级或者状况已变化，本事项不再适用"
    year.to("2026-03-21")
    year.void("section_head", decision, "公布有误")
    year.to("2026-03-21T11:00")
    assert owed(year) == {B: {"2026": "due"}, C: {"2026": "cancelled"}}
    decision = publish(year, "2026-04-01")
    year.to("2026-04-01")
    assert owed(year) == {B: {"2026": "cancelled"}, C: {"2026": "due"}}
    year.correct("section_head", decision, "公布日期更正", published_on="2026-04-11")
    year.to("2026-04-10")
    assert owed(year) == {B: {"2026": "due"}, C: {"2026": "cancelled"}}
    year.to("2026-04-11")
    assert owed(year) == {B: {"2026": "cancelled"}, C: {"2026": "due"}}


YEARLY = "mine_classification_yearly"


def test_a_county_proposes_a_class_and_only_the_city_says_that_it_reviewed_it(year):
    Mine.objects.filter(pk=year.city.mines["second"].pk).update(supervisor=year.city.units["city"])
    year.to("2026-01-20")
    proposal = {"decided_on": "2026-01-20", "published_on": "2026-02-01"}
    with pytest.raises(Refused, match="本栏由市局填写"):
        year.write("county_clerk", "mine_class_decision", "county", city_reviewed_on="2026-01-18", **proposal)
    made = year.write("county_clerk", "mine_class_decision", "county", **proposal)
    year.to("2026-02-01")
    assert year.statuses(YEARLY, "county") == {"2026": "due"}, "a proposal that nobody reviewed"
    with pytest.raises(Refused, match="您没有相应岗位"):
        year.confirm("county_section", made, "city_review")
    year.confirm("section_head", made, "city_review", "分类要素齐全，同意B类")
    assert (year.statuses(YEARLY, "county"), year.duty(YEARLY, "county").grade) == ({"2026": "met"}, "accepted")
    assert attribute(year.city.mine, "mine_class", civil_date(year.at)) is None, "published by the city only"
    own = year.write("city_section", "mine_class_decision", "city", mine="140423900002", **proposal)
    assert (own.waits_for, year.statuses(YEARLY, "city")) == ("", {"2026": "met"}), "its own decision is its review"


REVIEWED = "mine_class_reviewed"


def test_a_county_publishes_and_extends_a_class_only_as_the_city_reviewed_it(year):
    year.to("2026-01-20")
    proposal = {"decided_on": "2026-01-20", "published_on": "2026-01-31"}
    made = year.write("county_clerk", "mine_class_decision", "county", **proposal)
    assert set(year.statuses(REVIEWED, "section").values()) == {"due"}
    year.to("2026-02-01")
    with pytest.raises(Refused, match="公布日期不得早于市级审定日期"):
        year.confirm("section_head", made, "city_review", "同意B类")
    made = year.correct("county_clerk", made, "尚未公布", published_on=None)
    made = year.confirm("section_head", made, "city_review", "同意B类")
    assert set(year.statuses(REVIEWED, "section").values()) == {"met"}
    with pytest.raises(Refused, match="公布日期不得早于市级审定日期"):
        year.correct("county_clerk", made, "公布", published_on="2026-01-31")
    made = year.correct("county_clerk", made, "公布", published_on="2026-02-01")
    assert made.parts == ("city_review",)
    made = year.correct("county_clerk", made, "延长有效期", valid_to="2027-12-31", published_on=None)
    assert (made.parts, made.waits_for) == ((), "city_review")


def test_checks_lawful_before_the_class_was_published_stay_so_and_the_cap_binds_from_its_day(year):
    classed(year, "C", "2026-01-01")
    for day in ("2026-01-12", "2026-02-10", "2026-03-10"):
        check(year, day)
    publish(year, "2026-04-10", "A")
    year.to("2026-04-10")
    assert year.judged(CAP) == {CAP: "clear"}
    check(year, "2026-04-10")
    assert year.judged(CAP) == {CAP: "found"}


def status(script):
    return attribute(script.city.mine, "status", civil_date(script.at))


def rests(script, obligation):
    """Whether the mine's duty of this month is cancelled for its standstill."""
    open_current(script.at)
    duty = Duty.objects.filter(obligation=obligation, unit=script.city.units["mine"]).order_by("-first_on").first()
    return duty.cancelled_at is not None


def test_a_served_stop_halts_the_mine_and_its_resumption_starts_it_again(script):
    monthly = "mine_training_monthly"
    assert (status(script), rests(script, monthly)) == ("producing", False)
    stop = stopped(script)
    assert stop.state == "served"
    assert (status(script), rests(script, monthly)) == ("halted", True)
    row = MineAttribute.objects.get(name="status", value="halted")
    paper = stop.papers.get(paper__template="onsite_decision").paper
    assert row.basis == f"{paper.number}（办件{stop.number}）"
    assert row.source.startswith(f"case:{stop.pk}?move=")
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    assert status(script) == "halted"
    script.do("county_government", stop, "approve")
    script.do("county_officer", stop, "resume")
    assert (status(script), rests(script, monthly)) == ("producing", False)
    notice = stop.papers.get(paper__template="resumption_notice").paper
    assert MineAttribute.objects.get(name="status", valid_from=civil_date(script.at)).basis.startswith(notice.number)
    assert attribute(script.city.mine, "status", civil_date(script.at) - timedelta(days=1)) == "halted"


def test_a_mine_that_was_built_is_halted_as_one_that_is_built(script):
    set_attribute(
        actor=None,
        mine=script.city.mine,
        name="status",
        value="building",
        valid_from=civil_date(script.at),
        at=script.at,
    )
    stop = stopped(script)
    assert status(script) == "building_halted"
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    script.do("county_government", stop, "approve")
    script.do("county_officer", stop, "resume")
    assert status(script) == "building"


def test_a_stop_of_some_faces_leaves_the_mine_at_work(script):
    fact(script)
    stop = ordered(script, script.suspension(), NOT_GAS)
    script.serve(stop)
    assert (stop.state, status(script)) == ("served", "producing")


def test_a_mine_that_was_closed_during_its_stop_stays_closed(script):
    stop = stopped(script)
    set_attribute(
        actor=None, mine=script.city.mine, name="status", value="closed",
        valid_from=civil_date(script.at) + timedelta(days=1), at=script.at,
    )  # fmt: skip
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    script.do("county_government", stop, "approve")
    script.do("county_officer", stop, "resume")
    assert status(script) == "closed"
