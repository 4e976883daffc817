"""The tabs of a mine's file (一矿一册) as of a day, and the columns of their lists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.casework.queries import cases_visible_to, findings_visible_to
from kuangan.core.queries import on_duty_by_role, posts_of
from kuangan.law.limit import place_text
from kuangan.law.role import Role
from kuangan.mine.models import AttributeName, DefinitionChange, Mine, MineAttribute, MineType, Point
from kuangan.mine.queries import (
    changes_of_mine,
    districts_of,
    faces_not_worked,
    faces_on,
    key_people_on,
    points_of,
    standing_on,
)
from kuangan.monitor.queries import episodes_between, files_of_an_hour, open_silences
from kuangan.overview.figures.directives import compliance_of
from kuangan.sample.credibility import credibility_of
from kuangan.web.cases import lists as case_lists
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare, table
from kuangan.web.mines.attributes import dated, held, relations
from kuangan.web.mines.changes import CHANGE, noticed
from kuangan.web.mines.nearest import whom_to_call
from kuangan.web.mines.offered import offered_about
from kuangan.web.mines.readings import Reading, latest, silent_after

HISTORY_DAYS = 30


def _finding_links(finding: Any) -> SafeString:
    rule = shown.link(reverse("rule", args=[finding.rule]), "依据")
    case = finding.seen_case and shown.link(reverse("case", args=[finding.seen_case]), "办件")
    return shown.joined(rule, case, by=" · ")


FINDINGS = (
    Column("认定时间", attrgetter("found_at"), style="nowrap"),
    Column("认定", attrgetter("reason")),
    Column("依据", _finding_links, style="nowrap"),
)
SILENCES = (
    Column("测点", lambda silence: silence.point or "安全监控系统", style="strong"),
    Column("情形", lambda silence: shown.unknown(silence.get_kind_display())),
    Column("自", attrgetter("started_at"), style="nowrap"),
)


@dataclass(frozen=True)
class MineFile:
    """A mine's file: its attributes as of a day, by name, and the moment at which it is looked at."""

    mine: Mine
    on: date
    at: datetime
    attributes: Mapping[str, MineAttribute]

    @property
    def values(self) -> dict[str, str]:
        """The value of each attribute."""
        return {name: attribute.value for name, attribute in self.attributes.items()}


def _overview(request: Request, file: MineFile) -> Mapping[str, Any]:
    mine, at = file.mine, file.at
    findings = findings_visible_to(request.user).filter(mine=mine)[:10]
    return {
        "is_open_pit": file.values.get(AttributeName.mine_type) == MineType.open_pit,
        "held": held(request, file.attributes),
        **whom_to_call(request.user, mine, file.on, at),
        "feed": files_of_an_hour([mine], at)[mine.pk],
        "compliance": compliance_of(request.user, mine),
        "credibility": credibility_of([mine.unit_id], at)[mine.unit_id],
        "findings": bare(FINDINGS, findings, "没有仍然成立的认定。"),
        **offered_about(request, "mine", mine.code),
    }


def _change_link(face: Any) -> Any:
    return shown.link(reverse("change_kinds_of", args=["face", face.pk]), "办理变更")


def _faces_columns(file: MineFile, *, may_change: bool) -> tuple[Column, ...]:
    monitoring = reverse("mine_tab", args=[file.mine.code, "monitoring"])
    latest_known = file.on if file.on < clock.civil_date(file.at) else date.max  # a day before knows of no end after it

    def ended(face: Any) -> Any:
        return face.ended_on if face.ended_on and face.ended_on <= latest_known else "在采（掘）"

    return (
        Column("工作面", attrgetter("name"), style="strong"),
        Column("类别", lambda face: face.get_kind_display()),
        Column("采（盘）区", lambda face: face.district and face.district.name),
        Column("水平", lambda face: face.district and face.district.level and face.district.level.name),
        Column("开始日期", attrgetter("started_on"), label="开始"),
        Column("结束日期", ended, label="结束"),
        Column("测点", lambda face: shown.link(monitoring, face.point_count), style="num"),
        *((Column("", _change_link),) if may_change else ()),
    )


def _elevation(district: Any) -> Any:
    level = district.level
    return f"标高 {level.elevation} 米" if level and level.elevation else shown.EMPTY


DISTRICTS = (
    Column("采（盘）区", attrgetter("name")),
    Column("水平", lambda district: district.level and district.level.name),
    Column("标高", _elevation),
)


def _faces(request: Request, file: MineFile) -> Mapping[str, Any]:
    mine = file.mine
    offered = offered_about(request, "mine", mine.code)
    columns = _faces_columns(file, may_change=bool(offered["offered"]))
    others = Table(columns, faces_not_worked(request.user, mine, file.on), nothing="没有计划或者已结束的工作面。")
    faces = Table(
        columns,
        faces_on(request.user, mine, file.on),
        nothing="当日没有登记在采（掘）工作面",
        hint="如与实际不符，请煤矿核对采掘布局。",
    )
    districts = bare(DISTRICTS, districts_of(request.user, mine), "未登记采（盘）区。")
    return {"faces": faces, "others": others, "districts": districts}


_Line = tuple[Point, Reading | None]


def _place(point: Point) -> Any:
    if point.place:
        return place_text(point.place)
    if point.place_proposed:
        return shown.joined(shown.tag("建议", "assumed"), place_text(point.place_proposed), by=" ")
    return None


def _newest(line: _Line, stale_before: datetime) -> Any:
    point, reading = line
    if reading is None:
        return shown.unknown("无读数")
    if reading.at < stale_before:
        return shown.unknown()
    if reading.value is None:
        return shown.unknown("无有效值")
    if point.value_kind == "KG":
        return "开" if reading.is_on else "停"
    return shown.joined(shown.plain(reading.value), shown.small(point.unit), by=" ")


