"""The parts of `kuangan bench duties` that run in children with Django: a city that owes, its opening, its sweep."""

import json
import time
from datetime import timedelta
from pathlib import Path

from kuangan.base import clock
from kuangan.core.models import Unit
from kuangan.duty.actions import climb, issue_checkin_token, open_due, open_event
from kuangan.duty.models import Duty
from kuangan.law.content import corpus_digest
from kuangan.law.duty.obligation_file import obligations


def open_month() -> None:
    """Open everything that is owed now; prints how long it took and how many rows it made. The corpus was read before."""
    obligations()
    corpus_digest()
    begun = time.perf_counter()
    owed = open_due(clock.now())
    print(json.dumps({"seconds": time.perf_counter() - begun, "rows": owed}))


def sweep(wanted: str) -> None:
    """Let exactly so many duties wait for their next step, and take it; prints how long that took."""
    at = clock.now()
    waiting = list(Duty.objects.order_by("pk").values_list("pk", flat=True)[: int(wanted)])
    Duty.objects.update(wakes_at=None)
    Duty.objects.filter(pk__in=waiting).update(
        wakes_at=at - timedelta(hours=1), due_at=at - timedelta(hours=1), grace_at=at + timedelta(days=5)
    )
    obligations()
    begun = time.perf_counter()
    taken = climb(at)
    print(json.dumps({"seconds": time.perf_counter() - begun, "rows": taken}))


def prepare_checkins(count: str, place: str) -> None:
    """So many open duties of one unit that may be checked in; their keys and the unit's token go to the file `place`."""
    at, unit = clock.now(), Unit.objects.get(code="149999-yj")
    obligation = next(
        obligation for obligation in obligations().values() if any(evidence.file for evidence in obligation.evidence)
    )
    first = open_event(
        obligation=obligation,
        unit=unit,
        start=at,
        due_at=at + timedelta(days=30),
        subject="0",
        title=obligation.title,
        at=at,
    )
    if first is None:
        raise RuntimeError(f"{unit} does not work on the platform yet; measure a city that does")
    copies = [_copy(first, str(number)) for number in range(1, int(count))]
    made = Duty.objects.bulk_create(copies, batch_size=2000)
    token = issue_checkin_token(actor=None, unit=unit)
    Path(place).write_text(json.dumps({"token": token, "duties": [first.pk, *(duty.pk for duty in made)]}))


def _copy(duty: Duty, subject: str) -> Duty:
    values = {field.attname: getattr(duty, field.attname) for field in Duty._meta.concrete_fields}  # noqa: SLF001
    return Duty(**{**values, "id": None, "subject": subject})
