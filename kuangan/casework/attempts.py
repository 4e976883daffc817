"""A move before it is made: whether it is possible, what it would bring about, and what of it its maker signs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kuangan.casework.inputs import PARTY, CaseSight, clean, restored
from kuangan.casework.models import Case
from kuangan.casework.relations import keeper_of, related_units
from kuangan.casework.view import Standing, at_home, attempt_of, is_system, standing, view_of
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import roles_of
from kuangan.core.signing import Act, Confirmation, PaperSheet, Verb, paper_subject, spend
from kuangan.core.values.sealing import told
from kuangan.law.content import procedure_by_id
from kuangan.law.paper import load_template
from kuangan.law.procedure import Attempt, CaseView, Move, PaperUse
from kuangan.paper.models import Paper


@dataclass(frozen=True)
class Prepared:
    """A move as it would be made at a moment; ``kept`` and ``values``: its inputs as stored and as typed; ``papers`` are those it produces, with their fields."""

    move: Move
    who: Standing | None
    kept: Mapping[str, Any]
    values: Mapping[str, Any]
    view: CaseView
    attempt: Attempt
    papers: tuple["PaperMade", ...]


@dataclass(frozen=True)
class PaperMade:
    """A paper that a move produces, with its fields; ``party``: about whom, 0 for nobody of the parties."""

    use: PaperUse
    content: dict[str, Any]
    party: int = 0

    @property
    def key(self) -> str:
        """What names it among the papers of the move."""
        return f"{self.use.template}:{self.party}" if self.party else self.use.template


def possible(case: Case, move_id: str) -> Move:
    """The move, if the procedure has it and the case's state allows it. Raises :class:`Refused`."""
    law = procedure_by_id(case.procedure)
    try:
        move = law.move(move_id)
    except KeyError:
        raise Refused(f"“{law.title}”没有这一步骤：{move_id}") from None
    if case.state not in move.sources:
        raise Refused(
            f"{case.number}当前为“{law.state(case.state).label}”，不能办理“{move.label}”；可能已被他人办理，请刷新页面"
        )
    return move


def admitted(actor: User | None, case: Case, move: Move, at: datetime) -> Standing | None:
    """By which hold the actor makes the move; None for the platform. Raises :class:`Refused`."""
    if actor is None:
        if is_system(move):
            return None
        raise Refused(f"“{move.label}”须由人员办理，系统不得代为决定")
    who = standing(roles_of(actor, at), related_units(case), move.by)
    if who is None:
        raise Refused(f"您不具有办理“{move.label}”的岗位职责")
    return who


def prepared(
    *,
    actor: User | None,
    case: Case,
    move_id: str,
    inputs: Mapping[str, Any],
    at: datetime,
    with_files: bool = True,
    guarded: bool = True,
) -> Prepared:
    """The move as it would be made. Raises :class:`Refused`: state, role, inputs, guards.

    ``with_files`` False: files that will be sent along are not missed yet. ``guarded`` False: a look, however it may end.
    """
    move = possible(case, move_id)
    who = admitted(actor, case, move, at)
    kept = clean(move, own_inputs(move, inputs), sight_of(case, who, actor), with_files=with_files)
    values, view = restored(move, kept), view_of(case, at)
    attempt = attempt_of(actor, who, values, at, party_meant(move, view, inputs), _home(actor, case, at))
    if guarded:
        _guard(move, view, attempt)
    return Prepared(move, who, kept, values, view, attempt, _papers(move, view, attempt))


def _home(actor: User | None, case: Case, at: datetime) -> frozenset[str]:
    return at_home(roles_of(actor, at), related_units(case)) if actor else frozenset()


def sight_of(case: Case, who: Standing | None, actor: User | None) -> CaseSight:
    """What a form of the case may name when it is filled in by this hold."""
    return CaseSight(case.unit, who.hold.unit if who else None, actor)


