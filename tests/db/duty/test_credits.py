from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.core.actions import appoint, create_person, create_post, create_unit, create_user
from kuangan.core.models import Event, Unit
from kuangan.core.trail.verify import verify_trail
from kuangan.duty.actions import open_due
from kuangan.duty.models import Duty
from kuangan.duty.queries import credits_of, my_duties
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit import events, matching
from kuangan.flow.credit.context import Background
from kuangan.flow.credit.credits import credit_duties, open_and_credit
from kuangan.flow.credit.entries import correct, record_entry, void
from kuangan.law.duty.obligation_file import Evidence, Trigger, obligation_by_id
from kuangan.law.role import Role
from kuangan.mine.actions import set_attribute
from tests.city import PASSWORD

MEETING = {
    "held_on": "2026-03-10",
    "title": "第3次煤矿安全生产专题会议",
    "chair": "丁一",
    "attendees": "乙六",
    "agenda": "通报瓦斯超限情况",
    "problems": "两座煤矿接续紧张",
}
DECISION = {
    "decided_on": "2026-03-10",
    "meeting": "第3次煤矿安全生产专题会议",
    "matter": "整治回风隅角瓦斯",
    "responsible": "140423-bureau",
    "due_on": "2026-04-10",
}


@pytest.fixture
def found(monkeypatch):
    """Let obligations be other ones than the corpus has, everywhere."""

    def put(*given):
        known = {each.id: each for each in given}
        for module in (
            "kuangan.duty.opening",
            "kuangan.duty.changes",
            "kuangan.duty.credits",
            "kuangan.duty.ladder",
            "kuangan.flow.credit.credits",
            "kuangan.flow.credit.matching",
            "kuangan.flow.credit.events",
        ):
            monkeypatch.setattr(f"{module}.obligations", lambda: known)
        matching.counted_ledgers.cache_clear()
        events.opening_ledgers.cache_clear()

    yield put
    matching.counted_ledgers.cache_clear()
    events.opening_ledgers.cache_clear()


def meeting(city, at, **values):
    return record_entry(
        actor=None,
        ledger_id="coal_meeting",
        unit=city.units["county_government"],
        values={**MEETING, **values},
        at=at,
    )


def the(obligation_id="county_coal_meeting", **filters) -> Duty:
    return Duty.objects.get(obligation=obligation_id, **filters)


def test_a_meeting_in_the_month_fulfils_it(city, at):
    open_due(at)
    entry = meeting(city, at)
    duty = the()
    assert (duty.done_at, duty.recorded_at, duty.wakes_at) == (at, at, None)
    assert status_of(duty, at) is Status.met
    assert list(duty.fulfilments.values_list("key", flat=True)) == [str(entry.serial)]
    actions = Event.objects.filter(subject_kind="duty.duty", subject_id=str(duty.pk)).values_list("action", flat=True)
    assert list(actions.order_by("seq")) == ["duty_credited", "duty_done"]
    assert verify_trail().broken is None


def test_an_entry_of_yesterday_counts_to_the_end_of_that_day(city, at):
    open_due(at)
    meeting(city, at, held_on="2026-03-09")
    assert the().done_at == beijing_midnight(date(2026, 3, 10)) - timedelta(microseconds=1)


def test_the_last_day_is_in_time_and_the_next_is_another_month(city, at):
    open_due(at)
    meeting(city, beijing_midnight(date(2026, 4, 2)), held_on="2026-04-01", title="四月会议")
    assert the().done_at is None
    late = beijing_midnight(date(2026, 4, 2))
    meeting(city, late, held_on="2026-03-31")
    assert status_of(the(), late) is Status.met


def test_what_is_recorded_at_the_end_of_the_grace_is_late(city, at):
    open_due(at)
    grace_at = the().grace_at
    entry = meeting(city, grace_at - timedelta(microseconds=1))
    assert status_of(the(), grace_at) is Status.met
    void(actor=None, entry=entry, reason="重复登记", at=grace_at)
    meeting(city, grace_at, title="补录")
    assert status_of(the(), grace_at) is Status.late


