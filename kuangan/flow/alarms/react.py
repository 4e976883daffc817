"""What follows from what the sensors say: an over-limit becomes a record, a case, or part of one, and the case follows it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from kuangan.base.numerals import moment_text
from kuangan.casework.actions import amend_facts, make_move
from kuangan.casework.models import Case, CaseEpisode
from kuangan.flow.alarms import calibrations, stops
from kuangan.flow.alarms.desk import tell_desk
from kuangan.flow.alarms.facts import alarm_facts, level_reason, number_text, place_of, standing_episodes, verdict_of
from kuangan.flow.alarms.joining import ALARM, JOINABLE, case_for
from kuangan.flow.alarms.opening import is_unfiled, open_alarm, plant_checks
from kuangan.flow.cases.calling import ring_at_once
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import end_notices_of, tell_mine
from kuangan.flow.cases.opening import amend_opened, revoke_opened
from kuangan.flow.live import announce_case
from kuangan.monitor.actions import mark_reacted
from kuangan.monitor.models import CalibrationFiling, Episode

UNFOUNDED = (*JOINABLE, "found_not_real", "confirmed_real", "confirmed_not_real")

COUNTED_BY = ("peak", "started_at", "cut_at")
"""The facts of an alarm on which it depends whether it counts, and when."""


@transaction.atomic
def episode(subject: Episode, at: datetime) -> bool:
    """Take one unreacted episode: into its case, or into a new one. False when somebody else took it or it changed."""
    lock_unit(subject.mine_id)
    if not mark_reacted(episode=subject, at=at):
        return False
    filing = calibrations.filing_of(subject)
    fresh = filing is not None and not CaseEpisode.objects.filter(episode=subject).exists()
    case = None if fresh else case_for(subject)
    if case is None:
        _begin(subject, filing, at)
    elif case.procedure == calibrations.CALIBRATION:
        _follow_record(case, subject, at)
    else:
        _into(case, subject, at)
    return True


def _begin(subject: Episode, filing: CalibrationFiling | None, at: datetime) -> None:
    if filing is not None:
        calibrations.open_record(subject, filing, at)
    elif not subject.withdrawn:
        open_alarm(subject, at)


def _follow_record(case: Case, subject: Episode, at: datetime) -> None:
    CaseEpisode.objects.get_or_create(episode=subject, defaults={"case": case})
    calibrations.follow(case, at)


def _into(case: Case, subject: Episode, at: datetime) -> None:
    _, joined = CaseEpisode.objects.get_or_create(episode=subject, defaults={"case": case})
    plant_checks(case, subject)
    changed = refresh(case, at)
    if joined and not subject.excluded and not subject.withdrawn:
        _tell_joined(changed, subject, at)


def refresh(case: Case, at: datetime, learned: Mapping[str, Any] | None = None) -> Case:
    """Bring an alarm case up to its episodes (and what was ``learned`` otherwise): facts, level, and what was judged from them.

    A case whose episodes late data has all withdrawn is voided. A graver level is told to mine and supervising body.
    """
    standing = standing_episodes(case)
    if not standing:
        return _void(case, at)
    before = dict(case.facts)
    facts = {**(learned or {}), **alarm_facts(standing, {**before, **(learned or {})})}
    changed = amend_facts(actor=None, case=case, facts=facts, at=at, level=str(facts["level"]))
    announce_case(case, "episode")
    if is_unfiled(before) and not is_unfiled(changed.facts):
        changed = _upgrade(changed, standing, "treat_as_overlimit", at)
    elif changed.level != before.get("level"):
        changed = _upgrade(changed, standing, "upgrade", at)
    if verdict_of(changed) == "confirmed" and any(changed.facts[key] != before.get(key, "") for key in COUNTED_BY):
        stops.overlimit(changed, at)
        stops.recompute(changed, at)
        amend_opened(changed, at)
    return changed


def _void(case: Case, at: datetime) -> Case:
    """Late data has shown that the set-point was not reached: the case ends, and what rested on it is recomputed."""
    if case.state in UNFOUNDED and not _replacement_waits(case):
        make_move(actor=None, case=case, move_id="void", inputs={}, at=at)
        revoke_opened(case, at)
        end_notices_of(case, at)
        stops.recompute(case, at)
    return case


def _replacement_waits(case: Case) -> bool:
    """Whether a corrected episode of the case's points is still to be taken; it will find the case."""
    gone = [link.episode for link in CaseEpisode.objects.filter(case=case).select_related("episode")]
    waiting = Episode.objects.filter(point__in={episode.point_id for episode in gone}, withdrawn=False, case_link=None)
    if all(episode.ended_at for episode in gone):
        waiting = waiting.filter(started_at__lte=max(episode.ended_at for episode in gone if episode.ended_at))
    first = min(episode.started_at for episode in gone)
    return waiting.filter(Q(ended_at=None) | Q(ended_at__gte=first)).exists()


