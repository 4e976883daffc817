"""The one door to data: pages, the interface for programs and the overview get rows from queries that take the reader."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from django.apps import apps
from django.db.models import QuerySet

from tests.unit.house.tree import PACKAGE, modules, templates

FENCED = ("web/", "api/", "overview/")
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}
METHODS = {name for name in dir(QuerySet) if not name.startswith("_")} | {"add", "remove", "set", "clear"}

EXEMPT: tuple[str, ...] = ()
"""What is not mended yet; it may only shrink, so a place that is mended must leave it."""


@cache
def models() -> set[str]:
    """Names of our models' classes."""
    return {model.__name__ for model in apps.get_models() if model.__module__.startswith("kuangan.")}


@cache
def related() -> set[str]:
    """Names at which an object of a model has a manager of other rows: reverse keys and many-to-many fields."""
    names: set[str] = set()
    for model in apps.get_models():
        if not model.__module__.startswith("kuangan."):
            continue
        names |= {
            name
            for relation in model._meta.related_objects
            if (relation.one_to_many or relation.many_to_many) and (name := relation.get_accessor_name())
        }
        names |= {field.name for field in model._meta.many_to_many}
    return names


def reached(node: ast.AST) -> bool:
    """Whether this expression reaches rows by itself: a manager, a related manager's method, a shortcut on a model."""
    if isinstance(node, ast.Attribute):
        related_rows = isinstance(node.value, ast.Attribute) and node.value.attr in related()
        return node.attr in MANAGERS or (related_rows and node.attr in METHODS)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHORTCUTS and node.args):
        return False
    source = node.args[0]
    named = {ast.Name: "id", ast.Attribute: "attr"}.get(type(source), "")
    return getattr(source, named, "") in models() | related()


def in_code() -> Iterator[str]:
    """Every place in the fenced modules at which rows are reached past the queries."""
    for path, tree in modules():
        if path.startswith(FENCED) and not {"queries", "queries.py"} & set(path.split("/")):
            yield from (f"{path}: {ast.unparse(node)}" for node in ast.walk(tree) if reached(node))


def in_pages() -> Iterator[str]:
    """Every place in the templates at which a page asks an object for rows of its own."""
    names = "|".join(sorted(related(), key=len, reverse=True))
    asked = re.compile(rf"\b[\w.]+\.(?:{names})\.(?:{'|'.join(sorted(METHODS))})\b")
    for path in templates():
        inside = f"web/templates/{path.relative_to(PACKAGE / 'web' / 'templates').as_posix()}"
        yield from (f"{inside}: {place}" for place in asked.findall(path.read_text("utf-8")))


def test_pages_programs_and_the_overview_reach_rows_through_queries_alone():
    assert sorted([*in_code(), *in_pages()]) == sorted(EXEMPT)


@pytest.mark.parametrize(
    "source",
    [
        "Unit.objects.filter(pk=1)",
        "model._default_manager.all()",
        "case.papers.filter(pk=1)",
        "unit.cases.all()",
        "found.services.select_related('by')",
        "fulfilment.attachments.all()",
        "get_object_or_404(Unit, pk=1)",
        "get_object_or_404(case.papers, pk=1)",
    ],
)
def test_the_fence_sees(source):
    assert any(reached(node) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    ["papers_of(reader, case).filter(pk=1)", "case.paper.number", "get_object_or_404(papers_visible_to(reader), pk=1)"],
)
def test_the_fence_lets_through(source):
    assert not any(reached(node) for node in ast.walk(ast.parse(source)))
