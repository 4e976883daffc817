"""Check-ins through the API: many requests, written in one transaction, each with its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.base.clock import beijing_midnight
from kuangan.duty.credit import Credit, known_credits
from kuangan.duty.credits import give, lock_duties
from kuangan.duty.models import Duty, Source
from kuangan.duty.queries import tokens_in_force
from kuangan.duty.status import status_of
from kuangan.law.duty.obligation_file import Obligation, obligations
from kuangan.law.ledger import ledger_by_id


@dataclass(frozen=True, slots=True)
class Checkin:
    """One request: which duty was done when; ``client_id`` is the sender's own name for it, ``token`` a digest."""

    duty_id: int
    token: str
    client_id: str
    done_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request: an HTTP status and the body."""

    status: int
    body: dict[str, Any]


def refusal(status: int, error: str, message: str) -> Answer:
    """An answer that says no, with a text for the people who run the sending program."""
    return Answer(status, {"error": error, "message": message})


def write_checkins(checkins: Sequence[Checkin]) -> list[Answer]:
    """Write them all in one transaction; when this returns they are on disk. The answers in the order of the requests.

    The same client's name for the same duty counts once, and is answered again as before.
    """
    with transaction.atomic():
        at = clock.now()
        units = _units(checkins, at)
        duties = lock_duties({checkin.duty_id for checkin in checkins})
        credits_known = known_credits(duties)
        known = {(duty, key) for duty, source, key in credits_known if source == Source.checkin.value}
        answers: list[Answer | None] = [_refused(checkin, units, duties, at) for checkin in checkins]
        accepted = [checkin for checkin, no in zip(checkins, answers, strict=True) if no is None]
        new = {(checkin.duty_id, checkin.client_id): checkin for checkin in reversed(accepted)}
        give(
            duties,
            [
                Credit(checkin.duty_id, Source.checkin.value, checkin.client_id, checkin.done_at, at, note=checkin.note)
                for name, checkin in new.items()
                if name not in known
            ],
            credits_known,
            at=at,
        )
        return [
            no
            or _accepted(
                checkin, duties[checkin.duty_id], repeated=(checkin.duty_id, checkin.client_id) in known, at=at
            )
            for checkin, no in zip(checkins, answers, strict=True)
        ]


def _units(checkins: Sequence[Checkin], at: datetime) -> dict[str, int]:
    """The unit of each token that is in force."""
    tokens = tokens_in_force(at).filter(sha256__in={checkin.token for checkin in checkins})
    return dict(tokens.values_list("sha256", "unit_id"))


def _refused(checkin: Checkin, units: dict[str, int], duties: dict[int, Duty], at: datetime) -> Answer | None:
    """Why it is not taken; None: it is."""
    unit = units.get(checkin.token)
    if unit is None:
        return refusal(401, "bad_token", "报送密钥无效、已停用或已到期，请由本单位在“履职—报送密钥”中重新签发。")
    duty = duties.get(checkin.duty_id)
    if duty is None or duty.unit_id != unit:
        return refusal(404, "not_found", "没有这个事项，或者它不属于本密钥所属单位，请核对事项编号。")
    if duty.cancelled_at is not None:
        return refusal(409, "cancelled", f"“{duty.title}”已取消（{duty.cancelled_for}），无需报送。")
    obligation = obligations().get(duty.obligation)
    if obligation is None or not may_check_in(obligation):
        return refusal(422, "needs_ledger", _instead(duty, obligation))
    return _untimely(checkin, duty, at)


def _untimely(checkin: Checkin, duty: Duty, at: datetime) -> Answer | None:
    """Why its moment can't be: it has not come, or lies before the duty's time."""
    if checkin.done_at > at:
        return refusal(422, "in_future", "done_at 晚于当前时间，请核对办理时间和时区。")
    if checkin.done_at < beijing_midnight(duty.first_on):
        return refusal(422, "too_early", f"done_at 早于期间首日（{duty.first_on}），不能计入本事项。")
    return None


def may_check_in(obligation: Obligation) -> bool:
    """Whether a report without a ledger entry may show that it was done."""
    return not obligation.evidence or any(evidence.file for evidence in obligation.evidence)


def _instead(duty: Duty, obligation: Obligation | None) -> str:
    names = (
        [f"“{ledger_by_id(evidence.ledger).title}”" for evidence in obligation.evidence if evidence.ledger]
        if obligation
        else []
    )
    where = f"请在台账{'、'.join(names)}中登记" if names else "请以文书办理或由系统数据自动计入"
    return f"“{duty.title}”不能通过接口报送，{where}。"


def _accepted(checkin: Checkin, duty: Duty, *, repeated: bool, at: datetime) -> Answer:
    status = status_of(duty, at)
    body = {
        "duty": duty.pk,
        "client_id": checkin.client_id,
        "repeated": repeated,
        "done": duty.done_at is not None,
        "status": status.value,
        "status_text": str(status.label),
    }
    return Answer(200 if repeated else 201, body)
