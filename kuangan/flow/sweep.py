"""The sweep: rows with a due time are the queue, each taken by compare-and-set; one bad row never stops the rest."""

import argparse
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection, connections

from kuangan.base import garbage
from kuangan.base.clock import now
from kuangan.casework.models import CaseCheck, CaseClock
from kuangan.core.actions import end_quiet_aside
from kuangan.core.apart import is_lost
from kuangan.core.notify import advance_calls, ask_receipts, deliver_due, settle
from kuangan.core.resting import Resting
from kuangan.flow import lapse
from kuangan.flow.alarms import checks, react, silences
from kuangan.flow.alarms.desk import tell_untold
from kuangan.flow.answers import settling
from kuangan.flow.cases import calling
from kuangan.flow.cases.lapse_notices import tell_lapsed
from kuangan.flow.changes import due as changes
from kuangan.flow.credit import daily, imports
from kuangan.flow.mines import closing
from kuangan.flow.office.due import office_due
from kuangan.flow.rules import run as ledger_rules
from kuangan.flow.samples import draw_samples, tell_late_verifications
from kuangan.flow.settled import end_settled
from kuangan.flow.upkeep import logs, seals, troubles
from kuangan.flow.upkeep.accounts import accounts_due
from kuangan.flow.upkeep.carrying import carry_cases
from kuangan.flow.upkeep.files import files_nightly
from kuangan.flow.upkeep.invitations import invitations_due
from kuangan.flow.upkeep.law import keep_update
from kuangan.flow.upkeep.tallies import tally_daily
from kuangan.host.heartbeat import beat
from kuangan.law.setting.typeset import make_ready
from kuangan.monitor.queries import unreacted_episodes, unreacted_silences

log = logging.getLogger("kuangan.sweep")
BATCH = 200
PAUSE_SECONDS = 0.15
REST_SECONDS = 2.0
"""How often the stages are asked for which nobody waits at a screen."""
Row = TypeVar("Row")
Stage = Callable[[datetime], int]
_resting = Resting()


def sweep_once(at: datetime | None = None, further: Iterable[Stage] = ()) -> int:
    """One round over everything that is due; returns how many rows were dealt with. No stage keeps another from its turn.

    ``further``: stages of what lies above. An error of the connection to the database ends the round and is raised.
    """
    return _round((*STAGES, *further), at or now())


def _round(stages: Iterable[Stage], at: datetime) -> int:
    return sum(_staged(stage, at) for stage in stages)


def _episodes(at: datetime) -> int:
    return _take_waiting(react.episode, unreacted_episodes(_most()), at, "瓦斯超限处置")


def _silences(at: datetime) -> int:
    return _take_waiting(silences.silence, silences.together(unreacted_silences(_most(), at), at), at, "数据中断处置")


def _rising(at: datetime) -> int:
    return _take_waiting(react.rise, react.rising(), at, "瓦斯超限变化")


def _clocks(at: datetime) -> int:
    due = CaseClock.objects.filter(wakes_at__lte=at).select_related("case__unit__mine__supervisor")
    return _take_waiting(lapse.clock, due.order_by("wakes_at")[: _most()], at, "办件期限")


def _checks(at: datetime) -> int:
    due = CaseCheck.objects.filter(wakes_at__lte=at).select_related("case__unit", "case__mine", "episode__point")
    return _take_waiting(checks.check, due.order_by("wakes_at")[: _most()], at, "自动核查")


def _calls(at: datetime) -> int:
    return advance_calls(at) + _take_waiting(calling.recall, calling.unanswered(), at, "叫应")


def _provisional(at: datetime) -> int:
    clocks = CaseClock.objects.filter(provisional=True, stopped_at=None).select_related("case")
    return _take_waiting(lapse.published_year, clocks, at, "暂定期限")


def _answers(at: datetime) -> int:
    """Not beside a sheet that is written, which would see the law change under it; no further one begins before."""
    waiting = list(settling.unsettled())
    beside = imports.is_writing()
    imports.hold_off(wanted=beside and bool(waiting))
    return 0 if beside else _take_waiting(settling.settle, waiting, at, "本地取值答复重新判定")


