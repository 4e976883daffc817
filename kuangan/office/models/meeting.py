"""Meetings: who is invited and comes, the minutes, and what was decided."""

from django.db import models
from django.db.models import Q

from kuangan.core.models import Attachment, Notice, Unit, User
from kuangan.office.models.circular import Circular


class MeetingKind(models.TextChoices):
    """What a meeting is in law: a consultation on risks has ledgers of its own."""

    meeting = "meeting", "会议"
    consultation = "consultation", "风险研判会商"


class Meeting(models.Model):
    """One meeting of an office. ``entry`` is the serial of its entry in the ledger of its kind, once minutes are kept.

    ``problems``: what it found out; of a consultation what it concluded.
    """

    kind = models.CharField(
        "类别", max_length=12, choices=MeetingKind.choices, default=MeetingKind.meeting, db_default="meeting"
    )
    organiser = models.ForeignKey(Unit, models.PROTECT, related_name="meetings", verbose_name="召集单位")
    path = models.CharField("范围", max_length=200)
    title = models.CharField("会议名称", max_length=200)
    starts_at = models.DateTimeField("召开时间")
    place = models.CharField("地点", max_length=120)
    chair = models.CharField("主持人", max_length=40)
    agenda = models.TextField("议题")
    remark = models.TextField("有关要求", blank=True)
    called_at = models.DateTimeField("通知时间")
    called_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="通知人")
    cancelled_at = models.DateTimeField("取消时间", null=True)
    cancelled_for = models.CharField("取消原因", max_length=300, blank=True)
    problems = models.TextField("分析研判的突出问题", blank=True)
    minutes_number = models.CharField("纪要文号", max_length=60, blank=True)
    minutes_at = models.DateTimeField("纪要登记时间", null=True)
    minutes_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="纪要登记人")
    entry = models.BigIntegerField("会议台账条目", null=True)
    attachments = models.ManyToManyField(Attachment, related_name="+")
    minutes = models.ManyToManyField(Attachment, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(minutes_at__isnull=True) | Q(cancelled_at__isnull=True), name="cancelled_without_minutes"
            ),
        )
        indexes = (
            models.Index(
                fields=("path", "-starts_at"),
                name="meeting_of_path",
                opclasses=("text_pattern_ops", "timestamptz_ops"),
            ),
        )

    def __str__(self) -> str:
        return self.title


class Invitation(models.Model):
    """One unit called to a meeting: signs, says who comes (or why nobody does), and whether somebody was there."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="invitations", verbose_name="会议")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="invitations", verbose_name="参会单位")
    path = models.CharField("范围", max_length=200)
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="invitation", verbose_name="签收")
    people = models.TextField("参会人员", blank=True)
    excuse = models.CharField("请假原因", max_length=300, blank=True)
    answered_at = models.DateTimeField("报名时间", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="报名人")
    attended = models.BooleanField("是否到会", null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("meeting", "unit"), name="invitation_once"),)
        indexes = (models.Index(fields=("path",), name="invitation_of_path", opclasses=("text_pattern_ops",)),)

    def __str__(self) -> str:
        return f"{self.unit}：{self.meeting}"


class Decision(models.Model):
    """One thing decided. It is followed up through the ledger of decisions (``entry``), or as an assignment (``circular``)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions", verbose_name="会议")
    matter = models.CharField("议定事项", max_length=300)
    responsible = models.ForeignKey(Unit, models.PROTECT, related_name="decisions", verbose_name="责任单位")
    path = models.CharField("范围", max_length=200)
    due_on = models.DateField("办结期限")
    prominent = models.BooleanField("是否突出问题", default=False)
    entry = models.BigIntegerField("议定事项台账条目", null=True)
    circular = models.OneToOneField(Circular, models.PROTECT, null=True, related_name="decision", verbose_name="交办件")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(entry__isnull=False) | Q(circular__isnull=False), name="decision_is_followed_up"
            ),
        )
        indexes = (models.Index(fields=("meeting", "id"), name="decision_of_meeting"),)

    def __str__(self) -> str:
        return self.matter
