"""The servers' own guard against whoever sends slowly, too much or too often; no proxy in front is needed for it.

A connection has a time to finish its headers, a time between two pieces of its body, a least speed for the whole body
and a time to take its answer. Headers and bodies have a size. An address, and the server as a whole, has a number of
connections: beyond it the one that has kept the server waiting longest makes room, so that a flood of half-sent
requests costs its sender the oldest of them and nobody else a turn.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from kuangan.host.connection_limits import KILOBYTE, ConnectionLimits

NEVER = float("inf")
CHUNK_OVERHEAD = 64 * KILOBYTE
"""What the framing of a chunked body may weigh besides the body and once more its size."""


@dataclass
class OpenConnections:
    """The open connections of one server and whose they are."""

    limits: ConnectionLimits
    waiting: "dict[GuardedProtocol, None]" = field(default_factory=dict)
    """Those the server waits for (no whole header yet, or idle between two requests), the longest-waiting first."""
    by_address: "Counter[str]" = field(default_factory=Counter)
    total: int = 0

    def enter(self, newcomer: "GuardedProtocol") -> bool:
        """Let a connection in, at the cost of one that only waits where there are too many; False: there is no room."""
        limit = self.limits.by_address
        if limit and self.by_address[newcomer.address] >= limit and not self._make_room(newcomer.address):
            return False
        if self.total >= self.limits.connections and not self._make_room(None):
            return False
        self.total += 1
        self.by_address[newcomer.address] += 1
        self.wait_for(newcomer)
        return True

    def leave(self, leaving: "GuardedProtocol") -> None:
        self.waiting.pop(leaving, None)
        self.total -= 1
        self.by_address[leaving.address] -= 1
        if not self.by_address[leaving.address]:
            del self.by_address[leaving.address]

    def wait_for(self, connection: "GuardedProtocol") -> None:
        """The server waits for this connection from now on."""
        self.waiting.pop(connection, None)
        self.waiting[connection] = None

    def _make_room(self, address: str | None) -> bool:
        for oldest in self.waiting:
            if address is None or oldest.address == address:
                oldest.drop()
                return True
        return False


class _Refused(Exception):
    """Ends the parsing of a request that was answered already."""


class GuardedProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP/1.1 within the limits of a server; see the module's docstring. Made by :func:`guarded`."""

    room: OpenConnections

    def connection_made(self, transport: Any) -> None:
        """Enter, or be closed at once when there is no room."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self.deadline = NEVER
        self.timer: Any = None
        self.head_size = self.fields_size = self.body_size = self.raw_size = self.body_limit = 0
        self.body_began = 0.0
        self.in_head = self.in_body = self.was_paused = self.refused = False
        self.inside = self.room.enter(self)
        if self.inside:
            self._expect(self.room.limits.header_s)
        else:
            self._refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        if self.timer is not None:
            self.timer.cancel()
        super().connection_lost(exc)

    def drop(self) -> None:
        """End a connection that only waits, now."""
        self._leave()
        self.transport.abort()

    def _leave(self) -> None:
        if self.inside:
            self.inside = False
            self.room.leave(self)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless the connection is being closed."""
        if self.refused or self.transport.is_closing():
            return
        if self.in_body:
            self._count_raw(len(data))
        elif self.head_size > self.room.limits.header_bytes:
            self._refuse(431)
        if self.refused:
            return
        ends_body = self.in_body  # then the piece belongs to a body, and only what comes next to a head
        super().data_received(data)
        if self.in_head and not ends_body:
            self.head_size += len(data)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, unless there was an answer."""
        if not self.refused:
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        """A request begins: its headers have their time from here."""
        super().on_message_begin()
        self.head_size = self.fields_size = 0
        self.in_head, self.in_body = True, False
        if self.inside and not self._answering():
            self.room.wait_for(self)
            self._expect(self.room.limits.header_s)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self.fields_size += len(name) + len(value)
        if self.fields_size > self.room.limits.header_bytes or len(self.headers) > self.room.limits.header_count:
            self._stop(431)

    def on_headers_complete(self) -> None:
        """The headers are whole: the body may come, as much as the request may have."""
        if len(self.url) > self.room.limits.header_bytes:
            self._stop(414)
        self.scope["method"] = self.parser.get_method().decode("ascii")
        self.scope["path"] = self.url.partition(b"?")[0].decode("ascii", "replace")
        self.body_limit = self.room.limits.largest_body(self.scope)
        declared = _declared_length(self.headers)
        if declared > self.body_limit:
            self._stop(413)
        super().on_headers_complete()
        self.room.waiting.pop(self, None)
        self.in_head, self.in_body, self.body_size, self.raw_size = False, True, 0, 0
        self.body_began = self.loop.time()
        self._expect(self.room.limits.body_pause_s)

    def on_body(self, body: bytes) -> None:
        self.body_size += len(body)
        if self.body_size > self.body_limit:
            self._stop(413)
        super().on_body(body)
        self.was_paused = self.was_paused or self.flow.read_paused
        self._expect(self.room.limits.body_pause_s)

    def on_message_complete(self) -> None:
        """The whole request is there."""
        self.in_body = False
        self._expect(NEVER)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is given: the server waits for the next request."""
        super().on_response_complete()
        if self.inside and not self.pipeline:
            self.room.wait_for(self)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection; one that does not even take its last answer is cut."""
        super().timeout_keep_alive_handler()
        self._expect(self.room.limits.answer_s)

    def pause_writing(self) -> None:
        """The other side does not take its answer."""
        super().pause_writing()
        self._expect(self.room.limits.answer_s)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._expect(self.room.limits.body_pause_s if self.in_body else NEVER)

    def _count_raw(self, size: int) -> None:
        """Judge the speed and the framing of a body, of which ``size`` bytes have come."""
        limits, now = self.room.limits, self.loop.time()
        if self.was_paused:  # the server itself kept the sender waiting: measure anew
            self.was_paused, self.body_began, self.raw_size = False, now, 0
        self.raw_size += size
        lasted = now - self.body_began
        if self.raw_size > 2 * self.body_limit + CHUNK_OVERHEAD:
            self._refuse(413)
        elif lasted > limits.body_pause_s and self.raw_size < lasted * limits.body_least_rate:
            self._refuse(408)

    def _expect(self, seconds: float) -> None:
        """Something must happen within so many seconds."""
        self.deadline = self.loop.time() + seconds
        if self.timer is None and self.deadline != NEVER:
            self.timer = self.loop.call_at(self.deadline, self._look)

    def _look(self) -> None:
        self.timer = None
        if self.in_body and self.flow.read_paused:  # it is the server that does not read
            self.was_paused = True
            self._expect(self.room.limits.body_pause_s)
        elif self.loop.time() >= self.deadline:
            self._too_late()
        elif self.deadline != NEVER:
            self.timer = self.loop.call_at(self.deadline, self._look)

    def _too_late(self) -> None:
        if self.transport.is_closing() or self.flow.write_paused:
            self.transport.abort()
        else:
            self._refuse(408)

    def _answering(self) -> bool:
        """Whether a request is with the application."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _stop(self, status: int) -> None:
        """Refuse from inside the parser."""
        self._refuse(status)
        raise _Refused

    def _refuse(self, status: int) -> None:
        """Answer with a bare status, where no answer has begun, and close."""
        self.refused = True
        begun = self._answering() and self.cycle.response_started
        if self._answering():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not begun:
            self.transport.write(_bare_answer(status))
        self.transport.close()
        self._expect(self.room.limits.answer_s)


REASONS = {
    408: "发送过慢，连接已关闭，请检查网络后重试。",
    413: "内容超过上限，未接收，请压缩或分次发送。",
    414: "地址过长，未受理。",
    431: "请求头过大，未受理。",
    503: "连接数已满，请稍后重试。",
}
"""What the sender is told, by status."""


def _bare_answer(status: int) -> bytes:
    body = REASONS[status].encode()
    retry = b"retry-after: 5\r\n" if status == 503 else b""
    kind = b"content-type: text/plain; charset=utf-8\r\n"
    length = b"content-length: %d\r\n" % len(body)
    return STATUS_LINE[status] + retry + kind + length + b"connection: close\r\n\r\n" + body


def _declared_length(headers: list[tuple[bytes, bytes]]) -> int:
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def guarded(limits: ConnectionLimits) -> type[GuardedProtocol]:
    """The protocol class for one server, for uvicorn's ``http`` setting."""
    return type("Guarded", (GuardedProtocol,), {"room": OpenConnections(limits)})
