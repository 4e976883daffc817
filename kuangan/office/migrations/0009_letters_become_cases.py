"""Letters are cases of the corpus from now on: each becomes one with its steps, paper, notices, files and reply clock.

The steps come from the letter's own events, which stay in the trail as they are. What is written here is recorded as the
platform's doing, with whose step it was, when, and which event says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.digest import digest
from kuangan.core.trail.chain import event_digest, plain
from kuangan.law.content import corpus_digest

TITLES = {"supervision_letter": "督办函", "reminder_letter": "提醒函", "urging_letter": "催办函"}
PREFIXES = {"supervision_letter": "督办", "reminder_letter": "提醒", "urging_letter": "催办"}
TURNS = {
    "letter_submitted": ("submit", "submitted"),
    "letter_reviewed": ("agree", "reviewed"),
    "letter_issued": ("issue", "issued"),
    "letter_replied": ("reply", "answered"),
    "letter_dropped": ("drop", "dropped"),
}
"""Action of the trail → the step of the procedure, and the state to which it leads."""
BACK = {"submitted": "return", "reviewed": "decline"}
LAST = {target: move for move, target in TURNS.values()} | {"draft": "return"}
DAY = re.compile(r"(\d+)年(\d+)月(\d+)日")


@dataclass
class LetterStep:
    """One step that was made."""

    move: str
    source: str
    target: str
    at: datetime
    actor: Any = None
    acting_for: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    seq: int = 0
    """Of the event of the letter that says so; 0 where none does."""

    @property
    def own(self) -> bool:
        """Whether the office that writes made it, not the receiver."""
        return self.move not in ("receive", "reply")


def become_cases(apps: Any, editor: Any) -> None:
    """Every letter, in the order in which they were drafted: so they are numbered."""
    letters = apps.get_model("office", "Letter").objects.select_related("unit", "to", "paper", "notice")
    numbers: dict[tuple[str, int], int] = defaultdict(int)
    for letter in letters.order_by("drafted_at", "pk"):
        series = (letter.kind, civil_date(letter.drafted_at).year)
        numbers[series] += 1
        _become(apps, letter, f"{PREFIXES[letter.kind]}〔{series[1]}〕{numbers[series]}号")
    CaseNumber = apps.get_model("casework", "CaseNumber")
    for (kind, year), last in numbers.items():
        CaseNumber.objects.create(procedure=kind, year=year, last=last)


def _become(apps: Any, letter: Any, number: str) -> None:
    facts = {**_facts(letter), "level": ""}
    steps = list(_steps(apps, letter))
    case = _case(apps, letter, number, facts, steps)
    _record(apps, ("casework.case", str(case.pk)), "case_opened", {
        "procedure": case.procedure, "number": number, "unit": letter.to.code, "facts": digest(plain(facts)),
        "carried": {"letter": letter.pk, "by": letter.drafted_by_id, "at": letter.drafted_at},
    })  # fmt: skip
    for step in steps:
        row = _row(apps, letter, case, step)
        if step.move == "issue" and letter.paper_id:
            apps.get_model("casework", "CasePaper").objects.create(case=case, move=row, paper=letter.paper)
        if step.move == "reply":
            row.attachments.set(letter.files.all())
        _record(apps, ("casework.case", str(case.pk)), "case_moved", {
            "move": step.move, "from": step.source, "to": step.target, "inputs": step.inputs,
            "facts": digest(plain(facts)),
            "carried": {
                "letter": letter.pk, "event": step.seq, "by": step.actor.pk if step.actor else None, "at": step.at,
            },
        })  # fmt: skip
    _clock(apps, letter, case)
    _notices(apps, letter, case)
    _record(apps, ("office.letter", str(letter.pk)), "letter_became_case", {"case": case.pk, "number": number})


def _facts(letter: Any) -> dict[str, Any]:
    written = {
        "opening": letter.opening,
        "matters": "\n".join(letter.matters),
        "demands": "\n".join(letter.demands),
        "reply_due_on": letter.reply_due_on.isoformat(),
        "contact": letter.contact or None,
        "phone": letter.phone or None,
        "duties": _duties(letter),
    }
    return {name: value for name, value in written.items() if value is not None}


def _duties(letter: Any) -> list[dict[str, int]] | None:
    return [{"duty": key} for key in letter.duties.order_by("pk").values_list("pk", flat=True)] or None


def _steps(apps: Any, letter: Any) -> Iterator[LetterStep]:
    """From its events; what they do not tell, from the letter itself."""
    events = apps.get_model("core", "Event").objects.filter(subject_kind="office.letter", subject_id=str(letter.pk))
    told = [step for event in events.order_by("seq") if (step := _told(event))]
    if not told or told[0].move != "open":
        told.insert(
            0, LetterStep("open", "draft", "draft", letter.drafted_at, letter.drafted_by, inputs=_entered(letter, {}))
        )
    newest = max((at for at, step in enumerate(told) if step.move in ("open", "edit")), default=0)
    told[newest].inputs = _entered(letter, told[newest].inputs, newest=True)
    told[0].inputs["duties"] = _duties(letter)
    wanted = "answered" if letter.replied_at else letter.state
    if _target(told) != wanted:
        at = {"issued": letter.issued_at, "answered": letter.replied_at}.get(wanted) or told[-1].at
        told.append(LetterStep(LAST[wanted], "", wanted, at, inputs=_reply(letter) if wanted == "answered" else {}))
    notice = letter.notice
    if notice and notice.received_at:
        issued = max((at for at, step in enumerate(told, start=1) if step.move == "issue"), default=len(told))
        told.insert(issued, LetterStep("receive", "", "", notice.received_at, notice.received_by))
    state = "draft"
    for step in told:
        step.source = state
        if step.move == "back":
            step.move = BACK.get(state, "return")
        step.target = state if step.move == "receive" else step.target
        yield step
        state = step.target


def _target(steps: list[LetterStep]) -> str:
    return next((step.target for step in reversed(steps) if step.move not in ("edit", "receive")), "draft")


def _told(event: Any) -> LetterStep | None:
    """The step that an event of a letter tells of; where it came from is found in their order."""
    acting = event.acting_for.title if event.acting_for else ""
    common = {"at": event.at, "actor": event.actor, "acting_for": acting, "seq": event.seq}
    if event.action == "letter_drafted":
        return LetterStep("open" if event.seq == 1 else "edit", "", "draft", inputs=_written(event.data), **common)
    if event.action == "letter_returned":
        return LetterStep("back", "", "draft", inputs={"opinion": event.data.get("opinion") or None}, **common)
    if event.action not in TURNS:
        return None
    move, target = TURNS[event.action]
    inputs: dict[str, Any] = {}
    if move == "agree":
        inputs = {"opinion": event.data.get("opinion") or None}
    if move == "issue":
        inputs = {"opinion": None}
    if move == "reply":
        inputs = {"text": event.data.get("text"), "files": event.data.get("files", [])}
    return LetterStep(move, "", target, inputs=inputs, **common)


def _written(data: dict[str, Any]) -> dict[str, Any]:
    """What a draft said, as its form holds it now."""
    day = DAY.fullmatch(str(data.get("reply_due", "")))
    return {
        "opening": data.get("opening") or None,
        "matters": "\n".join(data.get("matters") or ()) or None,
        "demands": "\n".join(data.get("demands") or ()) or None,
        "reply_due_on": date(*map(int, day.groups())).isoformat() if day else None,
        "contact": data.get("contact") or None,
        "phone": data.get("phone") or None,
    }


def _entered(letter: Any, told: dict[str, Any], *, newest: bool = False) -> dict[str, Any]:
    """The inputs of a draft; those of the newest are what the letter says."""
    facts = _facts(letter)
    names = ("opening", "matters", "demands", "reply_due_on", "contact", "phone")
    return {**told, **{name: facts.get(name) for name in names}} if newest or not told else told


def _reply(letter: Any) -> dict[str, Any]:
    return {"text": letter.reply, "files": sorted(letter.files.values_list("pk", flat=True))}


def _case(apps: Any, letter: Any, number: str, facts: dict[str, Any], steps: list[LetterStep]) -> Any:
    state = steps[-1].target
    last_at = steps[-1].at
    is_mine = apps.get_model("mine", "Mine").objects.filter(pk=letter.to_id).exists()
    return apps.get_model("casework", "Case").objects.create(
        procedure=letter.kind,
        number=number,
        unit=letter.to,
        mine_id=letter.to_id if is_mine else None,
        office=letter.unit,
        path=letter.path,
        title=f"{TITLES[letter.kind]}：{letter.to.name}"[:200],
        state=state,
        facts=plain(facts),
        corpus_digest=letter.paper.corpus_digest if letter.paper else corpus_digest(),
        opened_at=letter.drafted_at,
        moved_at=last_at,
        closed_at=last_at if state in ("answered", "dropped") else None,
    )


def _row(apps: Any, letter: Any, case: Any, step: LetterStep) -> Any:
    unit = letter.unit if step.own else letter.to
    person = step.actor.person if step.actor else None
    return apps.get_model("casework", "CaseMove").objects.create(
        case=case,
        move=step.move,
        source=step.source,
        target=step.target,
        actor=step.actor,
        person_name=person.name if person else "系统",
        unit_name=unit.name,
        role=_role(apps, person, unit, step.at),
        acting_for=step.acting_for,
        certificate=person.certificate if person else "",
        inputs=plain(step.inputs),
        at=step.at,
    )


def _role(apps: Any, person: Any, unit: Any, at: datetime) -> str:
    """A role that the person had at the unit then; "" where the posts do not say."""
    if person is None:
        return ""
    held = apps.get_model("core", "Tenure").objects.filter(Q(to_at=None) | Q(to_at__gt=at), from_at__lte=at)
    found = held.filter(person=person, post__unit=unit).order_by("post_id").values_list("post__role", flat=True).first()
    return found or ""


def _clock(apps: Any, letter: Any, case: Any) -> None:
    """The answer is due by the end of the day that the letter names; late ones are told of by the next sweep."""
    if not letter.issued_at:
        return
    due_at = max(beijing_midnight(letter.reply_due_on + timedelta(days=1)), letter.issued_at)
    late = due_at if letter.replied_at and letter.replied_at >= due_at else None
    apps.get_model("casework", "CaseClock").objects.create(
        case=case,
        clock="reply",
        label="书面回复",
        kind="deadline",
        span=f"{max((letter.reply_due_on - civil_date(letter.issued_at)).days, 0)}日",
        started_at=letter.issued_at,
        due_at=due_at,
        stopped_at=letter.replied_at,
        lapsed_at=late,
        noticed_at=letter.replied_at if late else None,
        wakes_at=None if letter.replied_at else due_at,
    )


def _notices(apps: Any, letter: Any, case: Any) -> None:
    """What was sent about the letter is about the case."""
    Notice = apps.get_model("core", "Notice")
    link = f"letter:{letter.pk}"
    keys = {*Notice.objects.filter(link=link).values_list("pk", flat=True), letter.notice_id} - {None}
    rows = apps.get_model("casework", "CaseNotice").objects
    for key in sorted(keys):
        rows.create(case=case, notice_id=key)
    Notice.objects.filter(pk__in=keys).update(link=f"case:{case.pk}")


def _record(apps: Any, subject: tuple[str, str], action: str, data: dict[str, Any]) -> None:
    """The next event of a chain, by the platform."""
    Event = apps.get_model("core", "Event")
    last = Event.objects.filter(subject_kind=subject[0], subject_id=subject[1]).order_by("-seq").first()
    row = {
        "seq": last.seq + 1 if last else 1,
        "actor_id": None,
        "acting_for_id": None,
        "action": action,
        "data": plain(data),
        "at": timezone.now(),
        "prev_digest": last.digest if last else "",
    }
    Event.objects.create(
        subject_kind=subject[0], subject_id=subject[1], digest=event_digest(subject=subject, **row), **row
    )


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0009_list_by_opening"),
        ("core", "0015_subjects"),
        ("duty", "0001_initial"),
        ("mine", "0001_initial"),
        ("office", "0008_template_headings"),
        ("paper", "0002_protect_frozen"),
    ]

    operations = [migrations.RunPython(become_cases, migrations.RunPython.noop, elidable=False)]
