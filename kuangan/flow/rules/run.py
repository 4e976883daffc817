"""Runs the rules of topic ``ledger``: every day over all their subjects, and soon after an entry they read has changed."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from kuangan.base.clock import civil_date
from kuangan.casework.models import Finding
from kuangan.casework.rule_states import RuleState
from kuangan.core.actions import record, tell_aside
from kuangan.core.apart import MOST_ASIDE, Aside, apart, is_lost
from kuangan.core.models import User
from kuangan.core.queries import is_supervised, visible_to
from kuangan.core.trail.chain import plain
from kuangan.flow.alarms.stops import finding_changed, rests_on
from kuangan.flow.cases.findings import keep_finding
from kuangan.flow.cases.opening import open_from_finding
from kuangan.flow.models import ChangedEntry, RuleRun
from kuangan.flow.rules.facts import RuleSubject, ledger_facts, next_group, subjects_of
from kuangan.flow.rules.notices import tell_supervisors
from kuangan.law.content import rules_of
from kuangan.law.rule import Breach, Clear, Outcome, Rule, Unknown
from kuangan.ledger.models import Entry
from kuangan.ledger.telling import rules_on_preparing

log = logging.getLogger("kuangan.ledger_rules")
TOPIC = "ledger"
REST = timedelta(hours=1)
"""How long a rule that failed rests before it is asked again."""
CHANGES = 500
UNREADABLE = Unknown("台账数据异常，无法判定，请核对该单位的有关记录")
"""What is said of a subject whose data no rule can read."""


@dataclass(frozen=True)
class Judged:
    """What a rule said of a subject."""

    subject: RuleSubject
    outcome: Outcome


def rule_states(user: User) -> QuerySet[RuleState]:
    """The newest outcome of each rule on each unit in the user's sight; for the supervised none that rests on what offices prepare."""
    inside = rules_on_preparing() if is_supervised(user) else ()
    current = [rule.id for rule in rules_of(TOPIC) if rule.id not in inside]
    return visible_to(user, RuleState.objects.filter(rule__in=current).select_related("unit", "mine"))


def touch(entries: Iterable[Entry], at: datetime) -> None:
    """Note that these entries changed; call it in the transaction that writes them. Nothing where no rule reads their ledger."""
    read = {ledger_id for rule in rules_of(TOPIC) for ledger_id in rule.reads}
    changed: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.ledger in read:
            changed[entry.ledger] |= {key for key in (entry.unit_id, entry.mine_id) if key is not None}
    changed_entries = [
        ChangedEntry(ledger=ledger, subjects=sorted(keys), at=at) for ledger, keys in sorted(changed.items())
    ]
    ChangedEntry.objects.bulk_create(changed_entries)


def judge_changed(at: datetime) -> int:
    """Ask the rules that read a changed ledger about the units concerned; returns how many changes were dealt with.

    A rule that fails is asked again by the daily run, which its failure makes due.
    """
    changes = list(ChangedEntry.objects.order_by("pk")[:CHANGES])
    if not changes:
        return 0
    keys: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        keys[change.ledger] |= set(change.subjects)
    for rule in rules_of(TOPIC):
        concerned = {key for ledger_id in rule.reads for key in keys.get(ledger_id, ())}
        if concerned:
            attempt(rule, at, concerned)
    ChangedEntry.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(changes)


def judge_daily(at: datetime) -> int:
    """Ask one rule about its next group of subjects today: one group a round, so that alarms never wait for all of them."""
    today = civil_date(at)
    resting = Q(day=today, done=True) | Q(tried_at__gt=at - REST, tried_at__lte=at) & ~Q(error="")
    settled = set(RuleRun.objects.filter(resting).values_list("rule", flat=True))
    due = next((rule for rule in rules_of(TOPIC) if rule.id not in settled), None)
    return 0 if due is None else _go_on(due, at)


def judge_all(at: datetime) -> int:
    """Ask every rule about all its subjects at once; returns how many outcomes there are."""
    count = 0
    for rule in rules_of(TOPIC):
        outcomes = attempt(rule, at)
        if outcomes is not None:
            _note(rule, at, done=True)
            count += outcomes
    return count


def _go_on(rule: Rule, at: datetime) -> int:
    """The next group of a rule; after the last one it is done for the day."""
    run = RuleRun.objects.filter(rule=rule.id, day=civil_date(at)).first()
    group = next_group(rule, run.reached if run else 0)
    if group is None:
        _note(rule, at, done=True)
        return 0
    count = attempt(rule, at, group[1])
    if count is None:
        return 0
    _note(rule, at, reached=group[0])
    return count


def _note(rule: Rule, at: datetime, *, reached: int = 0, done: bool = False) -> None:
    values = {"day": civil_date(at), "tried_at": at, "reached": reached, "done": done, "error": ""}
    RuleRun.objects.update_or_create(rule=rule.id, defaults=values)


