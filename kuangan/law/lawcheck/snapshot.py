"""Everything of legal effect in the corpus as one flat mapping from where it stands to what it says.

It also runs on the corpus and grammar of an older version, so that both sides of a comparison are told in the same words.
"""

from collections.abc import Iterable, Iterator

from kuangan.base.digest import digest
from kuangan.law import content, instrument, limit, local, paper
from kuangan.law.cite import Cite
from kuangan.law.duty.obligation_file import Obligation, obligations
from kuangan.law.duty.words import condition_words
from kuangan.law.lawcheck.citations import dated_values
from kuangan.law.ledger import ledgers
from kuangan.law.procedure import Clock, Move, Procedure
from kuangan.law.time import calendar

_OUTCOMES = {"Breach": "Found"}
"""Outcomes told by the name that earlier versions and stored snapshots have, so that a new name is no change of law."""


def snapshot() -> dict[str, str]:
    """Item → its effect in words; two versions are compared line by line."""
    parts = (_instruments, _limits, _locals, _calendars, _rules, _procedures, _papers, _obligations, _ledgers)
    return {where: said for part in parts for where, said in part()}


def _instruments() -> Iterator[tuple[str, str]]:
    for item in instrument.instruments().values():
        until = f"至 {item.in_force_to}" if item.in_force_to else ""
        yield f"法规 {item.id}", f"《{item.title}》{item.number} 自 {item.in_force_from} {until}".strip()
        if getattr(item, "text", ""):
            words = digest([article.text for article in item.articles.values()])
            yield f"法规 {item.id} 条文", f"全文{len(item.articles)}条，校验值{words[:12]}（{item.text}）"
        for article in getattr(item, "summaries", item.articles).values():
            yield f"法规 {item.id} {article.number}", article.text


def _limits() -> Iterator[tuple[str, str]]:
    for quantity in limit.quantities().values():
        for edition in quantity.editions:
            for point in edition.points.values():
                where = f"限值 {quantity.id} {point.place_text} 自 {edition.valid_from}"
                yield where, f"{limit.set_point_text(point)}（{instrument.cite_text(point.cite)}）"


def _locals() -> Iterator[tuple[str, str]]:
    for entry in local.all_values():
        for number, value in enumerate(entry.values, start=1):
            until = getattr(value, "valid_to", None)
            days = f"自 {value.valid_from}" + (f" 至 {until} 前" if until else "")
            mark = "，假定" if value.assumed else ""
            said = f"{days}：{value.value}（{instrument.cite_text(value.cite)}{mark}）"
            yield f"本地值 {entry.city} {entry.key}" + (f" 第{number}项" if number > 1 else ""), said


def _calendars() -> Iterator[tuple[str, str]]:
    for year in calendar.workdays().years.values():
        off = "、".join(str(day) for day in sorted(year.days_off))
        worked = "、".join(str(day) for day in sorted(year.make_up_days))
        yield f"年历 {year.year}", f"放假 {off}；上班 {worked}{'（暂定）' if year.provisional else ''}"


def _rules() -> Iterator[tuple[str, str]]:
    for rule in content.rules():
        past = getattr(rule, "past", ())
        cites = _cites(rule.cites) + (f"；旧事依{_cites(past)}" if past else "")
        yield f"规则 {rule.id}", f"{rule.title}（{cites}）→ {rule.procedure or '仅提示'}"
        for example in rule.examples:
            outcome = example.outcome.__name__
            yield f"规则 {rule.id} 样例 {example.title}", _OUTCOMES.get(outcome, outcome)
    for where, dated in dated_values():
        for value in dated.values:
            yield f"数值 {where} 自 {value.valid_from}", f"{value.value}（{instrument.cite_text(value.cite)}）"


def _cites(cites: Iterable[Cite]) -> str:
    return "、".join(instrument.cite_text(cite) for cite in cites)


def _procedures() -> Iterator[tuple[str, str]]:
    for procedure in content.procedures():
        for move in procedure.moves:
            yield f"程序 {procedure.id} 步骤 {move.id}", _move(procedure, move)
            for effect in getattr(move, "sets", ()):
                turns = "、".join(f"{before or '不明'} → {after}" for before, after in effect.turns.items())
                said = turns or f"恢复 {effect.restores} 之前的"
                yield f"程序 {procedure.id} 步骤 {move.id} 写入 {effect.attribute}", said
        for clock in procedure.clocks:
            yield f"程序 {procedure.id} 期限 {clock.id}", _clock(procedure, clock)


def _move(procedure: Procedure, move: Move) -> str:
    sources = "、".join(procedure.state(state).label for state in move.sources)
    target = procedure.state(move.target).label if move.target else "不变"
    actors = "、".join(f"{by.relation}/{by.role}" for by in move.by)
    cites = f"（{_cites(move.cites)}）" if move.cites else ""
    return f"{move.label}{cites}：{sources} → {target}，由 {actors}，文书 {[use.template for use in move.papers]}"


def _clock(procedure: Procedure, clock: Clock) -> str:
    kind = "最短" if clock.kind == "floor" else "最长"
    during = "、".join(procedure.state(state).label for state in clock.during)
    return f"{clock.label}（{kind}）：自 {list(clock.starts)} 至 {list(clock.stops)}{f'，处于 {during} 时' if during else ''}"


def _papers() -> Iterator[tuple[str, str]]:
    for template in paper.templates():
        fields = "、".join(field.label for field in template.fields)
        said = f"{template.title}（{_cites(template.cites)}）文种 {template.character or '无'}：{fields}"
        yield f"文书 {template.id}", said


def _obligations() -> Iterator[tuple[str, str]]:
    for duty in obligations().values():
        yield f"义务 {duty.id}", _obligation(duty)
        for example in duty.examples:
            yield f"义务 {duty.id} 样例 {example.period}", f"应办 {example.times} 次，{example.due_at} 前"


def _obligation(duty: Obligation) -> str:
    until = f"至 {duty.valid_to}" if duty.valid_to else ""
    span = f"，{duty.span or duty.span_key}内" if duty.span or duty.span_key else ""
    times = duty.times_key or duty.times
    shown = "、".join(item.ledger or item.paper or item.auto or "办理材料" for item in duty.evidence)
    shown += "".join(f"，{item}" for item in condition_words(duty))
    shown += "".join(f"，{name}：{'、'.join(values)}" for name, values in duty.mines.items())
    span += "" if getattr(duty, "rolls", True) else "（节假日不顺延）"
    cite = instrument.cite_text(duty.cite)
    return (
        f"{duty.title}（{cite}）自 {duty.valid_from} {until}：{duty.owner}/{duty.role} {duty.scope} {duty.cadence}"
        f" {times} 次，期限 {duty.due}{span}，凭 {shown}"
    )


def _ledgers() -> Iterator[tuple[str, str]]:
    for item in ledgers().values():
        fields = "、".join(f"{part.label}{'' if part.required else '（选填）'}" for part in item.fields)
        keepers = "、".join(item.keepers)
        cite = instrument.cite_text(item.cite)
        yield f"台账 {item.id}", f"{item.title}（{cite}），由 {keepers} 记录，保存 {item.retention}：{fields}"
        for held in item.constraints:
            span = getattr(held, "span_key", "")
            yield f"台账 {item.id} 约束 {held.left} {held.operator} {held.right}", f"{held.message}{span}"
        for effect in getattr(item, "sets", ()):
            keepers = "、".join(effect.by)
            yield f"台账 {item.id} 写入 {effect.attribute}", f"自 {effect.day} 起为 {effect.value}，由 {keepers} 记录的"
