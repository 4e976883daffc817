"""Recording, correcting and voiding entries on pages."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.core.queries import events_of
from kuangan.flow.credit import entries as flow
from kuangan.law.ledger import Ledger
from kuangan.law.register import measure
from kuangan.ledger.actions.entries import subject_of
from kuangan.ledger.confirming import requestable_parts
from kuangan.ledger.queries import units_kept_by
from kuangan.ledger.references import References
from kuangan.ledger.sheets import importable
from kuangan.ledger.values import EntryRefused
from kuangan.web.frame.doors import door
from kuangan.web.frame.editing import overtaken, version_of
from kuangan.web.frame.fields.widgets import wants_more
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import unit_named
from kuangan.web.ledgers.forms import EntryForm, ReasonForm, keepers_values
from kuangan.web.ledgers.ledgers import READERS, current_entry, ledger_in_sight


@door(*READERS, methods=("GET", "POST"))
def new_entry(request: Request, ledger_id: str) -> HttpResponse:
    """Record an entry for the unit where one keeps the ledger; the address may fill in fields."""
    ledger = ledger_in_sight(request, ledger_id)
    units = kept_units(request, ledger)
    unit = chosen_unit(request, units)
    data = request.POST if request.method == "POST" else None
    form = EntryForm(ledger, References(unit), data, user=request.user, known=request.GET.dict())
    if request.method == "POST" and not wants_more(request.POST):
        try:
            made = flow.record_entry(actor=request.user, ledger_id=ledger.id, unit=unit, values=form.given(request))
        except Refused as refused:
            _show_refusal(form, refused)
        else:
            messages.success(request, f"已登记为第{made.serial}号条目。")
            if made.on > clock.civil_date(made.recorded_at):
                messages.info(request, "所填日期尚未到来，自该日起方计入履职事项。")
            return redirect("entry", ledger.id, made.serial)
    return _form_page(request, ledger, form, what="登记", units=units, unit=unit, keep=str(unit.pk))


@door(*READERS, methods=("GET", "POST"))
def correct_entry(request: Request, ledger_id: str, serial: int) -> HttpResponse:
    """Put a further version in an entry's place."""
    ledger = ledger_in_sight(request, ledger_id)
    entry = current_entry(request, ledger, serial)
    kept_units(request, ledger, entry.unit)
    data = request.POST if request.method == "POST" else None
    form = EntryForm(ledger, References(entry.unit), data, entry=entry, user=request.user)
    content = {field.name: form.initial.get(field.name) for field in ledger.fields if field.kind != "files"}
    changed = overtaken(request, form.fields, content, events_of(subject_of(entry)).order_by("-seq"))
    if request.method == "POST" and changed is None and not wants_more(request.POST):
        try:
            reason = request.POST.get("reason", "")
            flow.correct(actor=request.user, entry=entry, values=form.given(request), reason=reason)
        except Refused as refused:
            _show_refusal(form, refused)
        else:
            messages.success(request, f"第{serial}号条目已更正，原内容保留在历史中。")
            return redirect("entry", ledger.id, serial)
    edited = {"overtaken": changed, "version": version_of(content)}
    keep = f"{serial}-{entry.version}"
    return _form_page(request, ledger, form, what="更正", unit=entry.unit, entry=entry, keep=keep, **edited)


@door(*READERS, methods=("GET", "POST"))
def request_part(request: Request, ledger_id: str, serial: int, part_id: str) -> HttpResponse:
    """The keeper asks for what another writes: a further version with the columns that say so, all of them filled in."""
    ledger = ledger_in_sight(request, ledger_id)
    entry = current_entry(request, ledger, serial)
    kept_units(request, ledger, entry.unit)
    part = next((part for part in requestable_parts(ledger, entry) if part.id == part_id), None)
    if part is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = EntryForm(ledger, References(entry.unit), data, entry=entry, user=request.user, only=part.requested_in)
    if request.method == "POST":
        try:
            given = form.given(request)
            if missing := {name: "请填写" for name in part.requested_in if given.get(name) in (None, "", [])}:
                raise EntryRefused(ledger, missing)
            values = keepers_values(ledger, entry) | given
            flow.correct(actor=request.user, entry=entry, values=values, reason=part.request)
        except Refused as refused:
            _show_refusal(form, refused)
        else:
            messages.success(request, f"已{part.request}，由{part.who}办理。")
            return redirect("entry", ledger.id, serial)
    keep = f"{serial}-{entry.version}-{part.id}"
    return _form_page(request, ledger, form, what=part.request, unit=entry.unit, entry=entry, part=part, keep=keep)


@door(*READERS, methods=("GET", "POST"))
def void_entry(request: Request, ledger_id: str, serial: int) -> HttpResponse:
    """End an entry, with the reason."""
    ledger = ledger_in_sight(request, ledger_id)
    entry = current_entry(request, ledger, serial)
    kept_units(request, ledger, entry.unit)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            flow.void(actor=request.user, entry=entry, reason=request.POST.get("reason", ""))
        except Refused as refused:
            _show_refusal(form, refused)
        else:
            messages.success(request, f"第{serial}号条目已作废，内容和原因保留在历史中。")
            return redirect("entry", ledger.id, serial)
    return show(request, "ledgers/entry/void.html", ledger=ledger, entry=entry, form=form)


def kept_units(request: Request, ledger: Ledger, needed: Unit | None = None) -> list[Unit]:
    """The units for which the person keeps the ledger; 404 when there are none, or not the needed one."""
    units = units_kept_by(request.user, ledger)
    if not units or (needed is not None and all(unit.pk != needed.pk for unit in units)):
        raise Http404
    return units


def chosen_unit(request: Request, units: list[Unit]) -> Unit:
    """The unit that the address or the form names, the first one when none is. Raises ``WrongAddress`` for a foreign one."""
    return unit_named(request, units, "code")


def _show_refusal(form: EntryForm | ReasonForm, refused: Refused) -> None:
    if isinstance(form, EntryForm) and isinstance(refused, EntryRefused):
        form.show_errors(refused.errors)
    elif isinstance(refused, EntryRefused):
        for name, text in refused.errors.items():
            form.add_error(name or None, text)
    else:
        form.add_error(None, refused.message)


def _form_page(request: Request, ledger: Ledger, form: EntryForm, *, what: str, **context: Any) -> HttpResponse:
    """``what``: what is done, in words of the heading and the button."""
    return show(
        request,
        "ledgers/entry/form.html",
        what=what,
        ledger=ledger,
        measure=measure(ledger.measure),
        form=form,
        kept=form.kept_files(),
        before=form.texts_of_before(),
        importable=importable(ledger),
        **context,
    )
