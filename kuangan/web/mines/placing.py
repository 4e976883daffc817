"""测点归属: points of a mine whose face or place nobody has confirmed, with proposals; many are confirmed at once after a look."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.law import limit
from kuangan.mine.actions import place_points, refuse_proposals
from kuangan.mine.models import Face, Mine, Point
from kuangan.mine.queries import (
    Proposed,
    is_methane,
    mines_visible_to,
    open_faces,
    proposed,
    unconfirmed_points,
)
from kuangan.web.frame.doors import MINE, OFFICERS, OVERSEERS, door, has_role
from kuangan.web.frame.lists import Column, Filters, listing
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import EMPTY, joined, link, small, tag
from kuangan.web.frame.tables import Table

SELECTED: Final = SafeString(" selected")
TICK_ALL: Final = SafeString(
    '<label class="tick-all" hidden><input type="checkbox" data-ticks="point"> 全选本页</label>'
)
"""The box in the head that ticks the whole page (``web/ticks.js``)."""
Wanted = Mapping[Point, tuple[Face | None, str]]


class PointFilters(Filters):
    q = forms.CharField(label="安装位置或编码", max_length=60)
    all = forms.ChoiceField(label="归属", choices=(("", "尚未确认"), ("1", "全部测点")))


@door(*OVERSEERS, *MINE)
def placing(request: Request, code: str) -> HttpResponse:
    """The list, for officers as a form over it."""
    mine = get_object_or_404(mines_visible_to(request.user), code=code)
    may = has_role(request, *OFFICERS)
    filters, faces = PointFilters(request), open_faces(request.user, mine)
    points = unconfirmed_points(request.user, mine, filters.chosen("q") or "", everything=bool(filters.chosen("all")))
    page = listing(request, points, filters)
    columns = _columns(faces, _places(), may=may)
    listed = Table(
        columns,
        proposed(page.rows, faces),
        list=page,
        request=request,
        nothing="所有测点的归属均已确认",
        hint="煤矿新增测点、测点移动或者工作面结束后会出现在这里。",
        unexported=True,
    )
    return show(request, "mines/placing.html", mine=mine, table=listed, may=may, faces=faces)


@door(*OFFICERS, methods=("POST",))
def decide_placing(request: Request, code: str) -> HttpResponse:
    """What is ticked is confirmed as chosen, or its proposal refused; why it cannot be done is said, and nothing of it is done."""
    mine = get_object_or_404(mines_visible_to(request.user), code=code)
    points = _ticked(request, mine)
    if points:
        _decide(request, mine, points)
    else:
        messages.error(request, "请先勾选测点。")
    return redirect("placing", mine.code)


def _decide(request: Request, mine: Mine, points: Sequence[Point]) -> None:
    try:
        if request.POST.get("do") == "refuse":
            suggested = {
                line.point: (line.face, line.place) for line in proposed(points, open_faces(request.user, mine))
            }
            refuse_proposals(actor=request.user, mine=mine, refused=suggested, at=clock.now())
            messages.success(request, f"已不采纳 {len(points)} 个测点的建议；煤矿改名后重新建议。")
        else:
            changed = place_points(actor=request.user, mine=mine, wanted=_wanted(request, mine, points))
            messages.success(request, f"已确认 {changed} 个测点。")
    except Refused as refused:
        messages.error(request, str(refused))


def _ticked(request: Request, mine: Mine) -> Sequence[Point]:
    keys = [key for key in request.POST.getlist("point") if key.isdecimal() and len(key) < 19]
    return list(unconfirmed_points(request.user, mine, everything=True).filter(pk__in=keys))


def _wanted(request: Request, mine: Mine, points: Sequence[Point]) -> Wanted:
    """Face and place as chosen in each line. Refused where a line chooses neither, or a face that is not open."""
    faces = {str(face.pk): face for face in open_faces(request.user, mine)}
    wanted = {}
    for point in points:
        face, place = (request.POST.get(f"{name}-{point.pk}", "") for name in ("face", "place"))
        if face and face not in faces:
            raise Refused(f"“{point}”所选的工作面已结束或者不在登记中，请刷新后重选。")
        if not face and not place:
            raise Refused(f"“{point}”没有选择工作面和地点类别，请选择后再确认，或者不勾选。")
        wanted[point] = (faces.get(face), place if is_methane(point) else "")
    return wanted


def _places() -> list[tuple[str, str]]:
    today = clock.civil_date(clock.now())
    return [(place, limit.place_text(place)) for place in limit.places("ch4", today)]


def _columns(faces: Sequence[Face], places: Sequence[tuple[str, str]], *, may: bool) -> tuple[Column, ...]:
    named = [(str(face.pk), face.name) for face in faces]

    def face(line: Proposed) -> Any:
        chosen = str(line.face.pk) if line.face else ""
        if may:
            return _select("face", line.point, named, chosen, "工作面")
        return _said(line.face.name if line.face else "", sure=line.point.face_id is not None)

    def place(line: Proposed) -> Any:
        if not is_methane(line.point):
            return EMPTY
        if may:
            return _select("place", line.point, places, line.place, "地点类别")
        return _said(limit.place_text(line.place) if line.place else "", sure=bool(line.point.place))

    tick = Column("选择", lambda line: _tick(line.point), short=TICK_ALL, label="选择")
    return (
        *((tick,) if may else ()),
        Column("安装位置（煤矿填报）", lambda line: _named(line.point), label="安装位置"),
        Column("工作面", face),
        Column("地点类别", place),
    )


def _named(point: Point) -> SafeString:
    text = link(reverse("point", args=[point.pk]), point.place_text or "（空）")
    return joined(text, small(point.native_code), by=" ")


def _said(text: str, *, sure: bool) -> Any:
    if not text:
        return None
    return text if sure else joined(tag("建议", "assumed"), text, by=" ")


def _tick(point: Point) -> SafeString:
    return format_html(
        '<input type="checkbox" name="point" value="{}" aria-label="选择 {}">', point.pk, point.place_text
    )


def _select(name: str, point: Point, choices: Sequence[tuple[str, str]], chosen: str, label: str) -> SafeString:
    options = ((key, SELECTED if key == chosen else "", text) for key, text in choices)
    return format_html(
        '<select class="form-select" name="{}-{}" aria-label="{} 的{}"><option value="">未定</option>{}</select>',
        name,
        point.pk,
        point.place_text,
        label,
        format_html_join("", '<option value="{}"{}>{}</option>', options),
    )
