"""Layouts of family A as data: a corrected field list from the standard is a change of one YAML file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

_FOLDER: Final = Path(__file__).parent / "family_a"


@dataclass(frozen=True, slots=True)
class Layout:
    """One file type: accepted header lengths (the first is the standard's), field names in order, key fields."""

    type: str
    title: str
    header: tuple[int, ...]
    fields: tuple[str, ...]
    kinds: tuple[str, ...]
    key: tuple[str, ...]


@cache
def layouts() -> dict[str, Layout]:
    """All layouts by type code, found by walking the folder."""
    return {layout.type: layout for layout in map(_load, sorted(_FOLDER.glob("*.yaml")))}


def _load(path: Path) -> Layout:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    fields = tuple(field["name"] for field in raw["fields"])
    if raw["type"].lower() != path.stem or not set(raw["key"]) <= set(fields) or len(set(fields)) != len(fields):
        raise ValueError(f"{path}: type must be the file name, fields unique, key made of fields")
    return Layout(
        type=raw["type"],
        title=raw["title"],
        header=tuple(raw["header"]),
        fields=fields,
        kinds=tuple(field["kind"] for field in raw["fields"]),
        key=tuple(raw["key"]),
    )
