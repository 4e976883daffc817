"""The lists of an export: each by a query that takes the reader, with the columns of its sheet and of its JSON."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.casework.queries.sight import cases_visible_to, told_state_of
from kuangan.core.models import Unit, User
from kuangan.core.queries import units_visible_to
from kuangan.core.queries.units import people_visible_to
from kuangan.duty.queries import duties_visible_to
from kuangan.law.content import procedure_by_id
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import entries_visible_to, ledgers_of
from kuangan.ledger.shown import EntryWords, masked_values, own_units
from kuangan.mine.models import AttributeName
from kuangan.mine.queries import attributes_on, mines_visible_to, points_visible_to
from kuangan.paper.models import Paper
from kuangan.paper.queries import papers_visible_to

CHUNK: Final = 500
"""Rows read at once."""
Line = tuple[Mapping[str, Any], list[Any]]
"""One thing as JSON and as the cells of its sheet."""


@dataclass(frozen=True)
class ExportList:
    """One list: the name of its files, its title, the headings of its sheet, and its lines as they are read."""

    name: str
    title: str
    headings: tuple[str, ...]
    lines: Callable[[], Iterator[Line]]


@dataclass(frozen=True)
class ExportPart:
    """A column: its key in JSON, its heading, its value."""

    key: str
    heading: str
    value: Callable[[Any], Any]


def export_lists(reader: User, unit: Unit | None) -> Iterator[ExportList]:
    """Every list that the reader sees, of one unit and what lies in it where one is named."""
    yield _simple("units", "单位", UNITS, _of(units_visible_to(reader).select_related("parent"), unit, "path"))
    yield _mines(reader, unit)
    yield _simple("people", "人员", _people(reader), _of(people_visible_to(reader), unit, "unit__path"))
    points = points_visible_to(reader).order_by("mine__code", "native_code", "pk")
    yield _simple("points", "测点", POINTS, _of(points, unit, "mine__unit__path"))
    cases = cases_visible_to(reader).select_related("unit").order_by("opened_at", "pk")
    yield _simple("cases", "办件", CASES, _of(cases, unit, "path"))
    duties = duties_visible_to(reader).select_related("unit", "mine").order_by("due_at", "pk")
    yield _simple("duties", "履职事项", DUTIES, _of(duties, unit, "path"))
    yield _simple("papers", "文书", PAPERS, papers_of_reader(reader, unit))
    for ledger in ledgers_of(reader):
        yield _ledger(reader, ledger, unit)


def papers_of_reader(reader: User, unit: Unit | None) -> QuerySet[Paper]:
    """Frozen papers in sight, the oldest first; a draft is nothing yet."""
    papers = papers_visible_to(reader).exclude(pdf_sha256="").order_by("frozen_at", "pk")
    return _of(papers, unit, "path")


def _of(things: QuerySet[Any], unit: Unit | None, path: str) -> QuerySet[Any]:
    return things if unit is None else things.filter(Q(**{f"{path}__startswith": unit.path}))


def _simple(name: str, title: str, parts: Iterable[ExportPart], things: QuerySet[Any]) -> ExportList:
    columns = tuple(parts)

    def lines() -> Iterator[Line]:
        for thing in things.iterator(CHUNK):
            values = {column.key: column.value(thing) for column in columns}
            yield values, list(values.values())

    return ExportList(name, title, tuple(column.heading for column in columns), lines)


UNITS: Final = (
    ExportPart("code", "编码", lambda unit: unit.code),
    ExportPart("name", "名称", lambda unit: unit.name),
    ExportPart("kind", "类别", lambda unit: unit.get_kind_display()),
    ExportPart("parent", "上级编码", lambda unit: unit.parent.code if unit.parent else ""),
    ExportPart("phone", "电话", lambda unit: unit.phone),
)
POINTS: Final = (
    ExportPart("mine", "煤矿编码", lambda point: point.mine.code),
    ExportPart("code", "测点编码", lambda point: point.native_code),
    ExportPart("sensor_type", "传感器类型", lambda point: point.sensor_type),
    ExportPart("measured_in", "计量单位", lambda point: point.unit),
    ExportPart("installed_at", "安装位置", lambda point: point.place_text),
    ExportPart("face", "工作面", lambda point: point.face.name if point.face else ""),
    ExportPart("place", "地点类别", lambda point: point.place),
    ExportPart("first_seen_at", "首次上报", lambda point: point.first_seen_at),
)
CASES: Final = (
    ExportPart("number", "编号", lambda case: case.number),
    ExportPart("procedure", "程序", lambda case: procedure_by_id(case.procedure).title),
    ExportPart("unit", "单位", lambda case: case.unit.name),
    ExportPart("title", "标题", lambda case: case.title),
    ExportPart("level", "等级", lambda case: case.level),
    ExportPart("state", "状态", lambda case: procedure_by_id(case.procedure).state(told_state_of(case)).label),
    ExportPart("opened_at", "立案时间", lambda case: case.opened_at),
)
DUTIES: Final = (
    ExportPart("title", "事项", lambda duty: duty.title),
    ExportPart("unit", "责任单位", lambda duty: duty.unit.name),
    ExportPart("mine", "涉及煤矿", lambda duty: duty.mine.name if duty.mine else ""),
    ExportPart("measure", "措施", lambda duty: duty.measure),
    ExportPart("period", "期间", lambda duty: duty.period),
    ExportPart("due_at", "期限", lambda duty: duty.due_at),
)


def paper_file(paper: Paper) -> str:
    """Where the frozen paper lies in the export."""
    return f"papers/{paper.pk}.pdf"


PAPERS: Final = (
    ExportPart("number", "文号", lambda paper: paper.number or ""),
    ExportPart("title", "标题", lambda paper: paper.title),
    ExportPart("unit", "制发机关", lambda paper: paper.unit.name),
    ExportPart("state", "状态", lambda paper: paper.get_state_display()),
    ExportPart("frozen_at", "定稿时间", lambda paper: paper.frozen_at),
    ExportPart("file", "文件", paper_file),
    ExportPart("sha256", "文件摘要", lambda paper: paper.pdf_sha256),
)


def _people(reader: User) -> tuple[ExportPart, ...]:
    own = own_units(reader)
    return (
        ExportPart("name", "姓名", lambda person: person.name),
        ExportPart("unit", "单位", lambda person: person.unit.name),
        ExportPart("phone", "手机", lambda person: person.phone if person.unit_id in own else ""),
        ExportPart("posts", "岗位", lambda person: "、".join(tenure.post.title for tenure in person.held)),
    )


MINE_PARTS: Final = (
    ExportPart("code", "编码", lambda mine: mine.code),
    ExportPart("name", "名称", lambda mine: mine.name),
    ExportPart("county", "所在县（区）", lambda mine: mine.county.name),
    ExportPart("supervisor", "日常监管主体", lambda mine: mine.supervisor.name),
    ExportPart("company", "上级公司", lambda mine: mine.company.name if mine.company else ""),
    ExportPart("address", "地址", lambda mine: mine.address),
    ExportPart("longitude", "经度", lambda mine: mine.longitude),
    ExportPart("latitude", "纬度", lambda mine: mine.latitude),
)


def _mines(reader: User, unit: Unit | None) -> ExportList:
    mines, today = _of(mines_visible_to(reader), unit, "unit__path"), clock.civil_date(clock.now())

    def lines() -> Iterator[Line]:
        for chunk in chunked(mines.iterator(CHUNK)):
            held = attributes_on(chunk, today)
            for mine in chunk:
                values = {column.key: column.value(mine) for column in MINE_PARTS}
                values |= {name.value: held.get(mine.pk, {}).get(name.value, "") for name in AttributeName}
                yield values, list(values.values())

    headings = (*(column.heading for column in MINE_PARTS), *(name.label for name in AttributeName))
    return ExportList("mines", "煤矿", headings, lines)


def _ledger(reader: User, ledger: Ledger, unit: Unit | None) -> ExportList:
    """A ledger: the stored values as JSON, in words in its sheet; personal data of others masked as on pages, sealed fields left out."""
    entries = _of(entries_visible_to(reader, ledger.id), unit, "path").select_related(
        "unit", "mine", "recorded_by__person"
    )
    fields = tuple(field for field in ledger.fields if field.kind != "rows" and not field.sealed)
    tables = tuple(field for field in ledger.fields if field.kind == "rows")
    own = own_units(reader)

    def lines() -> Iterator[Line]:
        for chunk in chunked(entries.order_by("on", "pk").iterator(CHUNK)):
            shown = EntryWords(ledger, chunk, own)
            for entry in chunk:
                yield _entry_json(ledger, entry, own), _entry_cells(shown, entry, fields, tables)

    headings = ("条目号", "单位", "日期", *(field.heading for field in (*fields, *tables)), "登记时间")
    return ExportList(f"ledgers/{ledger.id}", ledger.title, headings, lines)


def _entry_json(ledger: Ledger, entry: Entry, own: frozenset[int]) -> dict[str, Any]:
    sealed = {field.name for field in ledger.fields if field.sealed}
    return {
        "serial": entry.serial,
        "version": entry.version,
        "unit": entry.unit.code,
        "mine": entry.mine.code if entry.mine else None,
        "on": entry.on,
        "values": {name: value for name, value in masked_values(ledger, entry, own).items() if name not in sealed},
        "recorded_at": entry.recorded_at,
    }


def _entry_cells(shown: EntryWords, entry: Entry, fields: Iterable[Field], tables: Iterable[Field]) -> list[Any]:
    rows_in_words = ["；".join(_in_words(cells) for cells in shown.row_cells(entry, field)) for field in tables]
    cells = [shown.cell(entry, field) for field in fields]
    return [entry.serial, entry.unit.name, entry.on, *cells, *rows_in_words, entry.recorded_at]


def _in_words(cells: Iterable[Any]) -> str:
    return "，".join(str(cell) for cell in cells if cell not in (None, ""))


def chunked(things: Iterator[Any]) -> Iterator[list[Any]]:
    """Parts of a stream, so that what belongs to them is read together."""
    while chunk := list(islice(things, CHUNK)):
        yield chunk
