"""The sweep's part in duties: opened and brought up to date once a day and after every change, escalated when due."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from kuangan.base.clock import civil_date
from kuangan.base.digest import digest
from kuangan.core.models import Tenure
from kuangan.duty.actions import climb, recompute_open
from kuangan.flow.credits import credit_arrived, credit_automatic, open_and_credit
from kuangan.flow.models import Progress
from kuangan.law.content import corpus_digest
from kuangan.mine.models import Mine, MineAttribute

NAME = "duties"

__all__ = ["climb", "open_current"]


def open_current(at: datetime) -> int:
    """Open, credit and recompute when the day, the corpus, the mines or the holders of posts are others than last time."""
    state = _state(at)
    known = Progress.objects.filter(name=NAME).values_list("reached", flat=True).first()
    if known == state:
        return 0
    credit_arrived(at)
    count = open_and_credit(at) + recompute_open(at) + credit_automatic(at)
    with transaction.atomic():
        Progress.objects.update_or_create(name=NAME, defaults={"reached": state})
    return count


def _state(at: datetime) -> int:
    """One number for everything that decides what is owed: it differs when any of it does."""
    tenure = Tenure.objects.aggregate(newest=Max("pk"), ended=Max("to_at"))
    facts = [
        civil_date(at).isoformat(),
        corpus_digest(),
        str(tenure),
        str(MineAttribute.objects.aggregate(newest=Max("pk"))),
        str(Mine.objects.count()),
    ]
    return int(digest(facts)[:15], 16)
