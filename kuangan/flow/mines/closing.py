"""The faces of a mine that is closed, and faces whose last day has passed."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from kuangan.base.clock import civil_date
from kuangan.core.models import User
from kuangan.mine.actions import end_face, release_points, reopen_face
from kuangan.mine.models import Face, Mine


def open_faces(mine: Mine, on: date) -> QuerySet[Face]:
    """The faces that are worked until a day."""
    return Face.objects.filter(mine=mine, ended_on=None, started_on__lt=on).select_related("mine").order_by("name")


def end_faces(actor: User, mine: Mine, on: date, at: datetime) -> list[int]:
    """End them with the mine; returns their keys."""
    faces = list(open_faces(mine, on))
    for face in faces:
        end_face(actor=actor, face=face, ended_on=on, at=at)
    return [face.pk for face in faces]


def go_on_with_faces(actor: User, mine: Mine, keys: Iterable[int], at: datetime) -> None:
    """The mine was not closed: its faces are worked as before."""
    for face in Face.objects.filter(mine=mine, pk__in=keys, sealed_on=None).select_related("mine").order_by("pk"):
        reopen_face(actor=actor, face=face, at=at)


def ended_with_points(at: datetime) -> QuerySet[Face]:
    """Faces that were said to end on a day to come, which has come: points stand at them still."""
    ended = Face.objects.filter(ended_on__lte=civil_date(at), points__isnull=False)
    return ended.select_related("mine").distinct().order_by("pk")


def release(face: Face, at: datetime) -> bool:
    """Their points go with them."""
    return bool(release_points(face=face, at=at))
