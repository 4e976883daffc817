"""Machine checks planted for later, and the mine's own set-points against the law's."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from kuangan.base.clock import civil_date
from kuangan.casework.models import CaseCheck, Finding
from kuangan.core.actions import record, tell_aside
from kuangan.core.apart import apart
from kuangan.flow.alarms import calibrations
from kuangan.flow.alarms.facts import declaration_facts
from kuangan.flow.alarms.react import refresh
from kuangan.flow.cases.findings import keep_finding
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.models import Progress
from kuangan.law.content import rules_of
from kuangan.law.limit import SetPoint, limit, place_text
from kuangan.law.rule import Breach
from kuangan.law.time.dated import NotInForce
from kuangan.law.topic import SetPointFacts
from kuangan.mine.models import PointDefinition
from kuangan.monitor.models import Episode

BATCH = 500


@transaction.atomic
def check(case_check: CaseCheck, at: datetime) -> bool:
    """Take one check whose time has come and keep its result."""
    lock_unit(case_check.case.unit_id)
    taken = CaseCheck.objects.filter(pk=case_check.pk, done_at=None, wakes_at=case_check.wakes_at).update(
        wakes_at=None, done_at=at
    )
    if taken != 1:
        return False
    looks = calibrations.look if case_check.kind == calibrations.CHECK else _seen
    result, remark = looks(case_check, at)
    CaseCheck.objects.filter(pk=case_check.pk).update(result=result, remark=remark)
    data = {"kind": case_check.kind, "result": result}
    record(actor=None, action="check_done", subject=case_check.case, data=data, at=at)
    return True


def _seen(case_check: CaseCheck, at: datetime) -> tuple[str, str]:
    """Whether the alarm was declared, or whether power is off; then the case is brought up to it."""
    seen = _declared(case_check.episode, at) if case_check.kind == "declared" else _power_off(case_check.episode)
    refresh(case_check.case, at)
    return seen


def judge_set_points(at: datetime) -> int:
    """Judge the methane definitions that came in since the last round; returns how many."""
    reached = Coalesce(Subquery(Progress.objects.filter(name="set_points").values("reached")), 0)
    arrived = PointDefinition.objects.filter(pk__gt=reached, point__unit="%CH4").exists()
    return _judge_arrived(at) if arrived else 0


@transaction.atomic
def _judge_arrived(at: datetime) -> int:
    progress, _ = Progress.objects.get_or_create(name="set_points")
    definitions = PointDefinition.objects.filter(pk__gt=progress.reached, point__unit="%CH4").select_related(
        "point__mine__unit"
    )
    seen = list(definitions.order_by("pk")[:BATCH])
    if seen:
        _judge_apart(seen, at)
        Progress.objects.filter(pk=progress.pk).update(reached=seen[-1].pk)
    return len(seen)


def _judge_apart(definitions: Sequence[PointDefinition], at: datetime) -> None:
    """Judge definitions; one that cannot be judged is said, and comes again with the next day's."""

    def judge(part: Sequence[PointDefinition]) -> None:
        standing = _standing(part)
        for definition in part:
            _judge_set_points(definition, standing, at)

    _, aside = apart(definitions, judge, most=len(definitions))
    tell_aside(stage="set_points", label="测点报警值核对", aside=aside, at=at)


def _declared(episode: Episode, at: datetime) -> tuple[str, str]:
    """Whether the mine declared the alarm itself; if not, that is a finding."""
    facts = declaration_facts(episode, at, grace_over=True)
    for rule in rules_of("declaration_due"):
        outcome = rule.say(facts, at)
        if isinstance(outcome, Breach) and not episode.withdrawn:
            keep_finding(rule, episode.mine, str(episode.pk), outcome, at)
            return "undeclared", outcome.reason
    if facts.calibrating:
        return "calibrating", "标校中达到报警值，不须上报超限"
    return "declared", "煤矿已上报异常报警"


def _power_off(episode: Episode) -> tuple[str, str]:
    remarks = {
        "dead": "馈电状态显示已断电",
        "energised": "馈电状态显示仍带电",
        "unknown": "未收到馈电状态，断电情况不明",
    }
    return episode.power_state, remarks[episode.power_state]


def judge_set_points_daily(at: datetime) -> int:
    """Once a day the newest definition of every methane point: places get confirmed, editions of law change."""
    today = civil_date(at).toordinal()
    judged = Progress.objects.filter(name="set_points_day", reached__gte=today).exists()
    return 0 if judged else _judge_day(today, at)


@transaction.atomic
def _judge_day(today: int, at: datetime) -> int:
    progress, _ = Progress.objects.select_for_update().get_or_create(name="set_points_day")
    if progress.reached >= today:
        return 0
    newest = PointDefinition.objects.filter(point__unit="%CH4").order_by("point_id", "-valid_from").distinct("point_id")
    definitions = list(newest.select_related("point__mine__unit"))
    _judge_apart(definitions, at)
    Progress.objects.filter(pk=progress.pk).update(reached=today)
    return len(definitions)


def _standing(definitions: Sequence[PointDefinition]) -> set[tuple[str, str]]:
    """Rule and point of each finding that stands on the points of these definitions; one query."""
    rules = [rule.id for rule in rules_of("definition_received")]
    points = [str(definition.point_id) for definition in definitions]
    findings = Finding.objects.filter(rule__in=rules, subject__in=points, revoked_at=None)
    return set(findings.values_list("rule", "subject"))


def _judge_set_points(definition: PointDefinition, standing: set[tuple[str, str]], at: datetime) -> None:
    """A looser set-point is a finding on the point; one that was mended revokes it."""
    place = definition.point.place or definition.point.place_proposed
    set_point = _set_point(place, at) if place else None
    if set_point is None:
        return
    facts = SetPointFacts(
        definition.point.native_code,
        f"{place_text(place)}测点",
        definition.alarm,
        definition.power_off,
        definition.re_power,
        set_point.alarm,
        set_point.power_off,
        set_point.re_power,
    )
    for rule in rules_of("definition_received"):
        outcome = rule.say(facts, at)
        if isinstance(outcome, Breach):
            keep_finding(rule, definition.point.mine, str(definition.point_id), outcome, at)
            standing.add((rule.id, str(definition.point_id)))
        elif (rule.id, str(definition.point_id)) in standing:
            Finding.objects.filter(rule=rule.id, subject=str(definition.point_id), revoked_at=None).update(
                revoked_at=at
            )


def _set_point(place: str, at: datetime) -> SetPoint | None:
    try:
        return limit("ch4", place, civil_date(at))
    except NotInForce:
        return None
