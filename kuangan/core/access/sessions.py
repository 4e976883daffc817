"""The session engine (``SESSION_ENGINE``): a browser's key is kept as its digest only, and a session nobody uses is over.

All moments are the wall clock's. See ``core.models.session.LoginSession``.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.crypto import get_random_string

from kuangan.base import clock
from kuangan.core.access.values import lasting
from kuangan.core.models import LoginSession
from kuangan.core.source import source_address

KEY_LENGTH = 32
STAMP_EVERY = timedelta(minutes=1)
"""A use is noted at most this often, so that reading pages seldom writes."""


def key_digest(key: str) -> str:
    """How a browser's key is kept. Keys are random and long, so a slow hash would add nothing."""
    return hashlib.sha256(b"kuangan session " + key.encode()).hexdigest()


def _new_key() -> str:
    """A key nobody guesses: 32 characters, 190 bits."""
    return get_random_string(KEY_LENGTH)


def is_over(session: LoginSession, at: datetime) -> bool:
    """Whether the session's end has come, or nobody has used it for its time."""
    return session.ends_at <= at or session.seen_at + timedelta(seconds=session.idle_s) <= at


def over_at(at: datetime) -> Q:
    """Filter on LoginSession: those over at a moment."""
    return Q(ends_at__lte=at) | Q(seen_at__lte=at - F("idle_s") * timedelta(seconds=1))


class SessionStore(SessionBase):
    """One browser's session. ``idle`` and ``browser`` are taken over by the row when it is made."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.row: LoginSession | None = None
        self.idle: timedelta | None = None
        self.browser = ""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing for one that is unknown or over."""
        session = LoginSession.objects.filter(key_sha256=key_digest(self.session_key or "")).first()
        if session is None or is_over(session, clock.wall_now()):
            self._session_key = None
            return {}
        self.row = session
        return self.decode(session.data)

    def exists(self, session_key: str) -> bool:
        return LoginSession.objects.filter(key_sha256=key_digest(session_key)).exists()

    def create(self) -> None:
        """Make an empty session under a new key."""
        while True:
            self._session_key = _new_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's own signature
        """Write what it holds. Raises UpdateError when the session was ended meanwhile."""
        if self.session_key is None:
            self.create()
            return
        held = dict(getattr(self, "_session_cache", {}) if must_create else self.items())
        values = {"data": self.encode(held), "user_id": int(held[SESSION_KEY]) if SESSION_KEY in held else None}
        if self.idle is not None:
            values["idle_s"] = int(self.idle.total_seconds())
        if must_create:
            self._insert(values)
        elif not LoginSession.objects.filter(key_sha256=key_digest(self.session_key)).update(**values):
            raise UpdateError

    def _insert(self, values: dict[str, Any]) -> None:
        moment = clock.wall_now()
        session = LoginSession(
            key_sha256=key_digest(self.session_key or ""),
            address=source_address.get(),
            browser=self.browser,
            begun_at=moment,
            seen_at=moment,
            ends_at=moment + timedelta(seconds=settings.SESSION_COOKIE_AGE),
            **({"idle_s": int(lasting("idle").total_seconds())} | values),
        )
        try:
            with transaction.atomic():
                session.save(force_insert=True)
        except IntegrityError as taken:
            raise CreateError from taken
        self.row = session

    def delete(self, session_key: str | None = None) -> None:
        """Forget the session; one that is not there is forgotten already."""
        key = session_key or self.session_key
        if key is not None:
            LoginSession.objects.filter(key_sha256=key_digest(key)).delete()

    def stamp(self) -> None:
        """Note that the person used it, at most once a minute."""
        moment = clock.wall_now()
        if self.row is not None and self.row.seen_at + STAMP_EVERY <= moment:
            LoginSession.objects.filter(pk=self.row.pk).update(seen_at=moment)
            self.row.seen_at = moment

    @classmethod
    def clear_expired(cls) -> None:
        """Remove the rows of sessions that are over."""
        LoginSession.objects.filter(over_at(clock.wall_now())).delete()


def sessions_of(user_id: int, at: datetime) -> QuerySet[LoginSession]:
    """The account's running sessions, the last used first."""
    return all_sessions_of(user_id).exclude(over_at(at))


def all_sessions_of(user_id: int) -> QuerySet[LoginSession]:
    """The account's sessions, those too that are over and not yet removed, the last used first."""
    return LoginSession.objects.filter(user=user_id).order_by("-seen_at", "-pk")


def readers_of(digests: Iterable[str], at: datetime) -> QuerySet[LoginSession]:
    """The running sessions of active accounts among these digests, each with its account and unit."""
    sessions = LoginSession.objects.exclude(over_at(at)).filter(key_sha256__in=set(digests), user__is_active=True)
    return sessions.select_related("user__person__unit")


def beyond(sessions: Iterable[LoginSession], most: int) -> list[LoginSession]:
    """The sessions that are too many, when the last used ones stay."""
    return list(sessions)[most:]
