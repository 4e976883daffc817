"""Obligations: worked examples turn out as written, numbers exist, something can show that each was done."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from kuangan.law import local, paper
from kuangan.law.duty.obligation_file import EVENT, ONCE, Obligation, example_problems, obligations
from kuangan.law.instrument import instruments
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.source import CorpusError
from kuangan.law.time.calendar import workdays

URGED_BY: Final = timedelta(days=-300)
"""Before the end of its year: what must hold at every moment is urged from the beginning of the year on."""


def check() -> Iterator[Problem]:
    keys = {entry.key for entry in local.all_values()}
    templates = {template.id for template in paper.templates()}
    for obligation in obligations().values():
        where = f"obligations/{obligation.id}"
        if missing := sorted(obligation.keys - keys):
            yield Problem("obligation", where, f"没有本地值 {'、'.join(missing)}")
            continue
        yield from (Problem("obligation", where, message) for message in _messages(obligation, templates))


def _messages(obligation: Obligation, templates: set[str]) -> Iterator[str]:
    if not obligation.evidence:
        yield "没有写明以什么材料认定已履行"
    if not obligation.clauses:
        yield "没有写明对应的条款"
    if obligation.confidence in ("U", "P") and not (obligation.assumed or obligation.times_key or obligation.span_key):
        yield "出处不确定的，须以 assumed 写明待答复的问题"
    yield from _evidence(obligation, templates)
    if not obligation.examples:
        yield "没有样例"
    if obligation.owner == "mine" and obligation.cadence not in (EVENT, ONCE) and "status" not in obligation.mines:
        yield "煤矿的定期、持续事项须写明停产停建时是否仍应履行（mines: status）"
    if obligation.standing and not any(rung.after <= URGED_BY for rung in obligation.ladder):
        yield "持续事项按年计期，年初起就应当具备：催办（ladder）须在届满前300天以前开始"
    cited = instruments().get(obligation.cite.instrument)
    if cited is not None and obligation.valid_from > cited.in_force_from:
        yield f"自 {obligation.valid_from} 起应履行，而《{cited.title}》自 {cited.in_force_from} 起施行，应从施行之日起"
    try:
        yield from example_problems(obligation, workdays())
    except (CorpusError, LookupError, ValueError) as error:
        yield f"样例无法计算：{error}"


def _evidence(obligation: Obligation, templates: set[str]) -> Iterator[str]:
    """Papers exist; a file that the owing unit gave itself shows nothing until the level above has looked at it."""
    if not obligation.accepted and any(evidence.file for evidence in obligation.evidence):
        yield "凭责任单位自行上传的材料认定的，须经上级核实（accepted: true）"
    for evidence in obligation.evidence:
        if evidence.paper and evidence.paper not in templates:
            yield f"没有文书 {evidence.paper!r}"
