"""The daily backup as a chore of the supervisor: begun in its hour, followed to its end, told when it failed.

The supervisor knows no database; the command itself notes what it made. When it can't even do that, this tells.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from kuangan.base import clock
from kuangan.base.files import replace_file
from kuangan.host.backup.plan import BackupPlan
from kuangan.host.data_folder import DataFolder
from kuangan.host.processes import dies_with_parent
from kuangan.host.supervisor import OWN_NAME, Supervisor
from kuangan.host.troubles import Trouble

KEY = ("backup_failed", "backup")
NOTE = "backup.json"
"""In `run`: when the last daily backup was begun, so that a start knows which one it missed."""
SAID = "backup.out"
AGAIN = timedelta(hours=1)
"""After a failure."""
INCOMPLETE = 3
"""Exit status of a backup that was taken although something is missing; it notes and tells that itself."""


class DailyBackup:
    """See the module. `look` is called every few seconds by the supervisor's one thread."""

    def __init__(
        self, folder: DataFolder, plan: BackupPlan, supervisor: Supervisor, environ: Mapping[str, str]
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._supervisor = supervisor
        self._environ = {**environ, "KUANGAN_PROCESS": "backup"}
        self._running: subprocess.Popen[bytes] | None = None
        self._begun_at = self._last_begun()
        self._again_at: datetime | None = None

    def look(self) -> None:
        """Begin the backup when it is due; take its result when it has ended."""
        if self._running is not None:
            if self._running.poll() is not None:
                self._take_result(self._running.returncode)
        elif self._is_due(clock.wall_now()):
            self._begin()

    def _is_due(self, now: datetime) -> bool:
        due = self._plan.last_due(now)
        if due is None:
            return False
        return self._begun_at < due or (self._again_at is not None and now >= self._again_at)

    def _last_begun(self) -> datetime:
        """When the last one began; a folder that had none waits for its first night."""
        try:
            return datetime.fromisoformat(json.loads((self._folder.run / NOTE).read_bytes())["begun_at"])
        except (OSError, ValueError, KeyError, TypeError):
            now = clock.wall_now()
            self._note(now)
            return now

    def _note(self, begun_at: datetime) -> None:
        with suppress(OSError):
            replace_file(self._folder.run / NOTE, json.dumps({"begun_at": begun_at.isoformat()}).encode())

    def _begin(self) -> None:
        self._begun_at, self._again_at = clock.wall_now(), None
        self._note(self._begun_at)
        with (self._folder.run / SAID).open("wb") as said:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "kuangan.cli.main", "backup", "--daily"],
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 (the supervisor has one thread)
            )
        self._supervisor.console.line(OWN_NAME, "开始每日备份")

    def _take_result(self, status: int) -> None:
        self._running = None
        lines = [line for line in self._said().splitlines() if line.strip()]
        for line in lines:
            self._supervisor.console.line("backup", line)
        if status in (0, INCOMPLETE):
            if KEY in self._supervisor.spool.open:
                self._supervisor.spool.say(Trouble(*KEY, over=status == 0, text="" if status == 0 else lines[-1]))
            return
        self._again_at = clock.wall_now() + AGAIN
        text = lines[-1] if lines else f"每日备份异常退出（{status}）"
        self._supervisor.spool.say(Trouble(*KEY, f"{text}；一小时后再试。", call=True))

    def _said(self) -> str:
        try:
            return (self._folder.run / SAID).read_text("utf-8", errors="replace")
        except OSError:
            return ""
