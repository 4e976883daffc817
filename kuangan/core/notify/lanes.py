"""What is on its way: each gateway has its own threads, few of them, so that one that hangs keeps nobody but itself.

Threads touch no database: they are given all they need, and what came of it is stored by the process's own thread.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

from kuangan.core.notify.outcome import Arrived, Failed, Pending, Sent

log = logging.getLogger("kuangan.sweep")
Outcome = Sent | Failed | Arrived | Pending
AT_ONCE: Final = 6
"""Messages on their way through one gateway."""
GIVEN_UP_S: Final = 40.0
"""After so long nobody waits for an outcome any more; less than the lease of a message."""
Lane = int
"""The key of a gateway; 0 is the gateway of the environment."""


@dataclass
class Flight:
    """One call on its way. ``receipt``: it asks whether the message arrived."""

    delivery_id: int
    lane: Lane
    receipt: bool
    began: float
    outcome: Outcome | None = None

    @property
    def pk(self) -> int:
        """What the flight is known by when it has to rest."""
        return self.delivery_id


class Lanes:
    """The calls that this process has on their way."""

    def __init__(self) -> None:
        self._flights: dict[int, Flight] = {}
        self._hanging: list[Flight] = []
        self._landed = Event()

    def start(self, lane: Lane, delivery_id: int, work: Callable[[], Outcome], *, receipt: bool = False) -> None:
        """Begin a call in a thread of its own."""
        flight = Flight(delivery_id, lane, receipt, time.monotonic())
        self._flights[delivery_id] = flight

        def carry() -> None:
            try:
                outcome = work()
            except Exception:
                log.exception("a gateway failed on message %d", delivery_id)
                outcome = Failed("发送时程序出错，已记入运行日志，请联系系统管理员。")
            flight.outcome = outcome
            self._landed.set()

        Thread(target=carry, name=f"gateway {lane}", daemon=True).start()

    def landed(self) -> Iterator[Flight]:
        """Those that have an outcome, and those for which nobody waits any more; each once."""
        self._hanging = [flight for flight in self._hanging if flight.outcome is None]
        for flight in list(self._flights.values()):
            if flight.outcome is None and time.monotonic() - flight.began > GIVEN_UP_S:
                self._hanging.append(flight)
                given_up = Flight(flight.delivery_id, flight.lane, flight.receipt, flight.began)
                given_up.outcome = Pending() if flight.receipt else Failed("网关一直没有答复")
                del self._flights[flight.delivery_id]
                yield given_up
            elif flight.outcome is not None:
                del self._flights[flight.delivery_id]
                yield flight

    def is_full(self, lane: Lane, most: int = AT_ONCE) -> bool:
        """Whether no further call may begin; a call that was given up still holds its thread."""
        held = [*self._flights.values(), *self._hanging]
        return sum(flight.lane == lane for flight in held) >= most

    def __contains__(self, delivery_id: int) -> bool:
        return delivery_id in self._flights

    def __len__(self) -> int:
        return len(self._flights)

    def wait(self, seconds: float) -> None:
        """Until everything has landed, at most so long."""
        end = time.monotonic() + seconds
        while any(flight.outcome is None for flight in self._flights.values()):
            self._landed.clear()
            if any(flight.outcome is None for flight in self._flights.values()):
                left = end - time.monotonic()
                if left <= 0 or not self._landed.wait(left):
                    return
