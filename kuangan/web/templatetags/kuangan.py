"""Tags that give every page the same words for moments, durations, levels, due times, unknowns and citations."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kuangan.base import clock
from kuangan.base.numerals import deadline_text, duration_text
from kuangan.mine.models import PointDefinition
from kuangan.mine.queries import attributes_text
from kuangan.overview.board.counts import CellStatus
from kuangan.web.admin import trail_words
from kuangan.web.board import frame
from kuangan.web.cases import words
from kuangan.web.cases.work import pressing_clock
from kuangan.web.duties import words as duty_words
from kuangan.web.templatetags import kuangan_forms, kuangan_law

register = template.Library()
register.filters.update(kuangan_law.register.filters)  # one library for templates to load
register.tags.update(kuangan_forms.register.tags)
# A template gives "" for what it cannot resolve (a mine without readings has no reading.at): filters take it as none.

LEVELS = {"red": ("Ⅰ", "红色"), "orange": ("Ⅱ", "橙色"), "yellow": ("Ⅲ", "黄色"), "blue": ("Ⅳ", "蓝色")}
SOON = timedelta(minutes=10)
AHEAD = timedelta(seconds=-30)
"""Beyond this, data that claims to be newer than now is called so."""

NONE = mark_safe('<span class="quiet">—</span>')
NO_LEVEL = mark_safe('<span class="level level-none">未定级</span>')


@register.filter
def moment(value: datetime | date | None) -> str:
    """2026-02-01 08:05:09 in Beijing time; a date as 2026-02-01; — for none."""
    if not value:
        return "—"
    if not isinstance(value, datetime):
        return value.isoformat()
    return clock.civil(value).strftime("%Y-%m-%d %H:%M:%S")


@register.filter
def minute(value: datetime | None) -> str:
    """02-01 08:05 in Beijing time, with the year when it is not this one."""
    if not value:
        return "—"
    local = clock.civil(value)
    this_year = clock.civil(clock.now()).year == local.year
    return local.strftime("%m-%d %H:%M" if this_year else "%Y-%m-%d %H:%M")


@register.filter
def deadline(value: datetime | None) -> str:
    """As :func:`minute`, but midnight as the end of the day before: 01-31 24时."""
    if not value or clock.beijing_midnight(clock.civil_date(value)) != value:
        return minute(value)
    return f"{minute(value - timedelta(microseconds=1))[:-6]} 24时"


@register.filter
def duration(value: timedelta | float | None) -> str:
    """12分钟 of a duration or of seconds."""
    if value in (None, ""):
        return "—"
    return duration_text(value if isinstance(value, timedelta) else timedelta(seconds=float(value)))


@register.filter
def age(value: datetime | None) -> SafeString:
    """How long ago, ticking on the page."""
    if not value:
        return unknown("从未收到")
    passed = clock.now() - value
    text = f"{duration_text(passed)}前" if passed > AHEAD else f"时间超前 {duration_text(passed)}"
    return format_html('<time data-since="{}" title="{}">{}</time>', _ms(value), moment(value), text)


@register.filter
def level(value: str) -> SafeString:
    """A level as colour, numeral and word; nothing for no level."""
    if value not in LEVELS:
        return NO_LEVEL
    numeral, word = LEVELS[value]
    return format_html('<span class="level level-{}"><i>{}</i>{}</span>', value, numeral, word)


@register.simple_tag
def unknown(text: str = "不明") -> SafeString:
    """A value that is not known: hatched grey, with the reason as its words."""
    return format_html('<span class="unknown">{}</span>', text)


@register.simple_tag
def value(shown: Any, unit: str = "", missing: str = "不明") -> SafeString:
    """A value with its unit, or the hatched mark when there is none."""
    return unknown(missing) if shown in (None, "") else format_html("{} {}", shown, unit)


@register.simple_tag
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
    return format_html(
        '<time class="due {}" tabindex="0" data-due="{}" data-kind="{}" title="{}">{}</time>',
        mark,
        _ms(at),
        kind,
        title,
        text,
    )


@register.simple_tag
def state(label: str, terminal: bool = False, waits: bool = False) -> SafeString:
    """A state's badge; ``waits``: it is the reader's turn."""
    mark = "done" if terminal else "waits" if waits else ""
    return format_html('<span class="state {}">{}</span>', mark, label)


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query with some values changed; None or empty drops one. Keeps filters while paging and sorting."""
    request: HttpRequest = context["request"]
    query: QueryDict = request.GET.copy()
    for key, wanted in changes.items():
        if wanted in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(wanted)
    return f"?{query.urlencode()}" if query else "?"


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """``mapping[key]`` or None."""
    return mapping.get(key)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@register.filter
