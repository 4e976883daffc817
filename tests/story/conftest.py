from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kuangan.host.data_folder import DataFolder
from tests.city import build_city
from tests.story.corpus import Corpus
from tests.story.script import Script
from tests.story.year import Year, moment, staff


@pytest.fixture
def script(city) -> Script:
    """A Tuesday morning in Beijing."""
    return Script(city, datetime(2026, 3, 10, 2, 0, tzinfo=UTC))


@pytest.fixture
def year(db, settings, tmp_path, monkeypatch) -> Year:
    """New Year's morning of 2026; everybody has been in office since December."""
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
    begun = moment("2025-12-01")
    monkeypatch.setattr("tests.city.START", begun)
    city = build_city()
    staff(city, begun)
    return Year(city, moment("2026-01-01"))


@pytest.fixture
def corpus(tmp_path) -> Iterator[Corpus]:
    """A copy of the corpus that a story may change."""
    with pytest.MonkeyPatch.context() as patch:
        copied = Corpus(tmp_path / "corpus", patch)
        yield copied
    copied.forget_calendar()
    copied.forget_obligations()
