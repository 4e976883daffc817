"""A case against several: each is told, answers, has clocks and papers of his own, and the case goes on when all have."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.casework.actions import open_case
from kuangan.casework.attempts import acts_of
from kuangan.core.errors import Refused
from kuangan.core.models import Event
from kuangan.flow.act import advance
from kuangan.flow.sweep import sweep_once
from kuangan.law import content
from kuangan.law.cite import Cite
from kuangan.law.procedure import SYSTEM, By, Clock, FromPerson, Move, PaperUse, Party, Procedure, State
from kuangan.law.time.span import days
from tests.signing import signing_move

AT = datetime(2026, 3, 10, 2, tzinfo=UTC)
OFFICERS = (By("supervisor", "enforcement_officer"),)
PARTIES = (Party(1, "云岭一号煤矿", "unit", address="示例县"), Party(2, "甲二", "person", post="矿长"))


def notice(case, attempt):
    party = case.party(attempt.party)
    return {
        "mine": party.name,
        "documents": [{"title": "告知书", "number": "1", "copies": "1"}],
        "method": "直接送达",
        "place": party.address or "矿调度室",
        "served_at": "2026年3月10日",
        "receiver": party.name,
        "officers": [{"name": attempt.person, "certificate": attempt.certificate}],
    }


def everybody_told(case, attempt):
    waiting = [party.name for party in case.parties if case.last("tell", party=party.id) is None]
    return f"{'、'.join(waiting)}尚未告知" if waiting else None


TOY = Procedure(
    id="toy",
    title="告知",
    prefix="告知",
    measure="14.2",
    cites=(Cite("register", "14.2"),),
    states=(State("open", "待告知", OFFICERS), State("told", "已告知", OFFICERS), State("over", "已结束", terminal=True)),
    moves=(
        Move("draft", "制发", ("open",), None, OFFICERS, papers=(PaperUse("service_receipt", notice, each_party=True),)),
        Move("tell", "告知", ("open",), None, OFFICERS, party=True, then=("case.go_on",)),
        Move("all_told", "均已告知", ("open",), "told", (SYSTEM,), guards=(everybody_told,)),
        Move("lapse", "逾期", ("open", "told"), None, (SYSTEM,), party=True),
        Move("answer", "答复", ("open", "told"), None, OFFICERS, party=True),
    ),
    clocks=(
        Clock("answer", "答复", "deadline", lambda on, facts: days(facts["party"]), ("tell",), ("answer", "lapse"), lapse_move="lapse"),
    ),
)  # fmt: skip


@pytest.fixture
def case(city, monkeypatch):
    known = content.procedures()
    monkeypatch.setattr(content, "procedures", lambda: (*known, TOY))
    return open_case(
        actor=None, procedure_id="toy", unit=city.mine.unit, title="告知", facts={}, at=AT, parties=PARTIES
    )  # fmt: skip


def move(city, case, name, at=AT, **inputs):
    officer = city["county_officer"]
    with signing_move(officer, case, name, inputs, at) as confirmation:
        advance(actor=officer, case=case, move_id=name, inputs=inputs, confirmation=confirmation, at=at)
    case.refresh_from_db()


def test_a_step_about_a_party_names_one_of_the_case(city, case):
    for given in ({}, {"party": 3}, {"party": "x"}, {"party": ""}):
        with pytest.raises(Refused, match="须选择当事人"):
            move(city, case, "tell", **given)
    with pytest.raises(Refused, match="没有以下填报项"):
        move(city, case, "draft", party=1)


def test_each_party_has_its_clock_and_the_case_goes_on_when_all_were_told(city, case):
    move(city, case, "tell", party=1)
    assert case.state == "open"
    move(city, case, "tell", party=2, at=AT + timedelta(hours=1))
    assert case.state == "told"
    clocks = {row.party: (row.label, row.due_at) for row in case.clocks.all()}
    assert clocks == {
        1: ("答复（云岭一号煤矿）", beijing_midnight(AT.date() + timedelta(days=2))),
        2: ("答复（甲二）", beijing_midnight(AT.date() + timedelta(days=3))),
    }
    move(city, case, "answer", party=1, at=AT + timedelta(hours=2))
    assert list(case.clocks.filter(stopped_at=None).values_list("party", flat=True)) == [2]


def test_what_lapses_lapses_for_one_party(city, case):
    move(city, case, "tell", party=1)
    move(city, case, "tell", party=2)
    sweep_once(AT + timedelta(days=1, hours=22))
    assert list(case.moves.filter(move="lapse").values_list("party", flat=True)) == [1]
    assert list(case.clocks.filter(stopped_at=None).values_list("party", flat=True)) == [2]


def test_each_party_gets_its_paper_which_is_signed(city, case):
    acts = acts_of(actor=city["county_officer"], case=case, move_id="draft", inputs={}, at=AT)
    assert [act.sheet.fields["mine"] for act in acts if act.sheet] == ["云岭一号煤矿", "甲二"]
    move(city, case, "draft")
    papers = case.papers.select_related("paper").order_by("party")
    assert [(link.party, link.paper.data["mine"]) for link in papers] == [(1, "云岭一号煤矿"), (2, "甲二")]
    assert len({link.paper.number for link in papers}) == 2


def test_a_paper_that_stands_for_one_party_does_not_stand_for_the_other(city, case, monkeypatch):
    draft = replace(TOY.move("draft"), papers=(PaperUse("service_receipt", notice, frozen=False),), party=True)
    toy = replace(TOY, moves=tuple(draft if each.id == "draft" else each for each in TOY.moves))
    known = content.procedures()
    monkeypatch.setattr(content, "procedures", lambda: tuple(toy if each.id == "toy" else each for each in known))
    for party in (1, 2, 1):
        move(city, case, "draft", party=party, at=AT + timedelta(minutes=party))
    assert list(case.papers.order_by("party").values_list("party", flat=True)) == [1, 2]


def test_the_trail_names_the_parties_and_whom_a_step_was_about(city, case):
    opened = Event.objects.filter(action="case_opened").latest("seq")
    assert [row["name"] for row in opened.data["parties"]] == ["云岭一号煤矿", "甲二"]
    move(city, case, "tell", party=2)
    assert Event.objects.filter(action="case_moved").latest("seq").data["party"] == 2


def with_clock(monkeypatch, **changes):
    toy = replace(TOY, clocks=(replace(TOY.clocks[0], **changes),))
    known = content.procedures()
    monkeypatch.setattr(content, "procedures", lambda: tuple(toy if each.id == "toy" else each for each in known))


def test_a_time_that_expires_ends_without_anybody_being_late(city, case, monkeypatch):
    with_clock(monkeypatch, expires=True)
    move(city, case, "tell", party=1)
    sweep_once(AT + timedelta(days=1, hours=22))
    row = case.clocks.get(party=1)
    assert (row.lapsed_at, row.tell_at, row.wakes_at) == (None, None, None)
    assert row.stopped_at is not None
    assert case.moves.filter(move="lapse", party=1).exists()


def test_a_clock_starts_only_where_its_condition_holds(city, case, monkeypatch):
    with_clock(monkeypatch, when=lambda view, party: view.party(party).kind == "unit")
    for party in (1, 2):
        move(city, case, "tell", party=party)
    assert list(case.clocks.values_list("party", flat=True)) == [1]


def test_what_was_entered_at_an_internal_opening_and_papers_that_nobody_is_served_stay_inside(monkeypatch):
    way = FromPerson("登记", OFFICERS, internal=True)
    toy = replace(
        TOY,
        opens=(way,),
        moves=(*TOY.moves, Move("serve", "送达", ("told",), None, OFFICERS, serves="service_receipt")),
    )
    assert toy.internal_moves == ("open",)
    inside = replace(toy, moves=tuple(replace(each, internal=True) for each in toy.moves))
    for law, kept in ((replace(inside, moves=inside.moves[:-1]), {"service_receipt"}), (inside, set())):
        monkeypatch.setattr(content, "procedures", lambda law=law: (law,))
        for kept_answer in (content.internal_papers, content.served_papers):
            kept_answer.cache_clear()
        assert content.internal_papers() == kept
    monkeypatch.undo()
    for kept_answer in (content.internal_papers, content.served_papers):
        kept_answer.cache_clear()
