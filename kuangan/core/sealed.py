"""Secrets sealed with a key outside the database: a dump of the tables gives none of them away.

A sealed text is ``v1.<key>.<base64>``: AES-256-GCM with a fresh nonce, the first eight digits of the key's digest, and
the place (table, column, row) as associated data, so that a sealed text moved to another row or column opens nothing.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from kuangan.core.errors import Refused
from kuangan.host.data_folder import DataFolder
from kuangan.host.keys import outside_key

KEY_NAME = "secrets"
VERSION = "v1"
NONCE_BYTES = 12
LONGEST = 200
"""Characters a column of sealed texts takes: enough for secrets of 100 characters."""


class SecretUnreadable(Refused):
    """A sealed text that this installation's key does not open."""


def seal(secret: str, place: str) -> str:
    """``secret`` sealed for ``place`` ("table.column/row"); an empty one stays empty."""
    if not secret:
        return ""
    nonce = os.urandom(NONCE_BYTES)
    key = _key(settings.DATA.root)
    kept = nonce + AESGCM(key).encrypt(nonce, secret.encode(), place.encode())
    return f"{VERSION}.{_name(key)}.{base64.urlsafe_b64encode(kept).decode()}"


def seal_bytes(content: bytes, place: str) -> bytes:
    """A file's content, sealed for ``place``: nonce and ciphertext, for what lies on the disk for a while."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key(settings.DATA.root)).encrypt(nonce, content, place.encode())


def unseal_bytes(sealed: bytes, place: str) -> bytes:
    """What :func:`seal_bytes` sealed for ``place``. Raises SecretUnreadable, in words."""
    try:
        return AESGCM(_key(settings.DATA.root)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as wrong:
        raise SecretUnreadable(f"{place} 的密文已损坏，无法读取，请重新生成。") from wrong


def unseal(sealed: str, place: str) -> str:
    """What was sealed for ``place``; empty for an empty text. Raises SecretUnreadable, in words."""
    if not sealed:
        return ""
    version, _, rest = sealed.partition(".")
    name, _, kept = rest.partition(".")
    key = _key(settings.DATA.root)
    if version != VERSION or name != _name(key):
        raise SecretUnreadable(
            f"{key_path()} 与数据库中的密文不是同一把密钥，口令密钥和抽查种子无法读取，请从密钥备份中恢复该文件。"
        )
    try:
        raw = base64.urlsafe_b64decode(kept)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError) as wrong:
        raise SecretUnreadable(f"{place} 的密文已损坏或被移动，无法读取，请联系系统管理员核查。") from wrong


def keyed_digest(text: str, purpose: str) -> str:
    """A digest under the key outside the database: equal texts are recognised, and who holds a dump alone finds none by guessing."""
    own = hashlib.sha256(b"kuangan digest " + _key(settings.DATA.root)).digest()
    return hmac.new(own, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def is_of_this_key(sealed: str) -> bool:
    """Whether the key at hand sealed it. A key that is not there opens nothing, and none is made by asking."""
    if not key_path().exists():
        return False
    return sealed.startswith(f"{VERSION}.{_name(_key(settings.DATA.root))}.")


def key_path() -> Path:
    return Path(settings.DATA.root) / "keys" / f"{KEY_NAME}.key"


@lru_cache(maxsize=8)
def _key(root: Path) -> bytes:
    return outside_key(DataFolder(root), KEY_NAME)


def _name(key: bytes) -> str:
    """What tells keys apart without giving anything of them away."""
    return hashlib.sha256(b"kuangan sealed " + key).hexdigest()[:8]
