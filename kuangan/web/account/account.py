"""本人账号: one's own posts, password, one-time code, log-ins and keys of the API."""

import pyotp
import segno
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.base.identity import masked_identity
from kuangan.core import actions
from kuangan.core.access import signin
from kuangan.core.access.hashing import Crowded
from kuangan.core.access.passwords import RULES_IN_WORDS, change_due
from kuangan.core.access.sessions import all_sessions_of, key_digest, sessions_of
from kuangan.core.errors import Refused
from kuangan.core.queries import api_tokens_of, may_sign_from, signatures_of, totp_required
from kuangan.core.queries.keeping import identity_of
from kuangan.web.account.lists import POSTS, SIGNATURES, session_columns
from kuangan.web.frame.doors import EVERYONE, MINE, OVERSEERS, door, has_role, holds_of
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare

ISSUER = "矿安"
SIGNATURES_SHOWN = 10
"""How many of the newest signatures and tries the page shows."""


class PasswordForm(forms.Form):
    """A new password, typed after the old one, twice."""

    old = forms.CharField(
        label="原密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="新密码",
        max_length=200,
        strip=False,
        help_text=RULES_IN_WORDS,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再次输入新密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """A password that nobody meant to type is found out here."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new", again):
            raise forms.ValidationError("两次输入的新密码不一致")
        return again


@door(*EVERYONE, unbound=True)
def account(request: Request) -> HttpResponse:
    """One's own posts, one-time code, log-ins and keys of the API."""
    return show_account(request)


def show_account(request: Request, *, issued: tuple[str, str] | None = None) -> HttpResponse:
    """The page; ``issued``: name and text of a key made by this request, shown this once and kept nowhere."""
    sessions = sessions_of(request.user.pk, clock.wall_now())
    return show(
        request,
        "account/account.html",
        keys=api_tokens_of(request.user),
        issued=issued,
        held=Table(POSTS, holds_of(request), "目前没有岗位。", style=""),
        sessions=Table(session_columns(request, _digest_here(request)), sessions),
        signed=bare(SIGNATURES, signatures_of(request.user, SIGNATURES_SHOWN), "还没有签署过。"),
        signs_from=may_sign_from(request.user),
        needs_code=totp_required(request.user),
        identity=_masked_identity(request),
        sees_business=has_role(request, *OVERSEERS, *MINE),
    )


def _masked_identity(request: Request) -> str:
    """One's own card as it is registered, without most of its digits."""
    held = identity_of(request.user.person) if request.user.person else ""
    return masked_identity(held) if held else ""


def _digest_here(request: Request) -> str:
    """The digest of the session that asks."""
    return key_digest(request.session.session_key or "")


@door(*EVERYONE, methods=("POST",), unbound=True)
def end_session(request: Request, pk: int) -> HttpResponse:
    """Log one of one's own browsers out."""
    session = get_object_or_404(all_sessions_of(request.user.pk), pk=pk)
    try:
        actions.end_session(actor=request.user, session=session)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已结束该处登录。")
    return redirect("account")


@door(*EVERYONE, methods=("POST",), unbound=True)
def end_other_sessions(request: Request) -> HttpResponse:
    """Log all of one's browsers out but this one."""
    count = actions.end_sessions(actor=request.user, user=request.user, keep=_digest_here(request))
    messages.success(request, f"已结束其他{count}处登录。" if count else "没有其他登录。")
    return redirect("account")


@door(*EVERYONE, methods=("GET", "POST"), unbound=True, aged=True)
def password(request: Request) -> HttpResponse:
    """Change one's own password; the session goes on under the new one, all others end."""
    form = PasswordForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_password(user=request.user, password=form.cleaned_data["old"])
            _change(request, form.cleaned_data["new"], form)
        except Crowded as crowded:
            form.add_error(None, str(crowded))
            status = 503
        except Refused as refused:
            form.add_error("old", str(refused))
        if not form.errors:
            return redirect("home")
    return show(request, "account/password.html", status=status, form=form, due=change_due(request.user))


def _change(request: Request, new: str, form: PasswordForm) -> None:
    """Put the new password in the place of the old one; the form says why not."""
    try:
        actions.set_password(actor=request.user, user=request.user, password=new)
    except Crowded:
        raise
    except Refused as refused:
        form.add_error("new", str(refused))
        return
    signin.sign_in(request, request.user)
    messages.success(request, "密码已更改，其他登录和接口密钥已失效。")


@door(*EVERYONE, methods=("GET", "POST"), unbound=True)
def bind_code(request: Request) -> HttpResponse:
    """Bind the phone that makes one-time codes: start with the token that was handed over, scan, confirm with a first code."""
    user, wrong = request.user, ""
    if user.totp_secret:
        messages.info(request, "您的账号已绑定动态口令；更换手机的，请向系统管理员申请重新绑定。")
        return redirect("account")
    if request.method == "POST":
        try:
            if "code" in request.POST:
                actions.confirm_totp(actor=user, user=user, code=request.POST["code"])
                messages.success(request, "动态口令已绑定，以后登录和签发文书时使用。")
                return redirect("home")
            actions.begin_binding(user=user, proof=request.POST.get("proof", ""))
        except Refused as refused:
            wrong = str(refused)
    secret = actions.pending_secret(user)
    picture = _picture(secret, user.username) if secret else ""
    needed = totp_required(user)
    return show(request, "account/bind_code.html", secret=secret, picture=picture, wrong=wrong, with_token=needed)


def _picture(secret: str, username: str) -> str:
    """The QR code that an authenticator scans, as a data address."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    return str(segno.make(address, micro=False).svg_data_uri(scale=5))
