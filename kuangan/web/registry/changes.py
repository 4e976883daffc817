"""档案变更: the list of register changes, and one of them with what it leads to, its decision and its record."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.queries import events_of
from kuangan.flow.changes.doing import STANDING, State, act_of, kind_of
from kuangan.flow.changes.making import accept_change, refuse_change, withdraw_change
from kuangan.flow.changes.people import ChangeStanding
from kuangan.flow.changes.queries import changes_visible_to, corrections_of
from kuangan.flow.models import RegisterChange
from kuangan.web.frame.doors import door
from kuangan.web.frame.files import open_attachment
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.registry.lists import CHANGES, EFFECTS, state_words, title_of
from kuangan.web.registry.units import READERS


class ChangeFilters(Filters):
    q = forms.CharField(label="单位或对象", max_length=60)
    state = forms.ChoiceField(label="状态", choices=(("", "全部"), *State.choices))


@door(*READERS)
def register_changes(request: Request) -> HttpResponse:
    """All changes that the reader may know of, the newest first."""
    filters = ChangeFilters(request)
    changes = changes_visible_to(request.user)
    if state := filters.chosen("state"):
        changes = changes.filter(state=state)
    if text := filters.chosen("q"):
        changes = changes.filter(about__icontains=text) | changes.filter(unit__name__icontains=text)
    if wants_export(request):
        return export("档案变更", CHANGES, changes)
    hint = "在单位、岗位、人员或者煤矿的页面上办理，办理和提出的都列在这里。"
    listed = table(request, CHANGES, changes, filters, nothing=none_of("档案变更", filters), hint=hint)
    return show(request, "registry/changes.html", table=listed)


@door(*READERS)
def register_change(request: Request, pk: int) -> HttpResponse:
    """One change."""
    return _page(request, _in_sight(request, pk))


def _page(request: Request, change: RegisterChange, answer: str = "") -> HttpResponse:
    """``answer``: what was typed and could not be taken."""
    standing, still = ChangeStanding(request.user), change.state in STANDING
    try:
        kind = kind_of(change)
        decides = standing.decides(kind, change.unit) is not None
        correctable = change.state == State.in_effect and kind.undoes is not None
        may_correct = correctable and bool(standing.makes(kind, change.unit) or standing.proposes(kind, change.unit))
    except Refused:
        decides = may_correct = False
    asks = change.state == State.proposed and change.request_id is None
    own = change.asked_by_id == request.user.pk and change.state == State.proposed
    context: dict[str, Any] = {
        "change": change,
        "title": title_of(change),
        "state": state_words(change),
        "effects": Table(EFFECTS, _effects(request, change), "没有其他影响。") if still and (decides or own) else None,
        "decides": decides and asks,
        "withdraws": still and (decides or own),
        "may_correct": may_correct,
        "answer": answer,
        "corrections": corrections_of(request.user, change),
        "events": events_of(change).order_by("-seq"),
    }
    return show(request, "registry/change.html", **context)


def _effects(request: Request, change: RegisterChange) -> list[Any]:
    """What it leads to as things are now; nothing where the thing is gone."""
    try:
        kind = kind_of(change)
        return [] if change.takes_back else list(kind.previews(act_of(change, kind, request.user, clock.now())))
    except Refused as refused:
        messages.warning(request, str(refused))
        return []


@door(*READERS, methods=("POST",))
def decide_change(request: Request, pk: int) -> HttpResponse:
    """Agree, refuse with the reason, or take back; what was typed stays where it is refused."""
    change = _in_sight(request, pk)
    step = _STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise Http404
    answer = request.POST.get("answer", "")
    try:
        words = step(request, change, answer)
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, _in_sight(request, pk), answer)
    messages.success(request, words)
    return redirect("register_change", pk=pk)


@door(*READERS)
def register_change_file(request: Request, pk: int) -> HttpResponseBase:
    """The document that a change rests on."""
    change = _in_sight(request, pk)
    if change.file is None:
        raise Http404
    return open_attachment(change.file)


def _in_sight(request: Request, pk: int) -> RegisterChange:
    return get_object_or_404(changes_visible_to(request.user), pk=pk)


def _accept(request: Request, change: RegisterChange, answer: str) -> str:
    return done_words(accept_change(actor=request.user, change=change, answer=answer))


def _refuse(request: Request, change: RegisterChange, answer: str) -> str:
    refuse_change(actor=request.user, change=change, answer=answer)
    return "已记录不同意的理由并告知提出人。"


def _withdraw(request: Request, change: RegisterChange, _answer: str) -> str:
    withdraw_change(actor=request.user, change=change)
    return "已撤回。"


def done_words(change: RegisterChange) -> str:
    """What became of a change that was just made or accepted."""
    if change.state == State.in_effect:
        return f"已办理，自{change.effective_on}起生效。"
    if change.state == State.waiting:
        return f"已办理，将于{change.effective_on}生效；届时不能生效的，将通知办理人。"
    if change.request_id is not None:
        return "已提出申请，经另一名管理员在“申请与审批”中批准后生效。"
    return "已提出，待审核。"


_STEPS: dict[str, Callable[[Request, RegisterChange, str], str]] = {
    "accept": _accept,
    "refuse": _refuse,
    "withdraw": _withdraw,
}
