"""What is wrong with what a mine sends and would be seen by nobody: signs from the files, written as incidents.

Signs are gathered in memory while files are taken and written with the next tick, so that a file costs no query. The
first sign is told to those who run the platform and to the body that supervises the mine.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction

from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.actions.notices import send_notice
from kuangan.core.models import Incident, WarningLevel
from kuangan.core.subject import about
from kuangan.law.role import Role
from kuangan.mine.models import Mine
from kuangan.monitor.database import Stopping, patiently
from kuangan.monitor.doubt.kinds import LATE, OF_MINES, REFUSED

_log = logging.getLogger(__name__)

FADES: Final = frozenset({LATE, REFUSED})
"""Kinds that no later file can disprove; they end when no new sign came for FADES_AFTER."""
FADES_AFTER: Final = timedelta(hours=24)
LOOK_AFTER: Final = timedelta(minutes=5)
MOST_OF_A_MINE: Final = 20
"""Open incidents of one kind and mine; what goes beyond is one more of the mine as a whole."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Sign:
    mine: Mine
    text: str


class Doubts:
    """The open incidents of the mines and what the next tick has to write. One thread uses it."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._open: dict[Key, str] | None = None
        self._signs: dict[Key, _Sign] = {}
        self._over: set[Key] = set()
        self._looked_at: datetime | None = None

    def sign(self, kind: str, mine: Mine, text: str, part: str = "") -> None:
        """Something is wrong with a mine (and a `part` of it: a point)."""
        key = (kind, f"{mine.code} {part}".strip())
        if part and key not in self._known() and self._count(kind, mine) >= MOST_OF_A_MINE:
            key, text = (kind, mine.code), f"{text}另有其他测点情况相同，请查看接收文件。"
        self._over.discard(key)
        if self._known().get(key) != text or kind in FADES:
            self._signs[key] = _Sign(mine, text)
            self._known()[key] = text

    def over(self, kind: str, mine: Mine, part: str = "") -> None:
        """It is so no longer."""
        key = (kind, f"{mine.code} {part}".strip())
        if self._known().pop(key, None) is not None:
            self._signs.pop(key, None)
            self._over.add(key)

    def parts(self, kind: str, mine: Mine) -> list[str]:
        """The parts of a mine with which something is wrong."""
        return [part for k, key in self._known() if k == kind and (part := _part(key, mine))]

    def write(self, at: datetime) -> None:
        """Write what the files showed since the last call."""
        signs, self._signs = self._signs, {}
        ended, self._over = self._over, set()
        for (kind, key), sign in signs.items():
            self._do(partial(_tell, kind, key, sign, at))
        for kind, key in ended:
            self._do(partial(end_incident, kind=kind, key=key, at=at))
        self._fade(at)

    def _do(self, work: Callable[[], object]) -> None:
        """One incident; one that cannot be written must not hold up the feeds."""
        try:
            patiently(work, self._stop)
        except Stopping:
            raise
        except Exception:  # noqa: BLE001  (whatever it is)
            _log.exception("an incident of a feed could not be written")

    def _fade(self, at: datetime) -> None:
        if self._looked_at is not None and abs(at - self._looked_at) < LOOK_AFTER:
            return
        self._looked_at = at
        incidents = Incident.objects.filter(kind__in=FADES, ended_at=None, last_at__lt=at - FADES_AFTER)
        for kind, key in patiently(lambda: list(incidents.values_list("kind", "key")), self._stop):
            self._known().pop((kind, key), None)
            self._do(partial(end_incident, kind=kind, key=key, at=at))

    def _count(self, kind: str, mine: Mine) -> int:
        return len(self.parts(kind, mine))

    def _known(self) -> dict[Key, str]:
        if self._open is None:
            standing = Incident.objects.filter(kind__in=OF_MINES, ended_at=None).values_list("kind", "key", "text")
            told = patiently(lambda: list(standing), self._stop)
            self._open = {(kind, key): text for kind, key, text in told}
        return self._open


def _part(key: str, mine: Mine) -> str:
    code, _, part = key.partition(" ")
    return part if code == mine.code else ""


@transaction.atomic
def _tell(kind: str, key: str, sign: _Sign, at: datetime) -> None:
    """The incident, and at its first sign a notice to the supervising body, which cannot see those of the platform."""
    known = Incident.objects.filter(kind=kind, key=key, ended_at=None).exists()
    incident = raise_incident(kind=kind, key=key, text=sign.text, at=at)
    if not known:
        send_notice(
            actor=None,
            unit=sign.mine.supervisor,
            role=Role.duty_officer,
            kind="feed_doubt",
            title=f"{sign.mine.name}：{incident.word}",
            body=sign.text,
            subject=about("feeds"),
            level=WarningLevel.yellow,
            at=at,
        )
