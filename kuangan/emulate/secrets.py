"""Secrets of the demonstration's accounts, derived from its seed: they protect nothing and exist in a demonstration only."""

import base64
import hashlib


def password(seed: int) -> str:
    """The one password of all demonstration accounts, easy to type."""
    return f"yanshi-{_derived(seed, 'password', '').hex()[:6]}"


def totp_secret(seed: int, username: str) -> str:
    """The base of an account's one-time codes, base32."""
    return base64.b32encode(_derived(seed, "totp", username)[:20]).decode()


def _derived(seed: int, purpose: str, subject: str) -> bytes:
    return hashlib.sha256(f"kuangan demonstration {seed} {purpose} {subject}".encode()).digest()
