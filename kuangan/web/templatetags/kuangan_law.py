"""Filters that write law: citations, articles, places, local values, comparisons, ledgers by their names."""

import re
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.law import instrument, ledger, limit
from kuangan.law.cite import Cite
from kuangan.law.time.span import parse_span

register = template.Library()


@register.filter
def cite(value: Cite) -> SafeString:
    """A citation as a link to its text among the instruments."""
    address = reverse("instrument", args=[value.instrument])
    return format_html('<a class="cite" href="{}#{}">{}</a>', address, anchor(value), instrument.cite_text(value))


@register.filter
def cites(values: tuple[Cite, ...]) -> SafeString:
    """Several citations with 、 between them."""
    return format_html_join("、", "{}", ((cite(one),) for one in values))


@register.filter
def law_text(value: Cite) -> str:
    """The text of the cited article; empty when it is not at hand."""
    return instrument.article_text(value)


@register.filter
def anchor(value: Cite) -> str:
    """The article's place on its instrument's page."""
    return f"a{value.article.split('.')[0]}" if value.article else "top"


@register.filter
def place_word(place: str) -> str:
    """The Chinese name of a place of the limits."""
    return limit.place_text(place)


_CODED = {
    "rolling": "任意连续时段",
    "calendar": "自然周",
    "real": "真实超限",
    "planned": "计划性超限",
    "onsite_decision": "现场处理决定",
    "penalty": "行政处罚",
}
"""Local values that are codes, as people read them."""


@register.filter
def local_value(value: Any) -> str:
    """A local value as people write it: spans in words, lists with 、."""
    if isinstance(value, dict):
        return "、".join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, list):
        return "、".join(_CODED.get(str(one), str(one)) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    try:
        return str(parse_span(str(value)))
    except ValueError:
        return _CODED.get(str(value), str(value))


@register.filter
def operator(written: str) -> str:
    """A comparison as the law prints it."""
    return {">=": "≥", ">": "＞", "<=": "≤", "<": "＜"}[written]


@register.filter
def ledger_links(text: str) -> SafeString:
    """A text in which each “ledger” that is named by its title leads to it."""
    known = {each.title: each.id for each in ledger.ledgers().values()}
    parts = re.split("“([^”]*)”", text)
    return format_html_join(
        "",
        "{}",
        ((_quoted(part, known.get(part)) if index % 2 else part,) for index, part in enumerate(parts)),
    )


def _quoted(title: str, ledger_id: str | None) -> SafeString:
    if ledger_id is None:
        return format_html("“{}”", title)
    return format_html('“<a href="{}">{}</a>”', reverse("ledger", args=[ledger_id]), title)
