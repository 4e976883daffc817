import pytest

from kuangan.core.actions import appoint, create_person, create_post, create_unit, create_user
from kuangan.core.models import Unit, User
from kuangan.mine.models import Mine
from tests.city import PASSWORD
from tests.db.monitor.mines import make_mine
from tests.hashing import QUICK_HASHER


@pytest.fixture(autouse=True)
def quick_hashing(settings):
    settings.PASSWORD_HASHERS = QUICK_HASHER


@pytest.fixture
def mine(db) -> Mine:
    return make_mine()


def make_user(unit: Unit, username: str, role: str = "duty_officer") -> User:
    person = create_person(actor=None, name=username, unit=unit)
    post = create_post(actor=None, unit=unit, title=username, role=role)
    appoint(actor=None, post=post, person=person)
    return create_user(actor=None, username=username, person=person, password=PASSWORD)


@pytest.fixture
def officer(mine) -> User:
    return make_user(mine.supervisor, "county_duty")


@pytest.fixture
def other_county(mine) -> dict[str, Unit]:
    """A second county of the city with its own bureau."""
    city = Unit.objects.get(code="1404")
    county = create_unit(actor=None, kind="county", code="140425", name="另县", parent=city)
    bureau = create_unit(actor=None, kind="county_bureau", code="140425-yj", name="另县应急管理局", parent=county)
    return {"city": city, "county": county, "bureau": bureau}
