"""Opening cases by hand: who may, about what, and what may be chosen."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models import Q, QuerySet

from kuangan.base.numerals import deadline_text
from kuangan.casework.attempts import Prepared
from kuangan.casework.inputs import CaseSight, clean, restored
from kuangan.casework.models import Case
from kuangan.casework.queries import cases_visible_to
from kuangan.casework.relations import Offices
from kuangan.casework.view import Standing, at_home, attempt_of, duty_view, is_meant, roles_at
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Unit, UnitKind, User
from kuangan.core.offices import OFFICE_KINDS
from kuangan.core.queries import Hold, roles_of, visible_to
from kuangan.core.queries.go_live import ALWAYS, go_live_days
from kuangan.core.trail.chain import plain
from kuangan.duty.models import Duty
from kuangan.duty.queries import OPEN, duties_visible_to, my_duties
from kuangan.law.content import procedures
from kuangan.law.procedure import By, CaseSubject, CaseView, FromOutside, FromPerson, Procedure
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import entries_visible_to

MOST: int = 500
"""Entries, cases or duties that a chooser lists; another one is opened from its own page, which asks for it."""
OF_A_UNIT: Final = (CaseSubject.unit, CaseSubject.person, CaseSubject.duty)
"""Subjects of which a procedure says at which kinds of unit they are."""
Row = TypeVar("Row", Case, Duty, Entry)


@dataclass(frozen=True)
class Chosen:
    """What a case is to be about: a unit, and what is meant there."""

    unit: Unit
    person: Person | None = None
    entry: Entry | None = None
    case: Case | None = None
    duty: Duty | None = None

    @property
    def key(self) -> int:
        """The key by which a form names it."""
        return (self.person or self.entry or self.case or self.duty or self.unit).pk

    @property
    def text(self) -> str:
        """How a form lists it."""
        if self.person is not None:
            return f"{self.unit.name} {self.person.name}"
        if self.entry is not None:
            return f"{self.unit.name} {self.entry}"
        if self.duty is not None:
            return f"{self.unit.name} {self.duty.title}（期限{deadline_text(self.duty.due_at)}）"
        return f"{self.case.number} {self.case.title}" if self.case is not None else self.unit.name


@dataclass(frozen=True)
class Offer:
    """A way of opening that is open to a person."""

    law: Procedure
    way: FromPerson


def offers(user: User, at: datetime) -> list[Offer]:
    """What the user may open: his roles are named, and he sees something that it can be about."""
    holds = roles_of(user, at)
    return [offer for offer in named(holds) if next(subjects(user, holds, offer), None) is not None]


def named(holds: Iterable[Hold]) -> list[Offer]:
    """The ways of opening that name one of these roles."""
    held = list(holds)
    named_ways = (
        (law, way, [hold for hold in held if any(_may_be(by, hold) for by in way.by)])
        for law in procedures()
        for way in law.opens_by_person
    )
    return [Offer(law, way) for law, way, may in named_ways if may and _is_open(way, may)]


def _is_open(way: FromPerson, holds: Iterable[Hold]) -> bool:
    """What was under way outside is taken in by offices of which a day of going live is known."""
    if not isinstance(way, FromOutside):
        return True
    days = go_live_days()
    return any(days.day_of(hold.unit.path) != ALWAYS for hold in holds)


def _may_be(by: By, hold: Hold) -> bool:
    """Whether the hold may be meant, whatever the case is about; an office of which no role is named is a government or bureau."""
    return is_meant(by, hold) and (by != By("office") or hold.unit.kind in OFFICE_KINDS)


def subjects(user: User, holds: Iterable[Hold], offer: Offer, asked: str = "") -> Iterator[Chosen]:
    """What the user may choose for an offer, in the order of units' paths; ``asked``: the key of one that is there however long the list."""
    offices, held = Offices(), list(holds)
    may = {unit.pk: unit for unit in _units(user, offer.law) if _standing(held, offer.way, unit, offices) is not None}
    law = offer.law
    if law.subject in (CaseSubject.mine, CaseSubject.unit):
        yield from (Chosen(unit) for unit in may.values())
    elif law.subject == CaseSubject.person:
        persons = Person.objects.filter(unit__in=may).order_by("unit__path", "name")
        yield from (Chosen(may[person.unit_id], person=person) for person in persons)
    elif law.subject == CaseSubject.entry:
        for ledger in law.about:
            entries = entries_visible_to(user, ledger).filter(unit__in=may).order_by("-on", "-pk")
            yield from (Chosen(may[entry.unit_id], entry=entry) for entry in _some(entries, asked))
    elif law.subject == CaseSubject.duty:
        duties = _duties(user).filter(unit__in=may).order_by("due_at", "pk")
        yield from (Chosen(may[duty.unit_id], duty=duty) for duty in _some(duties, asked))
    else:
        cases = cases_visible_to(user).filter(unit__in=may).order_by("-opened_at")
        cases = cases.filter(procedure__in=law.about) if law.about else cases
        yield from (Chosen(may[case.unit_id], case=case) for case in _some(cases, asked))


