"""Serving a frozen paper with its proof, and withdrawing one."""

from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, User
from kuangan.core.signing import Confirmation, Verb
from kuangan.paper.actions.locking import frozen_paper, move_paper, require_confirmed
from kuangan.paper.actions.publications import take_back
from kuangan.paper.models import Method, Paper, PaperState, Service


@transaction.atomic
def serve_paper(
    *,
    actor: User | None,
    paper: Paper,
    method: Method | str,
    receiver: str,
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
    receipt: Attachment | Paper | None = None,
    refused: bool = False,
    note: str = "",
) -> Service:
    """Note one serving with its proof.

    Refused: a paper that is not frozen, a moment before it was, a refusal without proof, a serving not confirmed by the actor.
    """
    moment = at or clock.now()
    locked = frozen_paper(paper)
    require_confirmed(confirmation, actor, locked, Verb.serve, "送达")
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
        move_paper(locked, PaperState.served)
    content = {"service": service.pk, "method": service.method, "receiver": receiver, "refused": refused, "note": note}
    record(actor=actor, action="paper_served", subject=paper, data=content, at=moment)
    paper.refresh_from_db()
    return service


@transaction.atomic
def withdraw_paper(
    *,
    actor: User | None,
    paper: Paper,
    reason: str,
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
) -> Paper:
    """Revoke a frozen paper; its number stays used and its publication is taken back. Refused for drafts and twice."""
    moment = at or clock.now()
    locked = frozen_paper(paper)
    require_confirmed(confirmation, actor, locked, Verb.withdraw, "撤回")
    for publication in locked.publications.filter(withdrawn_at__isnull=True):
        take_back(actor, locked, publication, reason, moment)
    move_paper(locked, PaperState.withdrawn)
    record(actor=actor, action="paper_withdrawn", subject=paper, data={"reason": reason}, at=moment)
    paper.refresh_from_db()
    return paper
