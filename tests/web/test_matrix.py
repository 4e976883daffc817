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
TURN = 1
"""So many roles a side an address is asked for by ``make test``; by which of them goes round from address to address."""
IN, KEPT_OUT, UNSEEN, LOGIN = "in", "403", "404", "login"


def test_every_address_has_a_row_in_its_room_and_a_door():
    routed = {room.__name__.split(".")[2]: {pattern.name for pattern in room.urlpatterns} for room in ROOMS}
    assert {room.__name__.split(".")[-1]: set(room.ROWS) for room in matrix.ROOMS} == routed
    assert all(isinstance(pattern.callback.door, Door) for pattern in urlpatterns)


def test_every_door_opens_to_the_roles_of_its_row():
    doors = {pattern.name: pattern.callback.door for pattern in urlpatterns}
    opens = {name: None if door.public else door.roles for name, door in doors.items()}
    assert opens == {name: None if row.public else frozenset(row.roles) for name, row in MATRIX.items()}


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


def sides(row: Row) -> list[tuple[dict[Role, str], bool]]:
    """Whom an address is asked as; where nothing of a mine is asked for, only the role counts."""
    return [(INSIDE, True), (OUTSIDE, False)] if row.owned else [(INSIDE, True)]


def in_turn(row: Row, place: int) -> list[tuple[Role, str, bool]]:
    """Some of the roles that an address opens to, on each side, and one that it keeps out."""
    asked = []
    for users, inside in sides(row):
        let_in = [role for role in users if row.public or role in row.roles]
        chosen = {let_in[(place + step * len(let_in) // TURN) % len(let_in)] for step in range(TURN)}
        kept_out = [role for role in users if role not in let_in]
        chosen |= {kept_out[place % len(kept_out)]} if kept_out and inside else set()
        asked += [(role, users[role], inside) for role in users if role in chosen]
    return asked


def of_every_role(row: Row, _place: int) -> list[tuple[Role, str, bool]]:
    return [(role, name, inside) for users, inside in sides(row) for role, name in users.items()]


def compare(world, as_user, part: int, parts: int, asked_as) -> None:
    """Every `parts`-th address answers each of those it is asked as in the way that its row says."""
    answers, expected = {}, {}
    for place, (name, row) in list(enumerate(MATRIX.items()))[part::parts]:
        if name == "logout":
            continue
        for role, username, inside in asked_as(row, place):
            answers[name, username] = ask(as_user(username), name, row, world)
            expected[name, username] = wanted(row, role, inside=inside)
    assert answers == expected


@pytest.mark.parametrize("part", range(2))
def test_each_address_for_some_roles_in_turn_inside_and_outside_the_area(world, as_user, part):
    compare(world, as_user, part, 2, in_turn)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_for_every_role_inside_and_outside_the_area(world, as_user, part):
    compare(world, as_user, part, PARTS, of_every_role)


def test_nobody_gets_in_without_login(world):
    found = {name: ask(Client(), name, row, world) for name, row in MATRIX.items()}
    assert found == {name: IN if row.public else LOGIN for name, row in MATRIX.items()}


def test_a_wrong_method_is_refused(as_user):
    client = as_user("operator")
    assert client.get(reverse("verify")).status_code == 405
    assert client.post(reverse("status")).status_code == 405
