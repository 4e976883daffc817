"""并入: a company or an office goes up in another of its kind; mines, posts, people and open work follow, its records stay to be read."""

from collections.abc import Iterator
from typing import Final

from kuangan.core.models import Unit, UnitKind
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.merging import following, merge, require_mergeable
from kuangan.flow.changes.people import OPERATOR
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field


def _does(act: ChangeAct) -> Outcome:
    return merge(
        actor=act.actor,
        unit=act.subject.thing,
        into=_into(act),
        on=act.effective_on,
        basis=act.basis,
        at=act.now,
    )


def _into(act: ChangeAct) -> Unit:
    return Unit.objects.get(code=act.values["into"])


def _previews(act: ChangeAct) -> Iterator[Effect]:
    unit, into = act.subject.thing, _into(act)
    require_mergeable(unit, into)
    yield from (Effect(what, f"{unit.name} {count}", f"转入{into.name}") for what, count in following(unit) if count)
    yield Effect(unit.name, "在设", f"撤销，并入{into.name}；以往档案、文书、台账保留，{into.name}可以查阅")


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    return (Field("into", "并入单位", "unit", of=(str(subject.unit.kind),)),)


def _fits(subject: ChangeSubject) -> bool:
    outside = (UnitKind.city, UnitKind.county, UnitKind.platform, UnitKind.mine)
    return subject.thing.closed_on is None and subject.unit.kind not in outside


KIND: Final = ChangeKind(
    id="unit_merge",
    title="并入其他单位",
    subject="unit",
    help="所属煤矿、岗位、人员和在办事项一并转入。办理后不能撤销，请先核对影响。",
    fields=_fields,
    does=_does,
    previews=_previews,
    makes=OPERATOR,
    fits=_fits,
    backdated=False,
    tells=lambda act: (_into(act), act.subject.unit),
)
