"""Changes told to open pages: one LISTEN connection a process, fanned out to streams that may see the path."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from asgiref.sync import SyncToAsync, sync_to_async
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from kuangan.base import clock
from kuangan.core.access.sessions import key_digest, readers_of
from kuangan.core.queries import is_supervised, units_concerned, visible_paths
from kuangan.web.frame.doors import EVERYONE, door
from kuangan.web.frame.request import Request

CHANNEL = "kuangan_live"
HEARTBEAT_S = 15.0
RETRY_S = 2.0
MOST_STREAMS = 12
"""Open pages of one person that are told of changes; more of them than anybody looks at."""
QUEUE_LENGTH = 200
"""Changes a slow browser may lag behind; then it is told to fetch everything anew."""

OVER = "event: over\ndata: {}\n\n"
"""The session has ended: the page leaves."""

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Stream:
    """One open page: the paths its person sees, whose it is and by which session (its digest), and what it has still to be told.

    ``supervised``: it hears nothing of what is kept from a mine and its company, not even that something changed.
    ``concerned``: the places of its own ``unit`` and of the others of its area; of them it hears nothing that another office keeps inside.
    """

    paths: tuple[str, ...]
    user: int = 0
    session: str = ""
    supervised: bool = False
    unit: int = 0
    concerned: tuple[str, ...] = ()
    waiting: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    def sees(self, path: str, *, inside: bool = False, office: int = 0) -> bool:
        """Whether a change at ``path`` is for this page; ``inside``: kept by ``office`` from the supervised and from whom it is about."""
        kept = inside and (self.supervised or (path in self.concerned and office != self.unit))
        return path.startswith(self.paths) and not kept

    def tell(self, event: str | None) -> None:
        """Queue an event; None ends the stream. A full queue becomes one "fetch all"."""
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            event = event and written({"topic": "all"})
        self.waiting.put_nowait(event)


def written(change: dict[str, Any]) -> str:
    """A change as a server-sent event."""
    return f"event: change\ndata: {json.dumps(change)}\n\n"


class Hub:
    """The streams of one event loop and the task that listens for them."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.listener: asyncio.Task[None] | None = None
        self.watcher: asyncio.Task[None] | None = None
        self.asked = asyncio.Event()
        self.closed = False

    def is_full(self, user: int) -> bool:
        """Whether this person has as many open pages as one may."""
        return sum(1 for stream in self.streams if stream.user == user) >= MOST_STREAMS

    def join(self, stream: Stream) -> None:
        """Open a stream; the first one starts the listener and the watcher over sessions."""
        self.streams.add(stream)
        if self.watcher is None or self.watcher.done():
            self.watcher = asyncio.get_running_loop().create_task(self._watch())
        if self.listener is None or self.listener.done():
            self.listener = asyncio.get_running_loop().create_task(self._listen())

    def leave(self, stream: Stream) -> None:
        """Close a stream; the last one stops the listener, so that an idle server holds no connection for it."""
        self.streams.discard(stream)
        if self.streams:
            return
        for task in (self.listener, self.watcher):
            if task is not None:
                task.cancel()
        self.listener = self.watcher = None

    def close(self) -> None:
        """End all streams at once: the server is stopping."""
        self.closed = True
        for stream in self.streams:
            stream.tell(None)

    async def _watch(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.asked.wait(), HEARTBEAT_S)
            self.asked.clear()
            try:
                watched = {(stream.user, stream.session) for stream in self.streams if stream.session}
                self.end_strangers(watched, await sync_to_async(_looked_up, thread_sensitive=False)(watched))
            except DatabaseError as error:
                log.warning("live changes: sessions cannot be read (%s), looked at again in %s s", error, HEARTBEAT_S)

    def end_strangers(
        self, watched: Collection[tuple[int, str]], seen: Mapping[tuple[int, str], tuple[str, ...]]
    ) -> None:
        """End the streams of who has logged out, lost the account or sees something else now (his page asks anew).

        ``watched``: the (account, session digest) that were looked up; ``seen``: what each of them that is still logged in sees. A page
        that was opened meanwhile was not looked up, and stays as it is.
        """
        for stream in list(self.streams):
            key = stream.user, stream.session
            sees = seen.get(key)
            if key in watched and sees != stream.paths:
                if sees is None:
                    stream.tell(OVER)
                stream.tell(None)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                log.warning("live changes: database connection lost (%s), next try in %s s", error, RETRY_S)
                await asyncio.sleep(RETRY_S)

    async def _listen_once(self) -> None:
        async with await psycopg.AsyncConnection.connect(**listen_parameters(), autocommit=True) as listening:
            await listening.execute(f"LISTEN {CHANNEL}")
            self._tell_all(written({"topic": "all"}))
            async for notification in listening.notifies():
                self._spread(notification.payload)

    def _spread(self, payload: str) -> None:
        change = json.loads(payload)
        if "account" in change:
            if any(stream.user == change["account"] for stream in self.streams):
                self.asked.set()
            return
        event = written({"topic": change["topic"]})
        inside, office = bool(change.get("inside")), int(change.get("office", 0))
        for stream in [stream for stream in self.streams if stream.sees(change["path"], inside=inside, office=office)]:
            stream.tell(event)

    def _tell_all(self, event: str) -> None:
        for stream in self.streams:
            stream.tell(event)


