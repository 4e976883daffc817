"""Canonical JSON and its SHA-256."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def canonical(value: Any) -> bytes:
    """One fixed byte form of a JSON-like value: sorted keys, no blanks, UTF-8; dates in ISO, Decimals as text.

    Raises ``TypeError`` for anything else, so that nothing is digested by its ``repr``.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def digest(value: Any) -> str:
    """SHA-256 of :func:`canonical`, hexadecimal."""
    return digest_bytes(canonical(value))


def digest_bytes(content: bytes) -> str:
    """SHA-256 of bytes, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"cannot digest a {type(value).__name__}: {value!r}")
