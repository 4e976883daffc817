"""The sweep: rows with a due time are the queue, each taken by compare-and-set; one bad row never stops the rest."""

import argparse
import logging
import signal
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.db import close_old_connections

from kuangan.base.clock import now
from kuangan.casework.models import CaseCheck, CaseClock
from kuangan.core.actions import seal_ended_day
from kuangan.core.notify import advance_calls, deliver_due
from kuangan.flow import checks, lapse, react
from kuangan.monitor.queries import unreacted_episodes, unreacted_silences

log = logging.getLogger("kuangan.sweep")
BATCH = 200
PAUSE_SECONDS = 0.25
Row = TypeVar("Row")


def sweep_once(at: datetime | None = None) -> int:
    """One round over everything that is due; returns how many rows were dealt with."""
    at = at or now()
    done = sum(_each(react.episode, unreacted_episodes(BATCH), at))
    done += sum(_each(react.silence, unreacted_silences(BATCH), at))
    done += sum(_each(lapse.clock, CaseClock.objects.filter(wakes_at__lte=at).order_by("wakes_at")[:BATCH], at))
    done += sum(_each(checks.check, CaseCheck.objects.filter(wakes_at__lte=at).order_by("wakes_at")[:BATCH], at))
    react.refresh_rising(at)
    checks.judge_set_points(at)
    seal_ended_day(at)
    return done + advance_calls(at) + deliver_due(at)


def _each(take: Callable[[Row, datetime], bool], rows: Iterable[Row], at: datetime) -> list[bool]:
    results = []
    for row in list(rows):
        try:
            results.append(take(row, at))
        except Exception:
            log.exception("%s failed on %r; it is tried again next round", take.__name__, row)
    return results


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``kuangan sweep`` takes only ``--once``."""
    parser.add_argument("--once", action="store_true", help="one round, then exit")


def run(args: argparse.Namespace) -> int:
    """Sweep until SIGTERM or SIGINT."""
    if args.once:
        sweep_once()
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
