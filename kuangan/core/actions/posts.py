"""Writes on people, posts, their holders and absences."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.base.text import person_name
from kuangan.core.access.approval import needs_two, post_needs_two, require_apart, require_approved
from kuangan.core.actions.access.leaving import settle_access
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import Absence, AccountRequest, Person, Post, Tenure, Unit, UnitKind, User
from kuangan.core.queries.roles import held_at
from kuangan.core.standard_posts import STANDARD_POSTS
from kuangan.law.role import Role


@transaction.atomic
def create_person(
    *,
    actor: User | None,
    name: str,
    unit: Unit,
    phone: str = "",
    certificate: str = "",
    at: datetime | None = None,
) -> Person:
    """Add a person who works for `unit`; `certificate` is the number of an enforcement certificate."""
    name = person_name(name)
    person = Person.objects.create(name=name, unit=unit, phone=phone, certificate=certificate)
    record(
        actor=actor,
        action="person_created",
        subject=person,
        data={"name": name, "unit": unit.code, "phone": phone, "certificate": certificate},
        at=at,
    )
    return person


@transaction.atomic
def set_certificate(*, actor: User | None, person: Person, certificate: str, at: datetime | None = None) -> Person:
    """Note the number of a person's enforcement certificate; empty takes it away."""
    before = person.certificate
    person.certificate = certificate.strip()
    person.save(update_fields=["certificate"])
    data = {"before": before, "after": person.certificate}
    record(actor=actor, action="certificate_set", subject=person, data=data, at=at)
    return person


@transaction.atomic
def set_person_phone(*, actor: User | None, person: Person, phone: str, at: datetime | None = None) -> Person:
    """Note the telephone at which a person is reached."""
    data = {"before": person.phone, "after": phone}
    person.phone = phone
    person.save(update_fields=["phone"])
    record(actor=actor, action="person_phone_set", subject=person, data=data, at=at)
    return person


@transaction.atomic
def create_post(
    *,
    actor: User | None,
    unit: Unit,
    title: str,
    role: Role | str,
    deputy: Post | None = None,
    at: datetime | None = None,
) -> Post:
    """Add a post of `unit` that carries `role`. Refused when the unit has a post of this title."""
    known = Post.objects.filter(unit=unit, title=title).first()
    if known is not None:
        again = f"，{known.closed_on}撤销，恢复的请更正该次撤销" if known.closed_on else ""
        raise Refused(f"{unit.name}已有岗位“{title}”{again}；另设的请换一个岗位名称。")
    post = Post.objects.create(unit=unit, title=title, role=Role(role).value, deputy=deputy)
    content = {"unit": unit.code, "title": title, "role": post.role, "deputy": deputy.pk if deputy else None}
    record(actor=actor, action="post_created", subject=post, data=content, at=at)
    return post


@transaction.atomic
def create_posts(
    *,
    actor: User | None,
    unit: Unit,
    posts: Mapping[str, Role],
    deputies: Mapping[str, str],
    at: datetime | None = None,
) -> list[Post]:
    """Add several vacant posts of a unit, roles by title, with one entry on record. ``deputies``: by title, the title of the B岗 among them.

    Nobody holds them yet, so nobody's signature is passed on to a deputy. Refused when the unit has a post of one of these titles.
    """
    taken = Post.objects.filter(unit=unit, title__in=posts).first()
    if taken is not None:
        raise Refused(f"{unit.name}已有岗位“{taken.title}”，请换一个岗位名称。")
    made = Post.objects.bulk_create(Post(unit=unit, title=title, role=role.value) for title, role in posts.items())
    by_title = {post.title: post for post in made}
    for title, deputy in deputies.items():
        by_title[title].deputy = by_title[deputy]
    if deputies:
        Post.objects.bulk_update([by_title[title] for title in deputies], ["deputy"])
    content = {"posts": {title: role.value for title, role in posts.items()}, "deputies": dict(deputies)}
    record(actor=actor, action="posts_created", subject=unit, data=content, at=at)
    return made


def add_standard_posts(*, actor: User | None, unit: Unit, at: datetime | None = None) -> list[Post]:
    """The posts that a unit of this kind begins with, vacant, each with its B岗. Refused when it has one of them."""
    standard = STANDARD_POSTS.get(UnitKind(unit.kind), ())
    return create_posts(
        actor=actor,
        unit=unit,
        posts={post.title: post.role for post in standard},
        deputies={post.title: post.deputy for post in standard if post.deputy},
        at=at,
    )


@transaction.atomic
def set_deputy(
    *,
    actor: User | None,
    post: Post,
    deputy: Post | None,
    approval: AccountRequest | None = None,
    at: datetime | None = None,
) -> Post:
    """Name the post that stands in for `post` (AB岗). Refused for the post itself and while the post is absent.

    A deputy takes the signature over: where the post signs or administers, two must have agreed (``approval``).
    """
    moment = at or clock.now()
    if deputy is not None and needs_two(post.typed_role):
        require_approved(actor, approval, None, f"设定{post}的B岗", post=post, deputy=deputy)
    if deputy is not None and deputy.pk == post.pk:
        raise Refused(f"{post}不能作自己的B岗，请另选岗位。")
    if Absence.objects.filter(post=post, to_at__gt=moment).exists():
        raise Refused(f"{post}已登记离岗，请先结束离岗再变更B岗。")
    post.deputy = deputy
    post.save(update_fields=["deputy"])
    record(actor=actor, action="deputy_set", subject=post, data={"deputy": deputy.pk if deputy else None}, at=moment)
    return post


