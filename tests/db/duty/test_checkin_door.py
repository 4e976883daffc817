"""What reaches the check-in door beside honest reports: nothing of it costs a neighbour his answer."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.duty.actions import issue_checkin_token, open_event, stop_checkin_token
from kuangan.duty.checkin_door import CheckinDoor
from kuangan.duty.checkins import write_checkins
from kuangan.duty.models import CheckinToken, Duty, Fulfilment
from kuangan.host.data_folder import DataFolder
from kuangan.law.duty.obligation_file import obligation_by_id
from tests.city import build_city
from tests.db.duty.test_checkins import Call
from tests.hashing import QUICK_HASHER
from tests.poison import make_refusable

SAMPLES = Path(__file__).parents[2] / "samples" / "checkins"
BAD, WHOLE = (SAMPLES / "half-a-character.json").read_bytes(), (SAMPLES / "whole.json").read_bytes()


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(hours=1))
    return at


def follow(unit, number, at) -> Duty:
    return open_event(
        obligation=obligation_by_id("decision_followup"),
        unit=unit,
        start=at - timedelta(days=1),
        due_at=at + timedelta(days=3),
        subject=f"entry:{number}",
        title="办结会议议定事项",
        at=at - timedelta(days=1),
    )


def report(door, duty, token, body):
    return Call(door, body, path=f"/api/duties/{duty.pk}/checkins", token=token).run()


@pytest.fixture
def committed_city(committed_db, settings, tmp_path):
    settings.DATA, settings.PASSWORD_HASHERS = DataFolder(tmp_path), QUICK_HASHER
    make_refusable(committed_db.name)
    return build_city()


async def together(door, requests):
    return await asyncio.gather(*(report(door, *each) for each in requests))


def test_a_note_with_half_a_character_fails_no_check_in_of_another_unit(committed_city, now):
    units = [committed_city.units[name] for name in ("mine", "county", "county_government")]
    tokens = [issue_checkin_token(actor=None, unit=unit) for unit in units]
    duties = [[follow(unit, f"{number}-{unit.pk}", now) for number in range(30)] for unit in units]
    door = CheckinDoor()
    for row in zip(*duties, strict=True):
        bad, *good = [(duty, token) for duty, token in zip(row, tokens, strict=True)]
        answers = asyncio.run(together(door, [(*bad, BAD), *((*each, WHOLE) for each in good)]))
        assert [status for status, _ in answers] == [400, 201, 201]
        assert answers[0][1]["error"] == "bad_note"
    assert Fulfilment.objects.count() == 60


def test_what_the_database_refuses_of_one_is_refused_to_him_alone(committed_city, now, monkeypatch):
    """Content that passes the door and that the database does not take, among thirty honest reports in one batch."""
    from django.db import connection

    def poisoned(checkins):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('poison.duty_fulfilment', '\"坏-', false)")
        return write_checkins(checkins)

    unit = committed_city.units["county"]
    token = issue_checkin_token(actor=None, unit=unit)
    bodies = [json.loads(WHOLE) | {"client_id": f"好-{number}"} for number in range(30)]
    bodies[7]["client_id"], bodies[20]["client_id"] = "坏-1", "坏-2"
    requests = [(follow(unit, number, now), token, json.dumps(body).encode()) for number, body in enumerate(bodies)]
    answers = asyncio.run(together(CheckinDoor(poisoned), requests))
    refused = [number for number, (status, _) in enumerate(answers) if status != 201]
    assert refused == [7, 20]
    assert {answers[number][0] for number in refused} == {400}
    assert {answers[number][1]["error"] for number in refused} == {"bad_content"}
    assert Fulfilment.objects.count() == 28


def whole(**changes) -> bytes:
    return json.dumps(json.loads(WHOLE) | changes).encode()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"client_id": "a", "done_at": "2026-03-09T10:00:00+08:00", "note": "\\u0000"}', "bad_note"),
        (b'{"client_id": "a", "done_at": "2026-03-09T10:00:00+08:00", "note": "\\u000e"}', "bad_note"),
        (b'{"client_id": "a", "done_at": "2026-03-09T10:00:00+08:00", "note": "\\udfff"}', "bad_note"),
        (b'{"client_id": "\\ud800", "done_at": "2026-03-09T10:00:00+08:00"}', "bad_client_id"),
        (b"[" * 15_000, "bad_json"),
        (b'{"note": ' + b"[" * 7_000 + b"]" * 7_000 + b"}", "bad_json"),
        (b'{"client_id": "a", "done_at": NaN}', "bad_json"),
        (b'{"client_id": "a", "done_at": 1e999}', "bad_json"),
        (b'{"client_id": "a", "done_at": ' + b"9" * 5_000 + b"}", "bad_json"),
        (b"\xff\xfe{}", "bad_json"),
        (b"\xc3\x28", "bad_json"),
        (b"", "bad_json"),
        (whole(done_at=[[[]]]), "bad_done_at"),
        (whole(done_at="0001-01-01T00:00:00+14:00"), "bad_done_at"),
        (whole(done_at="9999-12-31T23:59:59-14:00"), "bad_done_at"),
        (whole(note="长" * 1001), "bad_note"),
        (whole(client_id="a" * 61), "bad_client_id"),
        (whole(client_id=True), "bad_client_id"),
    ],
)
def test_odd_content_is_answered_in_words(body, error):
    status, answer = asyncio.run(Call(CheckinDoor(), body).run())
    assert (status, answer["error"]) == (400, error)
    assert answer["message"]


def test_nothing_is_acknowledged_whose_commit_was_lost(committed_city, committed_db, now):
    """A batch that must be parted, and a database that goes away between the first part and its commit."""
    from django.db import DataError, connection

    def lost_at_commit(checkins):
        if len(checkins) > 1:
            raise DataError("not together")
        answers = write_checkins(checkins)
        with psycopg.connect(committed_db.url()) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        return answers

    unit = committed_city.units["county"]
    token = issue_checkin_token(actor=None, unit=unit)
    duties = [follow(unit, number, now) for number in range(2)]
    answers = asyncio.run(together(CheckinDoor(lost_at_commit), [(duty, token, WHOLE) for duty in duties]))
    assert [status for status, _ in answers] == [503, 503]
    assert Fulfilment.objects.count() == 0


@pytest.mark.parametrize("change", [{"note": "长" * 1000}, {"note": "一\r\n二\t三"}, {"client_id": "a" * 60}])
def test_the_longest_that_is_allowed_is_taken(committed_city, now, change):
    unit = committed_city.units["county"]
    token = issue_checkin_token(actor=None, unit=unit)
    status, _ = asyncio.run(report(CheckinDoor(), follow(unit, 1, now), token, whole(**change)))
    assert status == 201


def test_a_key_expires_after_a_year(city, at, monkeypatch):
    issue_checkin_token(actor=None, unit=city.units["county"], at=at)
    key = CheckinToken.objects.get()
    assert key.expires_at.date().isoformat() == "2027-03-10"
    token = issue_checkin_token(actor=None, unit=city.units["county"], at=at)
    duty = follow(city.units["county"], 1, at)
    from kuangan.duty.checkins import Checkin
    from kuangan.duty.tokens import token_digest

    checkin = Checkin(duty.pk, token_digest(token), "a", at)
    monkeypatch.setattr(clock, "now", lambda: key.expires_at)
    assert write_checkins([checkin])[0].body["error"] == "bad_token"
    monkeypatch.setattr(clock, "now", lambda: key.expires_at - timedelta(microseconds=1))
    assert write_checkins([checkin])[0].status == 201


def test_only_its_own_leaders_and_clerk_issue_a_key_and_the_operator_stops_it(city, at):
    county = city.units["county"]
    for stranger in ("county_officer", "mine_director", "operator"):
        with pytest.raises(Refused):
            issue_checkin_token(actor=city[stranger], unit=county, at=at)
    issue_checkin_token(actor=city["county_head"], unit=county, at=at)
    key = CheckinToken.objects.get()
    assert key.created_by == city["county_head"]
    with pytest.raises(Refused):
        stop_checkin_token(actor=city["mine_director"], token=key, at=at)
    stop_checkin_token(actor=city["operator"], token=key, at=at)
    with pytest.raises(Refused, match="已停用"):
        stop_checkin_token(actor=city["operator"], token=key, at=at)


def test_a_unit_has_ten_keys_at_most(city, at):
    for _ in range(10):
        issue_checkin_token(actor=None, unit=city.units["county"], at=at)
    with pytest.raises(Refused, match="已有10个"):
        issue_checkin_token(actor=None, unit=city.units["county"], at=at)
