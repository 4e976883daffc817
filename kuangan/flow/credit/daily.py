"""The sweep's part in duties: opened and brought up to date once a day and after every change, escalated when due."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from kuangan.base.clock import civil_date
from kuangan.base.digest import digest
from kuangan.core.actions import tell_aside
from kuangan.core.actions.aside import KIND as ASIDE
from kuangan.core.apart import Aside, is_lost
from kuangan.core.models import Incident
from kuangan.duty import changes, opening
from kuangan.duty.actions import climb, recompute_open, reopen_lapsed
from kuangan.flow.credit.credits import STAGE as CREDITS
from kuangan.flow.credit.credits import credit_arrived, credit_automatic, open_and_credit
from kuangan.flow.credit.rosters import count_subjects
from kuangan.flow.models import Progress
from kuangan.law.content import corpus_digest

NAME = "duties"
STAGES = (opening.STAGE, changes.STAGE, CREDITS)
"""Where duties may have been set aside."""

STEPS = (credit_arrived, open_and_credit, recompute_open, count_subjects, reopen_lapsed, credit_automatic)

__all__ = ["climb", "open_current"]


def open_current(at: datetime) -> int:
    """Open, credit and recompute when the day, the corpus, the mines or the holders of posts are others than last time.

    What could not be opened, credited or recomputed is tried again every hour.
    """
    state = _state(at)
    known = Progress.objects.filter(name=NAME).values_list("reached", flat=True).first()
    if known == state:
        return 0
    count = sum(_done(step, at) for step in STEPS)
    with transaction.atomic():
        Progress.objects.update_or_create(name=NAME, defaults={"reached": state})
    return count


def _done(step: Callable[[datetime], int], at: datetime) -> int:
    """What a step did; one that fails as a whole is said and keeps no other from its turn."""
    try:
        return step(at)
    except Exception as error:
        if is_lost(error):
            raise
        tell_aside(stage=opening.STAGE, label="履职事项", aside=[Aside(step.__name__, error)], at=at)
        return 0


_NEWEST: Final = """
SELECT (SELECT max(id) FROM core_tenure), (SELECT max(to_at) FROM core_tenure),
    (SELECT max(id) FROM mine_mineattribute), (SELECT max(withdrawn_at) FROM mine_mineattribute),
    (SELECT count(*) FROM mine_mine), (SELECT max(id) FROM mine_relationchange), (SELECT max(withdrawn_at) FROM mine_relationchange)
"""
"""What changes with the holders of posts, the mines, their units and attributes; asked in every round, so in one query."""


def _state(at: datetime) -> int:
    """One number for everything that decides what is owed: it differs when any of it does."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        facts = [civil_date(at).isoformat(), corpus_digest(), *map(str, cursor.fetchone() or ())]
    if Incident.objects.filter(kind=ASIDE, key__in=STAGES, ended_at=None).exists():
        facts.append(f"{at:%H}")
    return int(digest(facts)[:15], 16)
