"""履职事项免责：责任单位申请，上级负责人审核；认可后不再催办，不计为完成（平台自身的安排，不对应任务分工条款）。"""

from typing import Any

from kuangan.law.procedure import (
    SYSTEM,
    Attempt,
    By,
    CaseSubject,
    CaseView,
    DutyView,
    Fact,
    Field,
    FromPerson,
    Move,
    Procedure,
    State,
    Tell,
)
from kuangan.law.role import Role

OWING = tuple(By("unit", role) for role in Role if not role.administers)
HEADS = tuple(
    By("above", role)
    for role in (Role.section_head, Role.bureau_head, Role.bureau_deputy, Role.government_head)
)  # fmt: skip
TOLD = (By("above", Role.section_head), By("above", Role.government_head))
OPINION = Field("opinion", "审核意见", "longtext")


def _duty(case: CaseView) -> DutyView:
    if case.duty is None:
        raise LookupError(f"case {case.number} is about no duty")
    return case.duty


def _still_owed(case: CaseView, attempt: Attempt) -> str | None:
    duty = _duty(case)
    if duty.done_at is not None:
        return f"“{duty.title}”已办结，无需免责"
    if duty.cancelled_at is not None:
        return f"“{duty.title}”已取消，无需免责"
    return f"“{duty.title}”已认可免责" if duty.excused_at is not None else None


def _somebody_above(case: CaseView, attempt: Attempt) -> str | None:
    if "above" in case.names:
        return None
    return f"没有登记{case.names['unit']}的上级单位，无法提交免责申请，请联系系统管理员"


def _not_the_asker(case: CaseView, attempt: Attempt) -> str | None:
    asked = case.last("open")
    if asked is not None and asked.actor == attempt.actor:
        return "不能审核自己提出的免责申请，请由上级单位其他负责人审核"
    return None


def _nobody_of_the_owing_unit(case: CaseView, attempt: Attempt) -> str | None:
    """A city government has nobody above it here: another of its own judges."""
    if "unit" in attempt.at_home and case.names["unit"] != case.names["above"]:
        return "您同时在责任单位任职，不能审核本单位的免责申请，请由上级单位其他负责人审核"
    return None


def _no_longer_owed(case: CaseView, attempt: Attempt) -> str | None:
    duty = _duty(case)
    return None if duty.done_at or duty.cancelled_at else "事项尚未办结，也未取消"


def _opinion(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    return {"opinion": attempt.inputs["opinion"]}


PROCEDURE = Procedure(
    id="duty_excuse",
    title="履职事项免责",
    prefix="免责",
    measure="1.1",
    cites=(),
    subject=CaseSubject.duty,
    single=True,
    opens=(
        FromPerson(
            "申请免责",
            OWING,
            fields=(
                Field("reason", "不能按期办理的理由", "longtext"),
                Field("materials", "证明材料", "files", required=False),
            ),
            title="{unit}申请免责：{duty}",
            guards=(_still_owed, _somebody_above),
            help="由上级单位负责人审核。审核认可前，本事项仍须按期办理；认可后公开，不计为完成，也不再催办。",
            tells=tuple(
                Tell(by, "免责申请待审核：{unit}{duty}", "{unit}申请对“{duty}”免责，理由：{reason}") for by in TOLD
            ),
        ),
    ),
    facts=(
        Fact("reason", "申请免责的理由"),
        Fact("opinion", "审核意见"),
    ),
    states=(
        State("asked", "待上级审核", HEADS),
        State("accepted", "已认可", outcome="done", terminal=True),
        State("refused", "不予认可", outcome="done", terminal=True),
        State("moot", "事项已办结或取消，无需审核", outcome="undone", terminal=True),
    ),
    moves=(
        Move(
            "accept",
            "认可免责",
            ("asked",),
            "accepted",
            HEADS,
            fields=(OPINION,),
            guards=(_not_the_asker, _nobody_of_the_owing_unit, _still_owed),
            facts=_opinion,
            help="认可后公开，不计为完成，也不再催办。",
            tells=(Tell(By("unit"), "已认可免责：{duty}", "审核意见：{opinion}。本事项不计为完成，也不再催办。"),),
            then=("duty.excuse",),
        ),
        Move(
            "refuse",
            "不予认可",
            ("asked",),
            "refused",
            HEADS,
            fields=(OPINION,),
            guards=(_not_the_asker, _nobody_of_the_owing_unit),
            facts=_opinion,
            help="不予认可的，本事项仍须按期办理。",
            tells=(Tell(By("unit"), "不予认可免责：{duty}", "审核意见：{opinion}。本事项仍须办理。"),),
        ),
        Move(
            "lapse",
            "事项已办结或取消，不再审核",
            ("asked",),
            "moot",
            (SYSTEM,),
            guards=(_no_longer_owed,),
        ),
    ),
    clocks=(),
)
