"""What the embedded PostgreSQL itself gives a standby: a base of all its files, then each record as it is written.

PostgreSQL's own `pg_basebackup` and `pg_receivewal`, through the socket. A slot keeps what was not received yet, up to
`max_slot_wal_keep_size`, so that a standby that is away never fills the first one's disk.
"""

import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import STANDBY_ROLE, DatabaseAddress, embedded_address
from kuangan.host.database.binaries import shipped_binaries
from kuangan.host.heartbeat import beat
from kuangan.host.processes import dies_with_parent

SLOT = "kuangan_standby"
RATE = "20M"
"""Bytes a second at which a base is read, so that alarms do not wait for the disk."""
PATIENCE = 60.0
"""Seconds until what was written must have been received."""


class StandbyFault(Exception):
    """The standby does not follow; the message is Chinese."""


@dataclass
class WalReceiver:
    """Receives into ``folder`` while it lives; start it again when it ended."""

    data: DataFolder
    folder: Path
    running: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> DatabaseAddress:
        return embedded_address(self.data, STANDBY_ROLE)

    def keep(self) -> None:
        """Start it unless it runs."""
        if self.running is not None and self.running.poll() is None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _ended(self._child("pg_receivewal", "--create-slot", "--if-not-exists", f"--slot={SLOT}"), "日志接收位置")
        self.running = self._child(
            "pg_receivewal", f"--directory={self.folder}", f"--slot={SLOT}", "--synchronous", "--no-loop"
        )

    def is_lost(self) -> bool:
        """Whether it was away too long: what it had not received is gone, and a new base is needed."""
        slots = self._asked("SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT])
        return bool(slots) and slots[0][0] == "lost"

    def drop_slot(self) -> None:
        """Let go of what the database keeps for it."""
        self.end()
        self._asked("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", [SLOT])

    def position(self) -> str:
        """A position of now with a record after it; returns when both were received. Raises StandbyFault."""
        note = "SELECT pg_logical_emit_message(false, 'kuangan', 'mark', true)::text"
        position, after = self._asked(note)[0][0], self._asked(note)[0][0]
        end = time.monotonic() + PATIENCE
        received = "SELECT restart_lsn >= %s::pg_lsn FROM pg_replication_slots WHERE slot_name = %s"
        while self._asked(received, [after, SLOT]) != [(True,)]:
            if time.monotonic() > end or self.running is None or self.running.poll() is not None:
                raise StandbyFault("数据库日志没有传到备机；请检查备机文件夹所在的磁盘、网络是否可用")
            beat()
            time.sleep(0.1)
        return str(position)

    def take_base(self, target: Path, *, at_once: bool) -> None:
        """All files of the database, while it works. Raises StandbyFault."""
        shutil.rmtree(target, ignore_errors=True)
        point = "fast" if at_once else "spread"
        options = ("--wal-method=none", f"--checkpoint={point}", f"--max-rate={RATE}")
        _ended(self._child("pg_basebackup", f"--pgdata={target}", *options), "数据库底本")

    def end(self) -> None:
        if self.running is not None:
            self.running.terminate()
            self.running.wait()
            self.running = None

    def _child(self, name: str, *options: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [str(shipped_binaries() / name), f"--dbname={self.address.url()}", "--no-password", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if name == "pg_basebackup" or "--create-slot" in options else None,
            preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 (the command has one thread)
        )

    def _asked(self, statement: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with psycopg.connect(self.address.url(), autocommit=True) as connection:
            return connection.execute(statement.encode(), values).fetchall()


def purge(folder: Path, base: Path) -> None:
    """Delete what was written before a base began; recovery starts with the file that its label names."""
    label = (base / "backup_label").read_text()
    first = label.split("(file ", 1)[1].split(")", 1)[0]
    for path in folder.iterdir():
        if path.name[:24] < first and path.name[:24].isalnum():
            path.unlink()


def _ended(child: "subprocess.Popen[bytes]", what: str) -> None:
    while child.poll() is None:
        beat()
        time.sleep(0.05)
    assert child.stderr is not None
    said = child.stderr.read().decode(errors="replace").strip()
    child.stderr.close()
    if child.returncode != 0:
        raise StandbyFault(f"{what}未能取得：{said.splitlines()[-1] if said else f'退出码 {child.returncode}'}")
