"""Rows about one mine: for the page about it as of a day, and for the board that hangs at its wellhead."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from kuangan.casework.models import CaseMove, Finding
from kuangan.casework.queries import any_of, told_findings
from kuangan.core.models import Roster, Tenure, User
from kuangan.core.queries import is_supervised, visible_to
from kuangan.duty.models import Duty
from kuangan.law.content import procedure_by_id, procedures_of
from kuangan.law.procedure import Matter
from kuangan.law.role import Role
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.mine.models import Mine
from kuangan.monitor.models import Episode


def posts_held(reader: User, mine: Mine, end: datetime) -> QuerySet[Tenure, tuple[str, str, str, datetime]]:
    """Who held which post of the mine just before a moment: title, name, telephone, and since when."""
    held = Q(to_at=None) | Q(to_at__gte=end)
    tenures = Tenure.objects.filter(held, post__unit=mine.unit_id, from_at__lt=end)
    seen = visible_to(reader, tenures, "post__unit__path").order_by("post__role", "pk")
    return seen.values_list("post__title", "person__name", "person__phone", "from_at")


def findings_standing(reader: User, mine: Mine, end: datetime) -> QuerySet[Finding]:
    """Findings about the mine that stood just before a moment, those revoked later too, the newest first."""
    findings = Finding.objects.filter(Q(revoked_at=None) | Q(revoked_at__gte=end), mine=mine, found_at__lt=end)
    return told_findings(reader, visible_to(reader, findings)).order_by("-found_at", "-pk")


def stops_decided(reader: User, end: datetime) -> QuerySet[CaseMove]:
    """The moves before a moment by which a stop came into force, as far as the reader may know of them."""
    inside = not is_supervised(reader)
    laws = [procedure_by_id(procedure) for procedure in procedures_of(Matter.halt)]
    into_force = any_of(
        Q(case__procedure=law.id, target=state)
        for law in laws
        for state in law.states_of("stands")
        if inside or not law.state(state).internal
    )
    return visible_to(reader, CaseMove.objects.filter(into_force, at__lt=end), "case__path")


def overlimits_between(reader: User, mine: Mine, start: datetime, end: datetime) -> QuerySet[Episode]:
    """The mine's over-limits that began in [start, end), the newest first."""
    episodes = Episode.objects.filter(mine=mine, started_at__gte=start, started_at__lt=end)
    episodes = episodes.filter(withdrawn=False, excluded=False).select_related("point").order_by("-started_at")
    return visible_to(reader, episodes, "mine__unit__path")


def duties_about(reader: User, mine: Mine) -> QuerySet[Duty]:
    """The duties that the mine owes and those that are owed about it."""
    return visible_to(reader, Duty.objects.filter(Q(unit=mine.unit) | Q(mine=mine)))


def leaders_rostered(mine: Mine, on: date) -> QuerySet[Roster]:
    """For everybody: who leads the shifts of a day by the mine's roster."""
    rosters = Roster.objects.filter(unit=mine.unit_id, on=on, role=Role.mine_leader).select_related("person")
    return rosters.order_by("starts_at", "pk")


def posted_entries(mine: Mine, ledger_id: str) -> QuerySet[Entry]:
    """For everybody: the current entries about the mine of a ledger whose content hangs at the wellhead."""
    entries = Entry.objects.filter(CURRENT, ledger=ledger_id, mine=mine)
    return entries.select_related("unit").order_by("-on", "-pk")
