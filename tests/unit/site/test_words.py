"""Whatever the trail keeps is shown to the auditor in words."""

import ast
from pathlib import Path

import kuangan
from kuangan.web.cases.words import ACTION_WORDS

RECORDING = {"record", "Line"}


def recorded_actions() -> set[str]:
    """Every action that is named where it is recorded."""
    actions = set()
    for path in Path(kuangan.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RECORDING:
                named = [each.value for each in node.keywords if each.arg == "action"] or node.args[1:2]
                actions |= {value.value for value in named if isinstance(value, ast.Constant)}
    return {action for action in actions if isinstance(action, str)}


def test_every_recorded_action_has_its_words():
    assert len(recorded_actions()) > 100
    assert recorded_actions() - set(ACTION_WORDS) == set()
