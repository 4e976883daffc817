"""What the supervisor watches beside its children: room on the disk, the size of its logs, a clock that does not count."""

from kuangan.base import clock, space
from kuangan.host.data_folder import DataFolder
from kuangan.host.supervisor import OWN_NAME, Supervisor
from kuangan.host.troubles import Trouble

FULL = ("disk_full", "data")


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


def note_ignored_clock(supervisor: Supervisor) -> None:
    """Say that a moved clock lies in a folder of real work, where it does not count; and when it is gone."""
    key = ("clock_moved", "clock.json")
    if clock.clock_file().exists() and not clock.is_movable():
        text = f"{clock.clock_file()} 要求改动平台时间，本数据文件夹不是演示数据，已不予采用；请查明来源后删除该文件。"
        supervisor.console.line(OWN_NAME, text)
        supervisor.spool.say(Trouble(*key, text, call=True))
    else:
        supervisor.spool.say(Trouble(*key, over=True))
