"""Wire syntax of family A: `header~record~record~||`, fields by `;`, and the faults writers really make around it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from kuangan.monitor.feeds.errors import FeedError

MAX_BYTES: Final = 20 * 1024 * 1024
END: Final = b"||"
_BOM: Final = b"\xef\xbb\xbf"
_BLANK: Final = b" \t\x00"
_BEHIND: Final = bytes(range(0x21)) + b"\x7f"
"""What may stand behind the end mark: blanks, line ends and what old writers end a text with (0x1A)."""
_CUT: Final = "\ufffd"
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_GUESSED: Final = 2
"""So many Han characters may come about by chance when cut UTF-8 is read as GB18030; its own text has more."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The body in its plain form: UTF-8 bytes before the end mark, and what had to be repaired to get there."""

    body: bytes
    notes: tuple[str, ...]


def strip_wrapping(data: bytes) -> Plain:
    """Take off BOM, JSON quotes, line ends, non-UTF-8 encodings and the end mark. A cut character becomes U+FFFD.

    Raises FeedError: too_large, empty, encoding, wrong_family, incomplete.
    """
    check_size(data)
    notes: list[str] = []
    if data.startswith(_BOM):
        data = data[len(_BOM) :]
        notes.append("文件开头有 BOM，已去除")
    text = _decoded(data, notes)
    trimmed = text.rstrip(_BEHIND.decode())
    if text.rstrip(_BLANK.decode() + "\r\n") != trimmed:
        text = trimmed
        notes.append("文件末尾有控制字符，已去除")
    if text.lstrip()[:1] == '"':
        text = _unquoted(text, notes)
    if "\r" in text or "\n" in text:
        text = text.replace("\r", "").replace("\n", "")
        notes.append("记录之间有换行，已去除")
    body = text.encode()
    check_family(body)
    return Plain(without_end(body), tuple(notes))


def check_size(data: bytes) -> None:
    """Refuse what no honest mine sends."""
    if not data.strip():
        raise FeedError("empty", "文件为空", "文件内容", "请检查上传程序是否在写完文件之前就上传。")
    if len(data) > MAX_BYTES:
        raise FeedError(
            "too_large",
            f"文件超过 20 MB（实际 {len(data):,} 字节）",
            "文件大小",
            "请按规定周期分次上传，不要合并文件。",
        )


def without_end(body: bytes) -> bytes:
    """The body before its end mark `||`; without one the writer has not finished."""
    trimmed = body.rstrip(_BEHIND)
    if not trimmed.endswith(END):
        raise FeedError(
            "incomplete",
            "文件不完整，缺少结束标志“||”",
            "文件末尾",
            "系统稍后重试；若一直缺少，请检查上传程序是否写完文件。",
        )
    return trimmed[: -len(END)]


def check_family(body: bytes) -> None:
    """Recognise the other wire syntaxes by their first and last bytes, so that the operator is told which it is."""
    head, tail = body[:64].lstrip(), body[-64:].rstrip(_BEHIND)
    if head.startswith(b"<"):
        family = "XML 格式（地方标准 DB14/T 671）"
    elif head.startswith((b"{", b"[")):
        family = "JSON 格式"
    elif tail.endswith(b"]]]"):
        family = "非煤矿山格式（以“]]]”结束）"
    elif head.startswith(b"KJ;") or (head[4:5] == b"-" and head[7:8] == b"-"):
        family = "联网备查格式（以时间或“KJ”开头）"
    else:
        return
    raise FeedError(
        "wrong_family", f"文件是{family}，不是 MT/T 1201 文本", "文件开头或末尾", "请在数据接入中核对该矿的上传格式。"
    )


def records_of(body: bytes) -> list[bytes]:
    """Non-empty segments; the first one is the header."""
    return [segment for segment in body.split(b"~") if segment]


def _decoded(data: bytes, notes: list[str]) -> str:
    """The text. UTF-8 with some cut characters stays UTF-8: read as GB18030 it would rename every point."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    for encoding, note in (("utf-8", ""), ("gb18030", "文字编码为 GB18030，已转为 UTF-8")):
        text = data.decode(encoding, "replace")
        broken, whole = text.count(_CUT), len(_HAN.findall(text))
        if (broken <= whole + 1) if encoding == "utf-8" else (whole > _GUESSED and 4 * broken <= whole):
            notes.extend([note] if note else [])
            notes.extend([f"有 {broken} 处字符残缺，以“{_CUT}”代替"] if broken else [])
            return text
    raise FeedError(
        "encoding", "文字编码既不是 UTF-8 也不是 GB18030", f"第 {at + 1} 个字节", "请让上传程序按 UTF-8 写文件。"
    )


def _unquoted(text: str, notes: list[str]) -> str:
    try:
        inner = json.loads(text)
    except ValueError:
        inner = None
    if not isinstance(inner, str):
        raise FeedError(
            "incomplete", "文件以引号开头但引号不成对", "文件首尾", "请让上传程序直接写文本，不要写成带引号的字符串。"
        )
    notes.append("整个文件被写成带引号的字符串，已还原")
    return _SURROGATE.sub(_CUT, inner)
