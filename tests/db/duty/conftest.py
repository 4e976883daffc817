from datetime import UTC, datetime

import pytest

from kuangan.host.data_folder import DataFolder
from tests.city import SmallCity, build_city


@pytest.fixture
def city(db, settings, tmp_path) -> SmallCity:
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
    return build_city()


@pytest.fixture
def at() -> datetime:
    """10 March 2026, 10:00 in Beijing."""
    return datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
