"""Ending sessions, recorded: by their owner, by the platform, with the account."""

from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.access.sessions import beyond, over_at, sessions_of
from kuangan.core.access.values import most_sessions
from kuangan.core.actions.access.streams import tell_streams
from kuangan.core.actions.audit import Line, record, record_many
from kuangan.core.errors import Refused
from kuangan.core.models import LoginSession, User

SWEPT_AT_ONCE = 500


@transaction.atomic
def end_session(*, actor: User, session: LoginSession) -> None:
    """Log one of one's own browsers out. Refused for another person's, and for one that has ended."""
    if session.user_id != actor.pk:
        raise Refused("只能结束本人的登录。")
    if not LoginSession.objects.filter(pk=session.pk).delete()[0]:
        raise Refused("该登录已结束，无需重复操作。")
    _record_end(actor, session, "session_ended")
    tell_streams([actor.pk])


@transaction.atomic
def end_sessions(*, actor: User | None, user: User, keep: str = "") -> int:
    """Log the account out everywhere, but where the session's digest is ``keep``; how many ended."""
    sessions = LoginSession.objects.filter(user=user).exclude(key_sha256=keep)
    count = sessions.delete()[0]
    if count:
        tell_streams([user.pk])
        record(actor=actor, action="sessions_ended", subject=user, data={"sessions": count}, at=clock.wall_now())
    return count


@transaction.atomic
def end_crowding_sessions(*, user: User) -> int:
    """Keep as many of the account's sessions as the local value allows, the last used ones; how many ended."""
    User.objects.select_for_update().get(pk=user.pk)  # two log-ins at once count each other
    crowding = beyond(sessions_of(user.pk, clock.wall_now()), most_sessions())
    for session in crowding:
        session.delete()
        _record_end(user, session, "session_crowded_out")
    if crowding:
        tell_streams([user.pk])
    return len(crowding)


@transaction.atomic
def sweep_sessions(at: datetime) -> int:
    """Remove sessions that are over and note it for those of somebody; how many (500 at the most). By the wall clock."""
    moment = clock.wall_now()
    over = LoginSession.objects.select_for_update(of=("self",), skip_locked=True).filter(over_at(moment))
    sessions = list(over.select_related("user").order_by("pk")[:SWEPT_AT_ONCE])
    LoginSession.objects.filter(pk__in=[ended.pk for ended in sessions]).delete()
    lines = [Line(ended.user, "session_expired", _told(ended)) for ended in sessions if ended.user is not None]
    record_many(lines, moment)
    return len(sessions)


def _told(session: LoginSession) -> dict[str, object]:
    return {"address": session.address, "begun_at": session.begun_at, "seen_at": session.seen_at}


def _record_end(actor: User, session: LoginSession, action: str) -> None:
    record(actor=actor, action=action, subject=actor, data=_told(session), at=clock.wall_now())