def state_of_case(case: Any) -> Any:
    """The state of a case with its label, whose turn it is, and whether it ends the case."""
    return words.state_of(case)


@register.filter
def procedure_of_case(case: Any) -> Any:
    """The procedure a case follows."""
    return words.law_of(case)


@register.filter
def derivation(row: Any) -> str:
    """How a clock's due time came about."""
    return words.due_derivation(row)


@register.filter
def epoch(at: datetime) -> int:
    """A moment as the page's scripts take it: milliseconds since 1970."""
    return _ms(at)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of ``kuangan/static/icons.txt``; decoration only, the words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("vendor/icons.svg"), name
    )


@register.filter
def pressing(case: Any) -> Any:
    """The clock of a case (with ``running_clocks``) that ends first; its floor when no deadline runs."""
    return pressing_clock(case) or next(iter(case.running_clocks), None)


@register.filter
def plain(number: Decimal | None) -> str:
    """A number without trailing zeros, but 1.0 for what was written with decimals; — for none."""
    if number is None or number == "":
        return "—"
    shortest = f"{number.normalize():f}"
    return f"{shortest}.0" if "." not in shortest and int(number.as_tuple().exponent) < 0 else shortest


@register.filter
def gas(value: Decimal | None) -> str:
    """A methane concentration as the control room writes it, with two decimals; — for none."""
    return "—" if value is None or value == "" else f"{value:.2f}"


@register.filter
def plain_json(content: Any) -> str:
    """A record's content in one line."""
    return json.dumps(content, ensure_ascii=False)


@register.filter
def changed_parts(change: Any) -> list[tuple[str, str, str]]:
    """What a changed definition changed: label, before, after."""
    labels = {one.name: str(getattr(one, "verbose_name", one.name)) for one in PointDefinition._meta.get_fields()}
    return [
        (labels.get(key, key), _part(change.before.get(key)), _part(after))
        for key, after in change.after.items()
        if change.before.get(key) != after
    ]


def _part(value: Any) -> str:
    return "（空）" if value in (None, "") else str(value)


@register.filter
def attribute_word(row: Any) -> str:
    """A dated property of a mine in words."""
    return attributes_text({row.name: row.value})[row.name]


@register.filter
def groups(secret: str) -> str:
    """A key to be typed by hand, in groups of four: "JBSW Y3DP"."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


register.filter("subject_words", trail_words.subject_words)


@register.filter
def action_word(action: str) -> str:
    """What a record of the audit trail says was done, in words."""
    return words.ACTION_WORDS.get(action, action)


@register.filter
def check_word(kind: str) -> str:
    """What a machine check looked at."""
    return words.CHECK_WORDS[kind]


@register.filter
def check_result(result: str) -> SafeString:
    """What a machine check saw; what it could not see is drawn as unknown."""
    return unknown("不明") if result in ("", "unknown") else format_html("{}", words.RESULT_WORDS.get(result, result))


@register.filter
def uptime(since: float) -> str:
    """How long a process has run, by the wall clock."""
    return duration_text(clock.wall_now() - datetime.fromtimestamp(since, UTC))


@register.filter
def board_icon(status: str) -> str:
    """The sign of a status of the task board."""
    return frame.ICONS[CellStatus(status)]


@register.filter
def duty_period(duty: Any) -> str:
    """The period in which a duty is owed, in words; of an event, its day."""
    return duty_words.period_words(duty)


@register.filter
def due_words(duty: Any) -> str:
    """How the due time of a duty came about."""
    return duty_words.derivation_of(duty)
