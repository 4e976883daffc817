"""Where the embedded PostgreSQL's parts go.

Started by root, PostgreSQL runs under an account of its own (`accounts.py`). That account must be able to walk to the
cluster, the socket and the binaries. Folders above them may be closed to it (a home of root is), and
kuangan never opens a folder it did not make: the part is then placed under `/var/lib/kuangan/` or the system's
temporary folder instead. All places are a pure function of the data folder, so that every process finds them.
"""

import os
import stat
import tempfile
from pathlib import Path

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.accounts import Account, postgres_account_or_stranger

SOCKET_FILE = "/.s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path that Linux accepts (`sun_path` less its closing zero)."""

ROOT_STORE = Path("/var/lib/kuangan")
"""Where root's clusters and binaries go when the account can't reach the data folder."""


def can_walk_to(folder: Path, account: Account) -> bool:
    """Whether `account` can pass through `folder` and each folder above it, as far as they exist."""
    for place in (folder, *folder.parents):
        try:
            status = place.stat()
        except FileNotFoundError:
            continue
        if status.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif status.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return False
    return True


def cluster_folder(folder: DataFolder) -> Path:
    """The PostgreSQL data directory of this installation.

    One that exists stays where it is, whatever became of the folders above it: a changed mode must not make an
    empty second cluster.
    """
    near, far = folder.root / "postgres", ROOT_STORE / folder.key / "postgres"
    for place in (near, far):
        if place.exists():
            return place
    return near if can_walk_to(folder.root, postgres_account_or_stranger()) else far


def socket_folder(folder: DataFolder) -> Path:
    """The folder of the server's socket: beside the cluster, or in the temporary folder when that path is too long."""
    near = cluster_folder(folder).parent / "pgsock"
    if len(os.fsencode(near)) + len(SOCKET_FILE) <= SOCKET_PATH_LIMIT:
        return near
    return Path(tempfile.gettempdir()).resolve() / f"kuangan-{folder.key}"
