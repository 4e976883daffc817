"""A case as its procedure sees it, and who may make which move."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from django.db.models import prefetch_related_objects

from kuangan.casework.inputs import restored
from kuangan.casework.models import Case, CaseClock, CaseMove, CasePaper, CaseParty
from kuangan.casework.relations import Relations, related_units, relations_of
from kuangan.core.models import User
from kuangan.core.queries import Hold, roles_of
from kuangan.core.queries.roles import others_in
from kuangan.duty.models import Duty
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import (
    SYSTEM,
    Attempt,
    By,
    CaseView,
    ClockView,
    Done,
    DutyView,
    Move,
    PaperView,
    Party,
    Procedure,
)

Part = TypeVar("Part", CaseClock, CaseMove, CasePaper, CaseParty)


def view_of(case: Case, at: datetime) -> CaseView:
    """All that guards and papers may know of the case at ``at``. Constant number of queries."""
    return views_of([case], at, relations_of([case]))[case.pk]


def views_of(cases: Sequence[Case], at: datetime, relations: Mapping[int, Relations]) -> dict[int, CaseView]:
    """Case pk → view, of any number of cases in the same number of queries; ``relations`` by :func:`relations_of`."""
    prefetch_related_objects(cases, "duty")
    papers = _by_case(CasePaper.objects.filter(case__in=cases).select_related("paper").order_by("pk"))
    clocks = _by_case(CaseClock.objects.filter(case__in=cases).order_by("started_at", "pk"))
    moves = _by_case(CaseMove.objects.filter(case__in=cases).order_by("at", "pk"))
    accused = [case for case in cases if procedure_by_id(case.procedure).has_parties]
    parties = _by_case(CaseParty.objects.filter(case__in=accused).order_by("number")) if accused else {}
    return {
        case.pk: _view(
            case,
            at,
            relations[case.pk],
            papers[case.pk],
            clocks[case.pk],
            moves[case.pk],
            parties.get(case.pk, ()),
        )
        for case in cases
    }


def _by_case(parts: Iterable[Part]) -> dict[int, list[Part]]:
    by_case: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_case[part.case_id].append(part)
    return by_case


def _view(
    case: Case,
    at: datetime,
    units: Relations,
    links: Iterable[CasePaper],
    clocks: Iterable[CaseClock],
    moves: Iterable[CaseMove],
    parties: Iterable[CaseParty],
) -> CaseView:
    law = procedure_by_id(case.procedure)
    papers = [(link, _paper(link)) for link in links]
    return CaseView(
        number=case.number,
        state=case.state,
        at=at,
        facts=case.facts,
        names={relation: unit.name for relation, unit in units.items()},
        done=tuple(_done(law, case_move) for case_move in moves),
        clocks={case_clock.clock: _clock(case_clock) for case_clock in clocks},
        papers={link.paper.template: paper for link, paper in papers},
        parties=_parties(parties),
        papers_of={(link.paper.template, link.party): paper for link, paper in papers},
        duty=duty_view(case.duty),
        kind=case.unit.kind,
    )


def duty_view(duty: Duty | None) -> DutyView | None:
    """The duty that a case is about, as its procedure sees it."""
    if duty is None:
        return None
    return DutyView(duty.title, duty.due_at, duty.done_at, duty.cancelled_at, duty.excused_at)


def parties_of(case: Case) -> tuple[Party, ...]:
    """Those whom the case is against, in their order."""
    return _parties(case.parties.all())


def _parties(parties: Iterable[CaseParty]) -> tuple[Party, ...]:
    return tuple(
        Party(party.number, party.name, _party_kind(party.kind), party.post, party.address) for party in parties
    )


def _party_kind(kind: str) -> Literal["unit", "person"]:
    return "person" if kind == CaseParty.Kind.person else "unit"


def _paper(link: CasePaper) -> PaperView:
    return PaperView(link.paper.number or "", link.paper.frozen_at, link.paper.data)


@dataclass(frozen=True)
class Standing:
    """By which hold of a role somebody may make a move, or open what is sealed; ``roles``: those that would do at that unit, () any."""

    hold: Hold
    relation: str
    roles: tuple[str, ...] = ()


def standing(holds: Iterable[Hold], case_units: Relations, people: tuple[By, ...]) -> Standing | None:
    """The first hold that is among ``people``, a hold of one's own before one as a deputy; None = not allowed."""
    own_first = sorted(holds, key=lambda hold: hold.acting_for is not None)
    for by in people:
        unit = case_units.get(by.relation)
        for hold in own_first:
            if unit is not None and hold.unit.pk == unit.pk and is_meant(by, hold):
                return Standing(hold, by.relation, roles_at(by.relation, people))
    return None


