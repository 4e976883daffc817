"""Open questions and a city's answers in lists: the columns of pages and sheets."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.base.clock import civil_date
from kuangan.law.answers.questions import KINDS, LOCAL
from kuangan.law.answers.resting import Dependants
from kuangan.law.local import local
from kuangan.law.time.dated import NotInForce
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.law.words import local_value

_COUNTED = (
    ("rules", "规则"),
    ("obligations", "履职事项"),
    ("procedures", "程序"),
    ("papers", "文书"),
    ("ledgers", "台账"),
)

NAMED = ("instruments", "obligations", "ledgers")
"""Kinds of questions about a thing as such, which has no value of its own."""


def rests_words(rests: Dependants) -> str:
    """How much rests on a question, by kind."""
    counts = ((word, len(getattr(rests, kind))) for kind, word in _COUNTED)
    return "、".join(f"{word}{count}" for word, count in counts if count) or "平台运行"


def _in_use(asked: Any) -> tuple[Any, Any]:
    """What is used today and since when: by the answer while it holds, else what is assumed."""
    question = asked.question
    if asked.answer is not None:
        with suppress(NotInForce):
            held = local(question.key, civil_date(clock.now()))
            return held.value, held.valid_from
    return question.value, question.since


def _value(asked: Any) -> str:
    return "" if asked.question.kind in NAMED else local_value(_in_use(asked)[0])


def _answer_words(asked: Any) -> str:
    answer = asked.answer
    if answer is None:
        return "未答复" if asked.question.kind == LOCAL else "随法规库更新"
    return f"{answer.document}，{answer.decided_by}，{answer.head.display_name}、{answer.second.display_name}"


def _answer_cell(asked: Any) -> SafeString:
    words = _answer_words(asked)
    return (
        format_html("<div><b>已答复</b>{}</div>", shown.under(words))
        if asked.answer
        else format_html('<span class="quiet nowrap">{}</span>', words)
    )


def _subject(asked: Any) -> SafeString:
    what = f"{KINDS[asked.question.kind]} {asked.question.key}"
    return format_html("<div>{}{}</div>", asked.question.subject, shown.under(what))


QUESTIONS = (
    Column("事项", lambda asked: asked.question.subject, 40, _subject),
    Column("编号", lambda asked: asked.question.key, 26, page=False),
    Column("待明确的问题", lambda asked: asked.question.text, 50, label="问题"),
    Column("现用", _value, 20, style="strong"),
    Column("自", lambda asked: _in_use(asked)[1], 12, style="nowrap"),
    Column("所系", lambda asked: rests_words(asked.question.rests), 24, style="small"),
    Column("任务", lambda asked: asked.question.measure, 8, page=False),
    Column("请谁答复", lambda asked: asked.question.ask, 24, style="small"),
    Column("依据", lambda asked: asked.question.cite, 30, page=False),
    Column("答复", _answer_words, 40, _answer_cell, style="small"),
)


def _moment(written: str) -> Any:
    return datetime.fromisoformat(written) if written else "按原期限（新期限已过）"


def state_word(answer: Any) -> str:
    if answer.waits:
        return "待决定人签署" if answer.headed_at is None else "待复核人签署"
    if answer.refused_for:
        return "复核人不同意，未生效"
    if answer.dropped_at is not None:
        return "未签署，已被替代"
    if answer.undoes_id is not None:
        return "已撤回原答复"
    return "生效" if answer.ended_at is None else "已终止"


ANSWERS = (
    Column("文号", lambda answer: answer.document),
    Column("文件", lambda answer: f"{answer.name}.yaml"),
    Column("提出", lambda answer: answer.proposed_at, style="nowrap"),
    Column("状态", state_word, style="nowrap"),
)


def _line(name: str) -> Any:
    return lambda line: line.get(name, "")


VALUE_LINES = (
    Column("事项", _line("meaning")),
    Column("原", lambda line: line["before"] or shown.EMPTY),
    Column("改为", lambda line: line["after"] or shown.EMPTY, style="strong"),
)
EXAMPLE_LINES = (
    Column("规则", _line("rule")),
    Column("算例", _line("example")),
    Column("原", _line("before"), style="nowrap"),
    Column("改为", _line("after"), style="nowrap strong"),
)
FINDING_LINES = (
    Column("规则", _line("rule")),
    Column("对象", _line("subject")),
    Column("原", _line("before"), style="nowrap"),
    Column("改为", _line("after"), style="nowrap strong"),
    Column("理由", _line("reason"), style="small"),
)
CLOCK_LINES = (
    Column("办件", _line("case"), style="nowrap"),
    Column("单位", _line("unit")),
    Column("期限", _line("clock")),
    Column("原", lambda line: _moment(line["before"]), style="nowrap"),
    Column("改为", lambda line: _moment(line["after"]), style="nowrap strong"),
)
DUTY_LINES = (
    Column("履职事项", _line("duty")),
    Column("单位", _line("unit")),
    Column("原期限", lambda line: _moment(line["before"]), style="nowrap"),
    Column("改为", lambda line: _moment(line["after"]), style="nowrap strong"),
    Column("原补登记", lambda line: _moment(line["record_before"]), style="nowrap"),
    Column("改为", lambda line: _moment(line["record_after"]), style="nowrap strong"),
    Column("次数", _line("times"), style="nowrap"),
)
EFFECT: Mapping[str, tuple[str, tuple[Column, ...]]] = {
    "values": ("取值", VALUE_LINES),
    "examples": ("算例结果改变", EXAMPLE_LINES),
    "findings": ("认定的变化", FINDING_LINES),
    "clocks": ("在办案件期限的变化", CLOCK_LINES),
    "duties": ("未办结履职事项的变化", DUTY_LINES),
}