def own_inputs(move: Move, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of the move's own fields, without the party that it is about."""
    return {name: value for name, value in inputs.items() if not (move.party and name == PARTY)}


def party_meant(move: Move, view: CaseView, inputs: Mapping[str, Any]) -> int:
    """About which party the move is, 0 for a move about none. Raises :class:`Refused` where it is not said."""
    if not move.party:
        return 0
    given = str(inputs.get(PARTY, ""))
    for party in view.parties:
        if str(party.id) == given:
            return party.id
    raise Refused(f"“{move.label}”须选择当事人")


def own_step(case: Case, at: datetime, party: int = 0) -> Move | None:
    """The platform's first step out of the state that its guards let it make now (about a party); those of clocks that lapse are none."""
    law = procedure_by_id(case.procedure)
    lapses = {clock.lapse_move for clock in law.clocks}
    steps = [move for move in law.system_moves(case.state) if move.checks and move.id not in lapses]
    view = view_of(case, at)
    for move in steps:
        attempt = attempt_of(None, None, {}, at, party if move.party else 0)
        if (party or not move.party) and not any(guard(view, attempt) for guard in move.checks):
            return move
    return None


def may_step(case: Case, move_id: str, at: datetime, party: int = 0) -> bool:
    """Whether a step of the platform is possible now: its state, and what its guards say."""
    move = procedure_by_id(case.procedure).move(move_id)
    if case.state not in move.sources:
        return False
    view, attempt = view_of(case, at), attempt_of(None, None, {}, at, party)
    return not any(guard(view, attempt) for guard in move.checks)


def _papers(move: Move, view: CaseView, attempt: Attempt) -> tuple[PaperMade, ...]:
    """What the move produces: one for each party where its papers say so."""
    made = []
    for use in move.papers:
        about = [party.id for party in view.parties] if use.each_party else [attempt.party]
        made += [PaperMade(use, use.content(view, replace(attempt, party=party)), party) for party in about]
    return tuple(made)


def _guard(move: Move, view: CaseView, attempt: Attempt) -> None:
    refusals = [reason for guard in move.gates if (reason := guard(view, attempt))]
    if refusals:
        raise Refused("；".join(refusals))


def preview(
    *, actor: User, case: Case, move_id: str, inputs: Mapping[str, Any], at: datetime
) -> list[tuple[str, dict[str, Any]]]:
    """The papers a move would produce, as (template, content), without making it. Raises :class:`Refused`."""
    made = prepared(actor=actor, case=case, move_id=move_id, inputs=inputs, at=at, with_files=False, guarded=False)
    return [(paper.use.template, paper.content) for paper in made.papers]


def issuer(case: Case, who: Standing | None) -> Unit:
    """The unit whose papers a move produces."""
    return who.hold.unit if who else keeper_of(case)


def acts_of(*, actor: User, case: Case, move_id: str, inputs: Mapping[str, Any], at: datetime) -> tuple[Act, ...]:
    """What who makes this move signs, as it stands at ``at``: the step, then each paper it freezes, serves or publishes.

    Files sent along are not part of it. Raises :class:`Refused` where the move is not possible or not filled in.
    """
    made = prepared(actor=actor, case=case, move_id=move_id, inputs=inputs, at=at, with_files=False)
    unit = issuer(case, made.who).name
    frozen = [
        Act(
            Verb.freeze,
            paper_subject(paper.use.template, case.path),
            f"签发《{load_template(paper.use.template).title}》",
            {"fields": paper.content},
            PaperSheet(paper.use.template, paper.content, unit),
            moving=True,
        )
        for paper in made.papers
        if paper.use.frozen
    ]
    return (_step(case, made), *frozen, *_on_papers(case, made))


def require_confirmed(
    confirmation: Confirmation | None, actor: User, case: Case, move: Move, inputs: Mapping[str, Any]
) -> None:
    """The step must be just what its maker saw and confirmed. Raises :class:`Refused`."""
    if confirmation is None:
        spend(None, actor, Verb.step, "", f"“{move.label}”")
        return
    acts = acts_of(actor=actor, case=case, move_id=move.id, inputs=inputs, at=confirmation.seen_at)
    spend(confirmation, actor, Verb.step, acts[0].subject, f"“{move.label}”", acts[0].content)


def _step(case: Case, made: Prepared) -> Act:
    """The move itself: what was filled in, its papers, and how far the case has come."""
    files = {field.name for field in made.move.fields if field.kind == "files"}
    values = {name: value for name, value in made.kept.items() if name not in files}
    values = told(made.move.fields, values, "inputs")["inputs"]
    content = {
        "state": case.state,
        "moves": len(made.view.done),
        "inputs": values,
        "papers": {paper.key: paper.content for paper in made.papers},
        "shown": {template: held.pdf_sha256 for template, held in _shown(case, made).items()},
    }
    if made.attempt.party:
        content[PARTY] = made.attempt.party
    return Act(Verb.step, f"casework.case:{case.pk}:{made.move.id}", f"{case.number}：{made.move.label}", content)


def _on_papers(case: Case, made: Prepared) -> list[Act]:
    """Service, publication and looking at papers that the case has already."""
    done, move, shown = [], made.move, _shown(case, made)
    for verb, word, template in ((Verb.serve, "送达", move.serves), (Verb.publish, "公布", move.publishes)):
        if template:
            title = load_template(template).title
            sheet = _sheet(shown[template]) if template in shown else None
            done.append(Act(verb, paper_subject(template, case.path), f"{word}《{title}》", {}, sheet, moving=True))
    held = ((template, newest_of(case, template, made.attempt.party)) for template in move.shows)
    looked = [Act(Verb.step, f"seen:{template}", "", {}, _sheet(paper)) for template, paper in held if paper]
    return done + looked


def _shown(case: Case, made: Prepared) -> dict[str, Paper]:
    """The papers that the case has and the move shows, serves or publishes, but does not produce itself; by template."""
    move = made.move
    own = {use.template for use in move.papers}
    wanted = dict.fromkeys(
        template for template in (*move.shows, move.serves, move.publishes) if template and template not in own
    )
    held = {template: newest_of(case, template, made.attempt.party) for template in wanted}
    return {template: paper for template, paper in held.items() if paper}


def newest_of(case: Case, template: str, party: int = 0) -> Paper | None:
    """The case's newest frozen paper of a template (about a party), with its unit."""
    held = case.papers.filter(paper__template=template).exclude(paper__state="draft")
    if party:
        held = held.filter(party=party)
    link = held.select_related("paper__unit").order_by("pk").last()
    return link.paper if link else None


def _sheet(paper: Paper) -> PaperSheet:
    return PaperSheet(paper.template, paper.data, paper.unit.name, paper.number or "", paper.frozen_at)
