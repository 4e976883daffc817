"""Sealed files: opened by their passphrase only, whole or not at all."""

from io import BytesIO

import pytest

from kuangan.backup.passphrase import PART, TAG, Cipher, WrongPassphrase, asked_passphrase, pieces, sealed_size
from kuangan.host.errors import CannotStart

SALT = b"0123456789abcdef"


@pytest.fixture(scope="module")
def cipher():
    return Cipher("correct horse battery", SALT)


def sealed(cipher: Cipher, content: bytes) -> bytes:
    out = BytesIO()
    cipher.seal(pieces(BytesIO(content)), out.write)
    return out.getvalue()


def opened(cipher: Cipher, content: bytes) -> bytes:
    return b"".join(cipher.open(BytesIO(content), "file"))


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 2 * PART])
def test_what_was_sealed_opens_and_has_the_size_that_is_told(cipher, size):
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    kept = sealed(cipher, content)
    assert len(kept) == sealed_size(size)
    assert opened(cipher, kept) == content


def test_another_passphrase_a_cut_a_flip_and_an_exchange_open_nothing(cipher):
    kept = sealed(cipher, b"a" * PART + b"b" * PART + b"c")
    head, part = kept[:16], PART + TAG
    first, second, last = kept[16 : 16 + part], kept[16 + part : 16 + 2 * part], kept[16 + 2 * part :]
    flipped = bytearray(kept)
    flipped[100] ^= 1
    for damaged in (
        head,
        head + first,
        head + first + second,
        head + second + first + last,
        bytes(flipped),
        b"",
        b"PK",
    ):
        with pytest.raises(WrongPassphrase):
            opened(cipher, damaged)
    with pytest.raises(WrongPassphrase):
        opened(Cipher("wrong horse battery", SALT), kept)


def test_a_passphrase_has_twelve_characters(tmp_path):
    (tmp_path / "file").write_text("一二三四五六七八九十一\n")
    with pytest.raises(CannotStart, match="至少12个字符"):
        asked_passphrase(tmp_path / "file")
    (tmp_path / "file").write_text("一二三四五六七八九十一二\n")
    assert asked_passphrase(tmp_path / "file") == "一二三四五六七八九十一二"
    with pytest.raises(CannotStart, match="不能读取"):
        asked_passphrase(tmp_path / "none")
