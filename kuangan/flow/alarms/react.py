"""What follows from what the sensors say: an episode or a silence becomes notices, a case and planted checks."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.casework.actions import amend_facts, make_move, open_case
from kuangan.casework.models import Case, CaseCheck, CaseEpisode
from kuangan.core.actions import send_notice
from kuangan.core.subject import about
from kuangan.flow.alarms import stops
from kuangan.flow.alarms.facts import alarm_facts, level_reason, number_text, place_of, standing_episodes, verdict_of
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import end_notices_of, tell_mine, tell_supervisor
from kuangan.flow.cases.opening import amend_opened, revoke_opened
from kuangan.flow.live import announce, announce_case
from kuangan.law.local import local, local_span
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import deadline
from kuangan.monitor.actions import mark_reacted, mark_silence_reacted
from kuangan.monitor.models import Episode, Silence

ALARM = "alarm_handling"
JOINABLE = ("notified", "received", "reported", "presumed_real", "found_real")
"""An over-limit joins only a case that nobody has judged harmless or closed the count of."""
UNFOUNDED = (
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
    lock_unit(subject.mine_id)
    if not mark_reacted(episode=subject, at=at):
        return False
    case = _case_of(subject) or _corrected_case(subject) or _joinable_case(subject)
    if case is None:
        if not subject.withdrawn:
            _open_alarm(subject, at)
        return True
    _, joined = CaseEpisode.objects.get_or_create(episode=subject, defaults={"case": case})
    _plant_checks(case, subject)
    changed = refresh(case, at)
    if joined and not subject.excluded and not subject.withdrawn:
        _tell_joined(changed, subject, at)
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
            subject=about("mine", subject.mine.code),
            channels=("screen",),
            at=at,
        )
        if subject.level > 1:
            tell_supervisor(
                subject.mine,
                title=f"{subject.mine.name}{title}",
                body=body,
                subject=about("mine", subject.mine.code),
                level="yellow" if subject.level == 2 else "orange",
                at=at,
            )
    announce(subject.mine.unit.path, "feed")
    return True


def refresh(case: Case, at: datetime) -> Case:
    """Bring an alarm case up to its episodes: facts, level, and what was judged from them.

    A case whose episodes late data has all withdrawn is voided. A graver level is told to mine and supervising body.
    """
    standing = standing_episodes(case)
    if not standing:
        return _void(case, at)
    before = dict(case.facts)
    facts = alarm_facts(standing)
    changed = amend_facts(actor=None, case=case, facts=facts, at=at, level=str(facts["level"]))
    announce_case(case, "episode")
    if changed.level != before.get("level"):
        changed = _upgrade(changed, standing, at)
    if verdict_of(changed) == "confirmed" and any(
        changed.facts[key] != before.get(key) for key in ("peak", "started_at")
    ):
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


def _upgrade(case: Case, standing: list[Episode], at: datetime) -> Case:
    """The graver level as a step of its own: why, the shortened deadlines, a new notice to the mine."""
    running = {case_clock.clock: case_clock.due_at for case_clock in case.clocks.filter(stopped_at=None)}
    facts: dict[str, object] = {
        f"{step}_due_text": moment_text(running[step]) for step in ("sign_for", "first_report") if step in running
    }
    facts["level_reason"] = level_reason(standing)
    changed = amend_facts(actor=None, case=case, facts=facts, at=at)
    make_move(actor=None, case=changed, move_id="upgrade", inputs={}, at=at)
    _tell_graver(changed, at)
    return changed


def _tell_graver(case: Case, at: datetime) -> None:
    """A graver level: the mine acts again, the supervising body knows."""
    title = f"瓦斯报警升为{case.facts['level_text']}"
    body = f"{case.facts['place']}瓦斯浓度最高{case.facts['peak']}%，{case.facts['level_reason']}，请立即核实停电撤人情况。"
    tell_mine(case, title=title, body=body, at=at)
    tell_supervisor(
        case.the_mine,
        title=f"{case.unit.name}{title}",
        body=body,
        subject=about("case", case.pk),
        level=case.level,
        at=at,
        case=case,
    )


def _tell_joined(case: Case, subject: Episode, at: datetime) -> None:
    """Another point of the same place went over: the mine hears of every one."""
    text = f"{place_of(subject)}瓦斯浓度{number_text(subject.peak)}%，已达报警值{number_text(subject.limit_alarm)}%"
    tell_mine(case, title=f"瓦斯超限：{place_of(subject)}", body=f"{text}。立即停电撤人。", at=at)


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
        procedure_id=ALARM,
        unit=mine.unit,
        title=f"{mine.name}{facts['place']}瓦斯超限报警",
        facts=facts,
        at=at,
        level=level,
    )
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
        subject=about("case", case.pk),
        level=level,
        at=at,
        case=case,
    )
    announce_case(case)
    return case


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
    """An open alarm case with an episode of the same face (or place) that overlaps or lies within the join gap."""
    gap = local_span("alarm_handling.join_gap", civil_date(subject.started_at)).length
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
        case__procedure=ALARM,
        case__state__in=JOINABLE,
        episode__withdrawn=False,
    )
    if end is not None:
        links = links.filter(episode__started_at__lte=end)
    link = links.select_related("case__mine__unit").order_by("-episode__started_at").first()
    return link.case if link else None


def _plant_checks(case: Case, subject: Episode) -> None:
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


def rising() -> list[Case]:
    """Open alarms whose peak rose since their facts were taken."""
    open_alarms = (
        Case.objects.filter(
            procedure=ALARM,
            closed_at=None,
            episodes__episode__ended_at=None,
            episodes__episode__withdrawn=False,
        )
        .annotate(top=Max("episodes__episode__peak"))
        .select_related("mine__unit")
    )
    return [case for case in open_alarms if case.top is not None and _is_below(case, case.top)]


def _is_below(case: Case, top: Decimal) -> bool:
    """Whether the facts of a case say less than ``top``, or nothing that can be read."""
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
    refresh(current, at)
    return True
