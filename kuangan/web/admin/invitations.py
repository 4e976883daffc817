"""开通邀请: accounts for many people at once, by letters or SMS. One administrator invites, the other agrees and hands out second codes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import AccountInvitation, Invitee, InviteeState, IssueKind, IssueState, User
from kuangan.core.queries import events_of
from kuangan.core.queries.account_requests import keeps_accounts
from kuangan.core.queries.invitations import (
    in_state,
    invitations_for,
    invitees_of,
    is_agreed,
    issues_of,
    own_issues,
    people_to_invite,
    units_to_invite,
)
from kuangan.flow.upkeep.invitations import letters_of
from kuangan.web.admin.invitation_lists import INVITATIONS, invitee_columns, issue_columns, where
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, SECURITY, UNIT_ADMIN, door, has_role
from kuangan.web.frame.lists import Filters
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.office.forms import OfficeForm, offer, refusals

OWN_UNIT = "只邀请本单位有任职岗位而无账号的人员；签字和管理岗位人员由系统管理员邀请、安全管理员审批"
UNFINISHED = (IssueState.queued, IssueState.working)


INVITERS = (*ACCOUNT_KEEPERS, *UNIT_ADMIN)


class InviteForm(OfficeForm):
    """Whom to invite."""

    unit: Any = forms.ModelChoiceField(
        None, label="范围", required=False, empty_label="全市", help_text="含其下属单位；只邀请有任职岗位而无账号的人员"
    )
    reason = forms.CharField(
        label="事由", max_length=200, help_text="名单中有签字或管理岗位的，连同名单提交安全管理员审批"
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_to_invite(reader)
        offer(self, "unit", units)
        if not keeps_accounts(reader):
            unit, reason = self.fields["unit"], self.fields["reason"]
            unit.required, unit.initial, unit.help_text = True, units.first(), OWN_UNIT
            reason.help_text = ""


@door(*INVITERS, methods=("GET", "POST"))
def invitations(request: Request) -> HttpResponse:
    """The invitations that the reader keeps; the system administrator makes further ones, a unit's own of his unit."""
    form = InviteForm(request.POST or None, reader=request.user)
    if request.method == "POST":
        _require(request, operator=True)
        if form.is_valid():
            with refusals(request, form):
                made = actions.invite(actor=request.user, **form.cleaned_data)
                messages.success(request, "已列出受邀人员，请核对名单后生成信函或发送短信。")
                return redirect("invitation", pk=made.pk)
    listed = table(
        request,
        INVITATIONS,
        invitations_for(request.user),
        nothing="还没有办理过邀请",
        hint="邀请后，受邀人员凭邀请码自行开通账号、设定密码。",
        unexported=True,
    )
    waiting = people_to_invite(request.user, None).count()
    standing = _standing(request)
    return show(request, "admin/invitations.html", form=form, table=listed, waiting=waiting, **standing)


class InviteeFilters(Filters):
    state = forms.ChoiceField(label="状态", choices=(("", "全部"), *InviteeState.choices))
    signs = forms.ChoiceField(label="岗位", choices=(("", "全部"), ("1", "签字或管理岗位"), ("0", "其他岗位")))


@door(*INVITERS, methods=("GET", "POST"))
def invitation(request: Request, pk: int) -> HttpResponse:
    """One invitation: its people, what was handed out, the next step."""
    made = get_object_or_404(invitations_for(request.user), pk=pk)
    if request.method == "POST":
        with refusals(request):
            messages.success(request, _stepped(request, made))
        return redirect("invitation", pk=pk)
    jobs = issues_of(request.user, made)
    running = any(job.state in UNFINISHED for job in jobs)
    context: dict[str, Any] = {
        "made": made,
        "jobs": Table(issue_columns(request, clock.wall_now()), jobs[:20]),
        "running": running,
    }
    if request.headers.get("HX-Request"):
        if not running:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return show(request, "admin/_invitation_jobs.html", **context)
    return show(request, "admin/invitation.html", **context, **_people(request, made), **_standing(request))


def _standing(request: Request) -> dict[str, Any]:
    """Whether the reader keeps accounts, and whether he hands out the first codes (the security administrator the second)."""
    return {
        "keeps_accounts": has_role(request, *ACCOUNT_KEEPERS),
        "hands_out": not has_role(request, *SECURITY),
    }


def _people(request: Request, made: AccountInvitation) -> dict[str, Any]:
    moment, filters = clock.wall_now(), InviteeFilters(request)
    invitees = invitees_of(request.user, made)
    if state := filters.chosen("state"):
        invitees = invitees.filter(in_state(InviteeState(state), moment))
    if signs := filters.chosen("signs"):
        invitees = invitees.filter(signs=signs == "1")
    agreed, hands_out = is_agreed(made), not has_role(request, *SECURITY)
    columns = invitee_columns(request, moment, operates=hands_out, agreed=agreed)
    return {
        "where": where(made),
        "agreed": agreed,
        "table": table(request, columns, invitees, filters, nothing="没有符合条件的人员", unexported=True),
        "events": events_of(made).select_related("actor__person").order_by("-seq")[:30],
    }


def _stepped(request: Request, made: AccountInvitation) -> str:
    """Carry out the posted step; what was done, in words. Raises ``Refused`` and ``PermissionDenied``."""
    do, only = request.POST.get("do", ""), _only(request, made)
    _require(request, operator=do != IssueKind.bindings)
    if do in IssueKind:
        address = request.build_absolute_uri(reverse("join"))
        actions.ask_issue(actor=request.user, invitation=made, kind=IssueKind(do), address=address, only=only)
        return "已开始生成，完成后在本页领取。" if do != IssueKind.sms else "已开始发送，结果在本页显示。"
    if do == "revoke" and only is not None:
        actions.revoke_invitee(actor=request.user, invitee=only)
        return f"已撤销对{only.person.name}的邀请。"
    if do == "revoke_all":
        return f"已撤销{actions.revoke_invitation(actor=request.user, invitation=made)}人的邀请。"
    raise Refused("没有这一步骤，请刷新页面后重试。")


def _only(request: Request, made: AccountInvitation) -> Invitee | None:
    key = request.POST.get("only", "")
    if not key:
        return None
    return get_object_or_404(invitees_of(request.user, made), pk=int(key) if key.isascii() and key.isdigit() else 0)


def _require(request: Request, *, operator: bool) -> None:
    """Raises ``PermissionDenied`` where a step is the other administrator's."""
    if has_role(request, *SECURITY) is operator:
        raise PermissionDenied


@door(*INVITERS, methods=("POST",))
def invitation_letters(request: Request, pk: int) -> HttpResponse:
    """Take the letters away to be printed, by whoever asked for them."""
    issue = get_object_or_404(own_issues(request.user), pk=pk)
    try:
        content = letters_of(issue)
        actions.take_letters(actor=request.user, issue=issue)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("invitation", pk=issue.invitation_id)
    name = "bindings" if issue.kind == IssueKind.bindings else "letters"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}-{issue.pk}.pdf"', "Cache-Control": "no-store"},
    )
