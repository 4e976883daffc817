"""A board counts the same with tallied openings as without them, whatever is written after they were tallied."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from kuangan.core.models import Unit
from kuangan.duty.models import Duty, Opening, OpeningTally, TallyEnd
from kuangan.duty.proof.grades import Grade
from kuangan.duty.proof.tallying import tally_settled
from kuangan.overview.board.board import board
from tests.db.board.conftest import AT, MARCH, done, owe
from tests.db.board.test_board import DAY, DUE, EARLY

LATER = AT + DAY


def counted(at: datetime, *units: Unit) -> dict[str, dict[int, dict[str, int]]]:
    """All that a board counts of measures and clauses, with the grades of proof."""
    made = board(units or list(Unit.objects.all()), MARCH, at).making.tallies
    return {
        name: {unit: counts.shown() | counts.proof() for unit, counts in of.items() if not counts.empty}
        for name, of in {**made.measures, **made.clauses}.items()
    }


def one_by_one(at: datetime, *units: Unit) -> dict[str, dict[int, dict[str, int]]]:
    """The same where nothing is tallied."""
    with transaction.atomic():
        OpeningTally.objects.all().delete()
        seen = counted(at, *units)
        transaction.set_rollback(True)
    return seen


def same(at: datetime = LATER, *units: Unit) -> bool:
    assert OpeningTally.objects.exists()
    seen = counted(at, *units)
    return bool(seen["1.1"]) and seen == one_by_one(at, *units) == counted(at, *units)


@pytest.fixture
def owed(city) -> list[Duty]:
    """Duties of two units in every status and grade, and one of the next month, all of them tallied that are due."""
    duties = [
        owe(city.units[name], "1.1", **columns)
        for name in ("county_government", "county")
        for columns in (
            done(EARLY),
            done(EARLY) | {"grade": Grade.machine},
            done(DUE + DAY) | {"grade": Grade.accepted},
            {},
            {"excused_at": EARLY},
            {"cancelled_at": EARLY, "cancelled_for": "已撤销"},
        )
    ]
    owe(city.units["county"], "1.1", "2026-04")
    assert [tally_settled(AT), tally_settled(AT)] == [1, 0]
    return duties


def test_the_same_at_every_moment(city, owed):
    county = city.units["county"]
    for moment in (
        EARLY - DAY,
        EARLY,
        DUE - timedelta(seconds=1),
        DUE,
        DUE + DAY - timedelta(seconds=1),
        DUE + DAY,
        AT,
    ):
        assert counted(moment) == one_by_one(moment), moment
        assert counted(moment, county) == one_by_one(moment, county), moment
    assert same()


CHANGES = {
    "done late": lambda duties: Duty.objects.filter(pk=duties[0].pk).update(**done(AT)),
    "accepted": lambda duties: Duty.objects.filter(pk=duties[0].pk).update(grade=Grade.accepted),
    "credit taken back": lambda duties: Duty.objects.filter(pk=duties[0].pk).update(done_at=None, recorded_at=None),
    "excused": lambda duties: Duty.objects.filter(pk=duties[0].pk).update(
        excused_at=AT, done_at=None, recorded_at=None
    ),
    "cancelled": lambda duties: Duty.objects.filter(pk=duties[0].pk).update(cancelled_at=AT),
    "passed on": lambda duties: Duty.objects.filter(pk=duties[0].pk).update(
        unit=Unit.objects.get(kind="city_government")
    ),
    "another term": lambda duties: Duty.objects.filter(pk=duties[3].pk).update(
        due_at=LATER + DAY, grace_at=LATER + 9 * DAY
    ),
    "gone": lambda duties: duties[0].delete(),
    "one more": lambda duties: owe(duties[0].unit, "1.1"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_written_afterwards_counts_at_once_and_when_it_is_tallied_anew(owed, change):
    assert same()
    before = counted(LATER)
    CHANGES[change](owed)
    assert TallyEnd.objects.exists()
    assert same()
    assert counted(LATER) != before
    while tally_settled(LATER):
        pass
    assert not TallyEnd.objects.exists()
    assert same()
    assert same(LATER + 2 * DAY)


def test_the_ladder_ends_no_tally(owed):
    Duty.objects.update(rung=2, wakes_at=LATER)
    assert not TallyEnd.objects.exists()


def test_standing_duties_are_never_tallied(city):
    owe(city.units["county"], "1.1")
    Duty.objects.update(obligation="supervision_subject_fixed")
    Opening.objects.update(obligation="supervision_subject_fixed")
    assert tally_settled(AT) == 0
