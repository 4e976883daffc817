"""What a city's answers change: values, worked examples, findings, clocks of open cases, open duties. It reads only.

Everything is computed by the law before and by the law after from the same rows, so what is shown is the effect of the answer and of
nothing else; what cannot be read is left out, and said when it is judged. It switches the law of the whole process (``law.local.trying``): for commands and the sweep, which have one thread.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.casework.clocks import Reckoning, reckoned
from kuangan.casework.models import Case, CaseClock, Finding
from kuangan.casework.queries import in_state
from kuangan.core.apart import apart
from kuangan.duty.changes import terms_of_now
from kuangan.flow.alarms.facts import gas_facts, verdict_of
from kuangan.flow.rules.facts import RuleSubject, ledger_facts, subjects_of
from kuangan.law.answers.resting import dependants
from kuangan.law.content import procedures_of, rules
from kuangan.law.instrument import cite_text
from kuangan.law.local import Answers, LocalValue, packaged, trying
from kuangan.law.procedure import Matter
from kuangan.law.rule import Breach, Clear, Outcome, Rule, Unknown
from kuangan.law.time.dated import Value

LISTED: Final = 300
"""Lines kept of each kind; the counts are of all."""
WORDS: Final[dict[type[Outcome], str]] = {Breach: "认定", Clear: "不构成", Unknown: "不明"}
OVERLIMIT: Final = "overlimit_confirmed"
Line = dict[str, str]


@dataclass(frozen=True)
class LawChange:
    before: Answers
    after: Answers

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys whose values differ."""
        every = sorted({*self.before.values, *self.after.values})
        return tuple(key for key in every if self.before.values.get(key) != self.after.values.get(key))

    @property
    def first_day(self) -> date:
        """The earliest day of which something may be judged otherwise. For a change of at least one key."""
        sides = (self.before.values, self.after.values)
        entries = [side[key] for side in sides for key in self.keys if key in side]
        return min(entry.values[0].valid_from for entry in entries)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that ask for one of them."""
        concerned = {rule_id for key in self.keys for rule_id in dependants(key).rules}
        return tuple(rule for rule in rules() if rule.id in concerned)


@dataclass(frozen=True)
class Rejudged:
    """What a rule says of a subject before and after. ``alarm``: where the subject is one."""

    rule: Rule
    name: str
    before: Outcome
    after: Outcome
    alarm: Case | None = None

    @property
    def key(self) -> str:
        """The alarm as findings name it, "" where the subject is none."""
        return str(self.alarm.pk) if self.alarm else ""

    @property
    def differs(self) -> bool:
        """Whether it is found now and was not, is not and was, or rests on others."""
        if isinstance(self.before, Breach) and isinstance(self.after, Breach):
            return (self.before.reason, self.before.used) != (self.after.reason, self.after.used)
        return type(self.before) is not type(self.after)


@dataclass(frozen=True)
class Moved:
    """A clock of an open case that becomes due at another moment; ``kept``: it would be past already, so it stays."""

    clock: CaseClock
    due_at: datetime
    kept: bool


def effect_of(change: LawChange, at: datetime) -> dict[str, Any]:
    """The whole difference as JSON-like data: lists of lines, ``counts`` of each, and the digest of the answers ``before``."""
    said = {"at": at.isoformat(), "before": change.before.digest}
    if not change.keys:
        return {**said, "counts": {}}
    lists: dict[str, list[Line]] = {
        "values": [line for key in change.keys for line in _value_lines(key, change)],
        "examples": list(_example_lines(change)),
        "findings": [_finding_line(rejudged) for rejudged in rejudged_by(change, at)],
        "clocks": [_clock_line(moved) for moved in moved_by(change, at)],
        "duties": list(_duty_lines(change, at)),
    }
    counts = {name: len(lines) for name, lines in lists.items()}
    kept = {name: lines[:LISTED] for name, lines in lists.items()}
    past = change.first_day <= civil_date(at)
    return {**said, **kept, "counts": counts, "back_to": str(change.first_day) if past else ""}


def _value_lines(key: str, change: LawChange) -> Iterator[Line]:
    known = packaged(key)
    before, after = (side.values.get(key) or known for side in (change.before, change.after))
    yield {
        "key": key,
        "meaning": known.meaning if known else "",
        "before": _editions(before),
        "after": _editions(after),
    }


def _editions(entry: LocalValue | None) -> str:
    """Every value of a key with its days and what it cites: what is signed is all of them."""
    return "；".join(_edition(value) for value in entry.values) if entry else ""


def _edition(value: Value[Any]) -> str:
    until = f"至 {value.valid_to - timedelta(days=1)} 止" if value.valid_to else ""
    said = (f"自 {value.valid_from} 起", until, "假定" if value.assumed else "", f"依据{cite_text(value.cite)}")
    return f"{value.value}（{'，'.join(words for words in said if words)}）"


def _example_lines(change: LawChange) -> Iterator[Line]:
    """Worked examples of the rules that turn out otherwise: what the answer means, without any case at hand."""
    for rule in change.rules:
        for example in rule.examples:
            before, after = _said(rule, example.facts, example.at, change)
            if type(before) is not type(after):
                yield {
                    "rule": rule.title,
                    "example": example.title,
                    "before": WORDS[type(before)],
                    "after": WORDS[type(after)],
                }


def _said(rule: Rule, facts: Any, at: datetime, change: LawChange) -> tuple[Outcome, Outcome]:
    with trying(change.before):
        before = rule.say(facts, at)
    with trying(change.after):
        return before, rule.say(facts, at)


def rejudged_by(change: LawChange, at: datetime) -> Iterator[Rejudged]:
    """What the rules concerned say otherwise: of units by their ledgers today, of alarms since the first day of the change."""
    for rule in change.rules:
        if rule.topic == "ledger":
            yield from _of_ledgers(rule, change, at)
    for rule in change.rules:
        if rule.topic == OVERLIMIT:
            yield from _of_alarms(rule, change, at)


def _of_ledgers(rule: Rule, change: LawChange, at: datetime) -> Iterator[Rejudged]:
    subjects = subjects_of(rule)
    judged, _ = apart(subjects, lambda part: _units_judged(rule, part, change, at), most=len(subjects))
    yield from (rejudged for part in judged for rejudged in part if rejudged.differs)


def _units_judged(rule: Rule, subjects: Sequence[RuleSubject], change: LawChange, at: datetime) -> list[Rejudged]:
    facts = ledger_facts(rule, subjects, civil_date(at))
    return [Rejudged(rule, subject.unit.name, *_said(rule, facts[subject.unit.pk], at, change)) for subject in subjects]


def _of_alarms(rule: Rule, change: LawChange, at: datetime) -> Iterator[Rejudged]:
    """Findings that stand and would not, or rest on others; and those that are new, each once though several alarms make it up."""
    standing = set(Finding.objects.filter(rule=rule.id, revoked_at=None).values_list("subject", flat=True))
    judged = [
        rejudged
        for rejudged in _judged_alarms(rule, change, at)
        if isinstance(rejudged.after, Breach) or rejudged.differs
    ]
    stood = [rejudged for rejudged in judged if rejudged.key in standing]
    yield from (rejudged for rejudged in stood if rejudged.differs)
    covered = [set(rejudged.after.used) for rejudged in stood if isinstance(rejudged.after, Breach)]
    for rejudged in judged:
        if rejudged.key in standing or isinstance(rejudged.before, Breach) or not isinstance(rejudged.after, Breach):
            continue
        used = set(rejudged.after.used)
        if not any(used <= known for known in covered):
            covered.append(used)
            yield rejudged


def _judged_alarms(rule: Rule, change: LawChange, at: datetime) -> Iterator[Rejudged]:
    """What a rule says of each over-limit that counts, of the first day of the change and later, the newest first."""
    since = beijing_midnight(change.first_day)
    alarms = Case.objects.filter(procedure__in=procedures_of(Matter.alarm), opened_at__gte=since)
    counted = [
        alarm
        for alarm in alarms.select_related("mine__unit", "unit").order_by("-pk").iterator(chunk_size=500)
        if verdict_of(alarm) == "confirmed"
    ]
    judged, _ = apart(counted, lambda part: _alarms_judged(rule, part, change, at), most=len(counted))
    yield from (rejudged for part in judged for rejudged in part)


def _alarms_judged(rule: Rule, alarms: Sequence[Case], change: LawChange, at: datetime) -> list[Rejudged]:
    return [
        Rejudged(rule, f"{alarm.the_mine.name} {alarm.number}", *_said(rule, gas_facts(alarm), at, change), alarm=alarm)
        for alarm in alarms
    ]


def _finding_line(rejudged: Rejudged) -> Line:
    fallen = not isinstance(rejudged.after, Breach)
    outcome = rejudged.before if fallen else rejudged.after
    reason = outcome.reason if isinstance(outcome, Breach) else ""
    return {
        "rule": rejudged.rule.title,
        "subject": rejudged.name,
        "before": WORDS[type(rejudged.before)],
        "after": "认定保留（决定已执行完毕）" if fallen and _is_executed(rejudged) else WORDS[type(rejudged.after)],
        "reason": reason,
    }


def _is_executed(rejudged: Rejudged) -> bool:
    if rejudged.alarm is None:
        return False
    standing = Finding.objects.filter(rule=rejudged.rule.id, subject=str(rejudged.alarm.pk), revoked_at=None)
    return standing.filter(case__in=Case.objects.filter(in_state("done", "undone"))).exists()


def moved_by(change: LawChange, at: datetime) -> list[Moved]:
    """Running clocks, not lapsed, that the law counts otherwise from their start. Pauses and prolongations stay.

    A clock that has its new length already is none of them.
    """
    concerned = {procedure for key in change.keys for procedure in dependants(key).procedures}
    running = CaseClock.objects.filter(stopped_at=None, lapsed_at=None, case__procedure__in=concerned)
    clocks = list(running.select_related("case__unit").order_by("pk"))
    before, after = _reckoned(clocks, change.before), _reckoned(clocks, change.after)
    moved = []
    for clock in clocks:
        old, new = before[clock.pk], after[clock.pk]
        if old is not None and new is not None and old != new and clock.span != new.span:
            due_at = clock.due_at + (new.due_at - old.due_at)
            moved.append(Moved(clock, due_at, kept=due_at <= at))
    return moved


def _reckoned(clocks: Iterable[CaseClock], answers: Answers) -> Mapping[int, Reckoning | None]:
    with trying(answers):
        return {clock.pk: reckoned(clock) for clock in clocks}


def _clock_line(moved: Moved) -> Line:
    return {
        "case": moved.clock.case.number,
        "unit": moved.clock.case.unit.name,
        "clock": moved.clock.label,
        "before": moved.clock.due_at.isoformat(),
        "after": "" if moved.kept else moved.due_at.isoformat(),
    }


def _duty_lines(change: LawChange, at: datetime) -> Iterator[Line]:
    concerned = sorted({duty for key in change.keys for duty in dependants(key).obligations})
    with trying(change.before):
        before = terms_of_now(concerned, at)
    with trying(change.after):
        after = terms_of_now(concerned, at)
    for key, fresh in after.items():
        known = before.get(key)
        if known is not None and (known.terms, known.needed, known.kept) != (fresh.terms, fresh.needed, fresh.kept):
            yield {
                "duty": fresh.duty.title,
                "unit": fresh.duty.unit.name,
                "before": known.terms.due_at.isoformat(),
                "after": "" if fresh.kept else fresh.terms.due_at.isoformat(),
                "record_before": known.terms.grace_at.isoformat(),
                "record_after": "" if fresh.kept else fresh.terms.grace_at.isoformat(),
                "times": f"{known.needed} → {fresh.needed}",
            }
