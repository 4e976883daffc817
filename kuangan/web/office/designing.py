"""Designing a collection: its form column by column, by hand or from the superior's sheet, and sending it down."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Unit, User
from kuangan.core.queries import units_among
from kuangan.core.store import read_content
from kuangan.office import columns as designed
from kuangan.office.actions import collections as actions
from kuangan.office.models import Collection
from kuangan.office.queries.collections import returns_visible_to
from kuangan.office.standing import own_offices
from kuangan.web.frame.doors import door
from kuangan.web.frame.forms import BeijingMoment, ManyFiles
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table
from kuangan.web.frame.uploads import let_wait, with_waiting
from kuangan.web.office.collection_lists import DESIGN
from kuangan.web.office.forms import (
    SIGHTED,
    OfficeForm,
    ReceiversField,
    dress,
    files_field,
    long_field,
    offer,
    receiver_groups,
    refusals,
    saved_files,
    unit_field,
)
from kuangan.web.office.sheets import headings_of, own_headings

ROWS = 8
MOST_ROWS = 40


class CollectionForm(OfficeForm):
    """The head of a collection."""

    unit = unit_field("发起单位")
    title = forms.CharField(label="标题", max_length=200)
    note = long_field("填报说明", 3, required=False)
    due_at = BeijingMoment(label="报送期限", help_text="北京时间；到期前提醒填报单位，到期后逐级催报县局、发起单位")
    template = files_field("上级表样（Excel）")

    def __init__(self, *args: Any, reader: User, offices: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units_among(reader, offices))
        self.fields["unit"].initial = offices[0]
        self.fields["template"].help_text = "汇总按表样的栏目顺序导出；可按其表头生成栏目"
        self.fields["receivers"] = ReceiversField(
            offices[0], label="填报单位", error_messages={"required": "请至少选择一个填报单位"}
        )


class ColumnForm(forms.Form):
    """One column of the form that is designed; one without a label is left out."""

    label = forms.CharField(label="栏目", max_length=60, required=False)
    kind = forms.ChoiceField(label="类型", choices=list(designed.KINDS.items()), required=False)
    suffix = forms.CharField(label="计量单位", max_length=12, required=False)
    choices = forms.CharField(label="可选项（用、隔开）", max_length=300, required=False)
    total = forms.ChoiceField(label="汇总", choices=list(designed.TOTALS.items()), required=False)
    required = forms.BooleanField(label="必填", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)
            field.widget.attrs["aria-label"] = field.label
        self.fields["required"].widget.attrs["class"] = "form-check-input"


ColumnForms = forms.formset_factory(ColumnForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def columns_of(column_forms: Any) -> list[dict[str, Any]]:
    """The designed columns of a valid formset. Refused as :func:`kuangan.office.columns.column`."""
    columns = []
    for number, typed in enumerate(column_forms.cleaned_data, 1):
        if typed.get("label"):
            choices = [
                choice
                for choice in typed["choices"].replace(",", "、").replace("，", "、").split("、")
                if choice.strip()
            ]
            columns.append(
                designed.column(
                    f"c{number}",
                    typed["label"].strip(),
                    typed["kind"],
                    required=typed["required"],
                    suffix=typed["suffix"],
                    choices=[choice.strip() for choice in choices],
                    total=typed["total"],
                )
            )
    return columns


def _blank(labels: list[str], count: int) -> list[dict[str, Any]]:
    empty = {"kind": "number", "required": True}
    named = [{"label": label, **empty} for label in labels]
    return [*named, *({"label": "", **empty} for _ in range(max(count - len(named), 0)))][:MOST_ROWS]


@door(*SIGHTED, methods=("GET", "POST"))
def new_collection(request: Request) -> HttpResponse:
    """Design a form and send it down; its columns may be taken from the superior's sheet."""
    offices = own_offices(request.user)
    if not offices:
        raise Http404
    form = CollectionForm(request.POST or None, request.FILES or None, reader=request.user, offices=offices)
    with_waiting(request, form)
    column_forms: Any = ColumnForms(request.POST or None, initial=_blank([], ROWS), prefix="column")
    do = request.POST.get("do", "")
    if do in ("more", "headings"):
        labels: list[str] = []
        form.errors.clear()  # what is still to be filled in is not asked for yet
        with refusals(request, form):
            labels = _labels(request, form, column_forms, do)
        column_forms = ColumnForms(initial=_blank(labels, len(labels) + ROWS), prefix="column")
    elif request.method == "POST" and form.is_valid() and column_forms.is_valid():
        with refusals(request, form), made_once(request) as made_at:
            made = _opened(request, form, column_forms)
            messages.success(request, f"已下发，填报单位 {returns_visible_to(request.user, made).count()} 个。")
            made_at(reverse("collection", args=[made.pk]))
            return redirect("collection", pk=made.pk)
    let_wait(request, form)
    design = Table(DESIGN, list(enumerate(column_forms, 1)), style="stack design")
    return show(
        request,
        "office/collections/new.html",
        form=form,
        rows=column_forms,
        groups=receiver_groups(form),
        design=design,
    )


def _labels(request: Request, form: forms.Form, column_forms: Any, do: str) -> list[str]:
    """The labels to begin the design with: those typed so far, or the headings of the uploaded sheet."""
    field = form.fields["template"]
    uploads = [*field.waiting, *request.FILES.getlist("template")] if isinstance(field, ManyFiles) else []
    if do == "headings":
        if not uploads:
            raise Refused("请先选择上级表样，再按表头生成栏目。")
        _, headings = headings_of(uploads[0].read())
        return own_headings(headings)
    return [label for cells in column_forms if (label := str(cells["label"].value() or ""))]


def _opened(request: Request, form: CollectionForm, column_forms: Any) -> Collection:
    given = dict(form.cleaned_data)
    saved = saved_files(request.user, given.pop("template")[:1])
    template: Attachment | None = saved[0] if saved else None
    heading_row, headings = headings_of(read_content(template.sha256)) if template else (None, None)
    return actions.open_collection(
        actor=request.user,
        columns=columns_of(column_forms),
        template=template,
        heading_row=heading_row,
        headings=headings,
        **given,
    )
