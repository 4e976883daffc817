"""What the level above does to credits that the owing unit gave itself."""

from datetime import datetime

from kuangan.duty.actions import judge_credit
from kuangan.duty.models import Duty
from tests.city import SmallCity

ABOVE = {"mine": "county_section", "county_bureau": "city_section"}


def accept_credits(city: SmallCity, duty: Duty, at: datetime) -> None:
    """Confirm every credit that is the owing unit's own word, as the level above does on its own log-in."""
    for credit in duty.fulfilments.filter(revoked_at=None, grade="self").order_by("pk"):
        judge_credit(
            actor=city[ABOVE[duty.unit.kind]],
            fulfilment=credit,
            confirmed=True,
            sight="file",
            opinion="已查看办理材料原件，属实",
            at=at,
        )
    duty.refresh_from_db()
