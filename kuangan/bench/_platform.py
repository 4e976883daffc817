"""A throw-away platform for measurements: its own data folder and embedded PostgreSQL, its processes as children."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kuangan.host.data_folder import DataFolder, data_folder
from kuangan.host.database.postgres import running_server

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@contextmanager
def platform() -> Iterator[dict[str, str]]:
    """The environment of commands on a fresh, migrated database; everything is removed at the end.

    The database is as durable as in the field. Compiled code is shared with the caller's data folder.
    """
    with tempfile.TemporaryDirectory(prefix="kuangan-bench-") as place:
        Path(place).chmod(0o711)
        root = Path(place) / "data"
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
        environ |= {"KUANGAN_DATA": str(root), "DJANGO_SETTINGS_MODULE": "kuangan.site.settings"}
        environ.setdefault("NUMBA_CACHE_DIR", str(data_folder().root / "numba"))
        with running_server(DataFolder(root)):
            call(environ, "migrate")
            yield environ


def command(*arguments: str) -> list[str]:
    """`kuangan …` of this installation."""
    return [sys.executable, "-c", "import sys; from kuangan.cli.main import main; sys.exit(main())", *arguments]


def call(environ: Mapping[str, str], *arguments: str) -> None:
    """Run a command to its end. Raises CalledProcessError."""
    subprocess.run(command(*arguments), env=dict(environ), check=True, stdout=subprocess.DEVNULL)


def call_function(environ: Mapping[str, str], module: str, function: str, *arguments: str) -> str:
    """Run `module.function(*arguments)` with Django in a child; what it printed. Raises CalledProcessError."""
    code = f"import sys, django; django.setup(); import {module} as m; m.{function}(*sys.argv[1:])"
    child = [sys.executable, "-c", code, *arguments]
    return subprocess.run(child, env=dict(environ), check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def child(environ: Mapping[str, str], *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A command that runs until the block ends."""
    process = subprocess.Popen(command(*arguments), env=dict(environ))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a running process has used, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def wait_for(condition: Callable[[], bool], patience: float, what: str) -> None:
    """Wait until something holds. Raises TimeoutError naming it."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {patience:.0f} s; see the output above")
        time.sleep(0.02)
