"""Asking the rules, and what a finding opens or joins."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.casework.actions import amend_facts, make_move, open_case
from kuangan.casework.models import Case, Finding, Reliance
from kuangan.casework.queries import in_state
from kuangan.casework.relations import keeper_of
from kuangan.core.actions import record
from kuangan.core.models import Unit
from kuangan.flow.alarms.facts import gas_facts, is_presumed, verdict_of
from kuangan.flow.cases.findings import cite_text_of, keep_finding
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import tell_role
from kuangan.flow.cases.opening import open_from_finding
from kuangan.flow.following import opening
from kuangan.flow.live import announce_case
from kuangan.law.content import procedure_by_id, rule_by_id, rules_of
from kuangan.law.local import local
from kuangan.law.role import Role
from kuangan.law.rule import Breach
from kuangan.mine.models import Mine

HALT = "suspension"


def overlimit(alarm: Case, at: datetime) -> list[Finding]:
    """Run the rules of topic ``overlimit_confirmed`` for an alarm that counts; open or join what they call for."""
    findings = judge_overlimit(alarm, at)
    if not any(finding.rule == "gas_repeat_within_week" for finding in findings):
        _join_during_stop(alarm, at)
    return findings


def judge_overlimit(alarm: Case, at: datetime) -> list[Finding]:
    """The same without what an over-limit during a stop does by its mere moment: for one that is judged again."""
    facts = gas_facts(alarm)
    findings: list[Finding] = []
    for rule in rules_of("overlimit_confirmed"):
        outcome = rule.say(facts, at)
        if isinstance(outcome, Breach):
            finding = keep_finding(rule, alarm.the_mine, str(alarm.pk), outcome, at)
            findings.append(finding)
            if rule.procedure:
                open_from_finding(finding, alarm.unit, at)
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
    joins = suspension is not None
    if suspension is None:
        suspension = _draft_suspension(finding, mine, alarms, at)
    Finding.objects.filter(pk=finding.pk).update(case=suspension)
    if joins:
        _join(suspension, alarms, at)


def _propose(finding: Finding, mine: Mine, at: datetime) -> None:
    """A rule on the mine's ledgers calls for a stop: draft it, or let it join the one that is open."""
    suspension = _open_suspension(mine)
    if suspension is None:
        suspension = _draft_suspension(finding, mine, [], at)
        Finding.objects.filter(pk=finding.pk).update(case=suspension)
        return
    Finding.objects.filter(pk=finding.pk).update(case=suspension)
    before_order = not _outcome(suspension)
    if before_order:
        make_move(actor=None, case=suspension, move_id="join_overlimit", inputs={}, at=at)
        _refresh_basis(suspension, at)
    wanted = "已并入建议，请重新提出" if before_order else "请另行依法研究处理"
    title = f"停产整顿{'建议' if before_order else '期间'}另有违法情形：{mine.name}"
    body = f"{finding.reason}。{suspension.number}{wanted}。"
    unit, role = keeper_of(suspension), Role.enforcement_officer
    tell_role(suspension, unit=unit, role=role, title=title, body=body, at=at)


def rests_on(finding: Finding) -> bool:
    """Whether an order in force rests on the finding, so that it stands until the stop is over."""
    case = finding.case
    return case is not None and case.closed_at is None and _outcome(case) == "stands"


def finding_changed(finding: Finding, at: datetime) -> None:
    """A finding was revoked or says something else: a stop that rests on it says so, too."""
    if finding.case is not None and finding.case.closed_at is None and finding.case.procedure == HALT:
        _refresh_basis(finding.case, at)


def drafts_of_earlier_releases() -> list[Case]:
    """Drafted stops that do not say their cause: they were drafted when every stop rested on the gas clause."""
    drafts = Case.objects.filter(in_state(""), seat__startswith=f"{HALT}:")
    return list(drafts.exclude(facts__has_key="cause").select_related("unit__mine__supervisor", "mine").order_by("pk"))


@transaction.atomic
def restate(suspension: Case, at: datetime) -> None:
    """A draft of an earlier release says what it rests on as this one does."""
    lock_unit(suspension.unit_id)
    weekly = Finding.objects.filter(case=suspension, revoked_at=None, rule__in=_overlimit_rules())
    for finding in weekly:
        _still_found(finding, Case.objects.select_related("mine").get(pk=int(finding.subject)), at)
    _refresh_basis(suspension, at)


def _draft_suspension(finding: Finding, mine: Mine, alarms: list[Case], at: datetime) -> Case:
    grounds = _grounds([finding])
    least = grounds["least_days"]
    suspension = open_case(
        actor=None,
        procedure_id=HALT,
        unit=mine.unit,
        title=_title(finding, mine),
        facts={
            **grounds,
            "nature": str(local("suspension.track", civil_date(at)).value),
            "mine_code": mine.code,
            "supervisor_phone": mine.supervisor.phone,
            "overlimits": overlimit_rows(alarms),
            "ordered_days": least,
        },
        at=at,
        level="red",
    )
    Reliance.objects.bulk_create([Reliance(stop=suspension, alarm=alarm) for alarm in alarms])
    what = f"责令停产整顿不少于{least}天" if least else "责令停产整顿"
    for role in (Role.enforcement_officer, Role.section_head):
        tell_role(
            suspension,
            unit=mine.supervisor,
            role=role,
            title=f"已起草停产整顿建议：{mine.name}",
            body=f"{finding.reason}。系统已起草{what}的建议，请依法核查办理。",
            at=at,
        )
    announce_case(suspension)
    return suspension


