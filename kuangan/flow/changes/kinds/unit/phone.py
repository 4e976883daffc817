"""变更值班电话: where the unit is reached day and night."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.models import Unit, UnitKind
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import PEOPLE_KEEPERS, THE_COMPANY, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field


def _does(act: ChangeAct) -> Outcome:
    unit: Unit = act.subject.thing
    before = unit.phone
    actions.set_unit_phone(actor=act.actor, unit=unit, phone=act.values["phone"], at=act.now)
    return {"before": before}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    actions.set_unit_phone(actor=act.actor, unit=act.subject.thing, phone=outcome["before"], at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    yield Effect("值班电话", act.subject.thing.phone, act.values["phone"])


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return (Field("phone", "值班电话", "phone"),)


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None and subject.unit.kind not in (UnitKind.city, UnitKind.county)


KIND: Final = ChangeKind(
    id="unit_phone",
    title="变更值班电话",
    subject="unit",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=(*PEOPLE_KEEPERS, *THE_MINE, *THE_COMPANY),
    fits=_fits,
    tells=lambda act: (),
)
