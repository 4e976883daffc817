"""`kuangan up`: the database, the migrations, the demonstration city and the long-running processes."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from kuangan.host import preflight
from kuangan.host.backup.daily import DailyBackup
from kuangan.host.backup.plan import backup_plan
from kuangan.host.child import Child
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import uses_embedded
from kuangan.host.database.cluster import prepare_roles
from kuangan.host.database.placement import SOCKET_FILE, socket_folder
from kuangan.host.database.postgres import Server, answers, launch
from kuangan.host.demo_file import read_demonstration
from kuangan.host.file_lock import file_lock
from kuangan.host.heartbeat import VARIABLE, FilePulse, SocketPulse
from kuangan.host.logs.console import Console
from kuangan.host.machine.notify import notify
from kuangan.host.ports import accepts, chosen_port, is_loopback
from kuangan.host.processes import dies_with_parent, wait_until, with_environment
from kuangan.host.standby.place import standby_folder
from kuangan.host.standby.watch import StandbyWatch
from kuangan.host.supervisor import OWN_NAME, Supervisor
from kuangan.host.watches import DiskWatch, LogWatch, RoundsWatch, note_ignored_clock

MARK = "KUANGAN_SUPERVISED_BY"
"""Stands in the environment of every child with the data folder's key, so that a later start finds leftovers."""

TERMS = {"web": 30.0, "ingest": 60.0, "sweep": 300.0, "emulate": 180.0, "standby": 300.0}
"""Seconds without a sign of life after which a process hangs: several times what its longest single step takes."""
SERVER_TERM = 30.0
"""The same for the embedded PostgreSQL, which is asked every two seconds."""


@dataclass(frozen=True)
class Wishes:
    """What the command line of `kuangan up` asks for; a port of 0 takes any free one."""

    host: str = "127.0.0.1"
    port: int = 8000
    ingest_port: int = 8001
    demo: bool = True
    speed: str = ""


def up(folder: DataFolder, wishes: Wishes) -> int:
    """Run everything until asked to end; the exit status.

    Raises HeldElsewhere when it already runs here, CannotStart or PortTaken for what a person must mend first.
    """
    preflight.make_folder(folder)
    with file_lock(folder.run / "up.lock", wait=False):
        os.environ["KUANGAN_DEMO"] = "1" if wishes.demo else "0"
        preflight.check(folder, demo=wishes.demo, compiled=compiled_folder(folder))
        end_leftovers(folder)
        port = chosen_port(wishes.host, wishes.port, "--port")
        ingest_port = chosen_port(wishes.host, wishes.ingest_port, "--ingest-port")
        return _run(folder, wishes, port, ingest_port)


def end_leftovers(folder: DataFolder) -> None:
    """End what an earlier supervisor of this folder left behind, children of children included."""
    leftovers = list(with_environment(MARK, folder.key))
    for process in leftovers:
        with contextlib.suppress(psutil.Error):
            process.kill()
    wait_until(lambda: not any(with_environment(MARK, folder.key)), 2)


def _run(folder: DataFolder, wishes: Wishes, port: int, ingest_port: int) -> int:
    environ = child_environment(folder, wishes, port, ingest_port)
    console = Console(folder.logs)
    database = EmbeddedDatabase(folder) if uses_embedded() else None
    server = Child("postgres", database.start, quiet=True, pulse=database.pulse) if database else None
    others = [watched_child(folder, command, environ) for command in commands(folder, wishes, port, ingest_port)]
    addresses = {"web": http_address(wishes.host, port), "ingest": http_address(wishes.host, ingest_port)}
    supervisor = Supervisor(server, others, console, folder.run / "status.json", addresses)
    watches = (
        DiskWatch(folder, supervisor),
        LogWatch(supervisor),
        RoundsWatch(folder, supervisor),
        DailyBackup(folder, backup_plan(folder), supervisor, environ),
        *((StandbyWatch(folder, supervisor),) if standby_folder(folder) else ()),
    )
    supervisor.chores = (*(watch.look for watch in watches), lambda: notify("WATCHDOG=1"))
    note_ignored_clock(supervisor)
    with supervisor.signals():
        try:
            ready = (database is None or supervisor.start_server(database.ready)) and prepare(
                supervisor, wishes, environ
            )
            if ready:
                supervisor.keep(until=lambda: accepts(wishes.host, port))
            if ready and not supervisor.stopping:
                console.plain(greeting(folder, wishes, port, ingest_port))
                notify("READY=1")
                supervisor.keep()
        finally:
            supervisor.end()
            console.close()
    return 0 if supervisor.stopping else 1


