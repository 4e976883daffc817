"""Asking the rules, and what a finding opens or joins."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.casework.actions import amend_facts, make_move, open_case
from kuangan.casework.models import Case, Finding, Reliance
from kuangan.casework.queries import in_state
from kuangan.core.actions import record
from kuangan.core.models import Unit
from kuangan.flow.alarms.facts import gas_facts, is_presumed, verdict_of
from kuangan.flow.cases.findings import cite_text_of, keep_finding
from kuangan.flow.cases.notices import tell_role
from kuangan.flow.cases.opening import open_from_finding
from kuangan.flow.following import opening
from kuangan.flow.live import announce_case
from kuangan.law.content import procedure_by_id, rule_by_id, rules_of
from kuangan.law.instrument import cite_text
from kuangan.law.local import local_span
from kuangan.law.role import Role
from kuangan.law.rule import Found
from kuangan.mine.models import Mine

HALT = "suspension"


def overlimit(alarm: Case, at: datetime) -> list[Finding]:
    """Run the rules of topic ``overlimit_confirmed`` for an alarm that counts; open or join what they call for."""
    facts = gas_facts(alarm)
    findings: list[Finding] = []
    for rule in rules_of("overlimit_confirmed"):
        outcome = rule.say(facts, at)
        if isinstance(outcome, Found):
            finding = keep_finding(rule, alarm.the_mine, str(alarm.pk), outcome, at)
            findings.append(finding)
            if rule.procedure:
                open_from_finding(finding, alarm.unit, at)
    if not any(finding.rule == "gas_repeat_within_week" for finding in findings):
        _join_during_stop(alarm, at)
    return findings


def recompute(alarm: Case, at: datetime) -> None:
    """An alarm was judged anew: findings that no longer hold are revoked; a draft that lost its basis says so."""
    standing = Finding.objects.filter(mine=alarm.mine_id, revoked_at=None, rule__in=_overlimit_rules())
    for finding in standing.exclude(
        case__in=Case.objects.filter(in_state("done", "undone"))
    ):  # an executed order keeps what it rests on
        subject = Case.objects.select_related("mine").get(pk=int(finding.subject))
        if verdict_of(subject) != "confirmed" or not _still_found(finding, subject, at):
            Finding.objects.filter(pk=finding.pk).update(revoked_at=at)
            record(actor=None, action="finding_revoked", subject=finding, data={"because": alarm.number}, at=at)
    suspension = _open_suspension(alarm.the_mine)
    if suspension is not None:
        _refresh_basis(suspension, at)


@opening("halt.draft")
def draft(finding: Finding, unit: Unit, at: datetime) -> None:
    """A rule calls for a stop: of alarms that count together, or of what the ledgers of the mine say."""
    mine = Mine.objects.select_related("unit", "supervisor").get(pk=unit.pk)
    if finding.rule in _overlimit_rules():
        _suspend(finding, mine, at)
    else:
        _propose(finding, mine, at)


def _suspend(finding: Finding, mine: Mine, at: datetime) -> None:
    """Open a stop with its drafted order, or join the one that is open."""
    alarms = list(Case.objects.filter(pk__in=[int(key) for key in finding.used]).order_by("opened_at"))
    suspension = _open_suspension(mine)
    if suspension is None:
        suspension = _draft_suspension(finding, mine, alarms, at)
    else:
        _join(suspension, alarms, at)
    Finding.objects.filter(pk=finding.pk).update(case=suspension)


def _propose(finding: Finding, mine: Mine, at: datetime) -> None:
    """A rule on the mine's ledgers calls for a stop: draft it, or tell those who deal with the one that is open."""
    suspension = _open_suspension(mine)
    if suspension is None:
        suspension = _draft_suspension(finding, mine, [], at)
    else:
        title, body = (
            f"停产整顿期间另有违法情形：{mine.name}",
            f"{finding.reason}。请在{suspension.number}中一并研究处理。",
        )
        tell_role(suspension, unit=mine.supervisor, role=Role.enforcement_officer, title=title, body=body, at=at)
    Finding.objects.filter(pk=finding.pk).update(case=suspension)


def rests_on(finding: Finding) -> bool:
    """Whether an order in force rests on the finding, so that it stands until the stop is over."""
    case = finding.case
    return case is not None and case.closed_at is None and _outcome(case) == "stands"


def basis_lost(finding: Finding, at: datetime) -> None:
    """A finding was revoked: a stop that is only drafted on it says so."""
    if finding.case is not None and finding.case.closed_at is None and finding.case.procedure == HALT:
        _refresh_basis(finding.case, at)


def _draft_suspension(finding: Finding, mine: Mine, alarms: list[Case], at: datetime) -> Case:
    day = civil_date(at)
    least = local_span("suspension.floor", day).length.days
    suspension = open_case(
        actor=None,
        procedure_id=HALT,
        unit=mine.unit,
        title=_title(finding, mine, alarms),
        facts={
            "reason": finding.reason,
            "mine_code": mine.code,
            "supervisor_phone": mine.supervisor.phone,
            "overlimits": overlimit_rows(alarms),
            "evidence_lines": [] if alarms else [f"台账记录核查情况：{finding.reason}"],
            "least_days": least,
            "ordered_days": least,
            "basis": _basis(finding),
        },
        at=at,
        level="red",
    )
    Reliance.objects.bulk_create([Reliance(stop=suspension, alarm=alarm) for alarm in alarms])
    for role in (Role.enforcement_officer, Role.section_head):
        tell_role(
            suspension,
            unit=mine.supervisor,
            role=role,
            title=f"已起草停产整顿建议：{mine.name}",
            body=f"{finding.reason}。系统已起草责令停产整顿不少于{least}天的建议，请依法核查办理。",
            at=at,
        )
    announce_case(suspension)
    return suspension


