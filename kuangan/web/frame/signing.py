"""The signing step of a page: what is signed before the eyes, the one-time code in the same request.

A page shows ``signing_of`` with the template ``frame/signing/_signing.html``; its answer is made inside ``signed``.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from kuangan.base import clock
from kuangan.core.actions import confirmed
from kuangan.core.models import User
from kuangan.core.signing import Act, Confirmation, PaperSheet, mark_of, read_mark
from kuangan.web.frame.preview import Draft, draft_of_fields
from kuangan.web.frame.request import Request

MARK, CODE = "seen", "code"
"""Names of the posted fields: the mark of what was shown, the one-time code."""


@dataclass(frozen=True)
class Signing:
    """A list as the page shows it: what will happen in words, the papers as pictures, and the mark to send back."""

    words: tuple[str, ...]
    drafts: tuple[Draft, ...]
    seen: str


def signing_of(user: User, acts: Sequence[Act], at: datetime, *, pictures: bool = True) -> Signing:
    """What ``user`` is asked to sign at ``at``. ``pictures`` False: the page shows the papers itself."""
    sheets = [act.sheet for act in acts if act.sheet] if pictures else []
    words = tuple(act.words for act in acts if act.words)
    return Signing(words, tuple(picture(sheet, at) for sheet in sheets), mark_of(user, acts, at))


def picture(sheet: PaperSheet, at: datetime) -> Draft:
    """The paper as it will look, or as it looks by its own number."""
    return draft_of_fields(sheet.template, sheet.fields, sheet.unit, sheet.at or at, sheet.number)


@contextmanager
def signed(request: Request, acts_at: Callable[[datetime], Sequence[Act]]) -> Iterator[Confirmation]:
    """Inside it, the person has confirmed what the page showed, as ``acts_at`` says it stood then; one transaction.

    Raises :class:`Refused`: nothing was shown, it has changed since, or the code confirms nothing.
    """
    acts_at(clock.now())  # who may not sign at all is told so first
    seen = read_mark(request.user, request.POST.get(MARK, ""))
    acts = acts_at(seen.at)
    seen.require(acts)
    code = request.POST.get(CODE, "")
    with confirmed(user=request.user, code=code, acts=acts, seen_at=seen.at) as confirmation:
        yield confirmation
