"""Where the demonstration's history is played: steps in the order of their moments, each under the moved clock.

What happens is real: files go through journal, parser and fold; the sweep reacts; people make moves through `flow.act`.
"""

import heapq
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.actions import create_user, save_attachment
from kuangan.core.models import Tenure, User
from kuangan.emulate.plan.plan import MinePlan
from kuangan.emulate.sensors.declaring import Declaring
from kuangan.emulate.sensors.feed import pressure
from kuangan.emulate.sensors.incidents import Incident
from kuangan.emulate.sensors.machine import MineMachine
from kuangan.emulate.sensors.wire import File, declarations, snapshot
from kuangan.emulate.story.evidence import document
from kuangan.emulate.story.signing import Phones
from kuangan.flow.act import advance
from kuangan.flow.replay.intake import ReplayIntake
from kuangan.flow.sweep import sweep_once
from kuangan.law.role import Role
from kuangan.mine.models import Mine

TICK: Final = timedelta(seconds=30)
BUSY_CHUNK: Final = timedelta(minutes=1)
QUIET_CHUNK: Final = timedelta(minutes=10)
"""While nothing is expected, files are taken in chunks of this length."""


class StoryMine:
    """A mine of the story with its machine. ``failing``: whether its interlocks do not work; ``silent``: it declares nothing."""

    def __init__(
        self, plan: MinePlan, start: datetime, seed: int, *, failing: bool = False, silent: bool = False
    ) -> None:
        self.plan = plan
        self.row = Mine.objects.select_related("unit").get(code=plan.code)
        self.machine = MineMachine(plan, start, seed, failing=float(failing))
        self.declaring = Declaring(self.machine, seed, silent=float(silent))
        self.newest = start
        """When it sent last."""

    def files(self, at: datetime) -> list[File]:
        """What it sends at a moment."""
        self.newest = at
        tick = self.machine.tick(at, pressure(at))
        alarms = self.declaring.tell(tick)
        sent = [snapshot(self.plan, at, tick.values, tick.statuses)]
        return [*sent, declarations(self.plan, at, alarms)] if alarms else sent


class Stage:
    """Collects steps, then plays them. ``end``: the moment at which the history ends."""

    def __init__(self, intake: ReplayIntake, end: datetime, password: str, phones: Phones) -> None:
        self.end = end
        self.intake = intake
        self._password = password
        self._phones = phones
        self._steps: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._users: dict[str, User] = {user.username: user for user in User.objects.all()}

    def at(self, moment: datetime, do: Callable[[], None]) -> None:
        """Let somebody do something at ``moment``; what fell due before is dealt with first."""

        def dealt_with_first() -> None:
            sweep_once()
            do()

        self._plan(moment, dealt_with_first)

    def _plan(self, moment: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._steps, (moment, next(self._order), do))

    def play(self) -> None:
        """Everything in order. The clock stands still at the moment of each step."""
        while self._steps:
            moment, _, do = heapq.heappop(self._steps)
            if moment > self.end:
                continue
            clock.move(moment, rate=0.0)
            do()

    def feed(
        self, mine: StoryMine, start: datetime, end: datetime, incidents: Sequence[Incident], busy: timedelta
    ) -> None:
        """Let the mine send from ``start`` to ``end``; for ``busy`` after the first incident files are taken quickly."""
        mine.machine.add(*incidents)
        begin = min((incident.start for incident in incidents), default=end)
        moments: list[datetime] = []
        moment = start
        while moment <= end:
            moments.append(moment)
            chunk = BUSY_CHUNK if begin <= moment < begin + busy else QUIET_CHUNK
            if moment - moments[0] >= chunk - TICK or moment + TICK > end:
                self._plan(moment, partial(self._taken_and_swept, mine, tuple(moments)))
                moments = []
            moment += TICK

    def _taken_and_swept(self, mine: StoryMine, moments: Sequence[datetime]) -> None:
        self.take(mine, moments)
        sweep_once()

    def take(self, mine: StoryMine, moments: Sequence[datetime]) -> None:
        """Take the files of these moments now."""
        files = [(file, at) for at in moments for file in mine.files(at)]
        self.intake.take_all([(file.mine_code, file.name, file.body, at) for file, at in files], clock.now())
        self.intake.settle(clock.now())

    def do(self, who: str, case: Case, move: str, **inputs: Any) -> None:
        """One move by one person, now."""
        case.refresh_from_db()
        actor, moment = self._users[who], clock.now()
        with self._phones.signing(actor, case, move, inputs, moment) as confirmation:
            advance(actor=actor, case=case, move_id=move, inputs=inputs, confirmation=confirmation, at=moment)
        case.refresh_from_db()

    def user(self, who: str) -> User:
        return self._users[who]

    def account(self, mine: StoryMine, role: Role, username: str) -> str:
        """Open an account for the holder of a post of the mine; returns its name."""
        tenure = Tenure.objects.select_related("person").get(post__unit=mine.row.unit, post__role=role.value)
        self._users[username] = create_user(
            actor=None, username=username, person=tenure.person, password=self._password
        )
        return username

    def paper(self, who: str, title: str, *lines: str) -> list[int]:
        """A document that somebody uploads; its id as moves take it."""
        return [save_attachment(actor=self._users[who], name=f"{title}.pdf", content=document(title, *lines)).pk]
