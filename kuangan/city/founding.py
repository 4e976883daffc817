"""A city begins: its areas, governments and bureaus with the posts that each has, all vacant, by its code alone."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from kuangan.city.areas import Area, UnknownCity, counties, prefecture
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Post, Unit, UnitKind, User


@dataclass
class FoundedCity:
    """What was made."""

    city: Unit
    units: list[Unit] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)


@transaction.atomic
def found_city(*, actor: User | None, code: str, at: datetime | None = None) -> FoundedCity:
    """Make the units of a prefecture and its counties, by its six-digit code. Refused: an unknown code, or a city that stands already."""
    standing = Unit.objects.filter(kind=UnitKind.city).first()
    if standing is not None:
        raise Refused(f"平台已建立{standing.name}（{standing.code}），一个平台只用于一个市；另建请另设数据目录。")
    try:
        area = prefecture(code)
    except UnknownCity as unknown:
        raise Refused(str(unknown)) from None
    city = actions.create_unit(actor=actor, kind=UnitKind.city, code=code[:4], name=area.name, at=at)
    actions.put_off_go_live(actor=actor, unit=city, at=at)
    founded = FoundedCity(city, [city])
    _add_offices(founded, actor, area, city, (UnitKind.city_government, UnitKind.city_bureau), at)
    _add(founded, actor, UnitKind.city_coal_section, "section", f"{area.name}应急管理局煤矿安全科", city, at)
    for county_area in counties(code):
        county = actions.create_unit(
            actor=actor, kind=UnitKind.county, code=county_area.code, name=county_area.name, parent=city, at=at
        )
        founded.units.append(county)
        _add_offices(founded, actor, county_area, county, (UnitKind.county_government, UnitKind.county_bureau), at)
    return founded


def _add_offices(
    founded: FoundedCity,
    actor: User | None,
    area: Area,
    parent: Unit,
    kinds: tuple[UnitKind, UnitKind],
    at: datetime | None,
) -> None:
    government, bureau = kinds
    _add(founded, actor, government, "government", f"{area.name}人民政府", parent, at)
    _add(founded, actor, bureau, "bureau", f"{area.name}应急管理局", parent, at)


def _add(
    founded: FoundedCity, actor: User | None, kind: UnitKind, part: str, name: str, parent: Unit, at: datetime | None
) -> None:
    unit = actions.create_unit(actor=actor, kind=kind, code=f"{parent.code}-{part}", name=name, parent=parent, at=at)
    founded.units.append(unit)
    founded.posts += actions.add_standard_posts(actor=actor, unit=unit, at=at)
