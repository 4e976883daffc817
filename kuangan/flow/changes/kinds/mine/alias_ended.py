"""停用其他编码: from a day on a code means the mine no more, and may be another's."""

from collections.abc import Iterator
from typing import Final

from kuangan.base.clock import civil_date, now
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import OPERATOR, SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import end_alias, go_on_with_alias
from kuangan.mine.models import MineAlias
from kuangan.mine.queries.aliases import aliases_on


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    known = aliases_on(civil_date(now())).filter(mine=subject.thing, until_on=None)
    return (Field("alias", "停用的编码", "choice", choices=tuple((str(alias.pk), alias.code) for alias in known)),)


def _alias(act: ChangeAct) -> MineAlias:
    return MineAlias.objects.select_related("mine").get(mine=act.subject.thing, pk=int(act.values["alias"]))


def _does(act: ChangeAct) -> Outcome:
    return {"alias": end_alias(actor=act.actor, alias=_alias(act), on=act.effective_on, at=act.now).pk}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    alias = MineAlias.objects.select_related("mine").get(pk=outcome["alias"])
    go_on_with_alias(actor=act.actor, alias=alias, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    mine = act.subject.thing
    yield Effect(f"编码{_alias(act).code}", mine.name, f"自{act.effective_on}起不识别，用该编码报送的文件退回")


def _fits(subject: ChangeSubject) -> bool:
    return MineAlias.objects.filter(mine=subject.thing, until_on=None, withdrawn_at=None).exists()


KIND: Final = ChangeKind(
    id="mine_alias_ended",
    title="停用其他编码",
    subject="mine",
    help="该编码不再使用，或者改属其他煤矿。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=(*SUPERVISOR, *OPERATOR),
    proposes=THE_MINE,
    fits=_fits,
)
