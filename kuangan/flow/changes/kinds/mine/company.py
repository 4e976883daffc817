"""变更上级公司: another company answers for the mine from a day on and sees it; the one before sees what it saw no more."""

from collections.abc import Iterator
from typing import Final

from kuangan.core.models import Unit, UnitKind
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.company import change_company, restore_company
from kuangan.law.field import Field

NONE: Final = "none"


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    companies = Unit.objects.filter(kind=UnitKind.company, closed_on=None).order_by("name")
    choices = ((NONE, "无上级公司"), *((company.code, company.name) for company in companies))
    return (Field("company", "上级公司", "choice", choices=choices),)


def _next(act: ChangeAct) -> Unit | None:
    code = act.values["company"]
    return None if code == NONE else Unit.objects.get(kind=UnitKind.company, code=code)


def _does(act: ChangeAct) -> Outcome:
    change = change_company(
        actor=act.actor,
        mine=act.subject.thing,
        company=_next(act),
        valid_from=act.effective_on,
        basis=act.basis,
        at=act.now,
    )
    return {"change": change.pk}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    restore_company(actor=act.actor, change=outcome["change"], at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    mine, after = act.subject.thing, _next(act)
    before = mine.company
    yield Effect("上级公司", before.name if before else "无", after.name if after else "无")
    yield Effect("在办复产等事项的公司环节", before.name if before else "无", after.name if after else "无")
    if before:
        yield Effect(f"{before.name}查阅本矿", "可以", "自该日起不可以")


def _told(act: ChangeAct) -> tuple[Unit, ...]:
    known = (act.subject.unit, act.subject.thing.company, _next(act) if act.values else None)
    return tuple(unit for unit in known if unit is not None)


KIND: Final = ChangeKind(
    id="mine_company",
    title="变更上级公司",
    subject="mine",
    help="煤矿转让、划转，或者不再有上级公司。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
    tells=_told,
)