def test_an_empty_form_does_not_fulfil(city, at, found):
    base = obligation_by_id("county_coal_meeting")
    found(replace(base, evidence=(Evidence(ledger="coal_meeting", needs=("minutes_number",)),)))
    open_due(at)
    entry = meeting(city, at)
    blank = meeting(city, at, title="另一次", minutes_number="   ")
    assert the().done_at is None
    assert not the().fulfilments.exists()
    correct(
        actor=None,
        entry=blank,
        values={**MEETING, "title": "另一次", "minutes_number": "纪要3号"},
        reason="补文号",
        at=at,
    )
    assert status_of(the(), at) is Status.met
    assert entry.serial


def test_a_correction_out_of_the_month_takes_the_credit_back(city, at):
    open_due(at)
    entry = meeting(city, at)
    new = correct(
        actor=None,
        entry=entry,
        values={**MEETING, "held_on": "2026-02-27"},
        reason="日期写错",
        at=at + timedelta(hours=1),
    )
    duty = the()
    assert (duty.done_at, duty.recorded_at) == (None, None)
    assert duty.wakes_at == duty.due_at - timedelta(days=3)
    correct(actor=None, entry=new, values=MEETING, reason="改回", at=at + timedelta(hours=2))
    duty.refresh_from_db()
    assert (duty.recorded_at, duty.fulfilments.count()) == (at + timedelta(hours=2), 1)
    assert verify_trail().broken is None


def test_a_void_entry_counts_no_more(city, at):
    open_due(at)
    void(actor=None, entry=meeting(city, at), reason="未召开", at=at)
    assert status_of(the(), at) is Status.due
    assert credits_of([the()]) == {the().pk: 0}


def test_all_but_one_is_partial_and_the_last_makes_it_done(city, at, found):
    found(replace(obligation_by_id("county_coal_meeting"), times=3))
    open_due(at)
    for day in (2, 3):
        meeting(city, at, held_on=f"2026-03-0{day}", title=f"会议{day}")
    assert credits_of([the()]) == {the().pk: 2}
    assert status_of(the(), at) is Status.due
    third = meeting(city, at, held_on="2026-03-04", title="会议4")
    meeting(city, at + timedelta(days=1), held_on="2026-03-05", title="会议5")
    assert the().done_at == beijing_midnight(date(2026, 3, 5)) - timedelta(microseconds=1)
    void(actor=None, entry=third, reason="重复", at=at + timedelta(days=2))
    assert the().recorded_at == at + timedelta(days=1)
    assert credits_of([the()]) == {the().pk: 3}


def test_evidence_recorded_before_the_duty_was_opened_counts(city, at):
    meeting(city, at)
    open_and_credit(at + timedelta(days=1))
    assert (the().done_at, the().recorded_at) == (at, at)
    assert open_and_credit(at + timedelta(days=1)) == 0


def test_the_year_of_a_standing_duty_is_met_by_what_is_valid_then(city, at, found):
    base = obligation_by_id("county_coal_meeting")
    found(replace(base, cadence="standing"))
    meeting(city, at)
    open_and_credit(at)
    open_and_credit(datetime(2027, 1, 5, tzinfo=UTC))
    assert [bool(duty.done_at) for duty in Duty.objects.order_by("period")] == [True, True]  # without an end: valid on


def test_a_report_due_after_its_period_counts_for_the_earlier_one_first(city, at, found):
    found(replace(obligation_by_id("county_coal_meeting"), due="10 days"))
    open_due(datetime(2026, 2, 10, tzinfo=UTC))
    open_due(at)
    assert the(period="2026-02").due_at == beijing_midnight(date(2026, 3, 11))
    meeting(city, at)
    assert the(period="2026-02").done_at
    assert not the(period="2026-03").done_at
    meeting(city, at, title="三月的")
    assert the(period="2026-03").done_at


