from datetime import date

import pytest

from kuangan.law.cite import Cite
from kuangan.law.time.dated import Dated, NotInForce, Value

CITE = Cite("register", "10.4")
VALUES = Dated(Value(date(2024, 1, 1), 2, CITE), Value(date(2026, 2, 1), 3, CITE))


@pytest.mark.parametrize(("day", "value"), [(date(2024, 1, 1), 2), (date(2026, 1, 31), 2), (date(2026, 2, 1), 3)])
def test_the_newest_value_that_started_by_the_day_is_in_force(day, value):
    assert VALUES.on(day).value == value


def test_before_the_first_value_nothing_is_in_force():
    with pytest.raises(NotInForce, match="2024-01-01"):
        VALUES.on(date(2023, 12, 31))


def test_days_must_rise():
    with pytest.raises(ValueError, match="rising"):
        Dated(Value(date(2026, 2, 1), 3, CITE), Value(date(2024, 1, 1), 2, CITE))
