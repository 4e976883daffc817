"""Reads about invitations: who could be invited, who was, what waits to be handed out."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import (
    AccountInvitation,
    InvitationIssue,
    Invitee,
    InviteeState,
    IssueKind,
    IssueState,
    Person,
    RequestState,
    Unit,
    User,
)
from kuangan.core.queries.account_requests import keeps_accounts, may_ask
from kuangan.core.queries.keeping import administered_units, kept_people, kept_units
from kuangan.core.queries.roles import tenures_at
from kuangan.core.sealed import keyed_digest

OPEN: Final = Q(used_at=None, revoked_at=None)
"""Filter on Invitee: neither used nor taken back; it may have expired."""
CODE: Final = "invitation"
READABLE: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""None is taken for another when read from paper."""


def may_invite(reader: User, unit: Unit | None) -> bool:
    """Whether the reader invites people of a unit (None: of the whole city): the system administrator, and a unit's own of its own."""
    return may_ask(reader) or unit in administered_units(reader)


def people_to_invite(reader: User, unit: Unit | None) -> QuerySet[Person]:
    """Who holds a post, at a unit and below it or in the whole city, and has neither an account nor an open invitation.

    Each with what he holds now (``held``). A unit's own administrator gets the people of that unit alone.
    """
    held = tenures_at(clock.now()).order_by("post__unit__path", "post_id")
    own = Person.objects.filter(unit__in=administered_units(reader)).select_related("unit").order_by("name", "pk")
    people = (kept_people(reader) if keeps_accounts(reader) else own).filter(
        Exists(held.filter(person=OuterRef("pk"))),
        ~Exists(Invitee.objects.filter(OPEN, person=OuterRef("pk"))),
        user__isnull=True,
    )
    if unit is not None:
        people = people.filter(Exists(held.filter(person=OuterRef("pk"), post__unit__path__startswith=unit.path)))
    return people.prefetch_related(Prefetch("tenures", queryset=held, to_attr="held"))


def units_to_invite(reader: User) -> QuerySet[Unit]:
    """The units whose people the reader may invite."""
    own = Unit.objects.filter(pk__in=[unit.pk for unit in administered_units(reader)]).order_by("path")
    return kept_units(reader) if keeps_accounts(reader) else own


def invitations_for(reader: User) -> QuerySet[AccountInvitation]:
    """The invitations with how many people they name and how many have used theirs, the newest first.

    All of them for those who keep accounts; a unit's own administrator gets those that name nobody but people of his unit whose posts do not sign.
    """
    invitations = AccountInvitation.objects.select_related("unit", "made_by__person", "request").order_by("-pk")
    if not keeps_accounts(reader):
        elsewhere = Invitee.objects.filter(invitation=OuterRef("pk")).exclude(
            person__unit=OuterRef("unit"), signs=False
        )
        invitations = invitations.filter(~Exists(elsewhere), unit__in=administered_units(reader), request=None)
    return invitations.annotate(
        invited=Count("invitees"),
        used=Count("invitees", filter=Q(invitees__used_at__isnull=False)),
        signing=Count("invitees", filter=Q(invitees__signs=True)),
    )


def invitees_of(reader: User, invitation: AccountInvitation) -> QuerySet[Invitee]:
    """The people of an invitation, by their units and names."""
    invitees = Invitee.objects.filter(invitation__in=_seen(reader, invitation).values("pk")).select_related(
        "person__unit"
    )
    return invitees.order_by("person__unit__path", "person__name", "pk")


def in_state(state: InviteeState, at: datetime) -> Q:
    """Filter on Invitee: those of a state, by the wall clock."""
    expired = Q(expires_at__lte=at)
    return {
        InviteeState.used: Q(used_at__isnull=False),
        InviteeState.revoked: Q(revoked_at__isnull=False),
        InviteeState.expired: OPEN & expired,
        InviteeState.issued: OPEN & Q(issued_at__isnull=False) & ~expired,
        InviteeState.made: OPEN & Q(issued_at=None) & ~expired,
    }[state]


def issues_of(reader: User, invitation: AccountInvitation) -> QuerySet[InvitationIssue]:
    """What was asked to be handed out, the newest first."""
    issues = InvitationIssue.objects.filter(invitation__in=_seen(reader, invitation).values("pk"))
    return issues.select_related("asked_by__person", "only__person").order_by("-pk")


def own_issues(reader: User) -> QuerySet[InvitationIssue]:
    """What the reader himself asked to be handed out."""
    issues = InvitationIssue.objects.filter(asked_by=reader).select_related("invitation")
    return issues.filter(invitation__in=invitations_for(reader).values("pk"))


def sees_invitation(reader: User, invitation: AccountInvitation) -> bool:
    """Whether an invitation is one of the reader's."""
    return _seen(reader, invitation).exists()


def _seen(reader: User, invitation: AccountInvitation) -> QuerySet[AccountInvitation]:
    return invitations_for(reader).filter(pk=invitation.pk)


def is_agreed(invitation: AccountInvitation) -> bool:
    """Whether nothing of it needs a second administrator, or that one has approved it."""
    return invitation.request is None or invitation.request.state == RequestState.approved


def invitees_of_issue(issue: InvitationIssue) -> QuerySet[Invitee]:
    """Whose codes a job writes: who has no account yet and was not taken back; the second codes of those who sign alone."""
    invitees = Invitee.objects.filter(OPEN, invitation=issue.invitation_id, person__user__isnull=True)
    if issue.kind == IssueKind.bindings:
        invitees = invitees.filter(signs=True)
    if issue.only_id is not None:
        invitees = invitees.filter(pk=issue.only_id)
    return invitees.select_related("person__unit").order_by("person__unit__path", "person__name", "pk")


def waiting_issues() -> QuerySet[InvitationIssue]:
    """Jobs that wait, or that a process left unfinished, the oldest first."""
    issues = InvitationIssue.objects.filter(state__in=(IssueState.queued, IssueState.working))
    return issues.select_related("invitation__unit", "asked_by__person").order_by("asked_at", "pk")


def outlived_issues(at: datetime) -> QuerySet[InvitationIssue]:
    """Jobs whose file has reached its end, by the wall clock, for two days: a file that stayed behind is removed then."""
    return InvitationIssue.objects.filter(ends_at__lte=at, ends_at__gt=at - timedelta(days=2))


def codes_in_hand() -> QuerySet[Invitee]:
    """Whose codes, first or second, are written and not used."""
    return Invitee.objects.filter(OPEN).exclude(code_digest="", binding_digest="")


def code_digest(code: str) -> str:
    """How a code is kept: signs that were typed between its groups, or small, count for nothing; empty for none."""
    signs = "".join(sign for sign in code.upper() if sign in READABLE)
    return keyed_digest(signs, CODE) if signs else ""


def invitee_by_code(code: str) -> Invitee | None:
    """Whose code in force this is."""
    digest = code_digest(code)
    if not digest:
        return None
    invitees = Invitee.objects.filter(OPEN, code_digest=digest, expires_at__gt=clock.wall_now())
    return invitees.select_related("person__unit", "invitation__request").first()
