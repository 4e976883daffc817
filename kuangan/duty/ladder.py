"""The escalation ladder: what is due is told step by step, to its owner, to the level above, and listed on the board."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from kuangan.base.clock import now
from kuangan.base.numerals import deadline_text
from kuangan.core.actions import Line, count_urges, record_many, send_notice, send_notices, tell_aside
from kuangan.core.apart import apart
from kuangan.core.bulk import insert_rows, update_rows
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, Tenure, Unit, User, WarningLevel
from kuangan.core.queries.roles import held_at
from kuangan.core.subject import Subject, about
from kuangan.duty.levels import TOLD, levels_above
from kuangan.duty.models import Duty, Urge
from kuangan.duty.queries import OPEN
from kuangan.law.duty.obligation_file import obligations

AT_ONCE = 20_000
REST = timedelta(hours=1)
"""How long a duty that could not be told rests before it is tried again."""
LISTED = 20
"""Duties that one notice names; the others are counted."""


@dataclass(frozen=True)
class Told:
    """One notice to be: whom it goes to, on which rung, and whether the owners or the level above are told."""

    unit: Unit
    role: str
    rung: int
    to: str


def climb(at: datetime) -> int:
    """Take every open duty whose next rung has come; returns how many.

    One notice per unit, role and rung. Rungs that passed together are told together: each receiver once, as of the last.
    """
    return _climb_waking(at) if Duty.objects.filter(OPEN, wakes_at__lte=at).exists() else 0


@transaction.atomic
def _climb_waking(at: datetime) -> int:
    waking = Duty.objects.select_for_update(of=("self",), skip_locked=True).filter(OPEN, wakes_at__lte=at)
    duties = list(waking.select_related("unit").order_by("path", "role", "due_at", "pk")[:AT_ONCE])
    above = levels_above({duty.unit for duty in duties})
    _, aside = apart(duties, lambda part: _climbed(part, above, at), at_once=AT_ONCE, most=len(duties))
    Duty.objects.filter(pk__in=[resting.row.pk for resting in aside]).update(wakes_at=at + REST)
    tell_aside(stage="ladder", label="履职事项催办", aside=aside, at=at)
    return len(duties) - len(aside)


def _climbed(duties: Sequence[Duty], above: Mapping[int, Unit], at: datetime) -> None:
    """Move locked duties to their rungs and tell who is told of them."""
    told: dict[Told, list[Duty]] = defaultdict(list)
    listed: dict[Unit, list[Duty]] = defaultdict(list)
    moved: list[tuple[int, int, datetime | None]] = []
    for duty in duties:
        last, wakes_at, receivers = _step(duty, at)
        moved.append((duty.pk, last, wakes_at))
        for rung, to in receivers:
            if to == "board":
                listed[duty.unit].append(duty)
            elif to == "owner":
                told[Told(duty.unit, duty.role, rung, to)].append(duty)
            elif duty.unit_id in above:
                unit = above[duty.unit_id]
                told[Told(unit, TOLD.get(unit.kind, ""), rung, to)].append(duty)
    update_rows("duty_duty", {"rung": "smallint", "wakes_at": "timestamptz"}, moved)
    _tell(told, at)
    record_many(
        [Line(unit, "duties_listed", {"duties": [duty.pk for duty in rows_of]}) for unit, rows_of in listed.items()], at
    )


def _step(duty: Duty, at: datetime) -> tuple[int, datetime | None, list[tuple[int, str]]]:
    """The last rung that has come, the next one's moment, and the receivers of those passed, each with its last rung."""
    obligation = obligations().get(duty.obligation)
    ladder = sorted(obligation.ladder, key=lambda rung: rung.after) if obligation else []
    receivers: dict[str, int] = {}
    last, wakes_at = duty.rung, None
    for number, rung in enumerate(ladder, 1):
        moment = duty.due_at + rung.after
        if moment > at:
            wakes_at = moment
            break
        if number > last:
            last = number
            receivers[rung.to] = number
    return last, wakes_at, [(number, to) for to, number in receivers.items()]


