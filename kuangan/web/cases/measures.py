"""The four measures of an over-limit (停电撤人、分析原因、停产整改、追究责任), with what machines saw beside what people said."""

from collections.abc import Sequence
from dataclasses import dataclass

from kuangan.casework.models import Case, CaseMove
from kuangan.corpus.procedures.overlimit_followup.procedure import TRACKS
from kuangan.monitor.models import Episode


@dataclass(frozen=True)
class Measure:
    """One measure: what the mine said, what a machine saw ("" = unknown), and the case to look into."""

    label: str
    said: str
    seen: str
    done: bool
    case: Case | None = None


def measures_of(alarm: Case) -> list[Measure]:
    """The four measures of an alarm case, whichever stage it is in."""
    followup = alarm.children.filter(procedure="overlimit_followup").order_by("-pk").first()
    return [_power_off(alarm), *(_track(followup, track, label) for track, label in TRACKS)]


def _power_off(alarm: Case) -> Measure:
    reported = alarm.moves.filter(move="report_power_off").order_by("-at").first()
    episodes = [link.episode for link in alarm.episodes.select_related("episode")]
    said = (
        f"{reported.person_name}已填报，撤出{reported.inputs.get('people', '不明')}人" if reported else "煤矿尚未填报"
    )
    return Measure("停电撤人", said, _power_seen(episodes), reported is not None)


def _power_seen(episodes: Sequence[Episode]) -> str:
    states = {one.power_state for one in episodes}
    if "energised" in states:
        return "馈电显示仍带电"
    reached = [one for one in episodes if one.power_off_at]
    if not reached:
        return "未达断电值"
    return "馈电显示已断电" if states == {"dead"} else ""


def _track(followup: Case | None, track: str, label: str) -> Measure:
    if followup is None:
        return Measure(label, "核实为真实后开始", "未开始", done=False)
    newest = _newest(followup, track)
    words = {"accept": "已验收", "return": "已退回，待重新报送", "report": "已报送，待验收", "start": "已开始"}
    step = newest.move.split("_", 1)[0] if newest else ""
    return Measure(label, words.get(step, "煤矿尚未报送"), "无系统核对", step == "accept", followup)


def _newest(followup: Case, track: str) -> CaseMove | None:
    return followup.moves.filter(move__contains=track).order_by("-at", "-pk").first()
