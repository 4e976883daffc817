from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kuangan.base import numerals
from kuangan.base.digest import canonical, digest


@pytest.mark.parametrize(
    ("number", "text"), [(0, "零"), (2, "二"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五"), (99, "九十九")]
)
def test_small_numbers(number, text):
    assert numerals.chinese_number(number) == text


@pytest.mark.parametrize("number", [-1, 100])
def test_numbers_out_of_range_are_refused(number):
    with pytest.raises(ValueError, match="0–99"):
        numerals.chinese_number(number)


def test_dates_moments_and_durations():
    assert numerals.chinese_digits(2026) == "二〇二六"
    assert numerals.date_text(date(2026, 2, 1)) == "2026年2月1日"
    assert numerals.moment_text(datetime(2026, 2, 1, 0, 5, tzinfo=UTC)) == "2026年2月1日8时05分"
    midnight = datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert numerals.deadline_text(midnight) == "2026年1月31日24时"
    assert numerals.deadline_text(midnight + timedelta(minutes=1)) == "2026年2月1日0时01分"
    assert numerals.duration_text(timedelta(days=1, hours=3, minutes=9)) == "1天3小时"
    assert numerals.duration_text(timedelta(seconds=0)) == "0秒"


def test_a_digest_does_not_depend_on_the_order_of_keys_and_refuses_strange_values():
    assert digest({"a": 1, "b": date(2026, 1, 1)}) == digest({"b": "2026-01-01", "a": 1})
    with pytest.raises(TypeError, match="object"):
        canonical({"a": object()})


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("110", "壹佰壹拾元整"),
        ("1001", "壹仟零壹元整"),
        ("1050.3", "壹仟零伍拾元叁角"),
        ("1050.03", "壹仟零伍拾元零叁分"),
        ("100000", "壹拾万元整"),
        ("100500", "壹拾万零伍佰元整"),
        ("1001000", "壹佰万壹仟元整"),
        ("100010000", "壹亿零壹万元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amounts_are_written_so_that_no_digit_can_be_added(amount, text):
    assert numerals.yuan_in_capitals(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000000"])
def test_amounts_that_no_paper_can_carry_are_refused(amount):
    with pytest.raises(ValueError, match="yuan and fen"):
        numerals.yuan_in_capitals(Decimal(amount))
