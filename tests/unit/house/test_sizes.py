"""How long things are: a function is seen at once, a module is read in one go."""

import ast

import pytest

from tests.unit.house.tree import PACKAGE, modules

FUNCTION = 40
MODULE = 300
ONE_PIECE = ("monitor/fold/kernel.py",)
"""The compiled fold: Numba's cache of compiled code does not see a change in another file, so what calls each other stays in one; why its
loop is not cut stands beside it."""


def long_functions(tree):
    """The functions that are longer than a screen, with their lines; decorators do not count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION:
                yield f"{node.name}: {lines}"


def own_modules():
    return [(path, tree) for path, tree in modules() if "/migrations/" not in path and path not in ONE_PIECE]


def lines_of(path):
    return len((PACKAGE / path).read_text("utf-8").splitlines())


def test_no_function_is_longer_than_a_screen():
    assert {path: found for path, tree in own_modules() if (found := list(long_functions(tree)))} == {}


def test_no_module_is_longer_than_a_sitting():
    assert {path: lines for path, _ in own_modules() if (lines := lines_of(path)) > MODULE} == {}


def test_what_is_in_one_piece_has_to_be():
    assert [path for path in ONE_PIECE if lines_of(path) <= MODULE] == []


@pytest.mark.parametrize(("lines", "seen"), [(FUNCTION, []), (FUNCTION + 1, ["told: 41"])])
def test_the_forty_first_line_is_seen(lines, seen):
    body = "\n".join("    pass" for _ in range(lines - 1))
    assert list(long_functions(ast.parse(f"@door\ndef told():\n{body}\n"))) == seen
