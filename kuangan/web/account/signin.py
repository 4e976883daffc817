"""Login, logout, and the first address."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from kuangan.core.access import oidc, signin
from kuangan.core.access.hashing import Crowded
from kuangan.core.access.signin import LoginOutcome
from kuangan.core.models import User
from kuangan.web.account.browsers import known_browser, remember_browser
from kuangan.web.account.lists import DEMONSTRATION
from kuangan.web.frame.demonstration import accounts
from kuangan.web.frame.doors import demonstration, door
from kuangan.web.frame.menu import first_page
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table


def _text(**attributes: str) -> forms.TextInput:
    return forms.TextInput({"class": "form-control", **attributes})


class LoginForm(forms.Form):
    """Name and password, and the one-time code of those who sign."""

    username = forms.CharField(label="用户名", max_length=40, widget=_text(autofocus="", autocomplete="username"))
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="动态口令", max_length=8, required=False, widget=_text(autocomplete="one-time-code", inputmode="numeric")
    )


@door(public=True)
def home(request: Request) -> HttpResponse:
    """The bare address: the person's first page, or login."""
    if not request.user.is_authenticated:
        return redirect("login")
    return redirect(first_page(request))


@door(public=True, methods=("GET", "POST"))
def login(request: Request) -> HttpResponse:
    """Name and password, then the code of those who sign; who has none yet goes to bind one."""
    form = LoginForm(request.POST or None)
    tried, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            tried = signin.authenticate(
                **form.cleaned_data, browser=known_browser(request, form.cleaned_data["username"])
            )
        except Crowded as crowded:
            form.add_error(None, str(crowded))
            status = 503
    if (
        tried is not None
        and tried.user is not None
        and tried.outcome in (LoginOutcome.accepted, LoginOutcome.must_enrol)
    ):
        return _entered(request, tried.user)
    response = show(
        request,
        "account/login.html",
        status=status,
        form=form,
        tried=tried,
        needs_code=tried is not None and tried.outcome is LoginOutcome.needs_code,
        provider=oidc.provider(),
        next=request.POST.get("next") or request.GET.get("next", ""),
        accounts=Table(DEMONSTRATION, accounts() if demonstration() else (), style="stack codes"),
    )
    response["Cache-Control"] = "no-store"
    return response


def _entered(request: Request, user: User) -> HttpResponse:
    """The session is opened; whoever was tried under this name since the last time is told."""
    failed = user.failed_attempts
    signin.sign_in(request, user)
    if failed:
        messages.warning(
            request, f"上次登录以来，您的账号有{failed}次登录失败；如非本人操作，请更改密码并告知系统管理员。"
        )
    response = HttpResponseRedirect(_target(request))
    remember_browser(request, response, user.username)
    return response


def _target(request: Request) -> str:
    """Where to go after login: only to an address of this site."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("home")


@door(public=True, methods=("POST",))
def logout(request: Request) -> HttpResponse:
    """Out of the platform; who came through the provider is shown the way out of it, too."""
    own = oidc.provider() if request.session.get("sso_in") else None
    signin.sign_out(request)
    leave = oidc.logout_address(own, request.build_absolute_uri(reverse("login"))) if own is not None else ""
    return show(request, "account/logged_out.html", leave=leave) if leave else redirect("login")
