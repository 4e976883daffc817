"""Ways in which an over-limit could be lost or a stop avoided, each of them closed."""

from datetime import UTC, datetime, timedelta

import pytest

from kuangan.casework.models import Case, CaseCall, Finding
from kuangan.core.models import CallState, Notice
from kuangan.flow.alarms.facts import verdict_of
from kuangan.flow.alarms.regroup import propose_regrouping
from kuangan.flow.cases.calling import answer, calls_for
from kuangan.flow.sweep import sweep_once
from kuangan.monitor.models import Episode
from tests.city import on_duty, over
from tests.story.script import FOUND_CALIBRATION, PROPOSAL, Refused, Script

FAULT = {**FOUND_CALIBRATION, "kind": "sensor_fault"}


def stopped(script: Script) -> Case:
    """A mine in a served stop."""
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.order(script.suspension())
    return script.serve(stop)


def resumed(script: Script) -> Case:
    """A mine that produces again; the notice of it is not published yet."""
    stop = stopped(script)
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    script.do("county_government", stop, "approve")
    return script.do("county_officer", stop, "resume")


@pytest.mark.parametrize("confirmed", [True, False])
def test_an_over_limit_never_hides_in_a_case_judged_not_real(script: Script, confirmed: bool) -> None:  # noqa: FBT001
    first = script.alarm()
    script.do("county_officer", first, "find_not_real", **FAULT)
    if confirmed:
        script.do("county_officer_b", first, "confirm_not_real", opinion="同意")
    script.wait(minutes=5)
    second = script.alarm(peak="3.80", point="first-1301-T2")
    assert second != first
    assert second.level == "red"
    assert Notice.objects.filter(case_link__case=second, unit=script.city.mine.unit).count() == 1


def test_a_finding_that_nobody_confirms_is_presumed_real_too(script: Script) -> None:
    alarm = script.alarm()
    script.do("county_officer", alarm, "find_not_real", **FAULT)
    script.wait(hours=25)
    alarm.refresh_from_db()
    assert (alarm.state, verdict_of(alarm)) == ("presumed_real", "confirmed")


def test_one_officer_cannot_undo_a_presumption(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=2)
    alarm = script.alarm(point="first-1302-T0")
    script.wait(hours=25)
    alarm.refresh_from_db()
    stop = script.suspension()
    script.do("county_officer", alarm, "find_not_real", **FAULT)
    stop.refresh_from_db()
    assert (verdict_of(alarm), stop.facts["basis_lost"]) == ("confirmed", False)
    script.do("county_officer_b", alarm, "confirm_not_real", opinion="同意")
    stop.refresh_from_db()
    assert (verdict_of(alarm), stop.facts["basis_lost"]) == ("not_real", True)


def test_a_mine_that_resumed_can_go_over_again_before_the_notice_is_published(script: Script) -> None:
    stop = resumed(script)
    script.wait(hours=1)
    script.real_alarm(point="first-1301-T2")
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    suspensions = Case.objects.filter(procedure="suspension").exclude(pk=stop.pk)
    assert [case.state for case in suspensions] == ["drafted"]


def test_an_executed_order_keeps_its_finding(script: Script) -> None:
    stop = resumed(script)
    script.wait(days=40)
    script.real_alarm(point="first-1301-T2")
    assert Finding.objects.get(case=stop).revoked_at is None


def test_a_late_extension_runs_in_full_from_its_service(script: Script) -> None:
    stop = stopped(script)
    script.wait(days=20)
    script.extend(stop, reason="隐患未消除")
    assert stop.state == "extended"
    served_at = script.at + timedelta(minutes=1)
    script.do("county_officer", stop, "serve_extension", **script.service(served_at))
    assert stop.clocks.get(clock="floor").due_at > served_at + timedelta(days=3)
    script.chain(stop)
    assert "期限未满" in script.refused("county_government", stop, "approve")


def test_production_does_not_resume_while_an_over_limit_of_the_stop_is_undecided(script: Script) -> None:
    stop = stopped(script)
    script.wait(hours=10)
    script.real_alarm(point="first-1301-T2", peak="4.00")
    script.chain(stop)
    script.until(stop.clocks.get(clock="floor").due_at)
    assert "尚未处理" in script.refused("county_government", stop, "approve")
    script.do("county_head", stop, "decline_extension", reason="已查明并消除")
    script.do("county_government", stop, "approve")


def test_a_correction_by_late_data_makes_no_second_over_limit(script: Script) -> None:
    alarm = script.alarm()
    point = script.city.points["first-1301-T0"]
    old = alarm.episodes.get().episode
    Episode.objects.filter(pk=old.pk).update(withdrawn=True, reacted_at=None, revision=2, ended_at=old.ended_at)
    over(point, script.at - timedelta(seconds=30))
    sweep_once(script.at)
    assert Case.objects.filter(procedure="alarm_handling").count() == 1
    alarm.refresh_from_db()
    assert datetime.fromisoformat(alarm.facts["started_at"]) == script.at - timedelta(seconds=30)


