"""Making a PostgreSQL cluster: its folders, `initdb`, roles and database."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from kuangan.host.binaries import shipped_binaries, usable_binaries
from kuangan.host.data_folder import DataFolder
from kuangan.host.database_address import APP_ROLE, DATABASE_NAME, OWNER_ROLE, DatabaseAddress
from kuangan.host.placement import Account, can_walk_to, cluster_folder, postgres_account, socket_folder

SUPERUSER = "postgres"


@dataclass(frozen=True)
class Cluster:
    """One cluster: its places, the account it runs under and the programs that run it."""

    data: DataFolder
    account: Account
    binaries: Path
    place: Path
    sockets: Path

    def superuser(self, name: str = "postgres") -> DatabaseAddress:
        """The address for set-up work."""
        return DatabaseAddress(name=name, user=SUPERUSER, host=str(self.sockets))

    @property
    def uid(self) -> int | None:
        """The account a program of the cluster is to be switched to; None when we are that account already."""
        return self.account.uid if os.geteuid() == 0 else None

    @property
    def gid(self) -> int | None:
        """The group that goes with `uid`."""
        return self.account.gid if os.geteuid() == 0 else None

    @property
    def groups(self) -> list[int] | None:
        """The further groups that go with `uid`: none of root's."""
        return [] if os.geteuid() == 0 else None


def cluster_of(folder: DataFolder) -> Cluster:
    """The cluster of a data folder, made (`initdb`) when it is not there yet. Call it under the start lock."""
    folder.make()
    account = postgres_account()
    place = cluster_folder(folder)
    cluster = Cluster(folder, account, usable_binaries(account, shipped_binaries()), place, socket_folder(folder))
    own_folder(place, account)
    own_folder(cluster.sockets, account)
    if not (place / "PG_VERSION").exists():
        _initialise(cluster)
    return cluster


def own_folder(place: Path, account: Account) -> None:
    """Make `place` a folder of `account` that nobody else can enter; refuse one that belongs to someone else."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(place, account.uid, account.gid)
    found = place.lstat()
    if place.is_symlink() or found.st_uid != account.uid:
        msg = f"{place} belongs to account {found.st_uid}, PostgreSQL runs as {account.uid}: move it away or fix its owner"
        raise PermissionError(msg)
    place.chmod(0o700)
    if not can_walk_to(place, account):
        msg = f"PostgreSQL's account {account.name or account.uid} can't reach {place}: open a folder above it (o+x)"
        raise PermissionError(msg)


def _initialise(cluster: Cluster) -> None:
    """Run `initdb` beside the final place's content; a half-made cluster of an interrupted run is thrown away."""
    draft = cluster.place / "draft"
    if draft.exists():
        shutil.rmtree(draft)
    arguments = [
        *("--pgdata", str(draft), "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"),
        *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
    ]
    ended = subprocess.run(
        [str(cluster.binaries / "initdb"), *arguments],
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        user=cluster.uid,
        group=cluster.gid,
        extra_groups=cluster.groups,
    )
    if ended.returncode != 0:
        msg = f"PostgreSQL could not make its cluster in {cluster.place}: {ended.stderr.strip()}"
        raise RuntimeError(msg)
    for part in sorted(draft.iterdir(), key=lambda part: part.name == "PG_VERSION"):
        part.rename(cluster.place / part.name)
    draft.rmdir()


ROLES = (
    (OWNER_ROLE, "CREATE ROLE kuangan_owner LOGIN CREATEDB"),
    (APP_ROLE, "CREATE ROLE kuangan_app LOGIN ROLE kuangan_owner"),
)
"""The owner is a member of the application role, so that it may end that role's sessions when it drops a database."""


def prepare_roles(cluster: Cluster) -> None:
    """Make the two roles and the database when they are missing. Harmless to repeat."""
    with psycopg.connect(cluster.superuser().url(), autocommit=True) as connection:
        for role, statement in ROLES:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                connection.execute(statement)
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone() is None:
            names = map(sql.Identifier, (DATABASE_NAME, OWNER_ROLE))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
