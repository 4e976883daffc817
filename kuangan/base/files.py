"""Small files that must never be half written: aside, synced, renamed; and what is said when one cannot be read."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


class UnreadableFile(Exception):
    """A small file of the data folder that is empty or damaged; the message is Chinese: which file, and what to do."""


def replace_file(target: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Put ``content`` in the place of ``target``: after a power cut either the old or the new content is there, whole."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)


def make_file_once(target: Path, content: bytes, *, mode: int = 0o600) -> bytes:
    """The content of ``target``, which is made with ``content`` when it is missing; several processes may ask at once."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not target.exists():
        try:
            replace_file(draft, content, mode=mode)
            os.link(draft, target)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(target.parent)
    return target.read_bytes()


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_json(path: Path, *, remedy: str) -> Any:
    """The JSON value in ``path``. FileNotFoundError when it is missing; UnreadableFile, with ``remedy``, when it is damaged."""
    content = path.read_bytes()
    try:
        return json.loads(content)
    except ValueError as damaged:
        fault = "是空文件" if not content.strip() else "内容已损坏"
        raise UnreadableFile(f"{path} {fault}，{remedy}") from damaged
