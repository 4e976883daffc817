"""What the pages' server does before Django is asked: without the database, and with large bodies of strangers."""

import asyncio
import json
import os

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from kuangan.web.gate.database_watch import DatabaseWatch, _asked
from kuangan.web.gate.guard import AT_ONCE, PROGRAMS_BODY, STRANGERS_BODY, Guard, largest_body


async def hanging(scope, receive, send):
    await asyncio.Event().wait()


async def fine(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"fine"})


def ask(application, watch, path="/", method="GET", **request):
    async def story():
        transport = httpx.ASGITransport(Guard(application, watch))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, path, **request)

    return asyncio.run(story())


def test_without_a_database_every_page_says_so_at_once_and_when_to_try_again():
    answer = ask(hanging, DatabaseWatch(down_since=timezone.now()))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "数据库暂不可用" in answer.text


def test_a_request_under_way_when_the_database_falls_is_answered_too():
    watch = DatabaseWatch()

    async def falling(scope, receive, send):
        watch._fell()
        await asyncio.Event().wait()

    answer = ask(falling, watch)
    assert (answer.status_code, watch.waiting) == (503, {})


def test_a_crowd_of_one_sender_waits_in_its_own_line_and_keeps_nobody_else(settings):
    inside = []
    full, leave = asyncio.Event(), asyncio.Event()
    most = 0

    async def slow(scope, receive, send):
        nonlocal most
        if scope["path"] == "/slow/":
            inside.append(scope)
            most = max(most, len(inside))
            if len(inside) == AT_ONCE:
                full.set()
            await leave.wait()
            inside.pop()
        await fine(scope, receive, send)

    async def story():
        transport = httpx.ASGITransport(Guard(slow, DatabaseWatch()))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            his = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=one"}
            crowd = [asyncio.ensure_future(client.get("/slow/", headers=his)) for _ in range(3 * AT_ONCE)]
            await full.wait()
            neighbours = ({"Cookie": f"{settings.SESSION_COOKIE_NAME}=other"}, {"Authorization": "Bearer program"}, {})
            told = [(await client.get("/", headers=headers)).status_code for headers in neighbours]
            told.append((await client.get("/live/", headers=his)).status_code)
            leave.set()
            return told + [(await answer).status_code for answer in crowd]

    assert asyncio.run(story()) == [200] * (4 + 3 * AT_ONCE)
    assert most == AT_ONCE


def test_the_state_of_the_processes_is_seen_without_a_database(settings, tmp_path):
    settings.DATA = type(settings.DATA)(tmp_path)
    settings.DATA.make()
    children = {"postgres": {"pid": None, "starts": 3}, "web": {"pid": os.getpid(), "starts": 1}}
    (settings.DATA.run / "status.json").write_text(json.dumps({"children": children}))
    answer = ask(hanging, DatabaseWatch(down_since=timezone.now()), "/status/")
    assert "数据库未运行、页面服务运行" in answer.text


def test_what_needs_no_database_is_still_served():
    assert ask(fine, DatabaseWatch(down_since=timezone.now()), "/static/x.css").status_code == 200


def test_the_watch_sees_the_database_and_its_end(committed_db, monkeypatch):
    watch = DatabaseWatch()
    assert ask(fine, watch).status_code == 200
    monkeypatch.setattr("kuangan.web.gate.database_watch.listen_parameters", lambda: {"host": "/nowhere"})
    watch.start()
    while watch.down_since is None:
        watch.stopped.wait(0.01)
    watch.stop()
    assert ask(fine, watch).status_code == 503


def test_a_large_body_needs_a_living_session(committed_db):
    watch = DatabaseWatch()
    request = {"method": "POST", "headers": {"content-length": str(200 * 1024 * 1024)}, "content": b""}
    assert ask(fine, watch, "/ledgers/x/import/", **request).status_code == 403
    request["headers"]["cookie"] = "sessionid=" + "x" * 32
    assert ask(fine, watch, "/ledgers/x/import/", **request).status_code == 403


@pytest.mark.parametrize(
    ("path", "headers", "largest"),
    [
        ("/login/", [], STRANGERS_BODY),
        ("/office/circulars/new/", [(b"cookie", b"csrftoken=1")], STRANGERS_BODY),
        ("/office/circulars/new/", [(b"cookie", b"a=1; sessionid=2")], 208 * 1024 * 1024),
        ("/api/ledgers/", [], STRANGERS_BODY),
        ("/api/ledgers/", [(b"authorization", b"Bearer x")], PROGRAMS_BODY),
        ("/api/ledgers/", [(b"cookie", b"sessionid=2")], STRANGERS_BODY),
    ],
)
def test_how_much_a_request_may_send_follows_from_who_seems_to_send_it(path, headers, largest):
    assert largest_body({"path": path, "headers": headers}) == largest


def test_the_watch_over_the_database_outlives_every_error_of_its_own(db, monkeypatch):
    """Its thread must not end: every page would be refused until somebody starts the process again."""
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "NAME", "")
        broken.setitem(connection.settings_dict, "OPTIONS", {})
        assert _asked(None) is None
    asked = _asked(None)
    assert asked is not None
    asked.close()