def _some(offered: QuerySet[Row], asked: str) -> Iterator[Row]:
    """The first of them, and the one that is asked for ahead of them."""
    first = offered.filter(pk=int(asked)).first() if asked.isdecimal() else None
    if first is not None:
        yield first
    yield from (other for other in offered[:MOST] if first is None or other.pk != first.pk)


def _duties(user: User) -> QuerySet[Duty]:
    """The open duties in sight; one that a post's holder owes himself is his."""
    own = my_duties(user).order_by().values("pk")
    return duties_visible_to(user).filter(OPEN).filter(Q(post=None) | Q(pk__in=own))


def _units(user: User, law: Procedure) -> QuerySet[Unit]:
    """The units in sight that the procedure can be about, or in which its persons, entries or cases are."""
    units = visible_to(user, Unit.objects.select_related("mine__supervisor", "mine__company", "mine__inspectorate"))
    units = units.exclude(kind=UnitKind.platform).order_by("path")
    if law.subject == CaseSubject.mine:
        return units.filter(kind=UnitKind.mine)
    return units.filter(kind__in=law.about) if law.about and law.subject in OF_A_UNIT else units


def offers_about(user: User, holds: Iterable[Hold], duty: Duty) -> list[Offer]:
    """What the user may open about a duty, of which no case of a single procedure is open."""
    held = list(holds)
    of_duty = [offer for offer in named(held) if offer.law.subject == CaseSubject.duty]
    may = [offer for offer in of_duty if _is_about(offer.law, duty) and standing_to_open(held, offer.way, duty.unit)]
    if not may or not _duties(user).filter(pk=duty.pk).exists():
        return []
    open_laws = set(Case.objects.filter(duty=duty, closed_at=None).values_list("procedure", flat=True))
    return [offer for offer in may if not (offer.law.single and offer.law.id in open_laws)]


def _is_about(law: Procedure, duty: Duty) -> bool:
    return not law.about or duty.unit.kind in law.about


def standing_to_open(holds: Iterable[Hold], way: FromPerson, unit: Unit) -> Standing | None:
    """By which hold somebody may open a case about the unit; None = not allowed."""
    return _standing(list(holds), way, unit, Offices())


def _standing(holds: list[Hold], way: FromPerson, unit: Unit, offices: Offices) -> Standing | None:
    """A hold of one's own before one as a deputy; an office opens about any other unit."""
    related = offices.of(unit)
    for by in way.by:
        for hold in sorted(holds, key=lambda hold: hold.acting_for is not None):
            if by.relation == "office":
                stands = hold.unit.pk != unit.pk and unit.path.startswith(hold.unit.scope_path)
            else:
                stands = by.relation in related and related[by.relation].pk == hold.unit.pk
            if stands and _may_be(by, hold):
                return Standing(hold, by.relation, roles_at(by.relation, way.by))
    return None


def prefilled(actor: User, who: Standing, way: FromPerson, at: datetime) -> dict[str, Any]:
    """What the empty form of an opening holds, as stored."""
    return dict(plain(way.prefill(attempt_of(actor, who, {}, at)))) if way.prefill else {}


def opening_sight(chosen: Chosen | None, who: Standing, actor: User) -> CaseSight:
    """What the form of an opening may name."""
    return CaseSight(chosen.unit if chosen else who.hold.unit, who.hold.unit, actor)


def prepared_opening(
    actor: User, law: Procedure, way: FromPerson, chosen: Chosen, who: Standing, inputs: Mapping[str, Any], at: datetime
) -> Prepared:
    """The opening as it would be made. Raises :class:`Refused`: inputs, guards, which see a case without number in its initial state."""
    kept = clean(way.step, inputs, opening_sight(chosen, who, actor))
    values = restored(way.step, kept)
    units = Offices().of(chosen.unit, who.hold.unit)
    names = {relation: related.name for relation, related in units.items()}
    view = CaseView("", law.initial, at, {}, names, duty=duty_view(chosen.duty), kind=chosen.unit.kind)
    attempt = attempt_of(actor, who, values, at, home=at_home(roles_of(actor, at), units))
    if refusals := [reason for guard in way.step.gates if (reason := guard(view, attempt))]:
        raise Refused("；".join(refusals))
    return Prepared(way.step, who, kept, values, view, attempt, ())
