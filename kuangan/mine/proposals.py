"""At which face a point stands, as far as the words of its mine say it: the face's number or name in the text of its place. A person confirms."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from kuangan.law.place import face_kind_of
from kuangan.mine.models import Face

_NUMBER: Final = re.compile(r"[A-Z]{0,2}\d[\dA-Z]*(?:[-#_]\d+)*")
"""A number as mines give them to faces: 1301, N1201, 15-1103, 3#1205."""
SHORTEST: Final = 3
"""Characters of a number by which a face is told: shorter ones are also those of sensors, seams and levels."""


def face_named(text: str, faces: Iterable[Face], place: str = "") -> Face | None:
    """The one of the faces that a text names; None where it names none, or several.

    ``place``: the place that is proposed or confirmed there; of a coal face and a heading of one number it tells which is meant.
    """
    said = _plain(text)
    numbers = set(_NUMBER.findall(said))
    whole = [face for face in faces if len(name := _plain(face.name)) >= SHORTEST and name in said]
    meant = whole or [face for face in faces if (number := number_of(face)) and number in numbers]
    longest = max((len(number_of(face)) for face in meant), default=0)
    meant = [face for face in meant if len(number_of(face)) == longest]
    if len(meant) > 1:
        meant = _of_kind(meant, face_kind_of(place) or "")
    return meant[0] if len(meant) == 1 else None


def number_of(face: Face) -> str:
    """The number in a face's name; "" for a name without one that tells it."""
    numbers = [number for number in _NUMBER.findall(_plain(face.name)) if len(number) >= SHORTEST]
    return max(numbers, key=len, default="")


def _of_kind(faces: Sequence[Face], kind: str) -> list[Face]:
    return [face for face in faces if face.kind == kind]


def _plain(text: str) -> str:
    """Full width and small letters make no difference."""
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "")
