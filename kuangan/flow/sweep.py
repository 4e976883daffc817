"""The sweep: rows with a due time are the queue, each taken by compare-and-set; one bad row never stops the rest."""

import argparse
import logging
import signal
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import close_old_connections

from kuangan.base.clock import now
from kuangan.casework.models import CaseCheck, CaseClock
from kuangan.core.actions import seal_ended_day
from kuangan.core.notify import advance_calls, deliver_due
from kuangan.flow import calling, checks, duty_sweep, lapse, ledger_imports, ledger_rules, react
from kuangan.flow.office_sweep import office_due
from kuangan.monitor.queries import unreacted_episodes, unreacted_silences

log = logging.getLogger("kuangan.sweep")
BATCH = 200
PAUSE_SECONDS = 0.25
REST = timedelta(minutes=1)
Row = TypeVar("Row")
_resting: dict[tuple[str, object], datetime] = {}


def sweep_once(at: datetime | None = None) -> int:
    """One round over everything that is due; returns how many rows were dealt with. No stage keeps another from its turn."""
    at = at or now()
    return sum(_staged(stage, at) for stage in STAGES)


def _episodes(at: datetime) -> int:
    return _each(react.episode, unreacted_episodes(BATCH + len(_resting)), at)


def _silences(at: datetime) -> int:
    return _each(react.silence, unreacted_silences(BATCH + len(_resting)), at)


def _clocks(at: datetime) -> int:
    due = CaseClock.objects.filter(wakes_at__lte=at).select_related("case__mine__unit", "case__mine__supervisor")
    return _each(lapse.clock, due.order_by("wakes_at")[: BATCH + len(_resting)], at)


def _checks(at: datetime) -> int:
    due = CaseCheck.objects.filter(wakes_at__lte=at).select_related("case__mine__unit", "episode__point")
    return _each(checks.check, due.order_by("wakes_at")[: BATCH + len(_resting)], at)


def _calls(at: datetime) -> int:
    return advance_calls(at) + _each(calling.recall, calling.unanswered(), at)


def _provisional(at: datetime) -> int:
    rows = CaseClock.objects.filter(provisional=True, stopped_at=None).select_related("case")
    return _each(lapse.published_year, rows, at)


def _seal(at: datetime) -> int:
    return 0 if seal_ended_day(at) is None else 1


Stage = Callable[[datetime], int]
STAGES: tuple[Stage, ...] = (
    _calls,
    deliver_due,
    _episodes,
    _silences,
    _clocks,
    _checks,
    react.refresh_rising,
    checks.judge_set_points,
    checks.judge_set_points_daily,
    ledger_imports.start_queued,
    ledger_rules.judge_changed,
    ledger_rules.judge_daily,
    office_due,
    duty_sweep.open_current,
    duty_sweep.climb,
    _provisional,
    _seal,
)


def _staged(stage: Stage, at: datetime) -> int:
    try:
        return stage(at)
    except Exception:
        log.exception("the stage %s failed; the others go on, it is tried again next round", stage.__name__)
        return 0


def _each(take: Callable[[Row, datetime], bool], rows: Iterable[Row], at: datetime) -> int:
    """Take every row that is not resting after a failure; a failed one rests, so that it never keeps others waiting."""
    done = 0
    for row in list(rows):
        key = (take.__name__, getattr(row, "pk", None))
        if _resting.get(key, at) > at:
            continue
        try:
            done += take(row, at)
            _resting.pop(key, None)
        except Exception:
            log.exception("%s failed on %r; it is tried again in %s", take.__name__, row, REST)
            _resting[key] = at + REST
    return done


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``kuangan sweep`` takes only ``--once``."""
    parser.add_argument("--once", action="store_true", help="one round, then exit")


def run(args: argparse.Namespace) -> int:
    """Sweep until SIGTERM or SIGINT."""
    if args.once:
        sweep_once()
        ledger_imports.wait()
        return 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        _round()
        stop.wait(PAUSE_SECONDS)
    return 0


def _round() -> None:
    try:
        close_old_connections()
        sweep_once()
    except Exception:
        log.exception("a round failed; the next one starts anew")
