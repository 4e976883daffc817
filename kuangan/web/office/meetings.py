"""会议: notice, sign-up, attendance, minutes and decisions with what follows them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.flow.office import meetings as flow
from kuangan.office.actions import meetings as actions
from kuangan.office.models import Meeting, MeetingKind
from kuangan.office.queries import meetings as queries
from kuangan.office.standing import own_offices, own_units, within_reach
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame.doors import door
from kuangan.web.frame.forms import BeijingMoment
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.gate.addresses import is_key
from kuangan.web.office.forms import (
    SIGHTED,
    OfficeForm,
    Step,
    day_field,
    files_field,
    long_field,
    offer,
    posted,
    posted_files,
    stepped,
    unit_field,
)
from kuangan.web.office.meeting_lists import FOLLOW_UPS, invitation_columns, meeting_columns
from kuangan.web.office.sending import SendingForm, sending_page

ONLY = (("", "全部"), ("ahead", "尚未召开"), ("minutes", "已开未登记纪要"))
CALLED_HERE = "点击右上角“召集会议”，通知、报名、纪要和议定事项在同一页办理。"
NO_OFFICE = ("本单位不召集会议", "会议由政府和监管部门召集。本单位在收到的会议通知中报名。")


class MeetingFilters(Filters):
    q = forms.CharField(label="会议名称", max_length=60)
    only = forms.ChoiceField(label="情形", choices=ONLY)


@door(*SIGHTED)
def meetings(request: Request) -> HttpResponse:
    """Meetings organised or attended by units in sight."""
    filters = MeetingFilters(request)
    moment = clock.now()
    meetings_seen = queries.meetings_visible_to(request.user)
    if text := filters.chosen("q"):
        meetings_seen = meetings_seen.filter(title__icontains=text)
    only = filters.chosen("only")
    if only == "ahead":
        meetings_seen = meetings_seen.filter(starts_at__gt=moment, cancelled_at=None)
    if only == "minutes":
        meetings_seen = meetings_seen.filter(Q(starts_at__lte=moment), minutes_at=None, cancelled_at=None)
    if wants_export(request):
        return export("会议", meeting_columns(moment), meetings_seen)
    issues = bool(own_offices(request.user))
    hint = CALLED_HERE if issues else "收到会议通知后会出现在这里。"
    listed = table(
        request, meeting_columns(moment), meetings_seen, filters, nothing=none_of("会议", filters), hint=hint
    )
    return show(request, "office/meetings/list.html", table=listed, issues=issues)


class MeetingForm(SendingForm):
    sender = "organiser"
    receivers = ("参会单位", "请至少选择一个参会单位")

    organiser = unit_field("召集单位")
    kind = forms.ChoiceField(
        label="类别",
        choices=MeetingKind.choices,
        widget=forms.RadioSelect,
        initial=MeetingKind.meeting,
        help_text="应急局召开的风险研判会商选后一项，纪要即记入会商台账，结论逐条由责任单位限期落实",
    )
    title = forms.CharField(label="会议名称", max_length=200)
    starts_at = BeijingMoment(label="召开时间", help_text="北京时间；已召开的会议可以补登")
    place = forms.CharField(label="地点", max_length=120)
    chair = forms.CharField(label="主持人", max_length=40)
    agenda = long_field("议题", 3, help_text="每行一项")
    remark = long_field("有关要求", 3, required=False)
    attached = files_field("会议材料")

    def clean(self) -> dict[str, Any]:
        """A consultation on risks is one of the bureaus."""
        given = dict(super().clean() or {})
        organiser, kind = given.get("organiser"), given.get("kind")
        if kind == MeetingKind.consultation and isinstance(organiser, Unit) and not flow.may_hold(organiser, kind):
            self.add_error("kind", f"{organiser.name}不召集风险研判会商，请选择“会议”")
        return given


@door(*SIGHTED, methods=("GET", "POST"))
def new_meeting(request: Request) -> HttpResponse:
    return sending_page(request, MeetingForm, "meeting", absent=NO_OFFICE, send=_call)


def _call(**given: Any) -> tuple[Meeting, str]:
    made = actions.call_meeting(**given)
    number = queries.invitations_visible_to(given["actor"], made).count()
    return made, f"已通知 {number} 个单位参会。"


class DecisionForm(OfficeForm):
    matter = forms.CharField(label="议定事项", max_length=300)
    responsible = unit_field("责任单位")
    due_on = day_field("办结期限")
    prominent = forms.BooleanField(
        label="突出问题", required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "responsible", within_reach(meeting.organiser))
        if meeting.kind == MeetingKind.consultation:
            self.fields["matter"].label = "落实事项"
            del self.fields["prominent"]


@door(*SIGHTED, methods=("GET", "POST"))
def meeting(request: Request, pk: int) -> HttpResponse:
    """One meeting from its notice to its decisions, with the steps open to the person."""
    meeting = get_object_or_404(queries.meetings_visible_to(request.user), pk=pk)
    if request.method == "POST":
        return stepped(request, _STEPS, meeting, reverse("meeting", args=[pk]))
    units = {unit.pk for unit in own_units(request.user)}
    moment = clock.now()
    invitations = list(queries.invitations_visible_to(request.user, meeting))
    organises, begun = meeting.organiser_id in units, meeting.starts_at <= moment
    follow_ups = flow.follow_ups(queries.decisions_visible_to(request.user, meeting), moment)
    context: dict[str, Any] = {
        "meeting": meeting,
        "invitations": Table(invitation_columns(meeting, notes=organises and begun), invitations),
        "own": [invitation for invitation in invitations if invitation.unit_id in units],
        "organises": organises,
        "begun": begun,
        "attendance": any(invitation.attended is not None for invitation in invitations),
        "materials": queries.papers_with(request.user, meeting),
        "minutes": queries.minutes_of(request.user, meeting) if meeting.minutes_at else (),
        "follow_ups": Table(FOLLOW_UPS, follow_ups, "没有登记议定事项。"),
        "books": flow.books_of(meeting),
        "consults": meeting.kind == MeetingKind.consultation,
        "decision_form": DecisionForm(meeting=meeting) if organises and meeting.minutes_at else None,
        "events": trail_in_sight(request, meeting, meeting.organiser)[:30],
        "now": moment,
    }
    return show(request, "office/meetings/meeting.html", **context)


def _sign_up(request: Request, meeting: Meeting) -> str:
    invitations = queries.own_invitations(request.user, meeting)
    wanted = request.POST.get("invitation", "")
    invitation = invitations.filter(pk=wanted).first() if is_key(wanted) else None
    if invitation is None:
        raise Refused("本次会议没有通知您所在的单位。")
    actions.sign_up(
        actor=request.user,
        invitation=invitation,
        people=posted(request, "people"),
        excuse=posted(request, "excuse"),
    )
    return "已报送。"


def _attendance(request: Request, meeting: Meeting) -> str:
    present = [int(key) for key in request.POST.getlist("present") if is_key(key)]
    return f"已登记到会单位 {actions.note_attendance(actor=request.user, meeting=meeting, present=present)} 个。"


def _minutes(request: Request, meeting: Meeting) -> str:
    problems, consults = posted(request, "problems"), meeting.kind == MeetingKind.consultation
    if not problems:
        what = "会商结论，每行一条" if consults else "分析研判的突出问题"
        raise Refused(f"请填写{what}；只登记会议名称的，不计为召开。")
    if consults and not posted(request, "draft"):
        raise Refused("请填写会商的报告稿名称；没有报告稿的，不计为会商。")
    flow.keep_minutes(
        actor=request.user,
        meeting=meeting,
        problems=problems,
        number=posted(request, "number"),
        draft=posted(request, "draft"),
        files=posted_files(request),
    )
    return "已登记会议纪要。"


def _decide(request: Request, meeting: Meeting) -> str:
    form = DecisionForm(request.POST, meeting=meeting)
    if not form.is_valid():
        raise Refused("；".join(str(error) for errors in form.errors.values() for error in errors))
    made = flow.add_decision(actor=request.user, meeting=meeting, **form.cleaned_data)
    return f"已登记议定事项，由{made.responsible.name}限期办结。"


def _cancel(request: Request, meeting: Meeting) -> str:
    actions.cancel_meeting(actor=request.user, meeting=meeting, reason=posted(request, "reason"))
    return "已取消会议并通知参会单位。"


_STEPS: Mapping[str, Step] = {
    "sign_up": _sign_up,
    "attendance": _attendance,
    "minutes": _minutes,
    "decide": _decide,
    "cancel": _cancel,
}
