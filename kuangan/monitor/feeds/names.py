"""What a file says about itself before it is parsed: name, type, mine and time. Cheap enough for the upload path."""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import zstandard

from kuangan.monitor.feeds.errors import FeedError
from kuangan.monitor.feeds.layouts import layouts
from kuangan.monitor.feeds.reader import read_header
from kuangan.monitor.feeds.segments import END, MAX_BYTES, check_size, records_of, strip_wrapping, without_end
from kuangan.monitor.times import parse_beijing

_NAME: Final = re.compile(r"([0-9A-Za-z]{6,20})_([A-Za-z]{4,8})_(\d{14})\d{0,6}\.txt", re.ASCII | re.IGNORECASE)
_HEAD: Final = 4096
_TAIL: Final = 64


@dataclass(frozen=True, slots=True)
class FileName:
    """`<煤矿编码>_<TYPE>_<yyyyMMddHHmmss>.txt`, longer time stamps cut to seconds."""

    mine_code: str
    type: str
    at: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Family, type, mine and file time of a body."""

    type: str
    mine_code: str
    file_at: int
    family: str = "A"


def parse_name(name: str) -> FileName:
    """Parts of a file name; a folder in front is ignored. Raises FeedError bad_name."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    match = _NAME.fullmatch(base)
    try:
        if match is None:
            raise ValueError(base)  # noqa: TRY301  # one refusal for both faults
        at = parse_beijing(f"{datetime.strptime(match[3], '%Y%m%d%H%M%S'):%Y-%m-%d %H:%M:%S}")  # noqa: DTZ007  # zone added there
    except ValueError:
        raise FeedError(
            "bad_name", f"文件名“{base[:80]}”不符合规定", "文件名", "文件名应为“煤矿编码_类型_年月日时分秒.txt”。"
        ) from None
    return FileName(match[1], match[2].upper(), at)


def identify(
    data: bytes,
    name: str | None = None,
    type: str | None = None,  # noqa: A002  # the word of the format
    mine_codes: Collection[str] | None = None,
) -> Identity:
    """Who sent what, from name and header alone. Raises FeedError, also when name and header disagree on the mine."""
    named = parse_name(name) if name else None
    records = _first_records(data)
    code = _type_of(type or (named.type if named else None), records)
    header = read_header(records[0] if records else "", layouts()[code].header, mine_codes)
    if named and mine_codes is None and named.mine_code != header.mine_code:
        raise _names_disagree(named.mine_code, header.mine_code)
    if named and mine_codes is not None and named.mine_code not in mine_codes:
        raise _names_disagree(named.mine_code, header.mine_code)
    return Identity(code, header.mine_code, header.at)


def unzstd(body: bytes) -> bytes:
    """The decoded body of a zstd upload, never more than the size limit of a file. Raises FeedError."""
    try:
        with zstandard.ZstdDecompressor(max_window_size=MAX_BYTES).stream_reader(io.BytesIO(body)) as reader:
            data = reader.read(MAX_BYTES + 1)
    except zstandard.ZstdError:
        raise FeedError(
            "bad_compression", "zstd 压缩内容已损坏", "上传内容", "请重新压缩后上传，或不压缩直接上传。"
        ) from None
    if len(data) > MAX_BYTES:
        raise FeedError("too_large", "文件解压后超过 20 MB", "文件大小", "请按规定周期分次上传，不要合并文件。")
    return data


def _first_records(data: bytes) -> list[str]:
    """Header and first record; only the ends of the file are read unless it is wrapped in some unusual way."""
    plain_start = data[:1] not in (b'"', b"\xef") and not data[:1].isspace()
    if len(data) > 2 * _HEAD and plain_start:
        head = data[:_HEAD]
        complete = head[: head.rfind(b"~") + 1]
        if complete.count(b"~") >= 2:
            check_size(data)
            without_end(data[-_TAIL:].replace(b"\r", b"").replace(b"\n", b""))
            data = complete + END
    return [part.decode() for part in records_of(strip_wrapping(data).body)[:2]]


def _type_of(claimed: str | None, records: list[str]) -> str:
    known = layouts()
    if claimed is not None:
        if claimed.upper() in known:
            return claimed.upper()
        raise FeedError(
            "unknown_type",
            f"文件类型“{claimed[:16]}”尚不接收",
            "文件名或上传参数",
            f"目前接收：{'、'.join(f'{layout.type}（{layout.title}）' for layout in known.values())}。",
        )
    fields = len(records[1].split(";")) if len(records) > 1 else 0
    for layout in known.values():
        if len(layout.fields) == fields:
            return layout.type
    raise FeedError(
        "unknown_type",
        f"无法判断文件类型：第 1 条记录有 {fields} 个字段",
        "文件内容",
        "请按“煤矿编码_类型_年月日时分秒.txt”命名，或在上传时注明类型。",
    )


def _names_disagree(named: str, header: str) -> FeedError:
    return FeedError(
        "mine_mismatch",
        f"文件名中的煤矿编码 {named} 与文件头的 {header} 不一致",
        "文件名与文件头",
        "请核对上传程序中的煤矿编码。",
    )
