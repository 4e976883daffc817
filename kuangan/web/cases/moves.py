"""A step of a case: its form, the papers it will produce, the signature, and making it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from kuangan.base import clock
from kuangan.casework.attempts import acts_of, admitted, sight_of
from kuangan.casework.inputs import PARTY, CaseSight
from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.core.signing import Act
from kuangan.flow.act import advance
from kuangan.web.cases.beside import PAPERS_ASIDE
from kuangan.web.cases.cases import Way, file_of, ways_of
from kuangan.web.cases.editing import StepForm, changed_meanwhile, held, version
from kuangan.web.cases.sight import case_in_sight
from kuangan.web.cases.words import state_of
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.fields.declared import draft_inputs
from kuangan.web.frame.fields.widgets import wants_more
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.preview import drafts_of
from kuangan.web.frame.request import Request
from kuangan.web.frame.signing import signed, signing_of
from kuangan.web.frame.tables import bare
from kuangan.web.frame.uploads import let_wait, with_waiting


@door(*OVERSEERS, *MINE, methods=("GET", "POST"))
def move(request: Request, pk: int, move_id: str) -> HttpResponse:
    """A step's form with the paper it will produce beside it; posting it makes the step."""
    case, moment = case_in_sight(request, pk), clock.now()
    way = _own_way(request, case, move_id, moment)
    if way is None:
        messages.error(request, f"{case.number}当前为“{state_of(case).label}”，您不能办理此步骤；可能已由他人办理。")
        return redirect("case", pk=pk)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    sight = sight_at(request, case, way, moment)
    form = StepForm(way.move.fields, *posted, sight=sight, initial=held(case, way.move))
    if request.method == "POST":
        with_waiting(request, form)
        if not wants_more(request.POST) and _made(request, case, way, form):
            return redirect(_next(request) or reverse("case", args=[pk]))
        let_wait(request, form)
    file = file_of(request, case)
    context: dict[str, Any] = {
        **file,
        "papers": bare(PAPERS_ASIDE, file["papers"]),
        "way": way,
        "form": form,
        "next": _next(request),
        "overtaken": form.overtaken,
        "version": version(case_in_sight(request, pk) if form.overtaken else case, way.move),
    }
    return show(request, "cases/move.html", **context, **_drafts(request, case, way, moment))


def sight_at(request: Request, case: Case, way: Way, at: datetime) -> CaseSight:
    """What the step's form may name."""
    return sight_of(case, admitted(request.user, case, way.move, at), request.user)


def _own_way(request: Request, case: Case, move_id: str, at: datetime) -> Way | None:
    """The reader's way to make the step, about the party that is asked for; without one the first that nothing stands against."""
    asked = request.POST.get(PARTY) or request.GET.get(PARTY, "")
    ways = [way for way in ways_of(request, case, at) if way.mine and way.move.id == move_id]
    about = [way for way in ways if not asked or (way.party and str(way.party.id) == asked)]
    return next((way for way in about if not way.refused), about[0] if about else None)


def _about(way: Way) -> dict[str, int]:
    """Whom the step is about, as its inputs say it."""
    return {PARTY: way.party.id} if way.party else {}


def _made(request: Request, case: Case, way: Way, form: StepForm) -> bool:
    """Make the step if form, signature and law allow it; otherwise the form says why not."""
    if not form.is_valid():
        return False
    actor, wanted, about = request.user, way.move, _about(way)

    def acts_at(moment: datetime) -> tuple[Act, ...]:
        return acts_of(actor=actor, case=case, move_id=wanted.id, inputs={**form.typed(), **about}, at=moment)

    try:
        if not wanted.signing:
            with made_once(request) as made_at:
                if changed_meanwhile(request, form, case, wanted):
                    return False
                advance(actor=actor, case=case, move_id=wanted.id, inputs={**form.inputs(actor), **about})
                made_at(_next(request) or reverse("case", args=[case.pk]))
        else:
            with signed(request, acts_at) as confirmation:
                inputs = {**form.inputs(actor), **about}
                advance(actor=actor, case=case, move_id=wanted.id, inputs=inputs, confirmation=confirmation)
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, f"已办理“{way.label}”。")
    return True


def _next(request: Request) -> str:
    """Where to return after the step, if a page of this site asked for it."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else ""


@door(*OVERSEERS, *MINE, methods=("POST",))
def preview(request: Request, pk: int, move_id: str) -> HttpResponse:
    """The papers a half-filled form would produce, as pictures."""
    case, moment = case_in_sight(request, pk), clock.now()
    way = _own_way(request, case, move_id, moment)
    if way is None:
        return show(request, "cases/_preview.html", drafts=(), trouble="此步骤已不能办理，请返回办件页面")
    return show(request, "cases/_preview.html", **_drafts(request, case, way, moment))


def _drafts(request: Request, case: Case, way: Way, at: datetime) -> dict[str, Any]:
    """The step's papers as far as they can be drawn; none for a step that is refused, whose reason stands on the form."""
    if way.refused:
        return {"drafts": (), "trouble": ""}
    sight = sight_at(request, case, way, at)
    inputs = {**draft_inputs(way.move.fields, request.POST, sight), **_about(way)}
    if not way.move.signing:
        return drafts_of(request.user, case, way.move, inputs, at)
    try:
        acts = acts_of(actor=request.user, case=case, move_id=way.move.id, inputs=inputs, at=at)
    except Refused as refused:
        return {"drafts": (), "trouble": str(refused)}
    signing = signing_of(request.user, acts, at)
    return {"drafts": signing.drafts, "trouble": "", "signing": signing}
