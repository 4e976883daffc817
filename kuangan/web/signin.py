"""Login, logout, one's own account, and the first address."""

import pyotp
import segno
from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from kuangan.core import actions, signin
from kuangan.core.errors import Refused
from kuangan.core.queries import api_tokens_of
from kuangan.core.signin import Outcome
from kuangan.web.account_keys import ISSUED_KEY
from kuangan.web.demonstration import accounts
from kuangan.web.doors import EVERYONE, demonstration, door
from kuangan.web.menu import first_page
from kuangan.web.page import show
from kuangan.web.request import Request

ISSUER = "矿安"


def _text(**attributes: str) -> forms.TextInput:
    return forms.TextInput({"class": "form-control", **attributes})


class LoginForm(forms.Form):
    """Name and password, and the one-time code of those who sign."""

    username = forms.CharField(label="用户名", max_length=40, widget=_text(autofocus="", autocomplete="username"))
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "current-password"}, render_value=True),
    )
    code = forms.CharField(
        label="动态口令", max_length=8, required=False, widget=_text(autocomplete="one-time-code", inputmode="numeric")
    )


class PasswordForm(forms.Form):
    """A new password, typed after the old one."""

    old = forms.CharField(label="原密码", strip=False, widget=forms.PasswordInput({"class": "form-control"}))
    new = forms.CharField(
        label="新密码",
        strip=False,
        help_text="至少 10 位，不得使用常见密码",
        widget=forms.PasswordInput({"class": "form-control"}),
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
    tried = None
    if request.method == "POST" and form.is_valid():
        tried = signin.authenticate(**form.cleaned_data)
        if tried.user is not None and tried.outcome in (Outcome.accepted, Outcome.must_enrol):
            signin.sign_in(request, tried.user)
            return HttpResponseRedirect(_target(request))
    response = show(
        request,
        "web/login.html",
        form=form,
        tried=tried,
        needs_code=tried is not None and tried.outcome is Outcome.needs_code,
        next=request.POST.get("next") or request.GET.get("next", ""),
        accounts=accounts() if demonstration() else (),
    )
    response["Cache-Control"] = "no-store"
    return response


def _target(request: Request) -> str:
    """Where to go after login: only to an address of this site."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("home")


@door(public=True, methods=("POST",))
def logout(request: Request) -> HttpResponse:
    """End the session."""
    signin.sign_out(request)
    return redirect("login")


@door(*EVERYONE, unbound=True)
def account(request: Request) -> HttpResponse:
    """One's own posts, password, one-time code and keys of the API; a new key is shown once."""
    response = show(
        request,
        "web/account.html",
        form=PasswordForm(),
        keys=api_tokens_of(request.user),
        issued=request.session.pop(ISSUED_KEY, None),
    )
    response["Cache-Control"] = "no-store"
    return response


@door(*EVERYONE, methods=("POST",))
def password(request: Request) -> HttpResponse:
    """Change one's own password; the session goes on under the new one."""
    form = PasswordForm(request.POST)
    if form.is_valid() and not request.user.check_password(form.cleaned_data["old"]):
        form.add_error("old", "原密码不正确")
    if form.is_valid():
        try:
            actions.set_password(actor=request.user, user=request.user, password=form.cleaned_data["new"])
        except Refused as refused:
            form.add_error("new", str(refused))
        else:
            signin.sign_in(request, request.user)
            messages.success(request, "密码已更改。")
            return redirect("account")
    return show(request, "web/account.html", form=form, keys=api_tokens_of(request.user))


@door(*EVERYONE, methods=("GET", "POST"), unbound=True)
def bind_code(request: Request) -> HttpResponse:
    """Bind the phone that makes one-time codes: start (POST), scan, confirm with a first code (POST code)."""
    user, wrong = request.user, ""
    if user.totp_secret:
        messages.info(request, "您的账号已绑定动态口令；更换手机请联系系统管理员。")
        return redirect("account")
    if request.method == "POST" and "code" in request.POST:
        try:
            actions.confirm_totp(actor=user, user=user, code=request.POST["code"])
        except Refused as refused:
            wrong = str(refused)
        else:
            messages.success(request, "动态口令已绑定，以后登录和签发文书时使用。")
            return redirect("home")
    elif request.method == "POST" or not user.totp_pending_secret:
        actions.enrol_totp(actor=user, user=user)
    secret = actions.pending_secret(user)
    response = show(request, "web/bind_code.html", secret=secret, picture=_picture(secret, user.username), wrong=wrong)
    response["Cache-Control"] = "no-store"
    return response


def _picture(secret: str, username: str) -> str:
    """The QR code that an authenticator scans, as a data address."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    return str(segno.make(address, micro=False).svg_data_uri(scale=5))
