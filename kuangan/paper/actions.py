"""All writes on papers: draft, revise, freeze, serve, publish, withdraw. Each is recorded on the paper's chain."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Unit, User
from kuangan.core.queries import Hold, roles_of
from kuangan.core.store import draft_content, keep_content
from kuangan.law.content import corpus_digest as digest_of_corpus
from kuangan.law.paper import load_template
from kuangan.paper.models import Method, Paper, PaperState, Publication, Service
from kuangan.paper.number import marks_of, take_number
from kuangan.paper.render import render_pdf, uses_bundled_fonts

LARGEST_PDF = 50 * 1024 * 1024
_FROZEN = (PaperState.frozen, PaperState.served, PaperState.published)


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
def revise_paper(*, actor: User | None, paper: Paper, data: Mapping[str, Any], at: datetime | None = None) -> Paper:
    """Give a draft other fields. Refused once it is frozen."""
    locked = _draft(paper)
    locked.data = dict(data)
    locked.save(update_fields=["data"])
    record(actor=actor, action="paper_revised", subject=paper, data={"data": locked.data}, at=at)
    paper.refresh_from_db()
    return paper


@transaction.atomic
def freeze_paper(*, actor: User | None, paper: Paper, signer: Hold | None = None, at: datetime | None = None) -> Paper:
    """Number, set and hash the paper in one transaction; from here on it never changes.

    `signer` is the hold by which `actor` signs (with the absent post he stands in for). The PDF is on disk before
    the row is committed, and a failure gives the number back. Refused: already frozen, fields that do not fit,
    a unit without organ mark, a hold that is not the actor's at that moment.
    """
    moment = at or clock.now()
    locked = _draft(paper)
    if signer is not None and (actor is None or signer not in roles_of(actor, moment)):
        raise Refused(f"您当前不担任{signer.acting_for or signer.post}，不能签发《{paper.title}》。")
    number = _number_for(locked, moment)
    pdf = render_pdf(
        locked.template, locked.data, moment, number=number or "", unit=locked.unit.name, title=locked.title
    )
    with draft_content(io.BytesIO(pdf), largest=LARGEST_PDF) as content:
        keep_content(content)
    locked.state, locked.number, locked.frozen_at, locked.pdf_sha256 = PaperState.frozen, number, moment, content.sha256
    if signer is not None and actor is not None:
        locked.signer_post, locked.acting_for, locked.signer_name = signer.post, signer.acting_for, actor.display_name
    locked.save()
    _record_frozen(actor, locked)
    paper.refresh_from_db()
    return paper


def _number_for(paper: Paper, at: datetime) -> str | None:
    """The paper's number by its template, None for a kind that has none."""
    template = load_template(paper.template)
    if not template.numbered:
        return None
    on = clock.civil_date(at)
    region, organ = marks_of(paper.unit, on)
    return take_number(region=region, organ=organ, character=template.character, year=on.year)


def _record_frozen(actor: User | None, paper: Paper) -> None:
    """One event for the freezing; a second one, a warning, when fonts of the system had to do."""
    content = {"number": paper.number, "pdf_sha256": paper.pdf_sha256, "signer": paper.signer_name}
    acting_for, at = paper.acting_for, paper.frozen_at
    record(actor=actor, action="paper_frozen", subject=paper, data=content, at=at, acting_for=acting_for)
    if not uses_bundled_fonts():
        warning = {"warning": "未找到随附字体，已使用系统中文字体排版"}
        record(actor=None, action="paper_set_with_system_fonts", subject=paper, data=warning, at=at)


def _draft(paper: Paper) -> Paper:
    locked = Paper.objects.select_for_update(of=("self",)).select_related("unit").get(pk=paper.pk)
    if locked.state != PaperState.draft:
        raise Refused(f"《{locked.title}》{PaperState(locked.state).label}，不能再改动；确需变更请撤回后重新制作。")
    return locked


def _frozen(paper: Paper) -> Paper:
    locked = Paper.objects.select_for_update().get(pk=paper.pk)
    if locked.state not in _FROZEN:
        raise Refused(
            f"《{locked.title}》目前为{PaperState(locked.state).label}，只有已定稿的文书才能送达、公示或撤回。"
        )
    return locked


