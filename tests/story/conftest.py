import copy
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kuangan.host.data_folder import DataFolder
from tests.city import SmallCity, build_city
from tests.database import built_once, in_use
from tests.hashing import QUICK_HASHER
from tests.story.corpus import Corpus
from tests.story.script import Script
from tests.story.year import Year, moment, staff


@pytest.fixture
def script(city) -> Script:
    """A Tuesday morning in Beijing."""
    return Script(city, datetime(2026, 3, 10, 2, 0, tzinfo=UTC))


def build_year() -> SmallCity:
    """The city with its leaders and supervisors in office since December."""
    begun = moment("2025-12-01")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.city.START", begun)
        city = build_city()
        staff(city, begun)
    return city


@pytest.fixture(scope="session")
def year_database(django_db_setup, template_database, django_db_blocker):
    with built_once(template_database, "year", build_year, django_db_setup, django_db_blocker) as built:
        yield built


@pytest.fixture
def year_in_use(year_database, django_db_setup, django_db_blocker):
    with in_use(year_database[0], django_db_setup, django_db_blocker):
        yield year_database[1]


@pytest.fixture
def year(year_in_use, db, settings, tmp_path, monkeypatch) -> Year:
    """New Year's morning of 2026."""
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = QUICK_HASHER
    return Year(copy.deepcopy(year_in_use), moment("2026-01-01"))


@pytest.fixture
def corpus(tmp_path) -> Iterator[Corpus]:
    """A copy of the corpus that a story may change."""
    with pytest.MonkeyPatch.context() as patch:
        copied = Corpus(tmp_path / "corpus", patch)
        yield copied
    copied.forget_calendar()
    copied.forget_obligations()