def _upgrade(case: Case, standing: list[Episode], move: str, at: datetime) -> Case:
    """The graver level as a step of its own: why, the shortened deadlines, a new notice to the mine, which is rung."""
    running = {case_clock.clock: case_clock.due_at for case_clock in case.clocks.filter(stopped_at=None)}
    facts: dict[str, object] = {
        f"{step}_due_text": moment_text(running[step]) for step in ("sign_for", "first_report") if step in running
    }
    facts["level_reason"] = _reason(case.facts) or level_reason(standing, case.facts)
    changed = amend_facts(actor=None, case=case, facts=facts, at=at)
    make_move(actor=None, case=changed, move_id=move, inputs={}, at=at)
    _tell_graver(changed, at)
    ring_at_once(changed, at)
    return changed


def _reason(facts: Mapping[str, Any]) -> str:
    """Why what was taken for a calibration is none."""
    if facts.get("calibration") == "read_high" and not facts.get("level_reason"):
        return f"标校未报备，便携仪测定{facts['hand_reading']}%"
    return ""


def _tell_graver(case: Case, at: datetime) -> None:
    """A graver level: the mine acts again, the supervising body knows."""
    title = f"瓦斯报警升为{case.facts['level_text']}"
    body = f"{case.facts['place']}瓦斯浓度最高{case.facts['peak']}%，{case.facts['level_reason']}，请立即核实停电撤人情况。"
    tell_mine(case, title=title, body=body, at=at)
    tell_desk(case, title=f"{case.unit.name}{title}", body=body, at=at)


def _tell_joined(case: Case, subject: Episode, at: datetime) -> None:
    """Another point of the same place went over: the mine hears of every one."""
    text = f"{place_of(subject)}瓦斯浓度{number_text(subject.peak)}%，已达报警值{number_text(subject.limit_alarm)}%"
    tell_mine(case, title=f"瓦斯超限：{place_of(subject)}", body=f"{text}。立即停电撤人。", at=at)


def rising() -> list[Case]:
    """Open alarms and records whose peak rose since their facts were taken."""
    open_ones = (
        Case.objects.filter(
            procedure__in=(ALARM, calibrations.CALIBRATION),
            closed_at=None,
            episodes__episode__ended_at=None,
            episodes__episode__withdrawn=False,
        )
        .annotate(top=Max("episodes__episode__peak"))
        .select_related("mine__unit")
    )
    return [case for case in open_ones if case.top is not None and _is_below(case, case.top)]


def _is_below(case: Case, top: Decimal) -> bool:
    """Whether the facts of a case say less than ``top``, or nothing that can be read; where a portable reading counts it is no less."""
    if case.facts.get("calibration") == "read_high":
        return False
    try:
        return Decimal(case.facts.get("peak", "0")) < Decimal(number_text(top))
    except ArithmeticError:
        return True


@transaction.atomic
def rise(case: Case, at: datetime) -> bool:
    """Bring an open alarm whose peak rose up to date; False when it did not rise."""
    lock_unit(case.unit_id)
    current = Case.objects.select_related("mine__unit").get(pk=case.pk)
    highest = CaseEpisode.objects.filter(case=case, episode__ended_at=None, episode__withdrawn=False)
    top = highest.aggregate(top=Max("episode__peak"))["top"]
    if top is None or not _is_below(current, top):
        return False
    if current.procedure == calibrations.CALIBRATION:
        calibrations.follow(current, at)
    else:
        refresh(current, at)
    return True
