"""Opening a case: its number, its seat, its parties and the clocks that run from there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.casework.actions.facts import facts_digest
from kuangan.casework.actions.seats import seat_of
from kuangan.casework.clocks import turn_clocks
from kuangan.casework.models import Case, CaseNumber, CaseParty
from kuangan.casework.subjects import require_subject
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Unit, User
from kuangan.duty.models import Duty
from kuangan.law.content import corpus_digest, procedure_by_id
from kuangan.law.procedure import Party, Procedure
from kuangan.ledger.models import Entry
from kuangan.mine.models import Mine


@transaction.atomic
def open_case(
    *,
    actor: User | None,
    procedure_id: str,
    unit: Unit,
    title: str,
    facts: Mapping[str, Any],
    at: datetime,
    level: str = "",
    parent: Case | None = None,
    person: Person | None = None,
    entry: Entry | None = None,
    duty: Duty | None = None,
    office: Unit | None = None,
    clocks_from: datetime | None = None,
    state: str = "",
    step: str = "open",
    parties: Sequence[Party] = (),
) -> Case:
    """Open a case about a unit (against ``parties``) in its initial state, start the clocks that run from there, record it.

    ``office``: whose person opens it. ``clocks_from``: the moment they count from when the matter is older than the case.
    ``state``: in which it begins, where that is not the initial one; ``step``: by which name clocks are told of its beginning.
    Raises :class:`Refused` where the procedure is not about such a subject, or has one open already.
    """
    law = procedure_by_id(procedure_id)
    require_subject(law, unit, person=person, entry=entry, parent=parent, duty=duty)
    case = Case(
        unit=unit, person=person, entry=entry, duty=duty, parent=parent, office=office, title=title[:200], level=level
    )
    case.seat = _free_seat(case, law)
    case.facts = {**facts, "level": level}
    _begin(case, law, state or law.initial, at)
    CaseParty.objects.bulk_create(
        CaseParty(case=case, number=party.id, kind=party.kind, name=party.name, post=party.post, address=party.address)
        for party in parties
    )
    turn_clocks(case, step, at, effective_at=clocks_from or at)
    _record(actor, case, parties, at)
    return case


def _free_seat(case: Case, law: Procedure) -> str | None:
    """The seat that the case takes. Raises :class:`Refused` where another holds it."""
    seat = seat_of(case, law)
    if seat and (taken := Case.objects.filter(seat=seat).first()):
        name = f"“{case.duty.title}”" if case.duty else case.unit.name
        raise Refused(f"{name}已有在办的“{law.title}”：{taken.number}，请勿重复提交")
    return seat


def _begin(case: Case, law: Procedure, state: str, at: datetime) -> None:
    """Write the case, numbered, in the state in which it begins."""
    case.procedure, case.state, case.corpus_digest = law.id, state, corpus_digest()
    case.told = law.told(None, state)
    case.number = _take_number(law.id, law.prefix, civil_date(at).year)
    case.mine, case.path = Mine.objects.filter(pk=case.unit_id).first(), case.unit.path
    case.opened_at = case.moved_at = at
    case.save(force_insert=True)


def _record(actor: User | None, case: Case, parties: Sequence[Party], at: datetime) -> None:
    content: dict[str, Any] = {
        "procedure": case.procedure,
        "number": case.number,
        "unit": case.unit.code,
        "facts": facts_digest(case),
    }
    if parties:
        content["parties"] = [asdict(party) for party in parties]
    record(actor=actor, action="case_opened", subject=case, data=content, at=at)


def _take_number(procedure_id: str, prefix: str, year: int) -> str:
    CaseNumber.objects.get_or_create(procedure=procedure_id, year=year)
    series = CaseNumber.objects.select_for_update().get(procedure=procedure_id, year=year)
    CaseNumber.objects.filter(pk=series.pk).update(last=series.last + 1)
    return f"{prefix}〔{year}〕{series.last + 1}号"
