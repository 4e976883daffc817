"""Freezing a paper: number, PDF, digest, signer."""

import io
from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries import Hold, roles_of
from kuangan.core.signing import Confirmation, Verb
from kuangan.core.store import draft_content, keep_content
from kuangan.law.paper import load_template
from kuangan.paper.actions.locking import draft_of, require_confirmed
from kuangan.paper.models import Paper, PaperState
from kuangan.paper.number import marks_of, take_number
from kuangan.paper.render import render_pdf, uses_bundled_fonts

LARGEST_PDF = 50 * 1024 * 1024


@transaction.atomic
def freeze_paper(
    *,
    actor: User | None,
    paper: Paper,
    confirmation: Confirmation | None = None,
    signer: Hold | None = None,
    at: datetime | None = None,
) -> Paper:
    """Number, set and hash the paper in one transaction; from here on it never changes.

    `signer` is the hold by which `actor` signs (with the absent post he stands in for). The PDF is on disk before
    the row is committed, and a failure gives the number back. Refused: already frozen, fields that do not fit,
    a unit without organ mark, a hold that is not the actor's at that moment, a paper that the actor has not confirmed,
    a disk without room.
    """
    moment = at or clock.now()
    locked = draft_of(paper)
    _require_confirmed(confirmation, actor, locked, signer)
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


def _require_confirmed(
    confirmation: Confirmation | None, actor: User | None, paper: Paper, signer: Hold | None
) -> None:
    """The platform's own papers have neither number nor signer; whatever else is frozen, its signer has confirmed as it stands."""
    if actor is None and signer is None and not load_template(paper.template).numbered:
        return
    require_confirmed(confirmation, actor, paper, Verb.freeze, "签发", {"fields": paper.data})


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
