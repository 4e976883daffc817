"""The sweep's part in a city's answers: work by those in force, judge again after each, say which files cannot be read."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kuangan.base import clock
from kuangan.casework.clocks import shift
from kuangan.casework.models import Case
from kuangan.core.actions import record, send_notice
from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.actions.local_answers import settle_answer
from kuangan.core.apart import Aside, apart
from kuangan.core.models import Incident, LocalAnswer
from kuangan.core.queries.local_answers import answers_of, held_after, held_before, keep_up
from kuangan.core.subject import about
from kuangan.flow.alarms.stops import judge_overlimit, recompute
from kuangan.flow.answers.effect import LawChange, Moved, effect_of, moved_by, rejudged_by
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.rules.run import attempt
from kuangan.law.answers.file import answer_files, read_answer
from kuangan.law.local import trying
from kuangan.law.rule import Breach
from kuangan.law.source import CorpusError

INCIDENT: Final = "local_answer"
_seen: dict[str, int] = {}
"""When each file had changed when it was last read."""


def work_by_answers(_at: datetime) -> int:
    """Take up answers that were signed or ended since the last round."""
    return int(keep_up())


def unsettled() -> QuerySet[LocalAnswer]:
    """Signed answers by which not everything was judged again, in the order of their signatures."""
    waiting = LocalAnswer.objects.filter(confirmed_at__isnull=False, settled_at=None)
    return waiting.select_related("head__person__unit", "second__person__unit").order_by("confirmed_at")


def settle(answer: LocalAnswer, at: datetime) -> bool:
    """Judge again what an answer concerns. May be repeated: where one mine or clock fails, the others are done, and its error is raised.

    What came about is computed before anything is judged, and kept from the first time on.
    """
    change = LawChange(answers_of(held_before(answer)), answers_of(held_after(answer)))
    outcome = answer.outcome or effect_of(change, at)
    LocalAnswer.objects.filter(pk=answer.pk).update(outcome=outcome)
    with trying(change.after):
        aside = [*_judge_again(change, at), *_move_clocks(change, answer, at)]
    if aside:
        raise aside[0].error
    with transaction.atomic():
        settle_answer(answer=answer, outcome=outcome, at=at)
        _tell(answer, outcome["counts"], at)
    return True


def _judge_again(change: LawChange, at: datetime) -> list[Aside[Case]]:
    """Rules on ledgers of all units; of over-limits those that are found now, then what no longer holds, mine by mine."""
    for rule in change.rules:
        if rule.topic == "ledger":
            attempt(rule, at)
    by_mine: dict[int, list[Case]] = {}
    found_now: set[int] = set()
    for rejudged in rejudged_by(change, at):
        if rejudged.alarm is not None:
            by_mine.setdefault(rejudged.alarm.unit_id, []).append(rejudged.alarm)
            if isinstance(rejudged.after, Breach):
                found_now.add(rejudged.alarm.pk)
    _, aside = apart(
        [alarms[0] for alarms in by_mine.values()],
        lambda part: _judge_mine(by_mine[part[0].unit_id], found_now, at),
        at_once=1,
        most=len(by_mine),
    )
    return aside


def _judge_mine(alarms: list[Case], found_now: set[int], at: datetime) -> None:
    lock_unit(alarms[0].unit_id)
    for alarm in alarms:
        if alarm.pk in found_now:
            judge_overlimit(alarm, at)
    recompute(alarms[0], at)


def _move_clocks(change: LawChange, answer: LocalAnswer, at: datetime) -> list[Aside[Moved]]:
    """Each clock recorded on its case. One whose new moment is past already keeps its own: no answer makes anybody late."""
    moves = [moved for moved in moved_by(change, at) if not moved.kept]
    _, aside = apart(moves, lambda part: _shift(part, answer, at), most=len(moves))
    return aside


def _shift(moves: Sequence[Moved], answer: LocalAnswer, at: datetime) -> None:
    for moved in moves:
        if shift(moved.clock, moved.due_at):
            data = {
                "clock": moved.clock.clock,
                "before": moved.clock.due_at.isoformat(),
                "after": moved.due_at.isoformat(),
                "because": answer.document,
            }
            record(actor=None, action="clock_recomputed", subject=moved.clock.case, data=data, at=at)


def _tell(answer: LocalAnswer, counts: dict[str, int], at: datetime) -> None:
    words = "、".join(
        f"{word}{counts.get(name, 0)}项"
        for name, word in (("findings", "认定"), ("clocks", "案件期限"), ("duties", "履职事项"))
    )
    for user in (answer.head, answer.second):
        if user.person is not None:
            send_notice(
                actor=None,
                unit=user.person.unit,
                person=user.person,
                kind="local_answer_settled",
                title=f"已按{answer.document}重新判定"[:120],
                body=f"变化：{words}。",
                subject=about("local_answer", answer.pk),
                at=at,
            )


def watch_files(at: datetime) -> int:
    """Say to those who run the platform which files of answers cannot be read; what was signed goes on holding."""
    files = {path.name: path for path in answer_files(clock.data_folder())}
    changed = [path for name, path in files.items() if _seen.get(name) != _changed_at(path)]
    for path in changed:
        _seen[path.name] = _changed_at(path)
        _say(path, at)
    for name in set(_seen) - set(files):
        del _seen[name]
        end_incident(kind=INCIDENT, key=name, at=at)
    return len(changed)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _say(path: Path, at: datetime) -> None:
    try:
        read_answer(path)
    except CorpusError as error:
        text = f"{error}。已生效的答复继续有效；请改正后执行 kuangan local check。"
        raise_incident(kind=INCIDENT, key=path.name, text=text, at=at)
    else:
        if Incident.objects.filter(kind=INCIDENT, key=path.name, ended_at=None).exists():
            end_incident(kind=INCIDENT, key=path.name, at=at)
