"""Procedures: every state is reached and left, every clock stops, every move has a label, an actor and its papers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from kuangan.law import content, limit, local, paper
from kuangan.law.consequence import CONSEQUENCES
from kuangan.law.field import Field, faults_of
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import ledgers
from kuangan.law.procedure import RELATIONS, SYSTEM, By, Clock, Move, Procedure, State
from kuangan.law.role import Role
from kuangan.law.time.span import Span

OF_THE_SIGNATURE = ("seen", "code")
"""What the form of a signature calls its own inputs."""
LEVELS = ("red", "orange", "yellow", "blue")


def check() -> Iterator[Problem]:
    for procedure in content.procedures():
        where = f"procedures/{procedure.id}"
        for message in (
            *_ids(procedure),
            *_states(procedure),
            *_moves(procedure),
            *_clocks(procedure),
            *_handed(procedure),
        ):
            yield Problem("procedure", where, message)


def _ids(procedure: Procedure) -> Iterator[str]:
    parts: tuple[tuple[str, Iterable[Any]], ...] = (
        ("状态", procedure.states),
        ("步骤", procedure.moves),
        ("期限", procedure.clocks),
    )
    for what, items in parts:
        for item_id, count in Counter(item.id for item in items).items():
            if count > 1:
                yield f"{what} {item_id!r} 重复"
        yield from (f"{what} {item.id!r} 没有名称" for item in items if not item.label)


def _states(procedure: Procedure) -> Iterator[str]:
    known = {state.id for state in procedure.states}
    terminal = {state.id for state in procedure.states if state.terminal}
    reached = reachable(procedure, {procedure.initial})
    yield from (f"状态 {state_id!r} 无法到达" for state_id in sorted(known - reached))
    for state_id in sorted(known - terminal):
        if not terminal & reachable(procedure, {state_id}):
            yield f"状态 {state_id!r} 到不了任何终结状态"
    for state in procedure.states:
        yield from _turn(procedure, state)


def _turn(procedure: Procedure, state: State) -> Iterator[str]:
    """An open state says whose turn it is, a terminal one how the case came out."""
    if not state.terminal and not state.waits_for:
        yield f"状态 {state.id!r} 未写明轮到谁办理"
    if state.terminal and not state.outcome:
        yield f"状态 {state.id!r} 未写明结果（done、undone 或 stands）"
    yield from named(f"状态 {state.id!r}", state.waits_for)
    missing = [step for step in state.maker_of if procedure.step(step) is None]
    yield from (f"状态 {state.id!r} 引用了不存在的步骤 {step!r}" for step in missing)


def _moves(procedure: Procedure) -> Iterator[str]:
    known = {state.id for state in procedure.states}
    templates = {template.id for template in paper.templates()}
    for move in procedure.moves:
        targets = {move.target} if move.target else set()
        for state in sorted((set(move.sources) | targets) - known):
            yield f"步骤 {move.id!r} 引用了不存在的状态 {state!r}"
        if not move.sources:
            yield f"步骤 {move.id!r} 没有起始状态"
        for use in move.papers:
            if use.template not in templates:
                yield f"步骤 {move.id!r} 的文书 {use.template!r} 不存在"
        yield from _actors(move)
        yield from _fields(move)
        yield from _signature(move)
        yield from _following(procedure, move)
        yield from _apart(procedure, move)
        yield from _editing(procedure, move)


def _handed(procedure: Procedure) -> Iterator[str]:
    """What is made when another body supervises the mine is a step of the platform."""
    if procedure.handed_on and [move.by for move in procedure.moves if move.id == procedure.handed_on] != [(SYSTEM,)]:
        yield f"监管主体变更时的步骤 {procedure.handed_on!r} 须由系统办理"


def named(where: str, people: Iterable[By]) -> Iterator[str]:
    """The relations and roles that a part names."""
    for by in people:
        if by.relation not in RELATIONS:
            yield f"{where}：没有关系 {by.relation!r}"
        if by != SYSTEM and by.role and by.role not in set(Role):
            yield f"{where}：没有角色 {by.role!r}"


def _actors(move: Move) -> Iterator[str]:
    if not move.by:
        yield f"步骤 {move.id!r} 没有办理人，任何人都不能办理"
    yield from named(f"步骤 {move.id!r}", (*move.by, *(tell.to for tell in move.tells)))
    unnamed = [by for by in move.by if not by.role and move.signing]
    yield from (f"步骤 {move.id!r} 须签署，{by.relation!r} 未写明角色" for by in unnamed)
    if move.legal and SYSTEM in move.by:
        yield f"步骤 {move.id!r}：系统不得作出法律决定"


def _following(procedure: Procedure, move: Move) -> Iterator[str]:
    """What a move follows on, undoes, opens and sets off exists."""
    known = {other.id for other in procedure.moves}
    missing = [other for other in (*move.pair, *move.apart, *move.undoes) if other not in known]
    yield from (f"步骤 {move.id!r} 引用了不存在的步骤 {other!r}" for other in missing)
    yield from (
        f"步骤 {move.id!r}：没有台账 {made.ledger!r}，或没有关系 {made.by!r}"
        for made in move.records
        if made.ledger not in ledgers() or made.by not in RELATIONS
    )
    unheard = [consequence for consequence in move.then if consequence not in CONSEQUENCES]
    yield from (f"步骤 {move.id!r}：没有后续事项 {consequence!r}" for consequence in unheard)
    if move.pair and move.by == (SYSTEM,):
        yield f"步骤 {move.id!r}：系统不得作为第二人确认"
    if move.opens and move.opens not in {child.id for child in content.procedures() if child.opens_by_move}:
        yield f"步骤 {move.id!r}：程序 {move.opens!r} 不存在，或不由其他程序的步骤立案"


def _editing(procedure: Procedure, move: Move) -> Iterator[str]:
    """What edits, tells of a clock or names a maker names what is there."""
    facts, clocks = {fact.name for fact in procedure.facts}, {clock.id for clock in procedure.clocks}
    for field in move.fields if move.edits else ():
        if field.name not in facts or field.kind == "files" or field.sealed:
            yield f"步骤 {move.id!r} 修改的 {field.name!r} 须为已声明的事实，且不是附件或密封项"
    for tell in move.tells:
        if tell.clock and tell.clock not in clocks:
            yield f"步骤 {move.id!r} 的通知引用了不存在的期限 {tell.clock!r}"


def _signature(move: Move) -> Iterator[str]:
    """What freezes, serves or publishes a paper is a signing step of people who have a one-time code, or the platform's own."""
    known = {template.id: template for template in paper.templates()}
    people = [by for by in move.by if by != SYSTEM]
    if move.signing and people and not move.legal:
        yield f"步骤 {move.id!r} 定稿、送达或公布文书，须标为签署步骤（legal）"
    for by in people:
        if move.signing and by.role in set(Role) and not Role(by.role).signs:
            yield f"步骤 {move.id!r} 须签署，而角色 {by.role!r} 没有签署权和动态口令"
    yield from (
        f"步骤 {move.id!r} 须签署，输入项不能名为 {field.name!r}（签署栏已用）"
        for field in move.fields
        if move.signing and field.name in OF_THE_SIGNATURE
    )
    for use in move.papers:
        if use.frozen and not people and known.get(use.template) and known[use.template].numbered:
            yield f"步骤 {move.id!r}：系统不得制发编号文书 {use.template!r}"
    if not people and (move.serves or move.publishes):
        yield f"步骤 {move.id!r}：系统不得送达或公布文书"
    for template in (*move.shows, move.serves, move.publishes):
        if template and template not in known:
            yield f"步骤 {move.id!r} 的文书 {template!r} 不存在"
    if move.publishes in known and not known[move.publishes].publish:
        yield f"步骤 {move.id!r} 公布的文书 {move.publishes!r} 不属于公示文书"


