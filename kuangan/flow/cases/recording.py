"""What a move writes into ledgers, recorded as if its person had entered it."""

from kuangan.casework.models import Case, CaseMove
from kuangan.casework.relations import related_units
from kuangan.casework.view import view_of
from kuangan.core.models import User
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.following import consequence
from kuangan.law.content import procedure_by_id
from kuangan.law.ledger import ledger_by_id


@consequence("case.record")
def record_what_it_says(actor: User | None, case: Case, moved: CaseMove) -> None:
    """Write the entries of a move, each about the mine that the case is about, kept by the unit in its relation to the case.

    Raises :class:`Refused` where the ledger refuses the entry: then the move is not made either.
    """
    view, units = view_of(case, moved.at), related_units(case)
    for made in procedure_by_id(case.procedure).move(moved.move).records:
        about = {"mine": case.the_mine.code} if ledger_by_id(made.ledger).about == "mine" else {}
        values = {name: value for name, value in made.values(view).items() if value not in (None, "")}
        record_entry(actor=actor, ledger_id=made.ledger, unit=units[made.by], values={**about, **values}, at=moved.at)
