"""The measurement of duties runs and says what it must; its numbers are not judged here."""

import pytest

from tests.bench.test_http import measured

pytestmark = pytest.mark.bench


def test_opening_sweeping_and_checking_in():
    found = measured("duties", "--seconds", "1", "--mines", "40")
    assert found["opening_rows"] > 0
    assert found["sweep_rows"] > 0
    assert found["checkins"] > 0
    assert found["checkin_ms_p99"] > 0
