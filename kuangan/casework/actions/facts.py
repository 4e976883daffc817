"""What a case rests on: taking newer facts in, and what the trail keeps of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base.digest import digest
from kuangan.casework.clocks import shorten_deadlines
from kuangan.casework.models import Case
from kuangan.core.actions import record
from kuangan.core.models import User
from kuangan.core.trail.chain import plain

LEVELS = ("blue", "yellow", "orange", "red")


def facts_digest(case: Case) -> str:
    """What the trail keeps of a case's facts at each of its events, so that nobody can change them beside it."""
    return digest(plain(case.facts))


@transaction.atomic
def amend_facts(*, actor: User | None, case: Case, facts: Mapping[str, Any], at: datetime, level: str = "") -> Case:
    """Take newer facts into an open case; a graver level shortens the running deadlines. Nothing changed: no record."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    graver = level if _rank(level) > _rank(locked.level) else locked.level
    newer = {**locked.facts, **facts, "level": graver}
    if newer == locked.facts:
        return locked
    before = {key: locked.facts.get(key) for key in newer if locked.facts.get(key) != newer[key]}
    Case.objects.filter(pk=locked.pk).update(facts=newer, level=graver)
    locked.refresh_from_db()
    if before.get("level"):
        shorten_deadlines(locked)
    changed = {key: newer[key] for key in before}
    content = {"before": before, "after": changed, "facts": facts_digest(locked)}
    record(actor=actor, action="case_facts_amended", subject=locked, data=content, at=at)
    return locked


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else -1
