"""How cases begin: every procedure can be opened, every rule that names one can open it, and the texts name what is known."""

from collections import Counter
from collections.abc import Iterable, Iterator
from string import Formatter

from kuangan.law import content
from kuangan.law.consequence import OPENINGS
from kuangan.law.field import Field
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.lawcheck.procedures.parts import inputs, named
from kuangan.law.procedure import RELATIONS, SYSTEM, CaseSubject, FromEntry, FromOutside, FromPerson, Procedure
from kuangan.law.role import Role

ALWAYS = frozenset({"unit", "number"})
SUBJECT = "subject"


def check() -> Iterator[Problem]:
    """Problems of openings, facts and texts."""
    for procedure in content.procedures():
        for message in (*_ways(procedure), *_facts(procedure), *_texts(procedure)):
            yield Problem("procedure", f"procedures/{procedure.id}", message)
    known = {procedure.id: procedure for procedure in content.procedures()}
    for rule in content.rules():
        if rule.procedure and rule.procedure not in known:
            yield Problem("rule", f"rules/{rule.id}", f"没有程序 {rule.procedure!r}")
        elif rule.procedure and known[rule.procedure].opens_by_rule is None:
            yield Problem("rule", f"rules/{rule.id}", f"程序 {rule.procedure!r} 不由规则认定立案，认定后无人办理")


def _ways(procedure: Procedure) -> Iterator[str]:
    if not procedure.opens:
        yield "没有任何途径可以立案"
    by_rule = procedure.opens_by_rule
    if by_rule is not None and by_rule.by and by_rule.by not in OPENINGS:
        yield f"没有立案方式 {by_rule.by!r}"
    if procedure.opens_by_move and not _openers(procedure):
        yield "由其他程序的步骤立案，但没有步骤立此案"
    if procedure.opens_by_entry:
        yield from _by_entry(procedure, procedure.opens_by_entry)
    ids = Counter([*(way.id for way in procedure.opens_by_person), *(move.id for move in procedure.moves)])
    yield from (f"立案 {way.id!r} 与其他步骤重名" for way in procedure.opens_by_person if ids[way.id] > 1)
    for way in procedure.opens_by_person:
        yield from _by_person(way)
        if isinstance(way, FromOutside):
            yield from _from_outside(procedure, way)


def _by_person(way: FromPerson) -> Iterator[str]:
    if not way.by:
        yield f"立案 {way.id!r} 没有办理人，任何人都不能办理"
    for by in way.by:
        if by.relation not in RELATIONS or (by.role and by.role not in set(Role)):
            yield f"立案 {way.id!r}：没有关系或角色 {by.relation!r}、{by.role!r}"
    kinds = {field.name: field.kind for field in way.fields}
    yield from inputs(f"立案 {way.id!r}", way.fields)
    yield from named(f"立案 {way.id!r}", (tell.to for tell in way.tells))
    if SUBJECT in kinds:
        yield f"立案 {way.id!r}：输入项不得名为 {SUBJECT!r}"
    if way.counts_from and kinds.get(way.counts_from) not in ("date", "moment"):
        yield f"立案 {way.id!r}：期限起算项 {way.counts_from!r} 须为日期或时间"


def _from_outside(procedure: Procedure, way: FromOutside) -> Iterator[str]:
    """It begins where a case can stand and is told of, on a day that the form states, with the papers of before."""
    state = next((state for state in procedure.states if state.id == way.state), None)
    if state is None or state.terminal or state.internal:
        yield f"线下转入 {way.id!r}：状态 {way.state!r} 不存在，或者是终结状态、内部状态"
    if not way.counts_from:
        yield f"线下转入 {way.id!r}：须写明期限起算项"
    if not any(field.kind == "files" and field.required for field in way.fields):
        yield f"线下转入 {way.id!r}：须附原文书的扫描件"


def _by_entry(procedure: Procedure, way: FromEntry) -> Iterator[str]:
    """The table has its columns, only the first of which must be filled, and a corrected or vanished row has its step."""
    kinds = {column.name: column.kind for column in way.columns}
    if any(column.required for column in way.columns[1:]) or not way.columns[0].required:
        yield "由台账立案：表中只有首栏必填"
    if kinds.get(way.due) != "date" or (way.settled and kinds.get(way.settled) != "flag"):
        yield "由台账立案：期限栏须为日期，已办结栏须为是否"
    if way.settled_at_once and not way.settled:
        yield "由台账立案：登记时即办结的，须写明已办结栏"
    system = {move.id: move for move in procedure.moves if move.by == (SYSTEM,)}
    undone = procedure.states_of("undone")
    if not way.amend or not set(way.amend) <= set(system) or not any(move.target in undone for move in system.values()):
        yield "由台账立案：没有系统随台账更正、撤销的步骤"


def _openers(procedure: Procedure) -> list[Procedure]:
    """The procedures that have a move which opens this one."""
    return [parent for parent in content.procedures() if any(move.opens == procedure.id for move in parent.moves)]


def _facts(procedure: Procedure) -> Iterator[str]:
    names = Counter(fact.name for fact in procedure.facts)
    yield from (f"事实 {name!r} 重复" for name, count in names.items() if count > 1)
    for fact in procedure.facts:
        if not fact.label:
            yield f"事实 {fact.name!r} 没有名称"
        if (fact.kind == "choice") != bool(fact.choices):
            yield f"事实 {fact.name!r}：选项与类型不符"


def _texts(procedure: Procedure) -> Iterator[str]:
    """Every name in braces is a fact, something entered, or always known."""
    facts = {fact.name for fact in procedure.facts} | ({"duty"} if procedure.subject == CaseSubject.duty else set())
    for where, text, known in _spoken(procedure):
        for name in sorted(_names(text) - ALWAYS - facts - known):
            yield f"{where}的文字引用了未声明的事实 {name!r}"


def _spoken(procedure: Procedure) -> Iterator[tuple[str, str, set[str]]]:
    for move in procedure.moves:
        entered = _open(move.fields) | ({"paper"} if any(use.frozen for use in move.papers) else set())
        for tell in move.tells:
            yield f"步骤 {move.id!r} ", f"{tell.title}{tell.body}", entered
    for clock in procedure.clocks:
        words, calls = clock.words, f"{clock.calls.words}{clock.calls.beside_words}" if clock.calls else ""
        yield f"期限 {clock.id!r} ", f"{words.lapse}{words.reminder}{words.passed}{calls}", {"label", "due"}
    for way in procedure.opens_by_person:
        told = "".join(f"{tell.title}{tell.body}" for tell in way.tells)
        yield f"立案 {way.id!r} ", f"{way.title}{told}", {"procedure"} | _open(way.fields)
    by_entry = procedure.opens_by_entry
    if by_entry:
        yield "由台账立案", by_entry.title, {"procedure", *(column.name for column in by_entry.columns)}
        yield "由台账立案", "".join(by_entry.told), {"ledger", "count", "items"}
    if procedure.opens_by_rule:
        yield "由规则立案", procedure.opens_by_rule.title, {"procedure", "rule", "reason"}
    if procedure.opens_by_move:
        known = {fact.name for parent in _openers(procedure) for fact in parent.facts}
        yield "由步骤立案", procedure.opens_by_move.title, known


def _open(fields: Iterable[Field]) -> set[str]:
    """The inputs that a text may name: what is sealed is told to nobody."""
    return {field.name for field in fields if not field.sealed}


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
