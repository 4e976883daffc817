"""The four measures of an over-limit (停电撤人、分析原因、停产整改、追究责任), with what machines saw beside what people said."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from kuangan.casework.models import Case, CaseMove
from kuangan.casework.queries import children_of, moves_visible_to, of_matter
from kuangan.core.models import User
from kuangan.law.content import procedure_by_id, procedures_of
from kuangan.law.procedure import Matter, Track
from kuangan.monitor.models import Episode


@dataclass(frozen=True)
class MeasureTaken:
    """One measure: what the mine said, what a machine saw ("" = unknown), and the case to look into."""

    label: str
    said: str
    seen: str
    done: bool
    case: Case | None = None


def measures_of(reader: User, alarm: Case, episodes: Sequence[Episode]) -> list[MeasureTaken]:
    """The four measures of an alarm case about these over-limits, whichever stage it is in."""
    followups = children_of(reader, alarm).filter(of_matter(Matter.measures))
    followup = followups.select_related(None).select_related("unit").last()
    tracks = [
        track for procedure_id in procedures_of(Matter.measures) for track in procedure_by_id(procedure_id).tracks
    ]
    first = [_power_off(reader, alarm, episodes, track) for track in procedure_by_id(alarm.procedure).tracks]
    return [*first, *(_track(reader, followup, track) for track in tracks)]


def _power_off(reader: User, alarm: Case, episodes: Sequence[Episode], track: Track) -> MeasureTaken:
    """The first measure, which belongs to the alarm itself, beside what the feeds showed."""
    made = moves_visible_to(reader, alarm)
    reported = made.filter(move=track.report.id).order_by("-at").first()
    step = _newest(made, track)
    said = "煤矿尚未填报"
    if reported is not None:
        said = f"{reported.person_name}已填报，撤出{reported.inputs.get('people', '不明')}人，{_words(track).get(step)}"
    return MeasureTaken(track.label, said, _power_seen(episodes), step == track.accept.id)


def _power_seen(episodes: Sequence[Episode]) -> str:
    states = {episode.power_state for episode in episodes}
    if "energised" in states:
        return "馈电显示仍带电"
    reached = [episode for episode in episodes if episode.power_off_at]
    if not reached:
        return "未达断电值"
    return "馈电显示已断电" if states == {"dead"} else ""


def _track(reader: User, followup: Case | None, track: Track) -> MeasureTaken:
    if followup is None:
        return MeasureTaken(track.label, "核实为真实后开始", "未开始", done=False)
    step = _newest(moves_visible_to(reader, followup), track)
    said = _words(track).get(step, "煤矿尚未报送")
    return MeasureTaken(track.label, said, "无系统核对", step == track.accept.id, followup)


def _words(track: Track) -> dict[str, str]:
    return {
        track.accept.id: "已验收",
        track.undo.id: "已退回，待重新报送",
        track.report.id: "已报送，待验收",
        **{move.id: "已开始" for move in track.before},
    }


def _newest(made: QuerySet[CaseMove], track: Track) -> str:
    """The newest step of a strand, "" before its first."""
    newest = made.filter(move__in=_words(track)).order_by("-at", "-pk").first()
    return newest.move if newest else ""
