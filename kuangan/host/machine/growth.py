"""What the data folder takes of its disk, noted every few hours, and in how many days the disk will be full at that pace."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kuangan.base import space
from kuangan.base.files import replace_file
from kuangan.host.backup.plan import backup_plan
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import uses_embedded
from kuangan.host.database.placement import cluster_folder
from kuangan.host.errors import CannotStart

NOTES = "growth.jsonl"
"""Its name in the folder `run`; one note a line, the oldest first."""
PARTS = {
    "journal": "接收日志",
    "history": "监测历史",
    "content": "附件与文书",
    "database": "数据库",
    "backups": "备份",
    "logs": "运行日志",
}
"""What is measured, with its Chinese word; a part that is elsewhere or not there yet counts as nothing."""
MOST_NOTES = 400
DAY = 86400.0
LONGEST_SPAN = 30 * DAY
"""The pace is that of the last days only."""
SHORTEST_SPAN = DAY
"""Before a day has been seen no pace is told."""
SOON_DAYS = 30
"""From here on people are told."""
FAR_DAYS = 3650


@dataclass(frozen=True)
class SpaceNote:
    """One look at the disk: the moment (Unix seconds), bytes that may still be written, bytes of each part."""

    at: float
    room: int
    parts: Mapping[str, int]


@dataclass(frozen=True)
class SpaceForecast:
    """How long the disk lasts. ``days`` None: nothing grows, or it lasts more than ten years; ``daily``: bytes a day, by part."""

    days: int | None
    daily: Mapping[str, int]
    newest: SpaceNote

    @property
    def is_soon(self) -> bool:
        """Whether people must act now."""
        return self.days is not None and self.days < SOON_DAYS


def notes(folder: DataFolder) -> list[SpaceNote]:
    """The notes that can be read, the oldest first."""
    try:
        lines = (folder.run / NOTES).read_text().splitlines()
    except OSError:
        return []
    read = []
    for line in lines:
        try:
            read.append(SpaceNote(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return read


def take_note(folder: DataFolder, at: float | None = None) -> SpaceNote:
    """Measure the parts and add a note."""
    places = {part: folder.root / part for part in PARTS}
    places["database"] = cluster_folder(folder)
    places["backups"] = _backups(folder)
    if not uses_embedded():
        del places["database"]
    parts = {part: bytes_below(place) for part, place in places.items()}
    note = SpaceNote(time.time() if at is None else at, space.room(folder.root), parts)
    kept = [*notes(folder), note][-MOST_NOTES:]
    content = "".join(f"{json.dumps(asdict(noted))}\n" for noted in kept)
    replace_file(folder.run / NOTES, content.encode())
    return note


def _backups(folder: DataFolder) -> Path:
    """The folder of the backups where they share the disk; one on another disk takes nothing of this one."""
    inside = folder.root / "backups"
    try:
        place = backup_plan(folder).folder
        return place if place.stat().st_dev == folder.root.stat().st_dev else inside
    except (CannotStart, OSError):
        return inside


def bytes_below(place: Path) -> int:
    """Bytes of disk that everything below the folder takes, a file of several names once.

    What vanishes or may not be read meanwhile counts as nothing.
    """
    total, seen = 0, set[int]()
    for folder, _, names in os.walk(place):
        for name in names:
            try:
                status = os.lstat(os.path.join(folder, name))  # noqa: PTH118 (many thousand files)
            except OSError:
                continue
            if status.st_nlink > 1:
                if status.st_ino in seen:
                    continue
                seen.add(status.st_ino)
            total += status.st_blocks * 512
    return total


def forecast(folder: DataFolder) -> SpaceForecast | None:
    """How long the disk lasts at the pace of the last days; None before a day has been noted.

    The pace is the faster of two: what our parts grew, and what the disk lost to whatever program.
    """
    noted = notes(folder)
    if not noted:
        return None
    newest = noted[-1]
    oldest = next(note for note in noted if note.at >= newest.at - LONGEST_SPAN)
    span = newest.at - oldest.at
    if span < SHORTEST_SPAN:
        return None
    daily = {part: round((size - oldest.parts.get(part, 0)) * DAY / span) for part, size in newest.parts.items()}
    pace = max(sum(daily.values()), (oldest.room - newest.room) * DAY / span)
    left = max(newest.room - space.needed(_total(folder)), 0)
    days = int(left / pace) if pace > 0 else FAR_DAYS + 1
    return SpaceForecast(None if days > FAR_DAYS else days, daily, newest)


def _total(folder: DataFolder) -> int:
    disk = os.statvfs(folder.root)
    return disk.f_blocks * disk.f_frsize


def warning(folder: DataFolder, soon: SpaceForecast) -> str:
    """What is to be said of a disk that will be full soon: when, what grows most, what to do."""
    part, daily = max(soon.daily.items(), key=lambda item: item[1])
    return (
        f"数据文件夹 {folder.root} 所在磁盘按近日增长约 {soon.days} 天后写满，增长最快的是{PARTS[part]}（每天约 "
        f"{max(daily, 0) // space.MB} MB）。请扩大磁盘，或把较早的备份移到其他存储；写满后平台暂停接收文件。"
    )
