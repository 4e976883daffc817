"""Everything of legal effect in the corpus as one flat mapping from where it stands to what it says."""

from collections.abc import Iterator

from kuangan.law import content, instrument, limit, local, paper
from kuangan.law.duty.obligation_file import Obligation, obligations
from kuangan.law.duty.words import condition_words
from kuangan.law.lawcheck.citations import dated_values
from kuangan.law.ledger import ledgers
from kuangan.law.procedure import Clock, Move, Procedure
from kuangan.law.time import calendar


def snapshot() -> dict[str, str]:
    """Item → its effect in words; two versions are compared line by line."""
    parts = (_instruments, _limits, _locals, _calendars, _rules, _procedures, _papers, _obligations, _ledgers)
    return {where: said for part in parts for where, said in part()}


def _instruments() -> Iterator[tuple[str, str]]:
    for law in instrument.instruments().values():
        until = f"至 {law.in_force_to}" if law.in_force_to else ""
        yield f"法规 {law.id}", f"《{law.title}》{law.number} 自 {law.in_force_from} {until}".strip()
        for article in law.articles.values():
            yield f"法规 {law.id} {article.number}", article.text


def _limits() -> Iterator[tuple[str, str]]:
    for quantity in limit.quantities().values():
        for edition in quantity.editions:
            for point in edition.points.values():
                yield f"限值 {quantity.id} {point.place_text} 自 {edition.valid_from}", limit.set_point_text(point)


def _locals() -> Iterator[tuple[str, str]]:
    for entry in local.all_values():
        for value in entry.values:
            mark = "（假定）" if value.assumed else ""
            yield f"本地值 {entry.city} {entry.key} 自 {value.valid_from}", f"{value.value}{mark}"


def _calendars() -> Iterator[tuple[str, str]]:
    for year in calendar.workdays().years.values():
        off = "、".join(str(day) for day in sorted(year.days_off))
        worked = "、".join(str(day) for day in sorted(year.make_up_days))
        yield f"年历 {year.year}", f"放假 {off}；上班 {worked}{'（暂定）' if year.provisional else ''}"


def _rules() -> Iterator[tuple[str, str]]:
    for rule in content.rules():
        cites = "、".join(instrument.cite_text(cite) for cite in rule.cites)
        yield f"规则 {rule.id}", f"{rule.title}（{cites}）→ {rule.procedure or '仅提示'}"
        for example in rule.examples:
            yield f"规则 {rule.id} 样例 {example.title}", example.outcome.__name__
    for where, dated in dated_values():
        for value in dated.values:
            yield f"数值 {where} 自 {value.valid_from}", str(value.value)


def _procedures() -> Iterator[tuple[str, str]]:
    for procedure in content.procedures():
        for move in procedure.moves:
            yield f"程序 {procedure.id} 步骤 {move.id}", _move(procedure, move)
        for clock in procedure.clocks:
            yield f"程序 {procedure.id} 期限 {clock.id}", _clock(procedure, clock)


def _move(procedure: Procedure, move: Move) -> str:
    sources = "、".join(procedure.state(state).label for state in move.sources)
    target = procedure.state(move.target).label if move.target else "不变"
    actors = "、".join(f"{by.relation}/{by.role}" for by in move.by)
    return f"{move.label}：{sources} → {target}，由 {actors}，文书 {[use.template for use in move.papers]}"


def _clock(procedure: Procedure, clock: Clock) -> str:
    kind = "最短" if clock.kind == "floor" else "最长"
    during = "、".join(procedure.state(state).label for state in clock.during)
    return f"{clock.label}（{kind}）：自 {list(clock.starts)} 至 {list(clock.stops)}{f'，处于 {during} 时' if during else ''}"


def _papers() -> Iterator[tuple[str, str]]:
    for template in paper.templates():
        fields = "、".join(field.label for field in template.fields)
        yield f"文书 {template.id}", f"{template.title} 文种 {template.character or '无'}：{fields}"


def _obligations() -> Iterator[tuple[str, str]]:
    for duty in obligations().values():
        yield f"义务 {duty.id}", _obligation(duty)
        for example in duty.examples:
            yield f"义务 {duty.id} 样例 {example.period}", f"应办 {example.times} 次，{example.due_at} 前"


def _obligation(duty: Obligation) -> str:
    until = f"至 {duty.valid_to}" if duty.valid_to else ""
    span = f"，{duty.span or duty.span_key}内" if duty.span or duty.span_key else ""
    times = duty.times_key or duty.times
    shown = "、".join(evidence.ledger or evidence.paper or evidence.auto or "办理材料" for evidence in duty.evidence)
    shown += "".join(f"，{condition}" for condition in condition_words(duty))
    cite = instrument.cite_text(duty.cite)
    return (
        f"{duty.title}（{cite}）自 {duty.valid_from} {until}：{duty.owner}/{duty.role} {duty.scope} {duty.cadence}"
        f" {times} 次，期限 {duty.due}{span}，凭 {shown}"
    )


def _ledgers() -> Iterator[tuple[str, str]]:
    for ledger in ledgers().values():
        fields = "、".join(f"{field.label}{'' if field.required else '（选填）'}" for field in ledger.fields)
        keepers = "、".join(ledger.keepers)
        yield f"台账 {ledger.id}", f"{ledger.title}，由 {keepers} 记录，保存 {ledger.retention}：{fields}"
