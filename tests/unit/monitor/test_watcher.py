"""The watched folder hands out files a few at a time: oldest first within a mine, the mines in turn, none twice."""

import pytest

from kuangan.monitor.door.watcher import Watcher
from kuangan.monitor.times import beijing_text
from tests.unit.monitor.feed_text import AT, cdss, record

FIRST, SECOND = "149999000001", "149999000002"


@pytest.fixture
def watcher(tmp_path):
    return Watcher(tmp_path / "inbox", {FIRST, SECOND}.__contains__)


def put(watcher, mine, *numbers):
    (watcher.inbox / mine).mkdir(exist_ok=True)
    for number in numbers:
        at = AT + 30 * number
        stamp = "".join(sign for sign in beijing_text(at) if sign.isdigit())
        content = cdss(record(code=f"{mine}01MN000100000001", at=at), mine=mine, at=at)
        (watcher.inbox / mine / f"{mine}_CDSS_{stamp}.txt").write_bytes(content)


def taken(watcher, most):
    """Mine and number of the files that are handed out and settled."""
    claims = watcher.next_claims(most)
    for claim in claims:
        watcher.settle(claim, taken=True)
    return [(claim.upload.mine, (claim.upload.file_at - AT) // 30) for claim in claims]


def test_many_files_of_one_mine_do_not_keep_another_waiting(watcher):
    put(watcher, FIRST, 3, 1, 2, 5, 4)
    put(watcher, SECOND, 1)
    assert taken(watcher, 2) == [(FIRST, 1), (FIRST, 2)]
    assert taken(watcher, 2) == [(SECOND, 1), (FIRST, 3)]
    put(watcher, SECOND, 2)
    assert taken(watcher, 2) == [(SECOND, 2), (FIRST, 4)]
    assert taken(watcher, 2) == [(FIRST, 5)]


def test_what_comes_while_a_folder_is_emptied_follows_what_was_seen(watcher):
    put(watcher, FIRST, 2, 3, 4)
    assert taken(watcher, 2) == [(FIRST, 2), (FIRST, 3)]
    put(watcher, FIRST, 1, 5)
    assert taken(watcher, 2) == [(FIRST, 4)]
    assert taken(watcher, 2) == [(FIRST, 1), (FIRST, 5)]
    assert watcher.waiting() == 0


def test_a_claim_that_could_not_be_kept_is_handed_out_again(watcher):
    put(watcher, FIRST, 1, 2)
    assert len(watcher.next_claims(3)) == 2
    assert taken(watcher, 3) == [(FIRST, 1), (FIRST, 2)]
