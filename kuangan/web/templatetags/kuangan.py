"""Tags that give every page the same words for moments, durations, levels, due times, unknowns and citations."""

from typing import Any

from django import template

from kuangan.overview.board.counts import CellStatus
from kuangan.web.board import frame
from kuangan.web.cases import words
from kuangan.web.cases.lists import trail_table
from kuangan.web.duties import words as duty_words
from kuangan.web.frame import shown
from kuangan.web.frame.links import address_of
from kuangan.web.frame.lists import query_with
from kuangan.web.templatetags import kuangan_forms, kuangan_law

register = template.Library()
register.filters.update(kuangan_law.register.filters)  # one library for templates to load
register.tags.update(kuangan_forms.register.tags)
register.filter("page_of", address_of)
register.filter("shortened", shown.cut)
for written in (
    shown.moment,
    shown.minute,
    shown.deadline,
    shown.duration,
    shown.age,
    shown.level,
    shown.plain,
    shown.gas,
    shown.epoch,
):
    register.filter(written)
for mark in (shown.unknown, shown.value, shown.due, shown.state, shown.icon):
    register.simple_tag(mark)


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query with some values changed; None or empty drops one. Keeps filters while paging and sorting."""
    return query_with(context["request"], **changes)


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """``mapping[key]`` or None."""
    return mapping.get(key)


@register.filter
def state_of_case(case: Any) -> Any:
    """The state of a case with its label, whose turn it is, and whether it ends the case."""
    return words.state_of(case)


@register.filter
def procedure_of_case(case: Any) -> Any:
    return words.law_of(case)


@register.filter
def derivation(case_clock: Any) -> str:
    """How a clock's due time came about."""
    return words.due_derivation(case_clock)


register.filter("as_trail", trail_table)


@register.filter
def groups(secret: str) -> str:
    """A key to be typed by hand, in groups of four: "JBSW Y3DP"."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@register.filter
def action_word(action: str) -> str:
    """What a record of the audit trail says was done, in words."""
    return words.ACTION_WORDS.get(action, action)


@register.filter
def board_icon(status: str) -> str:
    """The sign of a status of the task board."""
    return frame.ICONS[CellStatus(status)]


@register.filter
def duty_period(duty: Any) -> str:
    """The period in which a duty is owed, in words; of an event, its day."""
    return duty_words.period_words(duty)
