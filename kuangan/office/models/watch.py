"""The watch (值班): hand-over, calls, holiday plans and presence checks."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models import Notice, Person, Unit, User


class HandOver(models.Model):
    """What one shift leaves to the next. ``alarms`` and ``feeds`` are what the platform saw open at that moment."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="hand_overs", verbose_name="值班单位")
    path = models.CharField("范围", max_length=200)
    at = models.DateTimeField("交班时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="交班人")
    alarms = models.JSONField("在办报警", default=list)
    feeds = models.JSONField("数据中断煤矿", default=list)
    calls = models.PositiveIntegerField("本班来电", default=0)
    remarks = models.TextField("交代事项", blank=True)
    taken_at = models.DateTimeField("接班时间", null=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="接班人")
    taken_note = models.CharField("接班意见", max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(taken_by__isnull=True) | ~Q(taken_by=F("by")), name="taken_by_another"),
            models.UniqueConstraint(fields=("unit",), condition=Q(taken_at=None), name="hand_over_one_open"),
        )
        indexes = (models.Index(fields=("unit", "-at"), name="hand_over_of_unit"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.at}"


class PhoneCall(models.Model):
    """One call that came in: when, from whom, about what, and to whom it was passed on."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="phone_calls", verbose_name="值班单位")
    path = models.CharField("范围", max_length=200)
    at = models.DateTimeField("来电时间")
    caller = models.CharField("来电人（单位）", max_length=100)
    phone = models.CharField("来电号码", max_length=30, blank=True)
    matter = models.TextField("来电内容")
    passed_to = models.CharField("转告（处理）情况", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="接电人")

    class Meta:
        indexes = (models.Index(fields=("unit", "-at"), name="phone_call_of_unit"),)

    def __str__(self) -> str:
        return f"{self.caller} {self.at}"


class HolidayPlan(models.Model):
    """A unit's duty plan for one holiday; it has to be handed in by ``due_on``."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="holiday_plans", verbose_name="单位")
    path = models.CharField("范围", max_length=200)
    first_on = models.DateField("首日")
    last_on = models.DateField("末日")
    due_on = models.DateField("排定期限")
    submitted_at = models.DateTimeField("排定时间", null=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="排定人")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("unit", "first_on"), name="holiday_plan_once"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="holiday_ends_after_start"),
        )
        indexes = (models.Index(fields=("first_on", "path"), name="holiday_plan_of"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.first_on}"


class HolidayDuty(models.Model):
    """Who leads and who keeps watch on one day of a holiday."""

    plan = models.ForeignKey(HolidayPlan, models.CASCADE, related_name="days", verbose_name="值班表")
    on = models.DateField("日期")
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="带班领导")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="值班人员")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("plan", "on"), name="holiday_duty_once"),)
        ordering = ("on",)


class PresenceCheck(models.Model):
    """One check (查岗) of whether a unit's watch answers. ``ask_at`` is drawn at random and unknown to the unit until then."""

    checker = models.ForeignKey(Unit, models.PROTECT, related_name="checks_made", verbose_name="查岗单位")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="checks_had", verbose_name="被查单位")
    path = models.CharField("范围", max_length=200)
    ask_at = models.DateTimeField("查岗时间")
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="安排人")
    notice = models.OneToOneField(Notice, models.PROTECT, null=True, related_name="presence", verbose_name="通知")
    asked_at = models.DateTimeField("发出时间", null=True)
    due_at = models.DateTimeField("应答期限", null=True)
    answered_at = models.DateTimeField("应答时间", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="应答人")
    note = models.CharField("当班情况", max_length=300, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("ask_at",), condition=Q(asked_at=None), name="presence_to_ask"),
            models.Index(fields=("checker", "-ask_at"), name="presence_of_checker"),
            models.Index(fields=("unit", "-ask_at"), name="presence_of_unit"),
        )

    def __str__(self) -> str:
        return f"{self.checker} → {self.unit}"
