"""Opening the duties that follow events, one or thousands at once. Idempotent by the event's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.base.period import period_of
from kuangan.core.actions import Line, record_many
from kuangan.core.models import Post, Unit, User
from kuangan.core.queries.go_live import go_live_days
from kuangan.duty.models import Duty
from kuangan.duty.owing import Owing, World
from kuangan.duty.rows import count_duties, duty_row, insert_duties, openings_for
from kuangan.duty.terms import Terms, event_period, event_terms, last_day_in_time
from kuangan.law.duty.obligation_file import Obligation
from kuangan.mine.models import Mine


@dataclass(frozen=True)
class Following:
    """What follows from an event at ``start``: due at ``due_at``, or (None) after the obligation's span.

    ``subject`` names the event; the same one opens the same duty once. ``role`` where the obligation's is not known at the unit.
    """

    obligation: Obligation
    unit: Unit
    start: datetime
    due_at: datetime | None
    subject: str
    title: str
    mine: Mine | None = None
    post: Post | None = None
    role: str = ""

    @property
    def who(self) -> tuple[str, int, int | None, int | None, str]:
        """What tells its duty from every other one that follows an event."""
        post, mine = (holder.pk if holder else None for holder in (self.post, self.mine))
        return self.obligation.id, self.unit.pk, post, mine, self.subject


@transaction.atomic
def open_events(following: Sequence[Following], *, actor: User | None, at: datetime) -> list[Duty]:
    """Open what follows from events, in a few queries however many there are; the duties in the order given.

    What happened before the unit worked on the platform is not owed here: such an event opens none.
    """
    days = go_live_days()
    following = [event for event in following if days.is_live(event.unit.path, civil_date(event.start))]
    known = _known(following)
    new = {event.who: (event, event_terms(event.obligation, event.start, event.due_at)) for event in following}
    new = {who: pair for who, pair in new.items() if who not in known}
    if new:
        _insert(list(new.values()), at)
        known = _known(following)
        record_many([_line(known[who], *new[who], actor) for who in new], at)
    return [known[event.who] for event in following]


def open_event(
    *,
    obligation: Obligation,
    unit: Unit,
    start: datetime,
    due_at: datetime | None,
    subject: str,
    title: str,
    mine: Mine | None = None,
    post: Post | None = None,
    role: str = "",
    actor: User | None = None,
    at: datetime,
) -> Duty | None:
    """Open the duty that follows one event; see :class:`Following`. None where the unit does not owe it yet."""
    following_event = Following(obligation, unit, start, due_at, subject, title, mine, post, role)
    return next(iter(open_events([following_event], actor=actor, at=at)), None)


def _insert(new: Sequence[tuple[Following, Terms]], at: datetime) -> None:
    world = World(at)
    openings = openings_for([(event.obligation.id, event_period(terms.due_at)) for event, terms in new], at)
    lines = []
    for event, terms in new:
        first, period = civil_date(event.start), event_period(terms.due_at)
        lines.append(
            duty_row(
                event.obligation,
                Owing(event.unit, world.county_of(event.unit), event.post, event.mine),
                terms,
                opening=openings[event.obligation.id, period].pk,
                period=period,
                days=(first, last_day_in_time(terms.due_at, first)),
                needed=event.obligation.needed(period_of("year", first)),
                at=at,
                subject=event.subject,
                title=event.title,
                role=event.role,
            )
        )
    insert_duties(lines)
    count_duties(openings.values())


def _known(following: Sequence[Following]) -> dict[tuple[str, int, int | None, int | None, str], Duty]:
    duties = Duty.objects.filter(
        obligation__in={event.obligation.id for event in following}, subject__in={event.subject for event in following}
    ).select_related("unit", "mine")
    return {
        (duty.obligation, duty.unit_id, duty.post_id, duty.mine_id, duty.subject): duty
        for duty in duties.order_by("-pk")
    }


def _line(duty: Duty, event: Following, terms: Terms, actor: User | None) -> Line:
    data = {
        "obligation": event.obligation.id,
        "unit": event.unit.code,
        "due_at": terms.due_at,
        "subject": event.subject,
    }
    return Line(duty, "duty_opened", data, actor)
