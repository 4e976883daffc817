"""Mines as a user sees them, and their relations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Count, Q, QuerySet

from kuangan.core.errors import Refused
from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.queries import roles_of, visible_to
from kuangan.law.role import Role
from kuangan.mine.definitions import METHANE_SYSTEMS, METHANE_TYPES
from kuangan.mine.models import Mine, Point
from kuangan.mine.queries.aliases import codes_by_mine
from kuangan.mine.queries.attributes import attributes_on, attributes_text

Relation = Literal["supervisor", "city", "government", "mine", "company", "inspectorate"]


def mines_visible_to(user: object) -> QuerySet[Mine]:
    """The mines in the user's sight, by code, with the units a list shows."""
    mines = visible_to(user, Mine.objects.all(), "unit__path")
    return mines.select_related("unit", "county", "supervisor", "company", "inspectorate").order_by("code")


def fed_mines(user: User) -> QuerySet[Mine]:
    """The mines whose feed the user looks after, by code: the operator's are all, those of others the mines in sight."""
    if any(hold.role is Role.operator for hold in roles_of(user)):
        return Mine.objects.select_related("unit", "county", "supervisor").order_by("code")
    return mines_visible_to(user)


def public_mines() -> QuerySet[Mine]:
    """What anybody may know of the mines: their names and to whom they answer, for the posted board of responsibility."""
    return Mine.objects.select_related("unit", "county", "supervisor", "company")


def unit_of(mine: Mine, relation: Relation) -> Unit:
    """The unit that stands in a relation to the mine; `government` is that of the supervisor's level.

    Refused when the mine has no such unit.
    """
    if relation == "mine":
        return mine.unit
    if relation == "supervisor":
        return mine.supervisor
    if relation == "city":
        return _institution(mine, UnitKind.city_bureau, mine.unit.path.split("/", 1)[0] + "/")
    if relation == "government":
        city = mine.supervisor.kind == UnitKind.city_bureau
        kind = UnitKind.city_government if city else UnitKind.county_government
        return _institution(mine, kind, mine.supervisor.scope_path)
    unit = mine.company if relation == "company" else mine.inspectorate
    if unit is None:
        name = "上级公司" if relation == "company" else "监察机构"
        raise Refused(f"{mine.name}的一矿一册未登记{name}，请先补登。")
    return unit


def _institution(mine: Mine, kind: UnitKind, scope: str) -> Unit:
    institution = Unit.objects.filter(kind=kind, scope_path=scope, closed_on=None).order_by("pk").first()
    if institution is None:
        raise Refused(f"{mine.name}所在地区未登记“{kind.label}”，请由系统管理员先登记该单位。")
    return institution


@dataclass(frozen=True)
class MineLine:
    """One line of the list of mines; `attributes` in words, counts of points, methane points without place, open faces."""

    mine: Mine
    attributes: Mapping[str, str]
    points: int
    unplaced: int
    faces: int
    codes: tuple[str, ...]
    """Its own code, then the others that it is known under."""

    def attribute(self, name: str) -> str:
        """A property in words; "" when unknown."""
        return self.attributes.get(name, "")


def mine_list(user: object, on: date) -> list[MineLine]:
    """The mines in the user's sight with their properties on a day, in a constant number of queries."""
    mines = list(mines_visible_to(user))
    attributes = attributes_on(mines, on)
    methane = Q(system__in=METHANE_SYSTEMS, sensor_type__in=METHANE_TYPES, value_kind="MN", place="")
    points = {
        counted["mine_id"]: counted
        for counted in Point.objects.filter(mine__in=mines)
        .values("mine_id")
        .annotate(all=Count("id"), unplaced=Count("id", filter=methane))
    }
    open_faces = Q(faces__started_on__lte=on) & (Q(faces__ended_on__isnull=True) | Q(faces__ended_on__gt=on))
    faces = dict(
        Mine.objects.filter(pk__in=[mine.pk for mine in mines])
        .annotate(open_faces=Count("faces", filter=open_faces))
        .values_list("pk", "open_faces")
    )
    others = codes_by_mine(on)
    return [
        MineLine(
            mine=mine,
            attributes=attributes_text(attributes.get(mine.pk, {})),
            points=points[mine.pk]["all"] if mine.pk in points else 0,
            unplaced=points[mine.pk]["unplaced"] if mine.pk in points else 0,
            faces=faces[mine.pk],
            codes=(mine.code, *sorted(others.get(mine.code, ()))),
        )
        for mine in mines
    ]
