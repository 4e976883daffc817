"""Register changes that the reader may make or propose about a mine, a face or a point, for their own pages."""

from typing import Any

from django.urls import reverse

from kuangan.core.queries import roles_of
from kuangan.flow.changes.kinds.mine.opening import KIND as OPENING
from kuangan.flow.changes.people import ChangeStanding
from kuangan.flow.changes.queries import offered_kinds
from kuangan.flow.changes.subjects import change_subject
from kuangan.mine.actions import SUPERVISING
from kuangan.web.frame.request import Request


def offered_about(request: Request, kind: str, key: str) -> dict[str, Any]:
    """``subject`` and the ``offered`` kinds, for ``registry/_offered.html``."""
    subject = change_subject(kind, key)
    return {"subject": subject, "offered": offered_kinds(request.user, subject) if subject else []}


def opening_address(request: Request) -> str:
    """Where the reader opens the file of a mine for his own bureau, or proposes it; "" where he may not."""
    standing = ChangeStanding(request.user)
    for hold in roles_of(request.user):
        if hold.unit.kind in SUPERVISING and (
            standing.makes(OPENING, hold.unit) or standing.proposes(OPENING, hold.unit)
        ):
            return reverse("new_change", args=["unit", hold.unit.code, OPENING.id])
    return ""