def _changes(at: datetime) -> int:
    return _take_waiting(changes.change, changes.due(at)[: _most()], at, "档案变更")


def _faces(at: datetime) -> int:
    return _take_waiting(closing.release, closing.ended_with_points(at)[: _most()], at, "工作面结束")


STAGES: tuple[Stage, ...] = (
    settling.work_by_answers,
    troubles.take_up,
    _answers,
    settling.watch_files,
    carry_cases,
    _changes,
    _faces,
    end_settled,
    ask_receipts,
    _calls,
    deliver_due,
    _episodes,
    _silences,
    _clocks,
    tell_lapsed,
    tell_untold,
    _checks,
    _rising,
    checks.judge_set_points,
    checks.judge_set_points_daily,
    imports.start_queued,
    ledger_rules.judge_changed,
    ledger_rules.judge_daily,
    office_due,
    daily.open_current,
    daily.climb,
    draw_samples,
    tell_late_verifications,
    _provisional,
    accounts_due,
    invitations_due,
    seals.seal,
    end_quiet_aside,
    logs.expire_logs,
    files_nightly,
    keep_update,
    tally_daily,
)
URGENT: tuple[Stage, ...] = (settling.work_by_answers, _calls, deliver_due, _episodes, _silences, _rising, tell_untold)
"""What an alarm waits for: asked in every round, before all else."""


def _staged(stage: Stage, at: datetime) -> int:
    beat()
    try:
        return stage(at)
    except Exception as error:
        if is_lost(error):
            raise
        log.exception("the stage %s failed; the others go on, it is tried again next round", stage.__name__)
        return 0


def _take_waiting(take: Callable[[Row, datetime], bool], waiting: Iterable[Row], at: datetime, label: str) -> int:
    return _resting.take_each(take, waiting, at, stage=take.__name__, label=label)


def _most() -> int:
    """How many rows are read: those that rest are among them, and must not keep others out."""
    return BATCH + len(_resting)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``kuangan sweep`` takes only ``--once``."""
    parser.add_argument("--once", action="store_true", help="one round, then exit")


def run(args: argparse.Namespace, further: Sequence[Stage] = ()) -> int:
    """Sweep until SIGTERM or SIGINT. ``further``: stages of what lies above."""
    if args.once:
        sweep_once(further=further)
        imports.wait()
        settle()
        return 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    make_ready()
    garbage.spare_loaded()
    rounds = Rounds(further)
    with connection.execute_wrapper(_alive):
        while not stop.is_set():
            if rounds.go():
                stop.wait(PAUSE_SECONDS)
    return 0


def _alive(execute: Callable[..., object], *statement: object) -> object:
    """Before each statement a sign of life, so that a long stage is not taken for a hanging one."""
    beat()
    return execute(*statement)


class Rounds:
    """Rounds one after the other, each on a connection that works."""

    def __init__(self, further: Sequence[Stage] = ()) -> None:
        self._further = further
        self._failed = 0
        self._full_at = 0.0

    def go(self) -> bool:
        """One round. False when it lost a connection that had worked: the next one is to begin at once, on a new one."""
        try:
            close_old_connections()
            self._round()
        except (InterfaceError, OperationalError) as lost:
            connections.close_all()
            self._failed += 1
            if self._failed == 1:
                log.warning("the connection to the database is lost (%s); rounds begin anew until it answers", lost)
            return self._failed > 1
        except Exception:
            connections.close_all()
            log.exception("a round failed; the next one starts anew")
            return True
        if self._failed:
            log.warning("the database answers again after %d rounds that were broken off", self._failed)
            self._failed = 0
        return True

    def _round(self) -> None:
        """Everything where that has not been asked for some time, otherwise what is urgent."""
        if time.monotonic() < self._full_at:
            _round(URGENT, now())
            return
        sweep_once(further=self._further)
        seals.start_checks()
        self._full_at = time.monotonic() + REST_SECONDS
