"""What a correction of an entry does to the problems that its rows ordered: it changes what it changes, and closes, extends and hides nothing."""

from datetime import date, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.casework.models import Case
from kuangan.casework.rule_states import RuleState
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.flow.credit.entries import correct, void
from kuangan.flow.rules.run import judge
from kuangan.law.content import rule_by_id
from kuangan.ledger.models import Entry
from kuangan.overview.figures.directives import compliance_of
from tests.story.script import Script
from tests.story.test_rectification import SEEN, answered, clause, found

VISIT = {"visited_on": "2026-03-10", "due_on": "2026-03-12"}
OBSTRUCTED = {
    "happened_on": "2026-03-10", "correct_by": "2026-03-12", "ordered_on": "2026-03-10", "order_number": "演示责改〔2026〕3号",
    "orders": [{"item": "打开联络巷"}, {"item": "如实提供图纸"}],
}  # fmt: skip


def entry_of(case: Case) -> Entry:
    """The current version of the entry that opened a case."""
    return Entry.objects.get(serial=case.entry.serial, superseded_at=None)


def amend(script: Script, case: Case, by: str = "county_officer_b", **change) -> Entry:
    """Somebody corrects the entry of a case; None empties a field."""
    entry = entry_of(case)
    values = {name: value for name, value in {**entry.values, **change}.items() if value is not None}
    return correct(actor=script.city[by], entry=entry, values=values, reason="更正", at=script.at)


def visit(script: Script, *items: str, **change) -> list[Case]:
    """A visit of the group of five that found these problems."""
    rows = [{"item": item} for item in items or ("风门漏风",)]
    return found(script, "county_officer", "five_person_visit", "county", **VISIT, problems=rows, **change)


def signed(script: Script, cases: list[Case]) -> list[Case]:
    """The mine has signed for the problems."""
    return [script.do("mine_director", case, "sign_for") for case in cases]


def overdue(script: Script, *items: str) -> list[Case]:
    """The morning after the last day; the mine has signed for them and not answered."""
    cases = signed(script, visit(script, *items))
    script.until(beijing_midnight(date(2026, 3, 13)) + timedelta(hours=9))
    for case in cases:
        case.refresh_from_db()
    assert {case.state for case in cases} == {"overdue"}
    return cases


def told(unit: str, title: str) -> int:
    return Notice.objects.filter(unit__code=unit, title__startswith=title, ended_at=None).count()


def close_by_paper(script: Script, case: Case) -> None:
    """Two certified officers look again and the mine signs."""
    answered(script, case)
    script.do("county_officer", case, "accept", **SEEN)
    script.do("county_officer_b", case, "confirm_acceptance", opinion="同意")
    script.do("mine_director", case, "sign_result")
    assert case.state == "closed"


def test_a_date_of_correction_takes_no_ordered_rectification_back(script):
    first, second = found(script, "county_officer", "inspection_obstruction", "county", **OBSTRUCTED)
    with pytest.raises(Refused, match="改正日期：尚有2项未办结"):
        amend(script, first, corrected_on="2026-03-10")
    close_by_paper(script, first)
    with pytest.raises(Refused, match="尚有1项未办结"):
        amend(script, first, corrected_on="2026-03-10")
    second.refresh_from_db()
    assert second.state == "ordered"
    assert obstruction(script) == "found"
    close_by_paper(script, second)
    with pytest.raises(Refused, match="不能再增加或者改写"):
        amend(script, first, corrected_on="2026-03-10", orders=[{"item": "另一条"}])
    amend(script, first, corrected_on="2026-03-10")
    assert obstruction(script) == "clear"


def obstruction(script: Script) -> str:
    """What the rule of open obstructions says of the mine."""
    judge(rule_by_id("inspection_obstructed"), script.at)
    return RuleState.objects.get(rule="inspection_obstructed", unit=script.city.units["mine"]).outcome


