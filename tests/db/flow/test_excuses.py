"""Asking to be excused from a duty: who may ask and decide, what each decision does, and when the case ends by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from kuangan.casework.models import Case
from kuangan.casework.queries import cases_about
from kuangan.casework.relations import related_units
from kuangan.core.actions import appoint, create_post, save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import Event, Notice, Post, Unit
from kuangan.core.trail.verify import verify_trail
from kuangan.duty.actions import cancel, climb, fulfil, open_event
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_of
from kuangan.flow.proof.rows import compare_rows
from kuangan.flow.sweep import sweep_once
from kuangan.law.duty.obligation_file import obligation_by_id
from kuangan.law.role import Role
from tests.duties import accept_credits
from tests.excuses import ask_excuse, decide_excuse


@pytest.fixture
def at() -> datetime:
    """10 March 2026, 10:00 in Beijing."""
    return datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def make(city, at):
    def made(number=1, unit="county", due_at=at + timedelta(days=10)):
        return open_event(
            obligation=obligation_by_id("decision_followup"),
            unit=city.units[unit],
            start=at,
            due_at=due_at,
            subject=f"entry:{number}",
            title=f"办结会议议定事项{number}",
            at=at,
        )

    return made


def judging(case: Case) -> Unit:
    return related_units(case)["above"]


def test_an_excuse_needs_the_level_above_and_never_counts_as_done(city, at, make):
    duty = make()
    case = ask_excuse(actor=city["county_section"], duty=duty, reason="道路中断", at=at)
    assert judging(case) == city.units["city"]
    for nobody in ("county_head", "city_duty", "county_section"):
        with pytest.raises(Refused):
            decide_excuse(actor=city[nobody], case=case, accept=True, opinion="同意", at=at)
    with pytest.raises(Refused, match="审核意见"):
        decide_excuse(actor=city["city_section"], case=case, accept=True, opinion="", at=at)
    decide_excuse(actor=city["city_section"], case=case, accept=True, opinion="情况属实", at=at)
    duty.refresh_from_db()
    late = duty.due_at + timedelta(days=30)
    assert status_of(duty, late) is Status.excused
    assert (duty.done_at, duty.wakes_at) == (None, None)
    assert climb(late) == 0
    fulfil(actor=city["county_section"], duty=duty, source="file", key="f", done_at=late, at=late)
    accept_credits(city, duty, late)
    assert status_of(duty, late) is Status.late
    assert verify_trail().broken is None


def test_who_works_for_the_owing_unit_too_does_not_judge_its_excuse(city, at, make):
    case = ask_excuse(actor=city["county_section"], duty=make(), reason="道路中断", at=at)
    post = Post.objects.get(unit=city.units["county"], role="legal_reviewer")
    appoint(actor=None, post=post, person=city["city_section"].person, at=at)
    with pytest.raises(Refused, match="同时在责任单位任职"):
        decide_excuse(actor=city["city_section"], case=case, accept=True, opinion="同意", at=at)


def test_a_city_government_has_nobody_above_and_another_of_its_own_judges(city, at, make):
    duty, unit = make(unit="city_government"), city.units["city_government"]
    clerk, head = city["county_section"], city["county_head"]
    for person, role in ((clerk.person, Role.clerk), (head.person, Role.government_head)):
        post = create_post(actor=None, unit=unit, title=role.label, role=role, at=at)
        appoint(actor=None, post=post, person=person, at=at)
    case = ask_excuse(actor=clerk, duty=duty, reason="会议改期", at=at)
    assert judging(case) == unit
    decide_excuse(actor=head, case=case, accept=True, opinion="情况属实", at=at)
    assert status_of(Duty.objects.get(pk=duty.pk), at) is Status.excused


def test_a_refused_excuse_leaves_the_duty_as_it_was(city, at, make):
    duty = make()
    case = ask_excuse(actor=city["county_section"], duty=duty, reason="人手不足", at=at)
    with pytest.raises(Refused, match="请勿重复提交"):
        ask_excuse(actor=city["county_section"], duty=duty, reason="再次", at=at)
    decide_excuse(actor=city["city_section"], case=case, accept=False, opinion="理由不充分", at=at)
    duty.refresh_from_db()
    assert status_of(duty, duty.due_at) is Status.overdue
    assert duty.wakes_at is not None
    with pytest.raises(Refused, match="当前为“不予认可”"):
        decide_excuse(actor=city["city_section"], case=case, accept=True, opinion="同意", at=at)


@pytest.mark.parametrize(
    ("unit", "username", "above"),
    [("mine", "mine_director", "county"), ("county_government", "county_government", "city_government")],
)
def test_the_level_above_follows_from_the_unit(city, at, make, unit, username, above):
    case = ask_excuse(actor=city[username], duty=make(unit=unit), reason="理由", at=at)
    assert judging(case) == city.units[above]


def test_only_the_owing_unit_asks(city, at, make):
    with pytest.raises(Refused, match="岗位职责"):
        ask_excuse(actor=city["mine_director"], duty=make(), reason="理由", at=at)


def test_each_step_is_on_record_and_told(city, at, make):
    duty, county, bureau = make(), city.units["county"], city.units["city"]
    case = ask_excuse(actor=city["county_section"], duty=duty, reason="道路中断", at=at)
    assert (case.number, case.title) == ("免责〔2026〕1号", f"{county.name}申请免责：{duty.title}")
    asked = Notice.objects.get(case_link__case=case)
    assert (asked.unit, asked.role, asked.ended_at) == (bureau, Role.section_head, None)
    assert asked.title == f"免责申请待审核：{county.name}{duty.title}"
    assert asked.body == f"{county.name}申请对“{duty.title}”免责，理由：道路中断"
    decide_excuse(actor=city["city_section"], case=case, accept=False, opinion="理由不充分", at=at)
    asked.refresh_from_db()
    assert asked.ended_at == at
    told = Notice.objects.get(case_link__case=case, unit=county)
    assert (told.title, "理由不充分" in told.body) == (f"不予认可免责：{duty.title}", True)
    assert case.facts == {"level": "", "reason": "道路中断", "opinion": "理由不充分"}
    again = ask_excuse(actor=city["county_section"], duty=duty, reason="道路再次中断", at=at)
    decide_excuse(actor=city["city_section"], case=again, accept=True, opinion="情况属实", at=at)
    assert list(cases_about(city["county_officer"], duty)) == [again, case]
    excused = Event.objects.get(action="excuse_accepted")
    assert (excused.subject_id, excused.data) == (str(duty.pk), {"case": again.number})
    assert (verify_trail().broken, compare_rows().broken) == (None, None)


def test_files_may_be_added_and_a_reason_must_be_given(city, at, make):
    with pytest.raises(Refused, match="须填写“不能按期办理的理由”"):
        ask_excuse(actor=city["county_section"], duty=make(), reason=" ", at=at)
    saved = save_attachment(actor=city["county_section"], name="通报.txt", content=b"road", at=at)
    case = ask_excuse(actor=city["county_section"], duty=make(2), reason="道路中断", materials=[saved.pk], at=at)
    assert case.moves.get().attachments.get() == saved


def test_nobody_above_is_said(city, at, make):
    Unit.objects.filter(pk=city.units["city"].pk).update(kind="inspectorate")
    with pytest.raises(Refused, match="没有登记"):
        ask_excuse(actor=city["county_section"], duty=make(), reason="道路中断", at=at)


def test_who_asked_does_not_decide(city, at, make):
    section, unit = city["county_section"], city.units["city_government"]
    for role in (Role.clerk, Role.government_head):
        post = create_post(actor=None, unit=unit, title=role.label, role=role, at=at)
        appoint(actor=None, post=post, person=section.person, at=at)
    case = ask_excuse(actor=section, duty=make(unit="city_government"), reason="会议改期", at=at)
    with pytest.raises(Refused, match="不能审核自己提出的免责申请"):
        decide_excuse(actor=section, case=case, accept=True, opinion="同意", at=at)


@pytest.mark.parametrize("settle", ["done", "cancelled"])
def test_what_is_done_or_cancelled_meanwhile_needs_no_decision(city, at, make, settle):
    duty, other = make(1), make(2)
    case = ask_excuse(actor=city["county_section"], duty=duty, reason="道路中断", at=at)
    waiting = ask_excuse(actor=city["county_section"], duty=other, reason="道路中断", at=at)
    if settle == "done":
        fulfil(actor=city["county_section"], duty=duty, source="file", key="f", done_at=at, at=at)
        accept_credits(city, duty, at)
    else:
        cancel(actor=None, duties=[duty], reason="不再需要", at=at)
    word = "已办结" if settle == "done" else "已取消"
    with pytest.raises(Refused, match=f"{word}，无需免责"):
        decide_excuse(actor=city["city_section"], case=case, accept=True, opinion="同意", at=at)
    sweep_once(at)
    case.refresh_from_db()
    waiting.refresh_from_db()
    assert (case.state, case.closed_at, waiting.state) == ("moot", at, "asked")
    assert not Notice.objects.filter(case_link__case=case, ended_at=None).exists()
    with pytest.raises(Refused, match=f"{word}，无需免责"):
        ask_excuse(actor=city["county_section"], duty=duty, reason="再次", at=at)
    assert (verify_trail().broken, compare_rows().broken) == (None, None)


def test_an_excused_duty_is_not_excused_again(city, at, make):
    duty = make()
    case = ask_excuse(actor=city["county_section"], duty=duty, reason="道路中断", at=at)
    decide_excuse(actor=city["city_section"], case=case, accept=True, opinion="情况属实", at=at)
    with pytest.raises(Refused, match="已认可免责"):
        ask_excuse(actor=city["county_section"], duty=duty, reason="再次", at=at)
