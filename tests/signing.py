"""The hand that signs: a confirmation made with the real code of the account, through the one door there is."""

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

import pyotp
from django.test import Client

from kuangan.base import clock
from kuangan.casework.attempts import acts_of
from kuangan.casework.models import Case
from kuangan.core.actions import confirmed
from kuangan.core.actions.access.accounts import TOTP_STEP_S
from kuangan.core.models import User
from kuangan.core.sealed import seal, unseal
from kuangan.core.signing import Act, Confirmation
from kuangan.law.content import procedure_by_id

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def bind(user: User) -> None:
    """The account has a telephone that makes codes."""
    User.objects.filter(pk=user.pk, totp_secret="").update(totp_secret=seal(SECRET, user.place("totp_secret")))
    user.refresh_from_db()


def next_code(user: User, at: datetime) -> tuple[str, datetime]:
    """A code the person has not used, of ``at`` or the first step after those used, and the moment it is right at."""
    row = User.objects.get(pk=user.pk)
    step = max(int(at.timestamp()) // TOTP_STEP_S, (row.totp_last_step or 0) + 1)
    moment = datetime.fromtimestamp(step * TOTP_STEP_S, UTC)
    return pyotp.TOTP(unseal(row.totp_secret, row.place("totp_secret"))).at(moment), moment


@contextmanager
def signing(user: User, acts: Sequence[Act], at: datetime) -> Iterator[Confirmation]:
    """What is done inside, the person has confirmed."""
    bind(user)
    code, moment = next_code(user, at)
    with confirmed(user=user, code=code, acts=acts, seen_at=at, at=moment) as confirmation:
        yield confirmation


@contextmanager
def signing_move(
    user: User, case: Case, move: str, inputs: dict[str, Any], at: datetime
) -> Iterator[Confirmation | None]:
    """The same for a move of a case; None for one that nobody signs."""
    if not procedure_by_id(case.procedure).move(move).signing:
        with nullcontext():
            yield None
        return
    acts = acts_of(actor=user, case=case, move_id=move, inputs=inputs, at=at)
    with signing(user, acts, at) as confirmation:
        yield confirmation


def mark_of(page: str) -> str:
    """The mark of what a page shows for signing, "" if it shows nothing."""
    found = re.search(r'name="seen"\s+value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def shown(client: Client, address: str, filled: dict[str, Any] | None = None) -> dict[str, Any]:
    """Look at a page (with what is filled in), and take its mark along with a fresh code: what the signed answer posts."""
    answer = client.get(address) if filled is None else client.post(address, filled)
    user = User.objects.get(pk=client.session["_auth_user_id"])
    code, _ = next_code(user, clock.wall_now())
    return {"seen": mark_of(answer.content.decode()), "code": code}
