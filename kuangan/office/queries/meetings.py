"""Reads of meetings, invitations and decisions."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kuangan.core.models import User
from kuangan.core.queries import visible_to
from kuangan.office.models import Decision, Invitation, Meeting
from kuangan.office.standing import own_units


def meetings_visible_to(user: User) -> QuerySet[Meeting]:
    """Meetings organised by or calling a unit in the user's sight, the latest first, with counts of those called and coming."""
    called = visible_to(user, Invitation.objects.filter(meeting=OuterRef("pk")))
    organised = visible_to(user, Meeting.objects.all()).values("pk")
    rows = Meeting.objects.filter(Q(pk__in=organised) | Exists(called)).select_related("organiser")
    return rows.annotate(
        called=Count("invitations", distinct=True),
        answered=Count("invitations", filter=Q(invitations__answered_at__isnull=False), distinct=True),
        came=Count("invitations", filter=Q(invitations__attended=True), distinct=True),
        decided=Count("decisions", distinct=True),
    ).order_by("-starts_at", "-pk")


def sees_whole(user: User, meeting: Meeting) -> bool:
    """Whether the user sees all who are called and all decisions: those who see the organiser."""
    return visible_to(user, Meeting.objects.filter(pk=meeting.pk)).exists()


def invitations_visible_to(user: User, meeting: Meeting) -> QuerySet[Invitation]:
    """Invitations of one meeting in the user's sight, by place."""
    rows = meeting.invitations.all()
    seen = rows if sees_whole(user, meeting) else visible_to(user, rows)
    return seen.select_related("unit", "notice__received_by__person", "answered_by__person").order_by("path")


def decisions_visible_to(user: User, meeting: Meeting) -> QuerySet[Decision]:
    """Decisions of one meeting in the user's sight, in the order they were taken."""
    rows = meeting.decisions.all()
    seen = rows if sees_whole(user, meeting) else visible_to(user, rows)
    return seen.select_related("responsible", "circular").order_by("pk")


def unanswered_invitations(user: User, at: datetime) -> QuerySet[Invitation]:
    """Invitations of the user's own units to meetings still to come that nobody has answered."""
    return Invitation.objects.filter(
        unit__in=own_units(user), answered_at=None, meeting__starts_at__gt=at, meeting__cancelled_at=None
    )
