"""一矿一册 of one invented mine, written through the same actions that people use."""

from datetime import date

from kuangan.core import actions as core
from kuangan.core.models import UnitKind
from kuangan.emulate.build.institutions import Institutions
from kuangan.emulate.build.staffing import Staffing
from kuangan.emulate.plan.plan import MinePlan, PointPlan
from kuangan.emulate.plan.words import phone
from kuangan.mine import actions
from kuangan.mine.definitions import Definition
from kuangan.mine.models import Face, Mine


def write(plan: MinePlan, built: Institutions, staffing: Staffing, *, with_accounts: bool) -> Mine:
    """Unit, people and file of the mine, with all points defined; the places of its methane points are not confirmed yet."""
    county = built.areas[plan.county.code]
    unit = core.create_unit(
        actor=staffing.actor, kind=UnitKind.mine, code=plan.code, name=plan.name, parent=county,
        phone=phone(staffing.rng), at=staffing.since,
    )  # fmt: skip
    staffing.fill(unit, with_accounts=with_accounts)
    supervisor = built.bureaus[f"{plan.code[:4]}00" if plan.supervised_by_city else plan.county.code]
    company = built.companies[plan.company]
    mine = actions.create_mine(
        actor=staffing.actor, unit=unit, county=county, supervisor=supervisor, company=company,
        inspectorate=built.inspectorate, at=staffing.since,
    )  # fmt: skip
    core.add_oversight(actor=staffing.actor, unit=company, path=unit.path, at=staffing.since)
    _attributes(plan, mine, staffing)
    faces = _parts(plan, mine, staffing)
    _define(plan, mine, faces, staffing)
    return mine


def _attributes(plan: MinePlan, mine: Mine, staffing: Staffing) -> None:
    values = {
        "approved_capacity": str(plan.capacity),
        "gas_grade": plan.gas_grade,
        "status": plan.status,
        "headcount_limit": str(plan.headcount_limit),
        "rock_burst": "yes" if plan.rock_burst else "no",
        "standardization_grade": plan.grade,
        "mine_class": plan.mine_class,
        "hydrology": plan.hydrology,
        "mine_type": "underground",
        "spontaneous_combustion": plan.spontaneous_combustion,
    }
    since = date(staffing.appointed_at.year, 1, 1)
    actions.set_attributes(
        actor=staffing.actor, mine=mine, values=values, valid_from=since, basis="演示数据", at=staffing.since
    )


def _parts(plan: MinePlan, mine: Mine, staffing: Staffing) -> list[Face]:
    actor, at = staffing.actor, staffing.since
    levels = [
        actions.add_level(actor=actor, mine=mine, name=name, elevation=height, at=at) for name, height in plan.levels
    ]
    districts = [
        actions.add_district(actor=actor, mine=mine, name=name, level=levels[level], at=at)
        for name, level in plan.districts
    ]
    appointed_on = staffing.appointed_at.date()
    actions.appoint_key_people(
        actor=actor,
        appointments=[
            actions.KeyAppointment(mine, person.post, person.name, person.phone, appointed_on)
            for person in plan.key_people
        ],
        at=at,
    )
    return [
        actions.add_face(
            actor=actor, mine=mine, kind=face.kind, name=face.name, started_on=face.started_on,
            district=districts[face.district], at=at,
        )
        for face in plan.faces
    ]  # fmt: skip


def _define(plan: MinePlan, mine: Mine, faces: list[Face], staffing: Staffing) -> None:
    """Take over the mine's definitions and say at which face each point stands."""
    actions.upsert_definitions(
        actor=staffing.actor, mine=mine, definitions=[_definition(point) for point in plan.points],
        source="演示建库", at=staffing.since,
    )  # fmt: skip
    where = {point.code: faces[point.working] for point in plan.points if point.working >= 0}
    actions.set_faces(actor=staffing.actor, mine=mine, faces=where, at=staffing.since)


def _definition(point: PointPlan) -> Definition:
    limits = point.set_points
    return Definition(
        native_code=point.code, system="01", sensor_type=point.sensor_type, value_kind=point.kind, unit=point.unit,
        station=point.station, place_text=point.place_text, alarm=limits.alarm, alarm_release=limits.release,
        power_off=limits.cut, re_power=limits.restore, low_alarm=limits.low_alarm,
        low_alarm_release=limits.low_release, range_high=point.range_high,
        range_low=point.range_low, on_text=point.on_text, off_text=point.off_text,
        relations=point.relations,
    )  # fmt: skip
