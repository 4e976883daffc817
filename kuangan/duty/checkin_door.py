"""The check-in door: a raw ASGI application for ``POST /api/duties/<id>/checkins``. Django never sees a request."""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
)

from kuangan.base.strict_json import read_strict
from kuangan.base.text import clean_text, is_clean
from kuangan.core.apart import apart, is_lost
from kuangan.duty.checkins import Answer, Checkin, refusal, write_checkins

# Any: the ASGI protocol's own loose dictionaries
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
PATH: Final = re.compile(r"/api/duties/(\d{1,18})/checkins")
LARGEST: Final = 16 << 10
LONGEST_NAME: Final = 60
LONGEST_NOTE: Final = 1000
GATHER_SECONDS: Final = 0.003
"""How long the first request of a batch waits for others."""
WRITERS: Final = 2
"""Batches under way at once: while one waits for the disk the next is made ready."""
BATCH: Final = 400
WAITING: Final = 4000


class RefusedCheckin(Exception):
    """A request that is answered without looking at its duty."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.answer = refusal(status, error, message)


class CheckinDoor:
    """The ASGI application. Requests of a few milliseconds are written together by one thread."""

    def __init__(self, write: Callable[[list[Checkin]], list[Answer]] = write_checkins) -> None:
        self._write = write
        self._waiting: list[tuple[Checkin, asyncio.Future[Answer]]] = []
        self._writers: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(WRITERS, thread_name_prefix="checkins")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, once what it asked for is on disk."""
        try:
            answer = await self._submit(await _checkin(scope, receive))
        except RefusedCheckin as no:
            answer = no.answer
        await _respond(send, answer)

    async def _submit(self, checkin: Checkin) -> Answer:
        if len(self._waiting) >= WAITING:
            raise RefusedCheckin(503, "busy", "报送过于集中，请5秒后重试。")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((checkin, done))
        if len(self._writers) < WRITERS:
            writer = loop.create_task(self._drain())
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        return await done

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(GATHER_SECONDS)
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if not batch:
                return
            answers = await loop.run_in_executor(self._threads, self._written, [checkin for checkin, _ in batch])
            for (_, done), answer in zip(batch, answers, strict=True):
                if not done.cancelled():
                    done.set_result(answer)

    def _written(self, checkins: list[Checkin]) -> list[Answer]:
        """Write a batch; when that fails, in ever smaller parts, so that none is refused for its neighbours' sake."""
        try:
            close_old_connections()
            return self._write(checkins)
        except Exception as error:
            log.exception("%d check-ins were not written together", len(checkins))
            if len(checkins) == 1 or is_lost(error):
                connection.close()
                return [_failed(error)] * len(checkins)
        return self._apart(checkins)

    def _apart(self, checkins: list[Checkin]) -> list[Answer]:
        """Write what can be written; the answers in the order of the requests."""
        answers: dict[int, Answer] = {}

        def write(part: Sequence[tuple[int, Checkin]]) -> None:
            written = self._write([checkin for _, checkin in part])
            answers.update((place, answer) for (place, _), answer in zip(part, written, strict=True))

        try:
            _, aside = apart(list(enumerate(checkins)), write, most=len(checkins))
        except (InterfaceError, OperationalError) as lost:
            log.warning("the connection to the database was lost among %d check-ins", len(checkins))
            connection.close()
            return [_failed(lost)] * len(checkins)  # whose commit was lost is not known; sent again, each counts once
        for refused in aside:
            log.warning("the check-in %r to duty %d is refused", refused.row[1].client_id, refused.row[1].duty_id)
            answers[refused.row[0]] = _failed(refused.error)
        return [answers[place] for place in range(len(checkins))]


def _failed(error: Exception) -> Answer:
    """The answer to a check-in that could not be written: come again, unless its own content is at fault."""
    if isinstance(error, (DataError, IntegrityError, ValueError, OverflowError)):
        return refusal(400, "bad_content", "本条内容无法保存，请核对 client_id、done_at 和 note 后重新报送。")
    return refusal(503, "not_kept", "暂时无法写入，请5秒后重试。")


async def _checkin(scope: Scope, receive: Receive) -> Checkin:
    path = PATH.fullmatch(scope["path"])
    if path is None:
        raise RefusedCheckin(404, "not_found", "没有这个地址；报送请用 POST /api/duties/事项编号/checkins。")
    if scope["method"] != "POST":
        raise RefusedCheckin(405, "method", "报送请用 POST 请求。")
    headers = dict(scope["headers"])
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not token.strip():
        raise RefusedCheckin(401, "no_token", "缺少报送密钥：请在 Authorization 请求头中填写“Bearer 密钥”。")
    values = _values(await _body(receive))
    return Checkin(
        duty_id=int(path[1]),
        token=hashlib.sha256(token.strip()).hexdigest(),
        client_id=_client_id(values),
        done_at=_moment(values.get("done_at")),
        note=_note(values.get("note", "")),
    )


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedCheckin(400, "broken_off", "请求中断，未接收，请重试。")
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST:
            raise RefusedCheckin(413, "too_large", f"请求内容超过 {LARGEST >> 10} KB。")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _values(body: bytes) -> dict[str, Any]:
    try:
        values = read_strict(body)
    except ValueError:
        raise RefusedCheckin(400, "bad_json", "请求内容不是有效的 JSON。") from None
    if not isinstance(values, dict):
        raise RefusedCheckin(400, "bad_json", "请求内容应为 JSON 对象：client_id、done_at、note。")
    return values


def _client_id(values: dict[str, Any]) -> str:
    name = values.get("client_id")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise RefusedCheckin(
            400, "bad_client_id", f"client_id 应为 1 至 {LONGEST_NAME} 个字符，每次办理各用一个，重传时不变。"
        )
    return name


def _moment(written: object) -> datetime:
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
        exact = moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        exact = None
    if exact is None:
        raise RefusedCheckin(400, "bad_done_at", "done_at 应为带时区的时间，例如 2026-03-10T10:00:00+08:00。")
    return exact


def _note(written: object) -> str:
    if not isinstance(written, str) or len(written) > LONGEST_NOTE or not is_clean(written):
        raise RefusedCheckin(400, "bad_note", f"note 应为不超过 {LONGEST_NOTE} 字的文字，不含控制字符和残缺字符。")
    return clean_text(written)


async def _respond(send: Send, answer: Answer) -> None:
    content = json.dumps(answer.body, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(content)).encode())]
    if answer.status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
