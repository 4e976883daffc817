"""Verifications on the first page: what the person is to look at, to confirm, or to answer an objection about."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse

from kuangan.core.models import User
from kuangan.core.queries import Hold
from kuangan.sample.models import Verification
from kuangan.sample.queries import objections_for, waiting_for
from kuangan.web.today.duty_today import DutyWork

SHOWN: Final = 10
DERIVATION: Final = "抽取之日起的核实期限，含第二人确认"


def sample_work(user: User, holds: tuple[Hold, ...]) -> Iterator[DutyWork]:
    """All rows about verifications, the earliest due first; what does not fit is counted."""
    waiting = waiting_for(user, holds)
    verifications = list(waiting[: SHOWN + 1])
    yield from (_work_of_verification(verification) for verification in verifications[:SHOWN])
    if len(verifications) > SHOWN:
        more, address = waiting.count() - SHOWN, f"{reverse('samples')}?state=open"
        yield DutyWork(f"另有 {more} 项抽查核实待办理", "按期限排列", "", address, "查看", below=True)
    for objection in objections_for(user)[:SHOWN]:
        address = reverse("sample", args=[objection.pk])
        yield DutyWork(f"复核异议：{objection.duty.title}", objection.objection, objection.unit.name, address, "复核")


def _work_of_verification(verification: Verification) -> DutyWork:
    written = verification.judged_at is not None
    return DutyWork(
        what=f"{'确认核实结论' if written else '抽查核实'}：{verification.duty.title}",
        detail=f"{verification.unit.name}报为完成（{verification.get_grade_display()}），{verification.sample.record['title']}",
        unit=verification.unit.name,
        address=reverse("sample", args=[verification.pk]),
        button="确认" if written else "核实",
        due_at=verification.due_at,
        derivation=DERIVATION,
    )
