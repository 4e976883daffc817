"""Doors: who may open which page. `page()` routes no view without one, so a forgotten door denies."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, cast
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.core.access.passwords import change_due
from kuangan.core.queries import Hold, roles_of
from kuangan.law.role import ADMINISTRATORS, Role
from kuangan.web.frame.once import answered_once
from kuangan.web.frame.request import Request, cleaned

OFFICERS = (Role.duty_officer, Role.enforcement_officer, Role.section_head, Role.legal_reviewer)
HEADS = (Role.bureau_head, Role.bureau_deputy)
AUTHORITY = (*OFFICERS, *HEADS)
GOVERNMENT = (Role.government_head,)
MINE = (Role.mine_dispatcher, Role.mine_leader, Role.mine_director, Role.mine_engineer)
COMPANY = (Role.company_officer,)
COMMISSIONERS = (Role.supervision_commissioner,)
CLERKS = (Role.clerk,)
"""Of any office: which unit's things a clerk sees follows from scope, not from the door."""
INSPECTORATE = (Role.inspectorate_officer,)
OPERATOR = (Role.operator,)
SECURITY = (Role.security_admin,)
UNIT_ADMIN = (Role.unit_admin,)
"""Keeps the people, posts and rosters of its own unit."""
ACCOUNT_KEEPERS = (*OPERATOR, *SECURITY)
"""Those of whom one asks and another decides what concerns accounts."""
OVERSEERS = (*AUTHORITY, *GOVERNMENT, *COMPANY, *INSPECTORATE, *COMMISSIONERS, *CLERKS)
EVERYONE = (*OVERSEERS, *MINE, *ADMINISTRATORS, *UNIT_ADMIN)
CHECKS = (*AUTHORITY, *GOVERNMENT, *INSPECTORATE)
DRAWS = (*CHECKS, *COMMISSIONERS)
OFFICES = (*DRAWS, *CLERKS)

AnyView = Callable[..., HttpResponseBase] | Callable[..., Awaitable[HttpResponseBase]]


@dataclass(frozen=True)
class Door:
    """Who may open a view and how. ``public`` doors need no login; otherwise one of ``roles`` is needed."""

    roles: frozenset[Role]
    methods: tuple[str, ...]
    public: bool = False
    unbound: bool = False
    aged: bool = False


def door(
    *roles: Role,
    methods: tuple[str, ...] = ("GET",),
    public: bool = False,
    unbound: bool = False,
    aged: bool = False,
) -> Callable[[AnyView], AnyView]:
    """Give a view its door. Raises ``ValueError`` for a door that is neither public nor open to any role.

    ``unbound``: opens also to people who must sign but have no one-time code bound yet; all others send them there.
    ``aged``: opens also to people who must first change a given or too old password.
    """
    if bool(roles) == public:
        raise ValueError("a door names the roles it opens to, or is public; not both and not neither")
    made = Door(frozenset(roles), ("HEAD", *methods), public, unbound, aged)

    def fit(view: AnyView) -> AnyView:
        if iscoroutinefunction(view):

            @wraps(view)
            async def guarded_async(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
                refused = await sync_to_async(_refusal)(request, made)
                return refused or await view(await sync_to_async(cleaned)(request), *args, **kwargs)

            guarded_async.door = made  # type: ignore[attr-defined]  # functions take attributes; page() reads it
            return guarded_async

        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refused = _refusal(request, made)
            asked = request if refused else cleaned(request)
            return refused or answered_once(asked, lambda: cast("HttpResponseBase", view(asked, *args, **kwargs)))

        guarded.door = made  # type: ignore[attr-defined]  # as above
        return guarded

    return fit


def page(route: str, view: AnyView, name: str) -> URLPattern:
    """One address of the site. Raises ``ValueError`` for a view without a door."""
    if not isinstance(getattr(view, "door", None), Door):
        raise ValueError(f"view {view.__module__}.{view.__name__} has no @door; it would be open to anyone")  # noqa: TRY004  # its value lacks a door
    return path(route, cast("Callable[..., HttpResponseBase]", view), name=name)


def signed_in(request: Request) -> bool:
    """Whether somebody is; public pages are also asked by nobody."""
    return bool(request.user.is_authenticated)


def holds_of(request: Request) -> tuple[Hold, ...]:
    """What the person at the browser holds now; asked of the database once a request."""
    if "kuangan_holds" not in vars(request):
        request.kuangan_holds = tuple(roles_of(request.user)) if signed_in(request) else ()
    return request.kuangan_holds


def has_role(request: Request, *roles: Role) -> bool:
    """Whether the person holds one of ``roles`` anywhere."""
    return any(hold.role in roles for hold in holds_of(request))


def opens(request: Request, name: str) -> bool:
    """Whether the person may open the page of this name (one without arguments), so that no link leads before a closed door."""
    made: Door = resolve(reverse(name)).func.door  # type: ignore[attr-defined]  # page() refuses a view without one
    return made.public or has_role(request, *made.roles)


def leading(request: Request, words: str, name: str, label: str) -> SafeString:
    """What an empty list says, with a link to where it begins for whoever may go there."""
    link = format_html('<a href="{}">{}</a>。', reverse(name), label) if opens(request, name) else ""
    return format_html("{}{}", words, link)


def _refusal(request: Request, made: Door) -> HttpResponseBase | None:
    """The answer that keeps the visitor out, or None. Raises ``PermissionDenied`` for a wrong role."""
    if request.method not in made.methods:
        return HttpResponseNotAllowed(made.methods)
    if made.public:
        return None
    if not request.user.is_authenticated:
        return _to_login(request)
    if not has_role(request, *made.roles):
        raise PermissionDenied
    if not made.aged and _must_change(request):
        return _elsewhere(request, "password")
    if not made.unbound and _must_bind(request):
        return _elsewhere(request, "bind_code")
    return None


def _must_change(request: Request) -> bool:
    return bool(change_due(request.user))


def _must_bind(request: Request) -> bool:
    return not request.user.totp_secret and any(hold.role.needs_totp for hold in holds_of(request))


def lets_on(request: Request) -> bool:
    """Whether the person has a role and neither a password to change nor a code to bind first."""
    return bool(holds_of(request)) and not _must_change(request) and not _must_bind(request)


def _elsewhere(request: Request, name: str) -> HttpResponseBase:
    """Send the person to the page that comes first; a page that refreshes itself is left as a whole."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(name)})
    return HttpResponseRedirect(reverse(name))


def _to_login(request: Request) -> HttpResponseBase:
    target = request.get_full_path() if request.method == "GET" else reverse("today")
    address = f"{reverse('login')}?{urlencode({'next': target})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("login")})
    if request.headers.get("Accept", "").startswith("text/event-stream"):
        return HttpResponse(status=401)
    return HttpResponseRedirect(address)


def demonstration() -> bool:
    """Whether this installation shows an invented city."""
    return bool(getattr(settings, "DEMONSTRATION", False))
