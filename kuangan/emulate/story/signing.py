"""How the people of the demonstration sign: with the codes that their telephones show at the story's moment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pyotp

from kuangan.casework.attempts import acts_of
from kuangan.casework.models import Case
from kuangan.core.actions import confirmed
from kuangan.core.actions.access.accounts import TOTP_STEP_S
from kuangan.core.models import User
from kuangan.core.signing import Confirmation
from kuangan.law.content import procedure_by_id


class Phones:
    """The telephones of the demonstration's people, by account. ``secrets``: what each makes its codes with."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._used: dict[str, int] = {}

    @contextmanager
    def signing(
        self, user: User, case: Case, move: str, inputs: Mapping[str, Any], at: datetime
    ) -> Iterator[Confirmation | None]:
        """What is done inside, the person has confirmed at ``at``; None for a move that nobody signs."""
        if not procedure_by_id(case.procedure).move(move).signing:
            yield None
            return
        acts = acts_of(actor=user, case=case, move_id=move, inputs=inputs, at=at)
        code, moment = self._code(user.username, at)
        with confirmed(user=user, code=code, acts=acts, seen_at=at, at=moment) as confirmation:
            yield confirmation

    def _code(self, username: str, at: datetime) -> tuple[str, datetime]:
        """A code not used yet, of ``at`` or the half minutes after it, and the moment it is right at."""
        step = max(int(at.timestamp()) // TOTP_STEP_S, self._used.get(username, 0) + 1)
        self._used[username] = step
        moment = datetime.fromtimestamp(step * TOTP_STEP_S, UTC)
        return pyotp.TOTP(self._secrets[username]).at(moment), moment
