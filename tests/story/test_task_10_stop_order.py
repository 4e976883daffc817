"""Task 10: two confirmed over-limits within a week stop the mine for at least three days (measures 10.3, 10.4)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.casework.models import Case, Finding, Reliance
from kuangan.core.models import Event, Person
from kuangan.monitor.actions import file_calibration
from tests.story.script import PROPOSAL, Script


def test_a_second_over_limit_within_the_week_drafts_the_order_and_the_chain_lifts_it(script: Script) -> None:
    first = script.real_alarm(peak="1.12")
    assert not Case.objects.filter(procedure="suspension").exists()
    script.wait(days=2)
    second = script.real_alarm(point="first-1302-T0", peak="1.35")

    stop = script.suspension()
    assert stop.state == "drafted"
    assert [row["number"] for row in stop.facts["overlimits"]] == [first.number, second.number]
    assert "一周内发生经核实的瓦斯超限2次" in stop.facts["reason"]

    script.order(stop)
    papers = {link.paper.template: link.paper for link in stop.papers.select_related("paper")}
    assert set(papers) == {"onsite_decision", "legal_review_opinion"}
    assert papers["onsite_decision"].number
    assert papers["onsite_decision"].state == "frozen"
    assert papers["onsite_decision"].data["basis"] == ["《重点任务分工》第10.4项"]

    script.serve(stop)
    script.do("county_officer", stop, "publish_order")
    served_on = civil_date(script.at)
    floor = stop.clocks.get(clock="floor")
    assert floor.due_at == beijing_midnight(served_on + timedelta(days=4))

    script.until(beijing_midnight(served_on + timedelta(days=2)))
    assert "期限未满" in script.refused("county_officer", stop, "resume")
    script.chain(stop)
    assert "期限未满" in script.refused("county_government", stop, "approve")
    script.until(floor.due_at - timedelta(seconds=1))
    assert "期限未满" in script.refused("county_government", stop, "approve")
    script.until(floor.due_at)
    script.do("county_government", stop, "approve")
    script.do("county_officer", stop, "resume")
    script.do("county_officer", stop, "publish_resumption")
    assert stop.state == "closed"
    assert stop.closed_at is not None
    assert not stop.clocks.filter(stopped_at=None).exists()


@pytest.mark.parametrize(("gap", "hit"), [(timedelta(hours=168), True), (timedelta(hours=168, seconds=1), False)])
def test_exactly_168_hours_count_and_one_second_more_does_not(script: Script, gap: timedelta, *, hit: bool) -> None:
    start = script.at
    script.real_alarm()
    script.until(start + gap)
    script.real_alarm(point="first-1302-T0")
    assert Case.objects.filter(procedure="suspension").exists() is hit


def test_the_older_of_the_pair_confirmed_last_still_finds_it(script: Script) -> None:
    older = script.alarm()
    script.wait(hours=1)
    newer = script.real_alarm(point="first-1302-T0")
    assert not Case.objects.filter(procedure="suspension").exists()
    script.confirm(older)
    assert [row["number"] for row in script.suspension().facts["overlimits"]] == [older.number, newer.number]


def test_a_filed_calibration_is_not_counted(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=5)
    point = script.city.points["first-1302-T0"]
    file_calibration(
        actor=script.city["mine_dispatcher"],
        point=point,
        from_at=script.at - timedelta(minutes=5),
        to_at=script.at + timedelta(minutes=20),
        gas_value=Decimal("2.00"),
        person_name="标校工",
        at=script.at - timedelta(minutes=10),
    )
    record = script.alarm(point="first-1302-T0", peak="2.00", proposed="calibration", excluded=True, open_=True)
    assert (record.procedure, record.state, record.level) == ("sensor_calibration", "running", "blue")
    script.wait(minutes=10)
    assert not Case.objects.filter(procedure="suspension").exists()


def test_an_unfiled_calibration_needs_evidence_and_unverified_it_is_presumed_real(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=5)
    case = script.alarm(point="first-1302-T0", peak="2.00", proposed="calibration", excluded=True)
    assert not case.facts["calibration_filed"]
    given = {"kind": "calibration", "method": "phone", "findings": "称为标校", "neighbours": "平稳"}
    assert "至少两项佐证" in (refusal := script.refused("county_officer", case, "find_not_real", **given))
    assert "无标校备案" in refusal

    script.wait(hours=73)
    case.refresh_from_db()
    assert case.state == "presumed_real"
    stop = script.suspension()
    assert [row["presumed"] for row in stop.facts["overlimits"]] == [False, True]
    script.do("county_officer", stop, "propose", **PROPOSAL)
    script.do("county_officer_b", stop, "countersign", opinion="同意")
    draft = stop.papers.get(paper__template="onsite_decision").paper
    assert "逾期未核实" in draft.data["evidence"][1]
    assert "其中1次逾期未核实、推定真实" in draft.data["facts"]

    script.confirm(case, real=False)
    stop.refresh_from_db()
    assert stop.facts["basis_lost"] is True
    assert "已不足一周2次" in script.refused("county_section", stop, "review", opinion="同意")
    script.do("county_section", stop, "withdraw", reason="核实为标校")
    assert stop.state == "withdrawn"


def test_a_third_over_limit_joins_the_open_suspension(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=10)
    script.real_alarm(point="first-1302-T0")
    script.wait(hours=10)
    third = script.real_alarm(point="first-1301-T2")
    stop = script.suspension()
    assert len(stop.facts["overlimits"]) == 3
    assert Reliance.objects.filter(stop=stop, alarm=third).exists()


def test_an_over_limit_during_the_stop_joins_and_lets_the_head_extend_it(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.order(script.suspension())
    script.serve(stop)
    floor = stop.clocks.get(clock="floor")
    script.wait(hours=20)
    script.real_alarm(point="first-1301-T2")
    stop.refresh_from_db()
    assert len(stop.facts["overlimits"]) == 3
    assert "不得少于" in script.refused("county_officer", stop, "propose_extension", more_days=1, reason="再次超限")
    script.extend(stop)
    script.do("county_officer", stop, "serve_extension", **script.service(script.at + timedelta(minutes=1)))
    assert stop.clocks.get(clock="floor").due_at == floor.due_at + timedelta(days=3)
    assert stop.papers.filter(paper__template="suspension_extension").count() == 1


def test_a7_an_over_limit_after_a_resumption_counts_with_those_before(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.order(script.suspension())
    script.serve(stop)
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    script.do("county_government", stop, "approve")
    script.do("county_officer", stop, "resume")
    assert "尚未公布" in script.refused("county_officer", stop, "publish_resumption")
    script.do("county_officer", stop, "publish_order")
    script.do("county_officer", stop, "publish_resumption")
    script.real_alarm(point="first-1301-T2")
    again = Case.objects.filter(procedure="suspension").exclude(pk=stop.pk).get()
    assert (again.state, len(again.facts["overlimits"])) == ("drafted", 3)


def test_served_before_a_national_holiday_the_floor_is_still_three_days(script: Script) -> None:
    script.until(datetime(2026, 9, 29, 1, 0, tzinfo=UTC))
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.order(script.suspension())
    script.until(datetime(2026, 9, 30, 6, 0, tzinfo=UTC))
    script.serve(stop)
    assert stop.clocks.get(clock="floor").due_at == beijing_midnight(datetime(2026, 10, 4, tzinfo=UTC).date())


def test_rejudging_revokes_the_finding_and_ends_the_follow_up(script: Script) -> None:
    first = script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.suspension()
    script.do("city_officer", first, "rejudge", reason="便携仪读数为0.4")
    stop.refresh_from_db()
    assert stop.facts["basis_lost"] is True
    assert Finding.objects.get(case=stop).revoked_at == script.at
    assert first.children.get(procedure="overlimit_followup").state == "revoked"
    script.confirm(first)
    stop.refresh_from_db()
    assert stop.facts["basis_lost"] is False
    assert len(stop.facts["overlimits"]) == 2


def test_two_persons_stand_behind_every_judgement_and_every_proposal(script: Script) -> None:
    alarm = script.alarm()
    script.do("county_officer", alarm, "find_real", method="phone", findings="属实", hand_reading="1.1")
    assert "两名人员" in script.refused("county_officer", alarm, "confirm_real", opinion="同意")
    script.do("county_officer_b", alarm, "confirm_real", opinion="同意")
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.suspension()
    script.do("county_officer", stop, "propose", **PROPOSAL)
    assert "两名人员" in script.refused("county_officer", stop, "countersign", opinion="同意")
    assert "岗位职责" in script.refused("city_officer", stop, "countersign", opinion="同意")


def test_only_officers_with_a_certificate_make_enforcement_papers(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.suspension()
    officer = script.city["county_officer_b"]
    Person.objects.filter(pk=officer.person_id).update(certificate="")
    officer.person.refresh_from_db()
    assert "执法证号" in script.refused("county_officer_b", stop, "propose", **PROPOSAL)
    script.do("county_officer", stop, "propose", **PROPOSAL)
    draft = stop.papers.get(paper__template="onsite_decision").paper
    assert draft.data["officers"] == [{"name": "乙二", "certificate": "示例-county_officer"}]


def test_a_stop_shorter_than_the_floor_cannot_be_proposed(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.suspension()
    assert "不得少于3天" in script.refused("county_officer", stop, "propose", **{**PROPOSAL, "days": 2})
    assert script.do("county_officer", stop, "propose", **PROPOSAL).state == "proposed"


def test_every_step_is_in_the_chained_record(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.order(script.suspension())
    events = Event.objects.filter(subject_kind="casework.case", subject_id=str(stop.pk)).order_by("seq")
    moves = [event.data["move"] for event in events if event.action == "case_moved"]
    assert moves == ["propose", "countersign", "review", "pass_legal_review", "order"]
    assert all(later.prev_digest == earlier.digest for earlier, later in zip(events, list(events)[1:], strict=False))