def test_only_the_holder_of_the_post_fulfils_his_duty_and_a_successor_takes_it_over(city, at, found):
    base = obligation_by_id("county_coal_meeting")
    own = replace(
        base,
        owner="county_government",
        scope="holder",
        evidence=(Evidence(ledger="coal_meeting", person="chair"),),
    )
    found(own)
    open_due(at)
    duty = the()
    meeting(city, at, chair="别人")
    assert the().done_at is None
    assert duty in my_duties(city["county_government"], at)
    post, noon = duty.post, at + timedelta(days=1)
    newcomer = create_person(actor=None, name="丁二", unit=city.units["county_government"], at=noon)
    appoint(actor=None, post=post, person=newcomer, at=noon)
    assert duty not in my_duties(city["county_government"], noon)
    events_of_post = Event.objects.filter(subject_kind="core.post", subject_id=str(post.pk))
    assert events_of_post.order_by("-seq").first().action == "post_handed_over"
    later = noon + timedelta(days=1)
    meeting(city, later, chair="丁一", held_on="2026-03-12", title="前任")
    assert the().done_at is None
    meeting(city, later, chair="丁二", held_on="2026-03-12", title="继任")
    assert the().done_at


def test_a_visit_to_a_mine_that_stands_still_does_not_count(city, at, found):
    base = obligation_by_id("county_coal_meeting")
    duty_like = replace(
        base, owner="mine", role=Role.mine_director, evidence=(Evidence(ledger="coal_meeting", producing=True),)
    )
    found(duty_like)
    open_due(at)
    duty = the(mine=city.mine)
    set_attribute(actor=None, mine=city.mine, name="status", value="halted", valid_from=date(2026, 3, 9))
    background = Background({None}, {city.mine.pk})
    entry = meeting(city, at)
    entry.mine, entry.unit = city.mine, city.units["mine"]
    [evidence] = duty_like.evidence
    assert not matching.satisfies(evidence, entry, duty, background)
    entry.on = date(2026, 3, 8)
    assert matching.satisfies(evidence, entry, duty, background)
    entry.on = date(2026, 2, 1)  # nothing on file for that day
    assert not matching.satisfies(evidence, entry, duty, background)


def test_a_decision_opens_the_follow_up_of_the_unit_it_names(city, at):
    record_entry(actor=None, ledger_id="meeting_decision", unit=city.units["county_government"], values=DECISION, at=at)
    duty = the("decision_followup")
    assert (duty.unit, duty.role) == (city.units["county"], "section_head")
    assert duty.due_at == beijing_midnight(date(2026, 4, 11))
    assert duty.title == "办结会议议定事项：整治回风隅角瓦斯"
    assert duty in my_duties(city["county_section"], at)


def test_a_clerk_works_on_whatever_his_unit_owes(city, at):
    record_entry(actor=None, ledger_id="meeting_decision", unit=city.units["county_government"], values=DECISION, at=at)
    duty = the("decision_followup")
    assert duty.role != Role.clerk
    for unit, sees in (("county", True), ("county_government", False)):
        person = create_person(actor=None, name=f"{unit}经办", unit=city.units[unit], at=at)
        post = create_post(actor=None, unit=city.units[unit], title="经办人", role=Role.clerk, at=at)
        appoint(actor=None, post=post, person=person, at=at)
        clerk = create_user(actor=None, username=f"{unit}_clerk", person=person, password=PASSWORD)
        assert (duty in my_duties(clerk, at)) is sees


def test_a_decision_that_names_a_mine_goes_to_its_director(city, at):
    values = {**DECISION, "responsible": "140423900001"}
    record_entry(actor=None, ledger_id="meeting_decision", unit=city.units["county_government"], values=values, at=at)
    duty = the("decision_followup")
    assert (duty.unit, duty.role, duty.mine) == (city.units["mine"], "mine_director", city.mine)


