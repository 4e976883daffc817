"""Cases in lists: the columns of their page and sheet, and the words of one case that other lists show, too."""

import json
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.casework.models import Case, CaseClock
from kuangan.casework.openings import Offer
from kuangan.core.models import Event
from kuangan.web.cases.words import ACTION_WORDS, due_derivation, law_of, state_of
from kuangan.web.cases.work import clocks_of, pressing_clock
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.tables import Table, marked

DIGEST = 12
"""Characters of a digest that people compare by eye."""


def case_link(case: Case, text: Any = "", style: str = "") -> Any:
    """The number of a case, or other words, leading to it."""
    return shown.link(reverse("case", args=[case.pk]), text or case.number, style)


def mine_link(mine: Any) -> Any:
    """A mine's name, leading to its page."""
    return shown.link(reverse("mine", args=[mine.code]), mine.name)


def subject_link(case: Case) -> Any:
    """What a case is about; a mine leads to its page."""
    return mine_link(case.mine) if case.mine else case.unit.name


def state_badge(case: Case) -> SafeString:
    """The state of a case as its reader may know it."""
    state = state_of(case)
    return shown.state(state.label, state.terminal)


def pressing(case: Case) -> CaseClock | None:
    """The clock of a case (with ``running_clocks``) that ends first; its floor when no deadline runs."""
    return pressing_clock(case) or next(iter(clocks_of(case)), None)


def pressing_due(case: Case) -> SafeString | None:
    """The term that presses, ticking, with its name."""
    clock = pressing(case)
    if clock is None:
        return None
    return shown.joined(clock_due(clock), shown.small(clock.label), by=" ")


def clock_due(clock: CaseClock) -> SafeString:
    """The end of a clock, ticking."""
    return shown.due(clock.due_at, due_derivation(clock), clock.kind)


def level_or_none(case: Case) -> Any:
    """The level of a case; — for a case that has none."""
    return case.level and shown.level(case.level)


def level_row(case: Case) -> SafeString:
    """The row of a case that is open is marked with its level."""
    return marked(style=f"has-{case.level}" if case.level and not case.closed_at else "")


COLUMNS = (
    Column("编号", lambda case: case.number, 22, case_link, "nowrap", sort="number"),
    Column("种类", lambda case: law_of(case).title, 18, page=False),
    Column("等级", lambda case: shown.level_word(case.level), shown=level_or_none),
    Column("对象", lambda case: case.unit.name, 24, subject_link, "nowrap"),
    Column("事由", lambda case: case.title, 48),
    Column("当前状态", lambda case: state_of(case).label, 26, state_badge),
    Column("轮到", lambda case: state_of(case).turn, style="small", sheet=False),
    Column("最近期限", pressing_due, sheet=False),
    Column("受理时间", lambda case: case.opened_at, 20, style="nowrap", sort="opened_at"),
    Column("办结时间", lambda case: case.closed_at, 20, page=False),
)
OF_MINE = (
    Column("编号", lambda case: case.number, shown=case_link, style="nowrap"),
    Column("种类", lambda case: law_of(case).title),
    Column("等级", level_or_none),
    Column("事由", lambda case: case.title),
    Column("当前状态", state_badge, label="状态"),
    Column("受理时间", lambda case: case.opened_at, style="nowrap", label="受理"),
    Column("办结时间", lambda case: case.closed_at, style="nowrap", label="办结"),
)
"""The cases of one mine, on its page."""
OF_ENTRY = (
    Column("编号", lambda case: case.number, shown=case_link, style="nowrap"),
    Column("事由", lambda case: case.title),
    Column("当前状态", state_badge, label="状态"),
    Column("轮到", lambda case: state_of(case).turn, style="small"),
)
"""The cases that an entry of a ledger opened, on its page."""


def _new(offer: Offer, text: str, style: str = "") -> Any:
    """Words that lead to the form by which a person opens a case."""
    return shown.link(reverse("new_case", args=[offer.law.id, offer.way.id]), text, style)


OFFERS = (
    Column("事项", lambda offer: shown.joined(_new(offer, offer.way.label), shown.under(offer.law.title))),
    Column("说明", lambda offer: offer.way.help, style="small"),
    Column("措施", lambda offer: offer.law.measure),
    Column("", lambda offer: _new(offer, "办理", "btn"), style="num"),
)


def _recorded(event: Event) -> SafeString:
    """What was done, with its whole record under the pointer."""
    return shown.hinted(ACTION_WORDS.get(event.action, event.action), json.dumps(event.data, ensure_ascii=False))


def _digest(event: Event) -> SafeString:
    return format_html('<code title="{}">{}</code>', event.digest, event.digest[:DIGEST])


EVENTS = (
    Column("序号", lambda event: event.seq, style="num"),
    Column("时间", lambda event: shown.moment(event.at), style="nowrap"),
    Column("操作人", lambda event: event.actor.display_name if event.actor else "平台", style="nowrap"),
    Column("操作", _recorded),
    Column("摘要", _digest),
)


def trail_table(events: Iterable[Event]) -> Table:
    """Records of the audit trail as the page of a thing shows them."""
    return Table(EVENTS, events, "没有记录。")
