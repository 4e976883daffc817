"""The city's units: areas, governments, bureaus, companies, the inspectorate, the platform's operator."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from kuangan.core import actions
from kuangan.core.models import Person, Shift, Unit, UnitKind
from kuangan.emulate import staff
from kuangan.emulate.areas import Area
from kuangan.emulate.plan import CityPlan
from kuangan.emulate.staffing import Staffing

REGION_MARK: Final = "晋"
"""Every area that ships with the program lies in Shanxi."""
ROSTER_BEFORE: Final = 6
ROSTER_AFTER: Final = 10
"""Days of roster before and after the day of building."""


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
    staffing.fill(operator, staff.PLATFORM, "city", with_accounts=True)
    staffing.actor = staffing.user("operator")
    _area(built, staffing, plan.city, city, "city", with_accounts=True)
    for county in plan.counties:
        built.areas[county.code] = area = _unit(staffing, UnitKind.county, county.code, county.name, city)
        _area(built, staffing, county, area, "county", with_accounts=county == plan.key_mine.county)
    _companies(built, plan, staffing)
    built.inspectorate = _unit(staffing, UnitKind.inspectorate, "inspectorate", "矿山安全监察处（演示）", city)
    staffing.fill(built.inspectorate, staff.INSPECTORATE, with_accounts=True)
    actions.add_oversight(actor=staffing.actor, unit=built.inspectorate, path=city.path, at=staffing.since)
    return built


def _area(built: Institutions, staffing: Staffing, area: Area, unit: Unit, level: str, *, with_accounts: bool) -> None:
    """Government and bureau of one area."""
    kinds = {
        "city": (UnitKind.city_government, UnitKind.city_bureau),
        "county": (UnitKind.county_government, UnitKind.county_bureau),
    }[level]
    government = _unit(staffing, kinds[0], f"{unit.code}-government", f"{area.name}人民政府", unit)
    staffing.fill(government, staff.government(level), level, with_accounts=with_accounts)
    bureau = _unit(staffing, kinds[1], f"{unit.code}-bureau", f"{area.name}应急管理局", unit)
    built.bureaus[area.code] = bureau
    _mark(staffing, bureau, area.name[0])
    people = staffing.fill(bureau, staff.bureau(level), level, with_accounts=with_accounts)
    roster(staffing, bureau, people[-3:], staffing.since)


def _companies(built: Institutions, plan: CityPlan, staffing: Staffing) -> None:
    for number, name in enumerate(plan.companies):
        company = _unit(staffing, UnitKind.company, f"company-{number + 1}", name, built.city)
        staffing.fill(company, staff.COMPANY, with_accounts=number == plan.key_mine.company)
        built.companies.append(company)


def roster(staffing: Staffing, unit: Unit, people: list[Person], around: datetime, role: str = "duty_officer") -> None:
    """Put these people on duty in turn, three shifts a day."""
    first: date = around.date() - timedelta(days=ROSTER_BEFORE)
    for day in range(ROSTER_BEFORE + ROSTER_AFTER):
        for number, shift in enumerate((Shift.night, Shift.early, Shift.middle)):
            person = people[(day + number) % len(people)]
            on = first + timedelta(days=day)
            actions.roster_person(actor=staffing.actor, unit=unit, person=person, on=on, shift=shift, role=role)


@transaction.atomic
def _mark(staffing: Staffing, unit: Unit, organ: str) -> None:
    """Give a bureau the characters by which its papers are numbered."""
    unit.region_mark, unit.organ_mark = REGION_MARK, organ
    unit.save(update_fields=["region_mark", "organ_mark"])
    content = {"region_mark": REGION_MARK, "organ_mark": organ}
    actions.record(actor=staffing.actor, action="unit_marks_set", subject=unit, data=content, at=staffing.since)


def _unit(staffing: Staffing, kind: UnitKind, code: str, name: str, parent: Unit | None) -> Unit:
    return actions.create_unit(actor=staffing.actor, kind=kind, code=code, name=name, parent=parent, at=staffing.since)
