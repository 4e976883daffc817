"""The lists of invitations as columns."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.core.models import InvitationIssue, Invitee, InviteeState, IssueKind, IssueState, RequestState
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.once import button
from kuangan.web.frame.request import Request


def where(invitation: Any) -> str:
    """Whom an invitation is about, in words."""
    return f"{invitation.unit.name}及下属单位" if invitation.unit else "全市"


def _agreed(invitation: Any) -> Any:
    """How far the second administrator is with it."""
    request = invitation.request
    if request is None:
        return "无需审批"
    link = shown.link(reverse("account_request", args=[request.pk]), request.get_state_display())
    return shown.strong(link) if request.state == RequestState.waiting else link


INVITATIONS = (
    Column(
        "范围",
        where,
        shown=lambda invitation: shown.link(reverse("invitation", args=[invitation.pk]), where(invitation)),
    ),
    Column("办理时间", lambda invitation: invitation.made_at),
    Column("办理人", lambda invitation: invitation.made_by.display_name),
    Column("人数", lambda invitation: invitation.invited, style="num"),
    Column("签字岗位", lambda invitation: invitation.signing, style="num"),
    Column("已开通", lambda invitation: invitation.used, style="num"),
    Column("审批", _agreed),
)


def invitee_columns(request: Request, at: datetime, *, operates: bool, agreed: bool) -> tuple[Column, ...]:
    """The people of an invitation; whoever keeps it takes one back, or has one letter written anew."""

    def steps(invitee: Invitee) -> SafeString | str:
        if invitee.state_at(at) in (InviteeState.used, InviteeState.revoked):
            return shown.EMPTY
        address = reverse("invitation", args=[invitee.invitation_id])
        again = button(request, address, "重新生成", do="letters", only=invitee.pk) if agreed else shown.EMPTY
        return shown.joined(again, button(request, address, "撤销", do="revoke", only=invitee.pk), by=" ")

    return (
        Column("单位", lambda invitee: invitee.person.unit.name),
        Column("姓名", lambda invitee: invitee.person.name),
        Column("岗位", lambda invitee: invitee.posts),
        Column("凭证", _second),
        Column("状态", lambda invitee: _state(invitee, at)),
        Column("有效至", lambda invitee: invitee.expires_at),
        Column("", steps, style="num", page=operates),
    )


def _second(invitee: Invitee) -> str:
    if not invitee.signs:
        return "无需"
    return "已生成" if invitee.binding_digest or invitee.used_at else "待生成"


def _state(invitee: Invitee, at: datetime) -> Any:
    state = invitee.state_at(at)
    word = shown.unknown(state.label) if state in (InviteeState.expired, InviteeState.revoked) else state.label
    return shown.hinted(word, invitee.fault) if invitee.fault else word


def issue_columns(request: Request, at: datetime) -> tuple[Column, ...]:
    """What was handed out, and the letters that wait for whoever asked for them."""

    def take(issue: InvitationIssue) -> SafeString | str:
        waits = issue.state == IssueState.done and issue.ends_at is not None and issue.ends_at > at
        if not waits or issue.asked_by_id != request.user.pk:
            return shown.EMPTY
        return button(request, reverse("invitation_letters", args=[issue.pk]), "下载打印", "btn btn-sm btn-primary")

    return (
        Column("方式", _kind),
        Column("提出", lambda issue: shown.moment(issue.asked_at), style="nowrap"),
        Column("办理人", lambda issue: issue.asked_by.display_name),
        Column("进度", _progress),
        Column("领取", lambda issue: issue.taken_at),
        Column("", take, style="num"),
    )


def _kind(issue: InvitationIssue) -> str:
    return f"{issue.get_kind_display()}（{issue.only.person.name}）" if issue.only else issue.get_kind_display()


def _progress(issue: InvitationIssue) -> Any:
    if issue.state == IssueState.failed:
        return shown.strong(f"未完成：{issue.fault}")
    if issue.state == IssueState.done and issue.kind == IssueKind.sms:
        return shown.joined(f"已发送 {issue.total}人。", issue.fault)
    return f"{issue.get_state_display()} {issue.done}/{issue.total}"
