"""Signing: the list of things somebody is about to bring about, and his confirmation of it.

Whoever signs sees a list of :class:`Act`: a step and the papers it freezes, serves or publishes. The page carries what he saw
as a signed mark (:func:`mark_of`), his one-time code confirms exactly that list (``core.actions.confirmed``), and every action that
binds somebody takes its part out of the :class:`Confirmation` (:func:`spend`). It lives only inside that one transaction:
it cannot be stored, sent or used again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.core import signing

from kuangan.base.digest import digest
from kuangan.core.errors import Refused
from kuangan.core.models import User

SEEN_FOR_S: Final = 30 * 60
"""Seconds for which a list that was shown may be confirmed."""
_SALT: Final = "kuangan.core.signing"
_CHANGED = "待签署的内容与您核对时的不一致（填写内容或办理情况已变化），请核对页面上的文书和内容后，再输入动态口令。"


class Verb(StrEnum):
    """What a signature brings about."""

    step = "step"
    freeze = "freeze"
    serve = "serve"
    publish = "publish"
    withdraw = "withdraw"


@dataclass(frozen=True)
class PaperSheet:
    """A paper as it is put before the eyes: its template, fields, issuing unit; number and moment once it has them."""

    template: str
    fields: Mapping[str, Any]
    unit: str
    number: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Act:
    """One thing that is signed. ``words`` says it in Chinese; ``content`` is what was shown of it, as JSON-like data.

    ``moving``: the content holds the moment of signing, so that what comes about differs from what was shown by that alone;
    the step that it belongs to compares.
    """

    verb: Verb
    subject: str
    words: str
    content: Mapping[str, Any]
    sheet: PaperSheet | None = None
    moving: bool = False

    @property
    def digest(self) -> str:
        """What is confirmed of it."""
        return digest([self.verb.value, self.subject, self.content])


def paper_subject(template: str, scope: str) -> str:
    """How an act names a paper, drafted or still to be: its kind and what it is about."""
    return f"{template}@{scope}"


def list_digest(acts: Sequence[Act]) -> str:
    return digest([act.digest for act in acts])


def mark_of(user: User, acts: Sequence[Act], at: datetime) -> str:
    """The mark of a list that is shown to ``user``, as it stands at ``at``; the page sends it back with the code."""
    return signing.dumps({"user": user.pk, "list": list_digest(acts), "at": at.isoformat()}, salt=_SALT)


@dataclass(frozen=True)
class SeenMark:
    """A mark that came back: when the list stood so, and its digest."""

    at: datetime
    list_digest: str

    def require(self, acts: Sequence[Act]) -> None:
        """Raise :class:`Refused` unless these acts, as they stood then, are what was shown."""
        if list_digest(acts) != self.list_digest:
            raise Refused(_CHANGED)


def read_mark(user: User, mark: str) -> SeenMark:
    """What the mark says. Raises :class:`Refused` for one that is missing, forged, too old or another person's."""
    try:
        read = signing.loads(mark, salt=_SALT, max_age=SEEN_FOR_S)
    except signing.BadSignature:
        raise Refused("请先核对页面上的文书和内容，再输入动态口令签署；核对超过30分钟的，须重新核对。") from None
    if read["user"] != user.pk:
        raise Refused(_CHANGED)
    return SeenMark(datetime.fromisoformat(read["at"]), read["list"])


class Confirmation:
    """One person's confirmation of one list, for as long as its transaction runs. Made by ``core.actions.confirmed`` only."""

    def __init__(self, user: User, acts: Sequence[Act], seen_at: datetime) -> None:
        self.user_id = user.pk
        self.seen_at = seen_at
        self.list_digest = list_digest(acts)
        self._left = list(acts)
        self._open = True

    def close(self) -> None:
        """Nothing more can be done with it."""
        self._open = False

    def take(self, actor: User | None, verb: Verb, subject: str, content: Mapping[str, Any] | None) -> bool:
        """Use up the act that this is; False where it was not confirmed, by another, with other content, or was used."""
        if not self._open or actor is None or actor.pk != self.user_id:
            return False
        for act in self._left:
            if (act.verb, act.subject) == (verb, subject) and _same(act, content):
                self._left.remove(act)
                return True
        return False


def _same(act: Act, content: Mapping[str, Any] | None) -> bool:
    return act.moving or content is None or digest(act.content) == digest(content)


def spend(
    confirmation: Confirmation | None,
    actor: User | None,
    verb: Verb,
    subject: str,
    words: str,
    content: Mapping[str, Any] | None = None,
) -> None:
    """Take one act out of the actor's confirmation. Raises :class:`Refused` where he has not confirmed just this."""
    if confirmation is None or not confirmation.take(actor, verb, subject, content):
        raise Refused(f"{words}须由本人核对文书后以动态口令签署确认，请在签署页面办理。")
