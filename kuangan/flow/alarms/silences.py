"""Data that do not come: one case a mine, whatever of it is silent, graded by how long, told to persons in one summary."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.casework.actions import amend_facts, make_move, open_case
from kuangan.casework.models import Case, CaseMove
from kuangan.core.actions import send_notice
from kuangan.core.apart import apart
from kuangan.core.models import Unit, User
from kuangan.core.queries.go_live import go_live_days
from kuangan.core.subject import about
from kuangan.flow.alarms.desk import send_summary
from kuangan.flow.cases.findings import keep_finding
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import end_notices_of, gravity, tell_supervisor
from kuangan.flow.following import consequence
from kuangan.flow.live import announce, announce_case
from kuangan.law.content import rules_of
from kuangan.law.rule import Breach
from kuangan.law.topic import SilenceFacts
from kuangan.mine.actions import note_dismantled
from kuangan.mine.models import Mine
from kuangan.monitor.actions import mark_silence_reacted
from kuangan.monitor.models import Silence, SilenceLevel

SILENCE: Final = "feed_silence"
LEVELS: Final = {
    "feed": ("blue", "yellow", "orange", "red"),
    "hollow": ("blue", "yellow", "orange", "orange"),
    "point": ("blue", "blue", "yellow", "orange"),
}
"""By how long it lasts: the whole feed, a point that sends what does not count, a point that sends nothing."""
LISTED: Final = 20
"""Silences that a case and a summary name; the others are counted."""


@dataclass(frozen=True)
class Grown:
    """A case whose level the silences have raised, so that those on duty hear of it."""

    case: Case
    words: str


def together(gaps: Sequence[Silence], at: datetime) -> list[Silence]:
    """Take the silences of mines that fell silent with others, one summary to each desk; returns those that are left to be taken alone."""
    by_desk: dict[Unit, list[Silence]] = defaultdict(list)
    for gap in gaps:
        by_desk[gap.mine.supervisor].append(gap)
    left: list[Silence] = []
    for desk, group in by_desk.items():
        if len({gap.mine_id for gap in group}) < 2:
            left += group
        else:
            left += _taken_together(desk, group, at)
    return left


@transaction.atomic
def silence(subject: Silence, at: datetime) -> bool:
    """Take one silence alone. False when somebody else took it or it changed."""
    grown = _follow(subject.mine, [subject], at)
    if grown is None:
        return False
    _tell(subject.mine.supervisor, grown, at)
    return True


def kind_of(subject: Silence) -> str:
    """The whole feed, a point that sends what does not count, or a point that sends nothing."""
    if subject.point_id is None:
        return "feed"
    return "hollow" if subject.kind else "point"


def level_of(subject: Silence) -> str:
    return LEVELS[kind_of(subject)][subject.level - 1]


def words_of(subject: Silence) -> str:
    """What is silent since when, in words."""
    what = f"测点{subject.point.place_text or subject.point.native_code}" if subject.point else "安全监控系统"
    how = "持续" if subject.kind else ""
    return f"{what}自{moment_text(subject.started_at)}起{how}{subject.get_kind_display()}"


@consequence("silence.assessed")
def assessed(actor: User | None, case: Case, moved: CaseMove) -> None:
    """A person's word on the system itself: not working is a finding, whatever the length of the silence."""
    stated = moved.inputs.get("verdict") == "not_working"
    for subject in _silences_of(case).filter(point=None).order_by("started_at")[:1]:
        _judge("silence_stated", subject, moved.at, not_working=stated)


@consequence("silence.dismantled")
def dismantled(actor: User | None, case: Case, moved: CaseMove) -> None:
    """A person has found that the points that are silent stand no more: nothing is expected of them until they send again."""
    if not moved.inputs.get("dismantled"):
        return
    for subject in _silences_of(case).filter(ended_at=None, point__isnull=False).select_related("point"):
        if subject.point is not None:
            note_dismantled(actor=actor, point=subject.point, basis=case.number, at=moved.at)


@transaction.atomic
def _taken_together(desk: Unit, group: Sequence[Silence], at: datetime) -> list[Silence]:
    by_mine: dict[Mine, list[Silence]] = defaultdict(list)
    for gap in sorted(group, key=lambda gap: gap.mine_id):
        by_mine[gap.mine].append(gap)

    def follow(part: Sequence[tuple[Mine, list[Silence]]]) -> list[Grown]:
        return [heard for mine, gaps in part for heard in _follow(mine, gaps, at) or ()]

    results, aside = apart(list(by_mine.items()), follow, most=len(by_mine))
    _tell(desk, [heard for result in results for heard in result], at)
    return [gap for heard in aside for gap in heard.row[1]]


def _follow(mine: Mine, gaps: Iterable[Silence], at: datetime) -> list[Grown] | None:
    """Bring the mine's case up to these silences; None: somebody else took them. What is graver than before is returned."""
    lock_unit(mine.pk)
    taken = [gap for gap in gaps if mark_silence_reacted(silence=gap, at=at)]
    if not taken:
        return None
    announce(mine.unit.path, "feed")
    live_from = go_live_days().day_of(mine.unit.path)
    for gap in taken:
        if gap.point_id is None and not (gap.ended_at and civil_date(gap.ended_at) < live_from):
            _judge("silence_lasting", gap, at)
    case = Case.objects.filter(procedure=SILENCE, mine=mine, closed_at=None).select_related("unit", "mine").first()
    if case is None:
        running = [gap for gap in taken if gap.ended_at is None]
        return _begin(mine, running, at) if running else []
    return _go_on(case, taken, at)


