import asyncio
import json
from datetime import timedelta

import pytest

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.trail.verify import verify_trail
from kuangan.duty.actions import issue_checkin_token, open_event, stop_checkin_token
from kuangan.duty.checkin_door import CheckinDoor
from kuangan.duty.checkins import Checkin, write_checkins
from kuangan.duty.models import Duty, Fulfilment
from kuangan.duty.tokens import token_digest
from kuangan.law.duty.obligation_file import obligation_by_id
from tests.duties import accept_credits


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


@pytest.fixture
def duty(city, now) -> Duty:
    return open_event(
        obligation=obligation_by_id("decision_followup"),
        unit=city.units["county"],
        start=now - timedelta(days=1),
        due_at=now + timedelta(days=3),
        subject="entry:1",
        title="办结会议议定事项",
        at=now - timedelta(days=1),
    )


@pytest.fixture
def token(city) -> str:
    return issue_checkin_token(actor=None, unit=city.units["county"])


def checkin(duty, token, now, **changes) -> Checkin:
    facts = {"client_id": "a-1", "done_at": now - timedelta(hours=1), "note": "", **changes}
    return Checkin(duty_id=duty.pk, token=token_digest(token), **facts)


def write(*checkins):
    return [(answer.status, answer.body.get("error", answer.body.get("status"))) for answer in write_checkins(checkins)]


def test_a_check_in_makes_the_duty_done_once_the_level_above_has_looked(city, duty, token, now):
    assert write(checkin(duty, token, now, note="已办结")) == [(201, "due")]
    accept_credits(city, duty, now)
    assert (duty.done_at, duty.recorded_at) == (now - timedelta(hours=1), now)
    row = duty.fulfilments.get()
    assert (row.source, row.key, row.note) == ("checkin", "a-1", "已办结")
    assert verify_trail().broken is None


def test_the_same_name_counts_once_also_within_a_batch(duty, token, now):
    one = checkin(duty, token, now)
    assert write(one, one) == [(201, "due"), (201, "due")]
    assert write(one) == [(200, "due")]
    assert Fulfilment.objects.count() == 1


def test_each_of_a_batch_has_its_own_answer(city, duty, token, now):
    foreign = issue_checkin_token(actor=None, unit=city.units["mine"])
    assert write(
        checkin(duty, token, now, client_id="ok"),
        checkin(duty, "kd_unknown", now),
        checkin(duty, foreign, now),
        checkin(duty, token, now, done_at=now + timedelta(microseconds=1)),
        checkin(duty, token, now, done_at=now - timedelta(days=2)),
    ) == [(201, "due"), (401, "bad_token"), (404, "not_found"), (422, "in_future"), (422, "too_early")]


def test_a_duty_with_a_ledger_is_sent_there(city, now):
    duty = open_event(
        obligation=obligation_by_id("county_coal_meeting"),
        unit=city.units["county_government"],
        start=now,
        due_at=now + timedelta(days=3),
        subject="x",
        title="每月召开煤矿安全生产会议",
        at=now,
    )
    token = issue_checkin_token(actor=None, unit=city.units["county_government"])
    [answer] = write_checkins([checkin(duty, token, now, done_at=now)])
    assert answer.status == 422
    assert "煤矿安全生产会议台账" in answer.body["message"]


def test_a_stopped_key_is_refused(city, duty, token, now):
    row = city.units["county"].checkin_tokens.get()
    stop_checkin_token(actor=None, token=row)
    assert write(checkin(duty, token, now)) == [(401, "bad_token")]
    with pytest.raises(Refused):
        stop_checkin_token(actor=None, token=row)


KEY = "kd_x"


class Call:
    """One request to the door, without a server."""

    def __init__(self, door, body=b"", *, path="/api/duties/1/checkins", method="POST", token=KEY):
        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        self._scope = {"type": "http", "path": path, "method": method, "headers": headers}
        self._door, self._body, self._sent = door, body, []

    async def run(self):
        await self._door(self._scope, self._receive, self._send)
        return self._sent[0]["status"], json.loads(self._sent[1]["body"])

    async def _receive(self):
        return {"type": "http.request", "body": self._body}

    async def _send(self, message):
        self._sent.append(message)


GOOD = json.dumps({"client_id": "a", "done_at": "2026-03-10T10:00:00+08:00"}).encode()


@pytest.mark.parametrize(
    ("body", "more", "expected"),
    [
        (b"{", {}, (400, "bad_json")),
        (b"[]", {}, (400, "bad_json")),
        (b'{"client_id": ""}', {}, (400, "bad_client_id")),
        (b'{"client_id": "a", "done_at": "2026-03-10T10:00:00"}', {}, (400, "bad_done_at")),
        (GOOD[:-1] + b', "note": 1}', {}, (400, "bad_note")),
        (b" " * 17_000, {}, (413, "too_large")),
        (GOOD, {"token": ""}, (401, "no_token")),
        (GOOD, {"method": "GET"}, (405, "method")),
        (GOOD, {"path": "/api/duties/x/checkins"}, (404, "not_found")),
    ],
)
def test_what_is_no_check_in_is_refused_at_the_door(body, more, expected):
    status, answer = asyncio.run(Call(CheckinDoor(), body, **more).run())
    assert (status, answer["error"]) == expected


def test_requests_at_the_same_time_are_written_together():
    batches = []

    def written(checkins):
        batches.append(len(checkins))
        return [type("Answer", (), {"status": 201, "body": {"duty": each.duty_id}})() for each in checkins]

    async def many():
        door = CheckinDoor(written)
        return await asyncio.gather(*(Call(door, GOOD, path=f"/api/duties/{n}/checkins").run() for n in range(50)))

    answers = asyncio.run(many())
    assert [answer["duty"] for _, answer in answers] == list(range(50))
    assert len(batches) == 1


def test_a_batch_that_fails_is_to_be_repeated():
    def fails(checkins):
        raise RuntimeError("no database")

    status, answer = asyncio.run(Call(CheckinDoor(fails), GOOD).run())
    assert (status, answer["error"]) == (503, "not_kept")
