"""Parts of a mine and the people who answer for it."""

from django.db import models
from django.db.models import F, Q

from kuangan.mine.models.mine import Mine


class Level(models.Model):
    """水平: a horizon of the mine."""

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="levels", verbose_name="煤矿")
    name = models.CharField("水平", max_length=40)
    elevation = models.IntegerField("标高（米）", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mine", "name"), name="level_name_once"),)

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """采（盘）区."""

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="districts", verbose_name="煤矿")
    level = models.ForeignKey(
        Level, models.PROTECT, null=True, blank=True, related_name="districts", verbose_name="水平"
    )
    name = models.CharField("采（盘）区", max_length=40)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    sealed_on = models.DateField("封闭日期", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("mine", "name"), name="district_name_once"),
            models.CheckConstraint(
                condition=Q(sealed_on=None) | Q(ended_on__isnull=False, sealed_on__gte=F("ended_on")),
                name="district_sealed_after_its_end",
            ),
        )

    def __str__(self) -> str:
        return self.name


class FaceKind(models.TextChoices):
    coal_face = "coal_face", "采煤工作面"
    heading = "heading", "掘进工作面"


class Face(models.Model):
    """A working face while it is worked: from `started_on` until before `ended_on` (open = still worked).

    Planned to start on `planned_on` while it has not been started; `sealed_on`: when it was sealed off after its end.
    """

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="faces", verbose_name="煤矿")
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="faces", verbose_name="采（盘）区"
    )
    kind = models.CharField("类别", max_length=12, choices=FaceKind.choices)
    name = models.CharField("工作面", max_length=60)
    planned_on = models.DateField("计划开始日期", null=True, blank=True)
    started_on = models.DateField("开始日期", null=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    sealed_on = models.DateField("封闭日期", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("mine", "name"), name="face_name_once"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("started_on")), name="face_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=False) | Q(planned_on__isnull=False, ended_on=None),
                name="face_is_planned_or_started",
            ),
            models.CheckConstraint(
                condition=Q(sealed_on=None) | Q(ended_on__isnull=False, sealed_on__gte=F("ended_on")),
                name="face_sealed_after_its_end",
            ),
        )

    def __str__(self) -> str:
        return self.name


class KeyPost(models.TextChoices):
    """五职矿长 (five key officers)."""

    mine_director = "mine_director", "矿长"
    chief_engineer = "chief_engineer", "总工程师"
    safety_deputy = "safety_deputy", "安全副矿长"
    production_deputy = "production_deputy", "生产副矿长"
    electromechanical_deputy = "electromechanical_deputy", "机电副矿长"


class KeyPerson(models.Model):
    """Who holds one of the five key posts, from a day until before another. A post has one holder at a time."""

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="key_people", verbose_name="煤矿")
    post = models.CharField("职务", max_length=30, choices=KeyPost.choices)
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机", max_length=20, blank=True)
    from_on = models.DateField("任职日期")
    to_on = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("mine", "post"), condition=Q(to_on__isnull=True), name="key_post_has_one_holder"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="key_person_leaves_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_post_display()} {self.name}"
