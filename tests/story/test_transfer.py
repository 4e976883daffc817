"""A mine changes its supervising body in the middle of an alarm and an open stop; its owed duties, arrangements and messages go with it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuangan.base.clock import civil_date
from kuangan.casework.awaiting import awaiting
from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.core.models import CallState, Notice
from kuangan.core.queries import events_of
from kuangan.duty.models import Duty
from kuangan.flow.credit.daily import open_current
from kuangan.flow.mines.transfer import open_work, transfer
from kuangan.law.ledger import ledger_by_id
from kuangan.law.procedure import Matter
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from kuangan.mine.models import Mine
from kuangan.mine.queries import supervisor_on
from tests.story.script import FOUND_REAL, PROPOSAL, Script
from tests.story.test_law_stops import city_staff, drafted
from tests.story.year import Year, moment

BASIS = "示例市安委〔2026〕3号"


def hand(script: Script, unit: str = "city") -> None:
    """The mine passes to another body now."""
    script.at += timedelta(minutes=1)
    transfer(
        actor=script.city["city_section"],
        mine=Mine.objects.select_related("unit").get(pk=script.city.mine.pk),
        supervisor=script.city.units[unit],
        valid_from=civil_date(script.at),
        basis=BASIS,
        at=script.at,
    )


def test_an_alarm_and_a_drafted_stop_go_on_with_the_next_body_and_its_papers_are_its_own(script):
    city_staff(script)
    stop = drafted(script)
    script.do("county_officer", stop, "propose", **PROPOSAL)
    script.do("county_officer_b", stop, "countersign", opinion="同意")
    alarm = script.alarm(point="first-1301-T2", peak="1.9")
    script.do("mine_dispatcher", alarm, "sign_for")
    due = alarm.clocks.get(clock="verify", stopped_at=None).due_at
    hand(script)
    stop.refresh_from_db()
    assert stop.state == "drafted", "what nobody had decided is proposed anew"
    assert alarm.clocks.get(clock="verify", stopped_at=None).due_at == due, "nobody gains time"
    assert "岗位职责" in script.refused("county_officer", alarm, "find_real", **FOUND_REAL)
    assert "岗位职责" in script.refused("county_officer", stop, "propose", **PROPOSAL)
    script.do("city_officer", alarm, "find_real", **FOUND_REAL)
    assert alarm in awaiting(script.city["city_officer_b"], Matter.alarm, script.at)
    assert alarm not in awaiting(script.city["county_officer_b"], Matter.alarm, script.at)
    script.do("city_officer_b", alarm, "confirm_real", opinion="同意")
    script.do("city_officer", stop, "propose", **PROPOSAL)
    script.do("city_officer_b", stop, "countersign", opinion="同意")
    script.do("city_section", stop, "review", opinion="同意")
    script.do("city_legal", stop, "pass_legal_review", opinion="同意")
    script.do("city_head", stop, "order")
    paper = stop.papers.get(paper__template="onsite_decision").paper
    assert (paper.unit, paper.number[:3] != "", paper.signer_name) == (script.city.units["city"], True, "丙六")
    assert "县" not in paper.number, "of the city's series"


def test_an_order_in_force_keeps_its_number_and_the_next_body_lets_the_mine_resume(script):
    city_staff(script)
    stop = script.serve(script.order(drafted(script)))
    number = stop.papers.get(paper__template="onsite_decision").paper.number
    hand(script)
    paper = stop.papers.get(paper__template="onsite_decision").paper
    assert (paper.number, paper.unit, stop.state) == (number, script.city.units["county"], "served")
    script.until(script.at + timedelta(days=5))
    on = script.at.date().isoformat()
    files = script.city.evidence("mine_director")
    script.do("mine_director", stop, "accept_self", rectified="已整改", accepted_on=on, files=files)
    script.do("company_officer", stop, "accept_company", opinion="验收合格")
    script.do("mine_director", stop, "apply", statement="整改完成，申请恢复生产")
    acceptance = {"inspected_on": on, "participants": "丙二、丙三", "opinion": "整改到位，验收合格"}
    assert "岗位职责" in script.refused("county_officer", stop, "accept", **acceptance)
    script.do("city_officer", stop, "accept", **acceptance)
    script.do("city_head", stop, "sign_acceptance")
    assert stop.state == "signed"


def test_what_the_city_had_taken_over_is_its_own_and_can_be_presumed_again(script):
    alarm = script.alarm(peak="1.9")
    script.wait(hours=30)
    script.do("city_section", alarm, "take_over_verification", reason="县局逾期未核实")
    hand(script)
    alarm.refresh_from_db()
    assert (alarm.taken_over_by, alarm.state) == (None, "taken_over")
    assert alarm in awaiting(script.city["city_officer"], Matter.alarm, script.at)
    hand(script, "county")
    assert alarm in awaiting(script.city["city_officer"], Matter.alarm, script.at), "the state waits for the city"


def test_those_of_the_body_before_are_asked_and_rung_no_more(script):
    city_staff(script)
    alarm = script.alarm(peak="3.2")
    script.wait(hours=1)
    ringing = alarm.calls.filter(call__state=CallState.calling)
    county, city = script.city.units["county"], script.city.units["city"]
    assert ringing.filter(call__unit=county).exists()
    asked = Notice.objects.filter(case_link__case=alarm, received_at=None, ended_at=None)
    assert asked.filter(unit=county).exists()
    hand(script)
    assert not ringing.filter(call__unit=county).exists()
    assert ringing.filter(call__unit=city).exists()
    assert not asked.filter(unit=county).exists()
    assert asked.filter(unit=city, role=Role.duty_officer).exists()
    for unit, title in (
        (city, "接收日常监管"),
        (county, "移出日常监管"),
        (script.city.units["mine"], "日常监管主体变更"),
    ):
        assert Notice.objects.get(unit=unit, kind="register").title.startswith(title)


def test_the_problems_found_by_the_body_before_are_looked_at_by_the_next_and_a_penalty_stays(year):
    year.to("2026-03-02")
    year.write("county_officer", "enforcement_check", "county", checked_on="2026-03-02")
    problem = Case.objects.filter(procedure="rectification", mine=year.city.mine).first()
    assert problem is not None
    assert problem.office == year.city.units["county"]
    give(year, "city")
    problem.refresh_from_db()
    assert problem.office == year.city.units["city"]
    assert events_of(problem).filter(action="case_passed_on").exists()


def give(year: Year, unit: str) -> None:
    """The mine passes to another body today."""
    transfer(
        actor=year.city["city_section"],
        mine=Mine.objects.select_related("unit").get(pk=year.city.mine.pk),
        supervisor=year.city.units[unit],
        valid_from=civil_date(year.at),
        basis=BASIS,
        at=year.at,
    )
    open_current(year.at)


VISITS, GROUP = "five_person_visits", "five_person_group_formed"


def owed(year: Year, obligation: str) -> dict[str, list[str]]:
    """Units by the short name of whom an obligation about the mine is owed, with periods."""
    names = {unit.pk: name for name, unit in year.city.units.items()}
    duties = Duty.objects.filter(obligation=obligation, mine=year.city.mine, cancelled_at=None).order_by("period")
    by_unit: dict[str, list[str]] = {}
    for unit, period in duties.values_list("unit", "period"):
        by_unit.setdefault(names[unit], []).append(period)
    return by_unit


def test_duties_not_late_are_owed_by_the_next_body_late_ones_by_who_let_them_lie(year):
    year.walk("2026-01-05", "2026-02-03", "2026-03-10")
    assert owed(year, VISITS) == {"county": ["2026-01", "2026-02", "2026-03"]}
    give(year, "city")
    assert owed(year, VISITS) == {"county": ["2026-01", "2026-02"], "city": ["2026-03"]}
    year.to("2026-03-11")
    assert owed(year, VISITS) == {"county": ["2026-01", "2026-02"], "city": ["2026-03"]}, "asked once"
    year.to("2026-04-02")
    assert owed(year, VISITS)["city"] == ["2026-03", "2026-04"]
    give(year, "county")
    assert owed(year, VISITS) == {"county": ["2026-01", "2026-02", "2026-04"], "city": ["2026-03"]}
    government = Duty.objects.filter(obligation="commissioner_rotation", mine=year.city.mine).get()
    assert government.unit == year.city.units["county_government"]


def test_a_visit_of_the_body_before_counts_on_when_it_is_corrected_and_no_more_when_it_is_voided(year):
    year.to("2026-03-05")
    visit = year.write(
        "county_clerk", "five_person_visit", "county", **{ledger_by_id("five_person_visit").dated: "2026-03-05"}
    )
    duty = year.duty(VISITS, "county", mine=year.city.mine, period="2026-03")
    assert year.credits(duty)[0] == 1
    year.to("2026-03-10")
    give(year, "city")
    duty.refresh_from_db()
    assert (duty.unit, year.credits(duty)[0]) == (year.city.units["city"], 1)
    corrected = year.correct("county_clerk", visit, "地点补正", places="井下1301工作面")
    assert year.credits(duty)[0] == 1
    other = year.write(
        "county_clerk", "five_person_visit", "county", **{ledger_by_id("five_person_visit").dated: "2026-03-10"}
    )
    assert year.credits(duty)[0] == 1, "what the body before does from then on is not the next one's"
    assert other.serial != corrected.serial
    year.void("county_clerk", corrected, "重复登记")
    assert year.credits(duty)[0] == 0


def test_arrangements_of_the_body_before_end_and_the_next_one_owes_its_own(year):
    year.to("2026-01-05")
    made = year.write("county_clerk", "five_person_group", "county", from_on="2026-01-05", to_on=None)
    assert year.duty(GROUP, "county", mine=year.city.mine).done_at is not None
    year.to("2026-03-10")
    give(year, "city")
    ended = Entry.objects.get(serial=made.serial, superseded_at=None)
    assert (ended.until.isoformat(), ended.reason) == ("2026-03-09", "云岭一号煤矿的日常监管主体自2026年3月10日起变更")
    duty = year.duty(GROUP, "city", mine=year.city.mine)
    assert duty.done_at is None
    year.to("2026-03-11")
    year.write("city_section", "five_person_group", "city", from_on="2026-03-11", to_on=None)
    duty.refresh_from_db()
    assert duty.done_at is not None


def test_the_file_of_a_day_before_names_the_body_of_that_day(year):
    year.to("2026-03-10")
    give(year, "city")
    county, city = year.city.units["county"], year.city.units["city"]
    mine = Mine.objects.get(pk=year.city.mine.pk)
    days = ("2026-03-09", "2026-03-10", "2026-04-01")
    assert [supervisor_on(mine, moment(day).date()) for day in days] == [county, city, city]
    with pytest.raises(Refused, match="无须变更"):
        give(year, "city")


def test_five_hundred_duties_pass_in_as_few_statements_as_five(year):
    year.to("2026-03-10")
    mine, county = year.city.mine, year.city.units["county"]
    pattern = Duty.objects.filter(obligation=VISITS, mine=mine).get()
    at_hand = open_work(mine, year.city.units["city"], civil_date(year.at), year.at).duties

    def add(first: int, count: int) -> None:
        copies = [
            Duty(
                **{field.attname: getattr(pattern, field.attname) for field in Duty._meta.concrete_fields}
                | {"id": None, "subject": f"entry:{number}"}
            )
            for number in range(first, first + count)
        ]
        Duty.objects.bulk_create(copies)

    def statements(unit: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            transfer(
                actor=None,
                mine=Mine.objects.select_related("unit").get(pk=mine.pk),
                supervisor=year.city.units[unit],
                valid_from=civil_date(year.at),
                basis=BASIS,
                at=year.at,
            )
        return len(captured)

    add(0, 5)
    few = statements("city")
    add(5, 495)
    Duty.objects.filter(subject__startswith="entry:", unit=county).update(unit=year.city.units["city"])
    many = statements("county")
    assert Duty.objects.filter(unit=county, subject__startswith="entry:").count() == 500
    assert many <= few + 2
    assert at_hand > 10
