"""Who is told what on behalf of a case."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from kuangan.casework.actions import LEVELS
from kuangan.casework.models import Case, CaseNotice
from kuangan.casework.relations import related_units
from kuangan.core.actions import end_notices, send_notice
from kuangan.core.models import Notice, Person, Unit
from kuangan.core.queries import has_post, people_in_role, people_on_duty
from kuangan.core.subject import Subject, about
from kuangan.flow.cases.papers import number_frozen
from kuangan.flow.cases.sayings import said
from kuangan.law.procedure import Tell
from kuangan.law.role import Role
from kuangan.mine.models import Mine

AT_A_MINE = (Role.mine_dispatcher, Role.mine_leader, Role.mine_director)
"""Whom to ring at a mine, in this order."""
LONGEST: Final = 500
"""Characters of a notice's body; the rest stands in the case."""


def tell_mine(case: Case, *, title: str, body: str, at: datetime) -> None:
    """An urgent notice to the mine: on screen and by message."""
    notice = send_notice(
        actor=None,
        unit=case.unit,
        title=title,
        body=body,
        kind="alarm",
        subject=about("case", case.pk),
        level=case.level,
        channels=("screen", "sms"),
        at=at,
    )
    CaseNotice.objects.create(case=case, notice=notice)


def tell_supervisor(
    mine: Mine,
    *,
    title: str,
    body: str,
    subject: Subject,
    level: str,
    at: datetime,
    case: Case | None = None,
    kind: str = "alarm",
) -> None:
    """A notice on screen to those who stand by at the mine's daily supervising body."""
    notice = send_notice(
        actor=None,
        unit=mine.supervisor,
        role=Role.duty_officer,
        title=title,
        body=body,
        kind=kind,
        subject=subject,
        level=level,
        channels=("screen", "sms") if level in ("red", "orange") else ("screen",),
        at=at,
    )
    if case is not None:
        CaseNotice.objects.create(case=case, notice=notice)


def end_notices_of(case: Case, at: datetime) -> None:
    """A case has ended: its notices ask nobody any more, unless they tell of another that is open."""
    of_others = CaseNotice.objects.filter(case__closed_at=None).exclude(case=case)
    notices = Notice.objects.filter(pk__in=CaseNotice.objects.filter(case=case).values("notice"))
    end_notices(actor=None, notices=notices.exclude(pk__in=of_others.values("notice")), at=at)


def tell_of(case: Case, tells: Iterable[Tell], entered: Mapping[str, Any], at: datetime) -> None:
    """Whom the procedure tells of a step; what was ``entered`` may stand in the words, and the number of the paper that it froze.

    A role that the unit has no post for is not told.
    """
    if not (tells := tuple(tells)):
        return
    units, known = related_units(case), {**entered, "paper": number_frozen(case, at)}
    for tell in tells:
        unit, role = units.get(tell.to.relation), Role(tell.to.role) if tell.to.role else None
        if unit is None or (role and not has_post(unit, role)):
            continue
        title, body = (said(text, case, known) for text in (tell.title, tell.body))
        due_at = _ends_at(case, tell.clock)
        tell_role(case, unit=unit, role=role, title=title, body=body, at=at, sms=tell.sms, due_at=due_at)


def _ends_at(case: Case, clock: str) -> datetime | None:
    """When a clock of the case that runs ends."""
    running = case.clocks.filter(clock=clock, stopped_at=None).order_by("due_at").first() if clock else None
    return running.due_at if running else None


def tell_role(
    case: Case,
    *,
    unit: Unit,
    role: Role | None,
    title: str,
    body: str,
    at: datetime,
    sms: bool = False,
    due_at: datetime | None = None,
) -> None:
    """A notice to the holders of a role at a unit, or to whoever is there."""
    notice = send_notice(
        actor=None,
        unit=unit,
        role=role,
        title=title[:200],
        body=body[:LONGEST],
        kind="case",
        subject=about("case", case.pk),
        level=case.level,
        channels=("screen", "sms") if sms else ("screen",),
        due_at=due_at,
        at=at,
    )
    CaseNotice.objects.create(case=case, notice=notice)


def people_in_line(case: Case, relations: Iterable[str], at: datetime) -> list[Person]:
    """Whom to ring up, in order: of each relation those on duty, or, nobody being on the roster, the post holders."""
    units = related_units(case)
    line: list[Person] = []
    for relation in relations:
        unit = units.get(relation)
        if unit is None:
            continue
        line += [person for person in _reachable(unit, relation, at) if person not in line]
    return line


def _reachable(unit: Unit, relation: str, at: datetime) -> list[Person]:
    on_duty = list(people_on_duty(unit, at))
    if relation in ("mine", "unit"):  # who is on shift there, then those who answer for it
        heads = [person for role in AT_A_MINE for person in people_in_role(unit, role, at)]
        return list(dict.fromkeys([*on_duty, *heads]))
    return on_duty or list(people_in_role(unit, Role.duty_officer, at) or people_in_role(unit, Role.section_head, at))


def gravity(level: str) -> int:
    """The rank of a level, the gravest highest."""
    return LEVELS.index(level) if level in LEVELS else -1
