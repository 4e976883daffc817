"""The answers of the city by which the pages work, looked for once a second by a thread of its own, so that no request asks."""

import logging
import threading

from django.db import connection

from kuangan.core.queries.local_answers import keep_up
from kuangan.law.answers.questions import questions
from kuangan.law.duty.obligation_file import obligations

log = logging.getLogger(__name__)
PAUSE_S = 1.0


def watch_law(stopped: threading.Event) -> None:
    """Take up what was signed or ended, until told to stop; while the database is away, what was known goes on holding."""
    threading.Thread(target=_look_for_ever, args=(stopped,), name="law-watch", daemon=True).start()


def _look_for_ever(stopped: threading.Event) -> None:
    told = False
    while not stopped.wait(PAUSE_S):
        try:
            keep_up()
            obligations()  # both are made ready here, so that no request waits for them
            questions()
            told = False
        except Exception:
            connection.close()  # the next round asks by a new one
            if not told:
                log.exception("the city's answers cannot be looked for; those known go on holding")
            told = True
