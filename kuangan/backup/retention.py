"""Which daily backups stay: all of some days, one a week of some weeks, one a month of some months (local values)."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kuangan.backup.keys import keys_path
from kuangan.backup.manifest import DRAFT, backups_in
from kuangan.base import clock
from kuangan.law.local import local_span

KIND = "daily"


def remove_old(place: Path, today: date) -> list[Path]:
    """Delete the daily backups whose term is over, with their keys; which."""
    dates = {
        folder: clock.civil_date(manifest.began) for folder, manifest in backups_in(place) if manifest.kind == KIND
    }
    over = [folder for folder, keep in zip(dates, kept_of(list(dates.values()), today), strict=True) if not keep]
    for folder in over:
        remove(folder)
        keys_path(place, folder.name).unlink(missing_ok=True)
    return over


def remove(folder: Path) -> None:
    """Delete a backup. Half deleted it bears no name any more, and goes with the next one."""
    gone = folder.with_name(f"{DRAFT}{folder.name}")
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def kept_of(dates: Sequence[date], today: date) -> list[bool]:
    """Of backups of these days, in their order, which stay: the newest always, and the last of each period within its span."""
    since = {key: local_span(f"retention.backup_{key}", today).before(today) for key in ("days", "weeks", "months")}
    kept = [on > since["days"] for on in dates]
    seen: set[tuple[str, tuple[int, int]]] = set()
    for at, on in reversed(list(enumerate(dates))):
        for key, period in (("weeks", on.isocalendar()[:2]), ("months", (on.year, on.month))):
            if on > since[key] and (key, period) not in seen:
                seen.add((key, period))
                kept[at] = True
    return [*kept[:-1], True] if kept else []
