"""What stands before the pages: no large body from a stranger, and words instead of waiting while the database is gone."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final
from weakref import WeakValueDictionary

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http.cookie import parse_cookie
from django.template.loader import render_to_string

from kuangan.base import clock
from kuangan.host.connection_limits import KILOBYTE, MEGABYTE, ConnectionLimits, open_files
from kuangan.web.gate.database_watch import DatabaseWatch

# Any: the ASGI protocol's own loose dictionaries
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

STRANGERS_BODY: Final = 64 * KILOBYTE
"""Bytes that somebody who is not known may send: a log-in."""
PROGRAMS_BODY: Final = 8 * MEGABYTE
FORM_ROOM: Final = 8 * MEGABYTE
"""Bytes of a form besides its files."""
SMALL_BODY: Final = MEGABYTE
"""Up to here a body is read without asking whether its session lives."""
CONNECTIONS: Final = 800
RETRY_AFTER_S: Final = 5
STRANGERS_AT_ONCE: Final = 16
"""The same of strangers from one address: behind it stands perhaps a whole office, of which one must not keep the others from logging in."""
AT_ONCE: Final = 4
"""Requests of one sender that are answered at the same time: all pages share one interpreter, and a crowd of one person's keeps nobody waiting but him."""
STATUS_PATH: Final = "/status/"
STREAM_PATH: Final = "/live/"


def limits() -> ConnectionLimits:
    """What the pages' server grants; behind a proxy every connection comes from one address."""
    by_address = 0 if settings.KUANGAN_BEHIND_PROXY else ConnectionLimits.by_address
    return ConnectionLimits(largest_body, connections=open_files(CONNECTIONS), by_address=by_address)


def largest_body(scope: Mapping[str, Any]) -> int:
    """Bytes that the body of this request may have, by its headers alone."""
    names = {name for name, _ in scope["headers"]}
    if scope["path"].startswith("/api/"):
        return PROGRAMS_BODY if b"authorization" in names else STRANGERS_BODY
    if not _session_key(scope):
        return STRANGERS_BODY
    largest: int = settings.KUANGAN_ATTACHMENT_MAX_BYTES
    return largest + FORM_ROOM


class Guard:
    """An ASGI application around another one."""

    def __init__(self, application: Application, watch: DatabaseWatch) -> None:
        self.application = application
        self.watch = watch
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it in."""
        if scope["type"] != "http" or scope["path"].startswith(settings.STATIC_URL):
            await self.application(scope, receive, send)
        elif self.watch.down_since is not None:
            await _answer(send, 503, *_without_database(scope, self.watch.down_since))
        elif _is_large(scope) and not await sync_to_async(_session_lives)(_session_key(scope)):
            await _answer(send, 403, "未登录，不能上传", "登录已失效，文件未接收。请重新登录后再上传。")
        else:
            await self._watched(scope, receive, send)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in; when the database falls before its answer has begun, say so instead of waiting."""
        begun = False

        async def noted(message: Mapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        with self.watch.fall() as fall:
            answering = asyncio.ensure_future(self._in_turn(scope, receive, noted))
            falling = asyncio.ensure_future(fall.wait())
            try:
                await asyncio.wait({answering, falling}, return_when=asyncio.FIRST_COMPLETED)
                if not answering.done() and not begun:
                    answering.cancel()
                    since = self.watch.down_since or clock.wall_now()
                    await _answer(send, 503, *_without_database(scope, since))
                    return
                await answering
            finally:
                falling.cancel()
                if not answering.done():
                    answering.cancel()

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in when its sender has fewer than ``AT_ONCE`` others inside; streams, which stay open, are counted elsewhere."""
        sender, at_once = _sender(scope)
        if not sender or scope["path"] == STREAM_PATH:
            await self.application(scope, receive, send)
            return
        turns = self._turns.get(sender)
        if turns is None:
            turns = self._turns[sender] = asyncio.Semaphore(at_once)
        async with turns:
            await self.application(scope, receive, send)


def _sender(scope: Scope) -> tuple[str, int]:
    """Who sends, and how many of his requests are answered at once: by session, by key, or by address, which a proxy of ours tells."""
    keys = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
    if known := _session_key(scope) or "".join(keys):
        return known, AT_ONCE
    address = (scope.get("client") or ("",))[0]
    untold = settings.KUANGAN_BEHIND_PROXY and address in settings.KUANGAN_PROXIES
    return "" if untold else address, STRANGERS_AT_ONCE


def _is_large(scope: Scope) -> bool:
    """Whether the body is declared larger than a form usually is, or of unknown size."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    chunked = b"chunked" in headers.get(b"transfer-encoding", b"").lower()
    return not scope["path"].startswith("/api/") and (chunked or (length.isdigit() and int(length) > SMALL_BODY))


def _session_key(scope: Mapping[str, Any]) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            return parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
    return ""


def _session_lives(key: str) -> bool:
    from importlib import import_module

    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return bool(key) and SESSION_KEY in store


def _without_database(scope: Scope, since: datetime) -> tuple[str, str]:
    """Title and advice while the database is gone."""
    advice = (
        f"数据库自{clock.civil(since):%H:%M:%S}起没有应答，平台正在自动恢复，{RETRY_AFTER_S}秒后可重试。"
        "已上传的监测数据照常接收、落盘，不会丢失；未提交的内容请保留在页面上。"
    )
    if scope["path"] == STATUS_PATH:
        from kuangan.web.admin.status import processes

        states = [f"{process.name}{'运行' if process.alive else '未运行'}" for process in processes()]
        advice += "进程情况：" + ("、".join(states) or "不明（平台不是由 kuangan up 启动）") + "。"
    return "数据库暂不可用", advice


async def _answer(send: Send, status: int, title: str, advice: str) -> None:
    page = render_to_string("frame/error_bare.html", {"status": status, "title": title, "advice": advice})
    content = page.encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        *([(b"retry-after", str(RETRY_AFTER_S).encode())] if status == 503 else []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
