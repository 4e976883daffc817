"""Writing 岗位与人员: people, posts and first holders of all rows at once, hand-overs and corrections one by one.

Somebody of the same name with the same telephone, or of the same unit, is the same person in whatever post; others are made.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from kuangan.base import clock
from kuangan.city.book.grammar import Applying, RowChange, RowRefused, Values
from kuangan.core import actions
from kuangan.core.actions.many import Appointment, NewPost, RefusedOf
from kuangan.core.models import Person, Post, Tenure, Unit, UnitKind
from kuangan.core.queries.roles import tenures_at
from kuangan.law.role import Role

UNITS: Final = tuple(kind for kind in UnitKind if kind not in (UnitKind.city, UnitKind.county))
PostKey = tuple[str, str]


def write(applying: Applying, changes: Sequence[RowChange]) -> None:
    """All rows of the sheet that are new or differ."""
    units = {unit.name: unit for unit in Unit.objects.filter(kind__in=UNITS)}
    posts = _posts(applying, changes, units)
    staffed = [change for change in changes if change.values.get("person")]
    since = clock.beijing_midnight(applying.on)
    people = _People(applying, units, staffed)
    holders = {
        tenure.post_id: tenure for tenure in tenures_at(since).filter(post__in=[post.pk for post in posts.values()])
    }
    wanted: list[tuple[RowChange, Appointment]] = []
    for change in staffed:
        post = posts[_key(change.values)]
        with change.named():
            person, holds = people.taken(change.values, holders.get(post.pk))
        if not holds:
            wanted.append((change, Appointment(post, person)))
    people.store()
    _appoint(applying, wanted, since)
    _set_deputies(applying, changes, posts)


def _key(row: Values) -> PostKey:
    return row["unit"], row["title"]


def _posts(applying: Applying, changes: Sequence[RowChange], units: dict[str, Unit]) -> dict[PostKey, Post]:
    """The posts of the units that the rows name, by unit and title; what a row names for the first time is made."""
    named = {change.values["unit"] for change in changes}
    held = Post.objects.filter(unit__in=[units[name] for name in named]).select_related("unit")
    posts = {(post.unit.name, post.title): post for post in held}
    fresh = {_key(change.values): change.values["role"] for change in changes if _key(change.values) not in posts}
    wanted = [NewPost(units[unit], title, Role(role)) for (unit, title), role in fresh.items()]
    made = actions.create_posts_of_many(actor=applying.actor, posts=wanted, at=applying.at)
    return posts | {(post.unit.name, post.title): post for post in made}


class _People:
    """Who the rows mean: those that are known, and those that are made by :meth:`store`."""

    def __init__(self, applying: Applying, units: dict[str, Unit], staffed: Sequence[RowChange]) -> None:
        self._applying = applying
        self._units = units
        self._alike: dict[str, list[Person]] = defaultdict(list)
        self._fresh: list[Person] = []
        self._by_key: dict[int, Person] = {}
        names = {change.values["person"] for change in staffed}
        for person in Person.objects.filter(name__in=names).order_by("pk"):
            self._alike[person.name].append(person)
            self._by_key[person.pk] = person

    def taken(self, row: Values, tenure: Tenure | None) -> tuple[Person, bool]:
        """The person of a row, its telephone and certificate noted, and whether it is who holds the post already."""
        holds = tenure is not None and tenure.person.name == row["person"]
        person = self._by_key[tenure.person_id] if tenure is not None and holds else self._same(row)
        if person is None:
            person = Person(name=row["person"], unit=self._units[row["unit"]], phone=row.get("phone", ""))
            self._alike[person.name].append(person)
            self._fresh.append(person)
        self._note(person, row)
        return person, holds

    def store(self) -> None:
        """Make those that nobody knew."""
        actions.create_people(actor=self._applying.actor, people=self._fresh, at=self._applying.at)

    def _same(self, row: Values) -> Person | None:
        alike, phone = self._alike[row["person"]], row.get("phone", "")
        by_phone = (person for person in alike if phone and person.phone == phone)
        unit = self._units[row["unit"]].pk
        by_unit = (person for person in alike if person.unit_id == unit and person.phone in ("", phone))
        return next(by_phone, None) or next(by_unit, None)

    def _note(self, person: Person, row: Values) -> None:
        """The telephone and the certificate as the row has them."""
        for name, change in (("phone", actions.set_person_phone), ("certificate", actions.set_certificate)):
            said = row.get(name)
            if not said or said == getattr(person, name):
                continue
            if person.pk is None:
                setattr(person, name, said)
            else:
                change(actor=self._applying.actor, person=person, at=self._applying.at, **{name: said})


def _appoint(applying: Applying, wanted: Sequence[tuple[RowChange, Appointment]], since: datetime) -> None:
    """Vacant posts together; where somebody leaves, with the hand-over of that post."""
    taken = [appointment.post.pk for _, appointment in wanted]
    held = set(Tenure.objects.filter(post__in=taken, to_at=None).values_list("post_id", flat=True))
    vacant = [(change, appointment) for change, appointment in wanted if appointment.post.pk not in held]
    try:
        actions.fill_vacant_posts(
            actor=applying.actor,
            appointments=[appointment for _, appointment in vacant],
            at=since,
            approval=applying.approval,
        )
    except RefusedOf as refused:
        raise RowRefused("", refused.message.rstrip("。"), vacant[refused.place][0].number) from refused
    for change, appointment in wanted:
        if appointment.post.pk in held:
            with change.named():
                actions.appoint(
                    actor=applying.actor,
                    post=appointment.post,
                    person=appointment.person,
                    approval=applying.approval,
                    at=since,
                )


def _set_deputies(applying: Applying, changes: Sequence[RowChange], posts: dict[PostKey, Post]) -> None:
    for change in changes:
        title = change.values.get("deputy", "")
        if not title or title == (change.before or {}).get("deputy"):
            continue
        with change.named():
            deputy = posts.get((change.values["unit"], title))
            if deputy is None:
                raise RowRefused("deputy", f"{change.values['unit']}没有岗位“{title}”，请先登记该岗位")
            actions.set_deputy(
                actor=applying.actor,
                post=posts[_key(change.values)],
                deputy=deputy,
                approval=applying.approval,
                at=applying.at,
            )
