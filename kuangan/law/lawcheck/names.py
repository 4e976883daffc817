"""Every item stands in the file of its name and serves a measure of the register."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kuangan.law import content, glossary, instrument, limit, local, paper, place, register
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import ledgers
from kuangan.law.source import files
from kuangan.law.time import calendar

MEASURES = 44
TASKS = 19
_PEOPLE: Final = re.compile("(人员|成员|组长|负责人|指挥|检查人|参加人|姓名)$")
"""How the label of a field ends that lists people."""


def check() -> Iterator[Problem]:
    """Problems of ids, file names, measures and the register's completeness."""
    yield from _register()
    for folder, ids in (("instruments", set(instrument.instruments())), ("papers", {t.id for t in paper.templates()})):
        for stem in sorted(ids ^ {path.stem for path in _files(folder)}):
            yield Problem("name", f"{folder}/{stem}", "id 必须与文件名一致")
    yield from _named_ledgers()
    yield from _typed_people()
    for where, code in served():
        if not any(code == measure.code for task in register.tasks() for measure in task.measures):
            yield Problem("measure", where, f"重点任务分工中没有措施 {code}")


def served() -> Iterator[tuple[str, str]]:
    """Every item of the corpus with the measure it serves."""
    yield from ((f"rules/{rule.id}", rule.measure) for rule in content.rules())
    yield from ((f"procedures/{procedure.id}", procedure.measure) for procedure in content.procedures())
    yield from ((f"papers/{template.id}", template.measure) for template in paper.templates())
    yield from ((f"limits/{quantity.id}", quantity.measure) for quantity in limit.quantities().values())
    yield from ((f"local/{entry.city}/{entry.key}", entry.measure) for entry in local.all_values())
    yield from ((f"obligations/{duty.id}", duty.measure) for duty in obligations().values())
    yield from ((f"ledgers/{ledger.id}", ledger.measure) for ledger in ledgers().values())
    yield "limits/places", place.places_file().measure


def _named_ledgers() -> Iterator[Problem]:
    """Fields that name entries: of a ledger that is there and that others may see."""
    forms = [
        *((f"ledgers/{ledger.id}", ledger.fields) for ledger in ledgers().values()),
        *((f"procedures/{law.id}", move.fields) for law in content.procedures() for move in law.moves),
    ]
    for where, fields in forms:
        all_fields = [cell for field in fields for cell in (field, *field.columns)]
        if where.startswith("ledgers/") and any(cell.kind == "duty" for cell in all_fields):
            yield Problem("field", where, "履职事项只能由办件引用，台账不得引用")
        for field in (cell for cell in all_fields if cell.kind == "entry"):
            named = ledgers().get(field.of[0]) if field.of else None
            if named is None or named.confidential:
                yield Problem("field", where, f"栏目 {field.name!r} 引用的台账不存在或属于限定知悉范围")


def _typed_people() -> Iterator[Problem]:
    """People whom a ledger takes as text, although the register may have them: they are to be chosen."""
    for ledger in ledgers().values():
        for field in (cell for own in ledger.fields for cell in (own, *own.columns)):
            if field.kind in ("text", "lines") and _PEOPLE.search(field.label):
                fix = "填写多人的用 kind: rows，其人员栏用 kind: person；填写一人的用 kind: person"
                yield Problem(
                    "field", f"ledgers/{ledger.id}", f"栏目 {field.name!r}（{field.label}）以文字填写人员：{fix}"
                )


def counts() -> dict[str, int]:
    """How much of each kind there is, by its Chinese name."""
    return {
        "任务": len(register.tasks()),
        "措施": sum(len(task.measures) for task in register.tasks()),
        "法规标准": len(instrument.instruments()),
        "规则": len(content.rules()),
        "履职事项": len(obligations()),
        "台账": len(ledgers()),
        "程序": len(content.procedures()),
        "文书": len(paper.templates()),
        "限值": sum(len(edition.points) for quantity in limit.quantities().values() for edition in quantity.editions),
        "本地值": len(local.all_values()),
        "年历": len(calendar.workdays().years),
        "术语": len(glossary.terms()),
    }


def _register() -> Iterator[Problem]:
    tasks = register.tasks()
    measures = [measure for task in tasks for measure in task.measures]
    if (len(tasks), len(measures)) != (TASKS, MEASURES):
        yield Problem(
            "register", "register.toml", f"应有{TASKS}项任务、{MEASURES}条措施，实有{len(tasks)}、{len(measures)}"
        )
    for measure in measures:
        if measure.code.split(".")[0] != str(measure.task):
            yield Problem("register", measure.code, f"措施编号不属于第{measure.task}项任务")


def _files(folder: str) -> tuple[Path, ...]:
    """The files of instruments, or of papers: shared ones and those beside their procedure."""
    if folder == "papers":
        return (*files("papers", ".typ"), *files("procedures", ".typ"))
    return files(folder, ".yaml")
