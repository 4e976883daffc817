"""What the supervisor watches beside its children: room on the disk, the size of its logs, what ends slowly, a clock that does not count."""

import json
import subprocess
import sys
import time

from kuangan.base import clock, space
from kuangan.host.data_folder import DataFolder
from kuangan.host.supervisor import OWN_NAME, Supervisor
from kuangan.host.troubles import Trouble

FULL = ("disk_full", "data")
ROUNDS_AFTER = 300.0
"""Seconds after the start until the first look at what ends slowly: a start has better things to do."""
ROUNDS_EVERY = 6 * 3600.0


class DiskWatch:
    """Throws the ballast out when the disk runs short, says so once, and takes it in again when there is room."""

    def __init__(self, folder: DataFolder, supervisor: Supervisor) -> None:
        self.root = folder.root
        self.supervisor = supervisor

    def look(self) -> None:
        told = FULL in self.supervisor.spool.open
        if space.is_short(self.root):
            space.throw_out(self.root)
            if not told:
                text = space.shortage(self.root)
                self.supervisor.console.line(OWN_NAME, text)
                self.supervisor.spool.say(Trouble(*FULL, text, call=True))
        elif space.take_in(self.root) and told:
            self.supervisor.console.line(OWN_NAME, "磁盘空间已恢复，继续接收文件")
            self.supervisor.spool.say(Trouble(*FULL, over=True))


class LogWatch:
    """Says when logs had to be deleted before their term."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        supervisor.console.told_cut = self._tell
        supervisor.console.pack()

    def look(self) -> None:
        """Take the packing that has ended."""
        self.supervisor.console.reap()

    def _tell(self, gone: list[str]) -> None:
        text = (
            f"运行日志超过上限，为保证平台运行已提前删除最早的 {len(gone)} 个日志文件（{gone[0]} 至 {gone[-1]}）；"
            "请查明日志过多的原因，或扩大磁盘。"
        )
        self.supervisor.console.line(OWN_NAME, text)
        self.supervisor.spool.say(Trouble("logs_cut", gone[-1], text))
        self.supervisor.spool.say(Trouble("logs_cut", gone[-1], over=True))


class RoundsWatch:
    """Has the disk's pace and the certificate's end looked at every few hours, and says what is to be said once."""

    def __init__(self, folder: DataFolder, supervisor: Supervisor) -> None:
        self.root = folder.root
        self.supervisor = supervisor
        self._due = time.monotonic() + ROUNDS_AFTER
        self._looking: subprocess.Popen[str] | None = None
        self._told: dict[str, bool] = {}

    def look(self) -> None:
        """Take the look that has ended, begin the next when it is due; never waits."""
        if self._looking is not None and self._looking.poll() is not None:
            said, self._looking = self._looking.communicate()[0], None
            for line in said.splitlines():
                self._pass_on(Trouble(**json.loads(line)))
        if self._looking is None and time.monotonic() >= self._due:
            self._due = time.monotonic() + ROUNDS_EVERY
            command = [sys.executable, "-m", "kuangan.host.machine.rounds", str(self.root)]
            self._looking = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )

    def _pass_on(self, trouble: Trouble) -> None:
        if self._told.get(trouble.kind) != trouble.over:
            self._told[trouble.kind] = trouble.over
            if not trouble.over:
                self.supervisor.console.line(OWN_NAME, trouble.text)
            self.supervisor.spool.say(trouble)


def note_ignored_clock(supervisor: Supervisor) -> None:
    """Say that a moved clock lies in a folder of real work, where it does not count; and when it is gone."""
    key = ("clock_moved", "clock.json")
    if clock.clock_file().exists() and not clock.is_movable():
        text = f"{clock.clock_file()} 要求改动平台时间，本数据文件夹不是演示数据，已不予采用；请查明来源后删除该文件。"
        supervisor.console.line(OWN_NAME, text)
        supervisor.spool.say(Trouble(*key, text, call=True))
    else:
        supervisor.spool.say(Trouble(*key, over=True))
