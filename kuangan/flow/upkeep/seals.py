"""The night's seal, and proofs of the whole trail that run beside the sweep's rounds."""

import logging
import threading
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection

from kuangan.core.actions import ask_trail_check, end_trail_check, hand_out_seal, seal_ended_day, watch_seals
from kuangan.core.actions.seals import to_hand_out
from kuangan.core.apart import is_lost
from kuangan.core.models import TrailCheck
from kuangan.flow.proof.verify import in_words, prove

log = logging.getLogger("kuangan.sweep")
LOOK_EVERY = timedelta(minutes=1)
UNPROVED = "全面核验未能完成，操作记录是否完整不明；原因见到期处理进程的日志（sweep.log），排除后请再次申请核验。"
_looked_at: datetime | None = None
_worker: threading.Thread | None = None


def seal(at: datetime) -> int:
    """Seal the ended day, hand out the seals that have not left yet and ask for a proof; then look whether any is missing."""
    global _looked_at  # noqa: PLW0603  # the sweep's own last look
    if _looked_at is not None and timedelta(0) <= at - _looked_at < LOOK_EVERY:
        return 0
    made = seal_ended_day(at)
    waiting = to_hand_out(at)
    if made is not None and made not in waiting:  # a day sealed again, which is said
        waiting.append(made)
    for anchor in waiting:
        hand_out_seal(seal=anchor, at=at)
    if made is not None:
        ask_trail_check(actor=None, at=at)
    watch_seals(at)
    _looked_at = at
    return 0 if made is None else 1


def start_checks() -> None:
    """Begin the proof that was asked for, unless one is under way."""
    global _worker  # noqa: PLW0603  # the sweep's one thread for proofs
    if (_worker is None or not _worker.is_alive()) and TrailCheck.objects.filter(ended_at=None).exists():
        _worker = threading.Thread(target=_check_waiting, name="trail", daemon=True)
        _worker.start()


def _check_waiting() -> None:
    try:
        for check in TrailCheck.objects.filter(ended_at=None):
            _prove(check)
    except (OperationalError, InterfaceError) as lost:
        log.warning("the proof of the trail was broken off (%s); it is tried again", lost)
    finally:
        connection.close()


def _prove(check: TrailCheck) -> None:
    """Prove what was asked for; a proof that cannot be made ends as one that found something, and is told."""
    try:
        proof = prove()
    except Exception as error:
        if is_lost(error):
            raise
        log.exception("the proof of the trail failed")
        end_trail_check(check=check, events=0, days=0, compared=0, broken=UNPROVED)
        return
    broken = in_words(proof) if proof.broken else ""
    end_trail_check(check=check, events=proof.events, days=proof.days, compared=proof.rows, broken=broken)
