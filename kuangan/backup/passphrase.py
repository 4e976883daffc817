"""Encryption by a passphrase: scrypt makes the key, AES-256-GCM seals the parts of a file one by one.

A sealed file is ``KUANGAN1``, eight random bytes, then parts of one MiB, each with its tag. A part's nonce is those eight
bytes and its number; the last one is marked, so that a file that was cut short or put together anew opens nowhere.
"""

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kuangan.host.errors import CannotStart

MAGIC = b"KUANGAN1"
SALT_BYTES = 16
PART = 1 << 20
TAG = 16
HEAD = len(MAGIC) + 8
COST = 1 << 15
"""Of scrypt, with r = 8: 32 MB and a tenth of a second a guess."""
LEAST = 12
"""Characters of a passphrase."""
VARIABLE = "KUANGAN_BACKUP_PASSPHRASE_FILE"


class WrongPassphrase(CannotStart):
    """What was sealed does not open."""


class Cipher:
    """Seals and opens with the key of one passphrase and salt."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        self.salt = salt
        self._aead = AESGCM(Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode()))

    def seal(self, source: Iterator[bytes], write: Callable[[bytes], object]) -> None:
        """Seal a stream given in pieces of PART bytes, the last one shorter or empty."""
        prefix = os.urandom(8)
        write(MAGIC + prefix)
        number, before = 0, next(source, b"")
        for piece in source:
            write(self._aead.encrypt(prefix + number.to_bytes(4, "big"), before, b"more"))
            number, before = number + 1, piece
        write(self._aead.encrypt(prefix + number.to_bytes(4, "big"), before, b"last"))

    def open(self, sealed: IO[bytes], name: str) -> Iterator[bytes]:
        """The stream that was sealed. Raises WrongPassphrase naming the file."""
        head = sealed.read(HEAD)
        if len(head) < HEAD or not head.startswith(MAGIC):
            raise WrongPassphrase(f"{name} 不是加密的备份文件，或已损坏")
        number, part = 0, sealed.read(PART + TAG)
        while part or not number:
            following = sealed.read(PART + TAG)
            try:
                yield self._aead.decrypt(
                    head[len(MAGIC) :] + number.to_bytes(4, "big"), part, b"more" if following else b"last"
                )
            except InvalidTag:
                raise WrongPassphrase(f"{name} 不能解密：口令不对，或文件已损坏") from None
            number, part = number + 1, following


def sealed_size(size: int) -> int:
    """How many bytes a file of `size` bytes has once it is sealed."""
    return HEAD + size + TAG * max(1, -(-size // PART))


def pieces(source: IO[bytes], size: int = PART) -> Iterator[bytes]:
    """What is left of a stream, in pieces."""
    while piece := source.read(size):
        yield piece


def asked_passphrase(file: Path | None, *, twice: bool = False, ask: bool = True) -> str:
    """The passphrase: from the file that is named or that KUANGAN_BACKUP_PASSPHRASE_FILE names, else from the person at the console.

    "" where there is neither. Raises CannotStart for one that is too short, typed differently twice, or cannot be read.
    """
    named = file or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is not None:
        try:
            return _long_enough(named.read_text("utf-8").strip(), str(named))
        except (OSError, UnicodeDecodeError) as error:
            raise CannotStart(f"口令文件 {named} 不能读取（{error}）") from None
    if not ask or not sys.stdin.isatty():
        return ""
    typed = getpass.getpass("备份口令：")
    if typed and twice and typed != getpass.getpass("再输入一次："):
        raise CannotStart("两次输入的口令不一致，请重新执行")
    return _long_enough(typed, "输入的口令") if typed else ""


def _long_enough(passphrase: str, where: str) -> str:
    if len(passphrase) < LEAST:
        raise CannotStart(f"{where} 只有{len(passphrase)}个字符；备份口令至少{LEAST}个字符")
    return passphrase
