"""Letters of an office, from draft to answer, by the hands of the people of a city."""

from datetime import date, datetime, timedelta
from typing import Any

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.casework.openings import Chosen
from kuangan.core.models import User
from kuangan.flow.act import advance
from kuangan.flow.cases.opening import open_by_person
from tests.signing import signing_move


def week_on(at: datetime | None = None) -> date:
    """A day to answer by."""
    return clock.civil_date(at or clock.now()) + timedelta(days=7)


def drafted(
    city: Any,
    drafter: str = "county_officer",
    to: str = "mine",
    kind: str = "supervision_letter",
    at: datetime | None = None,
    office: str | None = None,
    **content: Any,
) -> Case:
    """A draft of the drafter's office; ``content`` beside what any letter says."""
    given = {
        "opening": "你单位下列事项尚未办结：",
        "matters": "自查报告至今未报送",
        "demands": "即办即报",
        "reply_due_on": week_on(at).isoformat(),
        **content,
    }
    return open_by_person(
        actor=city[drafter],
        procedure_id=kind,
        way_id="open",
        chosen=Chosen(city.units[to]),
        inputs=given,
        office=city.units[office] if office else None,
        at=at,
    )


def step(user: User, letter: Case, move: str, at: datetime | None = None, **inputs: Any) -> Case:
    """One step by one person, signed where it is to be."""
    moment = at or clock.now()
    with signing_move(user, letter, move, inputs, moment) as confirmation:
        advance(actor=user, case=letter, move_id=move, inputs=inputs, confirmation=confirmation, at=moment)
    letter.refresh_from_db()
    return letter


def reviewed(city: Any, reviewer: str = "county_section", **more: Any) -> Case:
    """A letter that waits for its signature."""
    letter = drafted(city, **more)
    for who, move in ((more.get("drafter", "county_officer"), "submit"), (reviewer, "agree")):
        step(city[who], letter, move, at=more.get("at"))
    return letter


def issued(city: Any, head: str = "county_head", **more: Any) -> Case:
    """A letter that was signed and sent."""
    return step(city[head], reviewed(city, **more), "issue", at=more.get("at"))
