"""One's own keys of the JSON API: issue one, stop one; and those of others, for those who run the platform."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import ApiToken
from kuangan.core.queries import own_api_tokens
from kuangan.core.queries.keeping import all_api_tokens, api_tokens_in_force
from kuangan.web.account.account import show_account
from kuangan.web.account.lists import key_columns
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, EVERYONE, SECURITY, door, has_role
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table


@door(*EVERYONE, methods=("POST",))
def new_api_token(request: Request) -> HttpResponse:
    """Issue a key to oneself with a one-time code; the answer itself shows it, this once."""
    name = request.POST.get("name", "").strip()
    try:
        token = actions.issue_confirmed_token(actor=request.user, name=name, code=request.POST.get("code", ""))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("account")
    return show_account(request, issued=(name, token))


@door(*EVERYONE, methods=("POST",))
def stop_api_token(request: Request, pk: int) -> HttpResponse:
    """Stop accepting one of one's own keys."""
    return _stopped(request, get_object_or_404(own_api_tokens(request.user), pk=pk), "account")


@door(*ACCOUNT_KEEPERS)
def api_tokens(request: Request) -> HttpResponse:
    """All keys in force, whose they are and until when."""
    keys = api_tokens_in_force(request.user)
    listed = table(
        request,
        key_columns(request, stops=has_role(request, *SECURITY)),
        keys,
        nothing="没有在用的接口密钥",
        hint="各账号在“本人账号”签发的密钥显示在这里。",
        unexported=True,
    )
    return show(request, "account/api_tokens.html", table=listed)


@door(*SECURITY, methods=("POST",))
def stop_others_token(request: Request, pk: int) -> HttpResponse:
    """Stop accepting anybody's key."""
    return _stopped(request, get_object_or_404(all_api_tokens(request.user), pk=pk), "api_tokens")


def _stopped(request: Request, token: ApiToken, page: str) -> HttpResponse:
    try:
        actions.stop_api_token(actor=request.user, token=token)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已停用接口密钥“{token.name}”。")
    return redirect(page)
