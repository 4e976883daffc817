import pytest

from kuangan.city.founding import found_city
from kuangan.core.actions.access.console import create_administrator
from kuangan.core.models import Unit, UnitKind, User
from kuangan.law.role import Role
from tests.db.mine.conftest import make_user
from tests.hashing import QUICK_HASHER


@pytest.fixture(autouse=True)
def quick_hashing(settings):
    settings.PASSWORD_HASHERS = QUICK_HASHER


@pytest.fixture
def operator(db) -> User:
    """The first administrator of a city in which there is nothing else."""
    found_city(actor=None, code="140400")
    create_administrator(role=Role.operator, name="张三", username="first")
    return User.objects.get(username="first")


@pytest.fixture
def bureau(operator) -> Unit:
    """The bureau of a county."""
    return Unit.objects.get(kind=UnitKind.county_bureau, code__startswith="140423")


@pytest.fixture
def section_head(bureau) -> User:
    return make_user(bureau, "county_section", Role.section_head)
