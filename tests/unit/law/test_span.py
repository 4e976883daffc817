from datetime import UTC, date, datetime

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.law.time.calendar import workdays as calendar
from kuangan.law.time.span import (
    days,
    deadline,
    derivation,
    floor,
    hours,
    minutes,
    months,
    parse_span,
    workdays,
    written_span,
)

MORNING = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)  # 9:00 in Beijing, the day before the National Day holiday


@pytest.mark.parametrize(
    ("span", "due"),
    [
        (minutes(30), datetime(2026, 9, 30, 1, 30, tzinfo=UTC)),
        (hours(24), datetime(2026, 10, 1, 1, 0, tzinfo=UTC)),
        (days(1), beijing_midnight(date(2026, 10, 9))),  # 1 October rolls on to the 8th
        (days(10), beijing_midnight(date(2026, 10, 11))),  # 10 October is a make-up working day
        (workdays(1), beijing_midnight(date(2026, 10, 9))),
        (workdays(3), beijing_midnight(date(2026, 10, 11))),
        (months(1), beijing_midnight(date(2026, 10, 31))),
    ],
)
def test_deadlines(span, due):
    assert deadline(span, MORNING, calendar()) == due


@pytest.mark.parametrize(
    ("start", "day"), [(MORNING, date(2026, 10, 4)), (datetime(2026, 9, 30, 15, 59, tzinfo=UTC), date(2026, 10, 4))]
)
def test_a_floor_of_three_days_never_rolls_on(start, day):
    assert floor(days(3), start) == beijing_midnight(day)


def test_a_floor_is_not_counted_in_working_days():
    with pytest.raises(ValueError, match="floor"):
        floor(workdays(3), MORNING)


def test_a_month_ends_on_the_day_of_the_same_number_or_the_last():
    start = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)
    assert deadline(months(1), start, calendar()) == beijing_midnight(date(2026, 3, 1))  # Saturday, a make-up day


@pytest.mark.parametrize("text", ["3", "3 weeks", "three days", "-1 days", ""])
def test_nonsense_is_no_span(text):
    with pytest.raises(ValueError, match="not a span"):
        parse_span(text)


@pytest.mark.parametrize("span", [minutes(30), hours(24), days(10), workdays(3), months(6)])
def test_a_span_is_read_from_its_words(span):
    assert written_span(str(span)) == span


@pytest.mark.parametrize("text", ["", "24", "小时", "24 小时", "二十四小时", "24小时内"])
def test_other_words_are_no_span(text):
    assert written_span(text) is None


def test_minutes_and_hours_run_on_and_days_are_counted():
    assert [span.runs for span in (minutes(1), hours(1), days(1), workdays(1), months(1))] == [True, True] + [False] * 3


def test_the_derivation_names_day_one():
    due = deadline(workdays(1), MORNING, calendar())
    assert derivation(workdays(1), MORNING, due) == "2026年9月30日的次日为第1日，期限1个工作日，至2026年10月8日24时"
    assert "不扣除节假日" in derivation(hours(2), MORNING, due)
