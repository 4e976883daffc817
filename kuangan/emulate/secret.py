"""The password of the demonstration's accounts: it protects nothing and exists in a demonstration only."""

import hashlib


def password(seed: int) -> str:
    """The one password of all demonstration accounts, the same for the same seed, easy to type."""
    return f"yanshi-{hashlib.sha256(f'kuangan demonstration {seed}'.encode()).hexdigest()[:6]}"
