"""The measurement of a sheet's import runs and says what it must; its numbers are not judged here."""

import pytest

from tests.bench.test_http import measured

pytestmark = pytest.mark.bench


def test_importing_a_sheet():
    found = measured("ledgers", "--mines", "2")
    assert found["entries"] == 10_000
    assert found["preview_s"] > 0
    assert found["import_s"] > 0
