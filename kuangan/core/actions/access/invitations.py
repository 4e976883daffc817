"""Writes on invitations: made by the system administrator, agreed on by the security administrator, handed out, taken back, used.

A unit's own administrator invites the people of his unit whose posts neither sign nor administer: nobody has to agree on those.

Neither of the two alone gets into an account whose post signs: the first code is in the hands of the system administrator, the second,
without which that account is not opened, in those of the security administrator.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction

from kuangan.base import clock
from kuangan.core.access.approval import posts_needing_two
from kuangan.core.actions.access.requests import ask_invitation
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import (
    AccountInvitation,
    InvitationIssue,
    Invitee,
    IssueKind,
    IssueState,
    Person,
    Unit,
    UnitKind,
    User,
)
from kuangan.core.queries.account_requests import may_ask, may_bind
from kuangan.core.queries.invitations import OPEN, is_agreed, may_invite, people_to_invite, sees_invitation

KEEPERS: Final = "开通邀请由系统管理员办理，本单位不签字、不管理平台的人员也可由单位管理员办理。"
NOBODY: Final = "所选范围内没有待开通账号的任职人员，或者均已邀请。"
SIGNERS: Final = "签字和管理岗位人员由系统管理员邀请、安全管理员审批。"
MOST: Final = 5000
"""People of one invitation."""
LONGEST_POSTS: Final = 300


@transaction.atomic
def invite(*, actor: User, unit: Unit | None, reason: str, only: Sequence[int] | None = None) -> AccountInvitation:
    """Invite everybody of a unit and of those below it (None: the whole city) who holds a post and has no account.

    ``only``: keys of the people among them. Where posts sign or administer, one request lists them all; a unit's own administrator
    leaves those out. Refused: nobody is left, or too many.
    """
    if not may_invite(actor, unit):
        raise Refused(KEEPERS)
    people = [person for person in people_to_invite(actor, unit) if only is None or person.pk in set(only)]
    if not may_ask(actor):
        two = posts_needing_two([tenure.post for person in people for tenure in person.held])  # type: ignore[attr-defined]  # by the prefetch
        people = [person for person in people if all(tenure.post_id not in two for tenure in person.held)]  # type: ignore[attr-defined]  # as above
    if not people:
        raise Refused(NOBODY if may_ask(actor) else f"{NOBODY}{SIGNERS}")
    if len(people) > MOST:
        raise Refused(f"所选范围内有{len(people)}人，一次最多邀请{MOST}人，请分单位办理。")
    invitation = AccountInvitation.objects.create(unit=unit, made_by=actor, made_at=clock.wall_now())
    invitees = _invitees(invitation, people)
    Invitee.objects.bulk_create(invitees, batch_size=1000)
    signing = [_listed(invitee) for invitee in invitees if invitee.signs]
    if signing:
        where = unit or Unit.objects.filter(kind=UnitKind.city).order_by("pk").first() or _own_unit(actor)
        invitation.request = ask_invitation(
            actor=actor, unit=where, invitation=invitation.pk, people=signing, reason=reason
        )
        invitation.save(update_fields=["request"])
    data = {"unit": unit.code if unit else None, "people": [person.pk for person in people], "signing": len(signing)}
    record(actor=actor, action="invitation_made", subject=invitation, data=data)
    return invitation


def _invitees(invitation: AccountInvitation, people: Sequence[Person]) -> list[Invitee]:
    held: dict[int, list[Any]] = {person.pk: [tenure.post for tenure in person.held] for person in people}  # type: ignore[attr-defined]  # by the prefetch
    two = posts_needing_two([post for posts in held.values() for post in posts])
    return [
        Invitee(
            invitation=invitation,
            person=person,
            posts="、".join(str(post) for post in held[person.pk])[:LONGEST_POSTS],
            signs=any(post.pk in two for post in held[person.pk]),
        )
        for person in people
    ]


def _hands_out(actor: User, invitation: AccountInvitation) -> bool:
    """Whether somebody hands out and takes back the first codes of an invitation: the system administrator, and a unit's own of his."""
    return may_ask(actor) or (not may_bind(actor) and sees_invitation(actor, invitation))


