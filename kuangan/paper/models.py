"""Papers (文书): drafted, numbered and frozen, served, published."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models import Attachment, Post, Unit, User


class PaperState(models.TextChoices):
    """Where a paper is. From `frozen` on, its number, content and PDF never change."""

    draft = "draft", "草稿"
    frozen = "frozen", "已定稿"
    served = "served", "已送达"
    published = "published", "已公示"
    withdrawn = "withdrawn", "已撤回"


class Paper(models.Model):
    """One paper. `data` holds the fields of its template as text; `path` is the mine's (or unit's) for scope.

    `signer_*` name who signed as they were called then; `acting_for` the absent post whose deputy signed.
    """

    template = models.CharField("文书种类", max_length=60)
    number = models.CharField("文号", max_length=60, unique=True, null=True)
    title = models.CharField("标题", max_length=200)
    state = models.CharField("状态", max_length=12, choices=PaperState.choices, default=PaperState.draft)
    data = models.JSONField("内容", default=dict)
    corpus_digest = models.CharField("法规库摘要", max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="papers", verbose_name="制发机关")
    path = models.CharField("适用范围", max_length=200, db_index=True)
    created_at = models.DateTimeField("起草时间")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="起草人")
    frozen_at = models.DateTimeField("定稿时间", null=True)
    pdf_sha256 = models.CharField("文件摘要", max_length=64, blank=True)
    signer_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="签发岗位")
    signer_name = models.CharField("签发人", max_length=60, blank=True)
    acting_for = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="代行岗位")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state=PaperState.draft, frozen_at__isnull=True, pdf_sha256="", number__isnull=True)
                | (~Q(state=PaperState.draft) & Q(frozen_at__isnull=False) & ~Q(pdf_sha256="")),
                name="paper_frozen_with_its_pdf",
            ),
        )
        indexes = (models.Index(fields=("unit", "-frozen_at"), name="paper_unit_frozen"),)

    def __str__(self) -> str:
        return f"{self.title} {self.number or ''}".strip()


class NumberSeries(models.Model):
    """The last serial given under an organ's mark (region and organ, "晋(襄垣)") and a document character in a civil year."""

    organ = models.CharField("机关标识", max_length=30)
    character = models.CharField("文书代字", max_length=10, blank=True)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("已用序号")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organ", "character", "year"), name="number_series_once"),)

    def __str__(self) -> str:
        return f"{self.organ}{self.character}〔{self.year}〕{self.last}"


class OutsideNumbers(models.Model):
    """Numbers of a series that its organ gave outside the platform (线下已用), before the first one given here: none is given again.

    ``withdrawn_at``: the statement was corrected while no paper here rested on it.
    """

    organ = models.CharField("机关标识", max_length=30)
    character = models.CharField("文书代字", max_length=10, blank=True)
    year = models.PositiveSmallIntegerField("年度")
    first = models.PositiveIntegerField("自")
    last = models.PositiveIntegerField("至")
    document = models.CharField("依据文号", max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    withdrawn_at = models.DateTimeField("更正时间", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(first__gte=1, last__gte=F("first")), name="outside_numbers_in_order"),
            models.UniqueConstraint(
                fields=("organ", "character", "year", "first"),
                condition=Q(withdrawn_at=None),
                name="outside_numbers_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organ}煤安{self.character}〔{self.year}〕{self.first}—{self.last}号"


class Method(models.TextChoices):
    direct = "direct", "直接送达"
    left = "left", "留置送达"
    entrusted = "entrusted", "委托送达"
    post = "post", "邮寄送达"
    electronic = "electronic", "电子送达"
    announcement = "announcement", "公告送达"


class Service(models.Model):
    """One serving of a paper, with its proof: an attachment, or the receipt paper."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="services", verbose_name="文书")
    method = models.CharField("送达方式", max_length=20, choices=Method.choices)
    receiver = models.CharField("收件人", max_length=60)
    at = models.DateTimeField("送达时间")
    refused = models.BooleanField("拒绝签收", default=False)
    note = models.CharField("备注", max_length=300, blank=True)
    receipt = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", verbose_name="送达凭证")
    receipt_paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="送达收执")
    served_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="送达人")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(paper=F("receipt_paper")), name="service_receipt_is_another_paper"),
        )

    def __str__(self) -> str:
        return f"{self.paper} {self.get_method_display()} {self.receiver}"


class Publication(models.Model):
    """A paper's public face, under its own address. Planned while `published_at` is empty; `public_data` is all that is shown."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="publications", verbose_name="文书")
    slug = models.SlugField("网址标识", max_length=80, unique=True)
    public_data = models.JSONField("公示内容", default=dict)
    due_at = models.DateTimeField("公示期限", null=True)
    published_at = models.DateTimeField("公示时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("paper",), condition=Q(withdrawn_at__isnull=True), name="publication_one_in_force"
            ),
        )
        indexes = (
            models.Index(
                fields=("-published_at",),
                condition=Q(published_at__isnull=False, withdrawn_at__isnull=True),
                name="publication_shown",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper} → {self.slug}"
