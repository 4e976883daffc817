"""Access ends with the last post: sessions, keys and streams of who holds none any more, at the moment itself."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from kuangan.base import clock
from kuangan.core.actions.access.api_tokens import end_api_tokens
from kuangan.core.actions.access.sessions import end_sessions
from kuangan.core.actions.access.streams import tell_streams
from kuangan.core.models import Person, Tenure, User
from kuangan.core.queries.accounts import has_left
from kuangan.core.queries.roles import held_at

SWEPT_AT_ONCE = 200


def settle_access(actor: User | None, people: Iterable[Person]) -> None:
    """After posts were given or taken: who holds none any more is out, the open pages of the others show what they see now.

    To be called in the transaction of the change.
    """
    users = list(User.objects.filter(person__in=[person.pk for person in people], is_active=True))
    for user in users:
        if has_left(user):
            end_sessions(actor=actor, user=user)
            end_api_tokens(actor=actor, user=user)
    tell_streams(user.pk for user in users)


@transaction.atomic
def end_access_of_leavers() -> int:
    """End sessions and keys of those whose last post ended at a moment that was set before; how many accounts."""
    moment = clock.now()
    tenures = Tenure.objects.filter(person=OuterRef("person"))
    leavers = User.objects.filter(
        Exists(tenures.filter(to_at__lte=moment)), ~Exists(tenures.filter(held_at(moment))), is_active=True
    )
    in_use = Q(sessions__isnull=False) | Q(api_tokens__stopped_at=None, api_tokens__expires_at__gt=clock.wall_now())
    users = list(leavers.filter(in_use).distinct().order_by("pk")[:SWEPT_AT_ONCE])
    for user in users:
        end_sessions(actor=None, user=user)
        end_api_tokens(actor=None, user=user)
    return len(users)
