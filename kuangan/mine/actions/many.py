"""Parts and key officers of many mines at once, for whole lists of them: a handful of statements, recorded as the single actions do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kuangan.base.text import person_name
from kuangan.core.actions import Line, record_many
from kuangan.core.models import User
from kuangan.mine.models import District, Face, KeyPerson, Level, Mine

AT_ONCE: Final = 2000
"""Rows of one statement at most."""


@dataclass(frozen=True)
class KeyAppointment:
    """Who is to hold one of the five key posts of a mine, that nobody holds."""

    mine: Mine
    post: str
    name: str
    phone: str
    from_on: date


@transaction.atomic
def add_parts(
    *, actor: User | None, levels: Sequence[Level], districts: Sequence[District], faces: Sequence[Face], at: datetime
) -> None:
    """Add horizons, districts and faces that were made up but not stored yet, each of its own mine and under a new name."""
    Level.objects.bulk_create(levels, batch_size=AT_ONCE)
    District.objects.bulk_create(districts, batch_size=AT_ONCE)
    Face.objects.bulk_create(faces, batch_size=AT_ONCE)
    record_many((*_of_levels(actor, levels), *_of_districts(actor, districts), *_of_faces(actor, faces)), at)


def _of_levels(actor: User | None, levels: Iterable[Level]) -> Iterable[Line]:
    for level in levels:
        yield Line(level.mine, "level_added", {"name": level.name, "elevation": level.elevation}, actor)


def _of_districts(actor: User | None, districts: Iterable[District]) -> Iterable[Line]:
    for district in districts:
        content = {"name": district.name, "level": district.level.name if district.level else None}
        yield Line(district.mine, "district_added", content, actor)


def _of_faces(actor: User | None, faces: Iterable[Face]) -> Iterable[Line]:
    for face in faces:
        content = {
            "kind": face.kind,
            "name": face.name,
            "started_on": face.started_on,
            "district": face.district.name if face.district else None,
        }
        yield Line(face.mine, "face_added", content, actor)


@transaction.atomic
def appoint_key_people(*, actor: User | None, appointments: Sequence[KeyAppointment], at: datetime) -> None:
    """Fill key posts that nobody holds, each recorded as ``appoint_key_person`` does."""
    made = KeyPerson.objects.bulk_create(
        (
            KeyPerson(
                mine=wanted.mine,
                post=wanted.post,
                name=person_name(wanted.name),
                phone=wanted.phone,
                from_on=wanted.from_on,
            )
            for wanted in appointments
        ),
        batch_size=AT_ONCE,
    )
    record_many((Line(person.mine, "key_person_appointed", _of_key_person(person), actor) for person in made), at)


def _of_key_person(person: KeyPerson) -> dict[str, object]:
    return {"post": person.post, "name": person.name, "from_on": person.from_on, "before": None}