def attempt(rule: Rule, at: datetime, keys: Iterable[int] | None = None) -> int | None:
    """Ask one rule; None and a note of why when it fails, which stops no other."""
    try:
        return judge(rule, at, keys)
    except Exception as failure:
        if is_lost(failure):
            raise
        log.exception("rule %s failed; it is tried again in %s", rule.id, REST)
        error = f"{type(failure).__name__}: {failure}"[:300]
        RuleRun.objects.update_or_create(rule=rule.id, defaults={"tried_at": at, "error": error, "done": False})
        return None


@transaction.atomic
def judge(rule: Rule, at: datetime, keys: Iterable[int] | None = None) -> int:
    """Ask a rule about all its subjects (or those with these keys) and keep what it says; returns about how many it could.

    A subject whose data cannot be judged is unknown and said to be so; the others are judged. Raises what the rule raises about
    every one of them.
    """
    subjects = subjects_of(rule, keys)
    counts, aside = apart(subjects, lambda part: _judged(rule, part, at), most=min(len(subjects) - 1, MOST_ASIDE))
    apart(
        [unread.row for unread in aside],
        lambda part: _keep_states(rule, [Judged(subject, UNREADABLE) for subject in part], at),
    )
    told = [Aside(refused.row.unit.code, refused.error) for refused in aside]
    tell_aside(stage=f"rule:{rule.id}", label=f"规则“{rule.title}”", aside=told, at=at)
    return sum(counts)


def _judged(rule: Rule, subjects: Sequence[RuleSubject], at: datetime) -> int:
    """Ask about these subjects together and keep what is said."""
    facts = ledger_facts(rule, subjects, civil_date(at))
    judged = [Judged(subject, rule.say(facts[subject.unit.pk], at)) for subject in subjects]
    _keep_states(rule, judged, at)
    new = _keep_findings(rule, judged, at)
    tell_supervisors(rule, new, at)
    return len(judged)


def _keep_states(rule: Rule, judged: Iterable[Judged], at: datetime) -> None:
    states = [
        RuleState(
            rule=rule.id,
            measure=rule.measure,
            subject=judged_subject.subject.unit.code,
            unit=judged_subject.subject.unit,
            mine=judged_subject.subject.mine,
            path=judged_subject.subject.unit.path,
            outcome=_word(judged_subject.outcome),
            why=_why(judged_subject.outcome),
            at=at,
        )
        for judged_subject in judged
    ]
    RuleState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["rule", "subject"],
        update_fields=["measure", "unit", "mine", "path", "outcome", "why", "at"],
    )


def _word(outcome: Outcome) -> RuleState.Outcome:
    words = {Breach: RuleState.Outcome.found, Clear: RuleState.Outcome.clear, Unknown: RuleState.Outcome.unknown}
    return words[type(outcome)]


def _why(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, Breach) else outcome.why


def _keep_findings(rule: Rule, judged: Iterable[Judged], at: datetime) -> list[tuple[RuleSubject, Finding]]:
    """Store what is found and revoke what is kept again; what cannot be said changes no finding. Returns the new ones."""
    findings = Finding.objects.filter(rule=rule.id, revoked_at=None).select_related("case__mine")
    standing = {finding.subject: finding for finding in findings}
    new = []
    for judged_subject in judged:
        code = judged_subject.subject.unit.code
        if isinstance(judged_subject.outcome, Breach):
            outcome = replace(
                judged_subject.outcome,
                cites=judged_subject.outcome.cites or rule.cites,
                numbers=plain(judged_subject.outcome.numbers),
            )
            if not _is_same(standing.get(code), outcome):
                finding = keep_finding(
                    rule, judged_subject.subject.mine or judged_subject.subject.unit, code, outcome, at
                )
                if code not in standing:
                    new.append((judged_subject.subject, finding))
                    if rule.procedure:
                        open_from_finding(finding, judged_subject.subject.unit, at)
                else:
                    finding_changed(finding, at)
        elif isinstance(judged_subject.outcome, Clear) and code in standing and not rests_on(standing[code]):
            _revoke(standing[code], at)
    return new


def _is_same(finding: Finding | None, outcome: Breach) -> bool:
    said = [outcome.reason, list(outcome.used), outcome.numbers]
    return finding is not None and [finding.reason, finding.used, finding.numbers] == said


def _revoke(finding: Finding, at: datetime) -> None:
    if Finding.objects.filter(pk=finding.pk, revoked_at=None).update(revoked_at=at):
        record(actor=None, action="finding_revoked", subject=finding, data={"because": "台账记录已符合规定"}, at=at)
        finding_changed(finding, at)
