"""A replay into the database: the files go the way of real ones, what follows from them is real work for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from kuangan.base import clock
from kuangan.casework.models import Case, CaseEpisode, Finding
from kuangan.core.actions import system_user
from kuangan.core.errors import Refused
from kuangan.flow.replay.intake import ReplayIntake
from kuangan.flow.replay.series import PointColumn, ReplayError, SentFile
from kuangan.flow.sweep import sweep_once
from kuangan.law.place import face_kind_of
from kuangan.mine.actions import confirm_place, register_points
from kuangan.mine.definitions import Definition
from kuangan.mine.models import Face, Mine, Point
from kuangan.monitor.journal import JournalError
from kuangan.monitor.models import Episode

FILES_A_COMMIT = 50


@dataclass(frozen=True)
class Stored:
    """What the replay left in the database: over-limits of its points, their cases, findings on those."""

    episodes: list[Episode]
    cases: list[Case]
    findings: list[Finding]


def replay(mine_code: str, columns: Sequence[PointColumn], sent: Iterator[SentFile], start: datetime) -> Stored:
    """Take all files, let the platform react. Raises :class:`ReplayError` for an unknown mine or a busy journal."""
    mine = Mine.objects.select_related("unit").filter(code=mine_code).first()
    if mine is None:
        raise ReplayError(f"没有编码为 {mine_code} 的煤矿；请先建立一矿一册，或用 --dry-run 只作演算")
    points = _points(mine, columns, start)
    _take(mine_code, sent)
    while sweep_once():
        pass
    return _stored(mine, points)


def _points(mine: Mine, columns: Sequence[PointColumn], start: datetime) -> list[Point]:
    """The points of the columns, at the places that whoever replays says they are."""
    wanted = [Definition(column.code, "01", "0001", "MN", "%CH4", place_text=column.place_text) for column in columns]
    register_points(mine=mine, definitions=wanted, at=start)
    points = {
        point.native_code: point for point in Point.objects.filter(mine=mine, native_code__in=[c.code for c in columns])
    }
    for column in columns:
        point = points[column.code]
        if point.place != column.place:
            try:
                confirm_place(
                    actor=system_user(), point=point, place=column.place, face=_face(mine, column.place), at=start
                )
            except Refused as problem:
                raise ReplayError(problem.message) from problem
    return list(points.values())


def _face(mine: Mine, place: str) -> Face | None:
    """The mine's face that the place belongs to, where it has one."""
    kind = face_kind_of(place)
    if kind is None:
        return None
    return Face.objects.filter(mine=mine, kind=kind, ended_on=None).order_by("pk").first()


def _take(mine_code: str, sent: Iterator[SentFile]) -> None:
    try:
        intake = ReplayIntake(clock.data_folder())
    except JournalError as problem:
        raise ReplayError(f"{problem}；回放入库须先停止数据接入服务，或用 --dry-run 只作演算") from problem
    try:
        now = clock.now()
        while part := list(islice(sent, FILES_A_COMMIT)):
            late = next((file for file in part if file.at > now), None)
            if late:
                raise ReplayError(f"{clock.civil(late.at):%Y-%m-%d %H:%M:%S} 的数据晚于当前时间；请把 --start 提前")
            intake.take_all([(mine_code, file.name, file.body, file.at) for file in part], now)
            intake.commit(now)
    finally:
        intake.close()


def _stored(mine: Mine, points: Sequence[Point]) -> Stored:
    episodes = list(
        Episode.objects.filter(point__in=points, withdrawn=False).select_related("point").order_by("started_at")
    )
    links = CaseEpisode.objects.filter(episode__in=episodes).values("case")
    cases = list(Case.objects.filter(pk__in=links).order_by("pk"))
    subjects = [str(case.pk) for case in cases]
    findings = list(Finding.objects.filter(mine=mine, subject__in=subjects, revoked_at=None).order_by("pk"))
    return Stored(episodes, cases, findings)
