"""All writes to cases: open, move, amend facts. What follows from them is ``flow``'s business."""

from kuangan.casework.actions.facts import LEVELS, amend_facts, facts_digest
from kuangan.casework.actions.moving import carry_over, enter_opening, made_just_now, make_move
from kuangan.casework.actions.opening import open_case
from kuangan.casework.actions.passing import pass_on_cases, passing_cases, take_in_cases
from kuangan.casework.actions.reading import open_input

__all__ = [
    "LEVELS",
    "amend_facts",
    "carry_over",
    "enter_opening",
    "facts_digest",
    "made_just_now",
    "make_move",
    "open_case",
    "open_input",
    "pass_on_cases",
    "passing_cases",
    "take_in_cases",
]
