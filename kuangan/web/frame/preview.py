"""Draft papers as pictures, for a look before the step is made."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kuangan.casework.attempts import preview
from kuangan.casework.models import Case
from kuangan.casework.relations import keeper_of
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.law.paper import PaperError, load_template
from kuangan.law.procedure import Move
from kuangan.law.setting.typeset import TypesetError, pictures
from kuangan.paper.models import Paper
from kuangan.paper.render import envelope

PLACEHOLDER = "（定稿时编号）"


@dataclass(frozen=True)
class Draft:
    """A paper as it would look: title and pages as data addresses, or why it cannot be shown yet."""

    title: str
    pages: tuple[str, ...] = ()
    trouble: str = ""


def drafts_of(user: User, case: Case, move: Move, inputs: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """``drafts`` for the template ``cases/_preview.html``, and ``trouble`` when the step itself is refused or half filled."""
    if not move.papers:
        return {"drafts": (), "trouble": ""}
    try:
        made = preview(actor=user, case=case, move_id=move.id, inputs=inputs, at=at)
    except Refused as refused:
        return {"drafts": (), "trouble": str(refused)}
    unit = keeper_of(case).name
    return {"drafts": [_draft(template, fields, unit, at) for template, fields in made], "trouble": ""}


def draft_of(paper: Paper, at: datetime) -> Draft:
    """A paper as it looks, by its own number once it has one."""
    return _draft(paper.template, paper.data, paper.unit.name, at, paper.number or "")


def draft_of_fields(template_id: str, fields: Mapping[str, Any], unit: str, at: datetime, number: str = "") -> Draft:
    """A paper that does not exist yet, as it would look with these fields."""
    return _draft(template_id, fields, unit, at, number)


def _draft(template_id: str, fields: Mapping[str, Any], unit: str, at: datetime, number: str = "") -> Draft:
    template = load_template(template_id)
    number = number or (PLACEHOLDER if template.numbered else "")
    content = envelope(number=number, title=template.title, unit=unit, at=at, fields=fields)
    try:
        pages = pictures(template_id, content)
    except (PaperError, TypesetError) as error:
        return Draft(template.title, trouble=str(error))
    return Draft(template.title, tuple(f"data:image/png;base64,{base64.b64encode(page).decode()}" for page in pages))
