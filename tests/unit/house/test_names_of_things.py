"""What things are called: a module says what it is for, a name says the kind of the thing, a class has its name to itself."""

import ast
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.unit.house.tree import modules

NO_KIND = {"found", "one", "each"}
ROW = {"row", "rows"}
OF_ROWS = (
    "bench/parts/hostile.py",
    "city/book/",
    "core/bulk.py",
    "core/apart.py",
    "core/resting.py",
    "core/sheets/",
    "core/values/",
    "emulate/past/records.py",
    "flow/cases/corrected_rows.py",
    "flow/cases/from_entries.py",
    "ledger/actions/imports.py",
    "ledger/opening_rows.py",
    "ledger/row_sheets.py",
    "ledger/sheet_rows.py",
    "ledger/sheets.py",
    "ledger/shown.py",
    "paper/word.py",
    "paper/word_making.py",
    "web/frame/fields/",
    "web/frame/lists.py",
    "web/frame/tables.py",
)
"""Where a row is what is meant: of a sheet, a table in a form or a paper, a list on a page, a statement of the database."""


def names_in(tree: ast.AST) -> Iterator[str]:
    """Every name that a module, a function or a comprehension gives: functions, classes, parameters, targets of any kind."""
    fields = {
        id(target)
        for held in ast.walk(tree)
        if isinstance(held, ast.ClassDef)
        for statement in held.body
        for target in (getattr(statement, "target", None), *getattr(statement, "targets", ()))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name.lower()
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name:
            yield node.name


def unkind(path: str, tree: ast.AST) -> set[str]:
    """The names in a module that do not say the kind of the thing; constants are not looked at."""
    return {name.strip("_") for name in names_in(tree)} & (NO_KIND if path.startswith(OF_ROWS) else NO_KIND | ROW)


def classes_of(tree: ast.AST, inside: str = "") -> Iterator[str]:
    """The classes that a module defines, one inside another by both names; Django's Meta and Migration are of its own making."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and node.name not in {"Meta", "Migration"}:
            yield f"{inside}{node.name}"
            yield from classes_of(node, f"{inside}{node.name}.")
        elif not isinstance(node, ast.ClassDef):
            yield from classes_of(node, inside)


def test_every_module_opens_with_what_it_is_for():
    silent = [path for path, tree in modules() if tree.body and not ast.get_docstring(tree)]
    assert [path for path in silent if "/migrations/" not in path] == []


def test_a_name_says_the_kind_of_the_thing():
    told = {path: names for path, tree in modules() if "/migrations/" not in path and (names := unkind(path, tree))}
    assert told == {}


def test_every_module_of_rows_has_rows():
    of_rows = {place for path, tree in modules() for place in OF_ROWS if path.startswith(place) and rows_in(tree)}
    assert set(OF_ROWS) - of_rows == set()


def rows_in(tree: ast.AST) -> bool:
    """Whether a module names a row."""
    return not ROW.isdisjoint(name.strip("_") for name in names_in(tree))


def test_a_class_has_its_name_to_itself():
    homes = defaultdict(list)
    for path, tree in modules():
        for name in classes_of(tree):
            homes[name].append(path)
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "for row in cases: pass",
        "[one.pk for one in units]",
        "def told(each): pass",
        "sorted(units, key=lambda one: one.code)",
        "with opened() as found: pass",
        "if (found := asked()): pass",
        "match case:\n    case [*rows]: pass",
        "a, (found, b) = c",
        "def _one(entry): pass",
        "class Found: pass",
        "class Grid:\n    def rows(self): pass",
    ],
)
def test_a_name_without_a_kind_is_seen(source):
    assert unkind("web/board/board.py", ast.parse(source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("paper/word.py", "for row in table: pass"),
        ("web/board/board.py", "class Grid:\n    rows: int"),
        ("web/board/board.py", "case = found()"),
    ],
)
def test_a_name_with_a_kind_is_let_through(path, source):
    assert not unkind(path, ast.parse(source))
