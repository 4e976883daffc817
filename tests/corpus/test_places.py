"""Every example text of the patterns gets the place it must."""

import pytest

from kuangan.law.place import PlaceExample, face_kind_of, places_file, propose_place

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


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("return_corner", "coal_face"),
        ("coal_face_return_mid", "coal_face"),
        ("shearer", "coal_face"),
        ("roadheader", "heading"),
        ("heading_intake_split", "heading"),
        ("series_heading_intake", None),
        ("main_return", None),
    ],
)
def test_a_place_lies_at_a_kind_of_face_or_at_none(place, kind):
    assert face_kind_of(place) == kind
