"""The verdict about a duty that was drawn: written by one person, sent back or confirmed by a second; what is late is told."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.core.actions import record, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, LookedAt, Unit, User
from kuangan.core.queries import roles_of
from kuangan.core.subject import about
from kuangan.duty.levels import TOLD, levels_above
from kuangan.law.local import local_span
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline
from kuangan.sample.models import Verdict, Verification
from kuangan.sample.queries import may_confirm, may_write

ON_PLATFORM = frozenset({LookedAt.file.value, LookedAt.reading.value})
"""What lies on the platform already, so that it need not be attached again."""
LATE_KIND, TOLD_KIND = "sample_late", "sample_verdict"


@transaction.atomic
def write_verdict(
    *,
    actor: User,
    verification: Verification,
    verdict: str,
    looked_at: Iterable[str],
    place: str,
    account: str,
    attachments: Sequence[Attachment] = (),
    at: datetime,
) -> Verification:
    """Write what was found, or write it anew before it is confirmed.

    Refused: the actor does not work for the unit that verifies, or works for the owing one; no verdict, nothing looked at, no account;
    a look on the spot without the place; no file, unless the evidence lies on the platform and the verdict is not 不属实.
    """
    held = locked(verification)
    if held.confirmed_at is not None:
        raise Refused("该项核实结论已确认，不能更改。")
    if not may_write(roles_of(actor, at), held):
        raise Refused(f"该项由{held.by_unit.name}核实，请由该单位人员办理；在被核实单位任职的人员不能办理。")
    looked = [sight for sight in LookedAt.values if sight in set(looked_at)]
    has_files = bool(attachments) or held.attachments.exists()
    _require_whole(verdict, looked, place, account, has_files=has_files)
    held.verdict, held.looked_at, held.place, held.account = verdict, looked, place.strip(), account.strip()
    held.judged_by, held.judged_at, held.returned_for = actor, at, ""
    held.save(update_fields=["verdict", "looked_at", "place", "account", "judged_by", "judged_at", "returned_for"])
    held.attachments.add(*attachments)
    data = {"verdict": verdict, "looked_at": looked, "place": held.place, "account": held.account}
    files = [file.sha256 for file in attachments]
    record(actor=actor, action="verdict_written", subject=held, data={**data, "files": files}, at=at)
    return held


def _require_whole(verdict: str, looked: Sequence[str], place: str, account: str, *, has_files: bool) -> None:
    if verdict not in Verdict.values:
        raise Refused("请选择核实结论：属实、不属实或者无法证实。")
    if not looked:
        raise Refused("请选择查看了什么：材料原件、现场照片或视频、监测数据，或者现场。")
    if LookedAt.place in looked and not place.strip():
        raise Refused("查看现场的，请填写核实地点。")
    if not account.strip():
        raise Refused("请写明核实情况：看了什么、与所报内容是否一致。")
    if has_files:
        return
    if verdict == Verdict.untrue:
        raise Refused("结论为不属实的，须附证据（照片、笔录、截图等）。")
    if not ON_PLATFORM & set(looked):
        raise Refused("请附照片等证据；查看的是平台上的材料或者监测数据的，可以不附。")


@transaction.atomic
def return_verdict(*, actor: User, verification: Verification, reason: str, at: datetime) -> Verification:
    """Send a verdict back to be written anew. Refused without a reason, or for whoever may not confirm it."""
    held = locked(verification)
    _require_confirming(actor, held, at)
    if not reason.strip():
        raise Refused("请写明退回理由。")
    held.judged_at, held.returned_for = None, reason.strip()[:300]
    held.save(update_fields=["judged_at", "returned_for"])
    record(actor=actor, action="verdict_returned", subject=held, data={"reason": held.returned_for}, at=at)
    return held


def mark_confirmed(*, actor: User, verification: Verification, seen: datetime, at: datetime) -> Verification:
    """Confirm, as a second person, the verdict that was written at ``seen``; the owing unit is told.

    In the caller's transaction, which lets it take effect. Refused: who wrote it, whoever may not confirm, a verdict that was changed
    since, sent back or confirmed already.
    """
    held = locked(verification)
    _require_confirming(actor, held, at)
    if held.judged_at != seen:
        raise Refused("核实结论在您打开页面后已改动，请重新查看后再确认。")
    held.outcome, held.confirmed_by, held.confirmed_at, held.wakes_at = held.verdict, actor, at, None
    held.save(update_fields=["outcome", "confirmed_by", "confirmed_at", "wakes_at"])
    data = {"verdict": held.verdict, "share": held.share}
    record(actor=actor, action="verdict_confirmed", subject=held, data=data, at=at)
    _tell_unit(held, at)
    return held


def _require_confirming(actor: User, verification: Verification, at: datetime) -> None:
    if verification.confirmed_at is not None:
        raise Refused("该项核实结论已确认，无需重复办理。")
    if verification.judged_at is None:
        raise Refused("该项尚未写出核实结论，不能确认。")
    if verification.judged_by_id == actor.pk:
        raise Refused("核实结论须由第二人在其本人账号上确认，不能由核实人本人确认。")
    if not may_confirm(roles_of(actor, at), verification, actor):
        raise Refused(f"该项由{verification.confirm_unit.name}的负责人、执法人员或者监管专员确认。")


def _tell_unit(verification: Verification, at: datetime) -> None:
    title = f"抽查核实结论：{verification.duty.title}——{verification.get_outcome_display()}"
    body, until = f"{verification.by_unit.name}核实：{verification.account}", objection_ends(verification)
    if until is not None:
        body += "\n对结论有异议的，可以在该页面说明理由，提交上一级复核。"
    send_notice(
        actor=verification.confirmed_by,
        unit=verification.unit,
        title=title[:200],
        body=body,
        kind=TOLD_KIND,
        subject=about("sample", verification.pk),
        due_at=until,
        at=at,
    )


def objection_ends(verification: Verification) -> datetime | None:
    """Until when the unit may object; None before the verdict is confirmed or where nothing is held against it."""
    if verification.confirmed_at is None or verification.verdict == Verdict.true:
        return None
    return deadline(
        local_span("sample.object_within", civil_date(verification.confirmed_at)), verification.confirmed_at, calendar()
    )


@transaction.atomic
def tell_late(unit: Unit, late: Sequence[Verification], at: datetime) -> bool:
    """Tell a unit, and the level above it, once what it has not verified in time; False when it was told."""
    waking = Verification.objects.filter(
        pk__in=[verification.pk for verification in late], confirmed_at=None, wakes_at__lte=at
    )
    number = waking.update(wakes_at=None)
    above = levels_above([unit]).get(unit.pk, unit)
    for told in dict.fromkeys((unit, above)) if number else ():
        send_notice(
            actor=None,
            unit=told,
            role=TOLD.get(told.kind),
            title=f"{unit.name}抽查核实逾期未完成{number}项",
            body="抽中的事项应在期限内核实并经第二人确认，请抓紧办理。",
            kind=LATE_KIND,
            subject=about("samples", state="late"),
            at=at,
        )
    return number > 0


def locked(verification: Verification) -> Verification:
    """The row as it is now, locked to the end of the transaction."""
    verifications = Verification.objects.select_for_update(of=("self",))
    return verifications.select_related("duty__unit", "unit", "by_unit", "confirm_unit", "sample").get(
        pk=verification.pk
    )
