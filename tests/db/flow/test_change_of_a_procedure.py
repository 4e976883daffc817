"""Open cases go on when a release renames a state or does away with it."""

from dataclasses import replace

import pytest

from kuangan.base import clock
from kuangan.casework.actions import open_case
from kuangan.core.models import Event
from kuangan.flow.upkeep.carrying import carry_cases
from tests.procedures import INQUIRY, known


@pytest.fixture
def case(city):
    with known(INQUIRY):
        yield open_case(
            actor=None, procedure_id="inquiry", unit=city.units["county"], title="试", facts={}, at=clock.now()
        )


def test_a_case_in_a_renamed_state_goes_on_in_the_new_one(case):
    renamed = tuple(replace(state, id="writing") if state.id == "drafted" else state for state in INQUIRY.states)
    with known(replace(INQUIRY, states=renamed, renamed={"drafted": "writing"})):
        assert (carry_cases(clock.now()), carry_cases(clock.now())) == (1, 0)
    case.refresh_from_db()
    assert (case.state, case.closed_at) == ("writing", None)
    assert Event.objects.filter(action="case_carried_over", subject_id=str(case.pk)).count() == 1


def test_a_case_in_a_state_that_is_gone_ends_as_its_procedure_says(case):
    with known(replace(INQUIRY, states=INQUIRY.states[1:], closed_by={"drafted": "closed"})):
        assert carry_cases(clock.now()) == 1
    case.refresh_from_db()
    assert (case.state, case.closed_at is not None) == ("closed", True)
    assert not case.clocks.filter(stopped_at=None).exists()
