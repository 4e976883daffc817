"""Reads of meetings, invitations and decisions."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kuangan.core.models import Attachment, User
from kuangan.core.queries import visible_to
from kuangan.office.models import Decision, Invitation, Meeting
from kuangan.office.standing import own_units


def meetings_visible_to(user: User) -> QuerySet[Meeting]:
    """Meetings organised by or calling a unit in the user's sight, the latest first, with counts of those called and coming."""
    called = visible_to(user, Invitation.objects.filter(meeting=OuterRef("pk")))
    organised = visible_to(user, Meeting.objects.all()).values("pk")
    meetings = Meeting.objects.filter(Q(pk__in=organised) | Exists(called)).select_related("organiser")
    return meetings.annotate(
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
    invitations = Invitation.objects.filter(meeting=meeting)
    seen = invitations if sees_whole(user, meeting) else visible_to(user, invitations)
    return seen.select_related("unit", "notice__received_by__person", "answered_by__person").order_by("path")


def own_invitations(user: User, meeting: Meeting) -> QuerySet[Invitation]:
    """The invitations of the user's own units, which he may answer."""
    return Invitation.objects.filter(meeting=meeting, unit__in=own_units(user))


def papers_with(user: User, meeting: Meeting) -> QuerySet[Attachment]:
    """The files that were sent with the call to a meeting, for whoever sees it."""
    seen = meetings_visible_to(user).filter(pk=meeting.pk).order_by().values("attachments")
    return Attachment.objects.filter(pk__in=seen)


def minutes_of(user: User, meeting: Meeting) -> QuerySet[Attachment]:
    """The files of the minutes, for whoever sees the meeting."""
    seen = meetings_visible_to(user).filter(pk=meeting.pk).order_by().values("minutes")
    return Attachment.objects.filter(pk__in=seen)


def files_of(user: User, meeting: Meeting) -> QuerySet[Attachment]:
    """Every file of a meeting: what was sent with the call and its minutes."""
    sent, minutes = papers_with(user, meeting).values("pk"), minutes_of(user, meeting).values("pk")
    return Attachment.objects.filter(Q(pk__in=sent) | Q(pk__in=minutes))


def decisions_visible_to(user: User, meeting: Meeting) -> QuerySet[Decision]:
    """Decisions of one meeting in the user's sight, in the order they were taken."""
    decisions = Decision.objects.filter(meeting=meeting)
    seen = decisions if sees_whole(user, meeting) else visible_to(user, decisions)
    return seen.select_related("responsible", "circular", "meeting").order_by("pk")


def unanswered_invitations(user: User, at: datetime) -> QuerySet[Invitation]:
    """Invitations of the user's own units to meetings still to come that nobody has answered."""
    return Invitation.objects.filter(
        unit__in=own_units(user), answered_at=None, meeting__starts_at__gt=at, meeting__cancelled_at=None
    )
