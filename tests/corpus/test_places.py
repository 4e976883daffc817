"""Every example text of the patterns gets the place it must."""

import pytest

from kuangan.law.place import PlaceExample, places_file, propose_place

EXAMPLES = places_file().examples


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=[f"{each.text}-{each.gas_grade}{each.rock_burst}" for each in EXAMPLES]
)
def test_text_gets_its_place(example: PlaceExample):
    proposal = propose_place(example.text, example.sensor, example.gas_grade, example.rock_burst)
    assert (proposal.place if proposal else None) == example.place


def test_a_proposal_names_its_pattern():
    proposal = propose_place("1301工作面上隅角", "环境瓦斯", "low_gas")
    assert proposal is not None
    assert "上隅角" in proposal.pattern