def _apart(procedure: Procedure, move: Move) -> Iterator[str]:
    """Who prepared a decision that is served does not make it: the step says from which it is kept apart."""
    served = {other.serves for other in procedure.moves if other.serves}
    numbered = {template.id for template in paper.templates() if template.numbered}
    binds = [use.template for use in move.papers if use.frozen and use.template in served & numbered]
    if binds and move.by != (SYSTEM,) and not move.apart:
        yield f"步骤 {move.id!r} 制发须送达的 {binds[0]!r}，须写明不得由哪些步骤的办理人办理（apart）"
    if move.takes_over and not all(by.relation in ("city", "above") for by in move.by):
        yield f"步骤 {move.id!r}：只有上级（city、above）可以提级办理"


def _fields(move: Move) -> Iterator[str]:
    yield from inputs(f"步骤 {move.id!r}", move.fields)


def inputs(where: str, fields: Iterable[Field]) -> Iterator[str]:
    """What a form asks for: each field says what it is, and a sealed one who may open it."""
    for field in fields:
        asked = f"{where}的输入项 {field.name!r}"
        yield from (f"{asked}：{problem}" for problem in faults_of(field))
        if field.sealed and not field.readers:
            yield f"{asked}密封，须写明谁可以打开（readers），否则任何人都不能查阅"
        yield from named(asked, field.readers)


