"""Signing the trail's nightly seals with a key outside the database, and proving a seal that was handed over.

A seal as it leaves the platform is one JSON object on a line: ``{"day", "first", "last", "prev", "digest", "at",
"signature", "key"}``; ``signature`` and ``key`` (the public one) are hexadecimal Ed25519. Whoever keeps such a line can
prove later that nothing up to its day was changed, whatever happened to the database meanwhile.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from kuangan.base.clock import civil_date
from kuangan.base.digest import canonical
from kuangan.core.models import EventHead, Restoration
from kuangan.host.data_folder import DataFolder
from kuangan.host.keys import SEAL_KEY, outside_key

SPOKEN_DIGITS = 20
SEAL, BACKUP, RESTORATION = "seal", "backup", "restoration"
"""What a signature is for: none counts for anything else."""


def sign(signed_digest: str, purpose: str = SEAL) -> str:
    """The signature of this installation over the digest of a seal, of a backup's manifest or of a restore."""
    return _private_key().sign(_signed_text(signed_digest, purpose)).hex()


def restorations() -> list[Restoration]:
    """The breaks in the trail, the oldest first."""
    return list(Restoration.objects.order_by("pk"))


def key_of(seal: EventHead, breaks: Sequence[Restoration]) -> str:
    """The public key that must have signed a seal: this installation's, or the one of before a restore."""
    return next((former.former_key for former in breaks if former.last_id >= seal.last_id), None) or public_key()


def is_signed(seal: EventHead, breaks: Sequence[Restoration]) -> bool:
    """Whether the key of its time signed the seal."""
    return fits(key_of(seal, breaks), seal.digest, seal.signature)


def public_key() -> str:
    """The key by which others can check signatures, hexadecimal; it is no secret."""
    return _private_key().public_key().public_bytes_raw().hex()


def anchor_line(seal: EventHead, breaks: Sequence[Restoration] | None = None) -> str:
    """The seal as it is handed over; see the module's docstring. ``breaks``: for many seals, read once."""
    content = {
        "day": seal.day.isoformat(),
        "first": seal.first_id,
        "last": seal.last_id,
        "prev": seal.prev_digest,
        "digest": seal.digest,
        "at": seal.at.isoformat(),
        "signature": seal.signature,
        "key": key_of(seal, restorations() if breaks is None else breaks),
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


def misfit(anchor: Anchor, seal: EventHead | None, breaks: Sequence[Restoration] = ()) -> str:
    """Why the seal in the database is not the one that was handed over, in Chinese; empty when it is."""
    if not fits(anchor.key, anchor.digest, anchor.signature):
        return "锚定文件的签名不成立，文件本身被改动"
    if anchor.key not in {public_key(), *(former.former_key for former in breaks)}:
        return "锚定文件由另一把封存密钥签名，本机密钥被更换"
    if seal is None:
        return "数据库中已没有这一日的封存，有记录被删除"
    if (seal.digest, seal.last_id, seal.signature) != (anchor.digest, anchor.last_id, anchor.signature):
        return "数据库中的封存与交出时不同，当日或以前的记录被改动"
    return ""


def given_up_by(anchor: Anchor, seal: EventHead | None, breaks: Sequence[Restoration]) -> Restoration | None:
    """The restore that gave up what the seal proves: made by the key of before, after the backup and before the restore."""
    if not fits(anchor.key, anchor.digest, anchor.signature):
        return None
    for restoration in breaks:
        span = civil_date(restoration.taken_at).isoformat(), civil_date(restoration.at).isoformat()
        if (
            anchor.key == restoration.former_key
            and anchor.last_id >= restoration.last_id
            and span[0] <= anchor.day <= span[1]
            and (seal is None or seal.at >= restoration.at)
        ):
            return restoration
    return None


def fits(key: str, signed_digest: str, signature: str, purpose: str = SEAL) -> bool:
    """Whether a signature over a digest is that of the private half of a public key."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), _signed_text(signed_digest, purpose))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed_text(signed_digest: str, purpose: str) -> bytes:
    return canonical([f"kuangan {purpose}", signed_digest])


def _private_key() -> Ed25519PrivateKey:
    return _key_below(settings.DATA.root)


@lru_cache(maxsize=8)
def _key_below(root: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(outside_key(DataFolder(root), SEAL_KEY))
