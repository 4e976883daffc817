"""线下已用文号: the last number of a series that an office gave outside the platform, so that its papers here go on from there."""

from collections.abc import Iterator
from typing import Final

from kuangan.base import clock
from kuangan.flow.changes.grammar import NUMBERED, ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.law.paper import templates
from kuangan.law.procedure.people import By
from kuangan.law.role import Role
from kuangan.paper.actions import give_back_numbers, take_over_numbers
from kuangan.paper.models import OutsideNumbers
from kuangan.paper.number import format_number, has_organ_mark, marks_of, next_serial
from kuangan.paper.queries import NUMBERING

ASKING: Final = tuple(By("unit", role) for role in (Role.clerk, Role.section_head, Role.legal_reviewer))
DECIDING: Final = tuple(By("unit", role) for role in (Role.bureau_head, Role.bureau_deputy, Role.government_head))
WITHOUT: Final = "none"
"""How the form names the series of papers without a character of their own."""


def _choices() -> tuple[tuple[str, str], ...]:
    """The characters of numbered papers, each with the papers that bear it."""
    titles: dict[str, list[str]] = {}
    for template in templates():
        if template.numbered:
            titles.setdefault(template.character, []).append(template.title)
    return tuple(
        (character or WITHOUT, f"煤安{character}（{'、'.join(names)}）") for character, names in sorted(titles.items())
    )


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return (
        Field("character", "文书代字", "choice", choices=_choices()),
        Field("last", "本年线下已用的最后一个号码", "number", help="只填序号，如12；平台自下一号起编"),
    )


def _character(act: ChangeAct) -> str:
    chosen = str(act.values["character"])
    return "" if chosen == WITHOUT else chosen


def _does(act: ChangeAct) -> Outcome:
    numbers = take_over_numbers(
        actor=act.actor,
        unit=act.subject.thing,
        character=_character(act),
        last=int(act.values["last"]),
        document=act.document,
        at=act.now,
    )
    return {"numbers": numbers.pk}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    give_back_numbers(actor=act.actor, numbers=OutsideNumbers.objects.get(pk=outcome["numbers"]), at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    unit, on, character = act.subject.thing, clock.civil_date(act.now), _character(act)
    marks = marks_of(unit, on)
    present, last = next_serial(unit, character, on), int(act.values["last"])

    def number(serial: int) -> str:
        return format_number(*marks, character, on.year, serial)

    yield Effect("下一份文书的文号", number(present), number(last + 1))
    yield Effect("线下已用，平台不再编出", "", f"{number(present)}至{last}号")


def _fits(subject: ChangeSubject) -> bool:
    return subject.unit.kind in NUMBERING and has_organ_mark(subject.unit, clock.civil_date(clock.now()))


KIND: Final = ChangeKind(
    id="unit_paper_numbers",
    title="线下已用文号",
    subject="unit",
    help="年中启用的，登记本机关本年在平台以外已编出的文号，平台自下一号起编；须在平台编出该序列第一个文号以前办理，"
    "由经办人、科长或者法制审核人员提出，负责人审核。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=(),
    proposes=ASKING,
    accepts=DECIDING,
    fits=_fits,
    apart=True,
    rests_on=NUMBERED,
)
