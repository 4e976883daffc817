import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from kuangan.law.role import Role
from kuangan.web.frame.doors import Door
from kuangan.web.urls import ROOMS, urlpatterns
from tests.web import matrix
from tests.web.matrix import MATRIX, Row
from tests.web.world import INSIDE, OUTSIDE, World

PARTS = 8
"""The matrix is asked in parts, so that several workers share it."""
IN, KEPT_OUT, UNSEEN, LOGIN = "in", "403", "404", "login"


def test_every_address_has_a_row_in_its_room_and_a_door():
    routed = {room.__name__.split(".")[2]: {pattern.name for pattern in room.urlpatterns} for room in ROOMS}
    assert {room.__name__.split(".")[-1]: set(room.ROWS) for room in matrix.ROOMS} == routed
    assert all(isinstance(pattern.callback.door, Door) for pattern in urlpatterns)


def ask(client: Client, name: str, row: Row, world: World) -> str:
    """How an address answers; whatever the request changed is undone."""
    address = reverse(name, args=row.args(world))
    with transaction.atomic():
        response = client.post(address, row.data) if row.post else client.get(address)
        transaction.set_rollback(True)
    if response.status_code == 302 and response.headers["Location"].startswith(reverse("login") + "?"):
        return LOGIN
    return IN if response.status_code in (200, 302) else str(response.status_code)


def wanted(row: Row, role: Role, *, inside: bool) -> str:
    if row.public:
        return IN
    if role not in row.roles:
        return KEPT_OUT
    if row.receivers is not None and role not in row.receivers:
        return UNSEEN
    return IN if inside or not row.owned else UNSEEN


@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_for_every_role_inside_and_outside_the_area(world, as_user, part):
    users = [(role, name, True) for role, name in INSIDE.items()] + [
        (role, name, False) for role, name in OUTSIDE.items()
    ]
    clients = {name: as_user(name) for _, name, _ in users}
    found, expected = {}, {}
    for name, row in list(MATRIX.items())[part::PARTS]:
        if name == "logout":
            continue
        for role, username, inside in users:
            if not inside and not row.owned:
                continue  # where nothing of a mine is asked for, only the role counts
            found[name, username] = ask(clients[username], name, row, world)
            expected[name, username] = wanted(row, role, inside=inside)
    assert found == expected


def test_nobody_gets_in_without_login(world):
    found = {name: ask(Client(), name, row, world) for name, row in MATRIX.items()}
    assert found == {name: IN if row.public else LOGIN for name, row in MATRIX.items()}


def test_a_wrong_method_is_refused(as_user):
    client = as_user("operator")
    assert client.get(reverse("verify")).status_code == 405
    assert client.post(reverse("status")).status_code == 405
