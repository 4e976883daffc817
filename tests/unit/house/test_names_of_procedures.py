"""What procedures and ledgers are called is known to the corpus and to the rooms that own a matter; all others ask for the matter or the declaration."""

import ast
import re
from collections.abc import Collection, Iterator
from functools import cache

from kuangan.law.content import procedures
from kuangan.law.effect.attribute import VALUES
from kuangan.law.ledger import ledgers
from tests.unit.house.tree import PACKAGE, modules, templates

OWNERS = (
    "corpus/",  # says them
    "flow/alarms/",  # alarms and what follows from them
    "web/alarms/",  # the desk: a key of the keyboard for each step
    "web/templates/alarms/",
    "web/office/",  # letters: which kind the form proposes
    "emulate/",  # the demonstration's story: people who take steps
)
LEDGER_OWNERS = (
    "corpus/",  # says them
    "flow/office/",  # circulars and meetings end in entries
    "office/",
    "overview/figures/",  # each figure counts the entries of its own ledgers
    "web/office/",
    "web/supervision/",  # commissioners and oversight: the pages about their ledgers
    "web/templates/office/",
    "web/templates/supervision/",
)
_QUOTED = re.compile(r"""["'](\w+)["']""")


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Every text in quotes with its file; migrations say what once was."""
    return (*_in_code(), *_in_templates())


def _in_code() -> Iterator[tuple[str, str]]:
    for path, tree in modules():
        if "/migrations/" not in path:
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path, node.value


def _in_templates() -> Iterator[tuple[str, str]]:
    for template in templates():
        path = template.relative_to(PACKAGE).as_posix()
        yield from ((path, text) for text in _QUOTED.findall(template.read_text("utf-8")))


def named_outside(names: Collection[str], owners: tuple[str, ...]) -> list[str]:
    """Where a name stands outside of what owns it."""
    return sorted({f"{path}: {text}" for path, text in texts() if text in names and not path.startswith(owners)})


def procedure_names() -> set[str]:
    """Ids of procedures, and those of steps and states that are no ordinary word of the code."""
    ids = {law.id for law in procedures()}
    parts = {part.id for law in procedures() for part in (*law.moves, *law.states)}
    return ids | {part for part in parts if "_" in part}


def ledger_names() -> set[str]:
    """Ids of ledgers that are no ordinary word of the code and no attribute of a mine."""
    return {ledger for ledger in ledgers() if "_" in ledger} - set(VALUES)


def test_no_procedure_step_or_state_is_named_outside_its_owner():
    assert named_outside(procedure_names(), OWNERS) == []


def test_no_ledger_is_named_outside_its_owner():
    assert named_outside(ledger_names(), LEDGER_OWNERS) == []


def test_every_owner_names_something():
    for names, owners in ((procedure_names(), OWNERS), (ledger_names(), LEDGER_OWNERS)):
        naming = {place for path, text in texts() if text in names for place in owners if path.startswith(place)}
        assert set(owners) - naming == set()
