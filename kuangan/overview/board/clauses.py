"""What the corpus holds for each clause: whom it binds, and which clauses an obligation, a rule or a procedure serves."""

from collections.abc import Collection, Mapping
from functools import cache

from kuangan.core.models import UnitKind
from kuangan.duty.owing import OWNING
from kuangan.law.clause import NONE, clauses
from kuangan.law.content import procedure_by_id, rules
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.register import measure


@cache
def of_obligations() -> Mapping[str, tuple[str, ...]]:
    """By obligation: the clauses that its duties show."""
    return {obligation.id: obligation.clauses for obligation in obligations().values()}


@cache
def of_rules() -> Mapping[str, tuple[str, ...]]:
    """By rule: the clauses that it judges."""
    return {rule.id: rule.clauses for rule in rules()}


@cache
def of_procedures() -> Mapping[str, tuple[str, ...]]:
    """By procedure: the clauses that its cases show."""
    by_procedure: dict[str, tuple[str, ...]] = {}
    for clause in clauses().values():
        for procedure in clause.procedures:
            by_procedure[procedure] = (*by_procedure.get(procedure, ()), clause.id)
    return by_procedure


def of_case(procedure_id: str, own: Collection[str] | None) -> tuple[str, ...]:
    """The clauses that a case shows: those of its procedure; of these only its ``own`` where its facts name some (``clauses``)."""
    served = of_procedures().get(procedure_id, ())
    return tuple(clause_id for clause_id in served if own is None or clause_id in own)


@cache
def unlisted() -> frozenset[str]:
    """Obligations owed of each person or thing of whom the platform has no list: nobody can say that none was left out."""
    return frozenset(
        law.id for law in obligations().values() if law.each is not None and not (law.each.ledger or law.each.units)
    )


@cache
def unbuilt() -> frozenset[str]:
    """Obligations all of whose clauses the platform does not carry yet: nothing of them counts in a comparison of units."""
    known = clauses()
    return frozenset(
        law.id
        for law in obligations().values()
        if law.clauses and all(known[clause].built == NONE for clause in law.clauses)
    )


@cache
def unbuilt_rules() -> frozenset[str]:
    """As :func:`unbuilt`, of rules."""
    known = clauses()
    return frozenset(
        law.id for law in rules() if law.clauses and all(known[clause].built == NONE for clause in law.clauses)
    )


@cache
def listing_themselves() -> Mapping[str, str]:
    """Obligations whose evidence is itself the list of those of whom they are owed, and that ledger: only who stood on it before can be missed."""
    owed = {law.id: law for law in obligations().values() if law.each is not None}
    return {
        key: law.each.ledger
        for key, law in owed.items()
        if law.each is not None
        and any(evidence.ledger == law.each.ledger for evidence in law.evidence if evidence.ledger)
    }


@cache
def binds(clause_id: str) -> frozenset[str]:
    """The kinds of units of which the platform can tell a clause's state.

    Of a clause that is not wholly built, of those that owe something of it already and all whom the measure names.
    """
    clause = clauses()[clause_id]
    kinds: set[str] = set()
    for law in obligations().values():
        if clause_id in law.clauses:
            kinds |= OWNING.get(law.owner, {law.owner})
    for rule in rules():
        if clause_id in rule.clauses:
            kinds.add(rule.about or str(UnitKind.mine))
    law_of = measure(clause.measure)
    named = {*law_of.responsible, *law_of.implementer, *law_of.obliged_by_text}
    for procedure in map(procedure_by_id, clause.procedures):
        kinds |= {*procedure.about} & named if procedure.about else {str(UnitKind.mine)}
    if not clause.whole or not kinds:
        kinds |= named
    return frozenset(kinds)
