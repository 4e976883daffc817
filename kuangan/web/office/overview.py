"""办公: what waits in each part of the office."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.models import User
from kuangan.office.queries import circulars, collections, incoming, meetings, watch
from kuangan.office.standing import own_offices
from kuangan.overview.queries.letters import unanswered_count
from kuangan.web.frame.doors import door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.office.forms import SIGHTED
from kuangan.web.office.letters import letters_waiting


@dataclass(frozen=True)
class Tile:
    """One count with the page of its rows; ``late`` of them have passed their due time."""

    label: str
    count: int
    address: str
    late: int = 0


@door(*SIGHTED)
def office(request: Request) -> HttpResponse:
    """The parts of the office with what is open in each: first what one owes, then what others owe."""
    moment = clock.now()
    context: dict[str, Any] = {
        "mine": list(_own(request.user, moment)),
        "below": list(_below(request.user, moment)) if own_offices(request.user) else [],
    }
    return show(request, "office/office.html", **context)


def _own(user: User, at: datetime) -> Iterator[Tile]:
    """What waits for the user and his units."""
    received = circulars.received_by(user)
    open_ones, late = circulars.open_receipts(received), circulars.late_receipts(received, at)
    yield Tile(
        "待签收、反馈的通知交办", open_ones.count(), f"{reverse('circulars')}?box=received&only=open", late.count()
    )
    if own_offices(user):
        papers = incoming.incoming_of(user)
        late_papers = incoming.overdue_incoming(papers, at).count()
        yield Tile(
            "在办收文", papers.filter(closed_at=None).count(), f"{reverse('incoming_list')}?only=open", late_papers
        )
    owed = collections.returns_owed(user)
    late_returns = collections.late_returns(owed, at).count()
    yield Tile("待报送数据", owed.count(), f"{reverse('collections')}?only=owed", late_returns)
    yield Tile("待办函件", len(letters_waiting(user)), f"{reverse('letters')}?only=waiting")
    yield Tile("待报名会议", meetings.unanswered_invitations(user, at).count(), f"{reverse('meetings')}?only=ahead")
    asked = watch.checks_to_answer(user)
    yield Tile("待应答查岗", asked.count(), reverse("watch"), asked.filter(due_at__lte=at).count())


def _below(user: User, at: datetime) -> Iterator[Tile]:
    """What units below have not done of what the user's offices asked."""
    offices = own_offices(user)
    sent = circulars.receipts_of(offices)
    late = circulars.late_receipts(sent, at).count()
    unsigned = sent.filter(notice__received_at=None, circular__withdrawn_at=None).count()
    yield Tile("下发未签收（份）", unsigned, f"{reverse('circulars')}?box=sent&only=open")
    yield Tile("下发逾期未反馈（份）", late, f"{reverse('circulars')}?box=sent&only=late", late)
    missing = collections.returns_of(offices)
    late_missing = collections.late_returns(missing, at).count()
    yield Tile("数据未报（份）", missing.count(), f"{reverse('collections')}?only=open", late_missing)
    late_letters = unanswered_count(user, offices, at)
    yield Tile("函件逾期未回复", late_letters, f"{reverse('letters')}?only=late", late_letters)
