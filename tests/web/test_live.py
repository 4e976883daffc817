"""Changes reach the streams that may see them, and only those."""

import asyncio
import json

import pytest
from django.urls import reverse

from kuangan.core.access.sessions import key_digest
from kuangan.core.models import User
from kuangan.web.frame import live
from kuangan.web.frame.live import QUEUE_LENGTH, Hub, Stream, written

MINE = "1404/140423/140423900001/"


def topics(stream: Stream) -> list[str | None]:
    found = []
    while not stream.waiting.empty():
        event = stream.waiting.get_nowait()
        found.append(json.loads(event.split("data: ")[1]).get("topic", "over") if event else None)
    return found


@pytest.mark.parametrize(
    ("paths", "seen"),
    [(("1404/",), True), (("1404/140423/",), True), ((MINE,), True), (("1404/140425/", MINE), True),
     (("1404/140425/",), False), (("1404/14042",), True), ((), False)],
)  # fmt: skip
def test_a_stream_sees_what_lies_under_its_paths(paths, seen):
    assert Stream(paths).sees(MINE) is seen


def test_a_change_goes_to_the_streams_that_see_it():
    hub = Hub()
    near, far = Stream(("1404/140423/",)), Stream(("1404/140425/",))
    hub.streams |= {near, far}
    hub._spread(json.dumps({"path": MINE, "topic": "episode", "id": 3}))
    assert (topics(near), topics(far)) == (["episode"], [])


def test_a_change_inside_the_department_goes_to_no_page_of_the_supervised():
    hub = Hub()
    mine, county = Stream((MINE,), supervised=True), Stream(("1404/140423/",))
    hub.streams |= {mine, county}
    for inside in (True, False):
        hub._spread(json.dumps({"path": MINE, "topic": "case", "case": 3, "inside": inside}))
    assert (topics(mine), topics(county)) == (["case"], ["case", "case"])


def test_a_slow_page_is_told_once_to_fetch_everything():
    stream = Stream(("1404/",))
    for _ in range(QUEUE_LENGTH + 1):
        stream.tell(written({"topic": "live"}))
    assert topics(stream) == ["all"]


def test_closing_ends_every_stream_at_once():
    hub = Hub()
    streams = [Stream(("1404/",)) for _ in range(2)]
    hub.streams |= set(streams)
    hub.close()
    assert [topics(stream) for stream in streams] == [[None], [None]]


def test_the_listener_stops_with_the_last_page(db):
    async def story() -> None:
        hub = Hub()
        stream = Stream(("1404/",))
        hub.join(stream)
        listener = hub.listener
        assert listener is not None
        hub.leave(stream)
        with pytest.raises(asyncio.CancelledError):
            await listener

    asyncio.run(story())


def test_a_page_that_stays_open_gives_its_connection_back(db, monkeypatch):
    given_back = []
    monkeypatch.setattr(live, "close_old_connections", lambda: given_back.append("connection"))

    async def story() -> None:
        events = live._events(Stream(("1404/",)))
        await anext(events)
        await events.aclose()

    asyncio.run(story())
    assert given_back == ["connection"]


def test_a_stream_ends_when_its_session_is_over_or_its_account_is_closed(world, as_user):
    client, other = as_user("county_section"), as_user("county_clerk")
    keys = [key_digest(one.session.session_key) for one in (client, other)]
    watched = {(world.users[name].pk, key) for name, key in zip(("county_section", "county_clerk"), keys, strict=True)}
    assert len(live._sights(watched)) == 2
    client.post(reverse("logout"))
    User.objects.filter(username="county_clerk").update(is_active=False)
    assert live._sights(watched) == {}

    hub, gone, stays = Hub(), Stream(("1404/",), *next(iter(watched))), Stream(("1404/",), 1, "here")
    opened_meanwhile = Stream(("1404/",), 2, "just now")
    hub.streams |= {gone, stays, opened_meanwhile}
    hub.end_strangers({*watched, (1, "here")}, live._sights(watched) | {(1, "here"): ("1404/",)})
    assert (topics(gone), topics(stays), topics(opened_meanwhile)) == (["over", None], [], [])


def test_one_person_has_no_more_open_streams_than_he_looks_at():
    hub = Hub()
    hub.streams |= {Stream(("1404/",), 7) for _ in range(live.MOST_STREAMS - 1)}
    assert not hub.is_full(7)
    hub.streams.add(Stream(("1404/",), 7))
    assert (hub.is_full(7), hub.is_full(8)) == (True, False)
