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
    number: int
    title: str
    slug: str
    measures: tuple[Measure, ...]


@cache
def tasks() -> tuple[Task, ...]:
    """All tasks in the register's order. Raises :class:`CorpusError` for an unknown key or a repeated code."""
    read = tomllib.loads((CORPUS / "register.toml").read_text(encoding="utf-8"))
    register = tuple(_task(task_table) for task_table in read["task"])
    codes = [measure.code for task in register for measure in task.measures]
    if len(codes) != len(set(codes)):
        raise CorpusError("corpus/register.toml: a measure code is there twice")
    return register


@cache
def measure(code: str) -> Measure:
    """The measure by code. Raises ``KeyError``."""
    for task in tasks():
        for law in task.measures:
            if law.code == code:
                return law
    raise KeyError(f"the register has no measure {code!r}")


def _task(task_table: dict[str, Any]) -> Task:
    _refuse_unknown(task_table, _TASK_KEYS)
    number = int(task_table["number"])
    return Task(
        number,
        task_table["title"],
        task_table["slug"],
        tuple(_measure(measure_table, number) for measure_table in task_table["measure"]),
    )


def _measure(measure_table: dict[str, Any], task: int) -> Measure:
    _refuse_unknown(measure_table, _MEASURE_KEYS)
    return Measure(
        code=measure_table["code"],
        text=measure_table["text"],
        units_text=measure_table["units_text"],
        responsible=tuple(measure_table.get("responsible", ())),
        implementer=tuple(measure_table.get("implementer", ())),
        obliged_by_text=tuple(measure_table.get("obliged_by_text", ())),
        task=task,
    )


def _refuse_unknown(table: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise CorpusError(
            f"corpus/register.toml: unknown keys {', '.join(unknown)} near {table.get('code') or table.get('title')}"
        )
