"""People and the posts they hold: a post carries a role, its deputy (AB岗) and its holders in time."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models.unit import Unit
from kuangan.core.sealed import LONGEST
from kuangan.law.role import Role

ROLE_CHOICES = tuple((role.value, role.label) for role in Role)


class Person(models.Model):
    """A person who works for a unit, known once: accounts, keys, cards and certificates refer to this row.

    `certificate`: the number of the enforcement certificate, where one is held. `number`: the personnel number by which
    other systems know the person. `identity`: the number of the identity card as a sealed text (`core.sealed`), and
    `identity_digest` its keyed digest, by which the same person is recognised.
    """

    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机", max_length=20, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="people", verbose_name="单位")
    certificate = models.CharField("执法证号", max_length=40, blank=True)
    left_on = models.DateField("离职日期", null=True, blank=True)
    number = models.CharField("人员编号", max_length=20, blank=True, default="", db_default="")
    identity = models.CharField("公民身份号码（密文）", max_length=LONGEST, blank=True, default="", db_default="")
    identity_digest = models.CharField("公民身份号码摘要", max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("number",), condition=~Q(number=""), name="person_number_once"),
            models.UniqueConstraint(
                fields=("identity_digest",), condition=~Q(identity_digest=""), name="person_identity_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def place(self, column: str) -> str:
        """Where a sealed text of this row belongs."""
        return f"core_person.{column}/{self.pk}"


class Post(models.Model):
    """A post of a unit; work and signing rights belong to it, so they pass to the next holder by themselves."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name="单位")
    title = models.CharField("岗位", max_length=40)
    role = models.CharField("角色", max_length=30, choices=ROLE_CHOICES)
    deputy = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="stands_in_for", verbose_name="B岗"
    )
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("unit", "title"), name="post_title_once_per_unit"),
            models.CheckConstraint(condition=~Q(deputy=F("id")), name="post_is_not_its_own_deputy"),
        )

    def __str__(self) -> str:
        return f"{self.unit}{self.title}"

    @property
    def typed_role(self) -> Role:
        """The role as a value of the law's own type."""
        return Role(self.role)


class Tenure(models.Model):
    """Who held a post from when to when; the moment `to_at` itself belongs to the successor."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures", verbose_name="岗位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="tenures", verbose_name="人员")
    from_at = models.DateTimeField("任职时间")
    to_at = models.DateTimeField("卸任时间", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("post",), condition=Q(to_at__isnull=True), name="tenure_one_holder"),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=F("from_at")), name="tenure_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}（{self.post}）"


class Absence(models.Model):
    """A time in which a post's deputy acts in its place; the moment `to_at` itself is no longer part of it."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="absences", verbose_name="岗位")
    from_at = models.DateTimeField("开始")
    to_at = models.DateTimeField("结束")
    reason = models.CharField("事由", max_length=100)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(to_at__gte=F("from_at")), name="absence_ends_after_start"),)

    def __str__(self) -> str:
        return f"{self.post}：{self.reason}"
