"""An obligation in the words of official papers."""

from typing import Final

from kuangan.base.period import KIND_TEXT
from kuangan.law.ledger import ledgers
from kuangan.law.local import local
from kuangan.law.obligation import EVENT, ONCE, STANDING, Evidence, Obligation
from kuangan.law.span import parse_span

OWNER_TEXT: Final = {
    "city_government": "市政府",
    "city_bureau": "市应急局",
    "city_coal_section": "市局煤矿安全科",
    "county_government": "县（市、区）政府",
    "county_bureau": "县（市、区）应急局",
    "company": "上级公司",
    "mine": "煤矿",
    "supervisor": "日常监管主体",
}
_SCOPE: Final = {"unit": "", "mine": "（逐矿）", "holder": "（逐人）"}


def owner_text(found: Obligation) -> str:
    """Who owes it: kind of unit and post."""
    return f"{OWNER_TEXT[found.owner]}{found.role.label}{_SCOPE[found.scope]}"


def cadence_text(found: Obligation) -> str:
    """How often, or after what."""
    if found.cadence == EVENT:
        return "遇事办理"
    if found.cadence == ONCE:
        return "一次"
    if found.cadence == STANDING:
        return "持续有效，每年核查"
    return f"{KIND_TEXT[found.cadence]}{_times(found)}次"


def due_text(found: Obligation) -> str:
    """By when."""
    if found.cadence in (EVENT, ONCE):
        if found.span is None and not found.span_key:
            return "按登记的期限"
        length = found.span or parse_span(str(local(found.span_key, found.valid_from).value))
        return f"自事项发生起{length}内"
    if found.due == "end":
        return "期末前"
    if found.due.startswith("day "):
        return f"期末当月{found.due[4:]}日前"
    return f"期满后{parse_span(found.due)}内"


def evidence_text(each: Evidence) -> str:
    """What counts as done."""
    if each.ledger:
        ledger = ledgers()[each.ledger]
        needs = "、".join(ledger.field(name).label for name in each.needs)
        return f"《{ledger.title}》的记录" + (f"（须填写{needs}）" if needs else "")
    if each.paper:
        return "已定稿的文书"
    return "办理结果材料" if each.file else "系统监测和办理数据"


def _times(found: Obligation) -> str:
    """The number of times in force when the obligation began, or the newest."""
    return str(found.times or local(found.times_key, found.valid_from).value)
