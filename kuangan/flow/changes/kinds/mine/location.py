"""地址和坐标: where the mine is, for maps and for whoever has to go there."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import set_location

DATUM: Final = "2000国家大地坐标系（CGCS2000）主井口坐标；手机地图上的坐标（GCJ-02）有数百米偏移，不能直接填写"
FIELDS: Final = (
    Field("address", "地址", required=False),
    Field("longitude", "经度", "decimal", required=False, decimals=6, suffix="度", help=DATUM),
    Field("latitude", "纬度", "decimal", required=False, decimals=6, suffix="度"),
)


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return FIELDS


def _does(act: ChangeAct) -> Outcome:
    mine = act.subject.thing
    before = {"address": mine.address, "longitude": _text(mine.longitude), "latitude": _text(mine.latitude)}
    _set(act, act.values)
    return {"before": before}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    _set(act, outcome["before"])


def _set(act: ChangeAct, said: Any) -> None:
    longitude, latitude = (Decimal(str(said[name])) if said.get(name) else None for name in ("longitude", "latitude"))
    set_location(
        actor=act.actor,
        mine=act.subject.thing,
        address=str(said.get("address") or ""),
        longitude=longitude,
        latitude=latitude,
        at=act.now,
    )


def _text(number: Decimal | None) -> str:
    return "" if number is None else str(number)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    mine = act.subject.thing
    for field in FIELDS:
        yield Effect(
            field.label, str(getattr(mine, field.name) or "未登记"), str(act.values.get(field.name) or "未登记")
        )


KIND: Final = ChangeKind(
    id="mine_location",
    title="地址和坐标",
    subject="mine",
    help="煤矿地址和主井口坐标，留空即为未登记。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
)
