"""A law update as it travels: three parts of text, of which the last is signed by the publisher and read only after that was verified.

The first line names the format, the second is the Ed25519 signature in Base64 over the first line and all that follows the second; then one JSON
object: ``number``, ``title``, ``made_on``, ``base`` (digest of the corpus for which it is made) and ``files`` by their path in the corpus.
It holds content only: what the program would execute is no file that a bundle may have.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kuangan.base.digest import canonical, digest_bytes

FORMAT: Final = b"kuangan-law-update 1\n"
MOST_BYTES: Final = 16 * 1024 * 1024
MOST_FILES: Final = 1000
LONGEST_TITLE: Final = 100
MAY_CHANGE: Final[Mapping[str, tuple[str, ...]]] = {
    "calendar": (".yaml",),
    "instruments": (".yaml", ".txt"),
    "ledgers": (".yaml",),
    "limits": (".yaml",),
    "local": (".yaml",),
    "obligations": (".yaml",),
    "papers": (".typ",),
    "procedures": (".typ",),
}
"""The folders of the corpus whose files an update may add or replace, and which kinds of files."""
_PATH = re.compile(r"[0-9a-z_]+(?:/[0-9a-z_]+){1,3}\.[a-z]+")
_PACKAGES = re.compile(r"[\"']@\w+/")
"""A paper that would load a package from elsewhere."""
_KEYS = {"number": int, "title": str, "made_on": str, "base": str, "files": dict}


class BadBundle(ValueError):
    """A bundle that is refused; the message is Chinese: what, where, and what to do."""


@dataclass(frozen=True)
class LawBundle:
    """A bundle whose signature was verified. ``files``: content by path in the corpus."""

    number: int
    title: str
    made_on: date
    base: str
    files: Mapping[str, str]
    raw: str

    @property
    def digest(self) -> str:
        return digest_bytes(self.raw.encode())


def read_bundle(raw: bytes, publisher: Ed25519PublicKey) -> LawBundle:
    """The bundle in these bytes. Raises :class:`BadBundle`; nothing of it is read before the signature is verified."""
    if len(raw) > MOST_BYTES:
        raise BadBundle(f"更新包超过 {MOST_BYTES // 1024 // 1024} MB，不是本平台的法规更新包；请核对文件。")
    signature, newline, body = raw.removeprefix(FORMAT).partition(b"\n")
    if not raw.startswith(FORMAT) or not newline:
        raise BadBundle("文件不是法规更新包（首行不符），或者已损坏；请核对文件，重新取得。")
    try:
        publisher.verify(base64.b64decode(signature, validate=True), FORMAT + body)
    except (InvalidSignature, ValueError):
        raise BadBundle(
            "签名不符：更新包已损坏、被改动，或者不是所设发布单位签发的；请重新取得，并与发布单位核对公钥指纹。"
        ) from None
    try:
        return _parsed(json.loads(body), raw.decode())
    except (ValueError, RecursionError) as error:
        said = error if isinstance(error, BadBundle) else BadBundle(f"更新包内容不能读取（{error}）；请告知发布单位。")
        raise said from None


def made_bundle(
    *, number: int, title: str, made_on: date, base: str, files: Mapping[str, str], key: Ed25519PrivateKey
) -> bytes:
    """A signed bundle. Raises :class:`BadBundle` for what could not be read again."""
    said = {"number": number, "title": title, "made_on": made_on.isoformat(), "base": base, "files": dict(files)}
    body = canonical(said)
    raw = FORMAT + base64.b64encode(key.sign(FORMAT + body)) + b"\n" + body
    read_bundle(raw, key.public_key())
    return raw


def _parsed(said: Any, raw: str) -> LawBundle:
    if not isinstance(said, dict) or set(said) != set(_KEYS):
        raise BadBundle(f"更新包应有且只有 {'、'.join(_KEYS)}；请告知发布单位。")
    for key, kind in _KEYS.items():
        if type(said[key]) is not kind:
            raise BadBundle(f"更新包的 {key} 不合要求；请告知发布单位。")
    title = said["title"].strip()
    if not 0 < said["number"] < 1_000_000 or not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
        raise BadBundle(f"更新包的编号应为正整数，名称应为 {LONGEST_TITLE} 字以内；请告知发布单位。")
    files = said["files"]
    if not 0 < len(files) <= MOST_FILES:
        raise BadBundle(f"更新包应有 1 至 {MOST_FILES} 个文件，实有 {len(files)} 个；请告知发布单位。")
    for path, text in files.items():
        require_content(path, text)
    return LawBundle(said["number"], title, date.fromisoformat(said["made_on"]), said["base"], files, raw)


def require_content(path: str, text: Any) -> None:
    """Raise :class:`BadBundle` unless this is a file of content at a place where an update may have one."""
    folder, _, name = path.partition("/")
    suffixes = MAY_CHANGE.get(folder, ())
    if not _PATH.fullmatch(path) or not name.endswith(suffixes or ("/",)) or path.endswith("/released.yaml"):
        allowed = "、".join(f"{folder}/（{' '.join(kinds)}）" for folder, kinds in MAY_CHANGE.items())
        raise BadBundle(f"更新包不得含有 {path!r}：只收 {allowed}；程序文件（.py）须随新版本发布。")
    if not isinstance(text, str):
        raise BadBundle(f"更新包中 {path} 不是文本；请告知发布单位。")
    if path.endswith(".typ") and _PACKAGES.search(text):
        raise BadBundle(f"更新包中 {path} 引用外部程序包，不予接收；请告知发布单位。")
