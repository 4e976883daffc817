"""Duties on the first page: one's own that are new from an event, due soon or overdue, and what is overdue below."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse

from kuangan.core.models import UnitKind, User
from kuangan.core.queries import Hold
from kuangan.duty.models import Duty
from kuangan.duty.proof.standing import ended_among, with_lacking
from kuangan.duty.queries import OPEN, credits_of, duties_visible_to, my_duties
from kuangan.duty.status import Status, overdue, status_of
from kuangan.duty.terms import EVENT_MARK
from kuangan.web.duties.words import RANKS, derivation_of, missing_words

SOON: Final = timedelta(days=7)
NEW: Final = timedelta(days=3)
"""So long a duty that follows an event is shown however far off its due time is."""
SHOWN: Final = 15
NEW_SHOWN: Final = 5
"""New ones stand beside those that press, so that no backlog hides them."""
NAMED: Final = 3
"""Units that the row of what is overdue below names."""


@dataclass(frozen=True)
class DutyWork:
    """One row: what, at length, about which unit, where to, and by when with how that came about."""

    what: str
    detail: str
    unit: str
    address: str
    button: str
    due_at: datetime | None = None
    derivation: str = ""
    below: bool = False


def duty_work(user: User, holds: tuple[Hold, ...], at: datetime) -> Iterator[DutyWork]:
    """All rows about duties; a constant number of queries."""
    yield from _own(user, at)
    yield from _below(user, holds, at)


def _own(user: User, at: datetime) -> Iterator[DutyWork]:
    owed = my_duties(user, at).filter(OPEN)
    ended = ended_among(owed, at)
    mine = with_lacking(owed, at, ended)
    pressing = mine.filter(Q(due_at__lte=at + SOON) | overdue(at, ended))
    new = mine.filter(period__startswith=EVENT_MARK, opened_at__gt=at - NEW, due_at__gt=at + SOON)
    shown = list(pressing[: SHOWN + 1])
    duties = [*shown[:SHOWN], *new.order_by("-opened_at", "-pk")[:NEW_SHOWN]]
    credit = credits_of(duties)
    for duty in duties:
        yield _work_of_duty(duty, credit[duty.pk], at)
    if len(shown) > SHOWN:
        more = pressing.count() - SHOWN
        address = f"{reverse('duties')}?tab=my&status=open"
        yield DutyWork(f"另有 {more} 项履职事项临近期限或已逾期", "按期限排列", "", address, "查看", below=True)


def _work_of_duty(duty: Duty, credit: int, at: datetime) -> DutyWork:
    progress = f"已办{credit}/{duty.needed}，" if duty.needed > 1 else ""
    return DutyWork(
        what=f"{_mark(duty, at)}{duty.title}",
        detail=f"{progress}{missing_words(duty, credit)}",
        unit=duty.mine.name if duty.mine else duty.unit.name,
        address=reverse("duty", args=[duty.pk]),
        button="办理",
        due_at=duty.due_at,
        derivation=derivation_of(duty),
    )


def _mark(duty: Duty, at: datetime) -> str:
    if status_of(duty, at) is Status.overdue:
        return "逾期："
    return "新增：" if duty.due_at > at + SOON else ""


def _below(user: User, holds: tuple[Hold, ...], at: datetime) -> Iterator[DutyWork]:
    own = {hold.unit.pk for hold in holds}
    highest = min((RANKS[UnitKind(hold.unit.kind)] for hold in holds if hold.unit.kind in RANKS), default=None)
    if highest is None:
        return
    kinds = [kind for kind, rank in RANKS.items() if rank > highest]
    late = duties_visible_to(user).filter(overdue(at), unit__kind__in=kinds).exclude(unit__in=own)
    counted = list(
        late.order_by().values_list("unit__name").annotate(number=Count("pk")).order_by("-number", "unit__name")
    )
    if not counted:
        return
    named = "、".join(f"{name}{number}项" for name, number in counted[:NAMED])
    more = f"等{len(counted)}个单位" if len(counted) > NAMED else ""
    total = sum(number for _, number in counted)
    address = f"{reverse('duties')}?tab=area&status=overdue"
    yield DutyWork(f"下级单位逾期未完成事项 {total} 项", f"{named}{more}", "", address, "查看", below=True)
