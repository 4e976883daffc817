"""法规 › 法规更新: what a signed update of law and calendar changes, shown before it is signed, and the signatures of the two."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core.actions.law_updates import refuse_update, sign_update, update_acts
from kuangan.core.errors import Refused
from kuangan.core.models import LawUpdate
from kuangan.core.queries import events_of
from kuangan.core.queries.upkeep.law_updates import update_in_force, updates_visible_to, waits_for_start
from kuangan.web.frame.doors import AUTHORITY, OPERATOR, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.signing import signed, signing_of
from kuangan.web.frame.tables import Table, table
from kuangan.web.law.update_lists import CHANGES, FILES, UPDATES, state_word

_DECIDED = "已签署决定，现由复核人签署。"
_SIGNED = "已签署。平台重新启动时采用，此前仍按原法规库办理。"


@door(*AUTHORITY, *OPERATOR)
def law_updates(request: Request) -> HttpResponse:
    """Every update that was laid before somebody, and which holds."""
    updates, held = updates_visible_to(request.user, clock.now()), update_in_force()
    hint = "由平台运行单位用 kuangan law offer 提请，做法见 docs/how-to/law-update.md。"
    listed = table(request, UPDATES, updates, nothing="还没有法规更新", hint=hint)
    return show(request, "law/updates.html", table=listed, held=held, waits=waits_for_start(held))


@door(*AUTHORITY, *OPERATOR)
def law_update(request: Request, pk: int) -> HttpResponse:
    """One update with everything that it changes."""
    return _page(request, _in_sight(request, pk))


def _page(request: Request, update: LawUpdate, reason: str = "") -> HttpResponse:
    """``reason``: what was typed and could not be taken."""
    signer = update.head_id if update.headed_at is None else update.second_id
    context: dict[str, Any] = {
        "update": update,
        "state": state_word(update),
        "changes": Table(CHANGES, update.effect["changes"], "规则效力无变化。"),
        "count": len(update.effect["changes"]),
        "files": Table(FILES, sorted(update.files.items()), "没有文件。"),
        "may_refuse": update.waits and request.user.pk == signer,
        "reason": reason,
        "events": events_of(update).order_by("-seq"),
        "waits": update == update_in_force() and waits_for_start(update),
        **_signing(request, update),
    }
    return show(request, "law/update.html", **context)


@door(*AUTHORITY, methods=("POST",))
def sign_law_update(request: Request, pk: int) -> HttpResponse:
    """The signature of the head, then of the second person."""
    update = _in_sight(request, pk)
    try:
        with signed(request, lambda at: update_acts(request.user, update, at)) as confirmation:
            done = sign_update(actor=request.user, update=update, confirmation=confirmation)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _SIGNED if done.confirmed_at else _DECIDED)
    return redirect("law_update", pk=update.pk)


@door(*AUTHORITY, methods=("POST",))
def refuse_law_update(request: Request, pk: int) -> HttpResponse:
    """He whose signature is awaited does not agree; what he typed stays where it is refused."""
    update, reason = _in_sight(request, pk), request.POST.get("reason", "")
    try:
        refuse_update(actor=request.user, update=update, reason=reason)
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, update, reason)
    messages.success(request, "已记录不同意的理由，该更新不采用。")
    return redirect("law_update", pk=update.pk)


def _in_sight(request: Request, pk: int) -> LawUpdate:
    return get_object_or_404(updates_visible_to(request.user, clock.now()), pk=pk)


def _signing(request: Request, update: LawUpdate) -> dict[str, Any]:
    """What the person would sign; why one of the two cannot."""
    moment = clock.now()
    try:
        return {"signing": signing_of(request.user, update_acts(request.user, update, moment), moment)}
    except Refused as refused:
        stands = request.user.pk in (update.head_id, update.second_id)
        return {"unsigned": str(refused) if stands and update.waits else ""}
