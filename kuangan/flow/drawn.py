"""What a draw decided is carried out as it was drawn: an entry that says so names its draw, and what was drawn."""

import re
from collections.abc import Sequence
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.core.models import Unit, UnitKind
from kuangan.draw.models import Draw
from kuangan.law.effect.drawing import DrawnBy
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.ledger.values import EntryRefused
from kuangan.mine.models import Mine

_NUMBER: Final = re.compile(r"抽〔(\d{4})〕(\d{1,9})号")
OVERSEEN: Final = UnitKind.county_bureau


def require_drawn(entry: Entry) -> None:
    """Refuse an entry that names no draw, or one that did not decide it."""
    ledger = ledger_by_id(entry.ledger)
    if ledger.drawn is not None and (fault := fault_of(entry)):
        raise EntryRefused(ledger, {ledger.drawn.number: fault})


def fault_of(entry: Entry) -> str:
    """Why the draw that the entry names did not decide it, in Chinese; "" where it did, or where none had to."""
    drawn = ledger_by_id(entry.ledger).drawn
    if drawn is None or any(entry.values.get(name) != wanted for name, wanted in drawn.where.items()):
        return ""
    number = str(entry.values.get(drawn.number) or "").strip()
    if not number:
        return "随机抽查的，请填写抽查编号（见“抽查”页面）"
    draw = draw_numbered(number)
    if draw is None:
        return f"没有编号为“{number}”的抽查，请按“抽查”页面上的编号填写，如“抽〔2026〕12号”"
    return _made_fault(draw, entry) or _place_fault(draw, entry, drawn)


def draw_numbered(number: str) -> Draw | None:
    """The draw with this number; None where there is none."""
    written = _NUMBER.fullmatch(number)
    draw = Draw.objects.filter(pk=int(written.group(2))).select_related("unit").first() if written else None
    return draw if draw is not None and draw.number == number else None


def _made_fault(draw: Draw, entry: Entry) -> str:
    if draw.unit.scope_path != entry.unit.scope_path:
        return f"{draw.number}由{draw.unit.name}组织，不是本单位的抽查"
    if draw.drawn_at is None:
        return f"{draw.number}{'已作废' if draw.cancelled_at else '尚未抽取'}"
    return f"{draw.number}在检查之后抽取" if civil_date(draw.drawn_at) > entry.on else ""


def _place_fault(draw: Draw, entry: Entry, drawn: DrawnBy) -> str:
    unit = Unit.objects.filter(code=str(entry.values.get(drawn.unit, ""))).first()
    if unit is None or any(mine.unit.path.startswith(unit.scope_path) for mine in mines_drawn(draw)):
        return ""
    areas = "、".join(dict.fromkeys(mine.county.name for mine in mines_drawn(draw)))
    return f"{draw.number}未抽中{unit.name}辖区的煤矿，抽中的在{areas}"


def mines_drawn(draw: Draw) -> Sequence[Mine]:
    """The mines that a draw drew, with their counties, by code."""
    codes = draw.result["drawn"]["mines"] if draw.result else []
    return list(Mine.objects.filter(code__in=codes).select_related("unit", "county").order_by("code"))


def carried_out(draw: Draw, ledger: Ledger) -> dict[str, Entry]:
    """The current entries that name the draw, by the code of the unit that they are about."""
    if ledger.drawn is None:
        return {}
    named = {f"values__{ledger.drawn.number}": draw.number}
    entries = Entry.objects.filter(CURRENT, ledger=ledger.id, unit__scope_path=draw.unit.scope_path, **named)
    return {str(entry.values.get(ledger.drawn.unit)): entry for entry in entries.order_by("on", "pk")}


def counties_drawn(draw: Draw) -> list[tuple[Unit, list[Mine]]]:
    """The bureaus of the counties of which mines were drawn, with these mines."""
    mines = mines_drawn(draw)
    bureaus = Unit.objects.filter(kind=OVERSEEN, scope_path__in={mine.county.path for mine in mines}).order_by("code")
    return [(bureau, [mine for mine in mines if mine.county.path == bureau.scope_path]) for bureau in bureaus]