def is_meant(by: By, hold: Hold) -> bool:
    """Whether the hold has the role; where none is named, whoever works there but for the platform's administrators."""
    return by.role in ("", hold.role) and not hold.role.administers


def roles_at(relation: str, people: Iterable[By]) -> tuple[str, ...]:
    """The roles that are named for a relation, () where any would do."""
    roles = tuple(by.role for by in people if by.relation == relation)
    return () if "" in roles else roles


def is_system(move: Move) -> bool:
    """Whether only the platform makes this move."""
    return move.by == (SYSTEM,)


@dataclass(frozen=True)
class Choice:
    """A move that could be made now; ``refusal`` says why a guard that needs no input would refuse it."""

    move: Move
    standing: Standing | None


def choices(user: User, case: Case, at: datetime) -> list[Choice]:
    """The persons' moves out of the case's state, those of this user with a standing."""
    return choices_of(roles_of(user, at), related_units(case), case)


def choices_of(holds: Iterable[Hold], units: Relations, case: Case) -> list[Choice]:
    """As :func:`choices`, for holds and units already read."""
    law = procedure_by_id(case.procedure)
    return [Choice(move, standing(holds, units, move.by)) for move in law.moves_from(case.state) if not is_system(move)]


def attempt_of(
    user: User | None,
    standing_: Standing | None,
    inputs: Mapping[str, Any],
    at: datetime,
    party: int = 0,
    home: frozenset[str] = frozenset(),
) -> Attempt:
    """The attempt as guards and papers see it; ``home`` by :func:`at_home`. The platform's own has neither user nor standing."""
    if user is None or standing_ is None:
        return Attempt(actor="system", inputs=inputs, at=at, person="系统", unit="平台", party=party)
    held = user.person.certificate if user.person else ""
    unit = standing_.hold.unit.name

    def is_alone() -> bool:
        return not others_in(standing_.hold.unit.pk, standing_.roles, user, at)

    return Attempt(str(user.pk), inputs, at, name_of(user), unit, held, party, home, is_alone)


def at_home(holds: Iterable[Hold], units: Relations) -> frozenset[str]:
    """The relations to a case in which somebody has a post."""
    own = {hold.unit.pk for hold in holds}
    return frozenset(relation for relation, unit in units.items() if unit.pk in own)


def name_of(user: User | None) -> str:
    """The name a record carries; the platform's own doings are 系统."""
    return user.person.name if user and user.person else "系统"


def _done(law: Procedure, case_move: CaseMove) -> Done:
    actor = str(case_move.actor_id) if case_move.actor_id else "system"
    return Done(
        law.renamed.get(case_move.move, case_move.move),
        actor,
        case_move.at,
        restored(law.step(case_move.move), case_move.inputs, case_move.case_id),
        case_move.person_name,
        case_move.unit_name,
        case_move.certificate,
        case_move.party,
    )


def _clock(case_clock: CaseClock) -> ClockView:
    kind = "floor" if case_clock.kind == "floor" else "deadline"
    return ClockView(kind, case_clock.started_at, case_clock.due_at, case_clock.stopped_at, case_clock.lapsed_at)  # type: ignore[arg-type]
