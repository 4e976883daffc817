"""At which face and place a point stood from when to when, and what becomes of that when somebody says it anew from a moment on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Spell:
    """From ``from_at`` until before ``to_at`` (None: until now) a point stood at a face (its key) and a place ("" for unknown)."""

    face: int | None
    place: str
    from_at: datetime
    to_at: datetime | None
    basis: str = ""
    by: int | None = None

    @property
    def says(self) -> tuple[int | None, str]:
        """Where it stood."""
        return self.face, self.place


@dataclass(frozen=True)
class Settled:
    """From ``from_at`` on a point stands at ``face`` and at ``place``; what is not among ``names`` stays as it was."""

    from_at: datetime
    names: frozenset[str]
    face: int | None = None
    place: str = ""
    basis: str = ""
    by: int | None = None

    def over(self, spell: Spell) -> Spell:
        """The spell with what is said now."""
        said: dict[str, Any] = {name: getattr(self, name) for name in self.names}
        return replace(spell, **said, basis=self.basis, by=self.by)


def respelled(spells: Iterable[Spell], settled: Settled) -> list[Spell]:
    """The spells of a point, oldest first, after it was said where it stands from a moment on. Spells that say nothing are left out."""
    parts: list[Spell] = []
    reached: datetime | None = settled.from_at
    for known in sorted(spells, key=lambda spell: spell.from_at):
        if known.to_at is not None and known.to_at <= settled.from_at:
            parts.append(known)
            continue
        if known.from_at < settled.from_at:
            parts.append(replace(known, to_at=settled.from_at))
        spell = replace(known, from_at=max(known.from_at, settled.from_at))
        if reached is not None and spell.from_at > reached:
            parts.append(settled.over(Spell(None, "", reached, spell.from_at)))
        parts.append(settled.over(spell))
        reached = spell.to_at
    if reached is not None:
        parts.append(settled.over(Spell(None, "", reached, None)))
    return list(_joined(part for part in parts if part.says != (None, "")))


def _joined(parts: Iterable[Spell]) -> Iterator[Spell]:
    """Neighbours that say the same are one."""
    last: Spell | None = None
    for part in parts:
        if last is not None and last.to_at == part.from_at and last.says == part.says:
            last = replace(last, to_at=part.to_at)
            continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last
