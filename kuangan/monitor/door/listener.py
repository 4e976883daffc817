"""The upload door: a raw ASGI application for `POST /api/feeds` and `GET /health`. Django never sees an upload."""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypedDict
from urllib.parse import unquote

from kuangan.base import clock
from kuangan.monitor.door.quota import Quota
from kuangan.monitor.feeds import FeedError, identify, unzstd
from kuangan.monitor.journal import JournalError
from kuangan.monitor.journal.frames import Encoding

_log = logging.getLogger(__name__)

# Any: the ASGI protocol's own loose dictionaries
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST = 20 << 20
"""Bytes of an upload as sent; decoded it may have as many."""
AT_ONCE = 64
"""Uploads of one key that may be under way at the same time."""
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Upload:
    """One accepted body: who sent it, under what name, as it came and decoded."""

    mine: str
    name: str
    type: str
    file_at: int
    stored: bytes
    encoding: Encoding
    content: bytes
    fault: FeedError | None = None
    ahead: int = 0
    """Seconds by which the clock that set the data's times was ahead of `file_at`; known for files taken up again only."""

    def frame(self) -> "JournalArguments":
        """What the journal keeps of it."""
        return JournalArguments(
            mine=self.mine,
            type=self.type,
            name=self.name,
            body=self.stored,
            encoding=self.encoding,
            source_at=self.file_at + self.ahead,
            file_at=self.file_at,
        )


class JournalArguments(TypedDict):
    """The arguments of the journal that an upload gives; times in seconds UTC, 0 when the file has no readable header."""

    mine: str
    type: str
    name: str
    body: bytes
    encoding: Encoding
    source_at: int
    file_at: int


class Intake(Protocol):
    """What the door needs from the service behind it."""

    def mine_of(self, digest: str) -> str | None:
        """The code of the mine whose token has this SHA-256."""

    def codes_of(self, mine: str) -> frozenset[str]:
        """The codes that files of a mine may carry today."""

    async def keep(self, upload: Upload) -> int:
        """The journal number, once the upload is on disk. Waits while too much is in work."""

    def full_disk(self) -> str:
        """What to say when the disk takes nothing more (Chinese), else ""."""

    def health(self) -> dict[str, Any]:
        """How the service does; `ok` false makes it 503."""


class RefusedUpload(Exception):
    """An answer other than 202, with a text for the people who run the upload program."""

    def __init__(self, status: int, error: str, message: str, seq: int | None = None) -> None:
        super().__init__(message)
        self.status, self.error, self.message, self.seq = status, error, message, seq


def largest_body(scope: Mapping[str, Any]) -> int:
    """Bytes after which the server itself ends a request; up to here the door refuses what is too large in words."""
    return 2 * LARGEST if scope["path"] == "/api/feeds" else 0


