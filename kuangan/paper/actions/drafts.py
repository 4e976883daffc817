"""Drafts of papers: begun, and given other fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.models import Unit, User
from kuangan.law.content import corpus_digest as digest_of_corpus
from kuangan.law.paper import load_template
from kuangan.paper.actions.locking import draft_of
from kuangan.paper.models import Paper


@transaction.atomic
def draft_paper(
    *,
    actor: User | None,
    template: str,
    data: Mapping[str, Any],
    unit: Unit,
    scope: str,
    title: str = "",
    corpus_digest: str = "",
    at: datetime | None = None,
) -> Paper:
    """Begin a paper of `unit` on what lies at the path `scope`; the template's title and today's corpus unless given.

    Fields may still be missing. KeyError for an unknown template.
    """
    moment = at or clock.now()
    paper = Paper.objects.create(
        template=template,
        title=title or load_template(template).title,
        data=dict(data),
        corpus_digest=corpus_digest or digest_of_corpus(),
        unit=unit,
        path=scope,
        created_at=moment,
        created_by=actor,
    )
    content = {"template": template, "unit": unit.code, "scope": scope, "data": paper.data}
    record(actor=actor, action="paper_drafted", subject=paper, data=content, at=moment)
    return paper


@transaction.atomic
def revise_paper(
    *, actor: User | None, paper: Paper, data: Mapping[str, Any], unit: Unit | None = None, at: datetime | None = None
) -> Paper:
    """Give a draft other fields, and another unit where somebody else goes on with it. Refused once it is frozen."""
    locked = draft_of(paper)
    locked.data, locked.unit = dict(data), unit or locked.unit
    locked.save(update_fields=["data", "unit"])
    record(actor=actor, action="paper_revised", subject=paper, data={"data": locked.data}, at=at)
    paper.refresh_from_db()
    return paper
