"""开通账号: the page that a letter of invitation leads to. Who one is, then user name and password; nobody is signed in yet."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from kuangan.base import clock
from kuangan.core.access import signin
from kuangan.core.access.hashing import Crowded
from kuangan.core.access.joining import open_account, recognised
from kuangan.core.access.passwords import RULES_IN_WORDS
from kuangan.core.errors import Refused
from kuangan.core.models import Invitee, User
from kuangan.web.account.browsers import remember_browser
from kuangan.web.frame.doors import door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.office.forms import OfficeForm

LONGEST_PASSWORD = 200


class WhoForm(OfficeForm):
    """Who one is, and the code of the letter."""

    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(
        label="手机号",
        max_length=20,
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}),
    )
    code = forms.CharField(
        label="邀请码",
        max_length=40,
        help_text="在邀请信函或短信中，12位，大小写和短横均可",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


def _secret() -> forms.PasswordInput:
    return forms.PasswordInput({"autocomplete": "new-password"})


class OpenForm(OfficeForm):
    """User name and password; the second code of those who sign."""

    username = forms.CharField(
        label="用户名",
        max_length=40,
        help_text="登录时使用，字母、数字或汉字，不含空格",
        widget=forms.TextInput({"autocomplete": "username"}),
    )
    new = forms.CharField(
        label="密码", max_length=LONGEST_PASSWORD, strip=False, help_text=RULES_IN_WORDS, widget=_secret()
    )
    again = forms.CharField(label="再次输入密码", max_length=LONGEST_PASSWORD, strip=False, widget=_secret())
    binding = forms.CharField(
        label="绑定凭证",
        max_length=40,
        help_text="安全管理员另行交付的信函上的12位凭证；下一步用手机绑定动态口令",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, signs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signs:
            del self.fields["binding"]

    def clean_again(self) -> str:
        """A password that nobody meant to type is found out here."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new", again):
            raise forms.ValidationError("两次输入的密码不一致")
        return again


@door(public=True, methods=("GET", "POST"))
def join(request: Request) -> HttpResponse:
    """Say who one is; with the right code, choose user name and password, and go in."""
    who = WhoForm(request.POST or None)
    if request.method == "GET" or not who.is_valid():
        return _page(request, who)
    try:
        invitee = recognised(**who.cleaned_data)
    except Refused as refused:
        who.add_error(None, str(refused))
        return _page(request, who)
    opening = OpenForm(request.POST if "new" in request.POST else None, signs=invitee.signs)
    if opening.is_bound and opening.is_valid():
        try:
            user = _opened(invitee, who.cleaned_data["code"], opening.cleaned_data)
        except Crowded as crowded:
            opening.add_error(None, str(crowded))
            return _page(request, who, invitee, opening, status=503)
        except Refused as refused:
            opening.add_error(None, str(refused))
        else:
            return _entered(request, user)
    return _page(request, who, invitee, opening)


def _opened(invitee: Invitee, code: str, given: dict[str, Any]) -> User:
    return open_account(
        invitee=invitee,
        code=code,
        username=given["username"],
        password=given["new"],
        binding=given.get("binding", ""),
    )


def _entered(request: Request, user: User) -> HttpResponse:
    """The account is open, and so is its first session; who must bind a phone does that next."""
    signin.admitted(user, clock.wall_now())
    signin.sign_in(request, user)
    messages.success(request, f"账号“{user.username}”已开通，邀请码已作废。")
    response = redirect("bind_code" if user.totp_pending_secret else "home")
    remember_browser(request, response, user.username)
    return response


def _page(
    request: Request,
    who: WhoForm,
    invitee: Invitee | None = None,
    opening: OpenForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    answer = show(request, "account/join.html", status=status, who=who, invitee=invitee, opening=opening)
    answer["Cache-Control"] = "no-store"
    return answer
