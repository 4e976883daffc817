"""抽查 (双随机): publish a pool with its commitment, draw before a second person, show both."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.signing import Act, Confirmation
from kuangan.draw.actions import agree_repeat, cancel_draw, prepare_draw, publish_draw, witness_draw
from kuangan.draw.models import Draw
from kuangan.draw.queries import (
    drawing_units,
    draws_visible_to,
    mine_pool,
    officer_pool,
    repeated_draws,
    whole_record,
    without_reasons,
)
from kuangan.draw.signing import (
    agree_acts,
    cancel_acts,
    prepare_acts,
    publish_acts,
    witness_acts,
)
from kuangan.law.role import Role
from kuangan.mine.models import Mine
from kuangan.mine.queries import mines_visible_to
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame import shown
from kuangan.web.frame.doors import DRAWS, HEADS, door
from kuangan.web.frame.lists import export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.signing import Signing, signed, signing_of
from kuangan.web.frame.tables import Table, table
from kuangan.web.supervision.county_visits import visited_table
from kuangan.web.supervision.draw_forms import CancelForm, NewDrawForm, PoolFilters, PrepareForm, WitnessForm
from kuangan.web.supervision.draw_rows import record_response, recusals_of, repeat_words
from kuangan.web.supervision.lists import POOL, RECUSALS, draw_columns, draw_state, drawn_tables

DRAWERS = (Role.section_head, *HEADS)
NO_MINES, NARROWED = "没有符合条件的煤矿", "请放宽上面的范围；已关闭的煤矿不列入。"
NO_OFFICERS, APPOINTED = "本单位没有执法人员和监管专员", "请由系统管理员先登记任职。"


@door(*DRAWS)
def draws(request: Request) -> HttpResponse:
    draws_seen = draws_visible_to(request.user)
    may_draw = bool(drawing_units(request.user))
    columns = draw_columns(may_draw=may_draw)
    if wants_export(request):
        return export("随机抽查", columns, draws_seen)
    made = shown.link(reverse("new_draw"), "新建抽查")
    hint = shown.joined(made, "，公布煤矿和人员名单后抽取。") if may_draw else "组织单位公布名单后显示在这里。"
    listed = table(request, columns, draws_seen, nothing="还没有随机抽查", hint=hint)
    return show(request, "supervision/draws/list.html", table=listed, may_draw=may_draw)


@door(*DRAWERS, methods=("GET", "POST"))
def new_draw(request: Request) -> HttpResponse:
    """Choose the pool by filters, name who is left out, and publish."""
    units = drawing_units(request.user)
    if not units:
        raise Http404
    unit = next((unit for unit in units if unit.code == request.GET.get("unit")), units[0])
    moment = clock.now()
    filters = PoolFilters(request, unit)
    mines = mine_pool(unit, filters.choice(), moment)
    form = NewDrawForm(request.POST or None, people=officer_pool(unit, moment))
    if request.method == "POST" and form.is_valid():
        draw = _published(request, unit, mines, form)
        if draw is not None:
            return redirect("draw", pk=draw.pk)
    context: dict[str, Any] = {
        "signing": signing_of(request.user, publish_acts(request.user, unit, mines, form.people, moment), moment),
        "repeated": repeated_draws(unit, [mine.code for mine in mines], moment),
    }
    return show(
        request,
        "supervision/draws/new.html",
        form=form,
        filters=filters,
        mines=Table(POOL, mines, NO_MINES, NARROWED, style=""),
        officers=Table(RECUSALS, form.officer_rows, NO_OFFICERS, APPOINTED, style=""),
        unit=unit,
        units=units,
        **context,
    )


def _published(request: Request, unit: Unit, mines: list[Mine], form: NewDrawForm) -> Draw | None:
    given = form.cleaned_data
    people = form.people
    try:
        with signed(request, lambda at: publish_acts(request.user, unit, mines, people, at)) as confirmation:
            draw = publish_draw(
                actor=request.user,
                unit=unit,
                title=given["title"],
                purpose=given["purpose"],
                mines=mines,
                officers=people,
                recusals=form.recusals(),
                wanted={"mines": given["mines"], "officers": given["officers"]},
                repeat_reason=given["repeat_reason"],
                confirmation=confirmation,
            )
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, "名单和承诺摘要已公布，可以提请见证抽取。")
    return draw


@door(*DRAWS)
def draw(request: Request, pk: int) -> HttpResponse:
    """One draw: what was published before, what was drawn, its record."""
    return _shown(request, _in_sight(request, pk))


@door(*DRAWERS, methods=("POST",))
def prepare(request: Request, pk: int) -> HttpResponse:
    """Lay down the moment of the draw and ask for a witness."""
    draw, form = _in_sight(request, pk), PrepareForm(request.POST)

    def step(confirmation: Confirmation) -> str:
        prepare_draw(actor=request.user, draw=draw, confirmation=confirmation, **form.cleaned_data)
        return "已提请见证，请见证人在其本人账号上打开本页确认，确认后当场抽取。"

    return _signed_step(request, draw, prepare_acts, step, {"prepare_form": form})


@door(*DRAWS, methods=("POST",))
def witness(request: Request, pk: int) -> HttpResponse:
    """Draw, as the second person."""
    draw = _in_sight(request, pk)
    form = WitnessForm(request.POST, outside=bool(draw.outside_witness))

    def step(confirmation: Confirmation) -> str:
        witness_draw(actor=request.user, draw=draw, confirmation=confirmation, **form.cleaned_data)
        return "已见证并抽取，种子随结果公开。"

    return _signed_step(request, draw, witness_acts, step, {"witness_form": form})


@door(*DRAWERS, methods=("POST",))
def agree(request: Request, pk: int) -> HttpResponse:
    """Agree, as a second person, that the pool is drawn from again."""
    draw = _in_sight(request, pk)

    def step(confirmation: Confirmation) -> str:
        agree_repeat(actor=request.user, draw=draw, confirmation=confirmation)
        return "已同意重复抽取。"

    return _signed_step(request, draw, agree_acts, step, {})


@door(*DRAWERS, methods=("POST",))
def cancel(request: Request, pk: int) -> HttpResponse:
    draw, form = _in_sight(request, pk), CancelForm(request.POST)

    def step(confirmation: Confirmation) -> str:
        cancel_draw(actor=request.user, draw=draw, reason=form.cleaned_data["reason"], confirmation=confirmation)
        return "已作废，作废原因向社会公开。"

    return _signed_step(request, draw, cancel_acts, step, {"cancel_form": form})


def _signed_step(
    request: Request,
    draw: Draw,
    acts: Callable[[User, Draw, datetime], tuple[Act, ...]],
    step: Callable[[Confirmation], str],
    given: dict[str, forms.Form],
) -> HttpResponse:
    """Make a step that is signed, and say what was done; or show the page with the form and why not."""
    if not all(form.is_valid() for form in given.values()):
        return _shown(request, draw, given)
    try:
        with signed(request, lambda at: acts(request.user, draw, at)) as confirmation:
            said = step(confirmation)
    except Refused as refused:
        messages.error(request, str(refused))
        return _shown(request, draw, given)
    messages.success(request, said)
    return redirect("draw", pk=draw.pk)


@door(*DRAWS)
def draw_record(request: Request, pk: int) -> HttpResponse:
    """The record that `kuangan draw verify` reads, as a file."""
    draw = _in_sight(request, pk)
    return record_response(draw, without_reasons(whole_record(draw)))


def _in_sight(request: Request, pk: int) -> Draw:
    return get_object_or_404(draws_visible_to(request.user), pk=pk)


def _shown(request: Request, draw: Draw, given: Mapping[str, forms.Form] | None = None) -> HttpResponse:
    moment = clock.now()
    today = clock.civil_date(moment)
    codes = draw.result["drawn"]["mines"] if draw.result else []
    sighted = set(mines_visible_to(request.user).filter(code__in=codes).values_list("code", flat=True))
    waits = draw.drawn_at is None and draw.cancelled_at is None
    visited = visited_table(request, draw)
    may_draw = draw.unit in drawing_units(request.user)
    context: dict[str, Any] = {
        "draw": draw,
        "record": draw.record,
        "chosen": drawn_tables(draw, sighted),
        "visits": visited,
        "repeats": repeat_words(draw),
        "today": today,
        "state": draw_state(draw, may_draw=may_draw),
        "recusals": recusals_of(draw) if may_draw else (),
        "prepare_form": PrepareForm(initial={"public_on": draw.prepared_for or today}),
        "witness_form": WitnessForm(outside=bool(draw.outside_witness)),
        "cancel_form": CancelForm(),
        "events": trail_in_sight(request, draw, draw.unit),
        **(given or {}),
    }
    for name, acts in _SIGNED.items():
        context[f"{name}_signing"] = _signing(request, draw, acts, moment) if waits else None
    return show(request, "supervision/draws/draw.html", **context)


def _signing(
    request: Request, draw: Draw, acts: Callable[[User, Draw, datetime], tuple[Act, ...]], at: datetime
) -> Signing | None:
    """What the person would sign, None where the step is not his or not to be made now."""
    try:
        return signing_of(request.user, acts(request.user, draw, at), at)
    except Refused:
        return None


_SIGNED = {"prepare": prepare_acts, "witness": witness_acts, "agree": agree_acts, "cancel": cancel_acts}
