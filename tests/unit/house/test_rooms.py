"""What keeps every folder small enough to be looked through, and every import in its direction."""

import ast
from collections import Counter, defaultdict

from kuangan.law.content import rules
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.ledger import ledgers
from kuangan.law.source import CORPUS, files
from tests.unit.house.tree import PACKAGE, folders, modules

MOST_FILES = 20
PREFIXED = 3
ROOMS = {path.name for path in (PACKAGE / "web").iterdir() if (path / "__init__.py").is_file()} - {"migrations"}
SHARED = {"frame", "gate", "templatetags"}


def inside(folder):
    return folder.relative_to(PACKAGE).as_posix()


def test_no_folder_has_more_than_twenty_files():
    crowded = {
        inside(folder): count
        for folder in folders()
        if not inside(folder).startswith("corpus")
        and folder.name != "migrations"  # they are squashed at a release
        and (count := sum(1 for path in folder.iterdir() if path.is_file())) > MOST_FILES
    }
    assert crowded == {}


def test_a_prefix_that_three_files_share_is_a_folder():
    shared = {}
    for folder in folders():
        if inside(folder).startswith("corpus") or folder.name == "migrations":
            continue
        stems = [path.stem.lstrip("_") for path in folder.iterdir() if path.is_file() and path.suffix != ".pyc"]
        counted = Counter(stem.split("_")[0] for stem in stems if "_" in stem)
        shared |= {f"{inside(folder)}/{prefix}_": n for prefix, n in counted.items() if n >= PREFIXED}
    assert shared == {}


def test_content_lies_in_the_folder_of_the_task_that_its_measure_belongs_to():
    measures = {
        kind: {item.id: item.measure for item in items}
        for kind, items in (
            ("rules", rules()),
            ("obligations", obligations().values()),
            ("ledgers", ledgers().values()),
        )
    }
    astray = [
        path.relative_to(CORPUS).as_posix()
        for kind, suffix in (("rules", ".py"), ("obligations", ".yaml"), ("ledgers", ".yaml"))
        for path in files(kind, suffix)
        if int(path.parent.name.split("_")[0]) != int(measures[kind][path.stem].split(".")[0])
    ]
    assert astray == []


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def views_by_module():
    """Names of the functions that a room routes, by module."""
    routed = defaultdict(set)
    for path, tree in modules():
        if not path.startswith("web/") or not path.endswith("/urls.py"):
            continue
        room = path.split("/")[1]
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                routed[f"kuangan.web.{room}.{node.value.id}"].add(node.attr)
    return routed


def test_a_room_imports_no_view_of_another_room():
    routed = views_by_module()
    views = {f"{module}.{name}" for module, names in routed.items() for name in names}
    wrong = [
        f"{path}: {name}"
        for path, tree in modules()
        if path.startswith("web/") and path.split("/")[1] in ROOMS - SHARED and not path.endswith("urls.py")
        for name in imports_of(tree)
        if name in views and name.split(".")[2] != path.split("/")[1]
    ]
    assert wrong == []
