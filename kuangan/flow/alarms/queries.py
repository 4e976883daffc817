"""Reads about joining alarms and splitting them (并案与拆分): between enforcement officers, so nothing of it is for the supervised."""

from collections import defaultdict
from itertools import chain

from django.db.models import QuerySet

from kuangan.casework.models import Case, CaseEpisode
from kuangan.casework.queries import cases_visible_to, episodes_of
from kuangan.core.models import User
from kuangan.core.queries import is_supervised, visible_to
from kuangan.flow.alarms.joining import faces_of, lie_close, lie_together
from kuangan.flow.models import Regrouping, Untold
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


def likely_same(user: User, case: Case) -> list[Case]:
    """The alarms that are to be proposed to the officer as one over-limit with this one: same place of work, within the local gap."""
    if (
        not Case.objects.filter(mine=case.mine_id, procedure=case.procedure, closed_at=None)
        .exclude(pk=case.pk)
        .exists()
    ):
        return []  # nearly always so: the desk is asked many times a minute
    alarms = joinable_alarms(user, case).select_related(None).select_related("unit")
    others = {other.pk: other for other in alarms}
    links = CaseEpisode.objects.filter(case__in=[case.pk, *others], episode__withdrawn=False)
    episodes: dict[int, list[Episode]] = defaultdict(list)
    for link in links.select_related("episode__point"):
        episodes[link.case_id].append(link.episode)
    own, faces = episodes[case.pk], faces_of(chain.from_iterable(episodes.values()))
    return [
        other
        for key, other in others.items()
        if lie_together(own, episodes[key], faces) and lie_close(own, episodes[key])
    ]


def untold_of(user: User) -> QuerySet[Untold]:
    """The alarms in sight that wait to be told to a desk in its next summary."""
    return visible_to(user, Untold.objects.all(), "case__path")
