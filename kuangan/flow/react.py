"""What follows from what the sensors say: an episode or a silence becomes notices, a case and planted checks."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.casework.actions import amend_facts, make_move, open_case
from kuangan.casework.models import Case, CaseCheck, CaseEpisode
from kuangan.core.actions import send_notice
from kuangan.flow.facts import alarm_facts, recheck_drawn, standing_episodes
from kuangan.flow.live import announce
from kuangan.flow.notices import tell_mine, tell_supervisor
from kuangan.law.calendar import workdays
from kuangan.law.local import local, local_span
from kuangan.law.span import deadline
from kuangan.monitor.actions import mark_reacted, mark_silence_reacted
from kuangan.monitor.models import Episode, Silence

UNDECIDED = (
    "notified",
    "received",
    "reported",
    "presumed_real",
    "found_real",
    "found_not_real",
    "confirmed_real",
    "confirmed_not_real",
)


@transaction.atomic
def episode(subject: Episode, at: datetime) -> bool:
    """Take one unreacted episode: into its case, or into a new one. False when somebody else took it or it changed."""
    if not mark_reacted(episode=subject, at=at):
        return False
    case = _case_of(subject) or _joinable_case(subject)
    if case is None:
        if not subject.withdrawn:
            _open_alarm(subject, at)
        return True
    CaseEpisode.objects.get_or_create(episode=subject, defaults={"case": case})
    _plant_checks(case, subject)
    refresh(case, at)
    return True


@transaction.atomic
def silence(subject: Silence, at: datetime) -> bool:
    """Tell the mine and, from the yellow level on, its supervising body that data has stopped."""
    if not mark_silence_reacted(silence=subject, at=at):
        return False
    if subject.ended_at is None:
        what = place_text(subject)
        title = f"数据中断：{what}"
        body = f"{what}自{moment_text(subject.started_at)}起无数据上传，请立即查明原因并恢复；恢复前按不明状态管理。"
        send_notice(
            actor=None,
            unit=subject.mine.unit,
            title=title,
            body=body,
            kind="silence",
            link=f"/mines/{subject.mine.code}/",
            channels=("screen",),
            at=at,
        )
        if subject.level > 1:
            tell_supervisor(
                subject.mine,
                title=f"{subject.mine.name}{title}",
                body=body,
                link=f"/mines/{subject.mine.code}/",
                level="yellow" if subject.level == 2 else "orange",
                at=at,
            )
    announce(subject.mine.unit.path, "feed")
    return True


def refresh(case: Case, at: datetime) -> Case:
    """Bring an alarm case's facts up to its episodes; a graver level is told to the supervising body."""
    standing = standing_episodes(case)
    facts = alarm_facts(standing) if standing else {"episodes_open": 0, "withdrawn": True}
    before = case.level
    changed = amend_facts(actor=None, case=case, facts=facts, at=at, level=str(facts.get("level", "")))
    announce(case.path, "episode", case=case.pk)
    if changed.level != before:
        tell_supervisor(
            case.mine,
            title=f"{case.mine.name}瓦斯报警升为{changed.facts['level_text']}",
            body=f"{changed.facts['place']}瓦斯浓度最高{changed.facts['peak']}%。",
            link=f"/cases/{case.pk}/",
            level=changed.level,
            at=at,
            case=changed,
        )
    return changed


def place_text(subject: Silence) -> str:
    """What is silent, in words."""
    return f"测点{subject.point.place_text}" if subject.point else "安全监控系统"


def _open_alarm(subject: Episode, at: datetime) -> Case:
    facts = alarm_facts([subject])
    level = str(facts["level"])
    mine = subject.mine
    day = civil_date(at)
    for step in ("sign_for", "first_report"):
        due_at = deadline(local_span(f"alarm_handling.{step}.{level}", day), at, workdays())
        facts[f"{step}_due_text"] = moment_text(due_at)
    case = open_case(
        actor=None,
        procedure_id="alarm_handling",
        mine=mine,
        title=f"{mine.name}{facts['place']}瓦斯超限报警",
        facts=facts,
        at=at,
        level=level,
    )
    amend_facts(actor=None, case=case, facts={"recheck": recheck_drawn(case.number, at)}, at=at)
    CaseEpisode.objects.create(case=case, episode=subject)
    _plant_checks(case, subject)
    case.refresh_from_db()
    make_move(actor=None, case=case, move_id="notify", inputs={}, at=at)
    tell_mine(
        case,
        title=f"瓦斯超限：{facts['place']}",
        body=f"{facts['place']}瓦斯浓度{facts['peak']}%，已达报警值{facts['alarm_limit']}%。立即停电撤人，并于{facts['sign_for_due_text']}前签收。",
        at=at,
    )
    tell_supervisor(
        mine,
        title=f"{mine.name}瓦斯超限报警",
        body=f"{facts['place']}瓦斯浓度{facts['peak']}%，已通知煤矿停电撤人。",
        link=f"/cases/{case.pk}/",
        level=level,
        at=at,
        case=case,
    )
    announce(case.path, "case", case=case.pk)
    return case


def _case_of(subject: Episode) -> Case | None:
    link = CaseEpisode.objects.filter(episode=subject).select_related("case__mine__unit").first()
    return link.case if link else None


def _joinable_case(subject: Episode) -> Case | None:
    """An open alarm case with an episode of the same face (or place) that overlaps or lies within the join gap."""
    gap = timedelta(minutes=local_span("alarm_handling.join_gap", civil_date(subject.started_at)).count)
    same = (
        Q(episode__point__face=subject.point.face_id)
        if subject.point.face_id
        else Q(episode__point__face=None, episode__point__place_text=subject.point.place_text)
    )
    end = subject.ended_at + gap if subject.ended_at else None
    near = Q(episode__ended_at=None) | Q(episode__ended_at__gte=subject.started_at - gap)
    links = CaseEpisode.objects.filter(
        same,
        near,
        case__mine=subject.mine_id,
        case__procedure="alarm_handling",
        case__state__in=UNDECIDED,
        episode__withdrawn=False,
    )
    if end is not None:
        links = links.filter(episode__started_at__lte=end)
    link = links.select_related("case__mine__unit").order_by("-episode__started_at").first()
    return link.case if link else None


def _plant_checks(case: Case, subject: Episode) -> None:
    """Plant what is looked at later: declared after the grace? power still on once its set-point was reached?"""
    day = civil_date(subject.started_at)
    grace = timedelta(minutes=local_span("episode.declaration_grace", day).count)
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


def refresh_rising(at: datetime) -> int:
    """Open alarms whose peak rose since their facts were taken; returns how many cases were looked at."""
    rising = Case.objects.filter(
        procedure="alarm_handling", closed_at=None, episodes__episode__ended_at=None, episodes__episode__withdrawn=False
    ).select_related("mine__unit")
    seen = {case.pk: case for case in rising}
    for case in seen.values():
        standing = standing_episodes(case)
        if standing and alarm_facts(standing)["peak"] != case.facts.get("peak"):
            refresh(case, at)
    return len(seen)
