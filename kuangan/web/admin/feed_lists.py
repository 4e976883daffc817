"""The lists of 数据接入 as columns: feeds, doubts, files, points without a place, changed definitions, keys."""

from collections.abc import Sequence
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from kuangan.law.limit import place_text
from kuangan.mine.models import DefinitionChange, Mine, Point
from kuangan.monitor.queries import FeedHealth
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.once import button, guards
from kuangan.web.frame.request import Request
from kuangan.web.mines.changes import changed

Place = tuple[str, str]
"""A place of the limits and its name."""
_SELECTED = SafeString(" selected")


def _named(mine: Mine) -> SafeString:
    return shown.joined(shown.strong(mine.name), shown.small(mine.code), by=" ")


def _faulty(feed: FeedHealth) -> Any:
    address = f"{reverse('feed_files')}?{urlencode({'q': feed.mine.name})}"
    return shown.link(address, feed.faulty) if feed.faulty else 0


def _condition(feed: FeedHealth) -> Any:
    """Whether a feed is silent, since when and at which level."""
    if feed.silence:
        since = format_html('<time data-since="{}" data-after=" "></time>', shown.epoch(feed.silence.started_at))
        silent = shown.unknown(shown.joined("数据中断", since, by=" "))
        return shown.joined(silent, shown.small(feed.silence.get_level_display()), by=" ")
    return shown.unknown("从未收到") if feed.age_seconds is None else "正常"


FEEDS = (
    Column("煤矿编码", lambda feed: feed.mine.code, 16, page=False),
    Column("煤矿名称", lambda feed: feed.mine.name, 24, lambda feed: _named(feed.mine), short="煤矿"),
    Column("县（区）", lambda feed: feed.mine.county.name),
    Column("最近接收", lambda feed: feed.received_at, 20, lambda feed: shown.moment(feed.received_at), "nowrap"),
    Column(
        "数据时差（秒）",
        lambda feed: feed.age_seconds,
        shown=lambda feed: shown.duration(feed.age_seconds),
        short="数据时差",
    ),
    Column("一小时内文件", lambda feed: feed.files, style="num", label="文件"),
    Column("迟到", lambda feed: feed.late, style="num"),
    Column("退回或有错", lambda feed: feed.faulty, shown=_faulty, style="num", label="退回"),
    Column("中断自", lambda feed: feed.silence.started_at if feed.silence else None, 20, page=False),
    Column("情形", _condition, sheet=False),
)
DOUBTS = (
    Column("煤矿", lambda doubt: _named(doubt.mine)),
    Column("情形", lambda doubt: doubt.word),
    Column("说明", lambda doubt: doubt.text),
    Column("开始时间", lambda doubt: shown.moment(doubt.began_at), style="nowrap"),
)
FILES = (
    Column("接收时间", lambda file: shown.moment(file.received_at), style="nowrap", label="接收", sheet=False),
    Column("煤矿", lambda file: file.mine.name, 24),
    Column("类型", lambda file: file.type),
    Column("文件名", lambda file: file.name, 40, style="small"),
    Column("文件时间", lambda file: file.header_at, 20, style="nowrap"),
    Column("接收时间", lambda file: file.received_at, 20, page=False),
    Column("记录数", lambda file: file.records, style="num", short="记录"),
    Column("错误记录", lambda file: file.bad_records, style="num", short="错误"),
    Column("结果", lambda file: file.get_status_display(), shown=lambda file: shown.state(file.get_status_display())),
    Column("说明", lambda file: file.message, 60, lambda file: linebreaksbr(file.message), "small", short="原因"),
)


def point_columns(request: Request, places: Sequence[Place], *, may_confirm: bool) -> tuple[Column, ...]:
    """Points without a place; officers confirm one of the ``places``, others see what is proposed."""

    def place(point: Point) -> SafeString:
        if may_confirm:
            return _place_form(request, point, places)
        if not point.place_proposed:
            return shown.unknown("无建议")
        return shown.joined(shown.tag("建议", "assumed"), place_text(point.place_proposed), by=" ")

    return (
        Column("煤矿", lambda point: point.mine.name),
        Column("安装位置（煤矿填报）", lambda point: shown.strong(point.place_text or "（空）"), label="安装位置"),
        Column("工作面", lambda point: point.face.name if point.face else None),
        Column("测点编码", lambda point: point.native_code, style="small"),
        Column("地点类别", place),
    )


def _place_form(request: Request, point: Point, places: Sequence[Place]) -> SafeString:
    options = (
        (place, _SELECTED, f"{name}（建议）") if place == point.place_proposed else (place, "", name)
        for place, name in places
    )
    return format_html(
        '<form class="inline" method="post" action="{}">{}'
        '<select class="form-select" name="place" aria-label="{} 的地点类别" required>'
        '<option value="">请选择</option>{}</select><button class="btn btn-primary btn-sm">确认</button></form>',
        reverse("place_point", args=[point.pk]),
        guards(request),
        point.place_text,
        format_html_join("", '<option value="{}"{}>{}</option>', options),
    )


def change_columns(request: Request, *, may_note: bool) -> tuple[Column, ...]:
    """Changed definitions nobody has taken note of; officers do so here."""

    def note(change: DefinitionChange) -> SafeString:
        return _note_form(request, change) if may_note else shown.strong("无人知悉")

    return (
        Column("时间", lambda change: change.at, style="nowrap"),
        Column("煤矿", lambda change: change.point.mine.name),
        Column("测点", lambda change: change.point),
        Column("变更内容", changed, label="变更"),
        Column("知悉", note),
    )


def _note_form(request: Request, change: DefinitionChange) -> SafeString:
    return format_html(
        '<form class="inline" method="post" action="{}">{}'
        '<input class="form-control" name="note" maxlength="200" placeholder="核实情况" aria-label="核实情况">'
        '<button class="btn btn-primary btn-sm">已知悉</button></form>',
        reverse("note_change", args=[change.pk]),
        guards(request),
    )


def key_columns(request: Request) -> tuple[Column, ...]:
    """The keys in force of each mine: to be stopped, or a new one issued."""

    def stop(key: Any) -> SafeString:
        return format_html(
            '<form class="inline" method="post" action="{}">{}<span class="small"><code>{}</code> 签发 {}</span>'
            '<button class="btn btn-sm">停用</button></form>',
            reverse("stop_token", args=[key.pk]),
            guards(request),
            key.sha256[:12],
            shown.minute(key.created_at),
        )

    def issue(mine: Mine) -> SafeString:
        return button(request, reverse("new_token", args=[mine.code]), "签发新密钥")

    return (
        Column("煤矿", lambda mine: shown.joined(mine.name, shown.small(mine.code), by=" ")),
        Column("现用密钥", lambda mine: shown.joined(*(stop(key) for key in mine.tokens)) or None, label="密钥"),
        Column("", issue, style="num"),
    )