def test_a_corrected_decision_moves_its_follow_up_and_a_void_one_cancels_it(city, at):
    unit = city.units["county_government"]
    entry = record_entry(actor=None, ledger_id="meeting_decision", unit=unit, values=DECISION, at=at)
    later = at + timedelta(days=1)
    entry = correct(actor=None, entry=entry, values={**DECISION, "due_on": "2026-05-20"}, reason="延期", at=later)
    duty = the("decision_followup")
    assert (duty.due_at, duty.period) == (beijing_midnight(date(2026, 5, 21)), "E2026-05")
    entry = correct(
        actor=None, entry=entry, values={**DECISION, "responsible": "140423900001"}, reason="责任单位有误", at=later
    )
    assert status_of(the("decision_followup", unit=city.units["county"]), later) is Status.cancelled
    assert status_of(the("decision_followup", unit=city.units["mine"]), later) is Status.due
    void(actor=None, entry=entry, reason="未议定", at=later)
    assert not Duty.objects.filter(obligation="decision_followup", cancelled_at=None).exists()
    assert verify_trail().broken is None


@pytest.fixture
def section(city) -> Unit:
    """The city's coal section."""
    return create_unit(
        actor=None, kind="city_coal_section", code="1404-mk", name="煤矿科", parent=city.units["city"].parent
    )


TRACED = ("commissioner_accountability", {
    "started_on": "2026-03-09", "mine": "140423900001", "commissioner": "乙三", "trigger": "unchecked", "facts": "应查未查",
})  # fmt: skip
DRILL = ("government_drill", {
    "held_on": "2026-03-09", "title": "水害应急救援演练", "accident_kind": "water", "mode": "field", "participants": "县局12人",
    "commander": "乙六", "problems": "联络不畅", "evaluation": "有效",
})  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "keeper", "owing"),
    [
        (TRACED, "county", {("commissioner_accountability_concluded", "county")}),
        (TRACED, "city", {("commissioner_accountability_concluded_city", "section")}),
        (TRACED, "section", {("commissioner_accountability_concluded_city", "section")}),
        (DRILL, "county", {("county_bureau_drill_next", "county")}),
        (DRILL, "city", {("city_bureau_drill_next", "city")}),
        (DRILL, "county_government", {("county_government_drill_next", "county_government")}),
    ],
)
def test_what_follows_from_an_office_s_own_entry_is_owed_by_that_office_alone(city, section, at, kept, keeper, owing):
    units = {**city.units, "section": section}
    names = {unit.pk: name for name, unit in units.items()}
    ledger_id, values = kept
    record_entry(actor=None, ledger_id=ledger_id, unit=units[keeper], values=values, at=at)
    assert {(duty.obligation, names[duty.unit_id]) for duty in Duty.objects.all()} == owing


def test_an_event_that_its_own_entry_ends(city, at, found):
    base = obligation_by_id("decision_followup")
    own = replace(
        base,
        trigger=Trigger(ledger="meeting_decision", owner="responsible", due="due_on"),
        evidence=(Evidence(ledger="meeting_decision", where={"prominent": True}),),
        accepted=False,
    )
    found(own)
    unit = city.units["county_government"]
    entry = record_entry(actor=None, ledger_id="meeting_decision", unit=unit, values=DECISION, at=at)
    other = {**DECISION, "matter": "另一事项", "prominent": True}
    record_entry(actor=None, ledger_id="meeting_decision", unit=unit, values=other, at=at)
    duty = the("decision_followup", subject=f"entry:{entry.serial}")
    assert duty.done_at is None
    done = at + timedelta(days=3)
    correct(actor=None, entry=entry, values={**DECISION, "prominent": True}, reason="办结", at=done)
    duty.refresh_from_db()
    assert duty.done_at == done


def test_crediting_twice_changes_nothing(city, at):
    open_due(at)
    meeting(city, at)
    credit_duties(Duty.objects.all(), at)
    assert the().fulfilments.count() == 1
