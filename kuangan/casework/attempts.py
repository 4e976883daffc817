"""A move before it is made: whether it is possible, what it would bring about, and what of it its maker signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kuangan.casework.inputs import clean, stored
from kuangan.casework.models import Case
from kuangan.casework.relations import related_units
from kuangan.casework.view import Standing, attempt_of, is_system, standing, view_of
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import roles_of
from kuangan.core.signing import Act, Confirmation, Sheet, Verb, paper_subject, spend
from kuangan.law.content import procedure
from kuangan.law.paper import load_template
from kuangan.law.procedure import Attempt, CaseView, Move, PaperUse
from kuangan.paper.models import Paper


@dataclass(frozen=True)
class Prepared:
    """A move as it would be made at a moment; ``papers`` are those it produces, with their fields."""

    move: Move
    who: Standing | None
    values: Mapping[str, Any]
    view: CaseView
    attempt: Attempt
    papers: tuple[tuple[PaperUse, dict[str, Any]], ...]


def possible(case: Case, move_id: str) -> Move:
    """The move, if the procedure has it and the case's state allows it. Raises :class:`Refused`."""
    law = procedure(case.procedure)
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
    who = standing(roles_of(actor, at), related_units(case), move)
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
    values = clean(move, inputs, with_files=with_files)
    view, attempt = view_of(case, at), attempt_of(actor, who, values, at)
    if guarded:
        _guard(move, view, attempt)
    papers = tuple((use, use.content(view, attempt)) for use in move.papers)
    return Prepared(move, who, values, view, attempt, papers)


def _guard(move: Move, view: CaseView, attempt: Attempt) -> None:
    refusals = [reason for guard in move.checks if (reason := guard(view, attempt))]
    if refusals:
        raise Refused("；".join(refusals))


def preview(
    *, actor: User, case: Case, move_id: str, inputs: Mapping[str, Any], at: datetime
) -> list[tuple[str, dict[str, Any]]]:
    """The papers a move would produce, as (template, content), without making it. Raises :class:`Refused`."""
    made = prepared(actor=actor, case=case, move_id=move_id, inputs=inputs, at=at, with_files=False, guarded=False)
    return [(use.template, content) for use, content in made.papers]


def issuer(case: Case, who: Standing | None) -> Unit:
    """The unit whose papers a move produces."""
    return who.hold.unit if who else case.mine.supervisor


def acts_of(*, actor: User, case: Case, move_id: str, inputs: Mapping[str, Any], at: datetime) -> tuple[Act, ...]:
    """What who makes this move signs, as it stands at ``at``: the step, then each paper it freezes, serves or publishes.

    Files sent along are not part of it. Raises :class:`Refused` where the move is not possible or not filled in.
    """
    made = prepared(actor=actor, case=case, move_id=move_id, inputs=inputs, at=at, with_files=False)
    unit = issuer(case, made.who).name
    frozen = [
        Act(
            Verb.freeze,
            paper_subject(use.template, case.path),
            f"签发《{load_template(use.template).title}》",
            {"fields": content},
            Sheet(use.template, content, unit),
            moving=True,
        )
        for use, content in made.papers
        if use.frozen
    ]
    return (_step(case, made), *frozen, *_on_papers(case, made.move))


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
    values = {name: value for name, value in stored(made.values).items() if name not in files}
    content = {
        "state": case.state,
        "moves": len(made.view.done),
        "inputs": values,
        "papers": {use.template: content for use, content in made.papers},
        "shown": {template: _newest(case, template).pdf_sha256 for template in _shown(case, made.move)},
    }
    return Act(Verb.step, f"casework.case:{case.pk}:{made.move.id}", f"{case.number}：{made.move.label}", content)


def _on_papers(case: Case, move: Move) -> list[Act]:
    """Service, publication and looking at papers that the case has already."""
    done = []
    for verb, word, template in ((Verb.serve, "送达", move.serves), (Verb.publish, "公布", move.publishes)):
        if template:
            title = load_template(template).title
            sheet = _sheet(case, template) if template in _shown(case, move) else None
            done.append(Act(verb, paper_subject(template, case.path), f"{word}《{title}》", {}, sheet, moving=True))
    looked = [Act(Verb.step, f"seen:{each}", "", {}, _sheet(case, each)) for each in move.shows if _held(case, each)]
    return done + looked


def _shown(case: Case, move: Move) -> list[str]:
    """The templates of papers that the case has and the move shows, serves or publishes, but does not produce itself."""
    made = {use.template for use in move.papers}
    wanted = (*move.shows, move.serves, move.publishes)
    return [each for each in dict.fromkeys(wanted) if each and each not in made and _held(case, each)]


def _held(case: Case, template: str) -> bool:
    return case.papers.filter(paper__template=template).exclude(paper__state="draft").exists()


def _newest(case: Case, template: str) -> Paper:
    held = case.papers.filter(paper__template=template).exclude(paper__state="draft")
    return held.select_related("paper__unit").latest("pk").paper


def _sheet(case: Case, template: str) -> Sheet:
    paper = _newest(case, template)
    return Sheet(template, paper.data, paper.unit.name, paper.number or "", paper.frozen_at)
