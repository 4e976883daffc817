"""Taking rows that are due one by one: a bad one rests and is tried again, its neighbours go on."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from kuangan.core.actions.aside import say_aside
from kuangan.core.apart import Aside, is_clash, is_lost
from kuangan.host.heartbeat import beat

log = logging.getLogger("kuangan.sweep")
Row = TypeVar("Row")
REST: Final = timedelta(minutes=1)
"""How long a row that failed rests before it is tried again."""
CLASH_REST: Final = timedelta(seconds=1)
"""The rest of a row that only met another transaction in its way."""
FORGOTTEN: Final = timedelta(hours=1)
"""A row that was not tried again for so long after its rest is due no more."""


class Resting:
    """The rows that failed, by stage and key, each with the end of its rest. Lives as long as the process of the sweep."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, object], datetime] = {}

    def __len__(self) -> int:
        return len(self._until)

    def take_each(
        self, take: Callable[[Row, datetime], bool], rows: Iterable[Row], at: datetime, *, stage: str, label: str
    ) -> int:
        """Take every row that does not rest; ``take`` is one transaction. Returns how many were dealt with.

        A failure is logged once and said in one incident; an error of the connection is raised.
        """
        done, aside = 0, []
        for row in list(rows):
            beat()
            key = (stage, getattr(row, "pk", row))
            if self._rests(key, at):
                continue
            try:
                done += take(row, at)
                self._until.pop(key, None)
            except Exception as error:
                if is_lost(error):
                    raise
                if is_clash(error):
                    log.warning("%s met another transaction on %r (%s); it is tried again at once", stage, row, error)
                    self._until[key] = at + CLASH_REST
                    continue
                if key not in self._until:
                    log.exception("%s failed on %r; it is tried again in %s", stage, row, REST)
                self._until[key] = at + REST
                aside.append(Aside[object](row, error))
        self._forget(at)
        say_aside(stage=stage, label=label, aside=aside, at=at)
        return done

    def _rests(self, key: tuple[str, object], at: datetime) -> bool:
        """Whether a row still rests; a clock that was set back does not prolong it."""
        until = self._until.get(key)
        return until is not None and at < until <= at + REST

    def _forget(self, at: datetime) -> None:
        gone = [key for key, until in self._until.items() if until + FORGOTTEN < at]
        for key in gone:
            del self._until[key]
