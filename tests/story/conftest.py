from datetime import UTC, datetime

import pytest

from kuangan.host.data_folder import DataFolder
from tests.city import SmallCity, build_city
from tests.story.script import Script


@pytest.fixture
def city(db, settings, tmp_path) -> SmallCity:
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
    return build_city()


@pytest.fixture
def script(city) -> Script:
    """A Tuesday morning in Beijing."""
    return Script(city, datetime(2026, 3, 10, 2, 0, tzinfo=UTC))