@transaction.atomic
def appoint(
    *,
    actor: User | None,
    post: Post,
    person: Person,
    approval: AccountRequest | None = None,
    at: datetime | None = None,
) -> Tenure:
    """Let `person` hold `post` from `at`; the holder so far hands over at the same moment, with all open work of the post.

    Refused when `person` already holds it, when `at` lies before the holder so far began, and where one person would
    unite administrators. To a post that signs or administers, or stands in for one, two must have agreed (``approval``).
    """
    moment = at or clock.now()
    if post.closed_on is not None or person.left_on is not None:
        raise Refused(f"{post}已撤销或者{person.name}已离职，不能任命。")
    require_apart(post.typed_role, person)
    if post_needs_two(post):
        require_approved(actor, approval, person, f"任命{post}", post=post)
    locked = Post.objects.select_for_update().get(pk=post.pk)
    before = Tenure.objects.filter(post=locked, to_at__isnull=True).select_related("person").first()
    if before is not None and before.person_id == person.pk:
        raise Refused(f"{person.name}已担任{post}，无需重复任命。")
    if before is not None:
        _close(before, moment)
    tenure = Tenure.objects.create(post=locked, person=person, from_at=moment)
    content = {"person": person.pk, "from": before.person_id if before else None, "from_at": moment}
    record(actor=actor, action="post_handed_over" if before else "appointed", subject=post, data=content, at=moment)
    settle_access(actor, [tenure.person, before.person] if before else [tenure.person])
    return tenure


@transaction.atomic
def relieve(*, actor: User | None, post: Post, at: datetime | None = None) -> Tenure:
    """End the holder's time without a successor. Refused when nobody holds it or while it stands in for an absent post."""
    moment = at or clock.now()
    locked = Post.objects.select_for_update().get(pk=post.pk)
    tenure = Tenure.objects.filter(post=locked, to_at__isnull=True).select_related("person").first()
    if tenure is None:
        raise Refused(f"{post}目前无人任职，无需免职。")
    absent = Absence.objects.filter(post__deputy=post, to_at__gt=moment).select_related("post__unit").first()
    if absent is not None:
        raise Refused(f"{post}已安排代行{absent.post}，请直接任命接任者，或先调整代行安排。")
    _close(tenure, moment)
    record(actor=actor, action="relieved", subject=post, data={"person": tenure.person_id}, at=moment)
    settle_access(actor, [tenure.person])
    return tenure


def _close(tenure: Tenure, at: datetime) -> None:
    if at < tenure.from_at:
        raise Refused(f"{tenure}的卸任时间早于任职时间，请核对日期。")
    tenure.to_at = at
    tenure.save(update_fields=["to_at"])


@transaction.atomic
def set_absence(*, actor: User | None, post: Post, from_at: datetime, to_at: datetime, reason: str) -> Absence:
    """Let the post's deputy act from `from_at` until before `to_at`, recorded.

    Refused: end not after start, no deputy or nobody holding the deputy post at the start, the post already absent
    in that time, or either of both posts standing in for, or stood in for by, another absent one at that time.
    """
    if to_at <= from_at:
        raise Refused("离岗的结束时间应晚于开始时间，请核对。")
    locked = Post.objects.select_for_update(of=("self",)).select_related("deputy", "unit").get(pk=post.pk)
    deputy = locked.deputy
    if deputy is None:
        raise Refused(f"{post}没有B岗，离岗期间无人代行，请先指定B岗。")
    Post.objects.select_for_update().get(pk=deputy.pk)
    if not Tenure.objects.filter(held_at(from_at), post=deputy).exists():
        raise Refused(f"{post}的B岗（{deputy}）无人任职，请先任命或另指定B岗。")
    _refuse_overlap(locked, deputy, from_at, to_at)
    absence = Absence.objects.create(post=locked, from_at=from_at, to_at=to_at, reason=reason)
    content = {"deputy": deputy.pk, "from_at": from_at, "to_at": to_at, "reason": reason}
    record(actor=actor, action="absence_set", subject=post, data=content)
    return absence


def _refuse_overlap(post: Post, deputy: Post, from_at: datetime, to_at: datetime) -> None:
    """Nobody passes on a right that he only stands in for: the chain of deputies is one link long."""
    overlapping = Absence.objects.filter(from_at__lt=to_at, to_at__gt=from_at).select_related("post__unit")
    other = overlapping.filter(Q(post=post) | Q(post=deputy) | Q(post__deputy=post)).order_by("from_at").first()
    if other is None:
        return
    if other.post_id == post.pk:
        raise Refused(f"{post}在该时段内已登记离岗，请先结束原离岗。")
    if other.post_id == deputy.pk:
        raise Refused(f"{post}的B岗（{deputy}）在该时段内也离岗，请另指定B岗。")
    raise Refused(f"{post}在该时段内代行{other.post}，不能同时离岗，请先调整代行安排。")


@transaction.atomic
def end_absence(*, actor: User | None, absence: Absence, at: datetime | None = None) -> Absence:
    """Give the post's rights back to its holder at `at`; one that has not begun is taken back. Refused when it is over."""
    moment = at or clock.now()
    if absence.to_at <= moment:
        raise Refused(f"{absence.post}的离岗已于{clock.civil(absence.to_at):%Y-%m-%d %H:%M}结束。")
    absence.to_at = max(moment, absence.from_at)
    absence.save(update_fields=["to_at"])
    record(actor=actor, action="absence_ended", subject=absence.post, data={"to_at": absence.to_at}, at=moment)
    return absence
