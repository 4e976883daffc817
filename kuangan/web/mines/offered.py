"""Register changes that the reader may make or propose about a mine, a face or a point, for their own pages."""

from typing import Any

from kuangan.flow.changes.queries import offered_kinds
from kuangan.flow.changes.subjects import change_subject
from kuangan.web.frame.request import Request


def offered_about(request: Request, kind: str, key: str) -> dict[str, Any]:
    """``subject`` and the ``offered`` kinds, for ``registry/_offered.html``."""
    subject = change_subject(kind, key)
    return {"subject": subject, "offered": offered_kinds(request.user, subject) if subject else []}
