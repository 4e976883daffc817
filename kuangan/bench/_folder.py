"""`kuangan bench ingest --folder N`: N small files in the watched folders at once, and uploads at the door meanwhile."""

import json
import time
from pathlib import Path
from typing import Any, Final

from kuangan.bench._http import DRAIN_SECONDS, health, settled
from kuangan.bench._platform import call_function, child, cpu_seconds, platform, wait_for
from kuangan.bench._sensor_feed import bench_mine, next_file
from kuangan.bench.latency import QUIET, Mines
from kuangan.host.ports import chosen_port
from kuangan.monitor.times import beijing_text

POINTS: Final = 20
TARGET_FILES_PER_S: Final = 1000
EVERY: Final = 5
"""Seconds between the moments of two files of a mine: 100,000 of them are not older than what may still be sent."""
KNOCK_EVERY: Final = 0.1


def measure(files: int, mines: int, points: int) -> dict[str, Any]:
    """Lay files into the folders of `mines` mines and wait until all are in the database; ok: 1,000 files a second.

    door_ms: from sending to the acknowledgement of one upload every 0.1 s, by a mine whose folder is empty.
    """
    with platform() as environ:
        root = Path(environ["KUANGAN_DATA"])
        call_function(environ, "kuangan.bench._mines", "make", str(mines + 1), str(points), str(root / "tokens.json"))
        port = chosen_port("127.0.0.1", 0, "")
        url = f"http://127.0.0.1:{port}"
        with child(environ, "ingest", "--port", str(port)) as service:
            wait_for(lambda: health(url) is not None, 120, "接入进程启动")
            door = Mines(port, json.loads((root / "tokens.json").read_text()), points)
            door.send_all()  # layouts learnt, code compiled
            wait_for(lambda: settled(url), DRAIN_SECONDS, "入库")
            drafts = _drafts(root / "drafts", files, mines, points)
            before, used = _written(url), cpu_seconds(service.pid)
            begun = time.perf_counter()
            _lay(drafts, root / "inbox")
            delays = _knock_until_written(door, url, before + files)
            wait_for(lambda: _written(url) >= before + files + len(delays), DRAIN_SECONDS, "入库")
            whole = time.perf_counter() - begun
            used = cpu_seconds(service.pid) - used
    return {
        "ok": files / whole >= TARGET_FILES_PER_S,
        "files_per_s": round(files / whole),
        "files": files,
        "seconds_until_written": round(whole, 2),
        "door_ms_p50": round(delays[len(delays) // 2], 1),
        "door_ms_longest": round(delays[-1], 1),
        "service_cpu_seconds": round(used, 2),
        "mines": mines,
        "points": points,
    }


def _drafts(place: Path, files: int, mines: int, points: int) -> list[Path]:
    """The files, each complete in the folder of its mine below `place`; the newest of a mine is of now."""
    sources = [bench_mine(number, points) for number in range(mines)]
    first = int(time.time()) - -(-files // mines) * EVERY
    for source in sources:
        (place / source.code).mkdir(parents=True)
    drafts = []
    for number in range(files):
        source, at = sources[number % mines], first + number // mines * EVERY
        stamp = "".join(sign for sign in beijing_text(at) if sign.isdigit())
        draft = place / source.code / f"{source.code}_CDSS_{stamp}.txt"
        draft.write_bytes(next_file(source, at))
        drafts.append(draft)
    return drafts


def _lay(drafts: list[Path], inbox: Path) -> None:
    for code in {draft.parent.name for draft in drafts}:
        (inbox / code).mkdir(exist_ok=True)
    for draft in drafts:
        draft.rename(inbox / draft.parent.name / draft.name)


def _knock_until_written(door: Mines, url: str, seq: int) -> list[float]:
    """Upload one file after the other until number `seq` is written; milliseconds of each, ascending."""
    delays: list[float] = []
    while _written(url) < seq:
        begun = time.perf_counter()
        door.send(door.codes[-1], QUIET)
        delays.append(1000 * (time.perf_counter() - begun))
        time.sleep(KNOCK_EVERY)
    return sorted(delays)


def _written(url: str) -> int:
    state = health(url)
    return state["written_seq"] if state else 0