def test_an_over_limit_that_late_data_takes_away_ends_its_case(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    second = script.real_alarm(point="first-1302-T0")
    Episode.objects.filter(case_link__case=second).update(withdrawn=True, reacted_at=None, revision=2)
    sweep_once(script.at)
    second.refresh_from_db()
    assert (second.state, script.suspension().facts["basis_lost"]) == ("voided", True)


def test_a_peak_that_rises_after_the_confirmation_is_judged_again(script: Script) -> None:
    alarm = script.alarm(peak="1.20", open_=True)
    script.confirm(alarm)
    Episode.objects.filter(case_link__case=alarm).update(peak="4.00")
    sweep_once(script.at)
    assert Finding.objects.filter(rule="high_value_overlimit", subject=str(alarm.pk), revoked_at=None).exists()
    followup = alarm.children.get(procedure="overlimit_followup")
    assert followup.facts["analysis_led_by"] == "experts"


def test_a_draft_whose_basis_holds_is_withdrawn_by_nobody(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    assert "仍然成立" in script.refused("county_section", script.suspension(), "withdraw", reason="企业困难")


def test_a_further_over_limit_sends_a_proposal_back_to_the_officers(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.suspension()
    script.do("county_officer", stop, "propose", **PROPOSAL)
    script.do("county_officer_b", stop, "countersign", opinion="同意")
    script.real_alarm(point="first-1301-T2")
    stop.refresh_from_db()
    assert (stop.state, len(stop.facts["overlimits"])) == ("drafted", 3)


def test_every_state_that_waits_for_somebody_has_a_clock(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.suspension()
    seen = {}
    for username, move, inputs in (
        ("county_officer", "propose", PROPOSAL),
        ("county_officer_b", "countersign", {"opinion": "同意"}),
        ("county_section", "review", {"opinion": "同意"}),
        ("county_legal", "pass_legal_review", {"opinion": "同意"}),
        ("county_head", "order", {}),
    ):
        seen[stop.state] = stop.clocks.filter(stopped_at=None, wakes_at__isnull=False).exists()
        script.do(username, stop, move, **inputs)
    seen[stop.state] = stop.clocks.filter(stopped_at=None, wakes_at__isnull=False).exists()
    assert seen == dict.fromkeys(seen, True)


def test_a_lapsed_step_is_urged_again_every_day(script: Script) -> None:
    script.alarm()
    script.wait(hours=1)
    before = Notice.objects.filter(kind="lapse").count()
    script.wait(hours=24)
    assert Notice.objects.filter(kind="lapse").count() > before


def test_a_call_is_answered_stops_with_its_step_and_begins_again_when_nobody_answers(script: Script) -> None:
    on_duty(script.city, script.at.date())
    case = script.alarm(peak="3.20")
    script.wait(minutes=10)
    county = script.city.units["county"]
    call = CaseCall.objects.get(case=case, clock__clock="sign_for", call__unit=county).call
    for _ in range(8):
        script.wait(minutes=3)
    call.refresh_from_db()
    assert call.state == CallState.exhausted
    again = CaseCall.objects.filter(case=case, clock__clock="sign_for").latest("pk").call
    assert (again.pk != call.pk, again.state) == (True, CallState.calling)
    assert again in [link.call for link in calls_for(script.city["county_duty"])]
    with pytest.raises(Refused):
        answer(actor=script.city["county_officer"], call=again, at=script.at)
    answer(actor=script.city["county_duty"], call=again, at=script.at)
    script.do("mine_dispatcher", case, "report_first", cause_guess="涌出", people_withdrawn=30)
    assert not CaseCall.objects.filter(case=case, call__state=CallState.calling).exists()


def test_a_mine_without_parent_company_can_resume(script: Script) -> None:
    stop = stopped(script)
    type(stop.mine).objects.filter(pk=stop.mine_id).update(company=None)
    stop = Case.objects.get(pk=stop.pk)
    files = script.city.evidence("mine_director")
    on = script.at.date().isoformat()
    script.do("mine_director", stop, "accept_self", rectified="已整改", accepted_on=on, files=files)
    assert script.do("mine_director", stop, "apply", statement="申请恢复生产").state == "applied"


def test_a_mine_with_a_parent_company_needs_its_acceptance(script: Script) -> None:
    stop = stopped(script)
    files = script.city.evidence("mine_director")
    on = script.at.date().isoformat()
    script.do("mine_director", stop, "accept_self", rectified="已整改", accepted_on=on, files=files)
    assert "上级公司" in script.refused("mine_director", stop, "apply", statement="申请恢复生产")


def test_an_unpublished_next_year_is_provisional_and_marked(script: Script) -> None:
    script.until(datetime(2026, 12, 20, 2, 0, tzinfo=UTC))
    alarm = script.real_alarm()
    followup = alarm.children.get(procedure="overlimit_followup")
    assert followup.clocks.get(clock="accountability").provisional is True
    assert followup.clocks.get(clock="cause_analysis").provisional is False


def test_the_order_counts_as_served_when_it_was(script: Script) -> None:
    script.real_alarm()
    script.wait(hours=1)
    script.real_alarm(point="first-1302-T0")
    stop = script.order(script.suspension())
    served_at = script.at + timedelta(minutes=2)
    script.wait(days=2)
    script.do("county_officer", stop, "serve", **script.service(served_at))
    service = stop.papers.get(paper__template="onsite_decision").paper.services.get()
    assert service.at == served_at


def test_a_case_judged_not_real_is_no_place_to_merge_into(script: Script) -> None:
    harmless = script.confirm(script.alarm(), real=False)
    script.wait(days=1)
    alarm = script.alarm(peak="2.50")
    with pytest.raises(Refused, match="未办结"):
        propose_regrouping(
            actor=script.city["county_officer"], kind="join", case=alarm, target=harmless, reason="同源", at=script.at
        )


def test_the_draw_for_the_citys_recheck_is_made_after_the_judgement(script: Script) -> None:
    alarm = script.alarm()
    assert "recheck" not in alarm.facts
    script.confirm(alarm, real=False)
    assert alarm.facts["recheck"] in (True, False)
