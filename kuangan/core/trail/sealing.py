"""Signing the trail's nightly seals with a key outside the database, and proving a seal that was handed over.

A seal as it leaves the platform is one JSON object on a line: ``{"day", "first", "last", "prev", "digest", "at",
"signature", "key"}``; ``signature`` and ``key`` (the public one) are hexadecimal Ed25519. Whoever keeps such a line can
prove later that nothing up to its day was changed, whatever happened to the database meanwhile.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from kuangan.base.digest import canonical
from kuangan.core.models import EventHead
from kuangan.host.data_folder import DataFolder
from kuangan.host.keys import outside_key

KEY_NAME = "seal"
SPOKEN_DIGITS = 20


def sign(seal_digest: str) -> str:
    """The signature of this installation over a seal's digest."""
    return _private_key().sign(_signed_text(seal_digest)).hex()


def is_signed(seal: EventHead) -> bool:
    """Whether this installation's key signed the seal."""
    return _fits(public_key(), seal.digest, seal.signature)


def public_key() -> str:
    """The key by which others can check signatures, hexadecimal; it is no secret."""
    return _private_key().public_key().public_bytes_raw().hex()


def anchor_line(seal: EventHead) -> str:
    """The seal as it is handed over; see the module's docstring."""
    content = {
        "day": seal.day.isoformat(),
        "first": seal.first_id,
        "last": seal.last_id,
        "prev": seal.prev_digest,
        "digest": seal.digest,
        "at": seal.at.isoformat(),
        "signature": seal.signature,
        "key": public_key(),
    }
    return json.dumps(content)


def spoken(seal: EventHead) -> str:
    """The seal's digest as twenty decimal digits in groups of four, to be read over the phone."""
    digits = str(int(seal.digest, 16))[-SPOKEN_DIGITS:].zfill(SPOKEN_DIGITS)
    return " ".join(digits[place : place + 4] for place in range(0, SPOKEN_DIGITS, 4))


@dataclass(frozen=True)
class Anchor:
    """A seal that was handed over."""

    day: str
    last_id: int
    digest: str
    signature: str
    key: str


class AnchorUnreadable(Exception):
    """A line that is no seal; the message is Chinese and says which."""


def read_anchors(lines: Iterable[str]) -> list[Anchor]:
    """The seals of a file that was handed over; empty lines are passed over. Raises AnchorUnreadable."""
    anchors = [_read(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not anchors:
        raise AnchorUnreadable("文件中没有封存记录，请使用平台导出的锚定文件。")
    return anchors


def _read(number: int, line: str) -> Anchor:
    try:
        read = json.loads(line)
        return Anchor(read["day"], int(read["last"]), read["digest"], read["signature"], read["key"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise AnchorUnreadable(f"第{number}行不是封存记录，请使用平台导出的锚定文件。") from wrong


def misfit(anchor: Anchor, seal: EventHead | None) -> str:
    """Why the seal in the database is not the one that was handed over, in Chinese; empty when it is."""
    if not _fits(anchor.key, anchor.digest, anchor.signature):
        return "锚定文件的签名不成立，文件本身被改动"
    if anchor.key != public_key():
        return "锚定文件由另一把封存密钥签名，本机密钥被更换"
    if seal is None:
        return "数据库中已没有这一日的封存，有记录被删除"
    if (seal.digest, seal.last_id, seal.signature) != (anchor.digest, anchor.last_id, anchor.signature):
        return "数据库中的封存与交出时不同，当日或以前的记录被改动"
    return ""


def _signed_text(seal_digest: str) -> bytes:
    return canonical(["kuangan seal", seal_digest])


def _fits(key: str, seal_digest: str, signature: str) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), _signed_text(seal_digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def _private_key() -> Ed25519PrivateKey:
    return _key_below(settings.DATA.root)


@lru_cache(maxsize=8)
def _key_below(root: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(outside_key(DataFolder(root), KEY_NAME))