def _clocks(procedure: Procedure) -> Iterator[str]:
    moves = {move.id: move for move in procedure.moves}
    states = {state.id for state in procedure.states}
    for clock in procedure.clocks:
        yield from (f"期限 {clock.id!r} 引用了不存在的状态 {state!r}" for state in clock.during if state not in states)
        if not clock.during and not clock.starts:
            yield f"期限 {clock.id!r} 永不启动"
        yield from _keys(clock)
        started = set(clock.starts) - {"open", *(way.id for way in procedure.opens_by_person)}
        named = {*clock.stops, *clock.pauses, *clock.resumes, *clock.unlapsed_by, *started}
        for move in sorted((named | ({clock.lapse_move} - {""})) - moves.keys()):
            yield f"期限 {clock.id!r} 引用了不存在的步骤 {move!r}"
        if clock.expires and not clock.lapse_move:
            yield f"期限 {clock.id!r} 届满即止，须写明届满的步骤"
        if clock.lapse_move in moves and SYSTEM not in moves[clock.lapse_move].by:
            yield f"期限 {clock.id!r} 届满的步骤 {clock.lapse_move!r} 须由系统办理"
        beside = clock.calls.beside if clock.calls else ()
        strange = [relation for relation in (*clock.escalates, *beside) if relation not in RELATIONS]
        yield from (f"期限 {clock.id!r}：没有关系 {relation!r}" for relation in strange)
        if bool(clock.pauses) != bool(clock.resumes) or (clock.pauses and clock.kind == "floor"):
            yield f"期限 {clock.id!r}：中止与恢复必须成对，且最短期限不得中止"
        yield from _stops(procedure, clock)
        if not clock.until:
            yield from _span(clock)
        elif clock.until not in {fact.name for fact in procedure.facts if fact.kind == "date"}:
            yield f"期限 {clock.id!r} 的末日 {clock.until!r} 须为已声明的日期事实"


def _keys(clock: Clock) -> Iterator[str]:
    """The local values that calling up people needs."""
    known = {entry.key for entry in local.all_values()}
    for key in (clock.calls.interval, clock.calls.rounds) if clock.calls else ():
        if key not in known:
            yield f"期限 {clock.id!r} 的叫应：没有本地值 {key!r}"


def _stops(procedure: Procedure, clock: Clock) -> Iterator[str]:
    """A clock that states do not stop is stopped by a move that can come from where it starts."""
    terminal = {state.id for state in procedure.states if state.terminal}
    if terminal & set(clock.during):
        yield f"期限 {clock.id!r} 不能在已终结的状态下运行"
    if clock.during:
        return
    started = {procedure.initial} if "open" in clock.starts else set()
    for move in procedure.moves:
        if move.id in clock.starts:
            started |= {move.target} if move.target else set(move.sources)
    ahead = reachable(procedure, started)
    if not any(move.id in clock.stops and ahead & set(move.sources) for move in procedure.moves):
        yield f"期限 {clock.id!r} 启动后没有任何步骤可使其停止"


def _span(clock: Clock) -> Iterator[str]:
    """The length is known for every level on the newest law's first day; other facts stand in as a number."""
    day = max(edition for quantity in limit.quantities() for edition in limit.editions(quantity))
    for level in LEVELS:
        facts: Mapping[str, Any] = defaultdict(lambda: 3, level=level)
        span = _length(clock, day, facts)
        if not isinstance(span, Span):
            yield f"期限 {clock.id!r} 的长度无法确定（{level}）：{span}"
        elif clock.kind == "floor" and span.unit == "workdays":
            yield f"期限 {clock.id!r}：最短期限不得按工作日计算"


def _length(clock: Clock, day: date, facts: Mapping[str, Any]) -> Span | str:
    try:
        return clock.length(day, facts)
    except (LookupError, ValueError) as error:
        return str(error)


def reachable(procedure: Procedure, start: set[str]) -> set[str]:
    """The states that can follow ``start`` (included)."""
    states = set(start)
    while True:
        ahead = {move.target for move in procedure.moves if move.target and states & set(move.sources)}
        if ahead <= states:
            return states
        states |= ahead