def _points_columns(stale_before: datetime) -> tuple[Column, ...]:
    return (
        Column(
            "安装位置",
            lambda line: shown.link(reverse("point", args=[line[0].pk]), line[0].place_text or "未填安装位置"),
        ),
        Column("地点类别", lambda line: _place(line[0]), style="small"),
        Column("工作面", lambda line: line[0].face and line[0].face.name, style="small"),
        Column("最新值", lambda line: _newest(line, stale_before), style="num strong"),
        Column("状态", lambda line: line[1] and line[1].words, style="small"),
        Column("时间", lambda line: shown.age(line[1].at) if line[1] else shown.EMPTY, style="small quiet nowrap"),
        Column("测点编码", lambda line: line[0].native_code, style="small quiet"),
    )


def _monitoring(request: Request, file: MineFile) -> Mapping[str, Any]:
    points = points_of(request.user, file.mine)
    kind = request.GET.get("kind", "MN")
    wanted = points if kind == "all" else points.filter(value_kind=kind)
    readings = latest(request.user, file.mine, {point.pk for point in wanted})
    return {
        "points": Table(
            _points_columns(file.at - silent_after(file.at)),
            [(point, readings.get(point.pk)) for point in standing_on(wanted, file.on, file.at)],
            nothing="没有此类测点",
            hint="煤矿上传测点定义文件后自动登记。",
        ),
        "kind": kind,
        "kinds": (("MN", "模拟量"), ("KG", "开关量"), ("all", "全部")),
        "silences": bare(SILENCES, open_silences([file.mine])),
    }


HEADS = (
    Column("职务", lambda head: head.get_post_display()),
    Column("姓名", attrgetter("name"), style="strong"),
    Column("电话", lambda head: shown.phone(head.phone) or None),
    Column("任职日期", attrgetter("from_on")),
)


def _on_duty(people: Any) -> Any:
    names = [f"{person.name}（{person.phone}）" if person.phone else person.name for person in people]
    return "、".join(names) or shown.unknown("未排班")


ON_DUTY = (
    Column("岗位", lambda line: line[0].label),
    Column("当班人员", lambda line: _on_duty(line[1])),
)
POSTS = (
    Column("岗位", attrgetter("title")),
    Column("权限", lambda post: post.get_role_display()),
    Column("任职人员", lambda post: "、".join(tenure.person.name for tenure in post.now)),
)


def _people(request: Request, file: MineFile) -> Mapping[str, Any]:
    unit = file.mine.unit
    duty = on_duty_by_role(unit, file.at, (Role.mine_dispatcher, Role.mine_leader))
    return {
        "heads": Table(HEADS, key_people_on(request.user, file.mine, file.on), shown.unknown("未登记"), style=""),
        "duty": bare(ON_DUTY, duty.items()),
        "posts": Table(POSTS, posts_of(request.user, unit), "未设岗位。", style=""),
    }


def _cases(request: Request, file: MineFile) -> Mapping[str, Any]:
    cases = cases_visible_to(request.user).select_related(None).filter(mine=file.mine)
    listed = table(
        request,
        case_lists.OF_MINE,
        cases.order_by("-opened_at", "-pk"),
        row=case_lists.level_row,
        nothing="该矿没有办件",
        hint="发生超限报警后平台自动立案。",
        unexported=True,
    )
    return {"cases": listed}


def _episode_place(episode: Any) -> Any:
    address = f"{reverse('point', args=[episode.point_id])}?at={shown.epoch(episode.started_at)}"
    return shown.link(address, episode.point.place_text)


EPISODES = (
    Column("开始", attrgetter("started_at"), style="nowrap"),
    Column("结束", attrgetter("ended_at"), style="nowrap"),
    Column("测点", _episode_place),
    Column("最大值", lambda episode: shown.gas(episode.peak), style="num strong"),
    Column("报警值", attrgetter("limit_alarm"), style="num"),
    Column("矿方申报", lambda episode: "已申报" if episode.declared else shown.strong("未申报")),
    Column("", lambda episode: shown.tag("疑似标校") if episode.proposed else shown.EMPTY),
)


def _change_place(change: DefinitionChange) -> Any:
    return shown.link(reverse("point", args=[change.point_id]), str(change.point))


CHANGES = (
    Column("时间", attrgetter("at"), style="nowrap"),
    Column("测点", _change_place),
    CHANGE,
    Column("知悉", lambda change: noticed(change, moment=True), style="small"),
)


def _history(request: Request, file: MineFile) -> Mapping[str, Any]:
    mine, end = file.mine, clock.beijing_midnight(clock.day_after(file.on))
    episodes = episodes_between(mine, end - timedelta(days=HISTORY_DAYS), end).order_by("-started_at")[:200]
    return {
        "episodes": Table(EPISODES, episodes, f"近 {HISTORY_DAYS} 天没有超限。"),
        "changes": Table(CHANGES, changes_of_mine(request.user, mine, end)[:50], "没有变更记录。"),
        "dated": dated(request, mine),
        "relations": relations(request.user, mine),
        "events": trail_in_sight(request, mine, mine.supervisor)[:50],
        "days": HISTORY_DAYS,
    }


TAB_CONTENT: dict[str, Callable[[Request, MineFile], Mapping[str, Any]]] = {
    "": _overview,
    "faces": _faces,
    "monitoring": _monitoring,
    "people": _people,
    "cases": _cases,
    "history": _history,
}
