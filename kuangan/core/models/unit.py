"""Units: areas and the institutions in them, in one tree whose paths carry scope."""

from typing import Final

from django.db import models


class UnitKind(models.TextChoices):
    """What a unit is; the first two are areas, the others institutions."""

    city = "city", "市"
    county = "county", "县（区）"
    city_government = "city_government", "市政府"
    city_bureau = "city_bureau", "市应急管理局"
    city_coal_section = "city_coal_section", "市局煤矿科室"
    county_government = "county_government", "县政府"
    county_bureau = "county_bureau", "县应急管理局"
    company = "company", "上级公司"
    mine = "mine", "煤矿"
    inspectorate = "inspectorate", "矿山安全监察机构"
    platform = "platform", "平台运行单位"


ONE_ORGAN: Final = frozenset({UnitKind.city_bureau, UnitKind.city_coal_section})
"""A bureau and its section keep ledgers for each other."""


class Unit(models.Model):
    """One area or institution.

    `path` is its own place ("1404/140423/140423900001/"); `scope_path` is the path of the area it answers for.
    Both end in "/", so that one path starts with another only when the other contains it. Django gives every
    indexed text column a second index for prefix searches (text pattern), which is what scope filters use.
    `closed_on`: the first day on which it is no more; `into`: the unit that it was merged into. Its rows stay to be read.
    """

    kind = models.CharField("类别", max_length=20, choices=UnitKind.choices)
    code = models.CharField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=200, unique=True)
    scope_path = models.CharField("管辖范围", max_length=200, db_index=True)
    phone = models.CharField("值班电话", max_length=20, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_in", verbose_name="并入单位"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(path__endswith="/") & models.Q(scope_path__endswith="/"),
                name="unit_paths_end_in_slash",
            ),
        )

    def __str__(self) -> str:
        return self.name


class FormerName(models.Model):
    """A name that a unit bore until before `until_on`: the earliest of those that end after a day is its name on that day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="former_names", verbose_name="单位")
    name = models.CharField("原名称", max_length=100)
    until_on = models.DateField("停用日期")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "until_on"), name="former_name_ends_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.name}（{self.until_on} 前）"


class Oversight(models.Model):
    """A path that a unit sees beside its own scope: a company's mines, an inspectorate's counties."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="oversights", verbose_name="单位")
    path = models.CharField("可见范围", max_length=200, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("unit", "path"), name="oversight_once"),
            models.CheckConstraint(condition=models.Q(path__endswith="/"), name="oversight_path_ends_in_slash"),
        )

    def __str__(self) -> str:
        return f"{self.unit} → {self.path}"
