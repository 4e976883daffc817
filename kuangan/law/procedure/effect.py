"""What the moves of a procedure make of the dated attributes of the mine that a case is about."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from kuangan.law.effect.attribute import VALUES
from kuangan.law.procedure.view import CaseView


@dataclass(frozen=True)
class MoveSets:
    """A move of a case about a mine sets ``attribute`` from the day of service that it states, else from its own day on.

    ``turns``: what each value becomes; one that is not named stays, "" is an unknown one. ``restores``: the move of the same case whose
    change ends: what was before it holds again, unless something else was decided since. ``when``: only where this holds of the case.
    """

    attribute: str
    turns: Mapping[str, str] = field(default_factory=dict)
    restores: str = ""
    paper: str = ""
    """Template of the case's paper that decided it."""
    when: Callable[[CaseView], bool] | None = None


def move_faults(effect: MoveSets, earlier: Mapping[str, tuple["MoveSets", ...]]) -> Iterator[str]:
    """What is wrong with an effect of a move; ``earlier``: those of every move of the procedure."""
    if not VALUES.get(effect.attribute):
        yield f"煤矿没有可由办件确定的属性 {effect.attribute!r}"
        return
    if bool(effect.turns) == bool(effect.restores):
        yield f"属性 {effect.attribute} 须写明 turns 或者 restores 之一"
    unfit = ({*effect.turns} - {""} | {*effect.turns.values()}) - VALUES[effect.attribute]
    if unfit:
        yield f"属性 {effect.attribute} 不能取 {'、'.join(sorted(unfit))}"
    if effect.restores and not any(known.attribute == effect.attribute for known in earlier.get(effect.restores, ())):
        yield f"步骤 {effect.restores!r} 没有改变属性 {effect.attribute}，无从恢复"
