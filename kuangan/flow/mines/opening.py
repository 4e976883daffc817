"""The file of a mine begins: its unit with the standard posts, to whom it answers, and who sees it; and what is in the way of taking that back."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from kuangan.casework.models import Case
from kuangan.core import actions as core
from kuangan.core.errors import Refused
from kuangan.core.models import Oversight, Person, Unit, UnitKind, User
from kuangan.duty.models import Duty
from kuangan.flow.cases.locks import lock_unit
from kuangan.ledger.models import Entry
from kuangan.mine import actions
from kuangan.mine.models import District, Face, Level, Mine, MineAttribute, MineStatus, Point, RelationChange
from kuangan.mine.queries import STANDING
from kuangan.monitor.models import FeedToken
from kuangan.paper.models import Paper


@transaction.atomic
def open_mine(
    *,
    actor: User | None,
    code: str,
    name: str,
    county: Unit,
    supervisor: Unit,
    company: Unit | None = None,
    inspectorate: Unit | None = None,
    phone: str = "",
    at: datetime,
) -> Mine:
    """Make unit, posts and file of a mine. Refused: a code that is taken, and what ``create_unit`` and ``create_mine`` refuse."""
    unit = core.create_unit(actor=actor, kind=UnitKind.mine, code=code, name=name, parent=county, phone=phone, at=at)
    core.add_standard_posts(actor=actor, unit=unit, at=at)
    mine = actions.create_mine(
        actor=actor,
        unit=unit,
        county=county,
        supervisor=supervisor,
        company=company,
        inspectorate=inspectorate,
        at=at,
    )
    if company is not None:
        core.add_oversight(actor=actor, unit=company, path=unit.path, at=at)
    return mine


@transaction.atomic
def take_back_mine(*, actor: User, mine: Mine, values: Mapping[str, str], on: date, basis: str, at: datetime) -> None:
    """The file was opened by mistake: what was said of the mine is withdrawn, it is closed from its first day, owes nothing and is no unit.

    Refused where something rests on the file; it stays to be read.
    """
    lock_unit(mine.unit_id)
    if resting := list(resting_on(mine, values, on)):
        raise Refused(f"{mine.name}已有{'、'.join(resting)}，不能撤销建档；不再生产的，请办理关闭。")
    actions.take_back_attributes(actor=actor, mine=mine, names=list(values), valid_from=on, before={}, at=at)
    closed = {"status": str(MineStatus.closed)}
    actions.set_attributes(actor=actor, mine=mine, values=closed, valid_from=on, basis=basis, at=at)
    for oversight in Oversight.objects.filter(path=mine.unit.path).select_related("unit"):
        core.remove_oversight(actor=actor, oversight=oversight, at=at)
    core.close_unit(actor=actor, unit=mine.unit, on=on, at=at)


@transaction.atomic
def go_on_with_mine(
    *,
    actor: User,
    mine: Mine,
    name: str,
    supervisor: Unit,
    company: Unit | None,
    inspectorate: Unit | None,
    on: date,
    basis: str,
    at: datetime,
) -> Mine:
    """A file that was taken back is opened again, with its posts, under the name and the bodies said now."""
    lock_unit(mine.unit_id)
    unit = core.reopen_unit(actor=actor, unit=mine.unit, at=at)
    actions.take_back_attributes(
        actor=actor,
        mine=mine,
        names=["status"],
        valid_from=MineAttribute.objects.filter(STANDING, mine=mine, name="status").latest("valid_from").valid_from,
        before={},
        at=at,
    )
    if name != unit.name:
        core.rename_unit(actor=actor, unit=unit, name=name, from_on=on, at=at)
        actions.follow_unit_name(actor=actor, unit=unit, at=at)
    for relation, body in (("supervisor", supervisor), ("company", company), ("inspectorate", inspectorate)):
        if getattr(mine, relation) != body:
            actions.assign_relation(
                actor=actor, mine=mine, relation=relation, unit=body, valid_from=on, basis=basis, at=at
            )
    if company is not None:
        core.add_oversight(actor=actor, unit=company, path=unit.path, at=at)
    mine.refresh_from_db()
    return mine


def resting_on(mine: Mine, values: Mapping[str, str], on: date) -> Iterator[str]:
    """What rests on the file by now, in words: people, keys and points, parts, cases, papers, records, duties done, later changes."""
    unit = mine.unit_id
    said = MineAttribute.objects.filter(STANDING, mine=mine)
    there = {
        "人员": Person.objects.filter(unit=unit),
        "数据接入密钥": FeedToken.objects.filter(mine=mine),
        "测点": Point.objects.filter(mine=mine),
        "工作面": Face.objects.filter(mine=mine),
        "水平": Level.objects.filter(mine=mine),
        "采（盘）区": District.objects.filter(mine=mine),
        "办件": Case.objects.filter(Q(unit=unit) | Q(mine=mine)),
        "文书": Paper.objects.filter(unit=unit),
        "台账记录": Entry.objects.filter(Q(unit=unit) | Q(mine=mine)),
        "已办的履职事项": Duty.objects.filter(Q(unit=unit) | Q(mine=mine), fulfilments__isnull=False),
        "其后的档案变更": RelationChange.objects.filter(STANDING, mine=mine, valid_from__gte=on),
        "其后的档案项目变更": said.exclude(name__in=values, valid_from=on, source=""),
    }
    yield from (words for words, resting in there.items() if resting.exists())
