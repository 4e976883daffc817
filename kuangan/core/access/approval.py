"""What no single administrator may do: resets, and whatever gives somebody a signature or the keeping of accounts.

The actions themselves ask for the approved request, so that no page, command or later code does it alone. Without an
actor the platform acts: its console, and the building of a demonstration.
"""

from collections.abc import Collection

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, Person, Post, RequestKind, RequestState, User
from kuangan.core.queries.roles import tenures_at
from kuangan.law.role import Role


def needs_two(role: Role) -> bool:
    """Whether a post of this role is given by two: it signs, or it administers the platform."""
    return role.signs or role.administers


def post_needs_two(post: Post) -> bool:
    """Whether a post is given by two: by its own role, or because it stands in for a post whose role asks for it."""
    return needs_two(post.typed_role) or any(needs_two(other.typed_role) for other in Post.objects.filter(deputy=post))


def posts_needing_two(posts: Collection[Post]) -> set[int]:
    """As :func:`post_needs_two` for many posts, in one query: the keys of those that two must give."""
    standing_in = Post.objects.filter(deputy__in=[post.pk for post in posts]).values_list("deputy_id", "role")
    deputies = {deputy for deputy, role in standing_in if needs_two(Role(role))}
    return deputies | {post.pk for post in posts if needs_two(post.typed_role)}


def holds_such_post(person: Person) -> bool:
    """Whether the person holds a post that two must give."""
    held = tenures_at(clock.now()).filter(person=person)
    return any(post_needs_two(tenure.post) for tenure in held)


def roles_held(person: Person) -> tuple[Role, ...]:
    """The roles of the person's own posts, now."""
    return tuple(tenure.post.typed_role for tenure in tenures_at(clock.now()).filter(person=person))


def require_approved(
    actor: User | None,
    approval: AccountRequest | None,
    person: Person | None,
    what: str,
    *,
    post: Post | None = None,
    deputy: Post | None = None,
) -> None:
    """Raise Refused unless the platform itself acts, or two administrators have agreed on this for this person.

    What was agreed on for a whole book holds for the people and deputies of ``post`` that its request lists, and for nobody else.
    """
    if actor is None:
        return
    agreed = approval is not None and approval.state == RequestState.approved
    if agreed and approval is not None and approval.kind == RequestKind.city_book:
        agreed = post is not None and _is_listed(approval, post, person, deputy)
    elif agreed and approval is not None and person is not None:
        agreed = approval.person_id == person.pk
    if not agreed:
        raise Refused(f"{what}须由一名管理员申请、另一名管理员审批，请在“申请与审批”中提出申请。")


def _is_listed(approval: AccountRequest, post: Post, person: Person | None, deputy: Post | None) -> bool:
    wanted = {"unit": post.unit.name, "post": post.title}
    wanted |= {"person": person.name} if person is not None else {}
    wanted |= {"deputy": deputy.title} if deputy is not None else {}
    return any(wanted.items() <= listed.items() for listed in approval.given["posts"])


def require_apart(role: Role, person: Person) -> None:
    """Raise Refused where one person would unite two administrators, or an administrator and a signature."""
    require_apart_from(roles_held(person), role, person)


def require_apart_from(held: Collection[Role], role: Role, person: Person) -> None:
    """As :func:`require_apart`, where the roles that the person holds are known."""
    if role.administers and any(other.administers and other is not role for other in held):
        raise Refused(f"系统管理员、安全管理员、审计管理员须由不同人员担任，{person.name}已任其中一职。")
    if role.administers and any(other.signs for other in held):
        raise Refused(f"{person.name}现任签字岗位，不能兼任{role.label}。")
    if role.signs and any(other.administers for other in held):
        raise Refused(f"{person.name}现任平台管理员，不能兼任签字岗位。")
