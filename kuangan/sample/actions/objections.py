"""The owing unit's case against a verdict, and the answer of the level above the unit that verified."""

from datetime import datetime

from django.db import transaction

from kuangan.core.actions import record, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries import roles_of
from kuangan.core.subject import about
from kuangan.duty.levels import TOLD
from kuangan.sample.actions.verdicts import TOLD_KIND, locked, objection_ends
from kuangan.sample.models import Verdict, Verification
from kuangan.sample.queries import may_answer, reviewer_of


@transaction.atomic
def object_to_verdict(*, actor: User, verification: Verification, reason: str, at: datetime) -> Verification:
    """State the unit's case against a verdict, once; the level above the unit that verified is told.

    Refused: nobody of the owing unit, no reason, a second objection, too late, or nothing held against the unit.
    """
    held = locked(verification)
    if not any(hold.unit.pk == held.unit_id and not hold.role.administers for hold in roles_of(actor, at)):
        raise Refused(f"只有{held.unit.name}的人员可以对该结论提出异议。")
    if held.objected_at is not None:
        raise Refused("已提出异议，请等待复核。")
    until = objection_ends(held)
    if until is None or at >= until:
        raise Refused("该结论没有异议可提，或者提出异议的期限已过。")
    if not reason.strip():
        raise Refused("请写明异议理由和依据。")
    above = reviewer_of(held)
    if above is None:
        raise Refused("没有登记可以复核该结论的上一级单位，请书面向上级提出。")
    held.objection, held.objected_by, held.objected_at = reason.strip(), actor, at
    held.save(update_fields=["objection", "objected_by", "objected_at"])
    record(actor=actor, action="verdict_objected", subject=held, data={"reason": held.objection}, at=at)
    send_notice(
        actor=actor,
        unit=above,
        role=TOLD.get(above.kind),
        title=f"核实结论异议待复核：{held.unit.name}{held.duty.title}"[:200],
        body=held.objection,
        kind=TOLD_KIND,
        subject=about("sample", held.pk),
        at=at,
    )
    return held


def mark_answered(*, actor: User, verification: Verification, follow: bool, opinion: str, at: datetime) -> Verification:
    """Answer an objection: follow it, so that what was reported holds, or not. In the caller's transaction.

    Refused: nothing to answer, whoever does not head the level above, wrote or confirmed the verdict, or works for the owing unit.
    """
    held = locked(verification)
    if held.objected_at is None or held.answered_at is not None:
        raise Refused("该结论没有待复核的异议。")
    if not may_answer(actor, held, at):
        raise Refused("异议由核实单位的上一级单位负责人复核；核实人、确认人和被核实单位人员不能复核。")
    if not opinion.strip():
        raise Refused("请填写复核意见。")
    held.answer, held.answered_by, held.answered_at = opinion.strip(), actor, at
    held.outcome = Verdict.true.value if follow else held.outcome
    held.save(update_fields=["answer", "answered_by", "answered_at", "outcome"])
    record(actor=actor, action="verdict_reviewed", subject=held, data={"follow": follow, "opinion": held.answer}, at=at)
    word = "复核采纳异议" if follow else "复核维持结论"
    send_notice(
        actor=actor,
        unit=held.unit,
        title=f"{word}：{held.duty.title}"[:200],
        body=held.answer,
        kind=TOLD_KIND,
        subject=about("sample", held.pk),
        at=at,
    )
    return held
