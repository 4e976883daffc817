"""一矿一册 of one invented mine, written through the same actions that people use."""

from datetime import date, datetime, timedelta

from django.db import transaction

from kuangan.core import actions as core
from kuangan.core.models import UnitKind, User
from kuangan.emulate import staff
from kuangan.emulate.institutions import Institutions
from kuangan.emulate.plan import MinePlan, PointPlan
from kuangan.emulate.staffing import Staffing
from kuangan.emulate.words import phone
from kuangan.mine import actions
from kuangan.mine.definitions import Definition
from kuangan.mine.models import Face, Mine, Point


def write(plan: MinePlan, built: Institutions, staffing: Staffing, *, with_accounts: bool) -> Mine:
    """Unit, people and file of the mine, with all points defined; the places of its methane points are not confirmed yet."""
    county = built.areas[plan.county.code]
    unit = core.create_unit(
        actor=staffing.actor, kind=UnitKind.mine, code=plan.code, name=plan.name, parent=county,
        phone=phone(staffing.rng), at=staffing.since,
    )  # fmt: skip
    staffing.fill(unit, staff.MINE, with_accounts=with_accounts)
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
        "status": "producing",
        "headcount_limit": str(plan.headcount_limit),
        "rock_burst": "yes" if plan.rock_burst else "no",
        "standardization_grade": plan.grade,
    }
    since = date(staffing.since.year, 1, 1)
    for name, value in values.items():
        actions.set_attribute(
            actor=staffing.actor, mine=mine, name=name, value=value, valid_from=since, basis="演示数据", at=staffing.since
        )


def _parts(plan: MinePlan, mine: Mine, staffing: Staffing) -> list[Face]:
    actor, at = staffing.actor, staffing.since
    levels = [actions.add_level(actor=actor, mine=mine, name=name, elevation=height, at=at) for name, height in plan.levels]
    districts = [
        actions.add_district(actor=actor, mine=mine, name=name, level=levels[level], at=at) for name, level in plan.districts
    ]
    for person in plan.key_people:
        actions.appoint_key_person(
            actor=actor, mine=mine, post=person.post, name=person.name, phone=person.phone,
            from_on=(at - timedelta(days=200)).date(), at=at,
        )  # fmt: skip
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
    for index, face in enumerate(faces):
        codes = [point.code for point in plan.points if point.working == index]
        _assign_faces(staffing.actor, mine, codes, face, staffing.since)


@transaction.atomic
def _assign_faces(actor: User | None, mine: Mine, codes: list[str], face: Face, at: datetime) -> None:
    """All points of a face at once, with one entry in the mine's record."""
    Point.objects.filter(mine=mine, native_code__in=codes).update(face=face)
    core.record(actor=actor, action="points_face_assigned", subject=mine, data={"face": face.name, "points": codes}, at=at)


@transaction.atomic
def confirm_places(plan: MinePlan, mine: Mine, actor: User, at: datetime) -> None:
    """Confirm the place of every methane point at once, with one entry in the mine's record."""
    places = {point.code: point.place for point in plan.points if point.place}
    points = list(Point.objects.filter(mine=mine, native_code__in=places))
    for point in points:
        point.place = places[point.native_code]
        point.place_confirmed_by, point.place_confirmed_at = actor, at
    Point.objects.bulk_update(points, ["place", "place_confirmed_by", "place_confirmed_at"])
    core.record(actor=actor, action="places_confirmed", subject=mine, data={"places": places}, at=at)


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

