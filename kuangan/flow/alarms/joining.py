"""Which alarm an over-limit belongs to: its own, the one that late data corrects, or an open one of the same face."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from kuangan.base.clock import civil_date
from kuangan.casework.models import Case, CaseEpisode
from kuangan.law.local import local_span
from kuangan.mine.models import Placement
from kuangan.mine.queries import face_at, standing_at
from kuangan.monitor.models import Episode

ALARM = "alarm_handling"
UNJUDGED = ("notified", "received", "reported", "presumed_real", "taken_over")
JOINABLE = (*UNJUDGED, "found_real")
"""An over-limit joins only a case that nobody has judged harmless or closed the count of."""


def case_for(subject: Episode) -> Case | None:
    """The case that an episode belongs to; None where it needs one of its own."""
    return _case_of(subject) or _corrected_case(subject) or _joinable_case(subject)


def join_gap(on: datetime) -> timedelta:
    """How far apart over-limits of one source may lie."""
    return local_span("alarm_handling.join_gap", civil_date(on)).length


def lie_close(these: Sequence[Episode], those: Sequence[Episode]) -> bool:
    """Whether some over-limit of one case lies within the join gap of some of another."""
    return any(_distance(episode, other) <= join_gap(episode.started_at) for episode in these for other in those)


def lie_together(these: Sequence[Episode], those: Sequence[Episode], faces: Mapping[int, int]) -> bool:
    """Whether both cases are of one place of work: a face that is registered (``faces`` by :func:`faces_of`), or the one that their places name."""
    return bool(these) and {_working(episode, faces) for episode in these} == {
        _working(episode, faces) for episode in those
    }


def faces_of(episodes: Iterable[Episode]) -> dict[int, int]:
    """By over-limit: the key of the face at which its point stood when it began; one query."""
    listed = list(episodes)
    stood = Placement.objects.filter(point__in={episode.point_id for episode in listed}, face__isnull=False)
    spells = list(stood.values_list("point_id", "from_at", "to_at", "face_id"))
    return {
        episode.pk: face
        for episode in listed
        for point, begin, end, face in spells
        if point == episode.point_id and begin <= episode.started_at and (end is None or episode.started_at < end)
    }


def _working(subject: Episode, faces: Mapping[int, int]) -> str:
    if subject.pk in faces:
        return f"face {faces[subject.pk]}"
    named = _FACE.match(subject.point.place_text)
    return named.group(0) if named else subject.point.place_text or subject.point.native_code


_FACE = re.compile(r"^.*?工作面")


def _distance(episode: Episode, other: Episode) -> timedelta:
    """How much time lies between two over-limits; none where they overlap."""
    first, second = sorted((episode, other), key=lambda over: over.started_at)
    if first.ended_at is None or first.ended_at >= second.started_at:
        return timedelta(0)
    return second.started_at - first.ended_at


def _case_of(subject: Episode) -> Case | None:
    link = CaseEpisode.objects.filter(episode=subject).select_related("case__mine__unit").first()
    return link.case if link else None


def _corrected_case(subject: Episode) -> Case | None:
    """The case of the withdrawn episode that this one replaces: same point, overlapping, corrected by late data."""
    if subject.withdrawn:
        return None
    end = subject.ended_at or datetime.max.replace(tzinfo=UTC)
    links = CaseEpisode.objects.filter(
        episode__point=subject.point_id, episode__withdrawn=True, episode__started_at__lte=end, case__closed_at=None
    )
    overlapping = links.filter(Q(episode__ended_at=None) | Q(episode__ended_at__gte=subject.started_at))
    link = overlapping.select_related("case__mine__unit").order_by("-episode__started_at").first()
    return link.case if link else None


def _joinable_case(subject: Episode) -> Case | None:
    """An open alarm case with an episode of the same face (or place) that overlaps or lies within the join gap.

    At which face a point stood when its over-limit began decides, not where it stands now.
    """
    gap = join_gap(subject.started_at)
    face = face_at(subject.point, subject.started_at)
    stood = Placement.objects.filter(standing_at(OuterRef("episode__started_at")), point=OuterRef("episode__point"))
    same = (
        Q(Exists(stood.filter(face=face)))
        if face
        else ~Q(Exists(stood.filter(face__isnull=False))) & Q(episode__point__place_text=subject.point.place_text)
    )
    end = subject.ended_at + gap if subject.ended_at else None
    near = Q(episode__ended_at=None) | Q(episode__ended_at__gte=subject.started_at - gap)
    links = CaseEpisode.objects.filter(
        same,
        near,
        case__mine=subject.mine_id,
        case__procedure=ALARM,
        case__state__in=JOINABLE,
        episode__withdrawn=False,
    )
    if end is not None:
        links = links.filter(episode__started_at__lte=end)
    link = links.select_related("case__mine__unit").order_by("-episode__started_at").first()
    return link.case if link else None
