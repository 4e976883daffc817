"""Duties, their evidence and their figures in lists: the columns of pages and sheets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.base.numerals import deadline_text
from kuangan.casework.models import Case
from kuangan.casework.queries import is_told
from kuangan.core.models import Person, User
from kuangan.duty.models import Duty, Fulfilment, Judgement
from kuangan.duty.status import Status, status_of
from kuangan.law.role import Role
from kuangan.web.cases.words import law_of, state_of
from kuangan.web.duties.links import EntryLink
from kuangan.web.duties.words import DutyRow, EvidenceWay, derivation_of, period_words
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.once import button
from kuangan.web.frame.request import Request

HOLDERS = 2
"""How many of those who owe a list names."""
MISSING = 36
"""Characters of what is missing that a list shows."""


def status_badge(duty_row: DutyRow) -> SafeString:
    return format_html(
        '<span class="st st-{}">{} {}</span>', duty_row.status.value, duty_row.icon, duty_row.status.label
    )


def _matter(duty_row: DutyRow) -> SafeString:
    duty = duty_row.duty
    mine = duty.mine.name if duty.mine and duty.mine_id != duty.unit_id else ""
    below = " · ".join(part for part in (period_words(duty), mine, shown.cut(duty_row.missing, MISSING)) if part)
    link = shown.link(reverse("duty", args=[duty.pk]), duty.title, "strong")
    return format_html("<div>{}{}</div>", link, shown.under(below))


def term(duty_row: DutyRow) -> Any:
    """The due time: ticking while the duty is open."""
    if duty_row.status in (Status.due, Status.overdue):
        return shown.due(duty_row.duty.due_at, derivation_of(duty_row.duty))
    return format_html('<span class="small quiet nowrap">{}</span>', shown.deadline(duty_row.duty.due_at))


def person_phone(person: Person) -> SafeString:
    """A person with the number to call."""
    return shown.joined(person.name, shown.phone(person.phone) or None, by=" ")


def _holders(duty_row: DutyRow) -> SafeString:
    people = duty_row.holders[:HOLDERS]
    if not people:
        return shown.unknown("岗位空缺")
    return format_html_join("", '<div class="nowrap">{}</div>', ((person_phone(person),) for person in people))


def duty_columns(at: datetime, *, units: bool = True) -> tuple[Column, ...]:
    """Duties: the page has a :class:`DutyRow` a row, the sheet a :class:`Duty`. ``units``: whether the page names who owes."""
    return (
        Column("状态", lambda duty: status_of(duty, at).label, shown=status_badge, style="nowrap"),
        Column("事项", attrgetter("title"), 40, _matter),
        Column("措施", attrgetter("measure"), page=False),
        Column("责任单位", attrgetter("unit.name"), 26, attrgetter("duty.unit.name"), page=units),
        Column("责任岗位", lambda duty: Role(duty.role).label, page=False),
        Column("涉及煤矿", lambda duty: duty.mine.name if duty.mine else "", 24, page=False),
        Column("期间", attrgetter("period"), page=False),
        Column(
            "应办次数",
            attrgetter("needed"),
            shown=lambda duty_row: f"{duty_row.credits}/{duty_row.duty.needed}",
            short="进度",
            style="nowrap",
        ),
        Column("期限", lambda duty: deadline_text(duty.due_at), 20, term),
        Column("现责任人", _holders, style="small", sheet=False),
        Column("办结时间", attrgetter("done_at"), 20, page=False),
        Column("登记时间", attrgetter("recorded_at"), 20, page=False),
    )


def way_columns(ways: Sequence[EvidenceWay]) -> tuple[Column, ...]:
    """What would show that a duty is done; ``ways``: all there are, any one of which is enough."""
    choice = shown.quiet("任选其一　") if len(ways) > 1 else shown.EMPTY
    return (
        Column("依据", lambda way: shown.joined(choice, way.words)),
        Column(
            "登记",
            lambda way: shown.link(way.address, way.button, "btn btn-primary btn-sm") if way.address else shown.EMPTY,
            style="num",
        ),
    )


def _proof(given: Fulfilment) -> SafeString:
    """How far it is proven, and who looked at what."""
    judgements: list[Judgement] = given.judged  # type: ignore[attr-defined]  # by the prefetch
    return shown.joined(given.get_grade_display(), *(shown.under(_judged(judgement)) for judgement in judgements))


def _judged(judgement: Judgement) -> str:
    verdict = "属实" if judgement.confirmed else "不属实"
    who = f"{judgement.unit.name}{judgement.by.display_name} {shown.minute(judgement.at)}"
    ended = "（依据已更正，核实失效）" if judgement.ended_at else ""
    return f"{who}查看{judgement.get_sight_display()}，{verdict}：{judgement.opinion}{ended}"


def fulfilment_columns(duty: Duty, entries: Mapping[str, EntryLink]) -> tuple[Column, ...]:
    """What was given for a duty; ``entries``: those of ledgers, by key."""

    def evidence(given: Fulfilment) -> SafeString:
        entry = entries.get(given.key)
        words = shown.link(entry.address, entry.words) if entry else given.get_source_display()
        revoked = given.revoked_at and shown.tag(f"已撤销 {shown.minute(given.revoked_at)}")
        return shown.joined(words, revoked, by=" ")

    def note(given: Fulfilment) -> SafeString:
        about = shown.under(f"所涉对象：{given.about}") if given.about else shown.EMPTY
        files = (
            (reverse("duty_attachment", args=[duty.pk, file.pk]), file.name)
            for file in given.files  # type: ignore[attr-defined]  # by the prefetch
        )
        return shown.joined(given.note, about, format_html_join("", '<div><a href="{}">{}</a></div>', files))

    return (
        Column("依据", evidence),
        Column("办理时间", attrgetter("done_at"), style="nowrap"),
        Column("登记时间", attrgetter("recorded_at"), style="nowrap"),
        Column("登记人", lambda given: given.by.display_name if given.by else "平台"),
        Column("证明程度", _proof),
        Column("说明", note),
    )


def case_columns(reader: User) -> tuple[Column, ...]:
    """Cases about a duty, with what was asked and decided in the words of their procedures."""

    def told(case: Case) -> SafeString:
        facts = (fact for fact in law_of(case).facts if is_told(reader, case, fact))
        texts = ((fact.heading, fact.text(case.facts)) for fact in facts)
        return format_html_join("", "<div>{}：{}</div>", (pair for pair in texts if pair[1]))

    return (
        Column("办件", lambda case: shown.link(reverse("case", args=[case.pk]), case.number, "strong"), style="nowrap"),
        Column("状态", lambda case: shown.strong(state_of(case).label)),
        Column("内容", told),
        Column("时间", attrgetter("moved_at"), style="nowrap"),
    )


def key_columns(request: Request, at: datetime) -> tuple[Column, ...]:
    """Keys by which programs report, each with the button that stops it."""

    def ends(token: Any) -> str | None:
        if token.expires_at is None:
            return None
        return f"{shown.minute(token.expires_at)}{'（已到期）' if token.expires_at <= at else ''}"

    return (
        Column("单位", attrgetter("unit.name")),
        Column("标识", lambda token: format_html("<code>{}</code>", token.sha256[:12])),
        Column("签发", attrgetter("created_at")),
        Column("签发人", lambda token: token.created_by.display_name if token.created_by else "平台"),
        Column("到期", ends),
        Column("", lambda token: button(request, reverse("stop_checkin_key", args=[token.pk]), "停用")),
    )


def _rate(cell: Any) -> SafeString:
    """One tier's rate in one month, its figures leading to their rows."""
    counts = cell.counts
    if not counts.due:
        return shown.NONE
    overdue = counts.overdue and shown.link(cell.overdue_address, f"逾期{counts.overdue}")
    parts = (f"按期{counts.met}/{counts.due}", overdue, counts.open and f"办理中{counts.open}")
    rate = shown.link(cell.address, cell.share, "strong")
    return shown.joined(rate, shown.small(shown.joined(*(part for part in parts if part), by="，")), by=" ")


def rate_columns(tiers: Sequence[str]) -> tuple[Column, ...]:
    """The rates of each tier by month; a row is a month with its cells in the order of the tiers."""
    cells = (
        Column(name, lambda rate, index=index: _rate(rate[1][index]), style="num")  # type: ignore[misc]
        for index, name in enumerate(tiers)
    )
    return (Column("月份", lambda rate: rate[0].label, style="nowrap"), *cells)
