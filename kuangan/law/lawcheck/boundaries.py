"""Rules have examples at the boundaries at which rules of their kind went wrong: month ends, two sheets of a month, namesakes, days before a number."""

import calendar
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import ModuleType
from typing import Any, Final

from kuangan.base.clock import civil_date
from kuangan.law import content, local
from kuangan.law.field import PersonName
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.rule import Example, Rule, Unknown
from kuangan.law.time.span import parse_span
from kuangan.law.topic import LedgerFacts

_SPANS = re.compile(r'local_span\(\s*"([^"]+)"[^)]*\)\.(?:after|before)\(')


@dataclass(frozen=True)
class Boundary:
    """``needed``: whether the text of a rule's module calls for an example of this kind; ``met``: whether an example is one."""

    needed: Callable[[str], bool]
    met: Callable[[Example], bool]
    message: str


def check() -> Iterator[Problem]:
    """Rules that lack an example at a boundary of theirs."""
    for rule, module in zip(content.rules(), content.modules("rules"), strict=True):
        for message in lacking(rule, module):
            yield Problem("example", f"rules/{rule.id}", message)


def lacking(rule: Rule, module: ModuleType) -> Iterator[str]:
    """What examples a rule lacks, in Chinese."""
    text = inspect.getsource(module)
    for boundary in BOUNDARIES:
        if boundary.needed(text) and not any(boundary.met(example) for example in rule.examples):
            yield boundary.message


def _counts_months(text: str) -> bool:
    keys = {key for key in _SPANS.findall(text) if key in _months()}
    return bool(keys) or "add_months(" in text or "months_passed(" in text


def _months() -> set[str]:
    """Keys of spans that are counted in months."""
    spans = ((entry.key, str(value.value)) for entry in local.all_values() for value in entry.values)
    return {key for key, written in spans if written.endswith(" months") and parse_span(written).unit == "months"}


def _at_month_end(example: Example) -> bool:
    """A last day of a month that not every month has, or the last day of February."""
    days = (*_days(example.facts), civil_date(example.at))
    return any(day.day == calendar.monthrange(day.year, day.month)[1] and day.day != _SHORT for day in days)


_SHORT: Final = 30
"""A month of 30 days ends on a day that every longer month has."""


def _days(facts: Any) -> Iterator[date]:
    for entry in _entries(facts):
        yield entry.on
        for value in (entry.until, *entry.values.values()):
            if isinstance(value, date):
                yield civil_date(value) if isinstance(value, datetime) else value


def _entries(facts: Any) -> Iterator[Any]:
    for entries in facts.entries.values() if isinstance(facts, LedgerFacts) else ():
        yield from entries


def _two_in_a_month(example: Example) -> bool:
    facts = example.facts
    groups = facts.entries.values() if isinstance(facts, LedgerFacts) else ()
    return any(
        max(Counter((entry.on.year, entry.on.month) for entry in entries).values(), default=0) > 1 for entries in groups
    )


def _namesakes(example: Example) -> bool:
    names = [
        value for entry in _entries(example.facts) for value in entry.values.values() if isinstance(value, PersonName)
    ]
    return any(name == other and name.key != other.key for name in names for other in names)


BOUNDARIES: Final = (
    Boundary(_counts_months, _at_month_end, "按月计算期限，须有月末（2月末日或者31日）的样例"),
    Boundary(lambda text: "by_period(" in text, _two_in_a_month, "按期间合计，须有一个月内两份记录的样例"),
    Boundary(lambda text: "identity(" in text, _namesakes, "按人判定，须有同名两人的样例"),
    Boundary(
        lambda text: "each_judged(" in text,
        lambda example: example.outcome is Unknown,
        "按记录当日的数值判定，须有数值施行前一日的样例（不能判定）",
    ),
)
