"""The clocks of a suspension. Where law is silent their lengths are local values."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.procedure import Clock, Words
from kuangan.law.time.span import Span, days

REGISTER = Cite("register", "10.4")
RESUMPTION = Cite("coal_mine_safety_ordinance", "48")
PUBLICATION = Cite("coal_mine_safety_ordinance", "49")
REVIEW = Cite("administrative_penalty_law", "58")


def _local(step: str) -> Any:
    def span(on: date, facts: Mapping[str, Any]) -> Span:
        return local_span(f"suspension.{step}", on)

    return span


def _ordered_days(on: date, facts: Mapping[str, Any]) -> Span:
    """The days the newest order names; the guard ``days_enough`` has kept them at or above the floor."""
    return days(int(facts.get("extension_days") or facts["ordered_days"]))


BOTH = ("supervisor", "city")
FLOOR_PASSED = Words(passed="{number}{label}已于{due}届满；未经验收合格并履行批准程序，不得恢复生产。")


def _due(
    clock: str, label: str, during: tuple[str, ...], cite: Cite, escalates: tuple[str, ...] = BOTH, **more: Any
) -> Clock:
    """A deadline for the step that a state waits for."""
    return Clock(clock, label, "deadline", _local(clock), during=during, cites=(cite,), escalates=escalates, **more)


CLOCKS = (
    _due("review", "科（股）长审核", ("countersigned",), REGISTER, ("supervisor",)),
    _due("countersign", "第二名执法人员会签", ("proposed",), REGISTER),
    _due("legal_review", "法制审核", ("reviewed",), REVIEW, ("supervisor",)),
    _due("decide", "负责人决定", ("legally_reviewed",), REGISTER, ("city",)),
    _due("propose", "提出建议", ("drafted",), REGISTER, starts=("join_overlimit",)),
    _due("serve", "送达", ("ordered", "extended"), Cite("administrative_penalty_law", "61")),
    Clock(
        "floor",
        "停产整顿最短期限",
        "floor",
        _ordered_days,
        starts=("serve", "serve_extension"),
        stops=("resume",),
        cites=(REGISTER,),
        escalates=("mine", "supervisor"),
        words=FLOOR_PASSED,
    ),
    Clock(
        "publish",
        "公布停产整顿决定",
        "deadline",
        _local("publish"),
        starts=("serve",),
        stops=("publish_order",),
        cites=(PUBLICATION,),
        escalates=BOTH,
    ),
    Clock(
        "joined",
        "对停产期间超限作出决定",
        "deadline",
        _local("decide"),
        starts=("join_during_stop",),
        stops=("extend", "decline_extension", "resume"),
        cites=(REGISTER,),
        escalates=BOTH,
    ),
    _due("approval", "签字、审核同意和批准", ("accepted", "signed", "consented"), RESUMPTION),
    _due("resume", "下达复产通知", ("approved",), RESUMPTION),
    _due("acceptance", "部门组织验收完毕", ("applied",), RESUMPTION),
    _due("publish_resumption", "公布复产信息", ("resumed",), PUBLICATION, ("supervisor",)),
)