class Listener:
    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._under_way: Counter[str] = Counter()
        self._quota = Quota()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            status, body = await self._answer(scope, receive)
        except RefusedUpload as refusal:
            status, body = refusal.status, {"error": refusal.error, "message": refusal.message}
            if refusal.seq is not None:
                body["seq"] = refusal.seq
        await _respond(send, status, body)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, dict[str, Any]]:
        path, method = scope["path"], scope["method"]
        if path == "/health":
            if method not in {"GET", "HEAD"}:
                raise RefusedUpload(405, "method", "本地址只接受 GET 请求。")
            health = self._intake.health()
            return (200 if health["ok"] else 503), health
        if path != "/api/feeds":
            raise RefusedUpload(404, "not_found", "没有这个地址；上传文件请用 POST /api/feeds。")
        if method != "POST":
            raise RefusedUpload(405, "method", "上传文件请用 POST 请求。")
        return await self._upload(_headers(scope), receive)

    async def _upload(self, headers: dict[bytes, bytes], receive: Receive) -> tuple[int, dict[str, Any]]:
        mine, token = self._sender(headers)
        name, encoding = _name(headers), _encoding(headers)
        if full := self._intake.full_disk():
            raise RefusedUpload(503, "disk_full", full)
        if self._under_way[token] >= AT_ONCE:
            raise RefusedUpload(
                429, "too_many", f"同一密钥同时上传的文件超过 {AT_ONCE} 个，请在前面的文件有答复后再传。"
            )
        today = clock.civil_date(clock.now())
        if excess := self._quota.excess(token, today):
            raise RefusedUpload(
                429, "quota", f"{excess}，请检查上传程序是否重复上传；确需补传的请于次日继续或与监管部门联系。"
            )
        self._under_way[token] += 1
        try:
            stored = await _body(headers, receive)
            self._quota.count(token, len(stored), today)
            return await self._keep(inspect(mine, name, encoding, stored, self._intake.codes_of(mine)), token, today)
        finally:
            self._under_way[token] -= 1
            if not self._under_way[token]:
                del self._under_way[token]

    async def _keep(self, upload: Upload, token: str, today: date) -> tuple[int, dict[str, Any]]:
        digest = hashlib.sha256(upload.stored).hexdigest() if upload.fault is not None else ""
        if upload.fault is not None:
            known = self._quota.kept_as(token, digest, today)
            if known is not None:
                raise RefusedUpload(422, upload.fault.kind, str(upload.fault), known)
            if self._quota.is_noisy(token, today):
                raise RefusedUpload(429, "too_many_refused", f"今日被退回的文件过多，本文件未保存：{upload.fault}")
        try:
            seq = await self._intake.keep(upload)
        except (JournalError, OSError) as error:
            raise RefusedUpload(503, "not_kept", f"文件未能落盘，请稍后重传：{error}") from error
        if upload.fault is not None:
            self._quota.count_refused(token, digest, seq, today)
            raise RefusedUpload(422, upload.fault.kind, str(upload.fault), seq)
        return 202, {"seq": seq}

    def _sender(self, headers: dict[bytes, bytes]) -> tuple[str, str]:
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            raise RefusedUpload(401, "no_token", "缺少接入密钥：请在 Authorization 请求头中填写“Bearer 密钥”。")
        digest = hashlib.sha256(token.strip()).hexdigest()
        mine = self._intake.mine_of(digest)
        if mine is None:
            raise RefusedUpload(401, "bad_token", "接入密钥无效或已停用，请向监管部门重新申领。")
        return mine, digest


def _headers(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope["headers"])


def _name(headers: dict[bytes, bytes]) -> str:
    name = unquote(headers.get(b"x-feed-file", b"").decode("latin-1")).replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RefusedUpload(
            400,
            "no_name",
            f"请在 X-Feed-File 请求头中填写文件名（煤矿编码_类型_年月日时分秒.txt，不超过 {LONGEST_NAME} 字）。",
        )
    return name


def _encoding(headers: dict[bytes, bytes]) -> Encoding:
    encoding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
    if encoding == "zstd":
        return "zstd"
    if encoding == "identity":
        return "identity"
    raise RefusedUpload(415, "bad_encoding", f"不支持压缩方式“{encoding[:20]}”，可用 zstd 压缩或不压缩。")


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > LARGEST:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedUpload(400, "broken_off", "上传中断，文件未接收，请重传。")
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body"):
            break
    if not size:
        raise RefusedUpload(400, "empty", "上传内容为空，请检查上传程序。")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large() -> RefusedUpload:
    return RefusedUpload(413, "too_large", "文件超过 20 MB，请按规定周期分次上传，不要合并文件。")


def inspect(mine: str, name: str, encoding: Encoding, stored: bytes, codes: frozenset[str] | None = None) -> Upload:
    """The upload with what is wrong with it at first sight; a refused file is kept, too, as evidence.

    A body that can't be decoded is kept as it came, and is its own content. Whatever goes wrong is this file's fault.
    """
    try:
        return _inspect(mine, name, encoding, stored, codes or frozenset({mine}))
    except Exception:  # noqa: BLE001  (whatever it is, it must not end door or folder)
        _log.exception("a file of mine %s cannot be inspected", mine)
        fault = FeedError("unreadable", "文件内容无法识别", "文件内容", "请核对上传程序；原始文件已保留。")
        return Upload(mine, name, "", 0, stored, "identity", stored, fault)


def _inspect(mine: str, name: str, encoding: Encoding, stored: bytes, codes: frozenset[str]) -> Upload:
    try:
        content = unzstd(stored) if encoding == "zstd" else stored
    except FeedError as fault:
        return Upload(mine, name, "", 0, stored, "identity", stored, fault)
    try:
        kind = identify(content, name=name, mine_codes=codes)
    except FeedError as fault:
        return Upload(mine, name, "", 0, stored, encoding, content, fault)
    return Upload(mine, name, kind.type, kind.file_at, stored, encoding, content)


async def _respond(send: Send, status: int, body: dict[str, Any]) -> None:
    content = json.dumps(body, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(content)).encode())]
    if status in {429, 503}:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