def test_what_was_ordered_is_not_settled_on_the_spot_by_a_correction(script):
    first, _ = overdue(script, "风门漏风", "牌板模糊")
    rows = entry_of(first).values["problems"]
    with pytest.raises(Refused, match=r"“风门漏风”已下达（.*请在办件中复查销号，不能更正为“当场整改”"):
        amend(script, first, problems=[{**rows[0], "on_the_spot": True}, rows[1]])
    with pytest.raises(Refused, match="已下达"):
        amend(script, first, problems=[{"item": "风门已处理", "on_the_spot": True}, rows[1]])
    assert clause(script, "3.1g", "mine") == "overdue"
    amend(script, first, problems=[*rows, {"item": "缺测风牌", "on_the_spot": True}])
    assert Case.objects.filter(procedure="rectification").count() == 2


def test_an_overdue_problem_that_leaves_with_its_entry_is_told_to_the_level_above(script):
    first, second = overdue(script, "风门漏风", "牌板模糊")
    amend(script, first, problems=[{"item": "牌板模糊"}])
    first.refresh_from_db()
    assert (first.state, told("1404-bureau", "逾期办件随台账撤销")) == ("withdrawn", 1)
    void(actor=script.city["county_officer_b"], entry=entry_of(first), reason="登记错误", at=script.at)
    second.refresh_from_db()
    assert (second.state, told("1404-bureau", "逾期办件随台账撤销")) == ("withdrawn", 2)


def test_a_problem_in_time_leaves_with_its_entry_and_nobody_above_is_told(script):
    (case,) = visit(script)
    void(actor=script.city["county_officer_b"], entry=entry_of(case), reason="登记错误", at=script.at)
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert told("1404-bureau", "逾期办件随台账撤销") == 0


def ask_longer(script: Script, case: Case, until: str) -> None:
    asked = {"cause": "other", "until": until, "reason": "配件未到", "files": script.city.evidence("mine_director")}
    script.do("mine_director", case, "request_extension", **asked)


def test_a_correction_elsewhere_takes_no_granted_extension_back(script):
    (case,) = signed(script, visit(script))
    ask_longer(script, case, "2026-04-10")
    script.do("county_section", case, "grant_extension", opinion="属实")
    running = case.clocks.get(clock="rectify", stopped_at=None)
    amend(script, case, places="1304掘进工作面\n中央变电所")
    case.refresh_from_db()
    assert case.facts["due_on"] == "2026-04-10"
    assert case.clocks.get(clock="rectify", stopped_at=None) == running
    amend(script, case, problems=[{"item": "风门漏风", "place": "回风巷"}])
    case.refresh_from_db()
    assert (case.facts["place"], case.facts["due_on"]) == ("回风巷", "2026-04-10")
    amend(script, case, due_on="2026-03-20")
    case.refresh_from_db()
    assert case.facts["due_on"] == "2026-03-20"
    assert case.clocks.get(clock="rectify", stopped_at=None).due_at == beijing_midnight(date(2026, 3, 21))


def test_a_correction_elsewhere_takes_no_term_of_a_refusal_back(script):
    (case,) = overdue(script)
    answered(script, case, late_because="钻机故障")
    script.do("county_officer", case, "refuse", reason="仍漏风", until="2026-03-30")
    amend(script, case, places="另一处")
    case.refresh_from_db()
    assert (case.state, case.facts["due_on"]) == ("received", "2026-03-30")


def test_the_words_of_what_was_answered_or_closed_open_no_second_problem(script):
    first, second, third = visit(script, "风门破损", "牌板模糊", "缺测风牌")
    answered(script, first)
    script.do("county_officer", first, "accept", **SEEN)
    answered(script, second)
    kept = [{"item": "风门破损"}, {"item": "牌板模糊"}, {"item": "缺测风牌"}]
    for place in (0, 1):
        rows = [*kept]
        rows[place] = {"item": "2号风门破损"}
        with pytest.raises(Refused, match="已报送或者已办结，不能改写"):
            amend(script, first, problems=rows)
    amend(script, first, problems=[*kept[:2], {"item": "2号测风站缺牌"}])
    third.refresh_from_db()
    assert third.facts["item"] == "2号测风站缺牌"
    assert Case.objects.filter(procedure="rectification").count() == 3


