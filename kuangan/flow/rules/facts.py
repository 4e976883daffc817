"""What rules of topic ``ledger`` are asked about: a unit and the current entries of the rule's ledgers, read set-wise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from kuangan.core.models import ONE_ORGAN, Unit, UnitKind
from kuangan.law.ledger import ledger_by_id
from kuangan.law.rule import Rule
from kuangan.law.topic import EntryFact, FaceFact, LedgerFacts
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT, fact_of
from kuangan.mine.models import Face, Mine
from kuangan.mine.queries import attribute_spells, worked_faces


@dataclass(frozen=True)
class RuleSubject:
    """Who a rule is about; ``mine`` where the unit is one. Their keys in the database are the same."""

    unit: Unit
    mine: Mine | None


def subjects_of(rule: Rule, keys: Iterable[int] | None = None) -> list[RuleSubject]:
    """Every mine, or every unit of the rule's kind, by code; only these ``keys`` when given. One query."""
    if rule.about == UnitKind.mine:
        mines = Mine.objects.select_related("unit", "supervisor").order_by("code")
        return [RuleSubject(mine.unit, mine) for mine in (mines if keys is None else mines.filter(pk__in=list(keys)))]
    units = Unit.objects.filter(kind=rule.about).order_by("code")
    return [RuleSubject(unit, None) for unit in (units if keys is None else units.filter(_concerned(rule, keys)))]


def _concerned(rule: Rule, keys: Iterable[int]) -> Q:
    """Units with these keys, and those that are one organ with them."""
    own = Q(pk__in=list(keys))
    if rule.about not in ONE_ORGAN:
        return own
    return own | Q(scope_path__in=Unit.objects.filter(own, kind__in=ONE_ORGAN).values("scope_path"))


def _keepers(rule: Rule, subjects: Sequence[RuleSubject]) -> dict[int, int]:
    """By the key of each unit whose entries are read that of the subject: itself, or the other office of one organ."""
    keepers = {subject.unit.pk: subject.unit.pk for subject in subjects}
    if rule.about not in ONE_ORGAN:
        return keepers
    by_scope = {subject.unit.scope_path: subject.unit.pk for subject in subjects}
    organ = Unit.objects.filter(kind__in=ONE_ORGAN, scope_path__in=list(by_scope)).values_list("pk", "scope_path")
    return {pk: by_scope[scope] for pk, scope in organ} | keepers


def next_group(rule: Rule, after: int) -> tuple[int, list[int]] | None:
    """The subjects to be asked about together after the group ``after`` (0 = none yet), as (its key, theirs).

    The mines of one supervising body are a group, all units of another kind one; None when there is no further one.
    """
    if rule.about != UnitKind.mine:
        keys = list(Unit.objects.filter(kind=rule.about).values_list("pk", flat=True)) if after == 0 else []
        return (max(keys), keys) if keys else None
    further = Mine.objects.filter(supervisor__gt=after).order_by("supervisor")
    group = further.values_list("supervisor", flat=True).first()
    return None if group is None else (group, list(Mine.objects.filter(supervisor=group).values_list("pk", flat=True)))


def ledger_facts(rule: Rule, subjects: Sequence[RuleSubject], on: date) -> dict[int, LedgerFacts]:
    """The facts of each subject on a day, by its key, in two queries (with faces three, of an organ of two offices too) for any number of subjects.

    Entries dated from ``window_days`` days before ``on`` up to it, and older ones still valid then: ``until`` has not passed, or is
    left empty in a ledger that has an end of validity.
    """
    mines = attribute_spells([subject.mine for subject in subjects if subject.mine], on)
    faces = worked_faces([subject.unit.pk for subject in subjects], on) if rule.faces else {}
    keepers = _keepers(rule, subjects)
    entries = _by_subject(_entries(rule, list(keepers), on), keepers)
    return {
        subject.unit.pk: LedgerFacts(
            unit=subject.unit.code,
            entries={ledger_id: tuple(entries[subject.unit.pk].get(ledger_id, ())) for ledger_id in rule.reads},
            attributes={name: spells[-1][1] for name, spells in mines.get(subject.unit.pk, {}).items()},
            spells=mines.get(subject.unit.pk, {}),
            faces=tuple(_face(face) for face in faces.get(subject.unit.pk, ())),
        )
        for subject in subjects
    }


def _face(face: Face) -> FaceFact:
    district = face.district
    level = district.level if district else None
    return FaceFact(face.name, face.kind, district.name if district else "", level.name if level else "")


def _entries(rule: Rule, keys: list[int], on: date) -> QuerySet[Entry]:
    recent = Q(on__gte=on - timedelta(days=rule.window_days), on__lte=on)
    lasting = [ledger_id for ledger_id in rule.reads if ledger_by_id(ledger_id).until]
    valid = Q(ledger__in=lasting, on__lte=on) & (Q(until__gte=on) | Q(until=None))
    of_subject = Q(mine__in=keys) | Q(unit__in=keys) if rule.about == UnitKind.mine else Q(unit__in=keys)
    current = Entry.objects.filter(CURRENT, ledger__in=rule.reads)
    dated = recent | valid if lasting else recent  # without the second half the ledger's index by day serves
    return current.filter(of_subject, dated).select_related("unit").order_by("on", "pk")


def _by_subject(entries: Iterable[Entry], keepers: Mapping[int, int]) -> Mapping[int, Mapping[str, list[EntryFact]]]:
    """Entries under the mine they are about and under the unit that keeps them, or is one organ with who does, as far as asked for."""
    by_subject: dict[int, dict[str, list[EntryFact]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        fact = fact_of(entry)
        for key in keepers.keys() & {entry.mine_id, entry.unit_id}:
            by_subject[keepers[key]][entry.ledger].append(fact)
    return by_subject
