"""The hands that draw: each step signed by the person who makes it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kuangan.core.models import Person, Unit, User
from kuangan.draw import actions
from kuangan.draw.models import Draw
from kuangan.draw.signing import agree_acts, cancel_acts, prepare_acts, publish_acts, witness_acts
from kuangan.mine.models import Mine
from tests.signing import signing


def publish_draw(
    *, actor: User, unit: Unit, mines: Sequence[Mine], officers: Sequence[Person], at: datetime, **more: Any
) -> Draw:
    given = {"actor": actor, "unit": unit, "mines": mines, "officers": officers, "at": at, **more}
    with signing(actor, publish_acts(actor, unit, mines, officers, at), at) as confirmation:
        return actions.publish_draw(confirmation=confirmation, **given)


def prepare_draw(*, actor: User, draw: Draw, public_on: date, at: datetime, **more: Any) -> Draw:
    with signing(actor, prepare_acts(actor, draw, at), at) as confirmation:
        return actions.prepare_draw(
            actor=actor, draw=draw, public_on=public_on, confirmation=confirmation, at=at, **more
        )


def witness_draw(*, actor: User, draw: Draw, at: datetime, witness_text: str = "") -> Draw:
    with signing(actor, witness_acts(actor, draw, at), at) as confirmation:
        return actions.witness_draw(actor=actor, draw=draw, witness_text=witness_text, confirmation=confirmation, at=at)


def agree_repeat(*, actor: User, draw: Draw, at: datetime) -> Draw:
    with signing(actor, agree_acts(actor, draw, at), at) as confirmation:
        return actions.agree_repeat(actor=actor, draw=draw, confirmation=confirmation, at=at)


def cancel_draw(*, actor: User, draw: Draw, reason: str, at: datetime) -> Draw:
    with signing(actor, cancel_acts(actor, draw, at), at) as confirmation:
        return actions.cancel_draw(actor=actor, draw=draw, reason=reason, confirmation=confirmation, at=at)
