"""Duties and their fulfilments. Written by ``actions`` only."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models import Attachment, LookedAt, Post, Unit, User
from kuangan.core.models.post import ROLE_CHOICES
from kuangan.duty.proof.grades import Grade
from kuangan.mine.models import Mine


class Opening(models.Model):
    """One opening of an obligation's duties for a period, with the corpus they follow."""

    obligation = models.CharField("义务", max_length=60)
    period = models.CharField("期间", max_length=12)
    corpus_digest = models.CharField("法规库摘要", max_length=64)
    at = models.DateTimeField("生成时间")
    count = models.PositiveIntegerField("件数", default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("obligation", "period", "corpus_digest"), name="opening_once"),)
        indexes = (models.Index(fields=("period",), name="opening_of_period"),)


class Duty(models.Model):
    """What one unit owes in one period (or after one event). Whether it is late is derived, never stored.

    ``unit`` and ``role`` owe; ``post`` only where each holder owes for himself; ``mine`` is what it is about. ``subject`` tells several
    events of a period apart. ``county`` is the area the owing unit lies in, empty for the city's own. ``path`` is the owing
    unit's. ``period`` is a key of ``base.period``; of an event ``E`` and the month it falls due in.

    ``done_at``: when the evidence shows that it was done as often as ``needed``; ``recorded_at``: when that became known here.
    ``grade`` of a done one: how far its credits prove it.
    On time is done before ``due_at`` and recorded before ``grace_at``. ``excused_at`` only when the level above has accepted an excuse; it never counts as
    done. ``cancelled_at``: it is owed no more, with the reason. ``rung`` of the escalation ladder was the last one told;
    ``wakes_at`` is the next one's moment.
    """

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="duties", verbose_name="生成批次")
    obligation = models.CharField("义务", max_length=60)
    measure = models.CharField("措施", max_length=10)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duties", verbose_name="责任单位")
    role = models.CharField("责任岗位", max_length=30, choices=ROLE_CHOICES)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="duties", verbose_name="岗位")
    mine = models.ForeignKey(Mine, models.PROTECT, null=True, related_name="duties", verbose_name="涉及煤矿")
    county = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="county_duties", verbose_name="县（区）")
    path = models.CharField("范围", max_length=200)
    title = models.CharField("事项", max_length=200)
    subject = models.CharField("事由标识", max_length=60, blank=True)
    period = models.CharField("期间", max_length=12)
    first_on = models.DateField("期间首日")
    last_on = models.DateField("期间末日")
    needed = models.PositiveSmallIntegerField("应办次数", default=1)
    opened_at = models.DateTimeField("生成时间")
    due_at = models.DateTimeField("期限")
    grace_at = models.DateTimeField("补录期限")
    provisional = models.BooleanField("暂按推定年历", default=False)
    done_at = models.DateTimeField("办结时间", null=True)
    recorded_at = models.DateTimeField("办结登记时间", null=True)
    grade = models.CharField("证明程度", max_length=8, choices=Grade.choices, default=Grade.own, db_default="self")
    excused_at = models.DateTimeField("免责认可时间", null=True)
    cancelled_at = models.DateTimeField("取消时间", null=True)
    cancelled_for = models.CharField("取消原因", max_length=200, blank=True)
    rung = models.SmallIntegerField("已催办级次", default=0)
    wakes_at = models.DateTimeField("下次提醒", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("obligation", "unit", "post", "mine", "period", "subject"),
                nulls_distinct=False,
                name="duty_once",
            ),
            models.CheckConstraint(condition=Q(grace_at__gte=F("due_at")), name="duty_grace_after_due"),
            models.CheckConstraint(
                condition=Q(done_at=None, recorded_at=None) | Q(done_at__isnull=False, recorded_at__isnull=False),
                name="duty_done_is_recorded",
            ),
        )
        indexes = (
            models.Index(fields=("period", "measure", "unit"), name="duty_board"),
            models.Index(fields=("unit", "role", "due_at"), name="duty_of_unit"),
            models.Index(
                fields=("path", "due_at"), name="duty_of_path", opclasses=("text_pattern_ops", "timestamptz_ops")
            ),
            models.Index(
                fields=("path", "due_at"),
                name="duty_open_of_path",
                condition=Q(done_at=None, excused_at=None, cancelled_at=None),
                opclasses=("text_pattern_ops", "timestamptz_ops"),
            ),
            models.Index(fields=("wakes_at",), name="duty_wakes", condition=Q(wakes_at__isnull=False)),
            models.Index(fields=("obligation", "period"), name="duty_of_obligation"),
            models.Index(fields=("subject",), name="duty_of_subject", condition=~Q(subject="")),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.title}（{self.period}）"


