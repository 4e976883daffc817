"""Saying which rows the platform could not deal with while it went on with their neighbours."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import models

from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.apart import Aside
from kuangan.core.models import Incident

log = logging.getLogger("kuangan.aside")
KIND: Final = "row_refused"
QUIET: Final = timedelta(hours=2)
"""Without a further sign for this long everything of a stage goes through again; longer than any bad row rests."""
TRACED: Final = 3
"""Rows of a batch whose failure is logged with all its calls."""
LONGEST_REASON: Final = 200


def tell_aside(*, stage: str, label: str, aside: Iterable[Aside[object]], at: datetime) -> int:
    """Say that rows of a stage (``label``: in Chinese) were set aside and will be tried again: one line of the log each, one incident.

    Returns how many there were.
    """
    failures = list(aside)
    for failure in failures[:TRACED]:
        log.error("%s: %r is set aside; its neighbours go on", stage, failure.row, exc_info=failure.error)
    for failure in failures[TRACED:]:
        log.error("%s: %r is set aside: %s", stage, failure.row, reason_of(failure.error))
    say_aside(stage=stage, label=label, aside=failures, at=at)
    return len(failures)


def say_aside(*, stage: str, label: str, aside: list[Aside[object]], at: datetime) -> None:
    """As :func:`tell_aside`, of rows whose failure is in the log already."""
    if not aside:  # nearly always: each stage of the sweep ends here in every round
        return
    text = (
        f"{label}：{len(aside)}条数据无法处理，其余照常办理。首条为{_named(aside[0].row)}，原因：{reason_of(aside[0].error)}。"
        "平台会自动重试；持续出现的，请按编号核对该条数据并查看运行日志。"
    )
    raise_incident(kind=KIND, key=stage, text=text, at=at)


def end_quiet_aside(at: datetime) -> int:
    """End what was said of stages through which everything has gone for :data:`QUIET`; returns how many. For the sweep."""
    quiet = Incident.objects.filter(kind=KIND, ended_at=None, last_at__lte=at - QUIET)
    return sum(end_incident(kind=KIND, key=key, at=at) for key in list(quiet.values_list("key", flat=True)))


def reason_of(error: BaseException) -> str:
    """The kind of an error and the first line of what it says; the lines below may quote personal data."""
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__} {first}"[:LONGEST_REASON].strip()


def _named(matter: object) -> str:
    """The table and number of a row; of anything else what it calls itself."""
    return f"{matter._meta.db_table}第{matter.pk}号" if isinstance(matter, models.Model) else str(matter)[:60]  # noqa: SLF001  # Django's public name
