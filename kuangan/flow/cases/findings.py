"""Keeping what a rule found."""

from datetime import datetime

from kuangan.casework.models import Finding
from kuangan.core.actions import record
from kuangan.core.models import Unit
from kuangan.law.cite import Cite
from kuangan.law.content import corpus_digest
from kuangan.law.instrument import cite_text
from kuangan.law.rule import Breach, Rule
from kuangan.mine.models import Mine


def keep_finding(rule: Rule, about: Mine | Unit, subject: str, outcome: Breach, at: datetime) -> Finding:
    """Store what a rule found about a mine or another unit; the same rule on the same subject stands once."""
    mine, unit = (about, None) if isinstance(about, Mine) else (None, about)
    finding, created = Finding.objects.get_or_create(
        rule=rule.id,
        subject=subject,
        revoked_at=None,
        defaults={
            "measure": rule.measure,
            "mine": mine,
            "unit": unit,
            "path": mine.unit.path if mine else unit.path if unit else "",
            "reason": outcome.reason,
            "used": list(outcome.used),
            "numbers": outcome.numbers,
            "cites": [[cite.instrument, cite.article] for cite in outcome.cites],
            "corpus_digest": corpus_digest(),
            "found_at": at,
        },
    )
    if created:
        record(
            actor=None, action="finding_made", subject=finding, data={"rule": rule.id, "reason": outcome.reason}, at=at
        )
    else:
        Finding.objects.filter(pk=finding.pk).update(
            reason=outcome.reason,
            used=list(outcome.used),
            numbers=outcome.numbers,
            cites=[[cite.instrument, cite.article] for cite in outcome.cites],
        )
        finding.refresh_from_db()
    return finding


def cite_text_of(pair: list[str]) -> str:
    """A stored citation as text."""
    return cite_text(Cite(pair[0], pair[1]))
