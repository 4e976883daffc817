"""How far the standby is behind, and whether it has taken over: for the supervisor, `kuangan doctor` and 运行状态."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from kuangan.base import clock
from kuangan.base.files import replace_file
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart
from kuangan.host.machine.result import CheckResult, fault, good, unknown, warning
from kuangan.host.standby.place import NOTE, VARIABLE, fence_of, refuse_fenced, standby_folder
from kuangan.host.supervisor import OWN_NAME, Supervisor
from kuangan.host.troubles import Trouble

LATE = timedelta(minutes=10)
"""A standby that is further behind is told of; *assumed*: no law names a figure."""
KEY = ("standby_late", "standby")
NAME = "备机"


@dataclass(frozen=True)
class StandbyLag:
    """``marked_at``: the moment up to which the standby has everything; ``fault``: why it does not get on (Chinese)."""

    marked_at: str
    seconds: float
    fault: str = ""


def note(folder: DataFolder, following: StandbyLag) -> None:
    replace_file(folder.run / NOTE, json.dumps(asdict(following), ensure_ascii=False).encode())


def noted(folder: DataFolder) -> StandbyLag | None:
    """What was noted last; None for nothing readable."""
    try:
        return StandbyLag(**json.loads((folder.run / NOTE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def standby_lag(folder: DataFolder) -> CheckResult:
    """How far behind it is."""
    try:
        place = standby_folder(folder)
    except CannotStart as error:
        return fault(NAME, "设置不对", str(error))
    if place is None:
        return unknown(
            NAME, f"没有用 {VARIABLE} 指定备机", "本机损坏时只能从最近的备份恢复；见 docs/how-to/standby.md。"
        )
    if fence_of(place):
        return fault(NAME, f"{place} 已接管", "本机不得再运行，请停止本机并使用备机。")
    following = noted(folder)
    remedy = "请检查备机文件夹是否已挂载、可写，以及 logs 中的 standby.log。"
    if following is None or not following.marked_at:
        return warning(NAME, f"{place} 尚未完成首次复制", (following.fault if following else "") or remedy)
    behind = clock.wall_now() - datetime.fromisoformat(following.marked_at)
    text = f"{place}，落后 {behind.total_seconds():.0f} 秒"
    if behind > LATE or following.fault:
        return warning(NAME, text, following.fault or remedy)
    return good(NAME, text)


class StandbyWatch:
    """Stops the platform when the standby has taken over; says when the standby is too far behind."""

    def __init__(self, folder: DataFolder, supervisor: Supervisor) -> None:
        self._folder = folder
        self._supervisor = supervisor
        self._began = clock.wall_now()

    def look(self) -> None:
        try:
            refuse_fenced(self._folder)
        except CannotStart as fenced:
            self._supervisor.console.line(OWN_NAME, str(fenced))
            self._supervisor.stopping = True
            return
        following = noted(self._folder)
        marked = datetime.fromisoformat(following.marked_at) if following and following.marked_at else self._began
        late, told = clock.wall_now() - max(marked, self._began) > LATE, KEY in self._supervisor.spool.open
        if late and not told:
            result = standby_lag(self._folder)
            self._supervisor.spool.say(Trouble(*KEY, f"备机 {result.text}。{result.remedy}", call=True))
        elif told and not late:
            self._supervisor.spool.say(Trouble(*KEY, over=True))