class EmbeddedDatabase:
    """The embedded server as a child of the supervisor."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.server: Server | None = None
        self.pulse = SocketPulse(Path(f"{socket_folder(folder)}{SOCKET_FILE}"), SERVER_TERM)

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, its log on a pipe."""
        self.server = launch(self.folder, output=subprocess.PIPE)
        return self.server.child

    def ready(self) -> bool:
        """Whether it takes connections; then its roles and database exist."""
        if self.server is None or not answers(self.server.cluster):
            return False
        prepare_roles(self.server.cluster)
        return True


def prepare(supervisor: Supervisor, wishes: Wishes, environ: Mapping[str, str]) -> bool:
    """Migrations, then the demonstration city where it is wanted; whether all of it went well."""
    for step in [("migrate",), *([("demo", "seed")] if wishes.demo else [])]:
        if supervisor.run_once(kuangan_child(step, environ)) != 0:
            if not supervisor.stopping:
                logs = supervisor.console.logs
                supervisor.console.line(OWN_NAME, f"kuangan {' '.join(step)} 未成功，已停止；原因见上，日志在 {logs}")
            return False
    return True


def watched_child(folder: DataFolder, command: tuple[str, ...], environ: Mapping[str, str]) -> Child:
    """A long-running child that gives signs of life."""
    name = command[0]
    pulse = FilePulse(folder.run / f"{name}.beat", TERMS[name])
    child = kuangan_child(command, {**environ, VARIABLE: str(pulse.place)})
    child.pulse = pulse
    return child


def kuangan_child(command: tuple[str, ...], environ: Mapping[str, str]) -> Child:
    """A child that runs `kuangan <command>`; it dies with the supervisor."""
    name = command[0]

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "kuangan.cli.main", *command],
            env={**environ, "KUANGAN_PROCESS": name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 (the supervisor has one thread)
        )

    return Child(name, start)


def child_environment(folder: DataFolder, wishes: Wishes, port: int, ingest_port: int) -> dict[str, str]:
    """Our environment, with what the children must agree on."""
    environment = dict(os.environ)
    environment["KUANGAN_DATA"] = str(folder.root)
    environment[MARK] = folder.key
    environment["PYTHONUNBUFFERED"] = "1"
    environment["KUANGAN_WEB_HOST"], environment["KUANGAN_WEB_PORT"] = wishes.host, str(port)
    environment["KUANGAN_INGEST_HOST"], environment["KUANGAN_INGEST_PORT"] = wishes.host, str(ingest_port)
    environment["NUMBA_CACHE_DIR"] = str(compiled_folder(folder))
    if is_loopback(wishes.host):
        environment.setdefault("KUANGAN_PLAIN_HTTP", "1")
    return environment


def compiled_folder(folder: DataFolder) -> Path:
    """Where compiled code is kept."""
    return Path(os.environ.get("NUMBA_CACHE_DIR") or folder.root / "numba")


def http_address(host: str, port: int) -> str:
    """The address of a listener as a browser takes it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def commands(folder: DataFolder, wishes: Wishes, port: int, ingest_port: int) -> list[tuple[str, ...]]:
    """The command line, without `kuangan`, of each long-running process."""
    started: list[tuple[str, ...]] = [
        ("web", "--host", wishes.host, "--port", str(port)),
        ("ingest", "--host", wishes.host, "--port", str(ingest_port)),
        ("sweep",),
    ]
    if standby_folder(folder) and uses_embedded():
        started.append(("standby", "follow"))
    if wishes.demo:
        reached = "127.0.0.1" if wishes.host in {"0.0.0.0", "::"} else wishes.host  # noqa: S104 (compared, not bound)
        url = f"{http_address(reached, ingest_port)}/api/feeds"
        started.append(("emulate", "--url", url, *(("--speed", wishes.speed) if wishes.speed else ())))
    return started


def greeting(folder: DataFolder, wishes: Wishes, port: int, ingest_port: int) -> str:
    """What the person at the console is told when everything runs."""
    lines = [
        "",
        f"  矿安{'演练系统' if folder.is_practice else ''}已启动，网页：{http_address(wishes.host, port)}",
        f"  数据接入：{http_address(wishes.host, ingest_port)}/api/feeds",
        *(
            demonstration_accounts(folder)
            if wishes.demo
            else ["  首次启用：见 docs/first-alarm.zh-CN.md（从零到第一个报警）"]
        ),
        "  按 Ctrl-C 停止",
        "",
    ]
    return "\n".join(lines)


def demonstration_accounts(folder: DataFolder) -> list[str]:
    """The accounts that the demonstration left in `demo.json`, one line each; none without the file."""
    try:
        accounts = read_demonstration(folder.root)
    except FileNotFoundError:
        return []
    lines = [
        f"    {account['username']:<24}{account['unit']} {account['title']} {account['name']}"
        for account in accounts["accounts"]
    ]
    return [f"  演示账号（密码均为 {accounts['password']}，动态口令显示在登录页）：", *lines]
