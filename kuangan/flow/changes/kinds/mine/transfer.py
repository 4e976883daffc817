"""移交监管: another bureau supervises the mine from a day on, and its open work goes with it (docs/how-to/transfer.md)."""

from collections.abc import Iterator
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.core.models import Unit
from kuangan.flow.changes.grammar import DOCUMENTED, ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_CITY
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.transfer import open_work, transfer
from kuangan.law.field import Field
from kuangan.law.ledger import ledger_by_id
from kuangan.mine.actions import SUPERVISING
from kuangan.mine.models import Mine


def _bureaus(mine: Mine) -> list[Unit]:
    """Those that may supervise it in the place of the present one: of its county and of its city."""
    bureaus = Unit.objects.filter(kind__in=SUPERVISING, closed_on=None).exclude(pk=mine.supervisor_id)
    return [bureau for bureau in bureaus.order_by("path") if mine.unit.path.startswith(bureau.scope_path)]


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    choices = tuple((bureau.code, bureau.name) for bureau in _bureaus(subject.thing))
    return (Field("supervisor", "接收单位", "choice", choices=choices),)


def _next(act: ChangeAct) -> Unit:
    return Unit.objects.get(code=act.values["supervisor"])


def _does(act: ChangeAct) -> Outcome:
    change = transfer(
        actor=act.actor,
        mine=act.subject.thing,
        supervisor=_next(act),
        valid_from=act.effective_on,
        basis=act.basis,
        at=act.now,
    )
    return {"change": change.pk, "before": change.before.code if change.before else ""}


def _previews(act: ChangeAct) -> Iterator[Effect]:
    mine, after = act.subject.thing, _next(act)
    before, work = mine.supervisor, open_work(mine, after, max(act.effective_on, civil_date(act.now)), act.now)
    yield Effect("日常监管主体", before.name, after.name)
    for title, count in work.by_procedure:
        yield Effect(f"在办：{title}", f"{before.name} {count} 件", f"{after.name}继续办理，期限不变")
    if work.anew:
        numbers = "、".join(case.number for case in work.anew)
        yield Effect("尚未决定的建议", numbers, f"退回起草，由{after.name}重新提出、审核")
    if work.duties:
        yield Effect("未到期履职事项", f"{before.name} {work.duties} 项", f"{after.name}，期限不变")
    if work.late:
        yield Effect("逾期履职事项", f"{before.name} {len(work.late)} 项", f"仍由{before.name}负责")
    for entry in work.entries:
        yield Effect(
            f"{ledger_by_id(entry.ledger).title}第{entry.serial}号",
            "有效",
            f"止于{act.effective_on}前一日，由{after.name}另行登记",
        )
    yield Effect("已编号文书、处罚案件、督办函和交办事项", before.name, f"仍属{before.name}")


def _told_by_itself(_act: ChangeAct) -> tuple[Unit, ...]:
    """Both bodies and the mine are told by the transfer."""
    return ()


KIND: Final = ChangeKind(
    id="mine_transfer",
    title="移交日常监管",
    subject="mine",
    help="变更煤矿的日常监管主体，在办事项随之移交；须有确定监管主体的文件。移交有误的，再办理一次移交。",
    fields=_fields,
    does=_does,
    previews=_previews,
    makes=THE_CITY,
    proposes=SUPERVISOR,
    accepts=THE_CITY,
    rests_on=DOCUMENTED,
    tells=_told_by_itself,
)