def test_an_answered_problem_of_a_void_entry_can_be_ended(script):
    (case,) = visit(script)
    answered(script, case)
    assert "请在台账中更正或作废" in script.refused("county_section", case, "revoke", reason="重复登记")
    void(actor=script.city["county_officer_b"], entry=entry_of(case), reason="重复登记", at=script.at)
    case.refresh_from_db()
    assert case.state == "answered"
    script.do("county_officer", case, "refuse", reason="照片不清", until="2026-03-20")
    script.do("county_section", case, "revoke", reason="所依据的记录已作废")
    assert case.state == "withdrawn"


def test_a_row_that_comes_back_is_not_revoked_by_hand(script):
    first, _ = visit(script, "风门破损", "牌板模糊")
    answered(script, first)
    amend(script, first, problems=[{"item": "牌板模糊"}])
    first.refresh_from_db()
    assert first.facts["gone"] is True
    amend(script, first, problems=[{"item": "风门破损"}, {"item": "牌板模糊"}])
    first.refresh_from_db()
    assert "请在台账中更正或作废" in script.refused("county_section", first, "revoke", reason="重复登记")
    assert Case.objects.filter(procedure="rectification").count() == 2


@pytest.mark.parametrize("due_on", ["2026-03-13", "2026-03-20"])
def test_a_day_that_was_written_wrong_is_followed_after_it_passed(script, due_on):
    (case,) = overdue(script)
    amend(script, case, due_on=due_on)
    case.refresh_from_db()
    assert (case.state, case.facts["due_on"], case.facts["overdue"], case.facts["lapses"]) == (
        "received", due_on, False, 0,
    )  # fmt: skip
    ends = case.clocks.get(clock="rectify", stopped_at=None).due_at
    assert ends == beijing_midnight(date.fromisoformat(due_on) + timedelta(days=1))
    assert clause(script, "3.1g", "mine") == "due"
    assert told("1404-bureau", "逾期问题随台账更正期限") == 1
    answered(script, case)
    script.do("county_officer", case, "accept", **SEEN)
    one = compliance_of(script.city["county_officer"], script.city.mine)
    assert (one.met, one.late, one.overdue) == (1, 0, 0)
    assert clause(script, "3.1g", "mine") == "met"


@pytest.mark.parametrize("number", [OBSTRUCTED["order_number"], ""])
@pytest.mark.parametrize(("correct_by", "times"), [("2026-03-11", 0), ("2026-03-13", 1)])
def test_the_day_of_a_paper_that_is_put_off_in_time_is_told_to_the_level_above(script, correct_by, times, number):
    case, _ = found(script, "county_officer", "inspection_obstruction", "county", **OBSTRUCTED)
    amend(script, case, correct_by=correct_by, order_number=number)
    case.refresh_from_db()
    assert case.facts["due_on"] == correct_by
    notices = Notice.objects.filter(unit__code="1404-bureau", title__startswith="执法文书期限随台账推后")
    assert notices.count() == times, "one of a correction, with both of its rows, though its number was taken out"
    written = "应于2026年3月12日前整改，现改为2026年3月13日"
    assert all(notice.body.count(written) == 2 for notice in notices)
    assert all(OBSTRUCTED["order_number"] in notice.body for notice in notices)


def test_the_day_of_what_no_paper_orders_is_put_off_without_a_word_above(script):
    (case,) = visit(script)
    amend(script, case, due_on="2026-03-20")
    assert told("1404-bureau", "执法文书期限随台账推后") == 0


def test_another_day_that_has_passed_leaves_it_overdue(script):
    (case,) = overdue(script)
    amend(script, case, due_on="2026-03-11")
    case.refresh_from_db()
    assert (case.state, case.facts["due_on"], case.facts["lapses"]) == ("overdue", "2026-03-11", 1)
    assert clause(script, "3.1g", "mine") == "overdue"


def test_who_answers_late_while_his_request_waits_is_late(script):
    (case,) = signed(script, visit(script))
    script.until(beijing_midnight(date(2026, 3, 12)) + timedelta(hours=15))
    ask_longer(script, case, "2026-04-10")
    script.wait(days=2)
    case.refresh_from_db()
    assert (case.state, clause(script, "3.1g", "mine")) == ("extension_asked", "due")
    answered(script, case, late_because="配件未到")
    script.do("county_officer", case, "accept", **SEEN)
    one = compliance_of(script.city["county_officer"], script.city.mine)
    assert (one.met, one.late) == (0, 1)
    assert clause(script, "3.1g", "mine") == "late"


