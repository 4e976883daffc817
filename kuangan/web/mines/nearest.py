"""Whom to call, on a mine's file: its telephones, the nearest rescue team and hospital with what their distance rests on."""

from collections.abc import Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.core.models import User
from kuangan.ledger.nearest import NearestEntry, nearest_of
from kuangan.mine.models import Mine
from kuangan.web.alarms.desk import phones_of
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.tables import bare

PHONES = (
    Column("单位", attrgetter("who")),
    Column("电话", lambda line: shown.phone(line.number), style="num"),
)


def whom_to_call(reader: User, mine: Mine, on: date, at: datetime) -> Mapping[str, Any]:
    """The telephones of a moment; heading and value of each kind of thing that is near on a day."""
    return {
        "phones": bare(PHONES, phones_of(reader, mine, at), shown.unknown("未登记电话")),
        "nearest": [(f"最近的{near.words}", _shown(near)) for near in nearest_of(reader, mine, on)],
    }


def _shown(near: NearestEntry) -> SafeString:
    entry = near.entry
    name = shown.link(reverse("entry", args=[entry.ledger, entry.serial]), entry.values.get("name", near.words))
    by_seat = shown.tag(f"{'、'.join(near.by_seat)}坐标未登记，按县城计算（暂定）", "assumed") if near.by_seat else ""
    distance = shown.unknown("距离不明") if near.km is None else f"直线距离 {near.km:.1f} 千米"
    return shown.joined(name, "，", distance, " ", shown.phone(str(entry.values.get("phone", ""))), " ", by_seat)
