"""No form and no value of the API can make a page fail, or make it work for long."""

import json
import resource
import time

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from kuangan.api.urls import api
from tests.web.fuzz import STRANGE, forms_of_pages, sent
from tests.web.matrix import MATRIX
from tests.web.world import INSIDE

MOST_CPU_S = 2.0
MOST_MEMORY_KB = 1_500_000
THIRD = 3
"""A form gets every third of the strange texts, the next form the next; all of them stand in the long fuzz."""
PARTS = 4
"""The forms are filled in parts, so that several workers share them."""


def quiet(as_user, world):
    """A browser of every user, whose failing pages are answers and not exceptions."""
    clients = {name: as_user(name) for name in INSIDE.values()}
    for client in clients.values():
        client.raise_request_exception = False
    return clients


def troubles_of(client, form, data):
    """What went wrong with one filling; whatever it changed is undone."""
    begun = time.process_time()
    with transaction.atomic():
        statuses = [answer.status_code for answer in sent(client, form, data)]
        transaction.set_rollback(True)
    taken = time.process_time() - begun
    return statuses if max(statuses) >= 500 or taken > MOST_CPU_S * len(statuses) else None


@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_fails_whatever_stands_in_its_controls(world, as_user, part):
    clients = quiet(as_user, world)
    failed = {}
    forms = forms_of_pages(world, clients, dict(list(MATRIX.items())[part::PARTS]))
    for number, (username, form) in enumerate(forms):
        for strange in STRANGE[number % THIRD :: THIRD]:
            troubles = troubles_of(clients[username], form, form.filled(strange))
            if troubles:
                failed[username, form.action, strange[:30]] = troubles
    assert failed == {}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_MEMORY_KB


@pytest.mark.bench
@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_fails_whatever_stands_in_one_control_of_it(world, as_user, part):
    clients = quiet(as_user, world)
    failed = {}
    for username, form in forms_of_pages(world, clients, dict(list(MATRIX.items())[part::PARTS])):
        for control in form.values:
            for strange in STRANGE:
                troubles = troubles_of(clients[username], form, form.filled(strange, control))
                if troubles:
                    failed[username, form.action, control, strange[:30]] = troubles
    assert failed == {}


def test_the_fuzz_sees_the_forms_there_are(world, as_user):
    wanted = ("new_letter", "new_circular", "new_meeting", "new_incoming", "new_draw", "new_entry", "import_entries")
    rows = {name: MATRIX[name] for name in wanted}
    assert {form.kind[0] for _, form in forms_of_pages(world, quiet(as_user, world), rows)} >= set(wanted)


SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
OPERATIONS = [operation.ok() for operation in SCHEMA.get_all_operations()]
NUMBERS = st.sampled_from(["1e-1000000000", "1e999", "9" * 400, "²", "\x00", "\ud800", "2026-11-29 1:1" + " " * 50_000])


def program(world, as_user, username):
    client = as_user(username)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}")
@pytest.mark.parametrize("username", ["county_commissioner", "mine_leader"])
def test_no_value_of_the_api_makes_it_fail(world, as_user, operation, username):
    client = program(world, as_user, username)

    @given(case=operation.as_strategy(), strange=NUMBERS)
    @fuzzing(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answered(case, strange):
        path = case.formatted_path if case.path_parameters else case.path
        body = case.body if isinstance(case.body, dict | list) else {"values": {strange: strange}}
        content = json.dumps(body).encode("utf-8", "surrogatepass")
        begun = time.process_time()
        with transaction.atomic():
            answer = client.generic(
                case.method, path, content, content_type="application/json", query_params=case.query or {}
            )
            transaction.set_rollback(True)
        assert answer.status_code < 500, (case.method, path, body)
        assert time.process_time() - begun < MOST_CPU_S

    answered()


def ledger_values(strange):
    return {"values": dict.fromkeys(("patrolled_on", "shift", "begun_at", "ended_at", "places", "count"), strange)}


@pytest.mark.parametrize("strange", [*STRANGE, "1e-10000000000", ["x"] * 10_000, {"a": {"b": {}}}, 1e308, True, None])
def test_no_value_of_a_ledger_makes_the_api_fail(world, as_user, strange):
    client = program(world, as_user, "county_commissioner")
    begun = time.process_time()
    with transaction.atomic():
        answer = client.post(
            "/api/ledgers/commissioner_patrol/entries", ledger_values(strange), content_type="application/json"
        )
        transaction.set_rollback(True)
    assert 400 <= answer.status_code < 500
    assert time.process_time() - begun < MOST_CPU_S


@pytest.mark.parametrize("body", [b"[" * 15_000 + b"]" * 15_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"\xff", b""])
def test_no_body_makes_the_api_fail(world, as_user, body):
    client = program(world, as_user, "county_commissioner")
    answer = client.generic("POST", "/api/ledgers/commissioner_patrol/entries", body, content_type="application/json")
    assert 400 <= answer.status_code < 500


def test_nobody_is_asked_for_more_than_a_log_in():
    answer = Client(raise_request_exception=False).post("/login/", {"username": "甲" * 100_000, "password": "\x00" * 9})
    assert answer.status_code < 500
