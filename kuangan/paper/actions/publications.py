"""What the public is shown of papers: planned, published, taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.signing import Confirmation, Verb
from kuangan.law.paper import load_template
from kuangan.paper.actions.locking import frozen_paper, move_paper, require_confirmed
from kuangan.paper.models import Paper, PaperState, Publication


@transaction.atomic
def plan_publication(
    *,
    actor: User | None,
    paper: Paper,
    public_data: Mapping[str, Any],
    slug: str = "",
    due_at: datetime | None = None,
    at: datetime | None = None,
) -> Publication:
    """Say what the public will see and by when, without showing it yet.

    Refused: a kind of paper that is not published, a paper that is not frozen, one that has a publication in force.
    """
    locked = frozen_paper(paper)
    if not load_template(locked.template).publish:
        raise Refused(f"《{locked.title}》不属于公示文书，不能公示。")
    earlier = list(locked.publications.order_by("pk"))
    if any(publication.withdrawn_at is None for publication in earlier):
        raise Refused(f"《{locked.title}》已有公示安排，请先撤回原公示。")
    address = slug or f"{locked.template.replace('_', '-')}-{locked.pk}" + (f"-{len(earlier) + 1}" if earlier else "")
    publication = Publication.objects.create(paper=locked, slug=address, public_data=dict(public_data), due_at=due_at)
    content = {"slug": address, "due_at": due_at, "public_data": publication.public_data}
    record(actor=actor, action="publication_planned", subject=paper, data=content, at=at)
    return publication


@transaction.atomic
def publish_paper(
    *,
    actor: User | None,
    paper: Paper,
    confirmation: Confirmation | None = None,
    public_data: Mapping[str, Any] | None = None,
    slug: str = "",
    due_at: datetime | None = None,
    at: datetime | None = None,
) -> Publication:
    """Show the paper to the public: the planned publication, or a new one of `public_data`. Refused as planning, or twice."""
    moment = at or clock.now()
    locked = frozen_paper(paper)
    require_confirmed(confirmation, actor, locked, Verb.publish, "公布")
    publication = locked.publications.filter(withdrawn_at__isnull=True, published_at__isnull=True).first()
    if publication is None:
        publication = plan_publication(
            actor=actor, paper=paper, public_data=public_data or {}, slug=slug, due_at=due_at, at=moment
        )
    publication.published_at = moment
    publication.save(update_fields=["published_at"])
    move_paper(locked, PaperState.published)
    record(actor=actor, action="paper_published", subject=paper, data={"slug": publication.slug}, at=moment)
    paper.refresh_from_db()
    return publication


@transaction.atomic
def withdraw_publication(
    *,
    actor: User | None,
    publication: Publication,
    reason: str,
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
) -> Publication:
    """Take a publication (or its plan) back; the paper itself stays in force. Refused when it was taken back before."""
    locked = frozen_paper(publication.paper)
    require_confirmed(confirmation, actor, locked, Verb.withdraw, "撤回")
    return take_back(actor, locked, publication, reason, at or clock.now())


def take_back(
    actor: User | None, locked: Paper, publication: Publication, reason: str, moment: datetime
) -> Publication:
    """Take a publication of a paper that its caller has locked back. Refused when it was taken back before."""
    in_force = Publication.objects.filter(pk=publication.pk, withdrawn_at__isnull=True)
    if not in_force.update(withdrawn_at=moment, withdrawn_reason=reason):
        raise Refused(f"《{locked.title}》的公示已撤回，无需再次撤回。")
    if locked.state == PaperState.published:
        move_paper(locked, PaperState.served if locked.services.exists() else PaperState.frozen)
    content = {"slug": publication.slug, "reason": reason}
    record(actor=actor, action="publication_withdrawn", subject=locked, data=content, at=moment)
    publication.refresh_from_db()
    return publication
