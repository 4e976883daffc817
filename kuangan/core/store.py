"""Stored bytes: one file per content in the data folder, named by its SHA-256, never changed once written."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from kuangan.base import space
from kuangan.core.errors import Refused

CHUNK = 1024 * 1024


class ContentTooLarge(Exception):
    """The content has more bytes than it may."""


class NoRoom(Refused):
    """The disk takes nothing more in; whoever wanted to store something is told so."""

    def __init__(self) -> None:
        super().__init__("平台磁盘空间不足，本次操作未完成；请稍后重试，并告知平台运行单位。")


@dataclass(frozen=True)
class ContentDraft:
    """Content that lies in the store's own folder but has no name yet."""

    file: BinaryIO
    path: Path
    sha256: str
    size: int


def content_path(sha256: str) -> Path:
    """Where the content with this digest lies, whether or not it is there."""
    folder: Path = settings.DATA.root / "content"
    return folder / sha256[:2] / sha256


def read_content(sha256: str) -> bytes:
    """The content with this digest. Raises FileNotFoundError when it is gone, ValueError when it was changed on disk."""
    content = content_path(sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"stored content {sha256} was changed on disk; restore it from the backup")
    return content


@contextmanager
def draft_content(source: BinaryIO, *, largest: int) -> Iterator[ContentDraft]:
    """Copy `source` into the store as a draft that disappears afterwards unless it is kept. Raises TooLarge, NoRoom."""
    folder = settings.DATA.root / "content"
    folder.mkdir(parents=True, exist_ok=True)
    if space.is_short(settings.DATA.root):
        raise NoRoom
    descriptor, name = tempfile.mkstemp(dir=folder, prefix="draft-")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            hashed, size = hashlib.sha256(), 0
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > largest:
                    raise ContentTooLarge
                hashed.update(chunk)
                file.write(chunk)
            file.flush()
            yield ContentDraft(file, path, hashed.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)


def keep_content(draft: ContentDraft) -> None:
    """Give the draft its name, on disk for good before this returns; the same content twice is one file."""
    target = content_path(draft.sha256)
    try:
        os.utime(target)  # young again: the sweep over unnamed bytes leaves it until its new row is there
    except FileNotFoundError:
        pass
    else:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    os.fsync(draft.file.fileno())
    draft.path.replace(target)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
