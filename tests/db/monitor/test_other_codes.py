"""Files under another code of a mine: taken while the code holds, kept under the mine, and said."""

from datetime import timedelta

import pytest

from kuangan.base import clock
from kuangan.mine.actions import add_alias, end_alias
from kuangan.monitor.door.senders import Senders
from tests.db.monitor.door import Door
from tests.db.monitor.feedtext import CORNER, MINE, cdss, name_of

OTHER = "140423001"


@pytest.mark.parametrize("named", [OTHER, MINE])
def test_a_file_under_another_code_is_the_mines_and_says_so(works, mine, named):
    door = Door(works, mine)
    name, body = name_of("CDSS", "08:00:00", named), cdss("08:00:00", {CORNER: ("0.30", 0)}, mine=OTHER)
    refused = door.post(name, body)
    assert (refused.status_code, "登记其他编码" in refused.text) == (422, True)
    add_alias(actor=None, mine=mine, code=OTHER, valid_from=clock.civil_date(clock.now()))
    name = name_of("CDSS", "08:00:30", named)
    assert door.post(name, cdss("08:00:30", {CORNER: ("0.30", 0)}, mine=OTHER)).status_code == 202
    file = door.newest()
    assert (file.mine, file.status, f"以其他编码 {OTHER} 报送" in file.message) == (mine, "done", True)
    assert mine.points.filter(native_code=CORNER).exists()


def test_the_door_knows_the_codes_of_the_day_and_no_more_after_their_end(works, mine):
    today = clock.civil_date(clock.now())
    alias = add_alias(actor=None, mine=mine, code=OTHER, valid_from=today - timedelta(days=9))
    senders = Senders()
    senders.refresh()
    assert (senders.mine_named(OTHER), senders.codes_of(MINE)) == (MINE, {MINE, OTHER})
    end_alias(actor=None, alias=alias, on=today)
    later = Senders()
    later.refresh()
    assert (later.mine_named(OTHER), later.mine_named(MINE), later.codes_of(MINE)) == (None, MINE, {MINE})
    refused = Door(works, mine).post(name_of("CDSS", "08:00:00", OTHER), cdss("08:00:00", {}, mine=OTHER))
    assert refused.status_code == 422
