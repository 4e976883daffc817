"""Browsers in which somebody has logged in before: guesses made elsewhere never slow their log-ins.

The signed cookie holds, for the last few people, a digest of the user name and a random mark. It opens nothing.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from kuangan.web.frame.request import Request

COOKIE = "kuangan_browser"
LASTS_S = 180 * 24 * 3600
MOST = 6
"""People that one browser remembers: a shared computer of a duty room."""
_SALT = "kuangan.known_browser"


def known_browser(request: Request, username: str) -> str:
    """The mark of this browser for a user name; empty when nobody has logged in under it here."""
    return _marks(request).get(_name(username), "")


def remember_browser(request: Request, response: HttpResponse, username: str) -> None:
    """Note that somebody has logged in here."""
    marks, name = _marks(request), _name(username)
    mark = marks.pop(name, "") or secrets.token_urlsafe(12)
    kept = dict([*marks.items(), (name, mark)][-MOST:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_SALT),
        max_age=LASTS_S,
        path="/login/",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _marks(request: Request) -> dict[str, str]:
    try:
        kept: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LASTS_S)
    except signing.BadSignature:
        return {}
    return kept


def _name(username: str) -> str:
    return salted_hmac(_SALT, username, algorithm="sha256").hexdigest()[:16]
