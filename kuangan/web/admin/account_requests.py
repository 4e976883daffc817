"""申请与审批: requests about accounts, for the two administrators of whom one asks and the other decides."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, RequestKind, RequestState
from kuangan.core.queries import events_of
from kuangan.core.queries.account_requests import deciding_role, may_decide, requests_for
from kuangan.web.admin.lists import INVITED, REQUESTS
from kuangan.web.frame import shown
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare, table

WITH_PASSWORD = (RequestKind.reset_password, RequestKind.open_account)


@door(*ACCOUNT_KEEPERS)
def account_requests(request: Request) -> HttpResponse:
    """All requests, those that wait first."""
    listed = table(request, REQUESTS, requests_for(request.user), nothing=shown.strong("没有申请"), unexported=True)
    return show(request, "admin/requests.html", table=listed)


@door(*ACCOUNT_KEEPERS, methods=("GET", "POST"))
def account_request(request: Request, pk: int) -> HttpResponse:
    """One request: decide it, take it back, take away what was made; secrets are in the answer to that step alone."""
    asked = get_object_or_404(requests_for(request.user), pk=pk)
    if request.method == "GET":
        return _page(request, asked)
    step = _STEPS.get(request.POST.get("do", ""), _unknown)
    try:
        secret = step(request, asked)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("account_request", pk=pk)
    if not secret:
        return redirect("account_request", pk=pk)
    return _page(request, get_object_or_404(requests_for(request.user), pk=pk), secret)


def _page(request: Request, asked: AccountRequest, secret: tuple[str, str] | None = None) -> HttpResponse:
    """``secret``: what it is and its text, shown this once and kept nowhere."""
    own, waits = asked.asked_by_id == request.user.pk, asked.state == RequestState.waiting
    approved = asked.state == RequestState.approved
    return show(
        request,
        "admin/request.html",
        asked=asked,
        secret=secret,
        waits=waits,
        own=own,
        why_not=may_decide(request.user, asked) if waits else "",
        decider=deciding_role(asked).label,
        decided=_decided(asked),
        takes_password=own and approved and asked.kind in WITH_PASSWORD and asked.password_taken_at is None,
        invited=bare(INVITED, asked.given.get("people", ())),
        events=events_of(asked).order_by("-seq"),
    )


def _decided(asked: AccountRequest) -> str:
    """Who decided, when, and what he said."""
    if asked.decided_by is None:
        return ""
    said = f"：{asked.answer}" if asked.answer else ""
    return f"{asked.decided_by.display_name}，{shown.minute(asked.decided_at)}{said}"


Secret = tuple[str, str] | None


def _approve(request: Request, asked: AccountRequest) -> Secret:
    token = actions.approve_request(actor=request.user, request=asked, answer=request.POST.get("answer", ""))
    messages.success(request, "已批准并办理。")
    return ("绑定动态口令的凭证，请当面交给本人", token) if token else None


def _refuse(request: Request, asked: AccountRequest) -> Secret:
    actions.refuse_request(actor=request.user, request=asked, answer=request.POST.get("answer", ""))
    messages.success(request, "已作不予批准处理。")
    return None


def _withdraw(request: Request, asked: AccountRequest) -> Secret:
    actions.withdraw_request(actor=request.user, request=asked)
    messages.success(request, "已撤回申请。")
    return None


def _take(request: Request, asked: AccountRequest) -> Secret:
    return "一次性密码，请当面交给本人，首次登录须更改", actions.take_password(actor=request.user, request=asked)


def _unknown(request: Request, asked: AccountRequest) -> Secret:
    raise Refused("没有这一步骤，请刷新页面后重试。")


_STEPS: dict[str, Callable[[Request, AccountRequest], Secret]] = {
    "approve": _approve,
    "refuse": _refuse,
    "withdraw": _withdraw,
    "password": _take,
}
