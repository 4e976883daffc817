"""An obligation in the words of official papers."""

from typing import Any, Final

from kuangan.base.period import KIND_TEXT
from kuangan.law.duty.obligation_file import EVENT, ONCE, STANDING, Evidence, Obligation
from kuangan.law.field import Field
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local
from kuangan.law.paper import load_template
from kuangan.law.time.span import parse_span

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


def condition_words(found: Obligation) -> list[str]:
    """What must hold beside the evidence: of whom a fulfilment each is owed, that the level above countersigns, that it lasts."""
    words = []
    if found.each is not None:
        listed = (
            f"以“{ledger_by_id(found.each.ledger).title}”为名单"
            if found.each.ledger
            else "平台尚无名单，不能判断是否逐一办理"
        )
        words.append(f"对每一{found.each.who}逐一办理（{listed}）")
    if found.accepted:
        words.append("经上级核实后计入")
    if found.standing:
        words.append("在有效期内计入，期满即须续办")
    return words


def evidence_words(evidence: Evidence) -> str:
    """One kind of evidence in words."""
    if evidence.ledger:
        return _ledger_words(evidence)
    if evidence.paper:
        return f"已定稿的《{load_template(evidence.paper).title}》"
    return "办理材料" if evidence.file else "系统数据自动核对"


def _ledger_words(evidence: Evidence) -> str:
    found = ledger_by_id(evidence.ledger)
    conditions = [
        f"{found.field(name).label}为“{_choice(found.field(name), one)}”" for name, one in evidence.where.items()
    ]
    needs = "、".join(found.field(name).label for name in evidence.needs)
    if needs:
        conditions.append(f"填写{needs}")
    if evidence.producing:
        conditions.append("须在煤矿生产（建设）期间")
    more = f"（{'；'.join(conditions)}）" if conditions else ""
    title = found.title.replace("“", "‘").replace("”", "’")
    return f"“{title}”台账记录{more}"


def _choice(field: Field, wanted: Any) -> str:
    labels = dict(field.choices)
    many = wanted if isinstance(wanted, (list, tuple)) else [wanted]
    return "或".join("是" if one is True else "否" if one is False else labels.get(str(one), str(one)) for one in many)


def _times(found: Obligation) -> str:
    """The number of times in force when the obligation began, or the newest."""
    return str(found.times or local(found.times_key, found.valid_from).value)
