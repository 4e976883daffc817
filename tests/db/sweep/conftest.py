import pytest

from tests.poison import make_refusable, refuse


@pytest.fixture(scope="session")
def refusable_city(city_database) -> None:
    make_refusable(city_database[0].name)


@pytest.fixture
def poison(refusable_city, city):
    """``poison(table, pattern)``: from now on the database refuses such rows."""
    return refuse
