"""Filters that write law: citations, articles, ledgers by their names."""

import re

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.law import instrument, ledger
from kuangan.law.cite import Cite
from kuangan.web.frame import shown

register = template.Library()


@register.filter
def cite(value: Cite) -> SafeString:
    """A citation as a link to its text among the instruments."""
    address = reverse("instrument", args=[value.instrument])
    return shown.markup('<a class="cite" href="{}#{}">{}</a>', address, anchor(value), instrument.cite_text(value))


@register.filter
def cites(values: tuple[Cite, ...]) -> SafeString:
    """Several citations with 、 between them."""
    return format_html_join("、", "{}", ((cite(named),) for named in values))


@register.filter
def law_text(value: Cite) -> str:
    """The text of the cited article; empty when it is not at hand."""
    return instrument.article_text(value)


@register.filter
def anchor(value: Cite) -> str:
    """The article's place on its instrument's page."""
    return f"a{value.article.split('.')[0]}" if value.article else "top"


@register.filter
def ledger_links(text: str) -> SafeString:
    """A text in which each “ledger” that is named by its title leads to it."""
    known = {book.title: book.id for book in ledger.ledgers().values()}
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
