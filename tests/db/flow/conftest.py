from datetime import UTC, datetime

import pytest

from kuangan.base import clock
from kuangan.host.data_folder import DataFolder
from tests.city import SmallCity, build_city
from tests.hashing import QUICK_HASHER

MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def committed_city(committed_db, settings, tmp_path, monkeypatch) -> SmallCity:
    """A city of one's own in a database where threads see what others commit; it is ten in the morning."""
    settings.DATA, settings.PASSWORD_HASHERS = DataFolder(tmp_path), QUICK_HASHER
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    return build_city()
