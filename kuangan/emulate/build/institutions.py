"""The city's units: areas, governments, bureaus, companies, the inspectorate, the platform's operator."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.city.areas import Area
from kuangan.core import actions
from kuangan.core.models import Person, Unit, UnitKind
from kuangan.core.standard_posts import STANDARD_POSTS
from kuangan.emulate.build import bulk
from kuangan.emulate.build.staffing import Staffing
from kuangan.emulate.plan import staff
from kuangan.emulate.plan.plan import CityPlan
from kuangan.emulate.plan.words import phone
from kuangan.law.role import Role

ROSTER_DAYS: Final = 60
DUTY_OFFICERS: Final = 3
"""The last posts of a bureau."""


@dataclass
class Institutions:
    """The units by their place in the city; ``governments`` and ``bureaus`` by area code."""

    city: Unit
    areas: dict[str, Unit] = field(default_factory=dict)
    bureaus: dict[str, Unit] = field(default_factory=dict)
    companies: list[Unit] = field(default_factory=list)
    inspectorate: Unit | None = None


def build(plan: CityPlan, staffing: Staffing) -> Institutions:
    """All units but the mines. The accounts of the county level belong to the key mine's county."""
    city = _unit(staffing, UnitKind.city, plan.city.code[:4], plan.city.name, None)
    built = Institutions(city, {plan.city.code: city})
    operator = _unit(staffing, UnitKind.platform, "platform", "平台运行单位（演示）", city)
    staffing.fill(operator, "city", with_accounts=True)
    staffing.actor = staffing.user("operator")
    _area(built, staffing, plan.city, city, "city", with_accounts=True)
    for county in plan.counties:
        built.areas[county.code] = area = _unit(staffing, UnitKind.county, county.code, county.name, city)
        _area(built, staffing, county, area, "county", with_accounts=county == plan.key_mine.county)
    _companies(built, plan, staffing)
    built.inspectorate = _unit(staffing, UnitKind.inspectorate, "inspectorate", "矿山安全监察处（演示）", city)
    staffing.fill(built.inspectorate, with_accounts=True)
    actions.add_oversight(actor=staffing.actor, unit=built.inspectorate, path=city.path, at=staffing.since)
    return built


def _area(built: Institutions, staffing: Staffing, area: Area, unit: Unit, level: str, *, with_accounts: bool) -> None:
    """Government and bureau of one area."""
    kinds = {
        "city": (UnitKind.city_government, UnitKind.city_bureau),
        "county": (UnitKind.county_government, UnitKind.county_bureau),
    }[level]
    government = _unit(staffing, kinds[0], f"{unit.code}-government", f"{area.name}人民政府", unit)
    staffing.fill(government, level, with_accounts=with_accounts)
    bureau = _unit(staffing, kinds[1], f"{unit.code}-bureau", f"{area.name}应急管理局", unit)
    built.bureaus[area.code] = bureau
    people = staffing.fill(bureau, level, with_accounts=with_accounts)
    if level == "city":
        _section(staffing, unit, area, people)
    first = civil_date(staffing.since) - timedelta(days=1)
    bulk.roster(
        actor=staffing.actor,
        unit=bureau,
        people=list(people.values())[-DUTY_OFFICERS:],
        first=first,
        days=ROSTER_DAYS,
        role=Role.duty_officer,
    )


def _section(staffing: Staffing, city: Unit, area: Area, people: dict[str, Person]) -> None:
    """The coal section of the city's bureau, as the register names it; its posts are held by people of the bureau."""
    section = _unit(
        staffing, UnitKind.city_coal_section, f"{city.code}-section", f"{area.name}应急管理局煤矿安全科", city
    )
    for standard in STANDARD_POSTS[UnitKind.city_coal_section]:
        post = actions.create_post(
            actor=staffing.actor, unit=section, title=standard.title, role=standard.role, at=staffing.appointed_at
        )
        actions.appoint(actor=None, post=post, person=people[staff.SECTION[standard.title]], at=staffing.appointed_at)


def _companies(built: Institutions, plan: CityPlan, staffing: Staffing) -> None:
    for number, name in enumerate(plan.companies):
        company = _unit(staffing, UnitKind.company, f"company-{number + 1}", name, built.city)
        staffing.fill(company, with_accounts=number == plan.key_mine.company)
        built.companies.append(company)


def _unit(staffing: Staffing, kind: UnitKind, code: str, name: str, parent: Unit | None) -> Unit:
    """A unit with a duty telephone; areas have none."""
    number = "" if kind in (UnitKind.city, UnitKind.county) else phone(staffing.rng)
    return actions.create_unit(
        actor=staffing.actor, kind=kind, code=code, name=name, parent=parent, phone=number, at=staffing.since
    )