class OpeningTally(models.Model):
    """The duties of an opening that stand in one status with one grade, once all have fallen due. Written by ``duty.proof.tallying``.

    ``units``: the unit of each, by its key, comma separated. It holds for every moment from ``settled_at`` on and every period that ends on
    ``begun_on`` or later, until one of the duties changes: the database then writes a :class:`TallyEnd`.
    """

    opening = models.ForeignKey(Opening, models.CASCADE, related_name="tallies")
    measure = models.CharField("措施", max_length=10)
    status = models.CharField("状态", max_length=10)
    grade = models.CharField("证明程度", max_length=8)
    units = models.TextField("责任单位")
    settled_at = models.DateTimeField("自何时起不变")
    begun_on = models.DateField("最晚期间首日")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("opening", "measure", "status", "grade"), name="opening_tally_once"),
        )


class TallyEnd(models.Model):
    """A duty of the opening was changed after it was tallied. Only ever added, so that writers of duties never wait for one another here."""

    opening = models.ForeignKey(Opening, models.CASCADE, related_name="tally_ends")


class Source(models.TextChoices):
    """What a fulfilment rests on."""

    entry = "entry", "台账记录"
    paper = "paper", "文书"
    file = "file", "办理材料"
    auto = "auto", "系统数据"
    checkin = "checkin", "接口报送"


class Fulfilment(models.Model):
    """One credit towards a duty. ``key`` names its source once per duty (an entry's serial, a paper's id, a client's own id).

    ``revoked_at``: the evidence was voided or corrected so that it no longer counts. ``holds_from`` and ``holds_until`` (inclusive,
    None: open): the days on which the evidence of a standing duty holds. ``about``: whom it is about, where each of several is owed.
    ``barred_at``: two persons found it untrue, so that neither it nor its file counts ever again.
    """

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="fulfilments", verbose_name="事项")
    source = models.CharField("依据", max_length=10, choices=Source.choices)
    key = models.CharField("依据标识", max_length=60)
    done_at = models.DateTimeField("办理时间")
    recorded_at = models.DateTimeField("登记时间")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    note = models.TextField("说明", blank=True)
    grade = models.CharField("证明程度", max_length=8, choices=Grade.choices, default=Grade.own, db_default="self")
    about = models.CharField("所涉对象", max_length=60, blank=True, db_default="")
    holds_from = models.DateField("有效期自", null=True)
    holds_until = models.DateField("有效期至", null=True)
    attachments = models.ManyToManyField(Attachment, related_name="+")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    barred_at = models.DateTimeField("核实不属实时间", null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("duty", "source", "key"), name="fulfilment_once"),)
        indexes = (
            models.Index(fields=("source", "key"), name="fulfilment_source"),
            models.Index(fields=("duty",), name="fulfilment_barred", condition=Q(barred_at__isnull=False)),
        )


class Judgement(models.Model):
    """A credit that the level above confirmed, or found untrue, on its own log-in, with what it looked at.

    ``ended_at``: the evidence was corrected since, so that the judgement is no longer about what it says.
    """

    fulfilment = models.ForeignKey(Fulfilment, models.CASCADE, related_name="judgements", verbose_name="依据")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="核实单位")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核实人")
    at = models.DateTimeField("核实时间")
    confirmed = models.BooleanField("属实")
    sight = models.CharField("查看方式", max_length=12, choices=LookedAt.choices)
    opinion = models.CharField("核实意见", max_length=300)
    ended_at = models.DateTimeField("失效时间", null=True)


class Urge(models.Model):
    """A reminder (催办) that a person or the ladder sent about a duty."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="urges", verbose_name="事项")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="催办人")
    to = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="被催办单位")
    rung = models.SmallIntegerField("级次", default=0)
    text = models.CharField("内容", max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=("duty", "at"), name="urge_of_duty"),)


class CheckinToken(models.Model):
    """A unit's key to ``POST /api/duties/<id>/checkins``, until ``expires_at``. Only the digest of the token is kept."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="checkin_tokens", verbose_name="单位")
    sha256 = models.CharField("摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("签发时间")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签发人")
    expires_at = models.DateTimeField("到期时间", null=True)
    stopped_at = models.DateTimeField("停用时间", null=True)

    def __str__(self) -> str:
        return f"{self.unit} 报送密钥"
