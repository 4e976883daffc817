"""The clocks of a suspension. Where law is silent their lengths are local values."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.procedure import Clock
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


CLOCKS = (
    Clock(
        "review",
        "科（股）长审核",
        "deadline",
        _local("review"),
        ("countersign",),
        ("review", "return_review", "withdraw", "join_overlimit"),
        (REGISTER,),
        escalates=("supervisor",),
    ),
    Clock(
        "countersign",
        "第二名执法人员会签",
        "deadline",
        _local("countersign"),
        ("propose",),
        ("countersign", "return_proposal", "withdraw", "join_overlimit"),
        (REGISTER,),
        escalates=("supervisor", "city"),
    ),
    Clock(
        "legal_review",
        "法制审核",
        "deadline",
        _local("legal_review"),
        ("review",),
        ("pass_legal_review", "refuse_legal_review", "withdraw", "join_overlimit"),
        (REVIEW,),
        escalates=("supervisor",),
    ),
    Clock(
        "decide",
        "负责人决定",
        "deadline",
        _local("decide"),
        ("pass_legal_review",),
        ("order", "decline_order", "withdraw", "join_overlimit"),
        (REGISTER,),
        escalates=("city",),
    ),
    Clock(
        "propose",
        "提出建议",
        "deadline",
        _local("propose"),
        ("open", "return_proposal", "return_review", "refuse_legal_review", "decline_order", "join_overlimit"),
        ("propose", "withdraw"),
        (REGISTER,),
        escalates=("supervisor", "city"),
    ),
    Clock(
        "serve",
        "送达",
        "deadline",
        _local("serve"),
        ("order", "extend"),
        ("serve", "serve_extension"),
        (Cite("administrative_penalty_law", "61"),),
        escalates=("supervisor", "city"),
    ),
    Clock(
        "floor",
        "停产整顿最短期限",
        "floor",
        _ordered_days,
        ("serve", "serve_extension"),
        ("resume",),
        (REGISTER,),
    ),
    Clock(
        "publish",
        "公布停产整顿决定",
        "deadline",
        _local("publish"),
        ("serve",),
        ("publish_order",),
        (PUBLICATION,),
        escalates=("supervisor", "city"),
    ),
    Clock(
        "joined",
        "对停产期间超限作出决定",
        "deadline",
        _local("decide"),
        ("join_during_stop",),
        ("extend", "decline_extension", "resume"),
        (REGISTER,),
        escalates=("supervisor", "city"),
    ),
    Clock(
        "approval",
        "签字、审核同意和批准",
        "deadline",
        _local("approval"),
        ("accept",),
        ("approve", "refuse_consent", "extend"),
        (RESUMPTION,),
        escalates=("supervisor", "city"),
    ),
    Clock(
        "resume",
        "下达复产通知",
        "deadline",
        _local("resume"),
        ("approve",),
        ("resume", "extend"),
        (RESUMPTION,),
        escalates=("supervisor", "city"),
    ),
    Clock(
        "acceptance",
        "部门组织验收完毕",
        "deadline",
        _local("acceptance"),
        ("apply",),
        ("accept", "fail_acceptance", "extend"),
        (RESUMPTION,),
        escalates=("supervisor", "city"),
    ),
    Clock(
        "publish_resumption",
        "公布复产信息",
        "deadline",
        _local("publish_resumption"),
        ("resume",),
        ("publish_resumption",),
        (PUBLICATION,),
        escalates=("supervisor",),
    ),
)
