"""The official register of tasks and measures, verbatim, from ``corpus/register.toml``."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from kuangan.law.source import CORPUS, CorpusError

_TASK_KEYS = {"number", "title", "slug", "measure"}
_MEASURE_KEYS = {"code", "text", "units_text", "responsible", "implementer", "obliged_by_text"}


@dataclass(frozen=True)
class Measure:
    """One row of the register. ``responsible`` answers, ``implementer`` must be driven to carry out, ``obliged_by_text`` are named by the text."""

    code: str
    text: str
    units_text: str
    responsible: tuple[str, ...]
    implementer: tuple[str, ...]
    obliged_by_text: tuple[str, ...]
    task: int


@dataclass(frozen=True)
class Task:
    """One of the 19 tasks."""

    number: int
    title: str
    slug: str
    measures: tuple[Measure, ...]


@cache
def tasks() -> tuple[Task, ...]:
    """All tasks in the register's order. Raises :class:`CorpusError` for an unknown key or a repeated code."""
    read = tomllib.loads((CORPUS / "register.toml").read_text(encoding="utf-8"))
    found = tuple(_task(row) for row in read["task"])
    codes = [measure.code for task in found for measure in task.measures]
    if len(codes) != len(set(codes)):
        raise CorpusError("corpus/register.toml: a measure code is there twice")
    return found


@cache
def measure(code: str) -> Measure:
    """The measure by code. Raises ``KeyError``."""
    for task in tasks():
        for found in task.measures:
            if found.code == code:
                return found
    raise KeyError(f"the register has no measure {code!r}")


def _task(row: dict[str, Any]) -> Task:
    _refuse_unknown(row, _TASK_KEYS)
    number = int(row["number"])
    return Task(number, row["title"], row["slug"], tuple(_measure(each, number) for each in row["measure"]))


def _measure(row: dict[str, Any], task: int) -> Measure:
    _refuse_unknown(row, _MEASURE_KEYS)
    return Measure(
        code=row["code"],
        text=row["text"],
        units_text=row["units_text"],
        responsible=tuple(row.get("responsible", ())),
        implementer=tuple(row.get("implementer", ())),
        obliged_by_text=tuple(row.get("obliged_by_text", ())),
        task=task,
    )


def _refuse_unknown(row: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(row) - known)
    if unknown:
        raise CorpusError(
            f"corpus/register.toml: unknown keys {', '.join(unknown)} near {row.get('code') or row.get('title')}"
        )
