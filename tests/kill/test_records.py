"""The real ingest process, killed and its records harmed: lost, doubled, altered readings are counted, and must be none.

Harm is done to the files while the process is dead, as a bad disk or a restore does it. What can't be kept must be said
(rows set to lost, an incident) and must be whole again after the mine has sent those files once more.
"""

import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kuangan.base import clock
from kuangan.core.models import Incident
from kuangan.monitor.actions import issue_token
from kuangan.monitor.journal.frames import Frame, scan
from kuangan.monitor.journal.segments import segment_path
from kuangan.monitor.models import Episode, FoldSnapshot, HistoryPart
from tests.db.monitor.feedtext import moment
from tests.db.monitor.mines import make_mine
from tests.ingest_process import IngestProcess
from tests.kill.count import Count, Mine, counted

pytestmark = pytest.mark.kill

KILLS = 8
NONE = Count([], [], [])


@pytest.fixture
def process(committed_db, tmp_path, monkeypatch):
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    clock.move(moment("09:00:00"))
    running = IngestProcess(tmp_path, committed_db.url())
    yield running
    running.kill()


@pytest.fixture
def mines(process):
    codes = [f"14042390000{number}" for number in range(1, 4)]
    return [Mine(code, issue_token(actor=None, mine=make_mine(code))) for code in codes]


def segments(root: Path) -> list[Path]:
    return sorted((root / "journal").glob("*.journal"))


def parts(root: Path) -> list[Path]:
    return sorted((root / "history").glob("*/*/part-*.parquet"))


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def torn_tail(root: Path) -> None:
    path = segments(root)[-1]
    path.write_bytes(path.read_bytes()[:-7])


def flipped_bit_in_the_journal(root: Path) -> None:
    path = segments(root)[-1]
    raw = bytearray(path.read_bytes())
    raw[-1500] ^= 1
    path.write_bytes(raw)


def missing_segment(root: Path) -> None:
    """The last segment is cut into three, as if it had been full, and the middle one goes."""
    path = segments(root)[-1]
    raw = path.read_bytes()
    found = [(at, item) for at, item in scan(raw) if isinstance(item, Frame)]
    cuts = [found[len(found) - 18], found[len(found) - 9]]
    path.write_bytes(raw[: cuts[0][0]])
    segment_path(root / "journal", cuts[1][1].seq).write_bytes(raw[cuts[1][0] :])


def all_segments_gone(root: Path) -> None:
    for path in segments(root):
        path.unlink()


def journal_folder_gone(root: Path) -> None:
    shutil.rmtree(root / "journal")


def journal_of_yesterday(root: Path) -> None:
    """A restore of a copy that is older than the database."""
    path = segments(root)[-1]
    found = [at for at, item in scan(path.read_bytes()) if isinstance(item, Frame)]
    path.write_bytes(path.read_bytes()[: found[-20]])


def snapshots_gone_and_damaged(root: Path) -> None:
    first, second, _ = FoldSnapshot.objects.order_by("mine__code")
    first.delete()
    blob = bytearray(second.blob)
    blob[len(blob) // 2] ^= 1
    FoldSnapshot.objects.filter(pk=second.pk).update(blob=bytes(blob))


def parts_flipped_cut_and_deleted(root: Path) -> None:
    """One of each mine."""
    of_mine = {path.parent.parent.name: path for path in parts(root)}
    flipped, cut, deleted = (of_mine[code] for code in sorted(of_mine))
    flip(flipped)
    cut.write_bytes(cut.read_bytes()[:-64])
    deleted.unlink()


def list_of_parts_gone(root: Path) -> None:
    HistoryPart.objects.all().delete()


def torn_tail_and_flipped_bit(root: Path) -> None:
    flipped_bit_in_the_journal(root)
    torn_tail(root)


HARMS: tuple[tuple[tuple[Callable[[Path], None], ...], set[str]], ...] = (
    ((parts_flipped_cut_and_deleted,), {"history_damaged"}),
    ((list_of_parts_gone, snapshots_gone_and_damaged), {"snapshot_damaged"}),
    ((torn_tail_and_flipped_bit,), {"journal_gap", "journal_damaged"}),
    ((missing_segment,), {"journal_gap"}),
    ((journal_of_yesterday,), {"journal_gap"}),
    ((all_segments_gone,), {"journal_gap"}),
    ((journal_folder_gone,), {"journal_gap"}),
)
"""What is done in one round, and the kinds of incident that must be said then."""


def test_whatever_is_harmed_is_said_and_after_a_resend_nothing_is_lost_doubled_or_altered(process, mines, tmp_path):
    process.start()
    for mine in mines:
        mine.send(process.url, 8)
    process.settled()
    process.stop()
    for harms, kinds in HARMS:
        before = set(Incident.objects.values_list("pk", flat=True))
        process.start()
        for mine in mines:
            mine.send(process.url, 8)
        process.settled()
        process.kill()
        for harm in harms:
            harm(tmp_path)
        process.start()
        for mine in mines:
            mine.send(process.url, 3)
        process.settled(compared=True)
        for mine in mines:
            for number in mine.wanted():
                assert mine.post(process.url, number)
        process.settled()
        process.stop()
        said = set(Incident.objects.exclude(pk__in=before).values_list("kind", flat=True))
        assert (harms, said) == (harms, kinds)
        for mine in mines:
            assert (harms, counted(tmp_path, mine)) == (harms, NONE)
    _check_over_limits(mines)


def _check_over_limits(mines: list[Mine]) -> None:
    for mine in mines:
        begun = [number for number in range(mine.next) if number % 40 == 5]
        found = Episode.objects.filter(mine__code=mine.code, withdrawn=False)
        assert found.count() == len(set(found.values_list("started_at", flat=True))) == len(begun)


def test_kill_9_again_and_again_under_steady_posting(process, mines, tmp_path):
    over = threading.Event()

    def steadily(mine: Mine) -> None:
        while not over.is_set():
            if mine.post(process.url, mine.next):
                mine.next += 1
            else:
                over.wait(0.05)

    process.start()
    senders = [threading.Thread(target=steadily, args=(mine,), daemon=True) for mine in mines]
    for sender in senders:
        sender.start()
    dice = random.Random(8)
    for _ in range(KILLS):
        over.wait(dice.uniform(0.1, 0.8))
        process.kill()
        process.start()
    over.set()
    for sender in senders:
        sender.join(timeout=30)
    process.settled()
    process.stop()
    assert min(len(mine.acknowledged) for mine in mines) > KILLS
    for mine in mines:
        assert mine.wanted() == []
        assert counted(tmp_path, mine) == NONE
    assert not Incident.objects.exists()
