"""抽查核实: what is to be verified and what was found, one verification with its steps, and the credibility of units."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_datetime

from kuangan.base import clock
from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.queries import is_supervised
from kuangan.flow.samples import answer_objection, confirm_verdict
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.shown import EntryWords
from kuangan.sample.actions import object_to_verdict, objection_ends, return_verdict, write_verdict
from kuangan.sample.credibility import credibility_of, together
from kuangan.sample.models import Verification
from kuangan.sample.pool import Shares
from kuangan.sample.queries import (
    credit_files,
    credits_looked_at,
    entries_looked_at,
    files_of,
    judged_units_visible_to,
    looked_at_files,
    may_answer,
    may_confirm,
    may_write,
    samples_visible_to,
    verifications_visible_to,
    whole_record,
)
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame.doors import DRAWS, MINE, OVERSEERS, door, has_role, holds_of
from kuangan.web.frame.files import open_attachment
from kuangan.web.frame.lists import export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.frame.uploads import let_wait, with_waiting
from kuangan.web.supervision.draw_rows import json_file
from kuangan.web.supervision.sample_forms import VerdictForm, VerificationFilters
from kuangan.web.supervision.sample_lists import (
    COLUMNS,
    credibility_columns,
    credit_columns,
    file_links,
    state_badge,
)

SEEING = (*OVERSEERS, *MINE)


@door(*SEEING)
def verifications(request: Request) -> HttpResponse:
    """All that the reader may know of: those who verify what is planned, too; the verified what was found."""
    moment, filters = clock.now(), VerificationFilters(request)
    verifications = verifications_visible_to(request.user).filter(filters.narrowed(moment))
    if wants_export(request):
        return export("抽查核实", COLUMNS, verifications.iterator())
    listed = table(request, COLUMNS, verifications, filters, nothing="没有抽查核实事项", hint=_empty_hint(request))
    return show(request, "supervision/samples/list.html", table=listed, filters=filters, **_tabs(request))


def _empty_hint(request: Request) -> str:
    if is_supervised(request.user):
        return "监管部门核实并经第二人确认的结论显示在这里。"
    return "每月初从上月报为完成的事项中抽取，抽中的显示在这里。"


def _tabs(request: Request) -> dict[str, Any]:
    return {
        "oversees": has_role(request, *OVERSEERS) and not is_supervised(request.user),
        "sees_draws": has_role(request, *DRAWS),
    }


@door(*SEEING)
def credibility(request: Request) -> HttpResponse:
    """The units in sight of which something was verified, with their figures and the share of the next draw."""
    moment = clock.now()
    units = list(judged_units_visible_to(request.user, moment))
    keys = [unit.pk for unit in units]
    figures, shares = credibility_of(keys, moment), Shares(keys, moment)
    columns = credibility_columns(figures, lambda key: shares.of(key, "self"))
    ordered = sorted(units, key=lambda unit: (_percent(figures[unit.pk].percent), unit.path))
    if wants_export(request):
        return export("自报可信度", columns, ordered)
    listed = table(request, columns, ordered, nothing="近期没有核实过的单位", hint="核实结论经第二人确认后计入。")
    every = together(figures.values())
    return show(request, "supervision/samples/credibility.html", table=listed, every=every, **_tabs(request))


def _percent(value: int | None) -> int:
    """The lowest figure first, those without one last."""
    return 101 if value is None else value


@door(*SEEING)
def verification(request: Request, pk: int) -> HttpResponse:
    """One verification: what was reported, what was looked at and found, the steps that are the reader's."""
    verification = _in_sight(request, pk)
    return _page(request, verification, VerdictForm(verification=verification))


def _in_sight(request: Request, pk: int) -> Verification:
    return get_object_or_404(verifications_visible_to(request.user), pk=pk)


def _page(request: Request, verification: Verification, form: VerdictForm) -> HttpResponse:
    moment, holds = clock.now(), holds_of(request)
    until = objection_ends(verification)
    inside = any(hold.unit.pk == verification.unit_id and not hold.role.administers for hold in holds)
    sample = samples_visible_to(request.user).filter(pk=verification.sample_id).first()
    given = list(credits_looked_at(request.user, verification))
    context: dict[str, Any] = {
        "verification": verification,
        "badge": state_badge(verification),
        "verifying": _verifying(verification),
        "credits": Table(credit_columns(verification, credit_files(given)), given, "没有有效的依据"),
        "entries": _entries(request, verification),
        "files": file_links(verification, files_of(request.user, verification)),
        "looked": [word for key, word in VerdictForm.base_fields["looked_at"].choices if key in verification.looked_at],  # type: ignore[attr-defined]
        "figure": credibility_of([verification.unit_id], moment)[verification.unit_id],
        "form": form,
        "may_write": may_write(holds, verification),
        "may_confirm": may_confirm(holds, verification, request.user),
        "may_object": inside and verification.objected_at is None and until is not None and moment < until,
        "objection_until": until,
        "may_answer": may_answer(request.user, verification),
        "record": sample,
        "events": trail_in_sight(request, verification, verification.by_unit)[:30],
        **_tabs(request),
    }
    return show(request, "supervision/samples/verification.html", **context)


