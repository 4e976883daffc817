"""What can be read off a procedure: whose turn in words, what is internal, tracks and pairs."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kuangan.law import content
from kuangan.law.procedure import Attempt, By, CaseView, Done, State, turn_text

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def view(*done, **facts):
    return CaseView("1号", "open", AT, facts, {}, done=tuple(done))


def made(move, actor="1", certificate="14-1"):
    return Done(move, actor, AT, {}, person="甲", certificate=certificate)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ((By("mine"), By("supervisor")), "煤矿、日常监管主体"),
        ((By("supervisor", "enforcement_officer"),), "执法人员"),
        ((By("city", "section_head"),), "市局科（股）长"),
        ((By("government", "government_head"),), "政府主要负责人"),
        ((By("inspectorate"),), "矿山安全监察机构"),
    ],
)
def test_whose_turn_it_is_is_derived(people, words):
    assert turn_text(people) == words == State("x", "y", people).turn


def test_nothing_of_a_stop_before_its_service_is_for_the_mine():
    stop = content.procedure_by_id("suspension")
    assert set(stop.internal_states) >= {"drafted", "ordered", "extended", "withdrawn"}
    assert "served" not in stop.internal_states
    assert set(stop.internal_moves) >= {
        "take_over_draft",
        "propose_extension",
        "pass_extension_review",
        "return_extension",
    }
    assert set(stop.internal_clocks) == {
        *("propose", "countersign", "review", "legal_review", "decide", "serve", "joined"),
    }
    assert content.internal_papers() >= {"legal_review_opinion"}
    assert content.served_papers() >= {"onsite_decision", "suspension_extension"}
    assert "onsite_decision" not in content.internal_papers()


def test_the_second_of_a_pair_is_another_person_and_both_hold_a_certificate():
    countersign = content.procedure_by_id("suspension").move("countersign")
    pair = replace(countersign, guards=())

    def refused(first, attempt):
        case = view(*([first] if first else []))
        return [reason for check in pair.checks if (reason := check(case, attempt))]

    other = Attempt("2", {}, AT, certificate="14-2")
    assert refused(made("propose"), other) == []
    assert refused(made("propose", actor="2"), other)
    assert refused(made("propose"), replace(other, certificate=""))
    assert refused(made("propose", certificate=""), other)
    assert refused(None, other)


def test_nobody_who_prepared_a_decision_makes_it_however_long_ago():
    order = replace(content.procedure_by_id("suspension").move("order"), guards=())

    def refused(actor, *done):
        return [reason for check in order.gates if (reason := check(view(*done), Attempt(actor, {}, AT)))]

    for step in ("propose", "countersign", "review", "pass_legal_review"):
        assert refused("2", made(step, actor="2"), made(step, actor="3"))
        assert refused("1", made(step, actor="2"), made(step, actor="3")) == []


def test_who_is_bound_to_the_other_side_makes_no_step():
    accept = replace(content.procedure_by_id("overlimit_followup").move("accept_halt"), guards=())
    case = replace(view(), names={"unit": "云岭一号煤矿", "mine": "云岭一号煤矿", "supervisor": "示例县应急管理局"})
    bound = Attempt("9", {}, AT, unit="示例县应急管理局", at_home=frozenset({"mine", "supervisor"}))
    assert "回避" in accept.gates[0](case, bound)
    assert accept.gates[0](case, replace(bound, at_home=frozenset({"supervisor"}))) is None
    assert accept.gates[0](case, replace(bound, unit="云岭一号煤矿")) is None, "at the mine he acts for the mine"


def test_a_track_goes_from_report_to_acceptance_and_back():
    track = content.procedure_by_id("overlimit_followup").tracks[0]
    report, accept, undo = track.moves
    officer = Attempt("9", {}, AT)

    def can(move, *done):
        guards = move.guards if move is not report else move.guards[-1:]
        return not any(guard(view(*done), officer) for guard in guards)

    sent, taken, back = made(report.id), made(accept.id), made(undo.id)
    assert not can(accept)
    assert can(accept, sent)
    assert can(undo, sent)
    assert not can(accept, sent, back)
    assert can(accept, sent, back, sent)
    assert not can(accept, made(report.id, actor="9"))
    assert can(report, sent, back)
    assert not can(report, sent, taken)
    assert set(undo.undoes) == {report.id, accept.id}
