"""What an address or a form may ask for: plain characters, days of the calendar, keys of rows, one's own units.

Everything else is answered with 400 in words, or with the filter marked wrong; no strange value reaches arithmetic or the database.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any, Final, cast
from urllib.parse import unquote_to_bytes

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string

from kuangan.base.clock import BEIJING
from kuangan.base.period import FIRST_DAY, LAST_DAY
from kuangan.core.models import Unit
from kuangan.web.frame.request import Request

LONGEST_ADDRESS: Final = 8192
"""Bytes of a path with its query: the longest filter of a page has some hundreds."""
LONGEST_KEY: Final = 18
"""Digits of a row's key: more fit no column of the database."""
OUT_OF_CALENDAR: Final = f"日期应在{FIRST_DAY.year}年至{LAST_DAY.year}年之间"

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class WrongAddress(BadRequest):
    """An address that asks for what there cannot be; its message is Chinese, for the user."""


class PlainAddress:
    """Refuses an address with characters that are none, before anything looks at it; for plain and async chains."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        self.later = bool(iscoroutinefunction(get_response))
        if self.later:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        """Pass the request on, or answer 400 in words."""
        trouble = trouble_of(request)
        if not trouble:
            return self.get_response(request)
        if self.later:
            return self._refused_later(request, trouble)
        return _refused(request, trouble)

    async def _refused_later(self, request: HttpRequest, trouble: str) -> HttpResponseBase:
        return _refused(request, trouble)


def trouble_of(request: HttpRequest) -> str:
    """Why the address cannot be read, in words; "" for a plain one."""
    query = request.META.get("QUERY_STRING", "")
    if len(request.path) + len(query) > LONGEST_ADDRESS:
        return "地址过长。请从菜单进入，或减少筛选条件。"
    try:
        asked = request.path + unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return "地址中有无法识别的字符。请从菜单进入，或核对地址。"
    if any(character < " " or "\x7f" <= character < "\xa0" for character in asked):
        return "地址中有控制字符。请从菜单进入，或核对地址。"
    return ""


def _refused(request: HttpRequest, trouble: str) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        return JsonResponse({"message": trouble}, status=400, json_dumps_params={"ensure_ascii": False})
    page = render_to_string("frame/error_bare.html", {"status": 400, "title": "请求无法识别", "advice": trouble})
    return HttpResponse(page, status=400)


def in_calendar(day: date) -> bool:
    """Whether pages reckon with this day."""
    return FIRST_DAY <= day <= LAST_DAY


class DayField(forms.DateField):
    """A day typed by a person or read from an address; one outside the calendar is wrong, as an unreadable one is."""

    def clean(self, value: Any) -> date | None:
        """The day. Raises ``ValidationError``."""
        day = cast("date | None", super().clean(value))
        if day is not None and not in_calendar(day):
            raise forms.ValidationError(OUT_OF_CALENDAR)
        return day


def day_asked(text: str) -> date | None:
    """A day of the calendar, written ``2026-03-10``; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if in_calendar(day) else None


def check_moment(moment: datetime) -> None:
    """Raises ``ValidationError`` for a moment outside the calendar."""
    if not in_calendar(moment.astimezone(BEIJING).date()):
        raise forms.ValidationError(OUT_OF_CALENDAR)


def is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


def unit_named(request: Request, units: Sequence[Unit], attribute: str = "pk") -> Unit:
    """Of one's own units the one that the form or the address names by ``attribute``; the first where none is named.

    Raises :class:`WrongAddress` for another unit's, so that nothing is written for a unit that nobody meant.
    """
    wanted = request.POST.get("unit") or request.GET.get("unit", "")
    if not wanted:
        return units[0]
    for unit in units:
        if str(getattr(unit, attribute)) == wanted:
            return unit
    raise WrongAddress("您在所选单位没有办理此事项的岗位。请从菜单重新进入，或联系系统管理员核对岗位。")
