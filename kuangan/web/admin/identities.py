"""人员登记: personnel number and identity card of one person. Shown masked; in clear to the system administrator with a one-time code."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base.identity import masked_identity
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Person
from kuangan.core.queries import events_of
from kuangan.core.queries.keeping import identity_of, kept_people, tenures_of_person
from kuangan.web.admin.lists import TENURES
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, OPERATOR, door, has_role
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare
from kuangan.web.office.forms import OfficeForm

NUMBERS = (
    Column("项目", lambda line: line[0], style="w-1 nowrap quiet"),
    Column("号码", lambda line: line[1]),
)


class NumberForm(OfficeForm):
    """The personnel number."""

    number = forms.CharField(
        label="人员编号",
        max_length=20,
        required=False,
        help_text="本单位人事系统、统一登录系统中的编号，全市不重复；清空即为注销",
    )


class IdentityForm(OfficeForm):
    """The number of the identity card, which the page never gives back."""

    identity = forms.CharField(
        label="公民身份号码",
        max_length=30,
        required=False,
        help_text="18位；加密保存，页面只显示首3位和末2位；清空并提交即为注销",
        widget=forms.TextInput({"autocomplete": "off", "data-sealed": ""}),
    )


@door(*ACCOUNT_KEEPERS, methods=("GET", "POST"))
def identity(request: Request, pk: int) -> HttpResponse:
    """One person of the register: the two numbers, changed by the system administrator, and the record of both."""
    person = get_object_or_404(kept_people(request.user), pk=pk)
    forms_by_step = {
        "number": NumberForm(_posted(request, "number"), initial={"number": person.number}),
        "identity": IdentityForm(_posted(request, "identity")),
    }
    if request.method == "GET":
        return _page(request, person, forms_by_step)
    if not has_role(request, *OPERATOR):
        raise PermissionDenied
    try:
        clear = _stepped(request, person, forms_by_step)
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, person, forms_by_step)
    return _page(request, person, forms_by_step, clear) if clear else redirect("identity", pk=pk)


def _posted(request: Request, step: str) -> Any:
    return request.POST if request.POST.get("do") == step else None


def _stepped(request: Request, person: Person, by_step: dict[str, Any]) -> str:
    """Do the step; the number in clear where that was asked for, shown in this answer alone."""
    do = request.POST.get("do", "")
    if do == "open":
        return actions.open_identity(actor=request.user, person=person, code=request.POST.get("code", ""))
    form = by_step.get(do)
    if form is None or not form.is_valid():
        raise Refused("没有这一步骤或内容过长，请核对后重新提交。")
    if do == "number":
        actions.set_person_number(actor=request.user, person=person, number=form.cleaned_data["number"])
        messages.success(request, "已登记人员编号。")
    else:
        actions.set_identity(actor=request.user, person=person, number=form.cleaned_data["identity"])
        messages.success(request, "已登记公民身份号码。")
    return ""


def _page(request: Request, person: Person, by_step: dict[str, Any], clear: str = "") -> HttpResponse:
    held = identity_of(person)
    masked = masked_identity(held) if held else ""
    answer = show(
        request,
        "admin/identity.html",
        kept=person,
        masked=masked,
        numbers=bare(NUMBERS, (("人员编号", person.number or "未登记"), ("公民身份号码", masked or "未登记"))),
        clear=clear,
        numbering=by_step["number"],
        identifying=by_step["identity"],
        tenures=bare(TENURES, tenures_of_person(request.user, person.pk), "没有任职。"),
        events=events_of(person).select_related("actor__person").order_by("-seq")[:30],
    )
    answer["Cache-Control"] = "no-store"
    return answer
