"""One's own keys of the JSON API: issue one, stop one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import ApiToken
from kuangan.web.doors import EVERYONE, door
from kuangan.web.request import Request

ISSUED_KEY = "issued_api_token"
"""In the session, until the account page has shown it: a key just issued."""


@door(*EVERYONE, methods=("POST",))
def new_api_token(request: Request) -> HttpResponse:
    """Issue a key to oneself; the account page shows it once."""
    name = request.POST.get("name", "")
    try:
        token = actions.issue_api_token(actor=request.user, name=name)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        request.session[ISSUED_KEY] = {"name": name, "token": token}
    return redirect("account")


@door(*EVERYONE, methods=("POST",))
def stop_api_token(request: Request, pk: int) -> HttpResponse:
    """Stop accepting one of one's own keys."""
    found = get_object_or_404(ApiToken, pk=pk, user=request.user)
    try:
        actions.stop_api_token(actor=request.user, token=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已停用接口密钥“{found.name}”。")
    return redirect("account")