def _move(paper: Paper, state: PaperState) -> None:
    paper.state = state
    paper.save(update_fields=["state"])


@transaction.atomic
def serve_paper(
    *,
    actor: User | None,
    paper: Paper,
    method: Method | str,
    receiver: str,
    at: datetime | None = None,
    receipt: Attachment | Paper | None = None,
    refused: bool = False,
    note: str = "",
) -> Service:
    """Note one serving with its proof. Refused: a paper that is not frozen, a moment before it was, a refusal without proof."""
    moment = at or clock.now()
    locked = _frozen(paper)
    if locked.frozen_at is not None and moment < locked.frozen_at:
        raise Refused(f"送达时间早于《{locked.title}》的定稿时间，请核对。")
    if refused and receipt is None and not note.strip():
        raise Refused("收件人拒绝签收的，请在备注中写明见证情况，或附送达凭证。")
    service = Service.objects.create(
        paper=locked,
        method=Method(method),
        receiver=receiver,
        at=moment,
        refused=refused,
        note=note,
        receipt=receipt if isinstance(receipt, Attachment) else None,
        receipt_paper=receipt if isinstance(receipt, Paper) else None,
        served_by=actor,
    )
    if locked.state == PaperState.frozen:
        _move(locked, PaperState.served)
    content = {"service": service.pk, "method": service.method, "receiver": receiver, "refused": refused, "note": note}
    record(actor=actor, action="paper_served", subject=paper, data=content, at=moment)
    paper.refresh_from_db()
    return service


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
    locked = _frozen(paper)
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
    public_data: Mapping[str, Any] | None = None,
    slug: str = "",
    due_at: datetime | None = None,
    at: datetime | None = None,
) -> Publication:
    """Show the paper to the public: the planned publication, or a new one of `public_data`. Refused as planning, or twice."""
    moment = at or clock.now()
    locked = _frozen(paper)
    publication = locked.publications.filter(withdrawn_at__isnull=True, published_at__isnull=True).first()
    if publication is None:
        publication = plan_publication(
            actor=actor, paper=paper, public_data=public_data or {}, slug=slug, due_at=due_at, at=moment
        )
    publication.published_at = moment
    publication.save(update_fields=["published_at"])
    _move(locked, PaperState.published)
    record(actor=actor, action="paper_published", subject=paper, data={"slug": publication.slug}, at=moment)
    paper.refresh_from_db()
    return publication


@transaction.atomic
def withdraw_publication(
    *, actor: User | None, publication: Publication, reason: str, at: datetime | None = None
) -> Publication:
    """Take a publication (or its plan) back; the paper itself stays in force. Refused when it was taken back before."""
    moment = at or clock.now()
    locked = _frozen(publication.paper)
    in_force = Publication.objects.filter(pk=publication.pk, withdrawn_at__isnull=True)
    if not in_force.update(withdrawn_at=moment, withdrawn_reason=reason):
        raise Refused(f"《{locked.title}》的公示已撤回，无需再次撤回。")
    if locked.state == PaperState.published:
        _move(locked, PaperState.served if locked.services.exists() else PaperState.frozen)
    content = {"slug": publication.slug, "reason": reason}
    record(actor=actor, action="publication_withdrawn", subject=locked, data=content, at=moment)
    publication.refresh_from_db()
    return publication


@transaction.atomic
def withdraw_paper(*, actor: User | None, paper: Paper, reason: str, at: datetime | None = None) -> Paper:
    """Revoke a frozen paper; its number stays used and its publication is taken back. Refused for drafts and twice."""
    moment = at or clock.now()
    locked = _frozen(paper)
    for publication in locked.publications.filter(withdrawn_at__isnull=True):
        withdraw_publication(actor=actor, publication=publication, reason=reason, at=moment)
    _move(locked, PaperState.withdrawn)
    record(actor=actor, action="paper_withdrawn", subject=paper, data={"reason": reason}, at=moment)
    paper.refresh_from_db()
    return paper
