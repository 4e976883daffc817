"""The responsibility board (挂牌责任) of a mine: who is posted, who leads the shift today, whether the board is up to date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.numerals import date_text
from kuangan.core.models import Shift
from kuangan.core.values.kinds import name_text
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local_span
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline
from kuangan.ledger.models import Entry
from kuangan.mine.models import Mine
from kuangan.overview.queries.ledgers import in_force_on
from kuangan.overview.queries.mines import leaders_rostered, posted_entries

LEDGER = "posted_responsibility"
SHIFTS = "leader_shift"
SIDES = (("government", "政府责任人"), ("department", "部门责任人"), ("company", "企业责任人"))


@dataclass(frozen=True)
class Posted:
    """One of the three persons."""

    side: str
    name: str
    post: str
    phone: str


@dataclass(frozen=True)
class Leader:
    """Who leads a shift today."""

    shift: str
    name: str


@dataclass(frozen=True)
class PostedBoard:
    """A mine's board on a day. ``entry`` None: nobody is posted. ``warning``: what is wrong with the board, or ""."""

    mine: Mine
    on: date
    entry: Entry | None
    posted: tuple[Posted, ...]
    leaders: tuple[Leader, ...]
    updated_on: date | None
    update_due_at: datetime | None
    warning: str


def posted_board(mine: Mine, at: datetime) -> PostedBoard:
    on = civil_date(at)
    entry = _in_force(mine, on)
    values: Mapping[str, Any] = entry.values if entry else {}
    updated_on = date.fromisoformat(values["board_updated_on"]) if values.get("board_updated_on") else None
    due_at = update_due(entry.on) if entry else None
    return PostedBoard(
        mine=mine,
        on=on,
        entry=entry,
        posted=_posted(values) if entry else (),
        leaders=leaders_on(mine, on),
        updated_on=updated_on,
        update_due_at=due_at,
        warning=_warning(entry, updated_on, due_at, at),
    )


def update_due(changed_on: date) -> datetime:
    """When the board must show a change of that day at the latest."""
    span = local_span("posted_responsibility.board_update", changed_on)
    return deadline(span, beijing_midnight(changed_on), calendar())


def leaders_on(mine: Mine, on: date) -> tuple[Leader, ...]:
    """Who leads today's shifts: by the mine's roster, else by what its ledger of shifts says."""
    rostered = tuple(
        Leader(Shift(rostered_leader.shift).label, rostered_leader.person.name)
        for rostered_leader in leaders_rostered(mine, on)
    )
    if rostered:
        return rostered
    shifts = dict(ledger_by_id(SHIFTS).field("shift").choices)
    led = posted_entries(mine, SHIFTS).filter(on=on)
    shifts_led = [entry.values for entry in led.order_by("pk") if entry.values.get("kind") != "no_work"]
    return tuple(Leader(shifts[led_shift["shift"]], led_shift["leader"]) for led_shift in shifts_led)


def _in_force(mine: Mine, on: date) -> Entry | None:
    """The newest entry about the mine that is in force."""
    return posted_entries(mine, LEDGER).filter(in_force_on(on)).first()


def _posted(values: Mapping[str, Any]) -> tuple[Posted, ...]:
    def posted(side: str, word: str) -> Posted:
        post, phone = (str(values.get(f"{side}_{part}", "")) for part in ("post", "phone"))
        return Posted(word, name_text(values.get(f"{side}_name")), post, phone)

    return tuple(posted(side, word) for side, word in SIDES)


def _warning(entry: Entry | None, updated_on: date | None, due_at: datetime | None, at: datetime) -> str:
    if entry is None or due_at is None:
        return "尚未登记挂牌责任人，公示牌无内容可公示"
    if updated_on is not None and updated_on >= entry.on:
        return ""
    changed = f"责任人自{date_text(entry.on)}起变动"
    if at < due_at:
        return ""
    return f"{changed}，公示牌应于{date_text(civil_date(due_at))}前更换，至今没有更换记录"


def paper_fields(board: PostedBoard, hotline: str, address: str, squares: Iterable[str]) -> dict[str, Any]:
    """What the printed board holds; ``squares`` are the rows of the QR code, 1 for dark."""
    return {
        "mine": board.mine.name,
        "code": board.mine.code,
        "posted": [
            {"side": posted.side, "name": posted.name, "post": posted.post, "phone": posted.phone}
            for posted in board.posted
        ],
        "supervisor": board.mine.supervisor.name,
        "phone": board.mine.supervisor.phone,
        "hotline": hotline,
        "address": address,
        "qr": list(squares),
    }
