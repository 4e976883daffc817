"""Whose clock is wrong: one mine's, or ours? Many mines that are off by the same amount at the same time are right."""

import time
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from kuangan.base import clock
from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.models import Incident

MOVED: Final = "clock_moved"
RECENT: Final = 300
"""Seconds: the newest file of a mine counts for so long."""
LIKE: Final = 600
"""Seconds by which mines may differ and still be off by the same amount."""
MINES: Final = 3
"""Fewer mines than this say nothing about our clock."""
STEADY_FOR: Final = 120
"""Seconds for which all mines must be behind by the same amount; a backlog after a broken line is caught up with."""
WRONG_AFTER: Final = 60
"""Seconds in which other mines can show that it is our clock which is wrong."""
LATE: Final = 1800
"""Seconds that a mine's newest data may be late, and for how long, before its supervisor is told."""
LATEST: Final = 86_400
"""More seconds than this are no delay but a wrong clock."""
STEP: Final = 60.0
"""Seconds by which a clock may leave the steady one between two looks; more is a step."""
HOLD_FOR: Final = 90.0
"""Seconds after a step in which the mines are heard again; until then no feed is called silent."""


@dataclass(frozen=True, slots=True)
class _Lead:
    seconds: int
    received_at: int


def common_lead(leads: list[int], of: int, tolerance: int) -> int | None:
    """The lead that at least MINES and more than half of `of` mines share, when it is beyond the tolerance."""
    off = [lead for lead in leads if abs(lead) > tolerance]
    if len(off) < MINES:
        return None
    middle = median(off)
    like = [lead for lead in off if abs(lead - middle) <= LIKE]
    return int(median(like)) if len(like) >= MINES and 2 * len(like) > of else None


class Steps:
    """Notices when a clock is set, by a clock that nobody can set."""

    def __init__(self, wall: float, steady: float) -> None:
        self._seen = (wall, steady)
        self.stepped_at = float("-inf")

    def look(self, wall: float, steady: float, rate: float = 1.0) -> float | None:
        """By how much the clock jumped since the last look; None: it did not. `rate`: how fast it is meant to run."""
        jumped = (wall - self._seen[0]) - (steady - self._seen[1]) * rate
        self._seen = (wall, steady)
        if abs(jumped) <= STEP * max(rate, 1.0):
            return None
        self.stepped_at = steady
        return jumped


class ClockWatch:
    """Compares the times of the files with their receipt. `tolerance`: seconds that are no fault. One thread uses it."""

    def __init__(self, tolerance: int) -> None:
        self._tolerance = tolerance
        self._leads: dict[str, _Lead] = {}
        self._off_since: tuple[int, int] | None = None
        self._heard_at = 0
        self._right: dict[str, int] = {}
        self._off: dict[str, int] = {}
        self._said: bool | None = None
        self._jumped: float | None = None
        self._wall = Steps(time.time(), time.monotonic())
        self._product = Steps(clock.now().timestamp(), time.monotonic())

    def heard(self, mine: str, file_at: int, received_at: int) -> None:
        """A file came with these times. One older than what came at the right time is sent again: it says nothing."""
        lead = file_at - received_at
        self._heard_at = received_at
        if abs(lead) <= self._tolerance:
            self._right[mine] = max(file_at, self._right.get(mine, file_at))
        elif -LATEST < lead < 0 and file_at <= self._right.get(mine, file_at - 1):
            return
        self._leads[mine] = _Lead(lead, received_at)
        if lead > self._tolerance or lead < -LATE:
            self._off.setdefault(mine, received_at)
        else:
            self._off.pop(mine, None)

    def wrong(self, at: int) -> dict[str, int]:
        """Mines that are off for so long that it is no passing delay, and by how much their newest file was."""
        leads = {mine: self._leads[mine].seconds for mine in self._off}
        return {
            mine: lead
            for mine, lead in leads.items()
            if at - self._off[mine] >= (LATE if -LATEST < lead < 0 else WRONG_AFTER)
        }

    def lead_of(self, mine: str) -> int | None:
        """By how much the newest file of a mine was ahead."""
        lead = self._leads.get(mine)
        return None if lead is None else lead.seconds

    def is_right(self, mine: str) -> bool:
        """Whether the newest file of a mine agrees with our clock."""
        lead = self._leads.get(mine)
        return lead is not None and abs(lead.seconds) <= self._tolerance

    def moved_by(self) -> int | None:
        """By how many seconds our clock is behind what the mines say (negative: ahead); None: it is right."""
        newest, lead = self._common()
        if lead is None or (self._off_since is not None and abs(lead - self._off_since[0]) > LIKE // 10):
            self._off_since = None
        if lead is None:
            return None
        if self._off_since is None:
            self._off_since = (lead, newest)
        steady = newest - self._off_since[1] >= STEADY_FOR
        return lead if lead > 0 or steady else None

    def look(self) -> None:
        """Compare the clocks, once a second, while the service runs."""
        steady = time.monotonic()
        self._product.look(clock.now().timestamp(), steady, clock.rate())
        self._jumped = self._wall.look(time.time(), steady) or self._jumped

    def is_unsure(self) -> bool:
        """Whether our clock is or just was wrong, so that nothing may be concluded from data that seem old."""
        newest = max(self._product.stepped_at, self._wall.stepped_at)
        return time.monotonic() - newest <= HOLD_FOR or self._common()[1] is not None

    def _common(self) -> tuple[int, int | None]:
        """When the newest file was received, and the lead that the mines share at that time."""
        newest = self._heard_at
        recent = [lead for lead in self._leads.values() if abs(newest - lead.received_at) <= RECENT]
        return newest, common_lead([lead.seconds for lead in recent], len(recent), self._tolerance)

    def tell(self, at: datetime) -> None:
        """Say that our clock is wrong or jumped; and that it is right again."""
        if self._jumped is not None:
            text = f"服务器时钟发生跳变约 {round(self._jumped):+d} 秒。请检查对时服务（NTP）；跳变前后的期限和中断判定请人工复核。"
            raise_incident(kind=MOVED, key="step", text=text, at=at)
            end_incident(kind=MOVED, key="step", at=at)
            self._jumped = None
        lead = self.moved_by()
        if self._said is None:
            self._said = Incident.objects.filter(kind=MOVED, key="platform", ended_at=None).exists()
        if lead is not None and not self._said:
            word = "慢" if lead > 0 else "快"
            text = (
                f"多数煤矿上传的数据时间与本服务器相差约 {abs(lead)} 秒，应是服务器时钟偏{word}。"
                "请立即校时；期间文件已保留，校时后自动判定。"
            )
            raise_incident(kind=MOVED, key="platform", text=text, call=True, at=at)
            self._said = True
        elif lead is None and self._said:
            end_incident(kind=MOVED, key="platform", at=at)
            self._said = False
