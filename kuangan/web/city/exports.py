"""数据导出: everything that one sees as one file, written as a job; given to who asked alone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from kuangan.city.models import DataExport, ExportState
from kuangan.city.out.exporting import LEFT_OUT
from kuangan.city.out.jobs import ask_export, export_path
from kuangan.city.out.queries import exports_of
from kuangan.core.queries import units_visible_to
from kuangan.web.frame import shown
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table
from kuangan.web.office.forms import OfficeForm, offer, refusals


class ExportForm(OfficeForm):
    unit: Any = forms.ModelChoiceField(
        None, label="单位", required=False, empty_label="本人可见的全部", help_text="选定单位的，只导出该单位及其所属"
    )


def _file(export: DataExport) -> Any:
    if export.state == ExportState.ready:
        return shown.link(reverse("export_file", args=[export.pk]), f"下载（{filesizeformat(export.size)}）")
    return export.stage or export.note or None


EXPORTS = (
    Column("范围", lambda export: export.unit.name if export.unit else "本人可见的全部", style="strong"),
    Column("提出", lambda export: export.at, style="nowrap"),
    Column("状态", lambda export: export.get_state_display(), style="nowrap"),
    Column("文件", _file),
    Column("清单摘要", lambda export: export.digest[:16], style="small"),
)


@door(*OVERSEERS, *MINE, methods=("GET", "POST"))
def exports(request: Request) -> HttpResponse:
    """Ask for an export; one's own of before."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    offer(form, "unit", units_visible_to(request.user))
    if request.method == "POST" and form.is_valid():
        with refusals(request):
            ask_export(actor=request.user, unit=form.cleaned_data["unit"])
            messages.success(request, "已开始导出，完成后在本页下载。")
        return redirect("exports")
    listed = table(
        request,
        EXPORTS,
        exports_of(request.user),
        nothing="还没有导出过数据",
        hint="请在本页提出；导出由后台完成，可离开本页。",
        unexported=True,
    )
    return show(request, "city/exports.html", form=form, table=listed, left_out=LEFT_OUT)


@door(*OVERSEERS, *MINE)
def export_file(request: Request, pk: int) -> HttpResponseBase:
    """The packed export, to who asked for it."""
    export = get_object_or_404(exports_of(request.user), pk=pk, state=ExportState.ready)
    path = export_path(export)
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"数据导出-{export.pk}.zip")