def _tell(told: Mapping[Told, Sequence[Duty]], at: datetime) -> None:
    held = _held({receiver.unit.pk for receiver in told}, at)
    urges: list[tuple[int, datetime, int, int, str]] = []
    notices = [_notice(receiver, duties, held, at) for receiver, duties in told.items()]
    send_notices(actor=None, notices=notices, at=at)
    lines: list[Line] = []
    for notice, (receiver, duties) in zip(notices, told.items(), strict=True):
        data = {"rung": receiver.rung, "to": receiver.to, "duties": [duty.pk for duty in duties]}
        lines.append(Line(notice, "duties_urged", data))
        urges += [(duty.pk, at, receiver.unit.pk, receiver.rung, notice.title[:300]) for duty in duties]
    columns = {"duty_id": "bigint", "at": "timestamptz", "to_id": "bigint", "rung": "smallint", "text": "text"}
    insert_rows("duty_urge", columns, urges)
    record_many(lines, at)


def _notice(receiver: Told, duties: Sequence[Duty], held: set[tuple[int, str]], at: datetime) -> Notice:
    """What one receiver is told; not saved yet."""
    late = [duty for duty in duties if duty.due_at <= at]
    return Notice(
        unit=receiver.unit,
        role=receiver.role if (receiver.unit.pk, receiver.role) in held else "",
        title=_text(receiver, duties, late),
        body="\n".join(_lines(receiver, duties, at)),
        kind="duty",
        link=str(_subject(duties, late)),
        level=WarningLevel.yellow.value if receiver.to == "above" else "",
        created_at=at,
    )


def _held(units: set[int], at: datetime) -> set[tuple[int, str]]:
    tenures = Tenure.objects.filter(held_at(at), post__unit__in=units)
    return set(tenures.values_list("post__unit", "post__role"))


def _text(receiver: Told, duties: Sequence[Duty], late: Sequence[Duty]) -> str:
    if receiver.to == "above":
        return f"下级单位逾期未完成事项{len(duties)}项，请督促"
    if late:
        return f"履职事项已到期未完成：{len(late)}项，请立即办理"
    return f"履职事项即将到期：{len(duties)}项，请按期办理"


def _lines(receiver: Told, duties: Sequence[Duty], at: datetime) -> Iterable[str]:
    for duty in duties[:LISTED]:
        who = f"{duty.unit.name}：" if receiver.to == "above" else ""
        yield f"{who}{duty.title}（期限{deadline_text(duty.due_at)}）"
    if len(duties) > LISTED:
        yield f"……共{len(duties)}项，详见履职清单。"


def _subject(duties: Sequence[Duty], late: Sequence[Duty]) -> Subject:
    """The one duty that is told of, or the list in which all of them stand."""
    if len(duties) == 1:
        return about("duty", duties[0].pk)
    units = {duty.unit_id for duty in duties}
    query = {"status": "overdue" if late else "due"}
    if len(units) == 1:
        query["unit"] = duties[0].unit.code
    return about("duties", **query)


@transaction.atomic
def urge(*, actor: User, duties: Iterable[Duty], text: str, at: datetime | None = None) -> int:
    """Remind the owners of open duties by hand: one notice per unit and role. Refused without a text or an open duty.

    Duties that the actor urged a moment ago are left out; refused when all were. Returns how many were urged.
    """
    at = at or now()
    if not text.strip():
        raise Refused("请填写催办内容。")
    keys = [duty.pk for duty in duties]
    urged = list(Duty.objects.filter(OPEN, pk__in=keys).select_related("unit").order_by("path", "role", "due_at"))
    if not urged:
        raise Refused("所选事项均已办结、免责或取消，无需催办。")
    if actor is not None:
        kept = count_urges(actor=actor, targets=[(f"duty/{duty.pk}", duty.unit) for duty in urged], at=at)
        urged = [duty for duty in urged if (f"duty/{duty.pk}", duty.unit_id) in kept]
    merged: dict[tuple[Unit, str], list[Duty]] = defaultdict(list)
    for duty in urged:
        merged[duty.unit, duty.role].append(duty)
    held = _held({unit.pk for unit, _ in merged}, at)
    for (unit, role), together in merged.items():
        told = Told(unit, role, 0, "owner")
        late = [duty for duty in together if duty.due_at <= at]
        notice = send_notice(
            actor=actor,
            unit=unit,
            role=role if (unit.pk, role) in held else None,
            title=f"催办：{text.strip()}"[:200],
            body="\n".join(_lines(told, together, at)),
            kind="duty",
            subject=_subject(together, late),
            at=at,
        )
        Urge.objects.bulk_create(
            [Urge(duty=duty, at=at, by=actor, to=unit, rung=duty.rung, text=text.strip()[:300]) for duty in together]
        )
        data = {"notice": notice.pk, "text": text.strip()}
        record_many([Line(duty, "duty_urged", data, actor) for duty in together], at)
    return len(urged)
