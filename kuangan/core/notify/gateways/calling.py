"""One request over HTTP that ends in time whatever the other side does: connecting, each wait and the whole have limits."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Event, Timer
from typing import Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings

ANSWER_BYTES: Final = 65536
WHOLE_S: Final = 15.0
"""How long one request may take from its beginning; less than the lease of a message."""
AUTHORITY: Final = "ca.pem"
"""Certificates of the unit's own authority, trusted beside those of the system."""


class GatewaySilent(Exception):
    """No answer: the message says in Chinese why, without anything secret."""


class NotAnAddress(Exception):
    """The address is not one of http or https; the message says so in Chinese."""


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    content: bytes


class HasSocket(Protocol):
    """A connection of the standard library."""

    sock: socket | None


def call(method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float) -> Answered:
    """The answer to one request; redirects are not followed: they would carry the secret elsewhere.

    Raises GatewaySilent and NotAnAddress.
    """
    connection, path = _connection(url, timeout_s)
    try:
        with cut_after(connection, WHOLE_S) as was_cut:
            connection.request(method, path, body=body or None, headers=dict(headers))
            answer = connection.getresponse()
            answered = Answered(answer.status, answer.read(ANSWER_BYTES))
        if was_cut.is_set():
            raise GatewaySilent(f"{WHOLE_S:g}秒内没有答复完")
        return answered  # noqa: TRY300  # what was cut reads like an answer that ended
    except TimeoutError as late:
        raise GatewaySilent(f"{timeout_s:g}秒内没有答复") from late
    except ssl.SSLError as untrusted:
        raise GatewaySilent(
            f"加密连接失败（{untrusted.reason or type(untrusted).__name__}），请核对证书"
        ) from untrusted
    except (OSError, HTTPException, UnicodeError, ValueError) as broken:
        raise GatewaySilent(f"连接失败（{type(broken).__name__}），请检查网络和地址") from broken
    finally:
        connection.close()


def _connection(url: str, timeout_s: float) -> tuple[HTTPConnection, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as wrong:
        raise NotAnAddress("地址不能识别，请按 https://主机/路径 填写") from wrong
    if parts.scheme not in ("http", "https") or not host:
        raise NotAnAddress("地址应以 https:// 或 http:// 开头，请核对")
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    if parts.scheme == "https":
        return HTTPSConnection(host, port, timeout=timeout_s, context=trust()), path
    return HTTPConnection(host, port, timeout=timeout_s), path


def trust() -> ssl.SSLContext:
    """Whom we believe: the system's authorities, and those of the unit's own file where there is one."""
    context = ssl.create_default_context()
    own = Path(settings.DATA.root) / "keys" / "gateways" / AUTHORITY
    if own.is_file():
        context.load_verify_locations(own)
    return context


@contextmanager
def cut_after(connection: HasSocket, seconds: float) -> Iterator[Event]:
    """End the connection after so long, and say so: an answer that drips byte by byte keeps within every single wait."""
    was_cut = Event()

    def cut() -> None:
        was_cut.set()
        with suppress(OSError, AttributeError):
            if connection.sock is not None:
                connection.sock.shutdown(SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield was_cut
    finally:
        timer.cancel()
