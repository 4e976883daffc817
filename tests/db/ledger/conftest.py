import pytest

from kuangan.core.actions import appoint, create_person, create_post, create_user
from kuangan.core.models import Unit, User
from kuangan.law.role import Role
from tests.city import PASSWORD, START, SmallCity


def employ(unit: Unit, role: Role, username: str) -> User:
    """A further person with a post of this role at the unit."""
    person = create_person(actor=None, name=f"辛{username[-1]}", unit=unit, at=START)
    post = create_post(actor=None, unit=unit, title=f"{role.label}{username}", role=role, at=START)
    appoint(actor=None, post=post, person=person, at=START)
    return create_user(actor=None, username=username, person=person, password=PASSWORD)


@pytest.fixture
def city(city) -> SmallCity:
    """With a clerk of the county's government."""
    city.users["clerk"] = employ(city.units["county_government"], Role.clerk, "clerk_a")
    return city
