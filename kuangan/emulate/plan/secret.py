"""The password of the demonstration's accounts: made for each installation, so that knowing one opens no other."""

import secrets

LETTERS, DIGITS = "abcdefghjkmnpqrstuvwxyz", "23456789"
"""Without those that look alike."""


def fresh_password() -> str:
    """A new password for all accounts of one demonstration, easy to type: six letters and four digits that nobody knows."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(6))
    digits = "".join(secrets.choice(DIGITS) for _ in range(4))
    return f"Yanshi-{letters}{digits}"
