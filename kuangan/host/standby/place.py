"""The folder of a standby: `KUANGAN_STANDBY_DIR`, on another machine or at least another disk, mounted here.

``data/``: the files of the data folder. ``base-…/``: the database as it was; ``wal-…/``: what it wrote since. ``mark.json``
says up to where all of it is one whole. ``promoted.json`` is the fence: from then on the first platform may not work.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kuangan.base import clock
from kuangan.base.files import replace_file
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart

VARIABLE = "KUANGAN_STANDBY_DIR"
MARK, FENCE, FILES = "mark.json", "promoted.json", "data"
NOTE = "standby.json"
"""In `run` of the first: how the following goes."""


@dataclass(frozen=True)
class StandbyMark:
    """A moment up to which the copy is whole. ``at``: by the machine's clock; ``lsn``: the database's position.

    ``manifest``: signed, as a backup's. ``origin``: the key of the data folder that is followed.
    """

    at: str
    lsn: str
    base: str
    wal: str
    origin: str
    manifest: dict[str, Any]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def standby_folder(folder: DataFolder, environ: Mapping[str, str] | None = None) -> Path | None:
    """The folder that follows this platform; None: there is none. Raises CannotStart for one inside the data folder."""
    named = (os.environ if environ is None else environ).get(VARIABLE)
    if not named:
        return None
    place = Path(named).expanduser().resolve()
    if place == folder.root or folder.root in place.parents:
        raise CannotStart(
            f"备机文件夹 {place} 在数据文件夹之内；请用 {VARIABLE} 指定另一台机器或者另一块磁盘上的文件夹"
        )
    return place


def read_mark(place: Path) -> StandbyMark | None:
    """The last mark; None while there is none. Raises CannotStart for a damaged one."""
    try:
        return StandbyMark(**json.loads((place / MARK).read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise CannotStart(f"{place / MARK} 不能读取（{error}）；请改用最近的备份恢复") from None


def write_mark(place: Path, mark: StandbyMark) -> None:
    replace_file(place / MARK, json.dumps(asdict(mark), ensure_ascii=False).encode())


def fence_of(place: Path) -> dict[str, str]:
    """What the fence says; empty while none stands."""
    try:
        told: dict[str, str] = json.loads((place / FENCE).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return {"folder": "", "at": ""}
    return told


def _when(at: str) -> str:
    """The moment of a fence in words; nothing for one that cannot be read."""
    return f"于 {clock.civil(datetime.fromisoformat(at)):%Y-%m-%d %H:%M} " if at else ""


def raise_fence(place: Path, folder: Path) -> None:
    """From now on only the platform in ``folder`` may work."""
    told = {"folder": str(folder), "at": clock.wall_now().isoformat()}
    replace_file(place / FENCE, json.dumps(told).encode())


def refuse_fenced(folder: DataFolder, environ: Mapping[str, str] | None = None) -> None:
    """Raise CannotStart when the standby has taken over."""
    place = standby_folder(folder, environ)
    fence = fence_of(place) if place else {}
    if fence:
        raise CannotStart(
            f"备机已{_when(fence['at'])}接管（数据文件夹 {fence['folder']}），本机不得再启动：两处同时运行，数据将分叉且不能合并。"
            f"请继续使用备机；本机改作备机时清空数据文件夹，并改用新的 {VARIABLE}"
        )
