"""Updates of law and calendar: which holds, which wait for a signature, and whether this process works by the one that holds."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from kuangan.core.models import LawUpdate, User
from kuangan.core.queries.local_answers import CITY
from kuangan.core.queries.roles import roles_of
from kuangan.law.role import Role
from kuangan.law.update.in_force import digest_in_use


def update_in_force() -> LawUpdate | None:
    """The signed update with the highest number that was not taken back."""
    held = LawUpdate.objects.filter(confirmed_at__isnull=False, ended_at=None, undoes=None)
    return held.order_by("-number", "-pk").first()


def updates_visible_to(user: User, at: datetime) -> QuerySet[LawUpdate]:
    """Every update, the newest first, for the people of the city's bureau and those who run the platform."""
    updates = LawUpdate.objects.select_related("head__person", "second__person", "undoes").order_by("-pk")
    return updates if sees_updates(user, at) else updates.none()


def sees_updates(user: User, at: datetime) -> bool:
    """Whether somebody is of the city's bureau or runs the platform."""
    return any(hold.unit.kind in CITY or hold.role == Role.operator for hold in roles_of(user, at))


def update_in_use() -> LawUpdate | None:
    """The update by which this process works."""
    named = digest_in_use(settings.DATA.root)
    return LawUpdate.objects.filter(digest__startswith=named, undoes=None).order_by("-pk").first() if named else None


def waits_for_start(held: LawUpdate | None) -> bool:
    """Whether this process works by another update than the one that holds (``None``: by none), until it is started again."""
    return digest_in_use(settings.DATA.root) != (held.digest[:16] if held else "")
