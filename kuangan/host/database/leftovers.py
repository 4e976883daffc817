"""What an earlier run left of a cluster's server: a running orphan, dying processes, a stale pid file.

The pid file is judged by what the process with that number shows, never by the number alone, and only processes of
this cluster are ever signalled: a server names the cluster on its command line and works in the cluster's folder.
"""

import contextlib
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import psutil

from kuangan.base.files import replace_file
from kuangan.host.database.cluster import Cluster
from kuangan.host.processes import is_same, process, started_at, wait_until, working_in

PID_FILE = "postmaster.pid"
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT


class ServerInUse(RuntimeError):
    """Another living kuangan process runs this cluster's server."""


@dataclass(frozen=True)
class ServerKeeper:
    """The process that started the server and will stop it."""

    pid: int
    start: float

    def lives(self) -> bool:
        """Whether that process still runs."""
        return is_same(self.pid, self.start)


def note_keeper(cluster: Cluster) -> None:
    """Write down that this process keeps the server."""
    noted = {"pid": os.getpid(), "start": started_at(os.getpid())}
    replace_file(_keeper_note(cluster), json.dumps(noted).encode())


def keeper(cluster: Cluster) -> ServerKeeper | None:
    """Who keeps the server, by the note of the last start; None without a readable note."""
    try:
        noted = json.loads(_keeper_note(cluster).read_text())
        return ServerKeeper(int(noted["pid"]), float(noted["start"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _keeper_note(cluster: Cluster) -> Path:
    return cluster.data.run / "postgres.json"


def server_of(cluster: Cluster) -> psutil.Process | None:
    """The living server whose number stands in the pid file, when its command line names this cluster."""
    server = process(pid_in_file(cluster) or 0)
    return server if server is not None and _serves(server, cluster) else None


def pid_in_file(cluster: Cluster) -> int | None:
    """The number in the cluster's pid file, None without a readable one."""
    try:
        return int((cluster.place / PID_FILE).read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _serves(server: psutil.Process, cluster: Cluster) -> bool:
    with contextlib.suppress(psutil.Error):
        line = server.cmdline()
        return bool(line) and Path(line[0]).name == "postgres" and str(cluster.place) in line
    return False


def clear_leftovers(cluster: Cluster) -> None:
    """Leave the cluster free to start. Raises ServerInUse when a living kuangan keeps it, RuntimeError when it can't.

    An orphan is stopped as for a normal end. Processes that outlive a killed server end by themselves and are waited
    for. The pid file goes only when its number belongs to a foreign process; PostgreSQL judges every other one itself.
    """
    server = server_of(cluster)
    if server is not None:
        holder = keeper(cluster)
        if holder is not None and holder.lives() and holder.pid != os.getpid():
            raise ServerInUse(f"{cluster.place} 的数据库正由 kuangan 进程 {holder.pid} 使用；请等它结束，或先停止它")
        stop_server(server)
    if not wait_until(lambda: not any(working_in(cluster.place)), 5):
        for rest in working_in(cluster.place):
            with contextlib.suppress(psutil.Error):
                rest.send_signal(IMMEDIATE)
                rest.send_signal(signal.SIGCONT)  # a stopped process hears of its end only when it goes on
        if not wait_until(lambda: not any(working_in(cluster.place)), 5):
            raise RuntimeError(f"{cluster.place} 中仍有上次数据库的进程没有结束；请结束这些进程后再启动")
    noted = pid_in_file(cluster)
    if noted is not None and process(noted) is not None:
        (cluster.place / PID_FILE).unlink(missing_ok=True)


def stop_server(server: psutil.Process, patience: float = 10.0) -> None:
    """End a server: sessions are cut and data is flushed; after `patience` seconds without the flush."""
    for sign in (FAST, IMMEDIATE):
        with contextlib.suppress(psutil.NoSuchProcess):
            server.send_signal(sign)
            server.send_signal(signal.SIGCONT)
        if wait_until(lambda: process(server.pid) is None, patience):
            return
    raise RuntimeError(f"数据库进程 {server.pid} 没有按要求结束；请结束该进程后再启动")
