"""The part of `kuangan bench city` that runs in a child with Django: an invented city's workbook, from its bytes to what it makes."""

import json
import time
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import chain
from typing import Any

from openpyxl import Workbook

from kuangan.base import clock
from kuangan.bench._mines import open_session_of
from kuangan.city.book.applying import apply_book
from kuangan.city.book.planning import CHANGED, NEW, plan_book
from kuangan.city.founding import found_city
from kuangan.core.actions import create_unit
from kuangan.core.actions.go_live import set_go_live
from kuangan.core.models import Person, Unit, UnitKind
from kuangan.core.standard_posts import STANDARD_POSTS
from kuangan.duty.models import Duty
from kuangan.duty.opening import open_due
from kuangan.emulate.plan.city import city_plan
from kuangan.emulate.plan.plan import CityPlan, MinePlan
from kuangan.flow.mines.transfer import transfer
from kuangan.law.role import Role
from kuangan.mine.actions import upsert_definitions
from kuangan.mine.definitions import Definition
from kuangan.mine.models import Mine, Point
from kuangan.mine.queries.attributes import VALUE_WORDS

CITY = "140400"
VISITS = "five_person_visits"
Line = dict[str, Any]


def take_book(mines: str, points: str, people: str) -> None:
    """Prints seconds of the first import, of the points' and of the same book again, and what there is then."""
    at = clock.now()
    on = clock.civil_date(at)
    plan = city_plan(CITY, int(mines), on=on)
    found_city(actor=None, code=CITY, at=at)
    first = _book(_sheets(plan, int(people)))
    placed = _book({"测点对照": list(chain.from_iterable(_point_rows(mine, int(points)) for mine in plan.mines))})
    first_s = _imported(first, on)
    for mine in Mine.objects.order_by("code"):
        _send_points(mine, int(points))
    points_s = _imported(placed, on)
    begun = time.perf_counter()
    same = [plan_book(content, on) for content in (first, placed)]
    again_s = time.perf_counter() - begun
    told = {
        "import_s": round(first_s + points_s, 1),
        "without_points_s": round(first_s, 1),
        "points_s": round(points_s, 1),
        "again_s": round(again_s, 1),
        "changed_again": sum(sheet.count(state) for book in same for sheet in book.sheets for state in (NEW, CHANGED)),
        "people": Person.objects.count(),
        "points": Point.objects.exclude(face=None).count(),
        "bytes": len(first) + len(placed),
    }
    print(json.dumps(told))


def open_administrator() -> None:
    """A system administrator signed in; prints the cookie that his browser would send."""
    operators = create_unit(actor=None, kind=UnitKind.platform, code="bench", name="测量", parent=None)
    print(open_session_of(operators, Role.operator))


def pass_mine_on(duties: str) -> None:
    """Go live, give one mine's supervising body that many open duties about it, and pass it to the city's; prints the seconds."""
    at = clock.now()
    on = clock.civil_date(at)
    set_go_live(actor=None, unit=Unit.objects.get(kind=UnitKind.city), on=on, document="测量", reason="测量", at=at)
    open_due(at)
    visits = Duty.objects.filter(unit__kind=UnitKind.county_bureau, obligation=VISITS).exclude(mine=None)
    columns = visits.values()[0]
    copies = (Duty(**columns | {"id": None, "subject": f"{number}"}) for number in range(int(duties) - 1))
    Duty.objects.bulk_create(copies)
    mine = Mine.objects.select_related("unit").get(pk=columns["mine_id"])
    body = Unit.objects.get(kind=UnitKind.city_bureau)
    begun = time.perf_counter()
    transfer(actor=None, mine=mine, supervisor=body, valid_from=on, basis="测量", at=clock.now())
    seconds = time.perf_counter() - begun
    print(json.dumps({"transfer_s": round(seconds, 2), "duties": Duty.objects.filter(mine=mine, unit=body).count()}))


def _imported(content: bytes, on: date) -> float:
    begun = time.perf_counter()
    apply_book(actor=None, plan=plan_book(content, on), on=on, at=clock.now())
    return time.perf_counter() - begun


def _send_points(mine: Mine, count: int) -> None:
    """As the mine's feed would."""
    definitions = [
        Definition(native_code=f"{number:06d}", system="01", sensor_type="0001", value_kind="MN", place_text="测量")
        for number in range(count)
    ]
    upsert_definitions(actor=None, mine=mine, definitions=definitions, source="测量", at=clock.now())


def _sheets(plan: CityPlan, people: int) -> dict[str, list[Line]]:
    return {
        "上级公司": [{"公司名称": name} for name in plan.companies],
        "煤矿": [_mine_row(plan, mine) for mine in plan.mines],
        "岗位与人员": list(_post_rows(plan, people)),
        "采掘工作面": list(chain.from_iterable(map(_face_rows, plan.mines))),
        "关键人": list(chain.from_iterable(map(_key_rows, plan.mines))),
    }


def _mine_row(plan: CityPlan, mine: MinePlan) -> Line:
    return {
        "煤矿编码": mine.code,
        "煤矿名称": mine.name,
        "所在县（区）": mine.county.name,
        "上级公司": plan.companies[mine.company],
        "核定（设计）生产能力（万吨/年）": mine.capacity,
        "瓦斯等级": VALUE_WORDS["gas_grade"][mine.gas_grade],
        "生产建设状态": VALUE_WORDS["status"][mine.status],
        "核定下井人数": mine.headcount_limit,
        "水文地质类型": VALUE_WORDS["hydrology"][mine.hydrology],
    }


def _post_rows(plan: CityPlan, people: int) -> Iterator[Line]:
    """A holder for every standard post, and dispatchers of the mines for the rest."""
    offices = Unit.objects.filter(kind__in=STANDARD_POSTS).exclude(kind=UnitKind.platform).values_list("name", "kind")
    mines = [(mine.name, UnitKind.mine) for mine in plan.mines]
    posts = [(name, post.title, "") for name, kind in (*offices, *mines) for post in STANDARD_POSTS[UnitKind(kind)]]
    more = range(max(people - len(posts), 0))
    posts += [(mines[at % len(mines)][0], f"调度岗（{at // len(mines) + 1}）", "调度员") for at in more]
    for number, (unit, title, role) in enumerate(posts):
        yield {"单位": unit, "岗位": title, "角色": role, "姓名": f"测量{number}", "手机": f"139{number:08d}"}


def _face_rows(mine: MinePlan) -> Iterator[Line]:
    for face in mine.faces:
        district, level = mine.districts[face.district]
        yield {
            "煤矿": mine.name,
            "工作面名称": face.name,
            "类别": "采煤工作面" if face.kind == "coal_face" else "掘进工作面",
            "采（盘）区": district,
            "水平": mine.levels[level][0],
            "开始日期": face.started_on.isoformat(),
        }


def _key_rows(mine: MinePlan) -> Iterator[Line]:
    for person in mine.key_people:
        yield {
            "煤矿": mine.name,
            "职务": person.post,
            "姓名": person.name,
            "手机": person.phone,
            "任职日期": "2025-01-01",
        }


def _point_rows(mine: MinePlan, count: int) -> Iterator[Line]:
    for number in range(count):
        yield {"煤矿": mine.name, "测点编码": f"{number:06d}", "工作面": mine.faces[number % len(mine.faces)].name}


def _book(sheets: dict[str, list[Line]]) -> bytes:
    book = Workbook(write_only=True)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        headings = list(lines[0])
        sheet.append(headings)
        for line in lines:
            sheet.append([line[heading] for heading in headings])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
