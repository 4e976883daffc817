"""One row that cannot be dealt with, among good ones, at every stage of the sweep: exactly the good ones come through."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kuangan.base.clock import civil_date
from kuangan.casework.actions import open_case
from kuangan.casework.models import Case, CaseCheck, CaseClock, CaseNotice, Finding
from kuangan.casework.rule_states import RuleState
from kuangan.core.actions import appoint, create_person, create_post, start_call
from kuangan.core.models import Call, Channel, Delivery, DeliveryStatus, Incident, LocalAnswer, Notice
from kuangan.core.trail.verify import verify_trail
from kuangan.duty.actions import fulfil, open_event
from kuangan.duty.models import Duty, Fulfilment
from kuangan.flow import sweep
from kuangan.flow.credit import daily as duty_sweep
from kuangan.flow.credit.imports import import_rows
from kuangan.flow.models import Progress
from kuangan.flow.office import due
from kuangan.law.content import rule_by_id
from kuangan.law.duty.obligation_file import obligation_by_id
from kuangan.law.ledger import ledger_by_id
from kuangan.law.role import Role
from kuangan.ledger.actions import add_entry
from kuangan.ledger.models import Entry, Import, ImportState
from kuangan.mine.actions import end_face
from kuangan.mine.models import Face, PointDefinition
from kuangan.monitor.models import Silence
from kuangan.office.actions.collections import open_collection
from kuangan.office.actions.watch import plan_checks
from kuangan.office.columns import column
from kuangan.office.models import Circular, PresenceCheck, Return
from kuangan.sample.models import Sample
from tests import answers
from tests.city import over
from tests.db.flow.records import add
from tests.duties import accept_credits
from tests.excuses import ask_excuse
from tests.procedures import INQUIRY, known
from tests.story.script import Script

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 15, 2, 0, tzinfo=UTC)
GOOD, BAD = "云岭一号煤矿", "云岭二号煤矿"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nothing_rests(monkeypatch):
    """Rests outlive a test, whose rows do not."""
    monkeypatch.setattr(sweep, "_resting", sweep.Resting())


@pytest.fixture
def no_duties_today(city):
    """The duties of the day are opened already, as far as the sweep knows."""
    Progress.objects.create(name=duty_sweep.NAME, reached=duty_sweep._state(AT))


def said() -> list[str]:
    """The stages of which something was said to be wrong."""
    return sorted(Incident.objects.filter(kind="row_refused", ended_at=None).values_list("key", flat=True))


def of(city, unit: str) -> str:
    """The pattern of rows of a unit."""
    return f'"unit_id": {city.units[unit].pk}[,}}]'


def alarms(city, **more) -> tuple[Case, Case]:
    """An alarm of each mine, both taken."""
    for name in ("second", "first"):
        over(city.points[f"{name}-1301-T0"], AT, **more)
    sweep.sweep_once(AT)
    return Case.objects.get(mine__unit__name=GOOD), Case.objects.get(mine__unit__name=BAD)


def test_an_over_limit_that_makes_no_case_keeps_no_other_mine_waiting(no_duties_today, city, poison):
    poison("casework_case", BAD)
    for name in ("second", "first"):
        over(city.points[f"{name}-1301-T0"], AT)
    sweep.sweep_once(AT)
    assert [case.mine.unit.name for case in Case.objects.all()] == [GOOD]
    assert said() == ["episode"]
    assert "云岭" not in Incident.objects.get().text
    poison("casework_case")
    sweep.sweep_once(AT + MINUTE - timedelta(microseconds=1))
    assert Case.objects.count() == 1, "it rests for a minute"
    sweep.sweep_once(AT + MINUTE)
    assert Case.objects.count() == 2
    assert verify_trail().broken is None


def test_what_was_wrong_is_over_when_nothing_was_refused_for_two_hours(no_duties_today, city, poison):
    poison("casework_case", BAD)
    over(city.points["second-1301-T0"], AT)
    sweep.sweep_once(AT)
    poison("casework_case")
    sweep.sweep_once(AT + timedelta(hours=2) - timedelta(microseconds=1))
    assert said() == ["episode"]
    sweep.sweep_once(AT + timedelta(hours=2))
    assert said() == []


def test_a_silence(no_duties_today, city, poison):
    poison("core_notice", of(city, "second_mine"), "数据中断")
    for name in ("second", "first"):
        Silence.objects.create(mine=city.mines[name], started_at=AT, level=2, noticed_at=AT)
    sweep.sweep_once(AT)
    assert [one.mine.unit.name for one in Silence.objects.filter(reacted_at=AT)] == [GOOD]
    assert said() == ["silence"]


def test_a_deadline(no_duties_today, city, poison):
    good, bad = alarms(city)
    poison("casework_caseclock", f'"case_id": {bad.pk}[,}}]', '"lapsed_at": "')
    sweep.sweep_once(AT + timedelta(minutes=30))
    assert good.clocks.filter(lapsed_at__isnull=False).exists()
    assert not bad.clocks.filter(lapsed_at__isnull=False).exists()
    assert said() == ["clock"]


def test_a_deadline_to_be_told(no_duties_today, city, poison):
    good, bad = alarms(city)
    poison("core_notice", bad.number, '"kind": "lapse"')
    sweep.sweep_once(AT + timedelta(minutes=30))
    told = CaseNotice.objects.filter(notice__kind="lapse")
    assert set(told.values_list("case", flat=True)) == {good.pk}
    assert said() == ["lapse_notice"]
    poison("core_notice")
    sweep.sweep_once(AT + timedelta(minutes=90))
    assert set(told.values_list("case", flat=True)) == {good.pk, bad.pk}


def test_a_planted_check(no_duties_today, city, poison):
    good, bad = alarms(city)
    poison("casework_casecheck", f'"case_id": {bad.pk}[,}}]')
    sweep.sweep_once(AT + timedelta(minutes=10))
    assert set(CaseCheck.objects.filter(done_at__isnull=False).values_list("case", flat=True)) == {good.pk}
    assert said() == ["check"]


def test_a_rising_alarm_whose_facts_are_broken(no_duties_today, city, poison):
    good, bad = alarms(city, open_=True)
    Case.objects.filter(pk=bad.pk).update(facts={**bad.facts, "peak": "坏"})
    for case in (bad, good):
        case.episodes.get().episode.__class__.objects.update(peak=Decimal("3.1"))
    poison("casework_case", f'"id": {bad.pk}[,}}]')
    sweep.sweep_once(AT + timedelta(minutes=2))
    good.refresh_from_db()
    assert good.level == "red"
    assert said() == ["rise"]


def test_a_call_with_somebody_who_is_gone(no_duties_today, city):
    person, other = city["county_duty"].person, city["city_duty"].person
    calls = [
        start_call(
            actor=None,
            unit=city.units["county"],
            people_in_line=[person, other],
            reason=reason,
            interval=MINUTE,
            at=AT,
        )
        for reason in ("坏", "好")
    ]
    Call.objects.filter(pk=calls[0].pk).update(line=[person.pk, 0])
    sweep.sweep_once(AT + MINUTE)
    assert [call.attempts.count() for call in calls] == [1, 2]
    assert said() == ["call"]


def test_a_call_to_begin_again(no_duties_today, city, poison):
    for unit in ("county", "company"):
        person = create_person(actor=None, name="无号", unit=city.units[unit], at=AT)
        post = create_post(actor=None, unit=city.units[unit], title="值班", role=Role.duty_officer, at=AT)
        appoint(actor=None, post=post, person=person, at=AT)
    alarms(city, peak="3.20")
    sweep.sweep_once(AT + timedelta(minutes=10))
    assert Call.objects.filter(case_link__relation="supervisor").count() == 2
    poison("core_call", BAD, "calling")
    Call.objects.update(state="exhausted", next_at=None, ended_at=AT + timedelta(minutes=11))
    sweep.sweep_once(AT + timedelta(minutes=12))
    again = Call.objects.filter(started_at=AT + timedelta(minutes=12), case_link__relation="supervisor")
    assert [call.reason.startswith(GOOD) for call in again] == [True]
    assert said() == ["recall"]


def test_a_message(no_duties_today, city, poison):
    for unit in ("second_mine", "mine"):
        notice = Notice.objects.create(unit=city.units[unit], kind="case", title="通知", created_at=AT)
        Delivery.objects.create(
            notice=notice, channel=Channel.screen, address=unit, receiver=unit, text="通知", next_at=AT
        )
    poison("core_delivery", '"address": "second_mine"')
    sweep.sweep_once(AT)
    sent = Delivery.objects.filter(status=DeliveryStatus.sent).values_list("address", flat=True)
    assert "mine" in sent
    assert "second_mine" not in sent
    assert said() == ["delivery"]


@pytest.mark.parametrize("daily", [False, True])
def test_a_set_point(city, poison, *, daily):
    points = [city.points[f"{name}-1301-T0"] for name in ("second", "first")]
    if daily:
        sweep.sweep_once(AT)
    for point in points:
        PointDefinition.objects.create(point=point, valid_from=AT, alarm=Decimal("2.0"), unit="%CH4")
    poison("casework_finding", f'"subject": "{points[0].pk}"')
    sweep.sweep_once(AT + timedelta(days=1 if daily else 0))
    assert set(Finding.objects.values_list("subject", flat=True)) == {str(points[1].pk)}
    assert said() == ["set_points"]
    poison("casework_finding")
    sweep.sweep_once(AT + timedelta(days=2))
    assert Finding.objects.count() == 2, "the next day asks again"


CERTIFICATE = {
    "issued_on": "2023-03-01",
    "person": "蓝晨",
    "role": "special_worker",
    "kind": "special",
    "work_type": "采煤机操作作业",
    "number": "演示-1",
    "organ": "示例发证机关",
    "valid_until": "2026-03-09",
    "on_duty": True,
}


def certificates(city) -> tuple[Entry, Entry]:
    good, bad = [
        add_entry(actor=None, ledger_id="certificate", unit=city.units[unit], values=CERTIFICATE, at=AT)
        for unit in ("mine", "second_mine")
    ]
    return good, bad


def test_an_entry_that_no_rule_can_read(no_duties_today, city):
    _, bad = certificates(city)
    Entry.objects.filter(pk=bad.pk).update(values={**bad.values, "valid_until": "去年"})
    while RuleState.objects.filter(rule="certificate_expired").count() < 2:
        sweep.sweep_once(AT)
    states = dict(RuleState.objects.filter(rule="certificate_expired").values_list("unit__name", "outcome"))
    assert states == {GOOD: "found", BAD: "unknown"}
    assert "rule:certificate_expired" in said()
    assert rule_by_id("certificate_expired").title in Incident.objects.get(key="rule:certificate_expired").text


def test_a_finding_that_the_database_refuses(no_duties_today, city, poison):
    certificates(city)
    poison("casework_finding", '"subject": "140423900002"')
    while RuleState.objects.filter(rule="certificate_expired").count() < 2:
        sweep.sweep_once(AT)
    assert set(Finding.objects.filter(rule="certificate_expired").values_list("mine__unit__name", flat=True)) == {GOOD}


def test_a_row_of_an_imported_sheet(city, poison):
    rows = [{"row": number, "values": {**CERTIFICATE, "number": f"演示-{number}"}} for number in range(2, 42)]
    imported = Import.objects.create(
        ledger="certificate",
        unit=city.units["mine"],
        by=city["mine_engineer"],
        name="证照.xlsx",
        attachment_id=city.evidence("mine_engineer")[0],
        rows=rows,
        total=len(rows),
        state=ImportState.queued,
        at=AT,
    )
    poison("ledger_entry", '"演示-(7|30)"')
    import_rows(imported, AT)
    imported.refresh_from_db()
    assert imported.state == ImportState.previewed
    assert [refusal["row"] for refusal in imported.refused] == [7, 30]
    assert not Entry.objects.exists(), "a sheet is written whole or not at all"


def test_a_return_to_be_urged(city, poison):
    made = open_collection(
        actor=city["city_section"],
        unit=city.units["city"],
        title="水泵台数",
        columns=[column("c1", "主排水泵", "number", required=True)],
        due_at=AT + timedelta(days=3),
        receivers=[city.units["mine"], city.units["second_mine"]],
        at=AT,
    )
    poison("core_notice", of(city, "second_mine"), "催报")
    sweep.sweep_once(AT + timedelta(days=2))
    told = Notice.objects.filter(kind="office_collection_urge").values_list("unit__name", flat=True)
    assert list(told) == [GOOD]
    assert said() == ["collections"]
    assert Return.objects.get(collection=made, unit__name=BAD).rung == 0
    poison("core_notice")
    sweep.sweep_once(AT + timedelta(days=2, hours=1))
    assert set(told.all()) == {GOOD, BAD}


def test_a_presence_check(no_duties_today, city, poison):
    plan_checks(
        actor=city["county_duty"],
        checker=city.units["county"],
        units=[city.units["second_mine"], city.units["mine"]],
        between=(AT, AT + timedelta(seconds=1)),
        at=AT,
    )
    bad = PresenceCheck.objects.get(unit__name=BAD)
    poison("office_presencecheck", f'"id": {bad.pk}[,}}]')
    sweep.sweep_once(AT + MINUTE)
    assert [check.unit.name for check in PresenceCheck.objects.filter(asked_at__isnull=False)] == [GOOD]
    assert said() == ["presence"]


def test_a_unit_whose_duties_cannot_be_opened(city, poison):
    poison("duty_duty", of(city, "second_mine"), '"obligation": "[a-m]')
    sweep.sweep_once(AT)
    good = set(Duty.objects.filter(unit__name=GOOD).values_list("obligation", flat=True))
    assert {each for each in good if each >= "n"} == set(
        Duty.objects.filter(unit__name=BAD).values_list("obligation", flat=True)
    )
    assert any(each < "n" for each in good)
    assert said() == ["duty_opening"]
    poison("duty_duty")
    sweep.sweep_once(AT + timedelta(hours=1))
    assert set(Duty.objects.filter(unit__name=BAD).values_list("obligation", flat=True)) == good
    assert verify_trail().broken is None


def follow(city, unit: str, number: int = 1) -> Duty:
    """A duty that follows an event, due on the third day."""
    return open_event(
        obligation=obligation_by_id("decision_followup"),
        unit=city.units[unit],
        start=AT,
        due_at=AT + timedelta(days=3),
        subject=f"entry:{number}",
        title=f"办结会议议定事项{number}",
        at=AT,
    )


def test_a_duty_on_its_ladder(no_duties_today, city, poison):
    bad, good = follow(city, "county", 1), follow(city, "county", 2)
    other = follow(city, "county_government", 3)
    poison("duty_urge", f'"duty_id": {bad.pk}[,}}]')
    sweep.sweep_once(AT)
    for duty, rung in ((bad, 0), (good, 1), (other, 1)):
        duty.refresh_from_db()
        assert duty.rung == rung
    assert bad.wakes_at == AT + timedelta(hours=1)
    assert said() == ["ladder"]
    poison("duty_urge")
    sweep.sweep_once(AT + timedelta(hours=1))
    bad.refresh_from_db()
    assert bad.rung == 1
    assert verify_trail().broken is None


def test_a_duty_that_cannot_be_brought_in_step(city, poison):
    sweep.sweep_once(AT)
    duties = list(Duty.objects.filter(mine__isnull=False, done_at=None).order_by("pk")[:4])
    for duty in duties:
        Duty.objects.filter(pk=duty.pk).update(needed=duty.needed + 1)
    poison("duty_duty", f'"id": {duties[1].pk}[,}}]')
    sweep.sweep_once(AT + timedelta(days=1))
    wrong = [duty.pk for duty in duties if Duty.objects.get(pk=duty.pk).needed == duty.needed + 1]
    assert wrong == [duties[1].pk]
    assert "duty_changes" in said()


def test_an_entry_that_counts_for_a_duty(city, poison):
    """Entries that were there before the duty, of two mines: one of them is refused as a credit."""
    day = {ledger_by_id("dual_power").dated: "2026-03-09"}
    entries = [add(city, "dual_power", unit, AT, **day) for unit in ("second_mine", "mine")]
    poison("duty_fulfilment", f'"key": "{entries[0].serial}"')
    sweep.sweep_once(AT)
    credited = set(Fulfilment.objects.values_list("key", flat=True))
    assert credited == {str(entries[1].serial)}
    assert said() == ["duty_credits"]
    assert verify_trail().broken is None


def test_a_term_of_a_year_whose_calendar_came(no_duties_today, city, poison):
    good, bad = alarms(city)
    CaseClock.objects.filter(clock="close").update(provisional=True, due_at=AT + timedelta(days=30))
    poison("casework_caseclock", f'"case_id": {bad.pk}[,}}]')
    sweep.sweep_once(AT + timedelta(seconds=1))
    assert not good.clocks.get(clock="close").provisional
    assert bad.clocks.get(clock="close").provisional
    assert said() == ["published_year"]


def test_a_row_in_the_way_of_another_transaction_is_tried_again_after_a_second(no_duties_today, city, poison):
    poison("casework_case", BAD)
    poison("code", "40P01")
    over(city.points["second-1301-T0"], AT)
    sweep.sweep_once(AT)
    assert said() == []
    poison("casework_case")
    sweep.sweep_once(AT + timedelta(seconds=1))
    assert Case.objects.count() == 1


def test_a_sample_whose_pool_cannot_be_kept(no_duties_today, city, poison):
    """One body's pool is refused: the other bodies' are frozen and drawn, and it is tried again after its rest."""
    sweep.sweep_once(AT)
    bad, *good = Sample.objects.order_by("pk")
    poison("sample_sample", f'"id": {bad.pk}[,}}]')
    april = AT + timedelta(days=30)
    for seconds in range(3):
        sweep.sweep_once(april + timedelta(seconds=seconds))
    drawn = Sample.objects.filter(month="2026-03", drawn_at__isnull=False)
    assert set(drawn) == set(good)
    assert "sample_freeze" in said()
    poison("sample_sample")
    for seconds in (70, 71, 72):
        sweep.sweep_once(april + timedelta(seconds=seconds))
    assert bad in drawn.all()


def test_a_case_that_cannot_be_carried_over(no_duties_today, city, poison):
    """A state is renamed: one open case cannot be taken along, the other is, and the first follows when it can."""
    with known(INQUIRY):
        bad, good = (
            open_case(actor=None, procedure_id="inquiry", unit=city.units[unit], title="试", facts={}, at=AT)
            for unit in ("county", "company")
        )
    poison("casework_case", f'"id": {bad.pk}[,}}]')
    renamed = tuple(replace(state, id="writing") if state.id == "drafted" else state for state in INQUIRY.states)
    with known(replace(INQUIRY, states=renamed, renamed={"drafted": "writing"})):
        sweep.sweep_once(AT)
        assert set(Case.objects.filter(state="writing")) == {good}
        assert "carrying" in said()
        poison("casework_case")
        sweep.sweep_once(AT + MINUTE)
        assert set(Case.objects.filter(state="writing")) == {good, bad}


def test_a_case_about_a_duty_that_was_done(no_duties_today, city, poison):
    """Two duties were done while it was asked to be excused from them: one case cannot be ended, the other is."""
    law, unit = obligation_by_id("decision_followup"), city.units["county"]
    duties = [
        open_event(
            obligation=law,
            unit=unit,
            start=AT,
            due_at=AT + timedelta(days=10),
            subject=f"entry:{number}",
            title="试",
            at=AT,
        )
        for number in (1, 2)
    ]
    bad, good = (ask_excuse(actor=city["county_section"], duty=duty, reason="道路中断", at=AT) for duty in duties)
    for duty in duties:
        fulfil(actor=city["county_section"], duty=duty, source="file", key="f", done_at=AT, at=AT)
        accept_credits(city, duty, AT)
    poison("casework_case", f'"id": {bad.pk}[,}}]')
    sweep.sweep_once(AT)
    assert (set(Case.objects.filter(closed_at=None)), set(Case.objects.exclude(closed_at=None))) == ({bad}, {good})
    assert "settled_duties" in said()
    poison("casework_case")
    sweep.sweep_once(AT + MINUTE)
    assert not Case.objects.filter(closed_at=None).exists()


def test_an_answer_of_the_city_that_cannot_be_settled_at_one_mine(no_duties_today, city, poison):
    script = Script(city, SUNDAY)
    for name in ("first", "second"):
        script.until(SUNDAY)
        script.real_alarm(point=f"{name}-1301-T0")
        script.wait(hours=26)
        script.real_alarm(point=f"{name}-1302-T0")
    weekly = Finding.objects.filter(rule="gas_repeat_within_week", revoked_at=None)
    assert {finding.mine.name for finding in weekly} == {GOOD, BAD}
    with answers.forgotten():
        LocalAnswer.objects.filter(pk=answers.answer_of(city)).update(confirmed_at=script.at)
        poison("casework_finding", of_mine(city, "second"))
        script.wait(minutes=1)
        assert [finding.mine.name for finding in weekly.all()] == [BAD]
        assert "settle" in said()
        assert LocalAnswer.objects.get().settled_at is None
        poison("casework_finding")
        script.wait(minutes=2)
        assert not weekly.all().exists()
        assert LocalAnswer.objects.get().settled_at == script.at


def test_a_face_whose_points_cannot_be_released_keeps_no_other_from_it(no_duties_today, city, poison):
    for name in ("second", "first"):
        end_face(actor=None, face=city.faces[f"{name}-1301"], ended_on=civil_date(AT) + timedelta(days=1), at=AT)
    poison("mine_point", of_mine(city, "second"))
    sweep.sweep_once(AT + timedelta(days=1))
    standing = {
        name: Face.objects.filter(points=city.points[f"{name}-1301-T0"]).exists() for name in ("second", "first")
    }
    assert standing == {"second": True, "first": False}
    assert "release" in said()


def of_mine(city, name: str) -> str:
    """The pattern of rows of a mine."""
    return f'"mine_id": {city.mines[name].pk}[,}}]'


TAKEN_TOGETHER = {
    *("start_queued", "seal", "end_quiet_aside", "accounts_due", "expire_logs", "files_nightly", "take_up"),
    *("work_by_answers", "watch_files", "ask_receipts", "_changes", "invitations_due", "keep_update", "tally_daily"),
}
"""Stages without rows beside each other, or with tests of their own: sheets are written one by one, a day is sealed as one."""


def test_no_stage_is_forgotten():
    """A stage that is added to the sweep needs its own bad row above, and its place here."""
    assert {stage.__name__ for stage in sweep.STAGES} - TAKEN_TOGETHER == {
        "_answers",
        "_calls",
        "_checks",
        "_clocks",
        "_episodes",
        "_faces",
        "_provisional",
        "_rising",
        "_silences",
        "carry_cases",
        "climb",
        "deliver_due",
        "draw_samples",
        "end_settled",
        "judge_changed",
        "judge_daily",
        "judge_set_points",
        "judge_set_points_daily",
        "office_due",
        "open_current",
        "tell_lapsed",
        "tell_late_verifications",
        "tell_untold",
    }


def test_a_copy_that_cannot_be_withdrawn_keeps_no_other_from_it_and_is_tried_again(city, poison, monkeypatch):
    monkeypatch.setattr(due, "_looked_on", None)
    at, county = AT, city.units["county"]
    written = {"kind": "notice", "body": "请落实", "sent_at": at, "sent_by": city["county_section"]}
    for title in ("坏件", "好件"):
        top = Circular.objects.create(title=title, issuer=city.units["city"], path="1404/", **written)
        Circular.objects.filter(pk=top.pk).update(withdrawn_at=at, withdrawn_for="文号有误")
        Circular.objects.create(title=title, issuer=county, path=county.path, source=top, **written)
    poison("core_notice", "坏件")
    assert due.office_due(at) == 1
    assert [copy.title for copy in Circular.objects.filter(withdrawn_at=None)] == ["坏件"]
    assert Incident.objects.filter(key="office.copies", ended_at=None).count() == 1
    poison("core_notice", "")
    assert due.office_due(at) == 0, "looked at once a day"
    assert due.office_due(at + timedelta(days=1)) == 1
