"""What decisions make of a mine: the attribute exists, the value fits it, and what is restored was changed before."""

from collections.abc import Iterator

from kuangan.law.content import procedures
from kuangan.law.effect.entries import entry_faults
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import ledgers
from kuangan.law.procedure import CaseSubject, FromOutside
from kuangan.law.procedure.effect import move_faults


def check() -> Iterator[Problem]:
    """Problems of what ledgers and moves set."""
    for ledger in ledgers().values():
        where = f"ledgers/{ledger.id}"
        if ledger.sets and ledger.about != "mine":
            yield Problem("effect", where, "不针对煤矿的台账不能写入煤矿档案")
        for effect in ledger.sets:
            yield from (
                Problem("effect", where, fault) for fault in entry_faults(effect, ledger.fields, ledger.keepers)
            )
    for procedure in procedures():
        made = {move.id: move.sets for move in procedure.moves}
        made |= {way.id: way.sets for way in procedure.opens_by_person if isinstance(way, FromOutside)}
        for move_id, sets in made.items():
            where = f"procedures/{procedure.id} {move_id}"
            if sets and procedure.subject != CaseSubject.mine:
                yield Problem("effect", where, "不针对煤矿的程序不能写入煤矿档案")
            yield from (Problem("effect", where, fault) for effect in sets for fault in move_faults(effect, made))
