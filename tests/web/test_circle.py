"""A case that only a circle may know of is nowhere for others, though they see its unit."""

from dataclasses import replace

import pytest
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.actions import open_case
from kuangan.casework.queries import cases_visible_to
from kuangan.law.procedure import By
from tests.procedures import INQUIRY, known

SECRET = replace(INQUIRY, circle=(By("office", "enforcement_officer"), By("unit", "mine_director"), By("supervisor")))


@pytest.fixture
def case(world):
    with known(SECRET):
        yield open_case(
            actor=None,
            procedure_id="inquiry",
            unit=world.city.mine.unit,
            office=world.city.units["city"],
            title="只限知情人",
            facts={},
            at=clock.now(),
        )


@pytest.mark.parametrize(
    ("username", "sees"),
    [
        ("city_officer", True), ("city_section", False), ("city_duty", False), ("county_duty", True),
        ("county_government", False), ("inspectorate_officer", False), ("company_officer", False),
        ("mine_director", True), ("mine_engineer", False),
    ],
)  # fmt: skip
def test_only_the_circle_knows(world, as_user, case, username, sees):
    type(case).objects.filter(pk=case.pk).update(state="asked", told="asked")
    client = as_user(username)
    assert cases_visible_to(world.city[username]).filter(pk=case.pk).exists() == sees
    assert client.get(reverse("case", args=[case.pk])).status_code == (200 if sees else 404)
    for name in ("cases", "today"):
        assert ("只限知情人" in client.get(reverse(name)).content.decode()) == (sees and name == "cases") or sees
