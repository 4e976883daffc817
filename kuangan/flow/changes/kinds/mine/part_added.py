"""新增水平、采（盘）区."""

from collections.abc import Iterator
from typing import Final

from kuangan.core.errors import Refused
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import add_district, add_level
from kuangan.mine.models import Level

PARTS: Final = (("level", "水平"), ("district", "采（盘）区"))


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    levels = Level.objects.filter(mine=subject.thing, ended_on=None).order_by("name")
    return (
        Field("part", "新增", "choice", choices=PARTS),
        Field("name", "名称"),
        Field("elevation", "标高（水平的）", "number", required=False, suffix="米"),
        Field(
            "level",
            "所在水平（采（盘）区的）",
            "choice",
            required=False,
            choices=tuple((str(level.pk), level.name) for level in levels),
        ),
    )


def _does(act: ChangeAct) -> Outcome:
    mine, name = act.subject.thing, act.values["name"].strip()
    if not 0 < len(name) <= 40:
        raise Refused("名称须填写，且不超过40字。")
    if act.values["part"] == "level":
        elevation = act.values.get("elevation")
        level = add_level(
            actor=act.actor, mine=mine, name=name, elevation=None if elevation is None else int(elevation), at=act.now
        )
        return {"level": level.pk}
    chosen = act.values.get("level")
    level_of = Level.objects.get(mine=mine, pk=int(chosen)) if chosen else None
    return {"district": add_district(actor=act.actor, mine=mine, name=name, level=level_of, at=act.now).pk}


def _previews(act: ChangeAct) -> Iterator[Effect]:
    yield Effect(dict(PARTS)[act.values["part"]], "", act.values["name"])


KIND: Final = ChangeKind(
    id="part_added",
    title="新增水平、采（盘）区",
    subject="mine",
    help="新开拓的水平、新布置的采（盘）区。",
    fields=_fields,
    does=_does,
    previews=_previews,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
)
