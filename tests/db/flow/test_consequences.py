"""What moves set off by name."""

import pytest

import kuangan.flow.act  # noqa: F401  # all consequences are known once the way of moving is
from kuangan.flow.following import consequence, registered
from kuangan.law.consequence import CONSEQUENCES, OPENINGS


def test_every_named_consequence_is_done_by_something():
    assert registered() == {*CONSEQUENCES, *OPENINGS}


def test_nothing_can_be_registered_under_a_name_that_law_does_not_know():
    with pytest.raises(LookupError, match="unheard_of"):
        consequence("gas.unheard_of")