def _grounds(findings: Sequence[Finding]) -> dict[str, Any]:
    """What a stop rests on: cause, reason, articles, evidence and least length as its findings have them, and nothing of others."""
    ledgers = [finding for finding in findings if finding.rule not in _overlimit_rules()]
    weekly = [finding for finding in findings if finding.rule in _overlimit_rules()]
    weekly.sort(key=lambda finding: (int(finding.numbers.get("times", 0)), finding.found_at))
    stated = [*weekly[-1:], *ledgers]
    least = [int(finding.numbers["least_days"]) for finding in stated if finding.numbers.get("least_days")]
    return {
        "cause": "、".join(dict.fromkeys(rule_by_id(finding.rule).title for finding in stated)),
        "reason": "；".join(finding.reason for finding in stated),
        "basis": list(dict.fromkeys(cite_text_of(pair) for finding in stated for pair in finding.cites)),
        "evidence_lines": [f"台账记录核查情况：{finding.reason}" for finding in ledgers],
        "least_days": max(least, default=None),
    }


def _title(finding: Finding, mine: Mine) -> str:
    if finding.rule in _overlimit_rules():
        return f"{mine.name}一周内瓦斯超限{finding.numbers['times']}次停产整顿"
    return f"{mine.name}停产整顿（{rule_by_id(finding.rule).title}）"[:200]


def _join(suspension: Case, alarms: Iterable[Case], at: datetime) -> None:
    """Further alarms into the open suspension: back to the officers before the order, to officers and head after it."""
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
    wanted = "请重新提出建议" if before_order else "请提出延长停产整顿的建议，或由局负责人写明理由不予延长"
    body = f"{numbers}已并入{suspension.number}，{wanted}。"
    roles = (Role.enforcement_officer,) if before_order else (Role.enforcement_officer, Role.bureau_head)
    unit, title = keeper_of(suspension), f"再次超限：{suspension.the_mine.name}"
    for role in roles:
        tell_role(suspension, unit=unit, role=role, title=title, body=body, at=at)


def _join_during_stop(alarm: Case, at: datetime) -> None:
    """An over-limit during the stop joins even when it lies outside the week."""
    suspension = _open_suspension(alarm.the_mine)
    if suspension is not None and suspension.clocks.filter(clock="floor").exists():
        _join(suspension, [alarm], at)


def _refresh_basis(suspension: Case, at: datetime) -> None:
    """What a stop rests on, by today's findings; an order that is signed says what it said, and the head is told when its basis is lost."""
    reliances = Reliance.objects.filter(stop=suspension).select_related("alarm__mine")
    alarms = [reliance.alarm for reliance in reliances if verdict_of(reliance.alarm) == "confirmed"]
    alarms.sort(key=lambda alarm: str(alarm.facts["started_at"]))
    standing = list(Finding.objects.filter(case=suspension, revoked_at=None).order_by("found_at", "pk"))
    ordered = bool(_outcome(suspension))
    facts: dict[str, Any] = {"overlimits": overlimit_rows(alarms), "basis_lost": not standing}
    if not ordered:
        facts |= _grounds(standing) if standing else {"cause": suspension.facts.get("cause", "")}
    had_basis = not suspension.facts.get("basis_lost")
    changed = amend_facts(actor=None, case=suspension, facts=facts, at=at)
    if not standing and had_basis and ordered:
        tell_role(
            changed,
            unit=keeper_of(suspension),
            role=Role.bureau_head,
            title=f"停产整顿决定的依据已变化：{suspension.the_mine.name}",
            body=f"{suspension.number}所依据的认定（{suspension.facts.get('cause') or '瓦斯超限'}）已不成立，请依法研究处理。",
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
    return open_ones.select_related("mine__supervisor", "unit__mine__supervisor", "office", "taken_over_by").first()


def _outcome(stop: Case) -> str:
    """Nothing yet (""), in force ("stands"), or over."""
    return procedure_by_id(stop.procedure).state(stop.state).outcome


def _overlimit_rules() -> list[str]:
    return [rule.id for rule in rules_of("overlimit_confirmed")]


def _still_found(finding: Finding, subject: Case, at: datetime) -> bool:
    rule = next(rule for rule in rules_of("overlimit_confirmed") if rule.id == finding.rule)
    outcome = rule.say(gas_facts(subject), at)
    if not isinstance(outcome, Breach):
        return False
    Finding.objects.filter(pk=finding.pk).update(
        reason=outcome.reason, used=list(outcome.used), numbers=outcome.numbers
    )
    return True
