"""监管专员任务：市级下达，专员在办件中报送，市级核查办结或者退回、督办（任务分工2.2）。"""

from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.text import person_name
from kuangan.corpus.procedures._spans import by_local
from kuangan.corpus.procedures.assigned_task.opening import FACTS, FROM_ENTRY, due_of
from kuangan.law.cite import Cite
from kuangan.law.guards import other_person
from kuangan.law.procedure import (
    SYSTEM,
    Attempt,
    By,
    CaseSubject,
    CaseView,
    Clock,
    Field,
    Move,
    Procedure,
    Quiet,
    State,
    Tell,
    Words,
)

REGISTER = Cite("register", "2.2")
COMMISSIONER, SECTION = By("unit", "supervision_commissioner"), By("unit", "section_head")
OFFICE = (By("office", "section_head"), By("office", "enforcement_officer"), By("office", "clerk"))
OPEN = ("assigned", "overdue")
BY_ANOTHER = other_person("answer", refusal="完成情况由您报送，核查须由其他人员办理")
"""A city's own unit may be given a task, too: nobody looks at his own answer."""


def _by_whom_it_names(case: CaseView, attempt: Attempt) -> str | None:
    """The named commissioner answers; the section's head may where he says why."""
    named = person_name(str(case.facts.get("commissioner") or ""))
    if not named or person_name(attempt.person) == named or attempt.inputs.get("instead"):
        return None
    return f"本任务下达给{named}，由其本人报送；由他人代报的，请填写代报原因"


def _late_is_explained(case: CaseView, attempt: Attempt) -> str | None:
    if civil_date(attempt.at) <= due_of(case.facts) or attempt.inputs.get("late_because"):
        return None
    return "完成期限已过，请说明逾期原因"


def _returned(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    until = attempt.inputs["until"]
    again = {"due_on": until.isoformat(), "overdue": False} if until else {}
    return {"returned": int(case.facts.get("returned", 0)) + 1, **again}


def _new_term(case: CaseView, attempt: Attempt) -> str | None:
    until, today = attempt.inputs["until"], civil_date(attempt.at)
    if until is None and today > due_of(case.facts):
        return "原完成期限已过，请填写新的完成期限"
    return "新的完成期限不能早于今日" if until is not None and until < today else None


def _lapsed(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    return {"overdue": True}


def _never_overdue(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    return {"overdue": False}


def _day_lies_ahead(case: CaseView, attempt: Attempt) -> str | None:
    """The day that a correction has set has not passed."""
    return "更正后的完成期限已过" if civil_date(attempt.at) > due_of(case.facts) else None


AMENDED = (Tell(By("unit"), "监管专员任务已更正", "{number}：{item}，完成期限{due_on}。"),)
MOVES = (
    Move(
        "answer",
        "报送完成情况",
        OPEN,
        "answered",
        (COMMISSIONER, SECTION),
        fields=(
            Field("result", "完成情况", "longtext"),
            Field("finished_on", "完成日期", "date"),
            Field("files", "佐证材料", "files"),
            Field("instead", "代报原因", required=False, help="非任务所列专员本人报送的填写"),
            Field("late_because", "逾期原因", "longtext", required=False),
        ),
        guards=(_by_whom_it_names, _late_is_explained),
        cites=(REGISTER,),
        then=("case.receive_notices",),
    ),
    Move(
        "accept",
        "核查办结",
        ("answered",),
        "closed",
        OFFICE,
        fields=(Field("opinion", "核查意见", "longtext", help="写明看了什么、是否属实"),),
        guards=(BY_ANOTHER,),
        cites=(REGISTER,),
        tells=(Tell(By("unit"), "监管专员任务已办结", "{number}“{item}”已核查办结。"),),
    ),
    Move(
        "return",
        "退回重办",
        ("answered",),
        "assigned",
        OFFICE,
        fields=(Field("reason", "理由", "longtext"), Field("until", "新的完成期限", "date", required=False)),
        guards=(BY_ANOTHER, _new_term),
        facts=_returned,
        tells=(Tell(By("unit"), "监管专员任务退回重办", "{number}“{item}”：{reason}，请于{due_on}前（含当日）完成。"),),
    ),
    Move("fall_overdue", "逾期未完成", ("assigned",), "overdue", (SYSTEM,), facts=_lapsed),
    Move(
        "urge",
        "督办",
        ("overdue",),
        None,
        OFFICE,
        fields=(Field("demand", "督办要求", "longtext"),),
        optional=True,
        tells=(Tell(By("unit"), "督办：监管专员任务逾期", "{number}“{item}”逾期未完成：{demand}"),),
    ),
    Move("amend", "随台账更正", ("assigned",), None, (SYSTEM,), tells=AMENDED),
    Move(
        "amend_overdue",
        "随台账更正期限",
        ("overdue",),
        "assigned",
        (SYSTEM,),
        guards=(_day_lies_ahead,),
        facts=_never_overdue,
        tells=AMENDED,
    ),
    Move("amend_text", "随台账更正内容", ("overdue",), None, (SYSTEM,), tells=AMENDED),
    Move(
        "withdraw",
        "随台账取消",
        OPEN,
        "withdrawn",
        (SYSTEM,),
        tells=(Tell(By("unit"), "监管专员任务已取消", "{number}“{item}”不再要求办理。"),),
    ),
)

PROCEDURE = Procedure(
    id="assigned_task",
    title="监管专员任务",
    prefix="专任",
    measure="2.2",
    cites=(REGISTER,),
    subject=CaseSubject.unit,
    about=("county_bureau", "city_bureau", "city_coal_section"),
    opens=(FROM_ENTRY,),
    quiet_when=Quiet.silent,
    office_accepts=True,
    facts=FACTS,
    states=(
        State("assigned", "待办理", (COMMISSIONER, SECTION)),
        State("overdue", "逾期未完成", (COMMISSIONER, SECTION)),
        State("answered", "已报送，待核查", OFFICE),
        State("closed", "已办结", outcome="done", terminal=True),
        State("withdrawn", "已取消", outcome="undone", terminal=True),
    ),
    moves=MOVES,
    clocks=(
        Clock(
            "do",
            "完成任务",
            "deadline",
            during=OPEN,
            until="due_on",
            starts=("amend", "amend_overdue"),
            stops=("amend", "amend_overdue"),
            unlapsed_by=("amend_overdue",),
            escalates=("unit", "office"),
            lapse_move="fall_overdue",
            rolls=False,
            words=Words(lapse="{number}“{item}”应于{due}前完成，逾期未报送"),
        ),
        Clock(
            "look",
            "核查",
            "deadline",
            by_local("assigned_task.look"),
            during=("answered",),
            escalates=("office",),
            of_office=True,
        ),
    ),
)
