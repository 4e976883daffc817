"""What tells a person from others of the same name: the personnel number, and the number of the identity card, which is kept sealed."""

import re
from datetime import datetime
from typing import Final

from django.db import transaction

from kuangan.base import clock
from kuangan.base.identity import NoIdentityNumber, identity_number
from kuangan.core.actions.access.proofs import confirm_code
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import Person, User
from kuangan.core.queries.account_requests import may_ask
from kuangan.core.sealed import keyed_digest, seal, unseal

NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{1,19}")
"""What a personnel number may be: 2 to 20 letters, digits and a few signs."""
PURPOSE: Final = "identity"


@transaction.atomic
def set_person_number(*, actor: User | None, person: Person, number: str, at: datetime | None = None) -> Person:
    """Note the personnel number by which other systems know the person; empty takes it away. Refused: unfit, or another's."""
    number = number.strip()
    if number and not NUMBER.fullmatch(number):
        raise Refused("人员编号由2至20位字母、数字、“-”或“_”组成，以字母或数字开头，请改正。")
    other = (
        Person.objects.filter(number=number).exclude(pk=person.pk).select_related("unit").first() if number else None
    )
    if other is not None:
        raise Refused(f"人员编号“{number}”已登记在{other.unit.name}{other.name}名下，请核对。")
    data = {"before": person.number, "after": number}
    person.number = number
    person.save(update_fields=["number"])
    record(actor=actor, action="person_number_set", subject=person, data=data, at=at)
    return person


@transaction.atomic
def set_identity(*, actor: User | None, person: Person, number: str, at: datetime | None = None) -> Person:
    """Note the number of the identity card, sealed; empty takes it away. Refused: no such number, or another person's.

    The trail holds its keyed digest, so that a change shows and the number does not.
    """
    moment = at or clock.now()
    try:
        clear = identity_number(number, clock.civil_date(moment)) if number.strip() else ""
    except NoIdentityNumber as unfit:
        raise Refused(str(unfit)) from unfit
    digest = identity_digest(clear)
    other = Person.objects.filter(identity_digest=digest).exclude(pk=person.pk).select_related("unit").first()
    if digest and other is not None:
        raise Refused(f"该公民身份号码已登记在{other.unit.name}{other.name}名下：同一人只登记一次，请核对。")
    person.identity, person.identity_digest = seal(clear, person.place("identity")), digest
    person.save(update_fields=["identity", "identity_digest"])
    record(actor=actor, action="identity_set", subject=person, data={"digest": digest}, at=moment)
    return person


def identity_digest(number: str) -> str:
    """By which one number is found again without being kept in clear; empty for none."""
    return keyed_digest(number, PURPOSE) if number else ""


def open_identity(*, actor: User, person: Person, code: str) -> str:
    """The number in clear, for its owner or for the system administrator, who gives a one-time code; on the trail each time.

    Refused to everybody else, without a number, and for a wrong code.
    """
    if actor.person_id != person.pk:
        if not may_ask(actor):
            raise Refused("公民身份号码只向本人和登记人员的系统管理员显示。")
        confirm_code(user=actor, code=code)
    if not person.identity:
        raise Refused(f"{person.name}尚未登记公民身份号码。")
    clear = unseal(person.identity, person.place("identity"))
    with transaction.atomic():
        record(actor=actor, action="identity_opened", subject=person, data={"own": actor.person_id == person.pk})
    return clear
