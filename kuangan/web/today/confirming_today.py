"""What others did and the person is to confirm, on the first page: parts of ledger entries, evidence of duties."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse

from kuangan.core.models import User
from kuangan.duty.models import Fulfilment
from kuangan.duty.proof.judging import credits_waiting_for
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.confirming import term_of
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import waiting_for
from kuangan.web.today.duty_today import DutyWork

SHOWN: Final = 10


def confirming_work(user: User) -> Iterator[DutyWork]:
    """The oldest of both that wait; what does not fit is counted."""
    yield from _counted(waiting_for(user), _work_of_entry)
    yield from _counted(credits_waiting_for(user), _work_of_credit)


def _counted(waiting: QuerySet[Any], work_of: Callable[[Any], DutyWork]) -> Iterator[DutyWork]:
    shown = list(waiting[: SHOWN + 1])
    yield from (work_of(item) for item in shown[:SHOWN])
    if len(shown) > SHOWN:
        more = waiting.count() - SHOWN
        yield DutyWork(f"另有 {more} 件待确认", "按提交时间排列", "", reverse("confirmations"), "查看", below=True)


def _work_of_credit(credit: Fulfilment) -> DutyWork:
    duty = credit.duty
    return DutyWork(
        what=f"核实：{duty.title}",
        detail=f"{duty.unit.name}提交的{credit.get_source_display()}，核实后计入",
        unit=duty.unit.name,
        address=reverse("duty", args=[duty.pk]),
        button="核实",
    )


def _work_of_entry(entry: Entry) -> DutyWork:
    ledger = ledger_by_id(entry.ledger)
    part = ledger.part(entry.waits_for)
    due_at = term_of(part, entry.recorded_at)
    return DutyWork(
        what=part.title,
        detail=f"{ledger.title}第{entry.serial}号",
        unit=entry.unit.name,
        address=reverse("confirm_part", args=[ledger.id, entry.serial, part.id]),
        button="办理",
        due_at=due_at,
        derivation="自提交之日起的办理期限" if due_at else "",
    )
