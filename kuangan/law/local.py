"""A city's own or assumed values over the general ones: ``corpus/local/general*.yaml`` and ``corpus/local/<city>*.yaml``.

A layer may lie in several files, ``general.yaml`` and ``general_<topic>.yaml``. Over both lie the answers that the city has given
(:func:`adopt`); whoever runs a process says which those are, this module knows neither file nor database.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from typing import Any, TypeVar

from kuangan.law.source import CorpusError, YamlTable, files, read_table, relative, rising, unique
from kuangan.law.time.dated import Dated, NotInForce, Value
from kuangan.law.time.span import Span, parse_span

GENERAL = "general"
T = TypeVar("T")


class UnknownKey(LookupError):
    """No local value has this key."""


@dataclass(frozen=True)
class LocalValue:
    """One key with its successive values. ``city`` is ``general`` or the code of the prefecture.

    ``choices``: the words that the value, or each of a list, may be. ``formerly``: its keys of earlier versions, by which answers
    that were signed then go on naming it.
    """

    key: str
    meaning: str
    measure: str
    city: str
    values: tuple[Value[Any], ...]
    choices: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """What a city has answered, by key, over the values of the package; ``digest`` tells them from others, "" where there are none."""

    values: Mapping[str, LocalValue] = field(default_factory=dict)
    digest: str = ""


_adopted = Answers()
_renewed: list[Callable[[], None]] = []


def renewed(function: Callable[..., T]) -> "_lru_cache_wrapper[T]":
    """As ``functools.cache``, until other answers are adopted: for what is read from the corpus with local values in it."""
    kept = cache(function)
    _renewed.append(kept.cache_clear)
    return kept


def adopted() -> Answers:
    """The answers by which this process works."""
    return _adopted


def adopt(answers: Answers) -> None:
    """Work by these answers from now on; what was computed from others is forgotten."""
    global _adopted  # noqa: PLW0603  # the law of this process
    _adopted = answers
    for forget in _renewed:
        forget()


@contextmanager
def trying(answers: Answers) -> Iterator[None]:
    """Work by these answers for a while. For a process with one thread: every other thread would see them, too."""
    before = adopted()
    adopt(answers)
    try:
        yield
    finally:
        adopt(before)


def serving_city() -> str:
    """The code of the prefecture this installation serves: ``KUANGAN_CITY``, by default the demonstration's."""
    return os.environ.get("KUANGAN_CITY", "140400")


def local(key: str, on: date, city: str | None = None) -> Value[Any]:
    """The value of ``key`` in force on a day: the city's answer while one holds, else its value of the package, else the general one.

    ``city`` None stands for :func:`serving_city`. Raises :class:`UnknownKey` naming the nearest key, and
    :class:`~kuangan.law.time.dated.NotInForce`.
    """
    for entry in _entries(key, city or serving_city()):
        if entry.values[0].valid_from <= on and not _has_ended(entry, on):
            return Dated(*entry.values).on(on)
    raise _missing(key, on)


def local_span(key: str, on: date, city: str | None = None) -> Span:
    """As :func:`local`, read as a span (``"24 hours"``)."""
    return parse_span(str(local(key, on, city).value))


def local_decimal(key: str, on: date, city: str | None = None) -> Decimal:
    """As :func:`local`, read as a decimal number."""
    return Decimal(str(local(key, on, city).value))


def settled(key: str) -> Any:
    """The newest value of a key, for what holds of all days alike: the city's if it has one, else the general one."""
    for entry in _entries(key, serving_city()):
        return entry.values[-1].value
    raise UnknownKey(f"no local value {key!r}")


def _has_ended(entry: LocalValue, on: date) -> bool:
    """Whether it is an answer that was given for a time only, which is over: then the package holds again."""
    ended = [value for value in entry.values if value.valid_from <= on][-1].valid_to
    return entry is _adopted.values.get(entry.key) and ended is not None and on >= ended


def packaged(key: str) -> LocalValue | None:
    """The entry of the package that a city's answer would stand over; None for a key that it does not know."""
    return _layer(serving_city()).get(key) or _layer(GENERAL).get(key)


def key_now(key: str) -> str:
    """The key that a local value has in this version, by one of an earlier version or its own."""
    return _keys_now().get(key, key)


@cache
def _keys_now() -> Mapping[str, str]:
    return {earlier: entry.key for entry in packaged_values() for earlier in entry.formerly}


def _entries(key: str, city: str) -> Iterator[LocalValue]:
    """The entries of a key, the one that goes first before the others."""
    if key in _adopted.values and city == serving_city():
        yield _adopted.values[key]
    for layer in (city, GENERAL):
        entry = _layer(layer).get(key)
        if entry:
            yield entry


def all_values() -> tuple[LocalValue, ...]:
    """Every entry of every layer, general first, the city's answers last."""
    return (*packaged_values(), *_adopted.values.values())


def packaged_values() -> tuple[LocalValue, ...]:
    """Every entry of the package, general first."""
    cities = sorted({path.stem.partition("_")[0] for path in files("local", ".yaml")})
    layers = [GENERAL, *(city for city in cities if city != GENERAL)]
    return tuple(entry for layer in layers for entry in _layer(layer).values())


def assumed_values() -> tuple[tuple[LocalValue, Value[Any]], ...]:
    """Every assumed value with its entry."""
    return tuple((entry, value) for entry in all_values() for value in entry.values if value.assumed)


def read_local(path: Path) -> dict[str, LocalValue]:
    """The entries of one file. Raises :class:`~kuangan.law.source.CorpusError`."""
    table = read_table(path).only("values")
    return unique(
        ((entry.text("key"), entry, _entry(entry, path.stem.partition("_")[0])) for entry in table.tables("values")),
        "key",
    )


@cache
def _layer(name: str) -> dict[str, LocalValue]:
    by_key: dict[str, LocalValue] = {}
    for path in files("local", ".yaml"):
        if path.stem.partition("_")[0] == name:
            entries = read_local(path)
            twice = sorted(by_key.keys() & entries.keys())
            if twice:
                raise CorpusError(f"{relative(path)}:1: already in another file of this layer: {', '.join(twice)}")
            by_key |= entries
    return by_key


def _entry(table: YamlTable, city: str) -> LocalValue:
    table.only("key", "formerly", "meaning", "measure", "choices", "values")
    values = rising((_value(value) for value in table.tables("values")), table)
    choices, formerly = table.texts("choices"), table.texts("formerly")
    return LocalValue(table.text("key"), table.text("meaning"), table.text("measure"), city, values, choices, formerly)


def _value(table: YamlTable) -> Value[Any]:
    table.only("valid_from", "valid_to", "value", "cite", "assumed")
    if "value" not in table:
        raise table.error("missing key 'value'")
    assumed, valid_to = table.text("assumed", ""), table.optional_day("valid_to")
    return Value(table.day("valid_from"), table["value"], table.cite(), assumed, valid_to)


def _missing(key: str, on: date) -> LookupError:
    keys = {entry.key for entry in all_values()}
    if key in keys:
        meaning = next(entry.meaning for entry in all_values() if entry.key == key)
        return NotInForce(f"{on} 尚无“{meaning}”的规定（本地值 {key}），不能判定该日事项")
    near = get_close_matches(key, keys, n=1, cutoff=0.0)
    return UnknownKey(f"no local value {key!r}; the nearest is {near[0]!r}" if near else f"no local value {key!r}")
