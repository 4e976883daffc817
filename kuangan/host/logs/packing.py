"""Packs the logs of past days: `python -m kuangan.host.logs.packing FOLDER`, beside the supervisor, which never waits.

Also keeps the folder within the emergency bound, which is far above what a term of normal days takes.
"""

import gzip
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

DATED = re.compile(r".+-\d{4}-\d{2}-\d{2}(\.\d+)?\.log")
OLD = re.compile(r".+\.log\.\d+")
"""The name of a log that an earlier version put aside by size."""
MOST_BYTES = 4 << 30
"""Bytes of all logs at most, however long they are to be kept."""
DISK_SHARE = 10
"""And at most this part of the disk: one in so many."""


def pack(logs: Path) -> None:
    """Pack every log of a past day, each wholly before its original goes."""
    for place in sorted(logs.iterdir()):
        if DATED.fullmatch(place.name):
            packed, draft = place.with_name(f"{place.name}.gz"), place.with_name(f".{place.name}.draft")
            with place.open("rb") as source, gzip.open(draft, "wb", 6) as target:
                shutil.copyfileobj(source, target, 1 << 20)
            shutil.copystat(place, draft)
            draft.chmod(0o600)
            draft.rename(packed)
            place.unlink()


def past_logs(logs: Path) -> Iterator[Path]:
    """The files of past days, packed or not."""
    for place in logs.iterdir():
        if DATED.fullmatch(place.name.removesuffix(".gz")) or OLD.fullmatch(place.name):
            yield place


def cut(logs: Path, most: int | None = None) -> list[str]:
    """Delete the oldest past logs until all take at most ``most`` bytes; the names of those that went before their term."""
    most = min(MOST_BYTES, shutil.disk_usage(logs).total // DISK_SHARE) if most is None else most
    size = sum(place.stat().st_size for place in logs.iterdir() if place.is_file())
    gone: list[str] = []
    for place in sorted(past_logs(logs), key=lambda place: place.stat().st_mtime):
        if size <= most:
            break
        size -= place.stat().st_size
        place.unlink()
        gone.append(place.name)
    return gone


def main() -> int:
    """Pack, then cut; what had to go is printed, one name a line."""
    os.nice(10)
    logs = Path(sys.argv[1])
    pack(logs)
    print("\n".join(cut(logs)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
