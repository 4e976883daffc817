"""Obligations: worked examples turn out as written, numbers exist, something can show that each was done."""

from collections.abc import Iterator

from kuangan.law import local, paper
from kuangan.law.duty.obligation_file import EVENT, Obligation, example_problems, obligations
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.source import CorpusError
from kuangan.law.time.calendar import workdays


def check() -> Iterator[Problem]:
    """Problems of all obligations."""
    keys = {entry.key for entry in local.all_values()}
    templates = {template.id for template in paper.templates()}
    for obligation in obligations().values():
        where = f"obligations/{obligation.id}"
        missing = [key for key in (obligation.times_key, obligation.span_key) if key and key not in keys]
        if missing:
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
    for evidence in obligation.evidence:
        if evidence.paper and evidence.paper not in templates:
            yield f"没有文书 {evidence.paper!r}"
    if not obligation.examples and not (obligation.cadence == EVENT and obligation.trigger and obligation.trigger.due):
        yield "没有样例"
    try:
        yield from example_problems(obligation, workdays())
    except (CorpusError, LookupError, ValueError) as error:
        yield f"样例无法计算：{error}"
