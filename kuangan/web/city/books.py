"""城市工作簿: the template, a workbook uploaded, those of before, and what was told about headings of other origin."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.city import actions
from kuangan.city.book.template import template
from kuangan.city.queries import books_for, headings_for
from kuangan.core.errors import Refused
from kuangan.web.city.lists import BOOKS, heading_columns
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, OPERATOR, door, has_role
from kuangan.web.frame.files import xlsx
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.office.forms import OfficeForm, day_field

TEMPLATE_NAME = "城市工作簿-模板.xlsx"


class UploadForm(OfficeForm):
    sheet = forms.FileField(
        label="填好的工作簿",
        help_text="仅限 .xlsx；可用模板，也可用栏目名称不同的其他表格",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择填好的工作簿", "empty": "这是空文件，请重新选择"},
    )
    on = day_field(
        "自哪一日起",
        help_text="任职、煤矿属性等自该日生效，之前各日的登记不变",
        error_messages={"invalid": "请填写日期"},
    )


@door(*ACCOUNT_KEEPERS, methods=("GET", "POST"))
def books(request: Request) -> HttpResponse:
    """Upload a workbook; all that were uploaded, and the headings that are remembered."""
    operates = has_role(request, *OPERATOR)
    form = UploadForm(initial={"on": clock.civil_date(clock.now())})
    if request.method == "POST" and operates:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid() and (answer := _uploaded(request, form)) is not None:
            return answer
    uploaded = table(request, BOOKS, books_for(request.user), nothing="还没有上传过工作簿", unexported=True)
    told = Table(
        heading_columns(request, operates=operates), headings_for(request.user), "没有登记过其他表格的栏目名称。"
    )
    return show(request, "city/books.html", form=form, table=uploaded, told=told)


def _uploaded(request: Request, form: UploadForm) -> HttpResponse | None:
    """The way to the book that was taken; None when the form says why it was not."""
    upload = cast("UploadedFile[Any]", form.cleaned_data["sheet"])
    try:
        with made_once(request) as made_at:
            made = actions.upload_book(
                actor=request.user, name=upload.name or "", content=upload.read(), on=form.cleaned_data["on"]
            )
            made_at(reverse("city_book", args=[made.pk]))
    except Refused as refused:
        form.add_error("sheet", refused.message)
        return None
    return redirect("city_book", made.pk)


@door(*OPERATOR)
def book_template(request: Request) -> HttpResponse:
    """The empty workbook."""
    return xlsx(template(), TEMPLATE_NAME)


@door(*OPERATOR, methods=("POST",))
def forget_told(request: Request, pk: int) -> HttpResponse:
    """A heading means nothing any more."""
    heading = get_object_or_404(headings_for(request.user), pk=pk)
    actions.forget_heading(actor=request.user, heading=heading)
    messages.success(request, f"已删除“{heading.sheet}”栏目“{heading.heading}”的对应。")
    return redirect("city_books")