def _verifying(verification: Verification) -> str:
    other = verification.confirm_unit_id != verification.by_unit_id
    return f"{verification.by_unit.name}，{verification.confirm_unit.name}确认" if other else verification.by_unit.name


def _entries(request: Request, verification: Verification) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the entries behind the credits say, personal data masked: title, then label and words."""
    made = []
    for entry in entries_looked_at(request.user, verification):
        law = ledger_by_id(entry.ledger)
        shown = EntryWords(law, [entry], ())
        facts = [(field.label, text) for field in law.fields if (text := shown.text(entry, field))]
        ended = "（已作废）" if entry.voided else ""
        made.append((f"{law.title}第{entry.serial}号{ended}", facts))
    return made


@door(*OVERSEERS, methods=("POST",))
def write(request: Request, pk: int) -> HttpResponse:
    """Write the verdict; what was typed and attached stays where it is refused."""
    verification = _in_sight(request, pk)
    form = VerdictForm(request.POST, request.FILES, verification=verification)
    with_waiting(request, form)
    if form.is_valid():
        try:
            _write(request, verification, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已写出核实结论，待第二人在其本人账号上确认后生效。")
            return redirect("sample", pk=pk)
    let_wait(request, form)
    return _page(request, verification, form)


@transaction.atomic
def _write(request: Request, verification: Verification, form: VerdictForm) -> None:
    moment, given = clock.now(), form.cleaned_data
    saved = [
        save_attachment(actor=request.user, name=upload.name or "附件", content=upload.read(), at=moment)
        for upload in given.pop("materials")
    ]
    write_verdict(actor=request.user, verification=verification, attachments=saved, at=moment, **given)


@door(*OVERSEERS, methods=("POST",))
def confirm(request: Request, pk: int) -> HttpResponse:
    """Confirm, as the second person, what the page showed."""
    seen = _seen(request)

    def step(verification: Verification, at: datetime) -> str:
        if seen is None:
            raise Refused("请重新打开页面，查看核实结论后再确认。")
        done = confirm_verdict(actor=request.user, verification=verification, seen=seen, at=at)
        return f"已确认：{done.get_outcome_display()}，结论已告知{done.unit.name}。"

    return _step(request, pk, step)


def _seen(request: Request) -> datetime | None:
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None


@door(*OVERSEERS, methods=("POST",))
def send_back(request: Request, pk: int) -> HttpResponse:
    """Send the verdict back to be written anew."""

    def step(verification: Verification, at: datetime) -> str:
        return_verdict(actor=request.user, verification=verification, reason=request.POST.get("reason", ""), at=at)
        return "已退回，请核实人重新核实。"

    return _step(request, pk, step)


@door(*SEEING, methods=("POST",))
def object_to(request: Request, pk: int) -> HttpResponse:
    def step(verification: Verification, at: datetime) -> str:
        object_to_verdict(actor=request.user, verification=verification, reason=request.POST.get("reason", ""), at=at)
        return "异议已提交，待上一级复核；复核前结论仍然有效。"

    return _step(request, pk, step)


@door(*OVERSEERS, methods=("POST",))
def answer(request: Request, pk: int) -> HttpResponse:
    follow, opinion = request.POST.get("follow") == "yes", request.POST.get("opinion", "")

    def step(verification: Verification, at: datetime) -> str:
        answer_objection(actor=request.user, verification=verification, follow=follow, opinion=opinion, at=at)
        return "已采纳异议，结论改为属实。" if follow else "已维持结论。"

    return _step(request, pk, step)


def _step(request: Request, pk: int, step: Callable[[Verification, datetime], str]) -> HttpResponse:
    """Carry out a step; say what came of it."""
    verification = _in_sight(request, pk)
    try:
        messages.success(request, step(verification, clock.now()))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("sample", pk=pk)


@door(*SEEING)
def verification_file(request: Request, pk: int, attachment_id: int) -> HttpResponseBase:
    """A file that the page of a verification offers."""
    verification = _in_sight(request, pk)
    return open_attachment(get_object_or_404(looked_at_files(request.user, verification), pk=attachment_id))


@door(*OVERSEERS)
def sample_record(request: Request, pk: int) -> HttpResponse:
    """The record that `kuangan draw verify` recomputes, for those who verify and those above them."""
    sample = get_object_or_404(samples_visible_to(request.user), pk=pk)
    return json_file(whole_record(sample), f"sample-{sample.slug}.json")
