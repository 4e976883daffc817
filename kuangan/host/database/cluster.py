"""Making a PostgreSQL cluster: its folders, `initdb`, roles and database."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.accounts import Account, acting_as, ready_account
from kuangan.host.database.address import APP_ROLE, DATABASE_NAME, OWNER_ROLE, STANDBY_ROLE, DatabaseAddress
from kuangan.host.database.binaries import shipped_binaries, usable_binaries
from kuangan.host.database.ownership import hand_over, refuse_strange_files
from kuangan.host.database.peers import SUPERUSER, write_access_rules
from kuangan.host.database.placement import can_walk_to, cluster_folder, socket_folder
from kuangan.host.errors import CannotStart


@dataclass(frozen=True)
class Cluster:
    """One cluster: its places and the account it runs under."""

    data: DataFolder
    account: Account
    place: Path
    sockets: Path

    @property
    def binaries(self) -> Path:
        """The programs that run it."""
        return usable_binaries(self.account, shipped_binaries())

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


def planned_cluster(folder: DataFolder) -> Cluster:
    """The cluster of a data folder as it is to be; nothing of it is looked at or made yet but its account."""
    folder.make()
    return Cluster(folder, ready_account(), cluster_folder(folder), socket_folder(folder))


def cluster_of(folder: DataFolder) -> Cluster:
    """The cluster of a data folder, made (`initdb`) when it is not there yet. Call it under the start lock.

    Its access rules are written anew. Raises CannotStart for parts that belong to another account.
    """
    cluster = planned_cluster(folder)
    own_folder(cluster.place, cluster.account)
    own_folder(cluster.sockets, cluster.account)
    if not (cluster.place / "PG_VERSION").exists():
        _initialise(cluster)
    refuse_strange_files(cluster.place, cluster.account)
    write_access_rules(cluster.place, cluster.account)
    return cluster


def take_over(cluster: Cluster) -> None:
    """Give a cluster that an earlier version kept under a shared account to its own. No server may work in it."""
    for place in (cluster.place, cluster.sockets):
        hand_over(place, cluster.account)


def own_folder(place: Path, account: Account) -> None:
    """Make `place` a folder of `account` that nobody else can enter; refuse one that belongs to someone else."""
    if not place.exists():
        _open_folder(place.parent)
        place.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(place, account.uid, account.gid)
    status = place.lstat()
    if place.is_symlink() or status.st_uid != account.uid:
        raise CannotStart(
            f"{place} 属于账号 {status.st_uid}，而数据库以账号 {account.name}（{account.uid}）运行；"
            f"请移走该目录，或执行 chown -R {account.name}: {place} 后再启动"
        )
    place.chmod(0o700)
    if not can_walk_to(place, account):
        raise CannotStart(
            f"数据库的账号 {account.name} 无法进入 {place}；请给其上级目录加上通行权限（chmod o+x），或改用其他数据文件夹"
        )


def _open_folder(place: Path) -> None:
    """Make a folder with those above it, passable by every account whatever the umask is."""
    if not place.exists():
        _open_folder(place.parent)
        place.mkdir(exist_ok=True)
        place.chmod(0o711)


def _initialise(cluster: Cluster) -> None:
    """Run `initdb` beside the final place's content; a half-made cluster of an interrupted run is thrown away."""
    draft = cluster.place / "draft"
    if draft.exists():
        shutil.rmtree(draft)
    arguments = [
        *("--pgdata", str(draft), "--username", SUPERUSER, "--auth", "peer", "--encoding", "UTF8"),
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
        raise RuntimeError(f"数据库未能在 {cluster.place} 建立：{ended.stderr.strip()}")
    for part in sorted(draft.iterdir(), key=lambda part: part.name == "PG_VERSION"):
        part.rename(cluster.place / part.name)
    draft.rmdir()


ROLES = (
    (OWNER_ROLE, "CREATE ROLE kuangan_owner LOGIN CREATEDB"),
    (APP_ROLE, "CREATE ROLE kuangan_app LOGIN ROLE kuangan_owner"),
    (STANDBY_ROLE, "CREATE ROLE kuangan_standby LOGIN REPLICATION"),
)
"""The owner is a member of the application role, so that it may end that role's sessions when it drops a database."""


def prepare_roles(cluster: Cluster) -> None:
    """Make the roles and the database when they are missing. Harmless to repeat."""
    with acting_as(cluster.account):
        connection = psycopg.connect(cluster.superuser().url(), autocommit=True)
    with connection:
        for role, statement in ROLES:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                connection.execute(statement)
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone() is None:
            names = map(sql.Identifier, (DATABASE_NAME, OWNER_ROLE))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
