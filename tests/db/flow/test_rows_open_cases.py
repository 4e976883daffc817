"""Rows of entries open cases: negative answers are rows, corrections are followed, what is void withdraws, unless it was answered."""

import pytest

from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.duty.models import Duty
from kuangan.flow.act import advance
from kuangan.flow.credit.entries import correct, void
from kuangan.ledger.models import Entry
from tests.db.flow.records import add, on

AT = on("2026-03-10")
CHECK = {"checked_on": "2026-03-10", "due_on": "2026-03-20"}


def items(entry, **only):
    """What the cases of an entry are about, by state."""
    rows = Case.objects.filter(entry__serial=entry.serial, **only).order_by("pk")
    return [(case.facts["item"], case.state) for case in rows]


def check(city, **change):
    """A dual prevention check of the county at the mine, all in order but what is changed."""
    return add(
        city, "dual_prevention_check", "county", AT, **{**CHECK, "hazard_loop": True, "problems": None, **change}
    )


def corrected(entry, at="2026-03-11", **change):
    """A further version of an entry."""
    values = {name: value for name, value in {**entry.values, **change}.items() if value is not None}
    return correct(actor=None, entry=entry, values=values, reason="更正", at=on(at))


def test_a_negative_answer_is_a_row_and_nobody_need_write_it_twice(city):
    entry = check(
        city, hazard_loop=False, platform=False, problems=[{"item": "两条隐患超期", "answers": "hazard_loop"}]
    )
    assert items(entry) == [("两条隐患超期", "ordered"), ("信息系统联网运行正常：否", "ordered")]
    assert [row["item"] for row in entry.values["problems"]] == ["两条隐患超期", "信息系统联网运行正常：否"]
    assert items(check(city, checked_on="2026-03-09")) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hazard_loop": False, "due_on": None}, "没有整改期限"),
        ({"problems": [{"item": "未发现问题"}]}, "请留空"),
        ({"problems": [{"item": "一条", "answers": "platform"}]}, "未填为不符合"),
        ({"problems": [{"item": "一条", "due_on": "2026-03-09"}]}, "不得早于"),
    ],
)
def test_rows_that_cannot_be_followed_are_refused_with_what_to_do(city, change, words):
    with pytest.raises(Refused) as refused:
        check(city, **change)
    assert words in str(refused.value)
    assert not Entry.objects.exists()


def test_what_was_put_right_on_the_spot_and_what_an_old_record_says_is_closed_open_nothing(city):
    entry = check(city, problems=[{"item": "牌板模糊", "on_the_spot": True}, {"item": "风门漏风"}])
    assert items(entry) == [("风门漏风", "ordered")]
    old = check(city, checked_on="2026-03-02", hazard_loop=False, closed_on="2026-03-05")
    assert items(old) == []


def test_one_notice_tells_the_mine_of_all_that_an_entry_found(city):
    entry = check(city, problems="风门漏风\n牌板模糊")
    (notice,) = Notice.objects.filter(unit=city.units["mine"])
    assert "2项" in notice.title
    assert "风门漏风" in notice.body
    assert notice.case_link.count() == len(items(entry)) == 2


def test_a_correction_is_followed_while_nothing_was_answered(city):
    entry = check(city, problems=[{"item": "风门漏风"}, {"item": "牌板模糊"}])
    entry = corrected(entry, problems=[{"item": "风门漏风", "due_on": "2026-03-15"}, {"item": "牌板字迹模糊"}])
    assert items(entry) == [("风门漏风", "ordered"), ("牌板字迹模糊", "ordered")]
    first = Case.objects.order_by("pk").first()
    assert first.facts["due_on"] == "2026-03-15"
    assert first.clocks.get(clock="rectify", stopped_at=None).due_at == on("2026-03-16", 0)
    entry = corrected(entry, "2026-03-12", problems=[{"item": "风门漏风", "due_on": "2026-03-15"}])
    assert items(entry) == [("风门漏风", "ordered"), ("牌板字迹模糊", "withdrawn")]
    entry = corrected(
        entry, "2026-03-13", problems=[{"item": "风门漏风", "due_on": "2026-03-15"}, {"item": "缺测风牌"}]
    )
    assert items(entry, closed_at=None) == [("风门漏风", "ordered"), ("缺测风牌", "ordered")]


def test_what_is_void_withdraws_what_nobody_answered(city):
    entry = check(city, problems=[{"item": "风门漏风"}, {"item": "牌板模糊"}])
    first = Case.objects.order_by("pk").first()
    inputs = {"done": "已修复", "finished_on": "2026-03-11", "files": city.evidence("mine_director")}
    advance(actor=city["mine_director"], case=first, move_id="answer", inputs=inputs, at=on("2026-03-11"))
    void(actor=None, entry=entry, reason="登记错误", at=on("2026-03-12"))
    assert items(entry) == [("风门漏风", "answered"), ("牌板模糊", "withdrawn")]


def test_what_rows_open_is_owed_by_cases_and_by_no_duty(city):
    add(city, "site_opinion", "county", AT)
    add(
        city,
        "county_oversight",
        "city",
        AT,
        visited_on="2026-03-10",
        due_on="2026-03-20",
        findings=[{"item": "未闭环"}],
    )
    assert not Duty.objects.filter(subject__startswith="entry:").exists()
    assert Case.objects.filter(procedure="rectification").count() == 2


def test_an_opinion_to_withdraw_rings_the_mine(city):
    add(city, "site_opinion", "county", AT, demand="stop_and_withdraw")
    (case,) = Case.objects.filter(procedure="rectification")
    notice = Notice.objects.get(case_link__case=case)
    assert (case.level, notice.level) == ("red", "red")
    assert notice.deliveries.filter(channel="sms").exists()
