"""The clocks of a suspension. Where law is silent their lengths are local values."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.corpus.procedures._spans import by_local
from kuangan.corpus.procedures.suspension.steps import PUBLICATION, REGISTER, RESUMPTION, REVIEW, TWO_OFFICERS
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.procedure import Attempt, CaseView, Clock, Words
from kuangan.law.time.span import Span, days


def _ordered_days(on: date, facts: Mapping[str, Any]) -> Span:
    """The days the newest order names; the guards of its proposal have kept them at or above the floor."""
    return days(int(facts.get("extension_days") or facts["ordered_days"]))


def counted_from(case: CaseView, attempt: Attempt) -> datetime:
    """The moment from which the floor counts: service, or where the receipt came in on a later day (see the local value) that moment."""
    served_at: datetime = attempt.inputs["served_at"]
    late = civil_date(served_at) < civil_date(attempt.at)
    from_entry = local("suspension.floor_from", civil_date(attempt.at)).value == "entry"
    return attempt.at if late and from_entry else served_at


BOTH = ("supervisor", "city")
FLOOR_PASSED = Words(passed="{number}{label}已于{due}届满；未经验收合格并履行批准程序，不得恢复生产。")


def _due(
    clock: str, label: str, during: tuple[str, ...], cite: Cite, escalates: tuple[str, ...] = BOTH, **more: Any
) -> Clock:
    """A deadline for the step that a state waits for."""
    return Clock(
        clock,
        label,
        "deadline",
        by_local(f"suspension.{clock}"),
        during=during,
        cites=(cite,),
        escalates=escalates,
        **more,
    )


CLOCKS = (
    _due("review", "科（股）长审核", ("countersigned",), REGISTER),
    _due("countersign", "第二名执法人员会签", ("proposed",), TWO_OFFICERS),
    _due("legal_review", "法制审核", ("reviewed",), REVIEW),
    _due("decide", "负责人决定", ("legally_reviewed",), REGISTER, ("city",)),
    _due("propose", "提出建议", ("drafted",), REGISTER, starts=("join_overlimit", "take_over_draft")),
    _due("serve", "送达", ("ordered", "extended"), Cite("administrative_penalty_law", "61.1"), rolls=False),
    Clock(
        "floor",
        "停产整顿最短期限",
        "floor",
        _ordered_days,
        starts=("serve", "serve_extension", "take_in"),
        stops=("resume",),
        escalates=("mine", "supervisor"),
        words=FLOOR_PASSED,
    ),
    Clock(
        "publish",
        "公布停产整顿决定",
        "deadline",
        by_local("suspension.publish"),
        starts=("order", "take_in"),
        stops=("publish_order",),
        when=lambda case, _party: not case.facts.get("published"),
        cites=(PUBLICATION,),
        escalates=BOTH,
    ),
    Clock(
        "joined",
        "对停产期间超限作出决定",
        "deadline",
        by_local("suspension.joined"),
        starts=("join_during_stop",),
        stops=("extend", "decline_extension", "resume"),
        cites=(REGISTER,),
        escalates=BOTH,
        internal=True,
    ),
    _due("approval", "签字、审核同意和批准", ("accepted", "signed", "consented"), RESUMPTION),
    _due("resume", "下达复产通知", ("approved",), RESUMPTION),
    _due("acceptance", "部门组织验收完毕", ("applied",), RESUMPTION),
    _due("publish_resumption", "公布复产信息", ("resumed",), PUBLICATION, ("supervisor",)),
)
