"""What references of a form may name: asked for by the cleaner and the controls, answered by the layers that hold the rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kuangan.core.values.plain import Wrong
from kuangan.law.field import Field


class Sight(Protocol):
    """The units, mines, faces, points, persons, entries and files that one form may name."""

    def taken(self, field: Field, given: Any, around: Mapping[str, Any]) -> Any:
        """The stored form of a reference. ``around``: the other stored values, for the mine. Raises :class:`Wrong`."""

    def offered(self, field: Field) -> Sequence[tuple[str, str]]:
        """What may be chosen, as (what is given, what is read); empty where there is too much or nothing to choose from."""


class NoSight:
    """For forms without references."""

    def taken(self, field: Field, given: Any, around: Mapping[str, Any]) -> Any:
        """Always :class:`Wrong`."""
        raise Wrong("此处不能引用其他登记内容")

    def offered(self, field: Field) -> Sequence[tuple[str, str]]:
        return ()
