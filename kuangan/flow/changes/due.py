"""Register changes in the sweep: those whose day has come are done, those that two administrators decided go on."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from kuangan.base.clock import civil_date
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import RequestState
from kuangan.flow.changes import telling
from kuangan.flow.changes.doing import State, carry_out, kind_of, settle
from kuangan.flow.models import RegisterChange


def due(at: datetime) -> QuerySet[RegisterChange]:
    """Changes of a day that has come, and those of which the request of two administrators is decided; the earliest day first."""
    come = Q(state=State.waiting, effective_on__lte=civil_date(at))
    decided = Q(state=State.proposed, request__isnull=False) & ~Q(request__state=RequestState.waiting)
    return RegisterChange.objects.filter(come | decided).order_by("effective_on", "pk")


def change(waiting: RegisterChange, at: datetime) -> bool:
    """Do one change, or say to who asked and who decided why it could not be done; the others do not wait for it."""
    with transaction.atomic():
        locked = _still_due(waiting, at)
        if locked is None:
            return False
        try:
            with transaction.atomic():
                _go_on(locked, at)
        except Refused as refused:
            _failed(locked, refused.message, at)
    return True


def _still_due(waiting: RegisterChange, at: datetime) -> RegisterChange | None:
    """The locked row, where nobody else has dealt with it meanwhile."""
    waiting_changes = RegisterChange.objects.select_for_update(of=("self",)).select_related(
        "unit", "asked_by__person__unit", "asked_for", "decided_by__person__unit", "request", "corrects", "file"
    )
    return waiting_changes.filter(pk=waiting.pk, state=waiting.state).first()


def _go_on(locked: RegisterChange, at: datetime) -> None:
    if locked.state == State.waiting:
        carry_out(locked, at)
        return
    assert locked.request is not None
    if locked.request.state != RequestState.approved:
        raise Refused(f"双人审批{RequestState(locked.request.state).label}：{locked.request.answer or '申请人撤回'}。")
    settle(locked, kind_of(locked), at)


def _failed(locked: RegisterChange, why: str, at: datetime) -> None:
    """The transaction of the attempt is gone: what the row held before it is what is closed."""
    failed = RegisterChange.objects.select_related("asked_by__person__unit", "decided_by__person__unit", "unit").get(
        pk=locked.pk
    )
    failed.state, failed.answer = State.failed, why[:300]
    failed.save(update_fields=["state", "answer"])
    data = {"kind": failed.kind, "subject": failed.subject, "effective_on": failed.effective_on, "because": why}
    record(actor=None, action="change_failed", subject=failed, data=data, at=at)
    telling.tell_failed(failed, kind_of(failed), why, at)
