"""When `kuangan up` backs the platform up, and where to: `KUANGAN_BACKUP_AT`, `KUANGAN_BACKUP_DIR`.

The default folder lies beside the data folder, so that deleting the one does not delete the other; that it lies on
another disk is for whoever runs the platform to see to.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from kuangan.base import clock
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart

AT = "02:30"
"""Beijing time of the daily backup: the night's work on history is done by then, and nobody waits at a screen."""
OFF = "off"


@dataclass(frozen=True)
class BackupPlan:
    """The folder of all backups, and the hour of the daily one; None: there is none."""

    folder: Path
    at: time | None

    def last_due(self, moment: datetime) -> datetime | None:
        """The last moment, up to this one, at which a daily backup was to begin."""
        return None if self.at is None else self._on_day(moment, self.at, 0)

    def next_due(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which a daily backup is to begin."""
        return None if self.at is None else self._on_day(moment, self.at, 1)

    @staticmethod
    def _on_day(moment: datetime, at: time, days: int) -> datetime:
        civil = clock.civil(moment)
        due = civil.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        return due + timedelta(days=days if due <= civil else days - 1)


def default_folder(data: Path) -> Path:
    """The folder of backups beside a data folder."""
    return data.with_name(f"{data.name}-backups")


def backup_plan(folder: DataFolder, environ: Mapping[str, str] | None = None) -> BackupPlan:
    """The plan of this installation. Raises CannotStart, in words, for an hour that is none or a folder that can't be."""
    env = os.environ if environ is None else environ
    named = env.get("KUANGAN_BACKUP_DIR") or default_folder(folder.root)
    place = Path(named).expanduser().resolve()
    if place == folder.root or folder.root in place.parents:
        raise CannotStart(
            f"备份文件夹 {place} 在数据文件夹之内，数据文件夹损坏时备份也会丢失；请用 KUANGAN_BACKUP_DIR 另行指定"
        )
    return BackupPlan(place, _hour(env.get("KUANGAN_BACKUP_AT") or AT))


def _hour(written: str) -> time | None:
    if written == OFF:
        return None
    try:
        return datetime.strptime(written, "%H:%M").time()  # noqa: DTZ007  (an hour of the day, no moment)
    except ValueError:
        raise CannotStart(f"KUANGAN_BACKUP_AT 应为时刻（如 {AT}）或 {OFF}（不自动备份），实为“{written}”") from None
