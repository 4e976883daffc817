"""法规 › 本地取值答复: what a city's answer changes, shown before it is signed, the signatures of the two, and what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core.actions.local_answers import answer_acts, confirm_answer, decide_answer, refuse_answer
from kuangan.core.errors import Refused
from kuangan.core.models import LocalAnswer
from kuangan.core.queries import events_of
from kuangan.core.queries.local_answers import answers_visible_to
from kuangan.web.frame.doors import AUTHORITY, door
from kuangan.web.frame.files import open_attachment
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.signing import signed, signing_of
from kuangan.web.frame.tables import Table, table
from kuangan.web.law.question_lists import ANSWERS, EFFECT, state_word

_DECIDED = "已签署决定，现由复核人签署，签署后生效。"
_REFUSED = "已记录不同意的理由并告知决定人，该答复不生效。"
_SIGNED = "已签署生效，平台正在按此重新判定，完成后在本页列出实际变化。"


@door(*AUTHORITY)
def local_answers(request: Request) -> HttpResponse:
    """Every answer that was laid before somebody."""
    answers = answers_visible_to(request.user, clock.now())
    listed = table(
        request, ANSWERS, answers, nothing="还没有本地取值答复", hint="由平台运行单位用 kuangan local apply 提请。"
    )
    return show(request, "law/answers.html", table=listed)


@door(*AUTHORITY)
def local_answer(request: Request, pk: int) -> HttpResponse:
    """One answer with its paper and everything that it changes."""
    return _page(request, _in_sight(request, pk))


def _page(request: Request, answer: LocalAnswer, reason: str = "") -> HttpResponse:
    """``reason``: what the second person typed and could not be taken."""
    effect = answer.outcome or answer.effect
    context: dict[str, Any] = {
        "answer": answer,
        "state": state_word(answer),
        "text": (answer.undoes or answer).text,
        "effect": effect,
        "parts": [
            (title, effect["counts"].get(name, 0), Table(columns, effect.get(name, ()), "没有变化。"))
            for name, (title, columns) in EFFECT.items()
            if effect.get("counts")
        ],
        **_signing(request, answer),
        "may_refuse": answer.waits and answer.headed_at is not None and request.user.pk == answer.second_id,
        "reason": reason,
        "events": events_of(answer).order_by("-seq"),
    }
    return show(request, "law/answer.html", **context)


@door(*AUTHORITY, methods=("POST",))
def sign_local_answer(request: Request, pk: int) -> HttpResponse:
    """The signature of the head who decided, then of the second person."""
    answer = _in_sight(request, pk)
    try:
        with signed(request, lambda at: answer_acts(request.user, answer, at)) as confirmation:
            sign = decide_answer if answer.headed_at is None else confirm_answer
            signed_answer = sign(actor=request.user, answer=answer, confirmation=confirmation)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _SIGNED if signed_answer.confirmed_at else _DECIDED)
    return redirect("local_answer", pk=answer.pk)


@door(*AUTHORITY, methods=("POST",))
def refuse_local_answer(request: Request, pk: int) -> HttpResponse:
    """The second person does not agree; what he typed stays where it is refused."""
    answer, reason = _in_sight(request, pk), request.POST.get("reason", "")
    try:
        refuse_answer(actor=request.user, answer=answer, reason=reason)
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, answer, reason)
    messages.success(request, _REFUSED)
    return redirect("local_answer", pk=answer.pk)


@door(*AUTHORITY)
def local_answer_file(request: Request, pk: int) -> HttpResponseBase:
    """The paper that decided it."""
    return open_attachment(_in_sight(request, pk).scan)


def _in_sight(request: Request, pk: int) -> LocalAnswer:
    return get_object_or_404(answers_visible_to(request.user, clock.now()), pk=pk)


def _signing(request: Request, answer: LocalAnswer) -> dict[str, Any]:
    """What the person would sign; why one of the two cannot."""
    moment = clock.now()
    try:
        return {"signing": signing_of(request.user, answer_acts(request.user, answer, moment), moment)}
    except Refused as refused:
        stands = request.user.pk in (answer.head_id, answer.second_id)
        return {"unsigned": str(refused) if stands and answer.waits else ""}
