"""办件: the list, and one page for every procedure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.casework import actions
from kuangan.casework.models import Case
from kuangan.casework.openings import named
from kuangan.casework.queries import (
    calls_visible_to,
    cases_visible_to,
    checks_of,
    children_of,
    clocks_visible_to,
    duties_of,
    episodes_of,
    files_of,
    findings_of,
    is_told,
    is_told_only,
    moves_visible_to,
    notices_visible_to,
    papers_of,
    relied_on,
    resting_on,
    source_of,
    told_state_of,
    with_running_clocks,
)
from kuangan.casework.readers import SealReader
from kuangan.casework.relations import Relations, keeper_of, related_units
from kuangan.casework.view import Choice, at_home, choices_of, parties_of, views_of
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.flow.alarms.queries import regroupings_of
from kuangan.law.cite import Cite
from kuangan.law.procedure import CaseView, Matter, Move, Party
from kuangan.law.role import Role
from kuangan.ledger.queries import entry_in_sight
from kuangan.web.cases.beside import (
    CHECKS,
    CLOCKS,
    DUTIES,
    EPISODES,
    OVERLIMITS,
    PAPERS,
    RELATED,
    evidence_columns,
    told_table,
    ways_table,
)
from kuangan.web.cases.filters import CaseFilters, fact_columns
from kuangan.web.cases.lists import COLUMNS, level_row
from kuangan.web.cases.record import NOT_OPENED, InputOpened, Seals, flow_of, steps_of
from kuangan.web.cases.regroup import joinable_cases, proposal_words
from kuangan.web.cases.sight import case_in_sight, trail_in_sight
from kuangan.web.cases.words import law_of
from kuangan.web.cases.work import is_wanted, refusal, subjects_of
from kuangan.web.frame.doors import MINE, OVERSEERS, door, holds_of, leading
from kuangan.web.frame.files import open_attachment
from kuangan.web.frame.lists import export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare, table


@door(*OVERSEERS, *MINE)
def cases(request: Request) -> HttpResponse:
    """The list of cases in sight, newest first."""
    filters = CaseFilters(request)
    filtered = filters.applied(cases_visible_to(request.user)).order_by("-opened_at", "-pk")
    if wants_export(request):
        return export("办件清单", (*COLUMNS, *fact_columns(filters.law, request.user)), filtered.iterator())
    filtered = with_running_clocks(request.user, filtered)
    cases = table(
        request,
        COLUMNS,
        filtered,
        filters,
        row=level_row,
        nothing=none_of("办件", filters),
        hint=leading(
            request, "辖区内发生超限报警后，平台会自动立案并显示在这里；其他事项由人员立案：", "new_cases", "新办"
        ),
    )
    return show(request, "cases/list.html", table=cases, opens=bool(named(holds_of(request))))


@dataclass(frozen=True)
class Way:
    """A step out of the case's state, as the page offers it: about which party, by whom, whether the reader's, and what is against it.

    ``wanted``: the case waits for the reader to make it; one that he has made, or may make besides, is not.
    """

    move: Move
    mine: bool
    refused: str
    who: str
    party: Party | None = None
    wanted: bool = False

    @property
    def label(self) -> str:
        """The step in words, with whom it is about."""
        return f"{self.move.label}（{self.party.name}）" if self.party else self.move.label


def ways_of(request: Request, case: Case, at: datetime, units: Relations | None = None) -> list[Way]:
    """The steps that can be made now, the reader's own first, of those the ones that wait for him; none while a decision waits for its service on the reader.

    Who is only told of the case reads of no internal step; what one may do about a party is offered where nothing stands against it.
    ``units``: the case's relations where they are known.
    """
    if told_state_of(case) != case.state:
        return []
    units, told_only = units or related_units(case), is_told_only(request.user, case)
    view = views_of([case], at, {case.pk: units})[case.pk]
    possible = choices_of(holds_of(request), units, case)
    offered = [choice for choice in possible if not (told_only and choice.move.internal)]
    ways = [
        _way(request, case, view, units, choice, party, at)
        for choice in offered
        for party in subjects_of(view, choice.move)
    ]
    ways = [way for way in ways if not (way.party and way.move.optional and way.refused)]
    return sorted(ways, key=lambda way: (not way.mine, bool(way.refused), not way.wanted))


def _way(
    request: Request, case: Case, view: CaseView, units: Relations, choice: Choice, party: int, at: datetime
) -> Way:
    """One step about one party (0: none) as the reader is offered it."""
    move, held = choice.move, choice.standing
    return Way(
        move=move,
        mine=held is not None,
        refused=refusal(view, move, request.user, held, at, at_home(holds_of(request), units), party) or ""
        if held
        else "",
        who=_by_whom(choice, units),
        party=view.party(party) if party else None,
        wanted=held is not None and is_wanted(law_of(case), view, move, held, party),
    )


def _by_step(ways: Iterable[Way]) -> list[Way]:
    """Each step once, whomever it is about."""
    return list({way.move.id: way for way in ways}.values())


def _by_whom(choice: Choice, units: Relations) -> str:
    """县应急管理局 值班员、执法人员; several units with ；. Roles that such a unit does not have are left out."""
    by_unit: dict[str, list[str]] = {}
    for by in choice.move.by:
        unit, role = units.get(by.relation), Role(by.role) if by.role else None
        if unit is None and by.relation == "relieved":
            continue  # nobody has taken the case over
        if unit is None or role is None or role.works_at(unit.kind):
            by_unit.setdefault(unit.name if unit else "未登记单位", []).extend([role.label] if role else [])
    return "；".join(f"{name} {'、'.join(roles)}".strip() for name, roles in by_unit.items())


@door(*OVERSEERS, *MINE)
def case(request: Request, pk: int) -> HttpResponse:
    """One case: state, what can be done now and by whom, clocks, facts, papers, evidence, record."""
    return _page(request, case_in_sight(request, pk))


@door(*OVERSEERS, *MINE, methods=("POST",))
def open_input(request: Request, pk: int, step: int, name: str) -> HttpResponse:
    """The case with one sealed input in clear, this once: who opens it does so by an act that is recorded."""
    case = case_in_sight(request, pk)
    made = get_object_or_404(moves_visible_to(request.user, case), pk=step)
    try:
        text = actions.open_input(actor=request.user, case=case, step=made, name=name, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("case", pk=pk)
    return _page(request, case, InputOpened(step, name, text))


def _page(request: Request, case: Case, opened: InputOpened | None = None) -> HttpResponse:
    moment = clock.now()
    file = file_of(request, case, Seals(SealReader(request.user, case, moment), opened))
    units = related_units(case)
    ways = ways_of(request, case, moment, units)
    proposals = regroupings_of(request.user, case).filter(decided_at=None)
    context: dict[str, Any] = {
        **file,
        "flow": flow_of(case, file["steps"]),
        "ways": ways_table(case, [way for way in ways if way.mine]),
        "others": _by_step(way for way in ways if not way.mine),
        **_beside(request, case, file),
        "regroupings": [(proposal, proposal_words(proposal)) for proposal in proposals],
        "joinable": joinable_cases(request, case),
        "events": trail_in_sight(request, case, keeper_of(case, units)),
    }
    template = "cases/_case.html" if request.headers.get("HX-Request") else "cases/case.html"
    context["letter"] = law_of(case).matter == Matter.letter
    context["writes_letters"] = any(hold.unit.pk == case.office_id for hold in holds_of(request))
    return show(request, template, **context)


def _beside(request: Request, case: Case, file: Mapping[str, Any]) -> dict[str, Table]:
    """The lists beside the facts of a case."""
    reader = request.user
    evidence = [(step, attachment) for step in file["steps"] for attachment in step.attachments]
    calls = calls_visible_to(reader, case).select_related("call__unit", "call__answered_by").order_by("-pk")
    notices = notices_visible_to(reader, case).select_related("notice__unit", "notice__received_by__person")
    clocks = clocks_visible_to(reader, case).order_by("stopped_at", "due_at")
    return {
        "clocks": bare(CLOCKS, clocks, "本件没有期限。"),
        "papers": bare(PAPERS, file["papers"], "尚未产生文书。"),
        "duties": bare(DUTIES, duties_of(reader, case)),
        "checks": bare(CHECKS, checks_of(reader, case)),
        "evidence": bare(evidence_columns(case), evidence),
        "related": bare(RELATED, related_cases(request, case)),
        "told": told_table(calls, notices.order_by("-pk")),
    }


def file_of(request: Request, case: Case, seals: Seals = NOT_OPENED) -> dict[str, Any]:
    """What whoever decides must have before him: facts with their law, over-limits, papers, what was done so far."""
    told_only = is_told_only(request.user, case)
    steps = steps_of(case, moves_visible_to(request.user, case), told_only=told_only, seals=seals)
    episodes = episodes_of(request.user, case)
    return {
        "case": case,
        "parties": parties_of(case),
        "taken_over_by": None if told_only else case.taken_over_by,
        "source": entry_in_sight(request.user, case.entry),
        "facts": shown_facts(request.user, case),
        "findings": [(finding, [Cite(*cite) for cite in finding.cites]) for finding in findings_of(request.user, case)],
        "episodes": episodes,
        "episode_list": Table(EPISODES, episodes),
        "overlimits": Table(OVERLIMITS, case.facts.get("overlimits") or ()),
        "papers": papers_of(request.user, case),
        "steps": steps,
    }


def related_cases(request: Request, case: Case) -> list[tuple[str, Case]]:
    """Cases this one came from, led to, or rests on, as far as the person sees them."""
    reader = request.user
    related = [("所依据的超限", alarm) for alarm in relied_on(reader, case)]
    related += [(f"据此作出的{law_of(stop).title}", stop) for stop in resting_on(reader, case)]
    related += [("来源", source) for source in source_of(reader, case)]
    return related + [("后续", child) for child in children_of(reader, case)]


def shown_facts(reader: User, case: Case) -> list[tuple[str, str]]:
    """The facts a reader understands and may know, with their headings."""
    facts = [fact for fact in law_of(case).facts if is_told(reader, case, fact)]
    return [(fact.heading, text) for fact in facts if (text := fact.text(case.facts))]


@door(*OVERSEERS, *MINE)
def attachment(request: Request, pk: int, attachment_id: int) -> FileResponse:
    """A file that somebody added to a case in sight."""
    case = case_in_sight(request, pk)
    return open_attachment(get_object_or_404(files_of(request.user, case), pk=attachment_id))
