from datetime import UTC, datetime

import pytest


@pytest.fixture
def at() -> datetime:
    """10 March 2026, 10:00 in Beijing."""
    return datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
