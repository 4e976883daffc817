"""Local values: a city overrides only what it answers, and corpus modules ask only for keys that exist."""

import ast
from collections.abc import Iterator
from pathlib import Path

from kuangan.law import local
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.source import CORPUS, relative
from kuangan.law.time.span import parse_span

READERS = ("local", "local_span", "local_decimal")


def check() -> Iterator[Problem]:
    """Problems of local values and of the keys that corpus modules ask for."""
    keys = {entry.key for entry in local.all_values()}
    for path, line, reader, key in asked():
        if key not in keys:
            yield Problem(
                "local", f"{relative(path)}:{line}", f"没有本地值 {key!r}，请在 corpus/local/general.yaml 中补充"
            )
        elif reader == "local_span":
            yield from _spans(key)


def asked() -> Iterator[tuple[Path, int, str, str]]:
    """Every literal key that a corpus module asks for: file, line, reader, key."""
    for path in sorted(CORPUS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
                key = node.args[0]
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield path, node.lineno, node.func.id, key.value


def _spans(key: str) -> Iterator[Problem]:
    for entry in local.all_values():
        for value in entry.values if entry.key == key else ():
            try:
                parse_span(str(value.value))
            except ValueError as error:
                yield Problem("local", f"local/{entry.city}/{key}", str(error))
