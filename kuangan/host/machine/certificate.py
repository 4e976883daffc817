"""The certificate that the proxy in front shows: until when it is good. `KUANGAN_CERTIFICATE` names its file (PEM)."""

import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

VARIABLE = "KUANGAN_CERTIFICATE"
SOON_DAYS = 30
"""From here on people are told."""


class UnknownEnd(Exception):
    """The certificate cannot be read; the message is Chinese: which file, why, and what to do."""


def certificate_file() -> Path | None:
    """The file that is named, None without one."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def end_of(place: Path) -> datetime:
    """The last moment of the first certificate in the file. Raises UnknownEnd."""
    try:
        content = place.read_bytes()
    except OSError as error:
        raise UnknownEnd(
            f"证书文件 {place}（{VARIABLE}）不能读取（{error.strerror}）；请核对路径，并让运行平台的账号可以读取"
        ) from None
    try:
        return x509.load_pem_x509_certificate(content).not_valid_after_utc
    except ValueError:
        raise UnknownEnd(f"证书文件 {place}（{VARIABLE}）不是 PEM 格式的证书；请指定代理所用的证书链文件") from None


def days_left(end: datetime, at: datetime | None = None) -> int:
    """Whole days until the end; below zero when it is over."""
    return (end - (at or datetime.now(UTC))).days


def warning(place: Path, end: datetime, at: datetime | None = None) -> str:
    """What is to be said of a certificate that ends soon or has ended; "" as long as there is time."""
    left = days_left(end, at)
    if left >= SOON_DAYS:
        return ""
    when = f"已于 {end:%Y-%m-%d} 到期" if left < 0 else f"将于 {end:%Y-%m-%d} 到期（还有 {left} 天）"
    return f"证书 {place} {when}，到期后浏览器拒绝打开平台；请更换证书并让代理重新载入。"
