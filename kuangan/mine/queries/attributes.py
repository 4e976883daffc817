"""The dated properties of mines on a day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from kuangan.mine.models import AttributeName, GasGrade, Mine, MineAttribute, MineStatus, MineType

STANDING: Final = Q(withdrawn_at=None)
"""What no correction of its decision has taken back."""

VALUE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    AttributeName.gas_grade: dict(GasGrade.choices),
    AttributeName.status: dict(MineStatus.choices),
    AttributeName.rock_burst: {"yes": "是", "no": "否"},
    AttributeName.mine_type: dict(MineType.choices),
    AttributeName.mine_class: {letter: f"{letter}类" for letter in "ABCD"},
    AttributeName.hydrology: {
        "simple": "简单",
        "medium": "中等",
        "complex": "复杂",
        "extremely_complex": "极复杂",
    },
    AttributeName.standardization_grade: {grade: grade for grade in ("一级", "二级", "三级", "不达标")},
    AttributeName.dust_explosive: {"yes": "有爆炸性", "no": "无爆炸性"},
    AttributeName.spontaneous_combustion: {"easy": "容易自燃", "self_igniting": "自燃", "not_easy": "不易自燃"},
}


def attribute(mine: Mine, name: str, on: date) -> str | None:
    """The value of a property on a day; None: nothing is on file for that day."""
    return attributes_on([mine], on).get(mine.pk, {}).get(name)


def attributes_on(mines: Iterable[Mine], on: date) -> dict[int, dict[str, str]]:
    """All properties of several mines on a day, by the mine's key and the property's name; one query."""
    values: dict[int, dict[str, str]] = {}
    for attribute in rows_on(mines, on):
        values.setdefault(attribute.mine_id, {})[attribute.name] = attribute.value
    return values


def rows_on(mines: Iterable[Mine], on: date) -> QuerySet[MineAttribute]:
    """The row of each property that holds on a day: of those of its newest day the one that was written last."""
    begun = MineAttribute.objects.filter(STANDING, mine__in=[mine.pk for mine in mines], valid_from__lte=on)
    return begun.order_by("mine_id", "name", "-valid_from", "-pk").distinct("mine_id", "name")


def attribute_spells(mines: Iterable[Mine], until: date) -> dict[int, dict[str, tuple[tuple[date, str], ...]]]:
    """Every value of all properties that began by a day, with its first day, oldest first; one query."""
    values = MineAttribute.objects.filter(STANDING, mine__in=[mine.pk for mine in mines], valid_from__lte=until)
    by_mine: dict[int, dict[str, tuple[tuple[date, str], ...]]] = {}
    ordered = values.order_by("valid_from", "pk").values_list("mine_id", "name", "valid_from", "value")
    for mine_id, name, first, value in ordered:
        spells = by_mine.setdefault(mine_id, {})
        spells[name] = (*spells.get(name, ()), (first, value))
    return by_mine


def attributes_text(values: Mapping[str, str]) -> dict[str, str]:
    """The same properties in the words of the register (`low_gas` → 低瓦斯)."""
    return {name: VALUE_WORDS.get(name, {}).get(value, value) for name, value in values.items()}