def listen_parameters() -> dict[str, Any]:
    """Where to connect: the site's own database, without Django's pool and type settings."""
    known = connection.get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port", "sslmode", "connect_timeout")
    return {key: known[key] for key in wanted if known.get(key)} | {"application_name": "kuangan web live"}


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()
"""By the loop itself, not by its number: a later loop may get the number of one that ended, and must not get its hub."""


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


def close_all() -> None:
    """End every stream of this process."""
    for hub in list(_hubs.values()):
        hub.close()


def _sights(watched: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, ...]]:
    """What each (account, session digest) sees now; those that are over are left out."""
    sessions = readers_of((session for _, session in watched), clock.wall_now())
    return {
        (session.user.pk, session.key_sha256): tuple(visible_paths(session.user))
        for session in sessions
        if session.user is not None and (session.user.pk, session.key_sha256) in watched
    }


def _looked_up(watched: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, ...]]:
    """:func:`_sights` in a thread of its own, which keeps no connection."""
    try:
        return _sights(watched)
    finally:
        close_old_connections()


@door(*EVERYONE)
async def live(request: Request) -> HttpResponseBase:
    """The stream of changes under the paths the person sees; a page too many gets none (204) and is told nothing."""
    stream = await sync_to_async(_stream_of)(request)
    if hub().is_full(stream.user):
        return HttpResponse(status=204)
    response = StreamingHttpResponse(_events(stream), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _stream_of(request: Request) -> Stream:
    """The stream for the page that asks, not yet open."""
    user, session = request.user, key_digest(request.session.session_key or "")
    concerned = tuple(unit.path for unit in units_concerned(user))
    own = user.person.unit_id if user.person else 0
    return Stream(
        tuple(visible_paths(user)), user.pk, session, supervised=is_supervised(user), unit=own, concerned=concerned
    )


async def _events(stream: Stream) -> AsyncIterator[str]:
    here = hub()
    if here.closed:
        return
    await sync_to_async(close_old_connections)()  # the request lasts as long as its page is open: it must not hold one
    _end_thread()
    here.join(stream)
    try:
        yield "retry: 3000\n\n"
        while True:
            event: str | None = ":\n\n"
            with suppress(TimeoutError):
                event = await asyncio.wait_for(stream.waiting.get(), HEARTBEAT_S)
            if event is None:
                return
            yield event
    finally:
        here.leave(stream)


def _end_thread() -> None:
    """End the thread that the server keeps for this request's plain code: a stream runs none, and may last for hours."""
    context = SyncToAsync.thread_sensitive_context.get(None)
    thread = SyncToAsync.context_to_thread_executor.pop(context, None) if context is not None else None
    if thread is not None:
        thread.shutdown(wait=False)
