"""The password of the demonstration's accounts: made for each installation, so that knowing one opens no other."""

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""
LENGTH = 10


def fresh_password() -> str:
    """A new password for all accounts of one demonstration, easy to type."""
    return "yanshi-" + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