def _listed(invitee: Invitee) -> dict[str, str]:
    return {"unit": invitee.person.unit.name, "person": invitee.person.name, "posts": invitee.posts}


def _own_unit(actor: User) -> Unit:
    assert actor.person is not None
    return actor.person.unit


@transaction.atomic
def ask_issue(
    *, actor: User, invitation: AccountInvitation, kind: IssueKind, address: str, only: Invitee | None = None
) -> InvitationIssue:
    """Have codes written and handed out by a job; codes of before are void once it is done. ``address``: where one signs in.

    Refused: before it was agreed on, while another job of it runs, and each of the two administrators for the other's codes.
    """
    hands_out = may_bind(actor) if kind is IssueKind.bindings else _hands_out(actor, invitation)
    if not hands_out:
        raise Refused("邀请信函和短信由系统管理员办理，绑定凭证由安全管理员办理。")
    locked = AccountInvitation.objects.select_for_update(of=("self",)).select_related("request").get(pk=invitation.pk)
    if not is_agreed(locked):
        raise Refused("名单中有签字或管理岗位，须经安全管理员批准后办理。")
    unfinished = InvitationIssue.objects.filter(
        invitation=locked, kind=kind, state__in=(IssueState.queued, IssueState.working)
    )
    if unfinished.exists():
        raise Refused("同一邀请的上一次生成尚未完成，请稍候。")
    issue = InvitationIssue.objects.create(
        invitation=locked, only=only, kind=kind, asked_by=actor, asked_at=clock.wall_now(), address=address
    )
    data = {"kind": kind.value, "only": only.person_id if only else None}
    record(actor=actor, action="invitation_issue_asked", subject=locked, data=data)
    return issue


@transaction.atomic
def revoke_invitee(*, actor: User, invitee: Invitee) -> Invitee:
    """Take one person's invitation back. Refused when it was used or taken back before."""
    if not _hands_out(actor, invitee.invitation):
        raise Refused(KEEPERS)
    moment = clock.wall_now()
    open_invitee = Invitee.objects.filter(OPEN, pk=invitee.pk)
    if not open_invitee.update(revoked_at=moment, code_digest="", binding_digest=""):
        raise Refused(f"{invitee.person.name}的邀请已使用或已撤销，无需重复操作。")
    record(actor=actor, action="invitation_revoked", subject=invitee.invitation, data={"person": invitee.person_id})
    invitee.refresh_from_db()
    return invitee


@transaction.atomic
def revoke_invitation(*, actor: User, invitation: AccountInvitation) -> int:
    """Take back whatever of it was not used; how many. Refused when nothing is left."""
    if not _hands_out(actor, invitation):
        raise Refused(KEEPERS)
    open_invitees = Invitee.objects.filter(OPEN, invitation=invitation)
    count = open_invitees.update(revoked_at=clock.wall_now(), code_digest="", binding_digest="")
    if not count:
        raise Refused("没有未使用的邀请可以撤销。")
    record(actor=actor, action="invitation_revoked", subject=invitation, data={"people": count})
    return count


@transaction.atomic
def take_letters(*, actor: User, issue: InvitationIssue) -> InvitationIssue:
    """Note that the letters were taken away to be printed. Refused to whoever did not ask for them, and when they are gone."""
    moment = clock.wall_now()
    if issue.asked_by_id != actor.pk:
        raise Refused("信函只由提出生成的管理员领取。")
    if (
        issue.state != IssueState.done
        or issue.kind == IssueKind.sms
        or issue.ends_at is None
        or issue.ends_at <= moment
    ):
        raise Refused("信函尚未生成或已超过保留时间，请重新生成。")
    if issue.kind == IssueKind.letters:
        written = Invitee.objects.filter(OPEN, invitation=issue.invitation_id, written_at=issue.ended_at)
        written.update(issued_at=moment)
    issue.taken_at = moment
    issue.save(update_fields=["taken_at"])
    data = {"kind": issue.kind, "letters": issue.total}
    record(actor=actor, action="invitation_letters_taken", subject=issue.invitation, data=data, at=moment)
    return issue
