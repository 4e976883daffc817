"""The lists of 法规 as columns: instruments, rules, procedures, limits, local values, duties and worked examples."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.law.duty.obligation_file import Obligation
from kuangan.law.duty.words import cadence_text, due_text, owner_text
from kuangan.law.instrument import Instrument
from kuangan.law.limit import SetPoint
from kuangan.law.local import LocalValue
from kuangan.law.time.dated import Value
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.law.words import local_value, operator
from kuangan.web.templatetags.kuangan_law import cite, cites

LocalLine = tuple[LocalValue, Value[Any]]
"""A local value and one of its editions."""


def doubted(text: Any, question: str, word: str = "待核") -> SafeString:
    """Words of law, marked where they rest on an open question."""
    if not question:
        return shown.joined(text)
    return shown.joined(text, shown.markup('<span class="tag assumed" title="{}">{}</span>', question, word), by=" ")


def _instrument_link(instrument: Instrument) -> SafeString:
    return doubted(shown.link(reverse("instrument", args=[instrument.id]), instrument.title), instrument.assumed)


def instrument_columns(on: date) -> tuple[Column, ...]:
    """The instruments, with what is in force on a day."""
    return (
        Column("名称", _instrument_link),
        Column("文号", lambda instrument: instrument.number or shown.EMPTY, style="small"),
        Column("施行日期", lambda instrument: instrument.in_force_from, label="施行"),
        Column("失效日期", lambda instrument: instrument.in_force_to, style="phone-off", label="失效"),
        Column("状态", lambda instrument: "现行" if instrument.in_force(on) else shown.quiet("非现行")),
        Column("入库条文", lambda instrument: len(instrument.articles), style="num phone-off", label="条文"),
    )


RULES = (
    Column("规则", lambda rule: shown.link(reverse("rule", args=[rule.id]), rule.title)),
    Column("任务", lambda rule: rule.measure, style="nowrap"),
    Column("算例", lambda rule: len(rule.examples), style="num"),
)
PROCEDURES = (
    Column("程序", lambda procedure: procedure.title),
    Column("任务", lambda procedure: procedure.measure),
    Column("依据", lambda procedure: cites(procedure.cites)),
)


def _set_point(point: SetPoint, number: Any, compared: str) -> str:
    return "—" if number is None else f"{compared}{shown.plain(number)}"


SET_POINTS = (
    Column("地点", lambda point: doubted(point.place_text, point.assumed, "暂按")),
    Column("报警", lambda point: _set_point(point, point.alarm, operator(point.operator)), style="num strong"),
    Column("断电", lambda point: _set_point(point, point.power_off, operator(point.operator)), style="num"),
    Column(
        "复电", lambda point: _set_point(point, point.re_power, "＜" if point.side == "above" else "＞"), style="num"
    ),
    Column("单位", lambda point: point.unit),
    Column("断电范围", lambda point: point.scope or shown.EMPTY, style="small"),
    Column("依据", lambda point: cite(point.cite), style="cite-cell"),
)


def _meaning(line: LocalLine) -> str:
    return line[0].meaning


def _value(line: LocalLine) -> str:
    return local_value(line[1].value)


def _cite(line: LocalLine) -> SafeString:
    return cite(line[1].cite)


LOCAL_VALUES = (
    Column("事项", _meaning),
    Column("取值", _value, style="strong"),
    Column("自", lambda line: line[1].valid_from),
    Column("适用", lambda line: "通用" if line[0].city == "general" else "本市"),
    Column("依据", _cite, style="cite-cell"),
)


def _obligation_link(obligation: Obligation) -> SafeString:
    return doubted(shown.link(reverse("law_duty", args=[obligation.id]), obligation.title), obligation.assumed)


OBLIGATIONS = (
    Column("履职事项", _obligation_link, label="事项"),
    Column("责任", owner_text, style="small"),
    Column("频次", cadence_text, style="nowrap"),
    Column("期限", due_text, style="nowrap"),
    Column("依据", lambda obligation: cite(obligation.cite), style="small"),
)
OBLIGATION_EXAMPLES = (
    Column("期间", lambda example: example.period),
    Column("应办次数", lambda example: example.times, style="num"),
    Column("期限", lambda example: f"{shown.deadline(example.due_at)}前"),
)


def _given(worked: Any) -> Any:
    """What the rule gives now, marked by whether it is what it should."""
    return f"✔ {worked.given}" if worked.given == worked.expected else shown.strong(f"✕ {worked.given}")


RULE_EXAMPLES = (
    Column("情形", lambda worked: worked.title),
    Column("应为", lambda worked: worked.expected, style="nowrap"),
    Column("计算结果", _given, style="nowrap", label="结果"),
    Column("理由", lambda worked: worked.reason or shown.EMPTY, style="small"),
)
