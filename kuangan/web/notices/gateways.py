"""消息通道: setting up gateways and testing them, for the system administrator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.core.actions.sending.gateways import send_test, set_quiet_hours, set_up_gateway
from kuangan.core.errors import Refused
from kuangan.core.models import Channel, Gateway
from kuangan.core.notify.gateways import GatewayKind, gateway_kind, gateway_kinds
from kuangan.core.notify.gateways.secrets import secrets_of
from kuangan.core.queries.reaching import gateways_kept, quiet_hours_of_roles, tests_of
from kuangan.law.role import Role
from kuangan.web.frame import shown
from kuangan.web.frame.doors import OPERATOR, door
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare, table
from kuangan.web.notices.forms import SITE, GatewayForm, QuietRoleForm, SettingsForm
from kuangan.web.notices.lists import GATEWAYS, QUIET, TESTS
from kuangan.web.office.forms import OfficeForm, refusals

KINDS = (
    Column("类型", lambda kind: shown.link(reverse("new_gateway", args=[kind.id]), kind.label)),
    Column("方式", lambda kind: "、".join(Channel(channel).label for channel in kind.channels), style="nowrap"),
    Column("说明", lambda kind: kind.help, style="small"),
)


class TestForm(OfficeForm):
    to = forms.CharField(label="发给", max_length=120, required=False)


@door(*OPERATOR)
def gateways(request: Request) -> HttpResponse:
    """What is set up, and what can be."""
    kinds, wrong = gateway_kinds()
    listed = table(
        request,
        GATEWAYS,
        gateways_kept(request.user),
        nothing="尚未设置消息通道",
        hint="请在下方选择类型；没有短信通道时，短信和叫应电话只记入数据目录的消息文件，不会发出。",
        unexported=True,
    )
    return show(request, "notices/gateways.html", table=listed, kinds=bare(KINDS, kinds.values()), wrong=wrong)


@door(*OPERATOR, methods=("GET", "POST"))
def new_gateway(request: Request, kind: str) -> HttpResponse:
    described = gateway_kind(kind)
    if described is None:
        raise Http404
    return _set_up(request, described, None)


@door(*OPERATOR, methods=("GET", "POST"))
def gateway(request: Request, pk: int) -> HttpResponse:
    """One gateway: its settings without its secrets, and its tests."""
    kept = get_object_or_404(gateways_kept(request.user), pk=pk)
    described = gateway_kind(kept.kind)
    if described is None:
        messages.error(request, f"通道“{kept.name}”的类型文件已不在，请放回数据目录的 channels 文件夹。")
        return redirect("gateways")
    return _set_up(request, described, kept)


def _set_up(request: Request, kind: GatewayKind, kept: Gateway | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    held = {name: bool(value) for name, value in secrets_of(kept.pk).items()} if kept else {}
    form = GatewayForm(kind, request.user, posted, gateway=kept)
    fields = SettingsForm(kind, held, posted, initial=kept.settings if kept else {})
    if posted is not None and form.is_valid() and fields.is_valid():
        try:
            made = _saved(request, kind, kept, form, fields)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已保存消息通道“{made.name}”，请发送测试消息。")
            return redirect("gateway", pk=made.pk)
    context: dict[str, Any] = {"kind": kind, "gateway": kept, "form": form, "fields": fields}
    if kept:
        context |= {
            "tests": Table(TESTS, tests_of(request.user, kept), "尚未发送测试消息。"),
            "test": None if kept.channel == Channel.group else TestForm(),
        }
    return show(request, "notices/gateway.html", status=422 if posted is not None else 200, **context)


def _saved(
    request: Request, kind: GatewayKind, kept: Gateway | None, form: GatewayForm, fields: SettingsForm
) -> Gateway:
    typed, given = form.cleaned_data, fields.typed()
    plain = {name: value for name, value in given.items() if name not in kind.secrets and value not in (None, "")}
    return set_up_gateway(
        actor=request.user,
        gateway=kept,
        kind=kind.id,
        name=typed["name"],
        channel=typed["channel"],
        unit=typed.get("unit"),
        rank=typed["rank"],
        enabled=typed["enabled"],
        settings=plain | ({SITE: typed["site"]} if typed["site"] else {}),
        secrets={name: str(given[name] or "") for name in kind.secrets},
    )


@door(*OPERATOR, methods=("POST",))
def test(request: Request, pk: int) -> HttpResponse:
    """Send a test message; how it went stands on the gateway's page."""
    kept = get_object_or_404(gateways_kept(request.user), pk=pk)
    with refusals(request):
        sent = send_test(actor=request.user, gateway=kept, to=request.POST.get("to", ""))
        messages.success(request, f"第{sent.test_number}号测试消息已交发送，结果显示在本页。")
    return redirect("gateway", pk=pk)


@door(*OPERATOR, methods=("GET", "POST"))
def quiet_roles(request: Request) -> HttpResponse:
    """Quiet hours of all who hold a role."""
    form = QuietRoleForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals(request):
            typed = form.cleaned_data
            set_quiet_hours(actor=request.user, role=Role(typed["role"]), begins=typed["begins"], ends=typed["ends"])
            messages.success(request, "已保存免打扰时段。")
            return redirect("quiet_roles")
    listed = Table(QUIET, quiet_hours_of_roles(request.user), "没有按角色设定的免打扰时段。")
    return show(request, "notices/quiet.html", form=form, table=listed)
