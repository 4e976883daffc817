"""The demonstration city is built in an empty database and nowhere else."""

from datetime import UTC, date, datetime

import pyotp
import pytest
from django.db import transaction
from django.test import override_settings

from kuangan.base import clock
from kuangan.core.access.signin import authenticate
from kuangan.core.models import Event, Unit, User
from kuangan.core.queries import holds
from kuangan.emulate.build.building import NotEmpty, build
from kuangan.emulate.plan.city import city_plan
from kuangan.emulate.plan.secret import fresh_password
from kuangan.law.role import Role
from kuangan.mine.models import Mine, Point
from tests.hashing import QUICK_HASHER

SINCE = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
APPOINTED = datetime(2025, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """One city for all tests of this module, rolled back at the end: building it takes seconds."""
    with (
        override_settings(PASSWORD_HASHERS=QUICK_HASHER),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield build(city_plan(mines=5, on=date(2026, 3, 10)), SINCE, APPOINTED)
        transaction.set_rollback(True)


def test_every_mine_has_a_supervisor_points_and_people(demonstration) -> None:
    mines = list(Mine.objects.select_related("supervisor", "unit"))
    assert len(mines) == 5
    for mine in mines:
        assert mine.unit.path.startswith(mine.supervisor.scope_path)
        assert 25 <= mine.points.count() <= 45
        assert mine.key_people.count() == 5
        assert mine.unit.posts.count() == 5
    assert set(demonstration.feed_tokens) == {mine.code for mine in mines}


def test_methane_points_are_placed_by_a_person_but_for_the_last_mines(demonstration) -> None:
    placed = Mine.objects.filter(points__place_confirmed_by__username="city_officer").distinct()
    assert placed.count() == 2
    key = Mine.objects.get(code__endswith="900001")
    assert not key.points.filter(sensor_type="0001", place="").exists()
    corner = key.points.get(place="return_corner")
    assert corner.face is not None
    assert corner.face.name in corner.place_text


def test_what_the_corpus_proposes_is_where_the_points_stand(demonstration) -> None:
    proposals = Point.objects.filter(mine__code__endswith="900001", sensor_type="0001")
    assert [(p.place_text, p.place_proposed) for p in proposals] == [(p.place_text, p.place) for p in proposals]


def test_every_account_can_log_in_with_what_the_page_shows(demonstration) -> None:
    assert len(demonstration.accounts) == User.objects.filter(is_active=True).count() == 35
    for account in demonstration.accounts:
        code = pyotp.TOTP(account.totp_secret).at(clock.wall_now()) if account.totp_secret else ""
        signed = authenticate(account.username, demonstration.password, code)
        assert signed.user is not None, (account.username, signed.reason)
        assert holds(signed.user, Role(account.role), at=SINCE)


def test_all_of_it_is_on_record(demonstration) -> None:
    for unit in Unit.objects.all():
        assert Event.objects.filter(subject_kind="core.unit", subject_id=str(unit.pk), action="unit_created").exists()


def test_a_database_with_units_is_refused(demonstration) -> None:
    with pytest.raises(NotEmpty, match="不是空库"):
        build(city_plan(mines=1, on=date(2026, 3, 10)), SINCE, APPOINTED)


def test_each_demonstration_has_a_password_of_its_own(demonstration) -> None:
    assert len({fresh_password() for _ in range(50)} | {demonstration.password}) == 51


def test_a_password_that_is_given_is_kept(empty) -> None:
    built = build(city_plan(mines=5, on=date(2026, 3, 10)), SINCE, APPOINTED, password="Fixed-word-42")
    assert built.password == "Fixed-word-42"
    assert authenticate("mine_dispatcher", "Fixed-word-42", "").user is not None
