"""A procedure that only tests know: an office asks any unit for an account, the unit answers, the office closes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from kuangan.law import content
from kuangan.law.cite import Cite
from kuangan.law.procedure import (
    By,
    CaseSubject,
    Clock,
    Fact,
    Field,
    FromPerson,
    Move,
    Procedure,
    State,
    Tell,
)
from kuangan.law.time.span import Span, days

OFFICE = (By("office", "enforcement_officer"),)
THEM = (By("unit", "section_head"), By("unit", "company_officer"), By("unit", "mine_director"))
GRAVITY = (("plain", "一般"), ("grave", "较重"))


def _ten_days(on: date, facts: Any) -> Span:
    return days(10)


def _no_jokes(case: Any, attempt: Any) -> str | None:
    return "事由不明确，请重新填写" if attempt.inputs["matter"] == "玩笑" else None


INQUIRY = Procedure(
    id="inquiry",
    title="约请说明",
    prefix="约说",
    measure="10.3",
    cites=(Cite("register", "10.3"),),
    subject=CaseSubject.unit,
    about=("county_bureau", "company", "mine"),
    opens=(
        FromPerson(
            "发起约请说明",
            OFFICE,
            fields=(
                Field("matter", "事由"),
                Field("gravity", "程度", "choice", choices=GRAVITY),
                Field("found_on", "发现日期", "date"),
            ),
            title="{unit}{matter}约请说明",
            guards=(_no_jokes,),
            counts_from="found_on",
        ),
    ),
    facts=(Fact("matter", "事由", filter=True), Fact("gravity", "程度", "choice", choices=GRAVITY, filter=True)),
    states=(
        State("drafted", "拟稿", OFFICE, internal=True),
        State("asked", "待说明", (By("unit"),)),
        State("answered", "已说明，待办结", OFFICE),
        State("closed", "已办结", outcome="done", terminal=True),
    ),
    moves=(
        Move(
            "send",
            "发出",
            ("drafted",),
            "asked",
            OFFICE,
            tells=(Tell(THEM[0], "请就{matter}作出说明", "{number}：请说明。"),),
        ),
        Move("answer", "说明", ("asked",), "answered", THEM, fields=(Field("text", "说明内容", "longtext"),)),
        Move("close", "办结", ("answered",), "closed", OFFICE),
    ),
    clocks=(
        Clock("draft", "发出约请", "deadline", _ten_days, during=("drafted",), escalates=("above",)),
        Clock("answer", "说明", "deadline", _ten_days, during=("asked",), escalates=("office",)),
    ),
)


@contextmanager
def known(*more: Procedure) -> Iterator[None]:
    """These procedures are in the corpus, too."""
    items = content._items

    def with_more(folder: str, name: str, kind: Any) -> Any:
        if folder != "procedures":
            return items(folder, name, kind)
        ids = {law.id for law in more}
        return (*(law for law in items(folder, name, kind) if law.id not in ids), *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "_items", with_more)
        _forget()
        yield
    _forget()


def _forget() -> None:
    papers = (content.case_papers, content.served_papers, content.internal_papers, content.office_papers)
    for kept in (content.procedures, content.procedures_of, *papers):
        kept.cache_clear()
