"""Where the embedded PostgreSQL's parts go, and under which account it runs.

PostgreSQL refuses to run as root. Started by root, kuangan runs it as an unprivileged account
(`KUANGAN_POSTGRES_USER`, default `nobody`); every other process stays as it was started. That account must be able
to walk to the cluster, the socket and the binaries. Folders above them may be closed to it (a home of root is), and
kuangan never opens a folder it did not make: the part is then placed under `/var/lib/kuangan/` or the system's
temporary folder instead. All places are a pure function of the data folder, so that every process finds them.
"""

import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kuangan.host.data_folder import DataFolder

SOCKET_FILE = "/.s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path that Linux accepts (`sun_path` less its closing zero)."""

ROOT_STORE = Path("/var/lib/kuangan")
"""Where root's clusters and binaries go when the account can't reach the data folder."""


@dataclass(frozen=True)
class Account:
    """The account PostgreSQL runs under."""

    uid: int
    gid: int
    name: str


def postgres_account() -> Account:
    """Our own account, or for root the unprivileged one. Raises LookupError when that does not exist."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), "")
    name = os.environ.get("KUANGAN_POSTGRES_USER") or "nobody"
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        msg = f"account {name!r} (KUANGAN_POSTGRES_USER) does not exist; name an unprivileged account"
        raise LookupError(msg) from None
    if entry.pw_uid == 0:
        msg = f"account {name!r} (KUANGAN_POSTGRES_USER) is root; PostgreSQL must run as an unprivileged account"
        raise LookupError(msg)
    return Account(entry.pw_uid, entry.pw_gid, name)


def can_walk_to(folder: Path, account: Account) -> bool:
    """Whether `account` can pass through `folder` and each folder above it, as far as they exist."""
    for place in (folder, *folder.parents):
        try:
            found = place.stat()
        except FileNotFoundError:
            continue
        if found.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
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
    return near if can_walk_to(folder.root, postgres_account()) else far


def socket_folder(folder: DataFolder) -> Path:
    """The folder of the server's socket: beside the cluster, or in the temporary folder when that path is too long."""
    near = cluster_folder(folder).parent / "pgsock"
    if len(os.fsencode(near)) + len(SOCKET_FILE) <= SOCKET_PATH_LIMIT:
        return near
    return Path(tempfile.gettempdir()).resolve() / f"kuangan-{folder.key}"
