"""An alarm begins: its case, its notice, its clocks, its machine checks, and who hears of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.casework.actions import make_move, open_case
from kuangan.casework.models import Case, CaseCheck, CaseEpisode
from kuangan.flow.alarms.desk import tell_desk
from kuangan.flow.alarms.facts import alarm_facts
from kuangan.flow.alarms.joining import ALARM
from kuangan.flow.cases.calling import ring_at_once
from kuangan.flow.cases.notices import tell_mine
from kuangan.flow.live import announce_case
from kuangan.law.local import local, local_span
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline
from kuangan.monitor.models import Episode


def open_alarm(
    subject: Episode, at: datetime, known: Mapping[str, Any] | None = None, parent: Case | None = None
) -> Case:
    """A case for an over-limit, with what is ``known`` of it already; ``parent``: the record that it came out of."""
    facts = {**(known or {}), **alarm_facts([subject], known or {})}
    level, mine = str(facts["level"]), subject.mine
    facts |= _due_texts(level, at)
    case = open_case(
        actor=None,
        procedure_id=ALARM,
        unit=mine.unit,
        title=f"{mine.name}{facts['place']}{'标校未报备' if is_unfiled(facts) else '瓦斯超限'}报警",
        facts=facts,
        at=at,
        level=level,
        parent=parent,
    )
    CaseEpisode.objects.update_or_create(episode=subject, defaults={"case": case})
    plant_checks(case, subject)
    case.refresh_from_db()
    notify = "notify_calibration" if is_unfiled(facts) else "notify"
    make_move(actor=None, case=case, move_id=notify, inputs={}, at=at)
    _tell(case, at)
    ring_at_once(case, at)
    announce_case(case)
    return case


def is_unfiled(facts: Mapping[str, Any]) -> bool:
    """Whether the case is a calibration that nobody filed, and no more so far."""
    return facts.get("calibration") == "unfiled"


def _due_texts(level: str, at: datetime) -> dict[str, str]:
    spans = {
        step: local_span(f"alarm_handling.{step}.{level}", civil_date(at)) for step in ("sign_for", "first_report")
    }
    return {f"{step}_due_text": moment_text(deadline(span, at, calendar())) for step, span in spans.items()}


def _tell(case: Case, at: datetime) -> None:
    facts, name = case.facts, case.the_mine.name
    place, value, due = facts["place"], f"瓦斯浓度{facts['peak']}%，", facts["sign_for_due_text"]
    if is_unfiled(facts):
        body = f"{place}测点处于标校状态，{value}该时段未报备标校。请立即用便携仪现场测定，于{due}前签收，并在初报中填报读数。"
        tell_mine(case, title=f"标校未报备：{place}", body=body, at=at)
        told = f"{place}测点处于标校状态达到报警值，未报备标校，已要求煤矿用便携仪测定。"
        tell_desk(case, title=f"{name}标校未报备", body=told, at=at)
        return
    reached = f"{place}{value}已达报警值{facts['alarm_limit']}%。"
    why = f"{facts['misfit_reason']}，不按标校处理。" if facts.get("misfit_reason") else ""
    body = f"{reached}{why}立即停电撤人，并于{due}前签收。"
    tell_mine(case, title=f"瓦斯超限：{place}", body=body, at=at)
    told = f"{place}{value}{why}已通知煤矿停电撤人。"
    tell_desk(case, title=f"{name}瓦斯超限报警", body=told, at=at)


def plant_checks(case: Case, subject: Episode) -> None:
    """Plant what is looked at later: declared after the grace? power still on once its set-point was reached?"""
    day = civil_date(subject.started_at)
    grace = local_span("episode.declaration_grace", day).length
    CaseCheck.objects.get_or_create(
        episode=subject, kind="declared", defaults={"case": case, "wakes_at": subject.recorded_at + grace}
    )
    if subject.power_off_at is None:
        return
    after = timedelta(seconds=2 * int(local("episode.power_check_after", day).value))
    check, _ = CaseCheck.objects.get_or_create(
        episode=subject, kind="power_off", defaults={"case": case, "wakes_at": subject.recorded_at + after}
    )
    if subject.power_state not in ("unknown", check.result):
        CaseCheck.objects.filter(pk=check.pk).update(
            result=subject.power_state, done_at=subject.power_state_at, wakes_at=None
        )
