"""Open cases are taken over a release: out of states that are gone, and drafted stops into the words of this release."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from kuangan.casework.actions import carry_over
from kuangan.casework.models import Case
from kuangan.core.actions import tell_aside
from kuangan.core.apart import Aside, apart
from kuangan.flow.alarms.stops import drafts_of_earlier_releases, restate
from kuangan.flow.live import announce_case
from kuangan.law.content import procedures

STAGE: Final = "carrying"
"""The key of the incident that some cases could not be carried over."""


def carry_cases(at: datetime) -> int:
    """One round; returns how many were carried over. A case that cannot be is said, and its neighbours go on."""
    cases = list(_left_behind())
    carried, aside = apart(cases, lambda part: _carried(part, at), most=len(cases))
    drafts = drafts_of_earlier_releases()
    restated, unread = apart(drafts, lambda part: _restated(part, at), most=len(drafts))
    told = [Aside(stuck.row.number, stuck.error) for stuck in (*aside, *unread)]
    tell_aside(stage=STAGE, label="办件随程序调整", aside=told, at=at)
    return sum(carried) + sum(restated)


def _left_behind() -> Iterator[Case]:
    for law in procedures():
        known = {state.id for state in law.states}
        gone = [state for state in (*law.renamed, *law.closed_by) if law.state_now(state) in known]
        if gone:
            yield from Case.objects.filter(procedure=law.id, state__in=gone, closed_at=None).order_by("pk")


def _restated(cases: Sequence[Case], at: datetime) -> int:
    for case in cases:
        restate(case, at)
    return len(cases)


def _carried(cases: Sequence[Case], at: datetime) -> int:
    count = 0
    for case in cases:
        if carry_over(case=case, at=at):
            announce_case(case)
            count += 1
    return count
