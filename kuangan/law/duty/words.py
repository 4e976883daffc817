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
    "supervisor_government": "日常监管主体的同级政府",
}
_SCOPE: Final = {"unit": "", "mine": "（逐矿）", "holder": "（逐人）"}


def owner_text(obligation: Obligation) -> str:
    """Who owes it: kind of unit and post."""
    return f"{OWNER_TEXT[obligation.owner]}{obligation.role.label}{_SCOPE[obligation.scope]}"


def cadence_text(obligation: Obligation) -> str:
    """How often, or after what."""
    if obligation.cadence == EVENT:
        return "遇事办理"
    if obligation.cadence == ONCE:
        return "一次"
    if obligation.cadence == STANDING:
        return "持续有效，每年核查"
    return f"{KIND_TEXT[obligation.cadence]}{_times(obligation)}次"


def due_text(obligation: Obligation) -> str:
    if obligation.cadence in (EVENT, ONCE):
        if obligation.span is None and not obligation.span_key:
            return _named_due_text(obligation)
        begin = "报请办理" if obligation.trigger and obligation.trigger.waits else "事项发生"
        length = obligation.span or parse_span(str(local(obligation.span_key, obligation.valid_from).value))
        return f"自{begin}起{length}内"
    if obligation.due == "end":
        return "期末前"
    if obligation.due.startswith("day "):
        return f"期末当月{obligation.due[4:]}日前"
    return f"期满后{parse_span(obligation.due)}内"


def _named_due_text(obligation: Obligation) -> str:
    back, least = (obligation.trigger.before, obligation.trigger.least) if obligation.trigger else ("", "")
    ahead = f"，提前{local(back, obligation.valid_from).value}" if back else ""
    longer = f"，自登记之日起不少于{parse_span(str(local(least, obligation.valid_from).value))}" if least else ""
    return f"按登记的期限{ahead}{longer}"


def condition_words(obligation: Obligation) -> list[str]:
    """What must hold beside the evidence: of whom a fulfilment each is owed, that the level above countersigns, that it lasts."""
    words = []
    if obligation.each is not None:
        listed = (
            f"以“{ledger_by_id(obligation.each.ledger).title}”为名单"
            if obligation.each.ledger
            else "所辖各县（市、区）局"
            if obligation.each.units
            else "平台尚无名单，不能判断是否逐一办理"
        )
        words.append(f"对每一{obligation.each.who}逐一办理（{listed}）")
    if obligation.accepted:
        words.append("经上级核实后计入")
    if obligation.standing:
        words.append("在有效期内计入，期满即须续办")
    return words


def evidence_words(evidence: Evidence) -> str:
    if evidence.ledger:
        return _ledger_words(evidence)
    if evidence.paper:
        return f"已定稿的《{load_template(evidence.paper).title}》"
    return "办理材料" if evidence.file else "系统数据自动核对"


def _ledger_words(evidence: Evidence) -> str:
    ledger = ledger_by_id(evidence.ledger)
    conditions = [
        f"{ledger.field(name).label}为“{_choice(ledger.field(name), wanted)}”"
        for name, wanted in evidence.where.items()
    ]
    conditions += [
        f"{ledger.field(name).label}为{'次年' if more == 1 else '当年'}" for name, more in evidence.year.items()
    ]
    if evidence.fresh:
        conditions.append(f"{ledger.field(evidence.fresh).label}为此前一年内未登记的人")
    conditions += [f"写明所对应的{ledger.field(name).label}" for name in evidence.names]
    if evidence.sent:
        conditions.append("已在“通知交办”中发出")
    needs = "、".join(ledger.field(name).label for name in evidence.needs)
    if needs:
        conditions.append(f"填写{needs}")
    if evidence.verified:
        conditions.append(
            f"经{ledger.part(evidence.verified).who}“{ledger.part(evidence.verified).title}”后为经核实，退回的不计入"
        )
    if evidence.says:
        conditions.append(f"{'、'.join(ledger.field(name).label for name in evidence.says)}不能只写“无”")
    if evidence.producing:
        conditions.append("须在煤矿生产（建设）期间")
    more = f"（{'；'.join(conditions)}）" if conditions else ""
    title = ledger.title.replace("“", "‘").replace("”", "’")
    return f"“{title}”台账记录{more}"


def _choice(field: Field, wanted: Any) -> str:
    labels = dict(field.choices)
    many = wanted if isinstance(wanted, (list, tuple)) else [wanted]
    return "或".join(
        "是" if value is True else "否" if value is False else labels.get(str(value), str(value)) for value in many
    )


def _times(obligation: Obligation) -> str:
    """The number of times in force when the obligation began, or the newest."""
    return str(obligation.times or local(obligation.times_key, obligation.valid_from).value)
