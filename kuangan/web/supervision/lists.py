"""The lists of draws, of the city's visits to counties and of what rules say of ledgers, as columns."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.base.period import Period
from kuangan.casework.rule_states import RuleState
from kuangan.draw.models import Draw
from kuangan.flow.rules.run import TOPIC
from kuangan.law.content import rules_of
from kuangan.law.ledger import ledger_by_id
from kuangan.overview.figures.oversight import LEDGER, Ranked, Visit
from kuangan.web.cases.lists import case_link, mine_link, state_badge
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.tables import Table
from kuangan.web.supervision.draw_rows import Drawn, chosen_of

METHODS = dict(ledger_by_id(LEDGER).field("method").choices)
TITLES = {rule.id: rule.title for rule in rules_of(TOPIC)}


def draw_state(draw: Draw, *, may_draw: bool) -> SafeString:
    """Whether a draw is made, given up or still to be made, by the reader if he may."""
    if draw.drawn_at:
        return shown.state("已抽取", terminal=True)
    return shown.state("已作废", terminal=True) if draw.cancelled_at else shown.state("待抽取", waits=may_draw)


def _pool(draw: Draw, pool: str) -> str:
    return f"{draw.record['wanted'][pool]}/{len(draw.record['pools'][pool])}"


def draw_columns(*, may_draw: bool) -> tuple[Column, ...]:
    def state(draw: Draw) -> SafeString:
        moment = shown.small(shown.minute(draw.drawn_at)) if draw.drawn_at else ""
        return shown.joined(draw_state(draw, may_draw=may_draw), moment, by=" ")

    return (
        Column(
            "名称",
            lambda draw: draw.title,
            30,
            lambda draw: shown.link(reverse("draw", args=[draw.pk]), draw.title, "strong"),
        ),
        Column("编号", lambda draw: draw.number, 18, style="nowrap small"),
        Column("组织单位", lambda draw: draw.unit.name, 24, style="small"),
        Column("公布时间", lambda draw: draw.published_at, 20, style="nowrap"),
        Column("煤矿 抽取/名单", lambda draw: _pool(draw, "mines"), style="num", label="煤矿", sheet=False),
        Column("人员 抽取/名单", lambda draw: _pool(draw, "officers"), style="num", label="人员", sheet=False),
        Column("煤矿名单", lambda draw: len(draw.record["pools"]["mines"]), page=False),
        Column("抽取煤矿", lambda draw: draw.record["wanted"]["mines"], page=False),
        Column("抽取人员", lambda draw: draw.record["wanted"]["officers"], page=False),
        Column("状态", state, sheet=False),
        Column("结果公开", lambda draw: draw.public_on, style="nowrap", sheet=False),
        Column("抽取时间", lambda draw: draw.drawn_at, 20, page=False),
        Column("承诺摘要", lambda draw: draw.commitment, 66, page=False),
    )


def public_columns(today: date) -> tuple[Column, ...]:
    """Draws as anybody may see them."""

    def state(draw: Draw) -> str:
        if draw.cancelled_at:
            return "已作废"
        if draw.public_on and draw.public_on <= today:
            return "结果已公开"
        return "检查中，结果待公开" if draw.drawn_at else "待抽取"

    return (
        Column("名称", lambda draw: shown.link(reverse("public_draw", args=[draw.slug]), draw.title, "strong")),
        Column("组织单位", lambda draw: draw.unit.name),
        Column("公布时间", lambda draw: draw.published_at),
        Column("状态", state),
    )


def drawn_columns(sighted: Collection[str]) -> tuple[Column, ...]:
    """The mines drawn; those in the reader's sight lead to their pages."""

    def mine(drawn: Drawn) -> SafeString:
        address = reverse("mine", args=[drawn.key]) if drawn.key in sighted else None
        name = shown.link(address, drawn.name, "strong") if address else _strong(drawn)
        return shown.joined(name, shown.small(drawn.key), by=" ")

    return Column("序", lambda drawn: drawn.order), Column("煤矿", mine)


def _strong(drawn: Drawn) -> SafeString:
    return format_html('<span class="strong">{}</span>', drawn.name)


DRAWN_OFFICERS = (Column("序", lambda drawn: drawn.order), Column("检查人员", lambda drawn: drawn.name, style="strong"))


def drawn_tables(draw: Draw, sighted: Collection[str]) -> dict[str, Table] | None:
    """Who was drawn, by pool; None before the draw. ``sighted``: the codes of mines in the reader's sight."""
    chosen = chosen_of(draw)
    if chosen is None:
        return None
    return {
        "mines": Table(drawn_columns(sighted), chosen["mines"], style=""),
        "officers": Table(DRAWN_OFFICERS, chosen["officers"], style=""),
    }


POOL = (
    Column("煤矿", lambda mine: mine.name),
    Column("编码", lambda mine: mine.code, style="small"),
    Column("县（区）", lambda mine: mine.county.name, style="small"),
)


