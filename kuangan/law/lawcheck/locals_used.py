"""Local values: asked for by keys that exist and are one value's, begun with the law they rest on, and spans in units that their readers can use."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from kuangan.law import instrument, local
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import ledgers
from kuangan.law.source import relative
from kuangan.law.time.span import UNIT_TEXT, parse_span
from kuangan.law.update.package import PACKAGE

READERS = ("local", "local_span", "local_decimal", "by_local")
READABLE: Final = {"length": ("minutes", "hours", "days"), "after": ("days", "months"), "before": ("days", "months")}
"""By how code reads a span: the units it can be written in. Other units would stop the code on the day they begin."""


def check() -> Iterator[Problem]:
    """Problems of local values and of the keys that corpus modules ask for."""
    keys = {entry.key for entry in local.all_values()}
    for path, line, reader, key in asked():
        if key not in keys:
            yield Problem(
                "local", f"{relative(path)}:{line}", f"没有本地值 {key!r}，请在 corpus/local/general.yaml 中补充"
            )
        elif reader in ("local_span", "by_local"):
            yield from _spans(key)
    yield from _bounds(keys)
    for path, line, key, use in read():
        yield from _unreadable(f"{relative(path)}:{line}", key, use)
    yield from _earlier(keys)
    yield from _late()
    yield from _codes()


def asked() -> Iterator[tuple[Path, int, str, str]]:
    """Every literal key that a corpus module asks for: file, line, reader, key."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for line, reader, key in _asked_in(path.read_text(encoding="utf-8")):
            yield path, line, reader, key


@cache
def _asked_in(text: str) -> list[tuple[int, str, str]]:
    """Kept by text: a city's answers are checked one after the other against modules that stay as they are."""
    if not any(f"{reader}(" in text for reader in READERS):
        return []
    return [
        (node.lineno, node.func.id, node.args[0].value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS
        if isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and "{" not in node.args[0].value
    ]


def _bounds(keys: set[str]) -> Iterator[Problem]:
    """Spans that bound the days of ledgers exist, and count days or months; terms within which others answer exist."""
    for ledger in ledgers().values():
        for constraint in ledger.constraints:
            if constraint.span_key and constraint.span_key not in keys:
                yield Problem("local", f"ledgers/{ledger.id}", f"没有本地值 {constraint.span_key!r}")
            elif constraint.span_key:
                yield from _unreadable(f"ledgers/{ledger.id}", constraint.span_key, "after")
        for part in ledger.confirmations:
            if part.within and part.within not in keys:
                yield Problem("local", f"ledgers/{ledger.id}", f"没有本地值 {part.within!r}")


def read() -> Iterator[tuple[Path, int, str, str]]:
    """Every attribute of a span that some code of the program reads at once: file, line, key, attribute."""
    for path in sorted(PACKAGE.parent.rglob("*.py")):
        for line, key, attribute in _read_in(path.read_text(encoding="utf-8")):
            yield path, line, key, attribute


@cache
def _read_in(text: str) -> list[tuple[int, str, str]]:
    return [
        (node.lineno, ast.unparse(node.value.args[0]).strip("'\""), node.attr)
        for node in (ast.walk(ast.parse(text)) if "local_span(" in text else ())
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call)
        if isinstance(node.value.func, ast.Name) and node.value.func.id == "local_span"
    ]


def _unreadable(where: str, key: str, use: str) -> Iterator[Problem]:
    """A span read without its unit, or written in one that its reader cannot use."""
    if use not in READABLE:
        yield Problem("local", where, f"本地值 {key} 的期限须连同单位使用（{'、'.join(READABLE)}），不得只取数")
        return
    for entry in local.all_values():
        for value in entry.values if entry.key == key else ():
            span = parse_span(str(value.value))
            if span.unit not in READABLE[use]:
                units = "、".join(UNIT_TEXT[unit] for unit in READABLE[use])
                yield Problem("local", f"local/{entry.city}/{key}", f"期限 {span} 在 {where} 须以{units}计")


def _late() -> Iterator[Problem]:
    """General values that begin after the instrument they rest on did: of the days between, nobody could be judged."""
    for entry in local.all_values():
        first = entry.values[0]
        cited = instrument.instruments().get(first.cite.instrument)
        if entry.city == local.GENERAL and cited and first.valid_from > cited.in_force_from:
            yield Problem(
                "local",
                f"local/{entry.city}/{entry.key}",
                f"自 {first.valid_from} 起有值，而《{cited.title}》自 {cited.in_force_from} 起施行，应从施行之日起",
            )


def _earlier(keys: set[str]) -> Iterator[Problem]:
    """Keys of earlier versions that are a key of this one, or those of two."""
    owners: dict[str, str] = {}
    for entry in local.packaged_values():
        for earlier in entry.formerly:
            other = earlier if earlier in keys else owners.setdefault(earlier, entry.key)
            if other != entry.key:
                yield Problem("local", f"local/{entry.city}/{entry.key}", f"原 key {earlier} 已属于 {other}")


def _codes() -> Iterator[Problem]:
    """Values that are a word of the program's own: which words there are is said, so that an answer cannot name another."""
    for entry in local.all_values():
        for value in entry.values:
            given = value.value if isinstance(value.value, list) else [value.value]
            strange = [item for item in given if entry.choices and item not in entry.choices]
            if strange:
                yield Problem(
                    "local", f"local/{entry.city}/{entry.key}", f"取值 {strange} 不在可选范围 {entry.choices}"
                )
            elif not entry.choices and isinstance(value.value, str) and re.fullmatch("[a-z_]+", value.value):
                yield Problem(
                    "local", f"local/{entry.city}/{entry.key}", "取值为代码的，请在 choices 中列出全部可选代码"
                )


def _spans(key: str) -> Iterator[Problem]:
    for entry in local.all_values():
        for value in entry.values if entry.key == key else ():
            try:
                parse_span(str(value.value))
            except ValueError as error:
                yield Problem("local", f"local/{entry.city}/{key}", str(error))
