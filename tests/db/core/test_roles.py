from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.core import actions, queries
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.law.role import Role
from tests.db.core.world import START, account, holder, person_of

LEAVE_FROM = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
LEAVE_TO = datetime(2026, 3, 12, 0, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def absent(world):
    return actions.set_absence(
        actor=world.head, post=world.head_post, from_at=LEAVE_FROM, to_at=LEAVE_TO, reason="参加会议"
    )


def test_every_role_has_a_label_and_those_who_sign_need_a_code():
    assert all(role.label for role in Role)
    assert {role for role in Role if not role.needs_totp} == {
        Role.mine_dispatcher,
        Role.mine_leader,
        Role.mine_engineer,
        Role.duty_officer,
        Role.clerk,
    }
    assert not Role.operator.signs


@pytest.mark.parametrize(
    ("at", "head_signs", "deputy_signs"),
    [
        (LEAVE_FROM - INSTANT, True, False),
        (LEAVE_FROM, False, True),
        (LEAVE_TO - INSTANT, False, True),
        (LEAVE_TO, True, False),
    ],
)
def test_the_signing_right_passes_to_the_deputy_for_exactly_the_absence(world, at, head_signs, deputy_signs):
    absent(world)
    assert bool(queries.holds(world.head, Role.bureau_head, world.bureau, at)) is head_signs
    hold = queries.holds(world.deputy, Role.bureau_head, world.bureau, at)
    assert bool(hold) is deputy_signs
    if hold is not None:
        assert (hold.post, hold.acting_for) == (world.deputy_post, world.head_post)
    assert queries.holds(world.deputy, Role.section_head, world.bureau, at) is not None


def test_a_deputys_act_is_recorded_with_the_post_it_was_done_for(world):
    absent(world)
    hold = queries.holds(world.deputy, Role.bureau_head, world.bureau, LEAVE_FROM)
    assert hold is not None
    event = actions.record(actor=world.deputy, action="ordered", subject=world.mine, acting_for=hold.acting_for)
    assert queries.events_of(world.mine).last() == event
    assert event.acting_for == world.head_post


def test_people_in_role_names_the_deputy_during_the_absence(world):
    absent(world)
    assert queries.people_in_role(world.bureau, Role.bureau_head, LEAVE_FROM - INSTANT) == (person_of(world.head),)
    assert queries.people_in_role(world.bureau, Role.bureau_head, LEAVE_FROM) == (person_of(world.deputy),)


def test_ending_an_absence_early_gives_the_right_back(world):
    absence = absent(world)
    back = LEAVE_FROM + timedelta(hours=3)
    actions.end_absence(actor=world.head, absence=absence, at=back)
    assert queries.holds(world.head, Role.bureau_head, at=back) is not None
    assert queries.holds(world.deputy, Role.bureau_head, at=back) is None
    with pytest.raises(Refused, match="已于"):
        actions.end_absence(actor=world.head, absence=absence, at=back)


def test_rights_are_passed_on_by_one_link_only(world):
    absent(world)
    third, third_post = holder(world.bureau, "股长丁", "股长", Role.section_head)
    actions.set_deputy(actor=None, post=world.deputy_post, deputy=third_post, at=START)
    with pytest.raises(Refused, match="代行"):
        actions.set_absence(
            actor=world.deputy,
            post=world.deputy_post,
            from_at=LEAVE_TO - INSTANT,
            to_at=LEAVE_TO + timedelta(days=1),
            reason="休假",
        )
    actions.set_absence(
        actor=world.deputy, post=world.deputy_post, from_at=LEAVE_TO, to_at=LEAVE_TO + timedelta(days=1), reason="休假"
    )
    assert queries.holds(third, Role.bureau_head, at=LEAVE_TO) is None


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(days=1)])
def test_an_absence_that_overlaps_another_of_the_post_is_refused(world, shift):
    absent(world)
    with pytest.raises(Refused, match="已登记离岗"):
        actions.set_absence(
            actor=world.head, post=world.head_post, from_at=LEAVE_FROM + shift, to_at=LEAVE_TO + shift, reason="休假"
        )