def _person(line: Any) -> SafeString:
    person, field = line
    return format_html('<label for="{}">{}</label>', field.id_for_label, person.name)


def _recusal(line: Any) -> SafeString:
    wrong = format_html_join("", '<div class="wrong">{}</div>', ((error,) for error in line[1].errors))
    return shown.joined(line[1], wrong)


RECUSALS = (Column("执法检查人员", _person), Column("回避理由", _recusal))
"""A line is an officer with the field for his recusal."""


def ranked_columns(year: Period, figures: Mapping[int, Any]) -> tuple[Column, ...]:
    """The counties in the order of their scores in a year. ``figures``: how far the reports of each are believed, by unit."""

    def visits(ranked: Ranked, text: Any, only: str = "", style: str = "") -> Any:
        narrowed = f"&only={only}" if only else ""
        return shown.link(f"?year={year.key}&county={ranked.county.code}{narrowed}#visits", text, style)

    return (
        Column("名次", lambda ranked: ranked.place, style="num strong"),
        Column("单位", lambda ranked: visits(ranked, ranked.county.name)),
        Column(
            "平均得分", lambda ranked: shown.unknown("未督导") if ranked.mean is None else str(ranked.mean), style="num"
        ),
        Column("自报可信度", lambda ranked: figures.get(ranked.county.pk), style="num"),
        Column("督导次数", lambda ranked: len(ranked.visits), style="num"),
        Column("问题", lambda ranked: ranked.findings, style="num"),
        Column(
            "未完成",
            lambda ranked: visits(ranked, ranked.still_open, "open") if ranked.still_open else 0,
            style="num",
        ),
        Column(
            "逾期",
            lambda ranked: visits(ranked, ranked.late, "late", "strong") if ranked.late else 0,
            style="num",
        ),
    )


def _day(visit: Visit) -> SafeString:
    return format_html("{}<br>{}", shown.moment(visit.entry.on), shown.small(METHODS[visit.method]))


def _findings(visit: Visit) -> SafeString:
    known = [
        shown.joined(case_link(case, case.facts["item"]), state_badge(case), by=" ") for case in visit.followed.cases
    ]
    lines = format_html_join("", "<div>{}</div>", ((finding,) for finding in known or visit.findings))
    return lines or shown.quiet("未发现问题")


def _mended(visit: Visit) -> Any:
    """Until when the findings of a visit are to be mended, or when they were."""
    if not visit.findings:
        return None
    if visit.closed_on:
        late = SafeString('<span class="small strong">（逾期）</span>') if visit.late else ""
        ends = shown.joined(f"{shown.moment(visit.closed_on)} 完成", late)
    elif visit.late:
        ends = format_html('<span class="due late">应于 {}</span>', shown.moment(visit.due_on))
    elif visit.due_on is None:
        return None
    else:
        ends = shown.joined(f"{shown.moment(visit.due_on)} 前")
    if visit.duty is None:
        return ends
    return format_html("{}<br>{}", ends, shown.link(reverse("duty", args=[visit.duty.pk]), "整改事项", "small"))


VISITS = (
    Column("督导日期", lambda visit: visit.entry.on, shown=_day, style="nowrap", short="日期"),
    Column("被督导单位", lambda visit: visit.county.name, 28, style="small", short="单位"),
    Column("方式", lambda visit: METHODS[visit.method], page=False),
    Column("评分", lambda visit: visit.score, shown=lambda visit: str(visit.score), style="num strong", short="得分"),
    Column("发现问题", lambda visit: "\n".join(visit.findings), 50, _findings, "small"),
    Column("整改期限", lambda visit: visit.due_on, shown=_mended, style="nowrap"),
    Column("完成日期", lambda visit: visit.closed_on, page=False),
)


def _outcome(state: RuleState) -> SafeString:
    if state.outcome == RuleState.Outcome.unknown:
        return shown.unknown("不明")
    kept = state.outcome == RuleState.Outcome.clear
    return shown.state(state.get_outcome_display(), terminal=kept, waits=not kept)


RULE_STATES = (
    Column(
        "对象",
        lambda state: state.unit.name,
        26,
        lambda state: mine_link(state.mine) if state.mine else state.unit.name,
        "strong",
        short="煤矿或单位",
        label="对象",
    ),
    Column("措施", lambda state: state.measure),
    Column(
        "规则",
        lambda state: TITLES[state.rule],
        40,
        lambda state: shown.link(reverse("rule", args=[state.rule]), TITLES[state.rule]),
        "small",
    ),
    Column("结果", lambda state: state.get_outcome_display(), shown=_outcome, style="nowrap"),
    Column("说明", lambda state: state.why, 60, style="small"),
    Column("判定时间", lambda state: state.at, 20, style="nowrap small"),
)