def test_who_was_granted_what_he_asked_for_on_the_last_day_is_not_late(script):
    (case,) = signed(script, visit(script))
    script.until(beijing_midnight(date(2026, 3, 12)) + timedelta(hours=15))
    ask_longer(script, case, "2026-03-20")
    script.wait(days=3)
    case.refresh_from_db()
    script.do("county_section", case, "grant_extension", opinion="属实")
    assert case.clocks.get(clock="rectify", stopped_at=None).due_at == beijing_midnight(date(2026, 3, 21))
    assert not Notice.objects.filter(kind="lapse", case_link__case=case).exists()
    answered(script, case)
    script.do("county_officer", case, "accept", **SEEN)
    one = compliance_of(script.city["county_officer"], script.city.mine)
    assert (one.met, one.late) == (1, 0)
    assert clause(script, "3.1g", "mine") == "met"


def test_who_was_refused_after_the_last_day_is_overdue_from_midnight(script):
    (case,) = signed(script, visit(script))
    script.until(beijing_midnight(date(2026, 3, 12)) + timedelta(hours=15))
    ask_longer(script, case, "2026-03-20")
    script.wait(days=3)
    case.refresh_from_db()
    script.do("county_section", case, "refuse_extension", reason="理由不足")
    assert case.clocks.get(clock="rectify", stopped_at=None).due_at == beijing_midnight(date(2026, 3, 16))
    script.until(beijing_midnight(date(2026, 3, 16)))
    case.refresh_from_db()
    assert (case.state, case.facts["lapses"]) == ("overdue", 1)


@pytest.mark.parametrize(("due_on", "early"), [("2028-01-10", False), ("2028-01-11", True)])
def test_a_request_that_reaches_into_a_year_without_holidays_is_judged(script, due_on, early):
    """Ten working days after 27 December 2027, counted as plain weeks beyond the last table, end on 10 January 2028."""
    script.at = beijing_midnight(date(2027, 12, 27)) + timedelta(hours=10)
    (case, *_) = found(
        script, "county_officer", "enforcement_check", "county",
        checked_on="2027-12-26", findings=[{"item": "水泵检修超期", "due_on": due_on}],
    )  # fmt: skip
    script.do("mine_director", case, "sign_for")
    asked = {
        "cause": "force_majeure",
        "until": "2028-02-20",
        "reason": "洪水",
        "files": script.city.evidence("mine_director"),
    }
    if early:
        assert "尚早" in script.refused("mine_director", case, "request_extension", **asked)
    else:
        assert script.do("mine_director", case, "request_extension", **asked).state == "extension_asked"


def test_notices_write_days_as_papers_do(script):
    (case,) = visit(script)
    script.do("mine_director", case, "sign_for")
    answered(script, case)
    script.do("county_officer", case, "refuse", reason="仍漏风", until="2026-03-20")
    body = Notice.objects.filter(title="复查不合格", case_link__case=case).get().body
    assert "请于2026年3月20日前（含当日）重新整改" in body


def test_an_overdue_task_follows_the_day_that_was_written_wrong(script):
    tasks = [{"item": "核查包联煤矿变化环节"}]
    (case,) = found(
        script, "city_officer", "commissioner_task", "city",
        issued_on="2026-03-10", due_on="2026-03-11", tasks=tasks, responsible="140423-bureau",
    )  # fmt: skip
    script.until(beijing_midnight(date(2026, 3, 12)) + timedelta(hours=9))
    case.refresh_from_db()
    assert case.state == "overdue"
    amend(script, case, "city_officer", due_on="2026-03-31")
    case.refresh_from_db()
    assert (case.state, case.facts["due_on"], case.facts["overdue"]) == ("assigned", "2026-03-31", False)
    with pytest.raises(Refused, match="完成日期：尚有1项未办结"):
        amend(script, case, "city_officer", done_on="2026-03-12")
    amend(script, case, "city_officer", tasks=[{**tasks[0], "dropped": True}])
    case.refresh_from_db()
    assert case.state == "withdrawn"
