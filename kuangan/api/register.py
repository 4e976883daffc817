"""Units, mines, people and points for programs: what the key's person sees; a change is proposed, a person decides it on a page."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status

from kuangan.api.refusals import Denied
from kuangan.api.register_shapes import (
    ChangeKindOut,
    ChangeOut,
    ChangesOut,
    MineOut,
    MinesOut,
    NewChange,
    OfMine,
    OfUnit,
    PageWanted,
    PeopleOut,
    PersonOut,
    PointOut,
    PointsOut,
    UnitOut,
    UnitsOut,
)
from kuangan.api.shapes import PAGE, Refusal, field_shape
from kuangan.api.sight import asker
from kuangan.base import clock
from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.queries import unit_in_sight, units_concerned, units_visible_to
from kuangan.core.queries.units import people_visible_to
from kuangan.core.subject import parsed
from kuangan.flow.changes.making import Stated, ask_change
from kuangan.flow.changes.queries import changes_visible_to, offered_kinds, subject_for
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.models import RegisterChange
from kuangan.mine.queries import attributes_on, mines_visible_to, points_visible_to

READ = {401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}

router = Router(tags=["登记信息"])


def _page(visible: QuerySet[Any], page: int) -> tuple[list[Any], bool]:
    first = (page - 1) * PAGE
    listed = list(visible[first : first + PAGE + 1])
    return listed[:PAGE], len(listed) > PAGE


def _unit(user: User, code: str, kinds: Sequence[str] | None = None) -> Unit:
    unit = unit_in_sight(user, code, kinds)
    if unit is None:
        raise Denied(404, f"您的管辖范围内没有编码为“{code}”的单位，请核对编码。")
    return unit


@router.get(
    "/units",
    response={200: UnitsOut, **READ},
    summary="管辖范围内的单位",
    description="按所在位置排列；parent 为上级单位编码，每页见 page、more。",
)
def list_units(request: HttpRequest, wanted: Query[PageWanted]) -> UnitsOut:
    """A page of the units in sight, by place."""
    units, more = _page(units_visible_to(asker(request)).select_related("parent"), wanted.page)
    return UnitsOut(page=wanted.page, more=more, units=[_unit_shape(unit) for unit in units])


def _unit_shape(unit: Unit) -> UnitOut:
    parent = unit.parent.code if unit.parent else None
    return UnitOut(code=unit.code, name=unit.name, kind=unit.kind, parent=parent, phone=unit.phone)


@router.get(
    "/mines",
    response={200: MinesOut, **READ},
    summary="管辖范围内的煤矿及当日属性",
    description="按煤矿编码排列；attributes 为当日有效的属性，单位均用编码。",
)
def list_mines(request: HttpRequest, wanted: Query[PageWanted]) -> MinesOut:
    """A page of the mines in sight, by code, with the properties of today."""
    today = clock.civil_date(clock.now())
    mines, more = _page(mines_visible_to(asker(request)), wanted.page)
    held = attributes_on(mines, today)
    return MinesOut(page=wanted.page, more=more, on=today, mines=[_mine(mine, held.get(mine.pk, {})) for mine in mines])


def _mine(mine: Any, attributes: dict[str, str]) -> MineOut:
    return MineOut(
        code=mine.code,
        name=mine.name,
        county=mine.county.code,
        supervisor=mine.supervisor.code,
        company=mine.company.code if mine.company else None,
        inspectorate=mine.inspectorate.code if mine.inspectorate else None,
        address=mine.address,
        longitude=float(mine.longitude) if mine.longitude is not None else None,
        latitude=float(mine.latitude) if mine.latitude is not None else None,
        attributes=attributes,
    )


@router.get(
    "/people",
    response={200: PeopleOut, **READ},
    summary="管辖范围内的人员及现任岗位",
    description="外单位人员的手机号码不提供。",
)
def list_people(request: HttpRequest, wanted: Query[OfUnit]) -> PeopleOut:
    """A page of the people in sight, by place and name."""
    user = asker(request)
    people = people_visible_to(user)
    if wanted.unit:
        people = people.filter(unit=_unit(user, wanted.unit))
    listed, more = _page(people, wanted.page)
    own = {unit.pk for unit in units_concerned(user)}
    shapes = [
        PersonOut(
            id=person.pk,
            name=person.name,
            unit=person.unit.code,
            phone=person.phone if person.unit_id in own else None,
            posts=[str(tenure.post.title) for tenure in person.held],
        )
        for person in listed
    ]
    return PeopleOut(page=wanted.page, more=more, people=shapes)


@router.get(
    "/points",
    response={200: PointsOut, **READ},
    summary="管辖范围内煤矿的测点",
    description="按煤矿和测点编码排列；place 为人工确认的地点类别，未确认的为空。",
)
def list_points(request: HttpRequest, wanted: Query[OfMine]) -> PointsOut:
    """A page of the points in sight, by mine and code."""
    user = asker(request)
    points = points_visible_to(user).order_by("mine__code", "native_code", "pk")
    if wanted.mine:
        points = points.filter(mine=_unit(user, wanted.mine, [UnitKind.mine]).pk)
    listed, more = _page(points, wanted.page)
    shapes = [
        PointOut(
            id=point.pk,
            mine=point.mine.code,
            code=point.native_code,
            system=point.system,
            sensor_type=point.sensor_type,
            measured_in=point.unit,
            installed_at=point.place_text,
            face=point.face.name if point.face else None,
            place=point.place,
            first_seen_at=point.first_seen_at,
            dismantled_at=point.dismantled_at,
        )
        for point in listed
    ]
    return PointsOut(page=wanted.page, more=more, points=shapes)


@router.get(
    "/changes/kinds",
    response={200: list[ChangeKindOut], **READ},
    summary="可就某一对象提出的变更",
    description="subject 写作 unit:单位编码、mine:煤矿编码，其他对象用编号，如 point:12。",
)
def list_change_kinds(request: HttpRequest, subject: str) -> list[ChangeKindOut]:
    """What the user may propose about a thing, with the fields of each."""
    user = asker(request)
    thing = _subject(user, subject)
    return [
        ChangeKindOut(
            id=kind.id,
            title=kind.title,
            subject=thing.text,
            fields=[field_shape(field) for field in kind.fields(thing)],
        )
        for kind in offered_kinds(user, thing)
    ]


@router.get(
    "/changes",
    response={200: ChangesOut, **READ},
    summary="登记变更及其办理情况",
    description="本人可见的变更，新的在前；state 为办理状态。",
)
def list_changes(request: HttpRequest, wanted: Query[PageWanted]) -> ChangesOut:
    """A page of the changes that the user may know of, the newest first."""
    changes, more = _page(changes_visible_to(asker(request)), wanted.page)
    return ChangesOut(page=wanted.page, more=more, changes=[_change(change) for change in changes])


@router.post(
    "/changes",
    response={201: ChangeOut, **READ, 409: Refusal},
    summary="提出登记变更",
    description="只提出，不生效：由有权审核的人员在页面上审核。本人有权办理的，也须在页面上确认。",
)
def propose_change(request: HttpRequest, given: NewChange) -> Status[ChangeOut]:
    """Propose a change of the register; whoever may decide it does so on a page."""
    user = asker(request)
    thing = _subject(user, given.subject)
    kind = next((kind for kind in offered_kinds(user, thing) if kind.id == given.kind), None)
    if kind is None:
        raise Denied(403, f"您的岗位不能就{thing.name}提出“{given.kind}”，可提出的变更见 /api/changes/kinds。")
    stated = Stated(effective_on=given.effective_on, reason=given.reason, document=given.document)
    change = ask_change(actor=user, kind=kind, subject=thing, values=given.values, stated=stated, only_proposes=True)
    return Status(201, _change(change))


def _subject(user: User, text: str) -> ChangeSubject:
    named = parsed(text)
    thing = subject_for(user, named.kind, named.key) if named else None
    if thing is None:
        raise Denied(404, f"没有可由您提出变更的对象“{text[:80]}”，请核对其编码或编号。")
    return thing


def _change(change: RegisterChange) -> ChangeOut:
    return ChangeOut(
        id=change.pk,
        kind=change.kind,
        subject=change.subject,
        about=change.about,
        values=change.values,
        effective_on=change.effective_on,
        document=change.document,
        reason=change.reason,
        state=change.state,
        asked_by=change.asked_by.display_name,
        asked_at=change.asked_at,
        answer=change.answer,
    )