def test_a_post_without_a_deputy_or_with_a_vacant_one_cannot_be_absent(world):
    leave = {"from_at": LEAVE_FROM, "to_at": LEAVE_TO, "reason": "休假"}
    with pytest.raises(Refused, match="没有B岗"):
        actions.set_absence(actor=None, post=world.dispatcher_post, **leave)
    actions.relieve(actor=None, post=world.deputy_post, at=LEAVE_FROM)
    with pytest.raises(Refused, match="无人任职"):
        actions.set_absence(actor=None, post=world.head_post, **leave)


def test_a_handover_passes_the_post_at_one_moment(world):
    successor = account("局长戊", world.bureau)
    at = START + timedelta(days=30)
    actions.appoint(actor=None, post=world.head_post, person=person_of(successor), at=at)
    assert queries.holds(world.head, Role.bureau_head, at=at - INSTANT)
    assert not queries.holds(world.head, Role.bureau_head, at=at)
    assert queries.holds(successor, Role.bureau_head, at=at)
    assert queries.events_of(world.head_post).last().action == "post_handed_over"
    with pytest.raises(Refused, match="已担任"):
        actions.appoint(actor=None, post=world.head_post, person=person_of(successor), at=at)


def test_a_post_that_stands_in_for_another_is_not_left_empty(world):
    absent(world)
    with pytest.raises(Refused, match="代行"):
        actions.relieve(actor=None, post=world.deputy_post, at=LEAVE_FROM)
    actions.relieve(actor=None, post=world.deputy_post, at=LEAVE_TO)


def test_the_roster_gives_the_role_for_the_shift_and_no_longer(world):
    on = date(2026, 3, 5)
    actions.roster_person(actor=world.head, unit=world.bureau, person=person_of(world.deputy), on=on, shift="night")
    start, end = datetime(2026, 3, 4, 16, 0, tzinfo=UTC), datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
    for at, on_duty in ((start - INSTANT, False), (start, True), (end - INSTANT, True), (end, False)):
        assert bool(queries.holds(world.deputy, Role.duty_officer, world.bureau, at)) is on_duty
        assert queries.people_on_duty(world.bureau, at) == ((person_of(world.deputy),) if on_duty else ())


def test_the_roster_takes_only_people_of_the_unit_and_roles_done_in_shifts(world):
    entry = {"actor": None, "unit": world.bureau, "on": date(2026, 3, 5), "shift": "early"}
    with pytest.raises(Refused, match="没有岗位"):
        actions.roster_person(person=person_of(world.dispatcher), **entry)
    with pytest.raises(Refused, match="不实行轮班"):
        actions.roster_person(person=person_of(world.deputy), role=Role.bureau_head, **entry)
    row = actions.roster_person(person=person_of(world.deputy), **entry)
    with pytest.raises(Refused, match="无需重复"):
        actions.roster_person(person=person_of(world.deputy), **entry)
    with pytest.raises(Refused, match="不得删除"):
        actions.unroster_person(actor=None, roster=row, at=row.ends_at)
    actions.unroster_person(actor=None, roster=row, at=row.ends_at - INSTANT)
    assert queries.people_on_duty(world.bureau, row.starts_at) == ()


def test_a_disabled_account_has_neither_roles_nor_sight(world):
    actions.disable_user(actor=None, user=world.head)
    assert queries.roles_of(world.head, START) == ()
    assert queries.visible_paths(world.head, START) == []


def test_the_system_account_holds_nothing_and_is_one(world):
    system = actions.system_user()
    assert actions.system_user() == system
    assert queries.roles_of(system) == ()
    assert list(queries.visible_to(system, Unit.objects.all())) == []


def test_who_must_give_a_code_follows_from_posts_and_deputies(world):
    plain, plain_post = holder(world.bureau, "值班己", "值班员", Role.duty_officer)
    assert queries.totp_required(world.head)
    assert not queries.totp_required(plain)
    actions.set_deputy(actor=None, post=world.deputy_post, deputy=plain_post, at=START)
    assert queries.totp_required(plain)
