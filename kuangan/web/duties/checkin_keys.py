"""Keys by which a unit's own programs report what was done: issued by its clerk or leaders, stopped by them or the operator."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.duty.actions import issue_checkin_token, stop_checkin_token
from kuangan.duty.queries import ISSUING, STOPPING, tokens_visible_to
from kuangan.web.duties.lists import key_columns
from kuangan.web.frame.doors import door, holds_of
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table


@door(*ISSUING, *STOPPING)
def checkin_keys(request: Request) -> HttpResponse:
    """The keys that one may stop, and for which units one may issue further ones."""
    return _page(request)


@door(*ISSUING, methods=("POST",))
def new_checkin_key(request: Request) -> HttpResponse:
    """Issue a key; the answer shows it, and nothing else ever does."""
    unit = next((unit for unit in _units(request) if str(unit.pk) == request.POST.get("unit", "")), None)
    if unit is None:
        messages.error(request, "请选择您任职的单位。")
        return redirect("checkin_keys")
    try:
        token = issue_checkin_token(actor=request.user, unit=unit)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("checkin_keys")
    return _page(request, issued=token, issued_for=unit)


@door(*ISSUING, *STOPPING, methods=("POST",))
def stop_checkin_key(request: Request, pk: int) -> HttpResponse:
    token = get_object_or_404(tokens_visible_to(request.user), pk=pk)
    try:
        stop_checkin_token(actor=request.user, token=token)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已停用{token.unit.name}的报送密钥。")
    return redirect("checkin_keys")


def _page(request: Request, **more: Any) -> HttpResponse:
    columns = key_columns(request, clock.now())
    keys = Table(columns, tokens_visible_to(request.user), "没有在用的报送密钥。")
    answer = show(request, "duties/checkin_keys.html", keys=keys, units=_units(request), **more)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _units(request: Request) -> list[Unit]:
    """The units for which the person may issue keys."""
    return list({hold.unit.pk: hold.unit for hold in holds_of(request) if hold.role in ISSUING}.values())
