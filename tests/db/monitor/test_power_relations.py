"""Which feed must be off: what the mine declared decides, not what happens to hang on the same sub-station."""

import pytest

from kuangan.monitor.models import Episode
from tests.db.monitor.feedtext import CORNER, FEED, MINE, RETURN, cddy, cdss

OTHER = f"{MINE}01KG101500000042"
SWITCH = f"{MINE}01KG100900000043"
PLACES = {OTHER: "1302工作面配电点", SWITCH: "1301断电器"}
ALL = {CORNER: "1.00", RETURN: "0.80", FEED: "", OTHER: "", SWITCH: ""}


def tied(letter: str, code: str, back: str) -> str:
    return f"{letter}<->{code}<->某处:{letter}-{back}"


def state(works, relations: dict[str, str], *, own: str, other: str) -> str:
    """What is found when the corner reaches its power-off set-point; ``own`` and ``other``: what the two feeds show."""
    works.receive("CDDY", "07:00:00", cddy("07:00:00", ALL, places=PLACES, relations=relations))
    for clock, gas in (("08:00:00", "1.50"), ("08:00:30", "1.60")):
        shown = {CORNER: (gas, 0), RETURN: ("0.2", 0), FEED: (own, 0), OTHER: (other, 0), SWITCH: ("0", 0)}
        works.receive("CDSS", clock, cdss(clock, shown))
    return Episode.objects.get().power_state


@pytest.mark.parametrize("letter", ["D", "K"])
def test_the_declared_feed_decides_although_another_of_the_station_is_on(works, letter):
    assert state(works, {CORNER: tied(letter, FEED, CORNER)}, own="0", other="1") == "dead"


def test_the_declared_feed_is_still_on_although_another_is_dead(works):
    assert state(works, {CORNER: tied("D", FEED, CORNER)}, own="1", other="0") == "energised"


def test_a_relation_that_the_feed_declares_counts_as_well(works):
    assert state(works, {FEED: tied("D", CORNER, FEED)}, own="0", other="1") == "dead"


def test_a_power_switch_stands_between_sensor_and_feed(works):
    relations = {CORNER: tied("D", SWITCH, CORNER), FEED: tied("K", SWITCH, FEED)}
    assert state(works, relations, own="0", other="1") == "dead"


@pytest.mark.parametrize("letter", ["B", "G", "H", "Z", "T"])
def test_other_relations_cut_nothing(works, letter):
    assert state(works, {CORNER: tied(letter, FEED, CORNER)}, own="0", other="1") == "energised"


def test_without_a_declaration_the_feeds_of_the_station_are_asked(works):
    assert state(works, {}, own="0", other="1") == "energised"
