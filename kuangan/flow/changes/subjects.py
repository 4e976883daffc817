"""What a register change is about: a unit, post, person, mine, face or point, found by its text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from kuangan.core.models import Person, Post, Unit
from kuangan.core.subject import Subject, parsed
from kuangan.mine.models import Face, Mine, Point

LARGEST_KEY: Final = 2**63 - 1


@dataclass(frozen=True)
class ChangeSubject:
    """A thing of the register; ``thing`` is its row, ``unit`` the one in whose file it stands."""

    kind: str
    key: str
    thing: Any
    unit: Unit
    name: str

    @property
    def text(self) -> str:
        """As rows keep it."""
        return str(Subject(self.kind, self.key))

    @property
    def word(self) -> str:
        """What kind of thing it is, in Chinese."""
        return WORDS[self.kind]


WORDS: Final = {
    "unit": "单位",
    "post": "岗位",
    "person": "人员",
    "mine": "煤矿",
    "face": "工作面",
    "point": "测点",
}


@dataclass(frozen=True)
class _Kind:
    rows_of: Callable[[], QuerySet[Any]]
    key: str
    unit: Callable[[Any], Unit]
    name: Callable[[Any], str] = str


_KINDS: Final[Mapping[str, _Kind]] = {
    "unit": _Kind(lambda: Unit.objects.select_related("mine__supervisor"), "code", lambda unit: unit),
    "post": _Kind(lambda: Post.objects.select_related("unit__mine__supervisor"), "pk", lambda post: post.unit),
    "person": _Kind(
        lambda: Person.objects.select_related("unit__mine__supervisor"),
        "pk",
        lambda person: person.unit,
        lambda person: f"{person.unit.name}{person.name}",
    ),
    "mine": _Kind(lambda: Mine.objects.select_related("unit", "supervisor"), "code", lambda mine: mine.unit),
    "face": _Kind(
        lambda: Face.objects.select_related("mine__unit", "mine__supervisor"),
        "pk",
        lambda face: face.mine.unit,
        lambda face: f"{face.mine.name}{face.name}",
    ),
    "point": _Kind(
        lambda: Point.objects.select_related("mine__unit", "mine__supervisor"),
        "pk",
        lambda point: point.mine.unit,
        lambda point: f"{point.mine.name}{point}",
    ),
}


def change_subject(kind: str, key: str) -> ChangeSubject | None:
    """The thing of this kind with this key (code of a unit or mine, otherwise the primary key); None where there is none."""
    known = _KINDS.get(kind)
    if known is None or (known.key == "pk" and not (key.isdecimal() and int(key) <= LARGEST_KEY)):
        return None
    try:
        thing = known.rows_of().get(**{known.key: key})
    except ObjectDoesNotExist:
        return None
    return ChangeSubject(kind, key, thing, known.unit(thing), known.name(thing)[:120])


def subject_named(text: str) -> ChangeSubject | None:
    """The thing that a text of a subject names."""
    subject = parsed(text)
    return change_subject(subject.kind, subject.key) if subject else None
