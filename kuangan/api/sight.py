"""Who asks: by a personal key, or by the session of a browser (then with the CSRF token)."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from kuangan.api.refusals import Denied
from kuangan.core.access.passwords import change_due
from kuangan.core.actions import note_key_use
from kuangan.core.models import User
from kuangan.core.queries import totp_required, user_of_token

View = Callable[..., HttpResponseBase]


class Key(HttpBearer):
    """A personal key in the header ``Authorization: Bearer …``."""

    def __call__(self, request: HttpRequest) -> User | None:
        """The key's owner; None without the header, so that the session is asked."""
        given = request.headers.get(self.header)
        if given is None:
            return None
        scheme, _, token = given.partition(" ")
        return self.authenticate(request, token.strip() if scheme.lower() == self.openapi_scheme else "")

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """The key's owner. Raises :class:`Denied` (401)."""
        user = user_of_token(token)
        if user is None:
            raise Denied(401, "接口密钥无效、已停用或已到期，请在“本人账号”页面重新签发。")
        note_key_use(token)
        return user


class Session(APIKeyCookie):
    """The session of a browser, as on pages."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        """Nothing is read here: ``CurrentUser`` has read the session; the CSRF token is asked of known users only."""
        return None

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The signed-in user. Raises :class:`Denied` for a write without its CSRF token, or where a password must be changed or a one-time code be bound first."""
        user = request.user
        if not isinstance(user, User):
            return None
        if check_csrf(request):
            raise Denied(403, "缺少或不符的 CSRF 令牌：使用浏览器会话写入时，请在 X-CSRFToken 请求头中填写。")
        if due := change_due(user):
            raise Denied(403, due)
        if not user.totp_secret and totp_required(user):
            raise Denied(403, "您的岗位需签署文书，请先绑定动态口令。")
        return user


def asker(request: HttpRequest) -> User:
    """The user that the key or the session has shown."""
    user = getattr(request, "auth", None)
    if not isinstance(user, User):
        raise TypeError("this endpoint has no auth; give it one of kuangan.api.sight")
    return user


def signed_in_only(view: View) -> View:
    """The API's description is for users: others are sent to log in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('login')}?next={request.path}")
        return view(request, *args, **kwargs)

    return guarded