def _title(finding: Finding, mine: Mine, alarms: list[Case]) -> str:
    if alarms:
        return f"{mine.name}一周内瓦斯超限{len(alarms)}次停产整顿"
    return f"{mine.name}停产整顿（{rule_by_id(finding.rule).title}）"[:200]


def _basis(finding: Finding) -> list[str]:
    """What the order rests on: the articles that give the power first, then what the rule itself cites."""
    powers = [cite_text(cite) for cite in procedure_by_id(HALT).move("order").cites]
    cited = [cite_text_of(pair) for pair in finding.cites]
    return [*(text for text in dict.fromkeys(powers) if text not in cited), *cited]


def _join(suspension: Case, alarms: Iterable[Case], at: datetime) -> None:
    """Further alarms into the open suspension: back to the officers before the order, to the head after it."""
    known = set(Reliance.objects.filter(stop=suspension).values_list("alarm_id", flat=True))
    new = [alarm for alarm in alarms if alarm.pk not in known]
    if not new:
        return
    Reliance.objects.bulk_create([Reliance(stop=suspension, alarm=alarm) for alarm in new])
    before_order = not _outcome(suspension)
    move = "join_overlimit" if before_order else "join_during_stop"
    make_move(actor=None, case=suspension, move_id=move, inputs={}, at=at)
    _refresh_basis(suspension, at)
    numbers = "、".join(alarm.number for alarm in new)
    role = Role.enforcement_officer if before_order else Role.bureau_head
    body = (
        f"{numbers}已并入{suspension.number}，请重新提出建议。"
        if before_order
        else f"{numbers}已并入{suspension.number}，请决定延长停产整顿期限，或写明理由不予延长。"
    )
    unit = suspension.the_mine.supervisor
    tell_role(suspension, unit=unit, role=role, title=f"再次超限：{suspension.the_mine.name}", body=body, at=at)


def _join_during_stop(alarm: Case, at: datetime) -> None:
    """An over-limit during the stop joins even when it lies outside the week."""
    suspension = _open_suspension(alarm.the_mine)
    if suspension is not None and suspension.clocks.filter(clock="floor").exists():
        _join(suspension, [alarm], at)


def _refresh_basis(suspension: Case, at: datetime) -> None:
    """What the order rests on, by today's verdicts; the head is told when an order in force has lost its basis."""
    reliances = Reliance.objects.filter(stop=suspension).select_related("alarm__mine")
    alarms = [reliance.alarm for reliance in reliances if verdict_of(reliance.alarm) == "confirmed"]
    alarms.sort(key=lambda alarm: str(alarm.facts["started_at"]))
    standing = Finding.objects.filter(case=suspension, revoked_at=None)
    newest = standing.order_by("-found_at").first()
    facts: dict[str, Any] = {"overlimits": overlimit_rows(alarms), "basis_lost": newest is None}
    if newest is not None:
        facts["reason"] = newest.reason
    had_basis = not suspension.facts.get("basis_lost")
    changed = amend_facts(actor=None, case=suspension, facts=facts, at=at)
    if newest is None and had_basis and _outcome(suspension):
        tell_role(
            changed,
            unit=suspension.the_mine.supervisor,
            role=Role.bureau_head,
            title=f"停产整顿决定的依据已变化：{suspension.the_mine.name}",
            body=f"{suspension.number}所依据的超限经改判已不足一周2次，请依法研究处理。",
            at=at,
        )
    announce_case(suspension)


def overlimit_rows(alarms: Iterable[Case]) -> list[dict[str, Any]]:
    """The over-limits an order names, as its paper prints them."""
    return [
        {
            "key": str(alarm.pk),
            "number": alarm.number,
            "started_at_text": alarm.facts["started_at_text"],
            "place": alarm.facts["place"],
            "peak": alarm.facts["peak"],
            "presumed": is_presumed(alarm),
        }
        for alarm in alarms
    ]


def _open_suspension(mine: Mine) -> Case | None:
    """The stop that is drafted or in force; one that was lifted is over, though its notice may still be unpublished."""
    open_ones = Case.objects.filter(mine=mine, procedure=HALT, closed_at=None).exclude(in_state("done", "undone"))
    return open_ones.select_related("mine__unit").first()


def _outcome(stop: Case) -> str:
    """Nothing yet (""), in force ("stands"), or over."""
    return procedure_by_id(stop.procedure).state(stop.state).outcome


def _overlimit_rules() -> list[str]:
    return [rule.id for rule in rules_of("overlimit_confirmed")]


def _still_found(finding: Finding, subject: Case, at: datetime) -> bool:
    rule = next(rule for rule in rules_of("overlimit_confirmed") if rule.id == finding.rule)
    outcome = rule.say(gas_facts(subject), at)
    if not isinstance(outcome, Found):
        return False
    Finding.objects.filter(pk=finding.pk).update(
        reason=outcome.reason, used=list(outcome.used), numbers=outcome.numbers
    )
    return True
