"""The embedded PostgreSQL server: start it, wait for it, stop it.

It runs as a child of the process that starts it and dies with it. It listens on a socket in a closed folder only,
never on TCP. Several processes may ask for it at once: one starts it, the others use it while that one lives.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import psycopg
from psycopg import pq

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import DatabaseAddress, embedded_address
from kuangan.host.database.cluster import Cluster, cluster_of, planned_cluster, prepare_roles, take_over
from kuangan.host.database.leftovers import FAST, IMMEDIATE, ServerInUse, clear_leftovers, note_keeper, pid_in_file
from kuangan.host.file_lock import file_lock
from kuangan.host.processes import dies_with_parent, wait_until

START_PATIENCE = 60.0
"""Seconds for a start, recovery after a crash included."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "max_slot_wal_keep_size": "4GB",
    "checkpoint_timeout": "10min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_min_messages": "warning",
}

THROW_AWAY = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "max_wal_size": "256MB",
}  # fmt: skip
"""For clusters of tests, which nobody needs after a power cut, and whose databases are dropped by an owner who may not
end an autovacuum worker."""


@dataclass
class Server:
    """A running server that this process started."""

    cluster: Cluster
    child: subprocess.Popen[bytes]

    def stop(self, patience: float = 10.0) -> None:
        """End it as quickly as is safe; after `patience` seconds without flushing, which the next start repairs."""
        for sign in (FAST, IMMEDIATE):
            if self.child.poll() is not None:
                return
            self.child.send_signal(sign)
            try:
                self.child.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()


def launch(folder: DataFolder, *, output: int | IO[bytes] | None = None, durable: bool = True) -> Server:
    """Start the folder's server without waiting for it; what an earlier run left is cleared first.

    `output` takes its log (default: `logs/postgres.log`). Raises ServerInUse when another kuangan keeps it.
    """
    with file_lock(folder.run / "postgres.lock"):
        planned = planned_cluster(folder)
        clear_leftovers(planned)
        take_over(planned)
        cluster = cluster_of(folder)
        note_keeper(cluster)
        settings = SETTINGS | {"unix_socket_directories": str(cluster.sockets)} | ({} if durable else THROW_AWAY)
        command = [str(cluster.binaries / "postgres"), "-D", str(cluster.place)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (folder.logs / "postgres.log").open("ab") if output is None else None
        try:
            child = subprocess.Popen(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output if log is None else log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent(FAST),  # noqa: PLW1509 (this process starts children from its only thread)
                user=cluster.uid,
                group=cluster.gid,
                extra_groups=cluster.groups,
            )
        finally:
            if log is not None:
                log.close()
        # the lock is kept until the server has taken the cluster: until then nobody could tell that it is alive
        wait_until(lambda: child.poll() is not None or pid_in_file(cluster) == child.pid, 10, every=0.01)
        return Server(cluster, child)


def answers(cluster: Cluster) -> bool:
    """Whether the server takes connections: not while it starts, recovers or stops."""
    return pq.PGconn.ping(cluster.superuser().url().encode()) == pq.Ping.OK


def wait_ready(server: Server, patience: float = START_PATIENCE) -> None:
    """Return when the server takes connections and has our roles and database. Raises RuntimeError when it does not."""
    end = time.monotonic() + patience
    while not answers(server.cluster):
        ended = server.child.poll()
        if ended is not None or time.monotonic() > end:
            why = f"启动后即退出（退出码 {ended}）" if ended is not None else f"{patience:.0f} 秒内没有应答"
            raise RuntimeError(f"数据库{why}；原因见 {server.cluster.data.logs} 中的 postgres.log")
        time.sleep(0.05)
    prepare_roles(server.cluster)


def start(folder: DataFolder, *, output: int | IO[bytes] | None = None, durable: bool = True) -> Server:
    """Start the folder's server and wait until it can be used."""
    server = launch(folder, output=output, durable=durable)
    try:
        wait_ready(server)
    except BaseException:
        server.stop()
        raise
    return server


def joined(folder: DataFolder) -> DatabaseAddress:
    """The address of the server that another process keeps, once it can be used. Raises RuntimeError when it can't."""
    address = embedded_address(folder)

    def usable() -> bool:
        try:
            psycopg.connect(address.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    if not wait_until(usable, START_PATIENCE):
        raise RuntimeError(f"{folder.root} 正在运行的数据库 {START_PATIENCE:.0f} 秒内没有应答；原因见其 postgres.log")
    return address


@contextmanager
def running_server(folder: DataFolder, *, durable: bool = True) -> Iterator[DatabaseAddress]:
    """The folder's server for the time of a command: the running one, or one started and stopped here."""
    try:
        server = start(folder, durable=durable)
    except ServerInUse:
        yield joined(folder)
        return
    try:
        yield embedded_address(folder)
    finally:
        server.stop()
