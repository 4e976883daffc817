"""The lists of meetings, of those invited and of what was decided, as columns."""

from datetime import datetime
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.flow.office.meetings import FollowUp
from kuangan.office.models import Invitation, Meeting
from kuangan.web.frame import shown
from kuangan.web.frame.links import address_of
from kuangan.web.frame.lists import Column


def _meeting_link(meeting: Any, text: Any, part: str = "") -> Any:
    return shown.link(f"{reverse('meeting', args=[meeting.pk])}{part}", text)


def _minutes(meeting: Meeting, at: datetime) -> Any:
    """The number of the minutes, or why there are none."""
    if meeting.cancelled_at:
        return shown.quiet("已取消")
    if meeting.minutes_at:
        return meeting.minutes_number or "已登记"
    return shown.quiet("未召开") if meeting.starts_at > at else shown.state("待登记")


def meeting_columns(at: datetime) -> tuple[Column, ...]:
    """Meetings with who signed up and came, their minutes and decisions."""
    title = Column(
        "会议名称",
        lambda meeting: meeting.title,
        48,
        lambda meeting: _meeting_link(meeting, meeting.title),
        short="会议",
    )
    return (
        title,
        Column("召集单位", lambda meeting: meeting.organiser.name, 24),
        Column("召开时间", lambda meeting: meeting.starts_at, 20, style="nowrap", short="时间"),
        Column("地点", lambda meeting: meeting.place, 24),
        Column("主持人", lambda meeting: meeting.chair, page=False),
        Column("通知单位数", lambda meeting: meeting.called, page=False),
        Column(
            "已报名",
            lambda meeting: meeting.answered,
            shown=lambda meeting: f"{meeting.answered}／{meeting.called}",
            style="num",
            short="报名",
        ),
        Column(
            "到会",
            lambda meeting: meeting.came,
            shown=lambda meeting: None if meeting.starts_at > at else meeting.came,
            style="num",
        ),
        Column(
            "纪要文号", lambda meeting: meeting.minutes_number, 24, lambda meeting: _minutes(meeting, at), short="纪要"
        ),
        Column(
            "议定事项数",
            lambda meeting: meeting.decided,
            shown=lambda meeting: _meeting_link(meeting, meeting.decided, "#decisions"),
            style="num",
            short="议定事项",
        ),
    )


def _matter(follow_up: FollowUp) -> SafeString:
    mark = shown.tag("突出问题") if follow_up.decision.prominent else ""
    return shown.joined(follow_up.decision.matter, mark, by=" ")


FOLLOW_UPS = (
    Column("议定事项", _matter),
    Column("责任单位", lambda follow_up: follow_up.decision.responsible.name),
    Column(
        "期限",
        lambda follow_up: (
            follow_up.decision.due_on if follow_up.done else shown.due(follow_up.due_at, "会议议定的办结期限")
        ),
    ),
    Column(
        "办理情况",
        lambda follow_up: shown.link(address_of(follow_up.subject), shown.state(follow_up.status, follow_up.done)),
    ),
)


def _coming(invitation: Invitation) -> Any:
    if invitation.people:
        return linebreaksbr(invitation.people)
    return shown.quiet(f"请假：{invitation.excuse}" if invitation.excuse else "未报名")


def _came(invitation: Invitation) -> Any:
    if invitation.attended is None:
        return None
    return "到会" if invitation.attended else shown.quiet("未到")


def _tick(invitation: Invitation) -> SafeString:
    """A box to be ticked for who came; those who signed up are proposed."""
    ticked = invitation.attended or (invitation.attended is None and bool(invitation.people))
    return format_html(
        '<input type="checkbox" class="form-check-input" form="attendance" name="present" value="{}"'
        ' aria-label="{}到会"{}>',
        invitation.pk,
        invitation.unit.name,
        SafeString(" checked") if ticked else "",
    )


def invitation_columns(meeting: Meeting, *, notes: bool) -> tuple[Column, ...]:
    """Who was invited, signed up and came. ``notes``: the reader may know, and until the minutes say, who came."""
    settled = bool(meeting.minutes_at or meeting.cancelled_at)
    return (
        Column("到会", _came if settled else _tick, page=notes),
        Column("单位", lambda invitation: invitation.unit.name),
        Column("报名", _coming),
        Column("签收", lambda invitation: invitation.notice.received_at, style="nowrap small"),
    )