def _begin(mine: Mine, gaps: Sequence[Silence], at: datetime) -> list[Grown]:
    facts = _facts(gaps)
    case = open_case(
        actor=None,
        procedure_id=SILENCE,
        unit=mine.unit,
        title=f"{mine.name}数据中断",
        facts=facts,
        at=at,
        level=str(facts["level"]),
    )
    announce_case(case)
    return _told(case, gaps, at)


def _go_on(case: Case, taken: Sequence[Silence], at: datetime) -> list[Grown]:
    before, listed = case.level, set(case.facts.get("silences", ()))
    known = {*listed, *(gap.pk for gap in taken)}
    gaps = list(Silence.objects.filter(pk__in=known).select_related("point").order_by("started_at", "pk"))
    facts = _facts(gaps)
    graver = gravity(str(facts["level"])) > gravity(before)
    case = amend_facts(actor=None, case=case, facts=facts, at=at, level=str(facts["level"]))
    begun = [gap for gap in taken if gap.ended_at is None]
    fresh = {gap.pk for gap in begun} - listed
    if graver:
        make_move(actor=None, case=case, move_id="graver", inputs={}, at=at)
    if not facts["silent"]:
        _settle(case, at)
    elif begun and case.state == "explained":
        make_move(actor=None, case=case, move_id="recur", inputs={}, at=at)
    announce_case(case)
    return _told(case, begun, at) if begun and (graver or fresh) else []


def _settle(case: Case, at: datetime) -> None:
    """Everything is back: a short silence ends by itself, a longer one is answered for."""
    if case.level == "blue" and case.state in ("notified", "received"):
        make_move(actor=None, case=case, move_id="settle", inputs={}, at=at)
        end_notices_of(case, at)


def _told(case: Case, gaps: Sequence[Silence], at: datetime) -> list[Grown]:
    """The mine hears of what is silent; those on duty from the yellow level on, by the caller."""
    words = "；".join(words_of(gap) for gap in gaps[:LISTED])
    more = f"等{len(gaps)}处" if len(gaps) > LISTED else ""
    grave = case.level in ("red", "orange")
    send_notice(
        actor=None,
        unit=case.unit,
        title=f"数据中断：{words_of(gaps[0])}"[:200] if len(gaps) == 1 else f"数据中断：{len(gaps)}处",
        body=f"{words}{more}。请立即查明原因并恢复，中断期间人工检测瓦斯；恢复前按不明状态管理。",
        kind="silence",
        subject=about("case", case.pk),
        level=case.level,
        channels=("screen", "sms") if grave else ("screen",),
        at=at,
    )
    if case.level == "blue":
        return []
    return [Grown(case, f"{words}{more}")]


def _tell(desk: Unit, grown: Sequence[Grown], at: datetime) -> None:
    """Those on duty: one notice, however many mines fell silent at once."""
    if len(grown) == 1:
        case, words = grown[0].case, grown[0].words
        tell_supervisor(
            case.the_mine,
            title=f"{case.unit.name}数据中断",
            body=f"{words}。已通知煤矿查明原因。",
            subject=about("case", case.pk),
            level=case.level,
            at=at,
            case=case,
            kind="silence",
        )
    elif grown:
        ordered = sorted(grown, key=lambda heard: -gravity(heard.case.level))
        lines = [f"{heard.case.unit.name}：{heard.words}" for heard in ordered[:LISTED]]
        more = [f"……共{len(ordered)}座煤矿，详见办件清单。"] if len(ordered) > LISTED else []
        send_summary(
            desk,
            [heard.case for heard in ordered],
            title=f"数据中断：{len(ordered)}座煤矿",
            body="\n".join([*lines, *more]),
            kind="silence",
            at=at,
        )


def _facts(gaps: Sequence[Silence]) -> dict[str, Any]:
    running = [gap for gap in gaps if gap.ended_at is None]
    back = [gap for gap in gaps if gap.ended_at is not None]
    return {
        "level": max((level_of(gap) for gap in gaps), key=gravity),
        "silences": sorted(gap.pk for gap in gaps),
        "since_text": moment_text(min(gap.started_at for gap in gaps)),
        "silent": _lines([words_of(gap) for gap in running]),
        "restored": _lines([f"{words_of(gap)}，{moment_text(gap.ended_at)}恢复" for gap in back if gap.ended_at]),
        "feed_silent": any(gap.point_id is None for gap in running),
        "lasting": any(gap.point_id is None and gap.level == SilenceLevel.fault for gap in gaps),
    }


def _lines(lines: Sequence[str]) -> list[str]:
    return [*lines[:LISTED], *([f"等{len(lines)}处"] if len(lines) > LISTED else [])]


def _silences_of(case: Case) -> Any:
    return Silence.objects.filter(pk__in=case.facts.get("silences", ())).select_related("mine__unit", "point")


def _judge(topic: str, subject: Silence, at: datetime, *, not_working: bool | None = None) -> None:
    facts = SilenceFacts(
        str(subject.pk), subject.mine.name, subject.started_at, subject.ended_at, not_working=not_working
    )
    for rule in rules_of(topic):
        outcome = rule.check(facts, at)
        if isinstance(outcome, Breach):
            keep_finding(rule, subject.mine, str(subject.pk), outcome, at)
