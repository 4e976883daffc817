"""Template and import of a ledger on pages: upload, look at what it would add, confirm, leave and come back."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.ledger.actions import confirm_import, drop_import, upload_import
from kuangan.ledger.models import Entry, Import, ImportState
from kuangan.ledger.queries import imports_of
from kuangan.ledger.references import References
from kuangan.ledger.row_sheets import row_fields
from kuangan.ledger.sheets import MOST_ROWS, columns, importable, template
from kuangan.ledger.shown import EntryWords
from kuangan.web.frame.doors import door
from kuangan.web.frame.files import xlsx
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.ledgers.ledgers import READERS, ledger_in_sight
from kuangan.web.ledgers.lists import REFUSED, import_columns, preview_columns
from kuangan.web.ledgers.writes import chosen_unit, kept_units

LOOKED_AT = 20
"""Rows of a sheet that the preview shows."""
RECENT = 10


@door(*READERS)
def ledger_template(request: Request, ledger_id: str) -> HttpResponse:
    """The Excel file to fill in."""
    ledger = ledger_in_sight(request, ledger_id)
    unit = chosen_unit(request, kept_units(request, ledger))
    return xlsx(template(ledger, References(unit)), f"{ledger.title}-模板.xlsx")


@door(*READERS, methods=("GET", "POST"))
def import_entries(request: Request, ledger_id: str) -> HttpResponse:
    """Upload a filled-in template."""
    ledger = ledger_in_sight(request, ledger_id)
    units = kept_units(request, ledger)
    unit = chosen_unit(request, units)
    form = _UploadForm(request.POST, request.FILES) if request.method == "POST" else _UploadForm()
    if request.method == "POST" and form.is_valid():
        upload = cast("UploadedFile[Any]", form.cleaned_data["sheet"])
        try:
            made = _preview(request, ledger, unit, upload)
        except Refused as refused:
            form.add_error("sheet", refused.message)
        else:
            return redirect("import", ledger.id, made.pk)
    recent = imports_of(request.user).filter(ledger=ledger.id).defer("rows", "refused").order_by("-at")[:RECENT]
    return show(
        request,
        "ledgers/import/new.html",
        ledger=ledger,
        form=form,
        units=units,
        unit=unit,
        importable=importable(ledger),
        recent=Table(import_columns(ledger), recent, "还没有导入过。"),
        most=MOST_ROWS,
    )


@door(*READERS, methods=("GET", "POST"))
def import_page(request: Request, ledger_id: str, pk: int) -> HttpResponse:
    """One import: what it would add, what is refused and why; then how far it is. Only for who uploaded it."""
    ledger = ledger_in_sight(request, ledger_id)
    kept_units(request, ledger)
    imported = get_object_or_404(imports_of(request.user).filter(ledger=ledger.id), pk=pk)
    if request.method == "POST":
        return _moved(request, ledger, imported)
    template_name = "ledgers/import/_import.html" if request.headers.get("HX-Request") else "ledgers/import/page.html"
    return show(request, template_name, **_context(request, ledger, imported))


class _UploadForm(forms.Form):
    sheet = forms.FileField(
        label="填好的模板",
        help_text="仅限 .xlsx",
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".xlsx"}),
        error_messages={"required": "请选择填好的模板文件", "empty": "这是空文件，请重新选择"},
    )


def _preview(request: Request, ledger: Ledger, unit: Unit, upload: "UploadedFile[Any]") -> Import:
    name = upload.name or "导入.xlsx"
    return upload_import(actor=request.user, ledger_id=ledger.id, unit=unit, name=name, content=upload.read())


def _moved(request: Request, ledger: Ledger, imported: Import) -> HttpResponse:
    """Confirm or drop, as the button says."""
    try:
        if request.POST.get("do") == "confirm":
            confirm_import(actor=request.user, imported=imported)
            messages.success(request, "已确认，正在后台导入；可以离开本页，稍后回来查看结果。")
        else:
            drop_import(actor=request.user, imported=imported)
            messages.success(request, "已放弃这份文件，没有导入任何条目。")
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("import", ledger.id, imported.pk)


def _previewed(ledger: Ledger, entries: Sequence[Entry]) -> list[Field]:
    """What a sheet can say of an entry, tables too; columns of before only where it fills them in."""
    said = {field.name for field in (*columns(ledger), *row_fields(ledger))}
    filled = {name for entry in entries for name in entry.values}
    return [field for field in ledger.fields if field.name in said and (not field.former or field.name in filled)]


def _context(request: Request, ledger: Ledger, imported: Import) -> dict[str, Any]:
    samples = [Entry(ledger=ledger.id, values=line["values"]) for line in imported.rows[:LOOKED_AT]]
    shown = EntryWords(ledger, samples)
    lines = zip((line["row"] for line in imported.rows[:LOOKED_AT]), shown.entries, strict=True)
    refused_rows = len({refusal["row"] for refusal in imported.refused})
    return {
        "ledger": ledger,
        "imported": imported,
        "preview": Table(preview_columns(shown, _previewed(ledger, samples)), lines),
        "refused": table(request, REFUSED, imported.refused, unexported=True),
        "refused_rows": refused_rows,
        "unread_rows": max(imported.read - imported.total - refused_rows, 0),
        "reading": imported.state == ImportState.reading,
        "running": imported.state in (ImportState.reading, ImportState.queued),
        "looked_at": LOOKED_AT,
    }
