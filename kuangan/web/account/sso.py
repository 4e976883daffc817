"""统一登录: to the provider and back, then our own one-time code where the post signs."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.access import oidc, signin
from kuangan.core.access.oidc import SsoFailed
from kuangan.core.access.signin import LoginOutcome
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries.accounts import active_user
from kuangan.web.frame.doors import door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request

KEPT, WAITING, LASTED = "sso", "sso_user", "sso_since"
PATIENCE_S = 600
"""How long one may take at the provider, and again for the one-time code."""


def _back(request: Request) -> str:
    return request.build_absolute_uri(reverse("sso_return"))


@door(public=True)
def sso(request: Request) -> HttpResponse:
    """Go to the provider."""
    own = oidc.provider()
    if own is None:
        return redirect("login")
    try:
        address, kept = oidc.begin(own, _back(request))
    except SsoFailed as failed:
        return _failed(request, failed)
    request.session[KEPT] = kept
    request.session[LASTED] = clock.wall_now().timestamp()
    return HttpResponseRedirect(address)


@door(public=True)
def sso_return(request: Request) -> HttpResponse:
    """Back from the provider: who came, and whether a one-time code is still to be asked for."""
    own = oidc.provider()
    if own is None:
        return redirect("login")
    kept = request.session.pop(KEPT, {}) if _in_time(request) else {}
    try:
        user = oidc.finish(own, kept, request.GET.dict(), _back(request))
    except SsoFailed as failed:
        return _failed(request, failed)
    if user.totp_secret:
        request.session[WAITING] = user.pk
        request.session[LASTED] = clock.wall_now().timestamp()
        return redirect("sso_code")
    return _entered(request, user)


@door(public=True, methods=("GET", "POST"))
def sso_code(request: Request) -> HttpResponse:
    """The one-time code of who came back from the provider."""
    user = active_user(request.session.get(WAITING, 0)) if _in_time(request) else None
    if user is None:
        return redirect("login")
    wrong = ""
    if request.method == "POST":
        try:
            actions.confirm_code(user=user, code=request.POST.get("code", ""))
            return _entered(request, user)
        except Refused as refused:
            wrong = str(refused)
    return show(request, "account/sso_code.html", wrong=wrong)


def _in_time(request: Request) -> bool:
    return clock.wall_now().timestamp() - float(request.session.get(LASTED, 0)) < PATIENCE_S


def _entered(request: Request, user: User) -> HttpResponse:
    tried = signin.admitted(user, clock.wall_now())
    if tried.outcome not in (LoginOutcome.accepted, LoginOutcome.must_enrol):
        messages.error(request, tried.message)
        return redirect("login")
    signin.sign_in(request, user)
    request.session["sso_in"] = True
    return redirect("home")


def _failed(request: Request, failed: SsoFailed) -> HttpResponse:
    answer = show(request, "account/sso_failed.html", status=403, why=str(failed))
    answer["Cache-Control"] = "no-store"
    return answer
