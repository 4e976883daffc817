"""Districts and levels of a mine in forms of register changes, and their end."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from django.core.exceptions import ObjectDoesNotExist

from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.law.field import Field
from kuangan.mine.actions import end_district, end_level, reopen_part_of, seal_district
from kuangan.mine.models import District, Level, Mine

ENDINGS: Final = {"district": "采（盘）区结束", "seal": "采（盘）区封闭", "level": "水平结束"}


def districts_field(mine: Mine) -> Field:
    """The districts that are not over."""
    districts = District.objects.filter(mine=mine, ended_on=None).order_by("name")
    choices = tuple((str(district.pk), district.name) for district in districts)
    return Field("district", "采（盘）区", "choice", required=False, choices=choices)


def district_of(mine: Mine, key: str | None) -> District | None:
    """The district that a form names; None for none."""
    return District.objects.get(mine=mine, pk=int(key)) if key else None


def endings_of(mine: Mine) -> Iterator[tuple[str, str]]:
    """What can end or be sealed, by key and name."""
    for district in District.objects.filter(mine=mine, sealed_on=None).order_by("name"):
        ending = "seal" if district.ended_on else "district"
        yield f"{ending}:{district.pk}", f"{ENDINGS[ending]}：{district.name}"
    for level in Level.objects.filter(mine=mine, ended_on=None).order_by("name"):
        yield f"level:{level.pk}", f"{ENDINGS['level']}：{level.name}"


def end_part(actor: User, mine: Mine, ending: str, on: date, at: datetime) -> str:
    """End or seal what the key names; returns the key. Raises :class:`Refused` as the actions, and for what is gone."""
    kind, part = _named(mine, ending)
    if isinstance(part, Level):
        end_level(actor=actor, level=part, ended_on=on, at=at)
    elif kind == "seal":
        seal_district(actor=actor, district=part, sealed_on=on, at=at)
    else:
        end_district(actor=actor, district=part, ended_on=on, at=at)
    return ending


def reopen_part(actor: User, mine: Mine, ending: str, at: datetime) -> None:
    """Take it back."""
    kind, part = _named(mine, ending)
    reopen_part_of(actor=actor, part=part, sealed_only=kind == "seal", at=at)


def _named(mine: Mine, ending: str) -> tuple[str, District | Level]:
    kind, _, key = ending.partition(":")
    try:
        model = Level if kind == "level" else District
        return kind, model.objects.select_related("mine").get(mine=mine, pk=int(key))
    except (ObjectDoesNotExist, ValueError):
        raise Refused("所选的水平、采（盘）区已不在登记中，请刷新后重选。") from None
