"""Shared reads of duties."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import Attachment, User
from kuangan.core.queries import roles_of, visible_to
from kuangan.duty.models import CheckinToken, Duty, Fulfilment, Judgement, Source, Urge
from kuangan.law.role import Role
from kuangan.law.time.calendar import workdays

ISSUING = frozenset(
    {
        Role.clerk,
        Role.section_head,
        Role.bureau_head,
        Role.bureau_deputy,
        Role.government_head,
        Role.company_officer,
        Role.mine_director,
    }
)
"""Who issues keys for the programs of his unit, and stops them: its clerk and those who lead it."""
STOPPING = frozenset({Role.operator})
"""Who stops the keys of any unit's programs; keys of persons are stopped by the security administrator."""
OPEN = Q(done_at=None, excused_at=None, cancelled_at=None)
"""Duties that still ask for something."""


def duties_visible_to(user: object) -> QuerySet[Duty]:
    """The duties of the units in the user's sight."""
    return visible_to(user, Duty.objects.select_related("unit", "mine", "post", "county"))


def evidence_of(user: object, duty: Duty) -> QuerySet[Fulfilment]:
    """What was given for a duty in sight, the newest first, with its files (``files``) and who looked at it (``judged``)."""
    fulfilments = visible_to(user, Fulfilment.objects.filter(duty=duty), "duty__path").select_related("by__person")
    judgements = Judgement.objects.select_related("by__person", "unit")
    fulfilments = fulfilments.prefetch_related(
        Prefetch("attachments", to_attr="files"), Prefetch("judgements", queryset=judgements, to_attr="judged")
    )
    return fulfilments.order_by("-recorded_at", "-pk")


def files_of(user: object, duty: Duty) -> QuerySet[Attachment]:
    """The files given as evidence for a duty in sight."""
    return Attachment.objects.filter(pk__in=evidence_of(user, duty).order_by().values("attachments"))


def urges_of(user: object, duty: Duty) -> QuerySet[Urge]:
    """Who pressed for a duty in sight, the newest first."""
    urges = visible_to(user, Urge.objects.filter(duty=duty), "duty__path")
    return urges.select_related("by__person", "to").order_by("-at", "-pk")


def duties_behind(user: object, subject: str, source: Source, key: str) -> QuerySet[Duty]:
    """The duties in sight that follow a subject or for which something counts, the first due first."""
    counted = Fulfilment.objects.filter(source=source, key=key, revoked_at=None)
    followed = Duty.objects.filter(subject=subject)
    keys = {*counted.values_list("duty_id", flat=True), *followed.values_list("pk", flat=True)}
    return duties_visible_to(user).filter(pk__in=keys).order_by("due_at", "pk")


def duties_of_post(user: object, post_id: int, first: date, last: date) -> list[Duty]:
    """The duties in sight of one post that fall into the days, the first due first."""
    duties = Duty.objects.filter(post=post_id, cancelled_at=None, first_on__lte=last, last_on__gte=first)
    return list(visible_to(user, duties).order_by("due_at", "pk"))


def my_duties(user: User, at: datetime | None = None) -> QuerySet[Duty]:
    """The duties of the roles that the user has at a moment: of his posts for their holders, else of role and unit.

    A clerk prepares whatever his unit owes. Deputies see those of the post they stand in for. Not cancelled; the most urgent first.
    """
    mine = Q(pk__in=())
    for hold in roles_of(user, at or clock.now()):
        post = hold.acting_for or hold.post
        of_unit = Q(unit=hold.unit, post=None)
        mine |= of_unit if hold.role is Role.clerk else of_unit & Q(role=hold.role.value)
        mine |= Q(post=post, role=hold.role.value)
    duties = Duty.objects.filter(mine, cancelled_at=None).select_related("unit", "mine", "post")
    return duties.order_by("due_at", "pk")


def tokens_in_force(at: datetime) -> QuerySet[CheckinToken]:
    """The keys of programs that are accepted at a moment."""
    return CheckinToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), stopped_at=None)


def tokens_visible_to(user: User, at: datetime | None = None) -> QuerySet[CheckinToken]:
    """The keys that have not been stopped of the units whose keys the user may stop, the newest first."""
    tokens = CheckinToken.objects.filter(stopped_at=None).select_related("unit", "created_by__person").order_by("-pk")
    holds = roles_of(user, at or clock.now())
    if any(hold.role in STOPPING for hold in holds):
        return tokens
    return tokens.filter(unit__in=[hold.unit.pk for hold in holds if hold.role in ISSUING])


def credits_of(duties: Iterable[Duty]) -> dict[int, int]:
    """How many valid credits each duty has, by its key; 0 for none. Several about the same person or thing count once."""
    keys = [duty.pk for duty in duties]
    fulfilments = Fulfilment.objects.filter(duty__in=keys, revoked_at=None).values("duty")
    blank, named = Count("pk", filter=Q(about="")), Count("about", filter=~Q(about=""), distinct=True)
    numbers = {
        counted["duty"]: counted["blank"] + counted["named"]
        for counted in fulfilments.annotate(blank=blank, named=named)
    }
    return {key: numbers.get(key, 0) for key in keys}


def owed_in(keys: Sequence[str], last: date, at: datetime) -> QuerySet[Duty]:
    """Every duty of some periods that had begun by their ``last`` day and was open at a moment."""
    return Duty.objects.filter(period__in=keys, opened_at__lte=at, first_on__lte=last)


def credit_given(duty: Duty, pk: int) -> Fulfilment | None:
    """One of a duty's credits; None for another duty's."""
    return Fulfilment.objects.filter(duty=duty, pk=pk).first()


SOON = timedelta(days=60)
"""A year's holidays are published in the autumn before; until then its absence is no fault."""


def years_without_calendar(at: datetime) -> list[int]:
    """The years without a table of holidays in which open duties fall due, or end their time of recording, before long."""
    duties = Duty.objects.filter(OPEN, provisional=True, grace_at__gte=at, due_at__lte=at + SOON)
    days: set[date] = {clock.civil_date(moment) for pair in duties.values_list("due_at", "grace_at") for moment in pair}
    return sorted({day.year for day in days} - set(workdays().years))
