"""Reads about joining alarms and splitting them (并案与拆分): between enforcement officers, so nothing of it is for the supervised."""

from django.db.models import QuerySet

from kuangan.casework.models import Case
from kuangan.casework.queries import cases_visible_to, episodes_of
from kuangan.core.models import User
from kuangan.core.queries import is_supervised, visible_to
from kuangan.flow.models import Regrouping
from kuangan.monitor.models import Episode


def regroupings_of(user: User, case: Case) -> QuerySet[Regrouping]:
    """What was proposed for an alarm in sight, decided or not: an inner matter of the department."""
    regroupings = Regrouping.objects.filter(case=case)
    if is_supervised(user):
        return regroupings.none()
    seen = visible_to(user, regroupings, "case__path")
    return seen.select_related("target", "episode__point", "proposed_by__person").order_by("pk")


def joinable_alarms(user: User, case: Case) -> QuerySet[Case]:
    """The open cases in sight of the same mine and procedure, the newest first."""
    others = cases_visible_to(user).filter(mine=case.mine_id, procedure=case.procedure, closed_at=None)
    return others.exclude(pk=case.pk).order_by("-opened_at")


def episodes_to_split(user: User, case: Case) -> QuerySet[Episode]:
    """The over-limits of a case in sight, any of which may become a case of its own."""
    return Episode.objects.filter(pk__in=episodes_of(user, case).order_by().values("episode"))
