"""A correction of a ledger that takes something overdue away, or gives it more time: the level above looks whether that was right."""

from datetime import datetime

from kuangan.core.actions import send_notice
from kuangan.core.models import Unit
from kuangan.core.subject import Subject
from kuangan.duty.levels import TOLD

LOOK = "请核实。"


def tell_above(*, above: Unit | None, title: str, body: str, subject: Subject, at: datetime) -> None:
    """Tell the level above, if there is one; a notice of its own, which no end of what it is about ends."""
    if above is not None:
        send_notice(
            actor=None,
            unit=above,
            role=TOLD.get(above.kind),
            title=title[:200],
            body=f"{body}，{LOOK}",
            kind=subject.kind,
            subject=subject,
            at=at,
        )
