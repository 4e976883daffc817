"""Requests to be excused from duties become cases, with the steps that were made and their record in the trail.

Each gets the platform's events at the moments at which its steps were made; what the persons had done stays in the duty's own
chain. A notice of a request that still waits ends with its case.
"""

from datetime import datetime
from typing import Any, Final

from django.db import migrations

from kuangan.base.clock import civil_date
from kuangan.base.digest import digest
from kuangan.core.trail.chain import event_digest

PROCEDURE: Final = "duty_excuse"
PREFIX: Final = "免责"
DECIDED: Final = {"accepted": "accept", "refused": "refuse"}


def carry(apps: Any, editor: Any) -> None:
    """In the order in which they were asked, so that their numbers follow it."""
    excuses = apps.get_model("duty", "Excuse").objects.select_related(
        "duty__unit", "duty__opening", "asked_by__person", "decided_by__person", "above"
    )
    for excuse in excuses.order_by("asked_at", "pk").iterator():
        _carry(apps, excuse)


def _carry(apps: Any, excuse: Any) -> None:
    duty, decided = excuse.duty, excuse.decided_at is not None
    facts = {"reason": excuse.reason, "level": ""}
    case = apps.get_model("casework", "Case").objects.create(
        procedure=PROCEDURE,
        number=_number(apps, excuse.asked_at),
        unit=duty.unit,
        mine=apps.get_model("mine", "Mine").objects.filter(pk=duty.unit_id).first(),
        duty=duty,
        office=duty.unit,
        path=duty.unit.path,
        title=f"{duty.unit.name}申请免责：{duty.title}"[:200],
        state=excuse.state,
        facts={**facts, "opinion": excuse.opinion} if decided else facts,
        corpus_digest=duty.opening.corpus_digest,
        opened_at=excuse.asked_at,
        moved_at=excuse.decided_at or excuse.asked_at,
        closed_at=excuse.decided_at,
        seat=None if decided else f"{PROCEDURE}:duty:{duty.pk}",
    )
    chain = _Chain(apps, case)
    opened = {"procedure": PROCEDURE, "number": case.number, "unit": duty.unit.code, "facts": digest(facts)}
    chain.add("case_opened", {**opened, "excuse": excuse.pk}, excuse.asked_at)
    _step(apps, chain, "open", "asked", {"reason": excuse.reason, "materials": []}, facts, excuse.asked_by, duty.unit)
    if decided:
        given = {"opinion": excuse.opinion}
        _step(apps, chain, DECIDED[excuse.state], excuse.state, given, case.facts, excuse.decided_by, excuse.above)
    else:
        _keep_notices(apps, case)


def _number(apps: Any, at: datetime) -> str:
    year = civil_date(at).year
    series, _ = apps.get_model("casework", "CaseNumber").objects.get_or_create(procedure=PROCEDURE, year=year)
    series.last += 1
    series.save()
    return f"{PREFIX}〔{year}〕{series.last}号"


def _step(
    apps: Any, chain: "_Chain", move: str, target: str, inputs: dict[str, Any], facts: Any, by: Any, unit: Any
) -> None:
    case = chain.case
    at = case.opened_at if move == "open" else case.moved_at
    apps.get_model("casework", "CaseMove").objects.create(
        case=case,
        move=move,
        source="asked",
        target=target,
        actor=by,
        person_name=by.person.name if by.person else "",
        unit_name=unit.name,
        role=_role(apps, by, unit, at),
        certificate=by.person.certificate if by.person else "",
        inputs=inputs,
        at=at,
    )
    told = {"move": move, "from": "asked", "to": target, "inputs": inputs, "facts": digest(facts)}
    chain.add("case_moved", {**told, "by": by.pk}, at)


def _role(apps: Any, by: Any, unit: Any, at: datetime) -> str:
    """The role in which somebody worked for a unit then; "" where none is on record, as of a deputy."""
    tenures = apps.get_model("core", "Tenure").objects.filter(person=by.person_id, post__unit=unit, from_at__lte=at)
    newest = tenures.select_related("post").order_by("-from_at").first()
    return newest.post.role if newest else ""


def _keep_notices(apps: Any, case: Any) -> None:
    link = apps.get_model("casework", "CaseNotice")
    notices = apps.get_model("core", "Notice").objects.filter(kind="excuse", link=f"duty:{case.duty_id}", ended_at=None)
    link.objects.bulk_create(link(case=case, notice=notice) for notice in notices)


class _Chain:
    """The trail of a new case, as the platform writes it."""

    def __init__(self, apps: Any, case: Any) -> None:
        self.case = case
        self._events = apps.get_model("core", "Event").objects
        self._seq, self._last = 0, ""

    def add(self, action: str, data: dict[str, Any], at: datetime) -> None:
        """The next event."""
        key = ("casework.case", str(self.case.pk))
        self._seq += 1
        told: dict[str, Any] = {"seq": self._seq, "actor_id": None, "acting_for_id": None, "action": action}
        told |= {"data": data, "at": at, "prev_digest": self._last}
        self._last = event_digest(subject=key, **told)
        self._events.create(subject_kind=key[0], subject_id=key[1], digest=self._last, **told)


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0010_about_a_duty"),
        ("core", "0015_subjects"),
        ("duty", "0007_barred_credits"),
        ("mine", "0001_initial"),
    ]

    operations = [migrations.RunPython(carry, migrations.RunPython.noop, elidable=False)]
