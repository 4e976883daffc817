"""How a value is written on every page: moments, durations, levels, due times, states, unknowns. Tags and columns use them."""

import html
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.templatetags.static import static
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from kuangan.base import clock
from kuangan.base.numerals import deadline_text, duration_text

# A template gives "" for what it cannot resolve (a mine without readings has no reading.at): these take it as none.
LEVELS = {"red": ("Ⅰ", "红色"), "orange": ("Ⅱ", "橙色"), "yellow": ("Ⅲ", "黄色"), "blue": ("Ⅳ", "蓝色")}
SOON = timedelta(minutes=10)
AHEAD = timedelta(seconds=-30)
"""Beyond this, data that claims to be newer than now is called so."""

EMPTY = SafeString()
NONE = mark_safe('<span class="quiet">—</span>')
NO_LEVEL = mark_safe('<span class="level level-none">未定级</span>')


def escaped(value: Any) -> str:
    """As Django's ``conditional_escape``, without its look for words to be translated: a page of a list escapes thousands of values."""
    if type(value) is SafeString:
        return value
    return html.escape(value) if type(value) is str else conditional_escape(value)


def markup(template: str, *values: Any) -> SafeString:
    """As Django's ``format_html``: the values are escaped unless they are safe already."""
    return SafeString(template.format(*map(escaped, values)))


def moment(value: datetime | date | None) -> str:
    """2026-02-01 08:05:09 in Beijing time; a date as 2026-02-01; — for none."""
    if not value:
        return "—"
    if not isinstance(value, datetime):
        return value.isoformat()
    return clock.civil(value).strftime("%Y-%m-%d %H:%M:%S")


def minute(value: datetime | None) -> str:
    """02-01 08:05 in Beijing time, with the year when it is not this one."""
    if not value:
        return "—"
    local = clock.civil(value)
    this_year = clock.civil(clock.now()).year == local.year
    return local.strftime("%m-%d %H:%M" if this_year else "%Y-%m-%d %H:%M")


def deadline(value: datetime | None) -> str:
    """As :func:`minute`, but midnight as the end of the day before: 01-31 24时."""
    if not value or clock.beijing_midnight(clock.civil_date(value)) != value:
        return minute(value)
    return f"{minute(value - timedelta(microseconds=1))[:-6]} 24时"


def duration(value: timedelta | float | None) -> str:
    """12分钟 of a duration or of seconds."""
    if value in (None, ""):
        return "—"
    return duration_text(value if isinstance(value, timedelta) else timedelta(seconds=float(value)))


def age(value: datetime | None) -> SafeString:
    """How long ago, ticking on the page."""
    if not value:
        return unknown("从未收到")
    passed = clock.now() - value
    text = f"{duration_text(passed)}前" if passed > AHEAD else f"时间超前 {duration_text(passed)}"
    return markup('<time data-since="{}" title="{}">{}</time>', epoch(value), moment(value), text)


def level(value: str) -> SafeString:
    """A level as colour, numeral and word; nothing for no level."""
    if value not in LEVELS:
        return NO_LEVEL
    numeral, word = LEVELS[value]
    return markup('<span class="level level-{}"><i>{}</i>{}</span>', value, numeral, word)


def level_word(value: str) -> str:
    """红色 of red; nothing for no level."""
    return LEVELS[value][1] if value in LEVELS else ""


def unknown(text: str = "不明") -> SafeString:
    """A value that is not known: hatched grey, with the reason as its words."""
    return markup('<span class="unknown">{}</span>', text)


def value(shown: Any, unit: str = "", missing: str = "不明") -> SafeString:
    """A value with its unit, or the hatched mark when there is none."""
    return unknown(missing) if shown in (None, "") else markup("{} {}", shown, unit)


def due(at: datetime | None, derivation: str = "", kind: str = "deadline") -> SafeString:
    """A due time that ticks on the page; how it came about stands in its title. ``kind``: deadline or floor."""
    if at is None:
        return NONE
    left = at - clock.now()
    floor = kind == "floor"
    mark = "" if floor else "late" if left < timedelta(0) else "soon" if left < SOON else ""
    words = ("期限已满", "尚需 ") if floor else (f"逾期 {duration_text(left)}", "还剩 ")
    text = words[0] if left < timedelta(0) else f"{words[1]}{duration_text(left)}"
    title = f"{deadline_text(at)}{f'；{derivation}' if derivation else ''}"
    return markup(
        '<time class="due {}" tabindex="0" data-due="{}" data-kind="{}" title="{}">{}</time>',
        mark,
        epoch(at),
        kind,
        title,
        text,
    )


def state(label: str, terminal: bool = False, waits: bool = False) -> SafeString:
    """A state's badge; ``waits``: it is the reader's turn."""
    mark = "done" if terminal else "waits" if waits else ""
    return markup('<span class="state {}">{}</span>', mark, label)


def icon(name: str) -> SafeString:
    """An icon of ``kuangan/static/icons.txt``; decoration only, the words stand beside it."""
    return markup(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("vendor/icons.svg"), name
    )


def plain(number: Decimal | None) -> str:
    """A number without trailing zeros, but 1.0 for what was written with decimals; — for none."""
    if number is None or number == "":
        return "—"
    shortest = f"{number.normalize():f}"
    return f"{shortest}.0" if "." not in shortest and int(number.as_tuple().exponent) < 0 else shortest


def gas(value: Decimal | None) -> str:
    """A methane concentration as the control room writes it, with two decimals; — for none."""
    return "—" if value is None or value == "" else f"{value:.2f}"


def epoch(at: datetime) -> int:
    """A moment as the page's scripts take it: milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def link(address: str | None, text: Any, style: str = "") -> Any:
    """Words that lead somewhere; only the words where there is no address."""
    if not address:
        return text
    if style:
        return markup('<a class="{}" href="{}">{}</a>', style, address, text)
    return markup('<a href="{}">{}</a>', address, text)


def small(text: Any) -> SafeString:
    """Words beside what counts, small and grey; nothing for none."""
    return markup('<span class="small quiet">{}</span>', text) if text else EMPTY


def quiet(text: Any) -> SafeString:
    return markup('<span class="quiet">{}</span>', text)


def cut(text: str, length: int) -> str:
    """At most ``length`` characters, with … for the rest."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def under(text: Any) -> SafeString:
    """A line below what counts, small and grey; nothing for none."""
    return markup('<div class="small quiet">{}</div>', text) if text else EMPTY


def tag(text: Any, style: str = "") -> SafeString:
    """A short mark beside words; ``style``: assumed and the like."""
    return (
        markup('<span class="tag {}">{}</span>', style, text) if style else markup('<span class="tag">{}</span>', text)
    )


def hinted(text: Any, hint: str) -> SafeString:
    """Words with more about them under the pointer."""
    return markup('<span title="{}">{}</span>', hint, text)


def strong(text: Any) -> SafeString:
    return markup("<b>{}</b>", text)


def joined(*parts: Any, by: str = "") -> SafeString:
    """Parts of a cell one after the other, with ``by`` between them; each is escaped unless it is safe already."""
    return SafeString(escaped(by).join([escaped(part) for part in parts if part not in (None, "")]))


def phone(number: str) -> SafeString:
    """A number that a phone dials."""
    return markup('<a href="tel:{}">{}</a>', number, number) if number else EMPTY
