"""The mine and those of its properties that change in time."""

from django.db import models

from kuangan.core.models import Unit


class AttributeName(models.TextChoices):
    """Properties of a mine that are dated, because law asks for their value on the day of the conduct."""

    approved_capacity = "approved_capacity", "核定（设计）生产能力（万吨/年）"
    gas_grade = "gas_grade", "瓦斯等级"
    status = "status", "生产建设状态"
    headcount_limit = "headcount_limit", "核定下井人数"
    rock_burst = "rock_burst", "冲击地压"
    standardization_grade = "standardization_grade", "标准化等级"
    mine_class = "mine_class", "分类类别"
    hydrology = "hydrology", "水文地质类型"
    spontaneous_combustion = "spontaneous_combustion", "煤层自燃倾向性"
    mine_type = "mine_type", "开采方式"
    coal_seams = "coal_seams", "开采煤层"
    dust_explosive = "dust_explosive", "煤尘爆炸性"


class GasGrade(models.TextChoices):
    """瓦斯等级."""

    low_gas = "low_gas", "低瓦斯"
    high_gas = "high_gas", "高瓦斯"
    outburst = "outburst", "煤与瓦斯突出"


class MineType(models.TextChoices):
    """How coal is won. A mine about which nothing is on file is taken for an underground one."""

    underground = "underground", "井工"
    open_pit = "open_pit", "露天"


class MineStatus(models.TextChoices):
    """Whether a mine may produce or build."""

    producing = "producing", "生产"
    building = "building", "建设"
    halted = "halted", "停产"
    building_halted = "building_halted", "停建"
    closed = "closed", "关闭"


class Mine(models.Model):
    """A coal mine. Exactly one body supervises it from day to day: `supervisor`, a county or city bureau.

    ``longitude`` and ``latitude`` in degrees of CGCS2000 (国家大地坐标系; WGS 84 differs by less than a metre, GCJ-02 of road maps by
    hundreds), of the main shaft. ``supervisor``, ``company`` and ``inspectorate`` as they are now; what they were, :class:`RelationChange` says.
    """

    unit = models.OneToOneField(Unit, models.PROTECT, primary_key=True, related_name="mine", verbose_name="单位")
    code = models.CharField("煤矿编码", max_length=12, unique=True)
    name = models.CharField("煤矿名称", max_length=100)
    county = models.ForeignKey(Unit, models.PROTECT, related_name="county_mines", verbose_name="所在县（区）")
    supervisor = models.ForeignKey(Unit, models.PROTECT, related_name="supervised_mines", verbose_name="日常监管主体")
    company = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="company_mines", verbose_name="上级公司"
    )
    inspectorate = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="inspected_mines", verbose_name="监察机构"
    )
    address = models.CharField("地址", max_length=200, blank=True, default="", db_default="")
    longitude = models.DecimalField("经度（CGCS2000，度）", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度（CGCS2000，度）", max_digits=8, decimal_places=6, null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{12}$"), name="mine_code_has_12_digits"),
            models.CheckConstraint(
                condition=models.Q(longitude=None, latitude=None)
                | models.Q(longitude__range=(73, 136), latitude__range=(3, 54)),
                name="mine_lies_in_the_country",
            ),
        )

    def __str__(self) -> str:
        return self.name


class MineAttribute(models.Model):
    """One property of a mine from a day on, until the next row of the same name; of two of one day the later written holds.

    ``source``: the decision that set it (a subject of ``core.subject``), "" where it was entered by hand. A row of which the decision was
    corrected or voided is ``withdrawn`` and counts no more; it stays to be read.
    """

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="attributes", verbose_name="煤矿")
    name = models.CharField("项目", max_length=40, choices=AttributeName.choices)
    value = models.CharField("内容", max_length=60)
    valid_from = models.DateField("自")
    basis = models.CharField("依据", max_length=120, blank=True)
    source = models.CharField("确定该项的记录", max_length=80, blank=True, default="", db_default="")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_for = models.CharField("撤回原因", max_length=60, blank=True, default="", db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("mine", "name", "valid_from", "source"),
                condition=models.Q(withdrawn_at=None),
                name="mine_attribute_once_a_day",
            ),
        )
        indexes = (
            models.Index(
                fields=("source",),
                name="mine_attribute_of_source",
                condition=~models.Q(source="") & models.Q(withdrawn_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.mine} {self.get_name_display()} {self.value}（{self.valid_from} 起）"


class MineRelation(models.TextChoices):
    """Units to which a mine belongs and that change in time."""

    supervisor = "supervisor", "日常监管主体"
    company = "company", "上级公司"
    inspectorate = "inspectorate", "监察机构"


class RelationChange(models.Model):
    """From ``valid_from`` on another unit stands in a relation to a mine: ``before`` until then, ``after`` from then on; None for none.

    What :class:`Mine` says is the last of them. Withdrawn where the change was taken back; it stays to be read.
    """

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="relation_changes", verbose_name="煤矿")
    relation = models.CharField("关系", max_length=12, choices=MineRelation.choices)
    before = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="变更前")
    after = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="变更后")
    valid_from = models.DateField("自")
    basis = models.CharField("依据", max_length=120, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        indexes = (models.Index(fields=("mine", "relation", "valid_from"), name="relation_change_of_mine"),)

    def __str__(self) -> str:
        return f"{self.mine} {self.get_relation_display()} {self.after}（{self.valid_from} 起）"


class MineAlias(models.Model):
    """Another code under which a mine is known from ``valid_from`` until before ``until_on``; None: until it is ended.

    At any one time a code is that of one mine. Withdrawn where it was said by mistake; it stays to be read.
    """

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="aliases", verbose_name="煤矿")
    code = models.CharField("其他编码", max_length=20, db_index=True)
    valid_from = models.DateField("自")
    until_on = models.DateField("停用日期", null=True)
    basis = models.CharField("依据", max_length=120, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("code",), condition=models.Q(until_on=None, withdrawn_at=None), name="mine_alias_of_one_mine"
            ),
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("valid_from")),
                name="mine_alias_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mine} {self.code}（{self.valid_from} 起）"
