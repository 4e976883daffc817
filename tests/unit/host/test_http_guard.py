"""A real server with short patience, attacked over raw sockets."""

import socket
import threading
from contextlib import contextmanager

import pytest
import uvicorn

from kuangan.host.connection_limits import KILOBYTE, ConnectionLimits, open_files
from kuangan.host.http_guard import guarded

SHORT = {"header_s": 0.3, "body_pause_s": 0.3, "answer_s": 0.3}
LAST_GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
PATIENCE_S = 20


async def counting(scope, receive, send):
    """Answers with the length of the body, or with as many bytes as the query says."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    content = b"x" * int(scope["query_string"] or 0) or str(size).encode()
    headers = [(b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@contextmanager
def serving(**limits):
    """The port of a server with these limits, and its room."""
    protocol = guarded(ConnectionLimits(lambda scope: 4 * KILOBYTE, **{**SHORT, **limits}))
    config = uvicorn.Config(counting, port=0, http=protocol, ws="none", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield server.servers[0].sockets[0].getsockname()[1], protocol.room
    server.should_exit = True
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def until(true):
    """Wait, bounded, for what the server's thread is about to do."""
    pause = threading.Event()
    for _ in range(400):
        if true():
            return
        pause.wait(0.025)
    pytest.fail("it did not come about")


def connected(port, sent=b""):
    one = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    one.sendall(sent)
    return one


def rest(one):
    """Everything until the server closes."""
    parts = []
    with one:
        try:
            while part := one.recv(65536):
                parts.append(part)
        except ConnectionResetError:
            pass
    return b"".join(parts)


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer else 0


def asked(port, request=LAST_GET):
    return rest(connected(port, request))


def test_an_honest_request_is_answered():
    with serving() as (port, room):
        body = b"a" * 4 * KILOBYTE
        head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        assert asked(port, head + body).endswith(b"4096")
    assert room.total == 0


@pytest.mark.parametrize("pieces", [(4 * KILOBYTE,), (KILOBYTE, 3 * KILOBYTE), (4 * KILOBYTE - 1, 1)])
def test_a_body_larger_than_any_header_is_no_header_of_the_next_request_on_the_same_connection(pieces):
    with serving(header_bytes=2 * KILOBYTE) as (port, _):
        one = connected(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4096\r\n\r\n")
        for size in pieces:
            threading.Event().wait(0.05)  # each piece arrives by itself, as a browser's upload does
            one.sendall(b"a" * size)
        while not (answer := one.recv(65536)).endswith(b"4096"):
            assert answer
        one.sendall(LAST_GET)
        assert status(rest(one)) == 200


@pytest.mark.parametrize(
    ("begun", "ends_with"),
    [
        (b"", 408),
        (b"GET / HT", 408),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n", 408),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", 408),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234", 408),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n", 408),
    ],
)
def test_what_is_never_finished_is_ended_by_the_server(begun, ends_with):
    with serving() as (port, room):
        assert status(rest(connected(port, begun))) == ends_with
    assert room.total == 0


def test_a_header_fed_by_single_bytes_gains_no_time():
    with serving() as (port, _):
        one = connected(port, b"GET / HTTP/1.1\r\n")
        one.settimeout(0.05)
        answer = b""
        for _ in range(400):
            try:
                one.sendall(b"X")
                answer = one.recv(100)
            except TimeoutError:
                continue
            except OSError:
                pass
            break
        else:
            pytest.fail("the server went on listening")
        assert status(answer) in {0, 408}


def test_a_body_slower_than_the_least_speed_is_ended():
    with serving(body_least_rate=10_000.0) as (port, _):
        one = connected(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n")
        one.settimeout(0.1)
        for _ in range(300):
            try:
                one.sendall(b"x")
                one.recv(100)
            except TimeoutError:
                continue
            except OSError:
                pass
            return
    pytest.fail("a body of ten bytes a second was waited for")


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4097\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1001\r\n" + b"x" * 4097, 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 419430400\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 32 * KILOBYTE + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * 101 + b"\r\n", 431),
        (b"GET /" + b"x" * 33 * KILOBYTE + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_read(request_, refusal):
    with serving() as (port, room):
        answer = rest(connected(port, request_))
        assert status(answer) == refusal
    assert room.total == 0


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nContent-Length: 0\r\n\r\n12345",
        b"Content-Length: 5, 0\r\n\r\n12345",
        b"Content-Length: +5\r\n\r\n12345",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0x5\r\n12345\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\n12345\r\n0\r\n\r\n",
        b"X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_a_request_whose_end_may_be_read_in_two_ways_is_refused_and_none_smuggled_behind_it_is_answered(framing):
    with serving() as (port, room):
        answer = asked(port, b"POST / HTTP/1.1\r\nHost: x\r\n" + framing + LAST_GET)
        assert (status(answer), answer.count(b"HTTP/1.1")) == (400, 1)
    assert room.total == 0


def test_an_endless_header_is_refused():
    with serving(header_s=PATIENCE_S) as (port, _):
        one = connected(port, b"GET / HTTP/1.1\r\nX: ")
        sent = 0
        try:
            while sent < 4_000_000:
                one.sendall(b"x" * 10_000)
                sent += 10_000
        except OSError:
            pass
        assert sent < 4_000_000


def test_whoever_takes_no_answer_is_cut_off():
    with serving() as (port, room):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(PATIENCE_S)
        one.connect(("127.0.0.1", port))
        one.sendall(b"GET /?30000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: room.total == 1)
        until(lambda: room.total == 0)
        one.close()


def test_a_flood_of_half_sent_requests_costs_only_its_sender_the_oldest_of_them():
    with serving(header_s=PATIENCE_S, connections=20, by_address=10) as (port, room):
        half_sent = [connected(port, b"GET / HTTP/1.1\r\nHo") for _ in range(200)]
        assert [status(asked(port)) for _ in range(5)] == [200] * 5
        assert room.total <= 10
        for one in half_sent:
            one.close()


def test_connections_at_work_are_never_thrown_out():
    with serving(body_pause_s=PATIENCE_S, connections=2, by_address=2) as (port, room):
        head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
        working = [connected(port, head + b"a") for _ in range(2)]
        until(lambda: room.total == 2 and not room.waiting)
        assert status(asked(port)) in {503, 0}
        for one in working:
            one.sendall(b"b")
        assert [rest(one).endswith(b"2") for one in working] == [True, True]


def test_the_limit_of_open_files_is_raised_where_it_may_be():
    assert open_files(100) == 100
