"""What procedures are called is known to the corpus and to the rooms that own a matter; all others ask for the matter or the declaration."""

import ast

from kuangan.law.content import procedures
from tests.unit.house.tree import modules

OWNERS = (
    "corpus/",  # says them
    "flow/alarms/",  # alarms and what follows from them
    "web/alarms/",  # the desk: a key of the keyboard for each step
    "web/office/",  # letters: which kind the form proposes
    "emulate/",  # the demonstration plays people who take steps
    "bench/",  # measures walk through real cases
)
EXEMPT: tuple[str, ...] = ()


def names():
    """Ids of procedures, and those of steps and states that are no ordinary word of the code."""
    ids = {law.id for law in procedures()}
    parts = {part.id for law in procedures() for part in (*law.moves, *law.states)}
    return ids | {part for part in parts if "_" in part}


def test_no_procedure_step_or_state_is_named_outside_its_owner():
    known = names()
    found = sorted(
        f"{path}: {node.value}"
        for path, tree in modules()
        if not path.startswith(OWNERS) and "/migrations/" not in path
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known
    )
    assert found == list(EXEMPT)
