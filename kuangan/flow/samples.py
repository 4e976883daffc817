"""What follows from samples: they are drawn by the sweep, and a confirmed verdict changes credits and findings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.numerals import date_text
from kuangan.base.period import period_of
from kuangan.casework.models import Finding
from kuangan.core.actions import Line, record_many, tell_aside
from kuangan.core.apart import apart
from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.resting import Resting
from kuangan.duty.proof.verdicts import Seen, bar_duty, prove_duty, restore_duty
from kuangan.flow.cases.findings import keep_finding
from kuangan.flow.models import Progress
from kuangan.law.content import rules_of
from kuangan.law.local import local_decimal
from kuangan.law.rule import Found
from kuangan.law.time.span import add_months
from kuangan.law.topic import SampleFacts
from kuangan.ledger.models import Entry
from kuangan.sample.actions import commit_month, freeze, mark_answered, mark_confirmed, reveal, tell_late
from kuangan.sample.models import Sample, Verdict, Verification
from kuangan.sample.pool import Body, Pool, pools, uncommitted
from kuangan.sample.queries import due_verifications

TOPIC: Final = "sample_verified"
DAILY: Final = "samples"
"""The day for which seeds were committed to and findings ended."""
_resting = Resting()


def draw_samples(at: datetime) -> int:
    """Reveal what is frozen, freeze what is over, commit to what begins; returns how many. A round takes each one step."""
    return _revealed(at) + _frozen(at) + _begun(at)


def _revealed(at: datetime) -> int:
    rows = Sample.objects.filter(drawn_at=None, frozen_at__lt=at).select_related("unit").order_by("pk")
    return _resting.take_each(reveal, rows, at, stage="sample_reveal", label="抽查核实抽取")


def _frozen(at: datetime) -> int:
    month = period_of("month", civil_date(at)).key
    waiting = Sample.objects.filter(drawn_at=None, frozen_at=None, month__lt=month, committed_at__lt=at)
    found: dict[str, Mapping[Body, Pool]] = {}

    def take(sample: Sample, at: datetime) -> bool:
        if sample.month not in found:
            found[sample.month] = pools(sample.month, at)
        return freeze(sample, found[sample.month].get(Body(sample.unit_id, sample.own), Pool()), at)

    rows = waiting.select_related("unit").order_by("month", "pk")
    return _resting.take_each(take, rows, at, stage="sample_freeze", label="抽查核实范围冻结")


def _begun(at: datetime) -> int:
    """Once a day: seeds for the month, and the end of findings that have stood their time."""
    today = civil_date(at)
    if Progress.objects.filter(name=DAILY, reached=today.toordinal()).exists():
        return 0
    month = period_of("month", today)
    results, aside = apart(uncommitted(month.key), partial(commit_month, month=month, at=at))
    tell_aside(stage="sample_commit", label="抽查核实种子承诺", aside=aside, at=at)
    with transaction.atomic():
        count = _end_findings(at)
        Progress.objects.update_or_create(name=DAILY, defaults={"reached": today.toordinal()})
    return sum(results) + count


def _end_findings(at: datetime) -> int:
    today = civil_date(at)
    begun = beijing_midnight(add_months(today, -int(local_decimal("sample.finding_months", today))))
    rows = list(_findings().filter(revoked_at=None, found_at__lt=begun))
    return _revoke(rows, None, "认定保持的期限已满", at)


def _findings() -> QuerySet[Finding]:
    return Finding.objects.filter(rule__in=[rule.id for rule in rules_of(TOPIC)])


def _revoke(rows: Sequence[Finding], actor: User | None, reason: str, at: datetime) -> int:
    Finding.objects.filter(pk__in=[finding.pk for finding in rows]).update(revoked_at=at)
    record_many([Line(finding, "finding_revoked", {"reason": reason}, actor) for finding in rows], at)
    return len(rows)


def tell_late_verifications(at: datetime) -> int:
    """Say once, to each unit and the level above it, what it has not verified in time; returns to how many units."""
    late: dict[Unit, list[Verification]] = defaultdict(list)
    for row in due_verifications(at):
        late[row.by_unit].append(row)

    def take(unit: Unit, at: datetime) -> bool:
        return tell_late(unit, late[unit], at)

    return _resting.take_each(take, late, at, stage="sample_late", label="抽查核实催办")


@transaction.atomic
def confirm_verdict(*, actor: User, verification: Verification, seen: datetime, at: datetime) -> Verification:
    """Confirm a verdict as a second person; it takes effect at once.

    属实: what rested on the unit's own word is proven by another. 不属实: the credits are taken away for good, and a finding about the
    unit is kept. 无法证实: the credits stay. Raises as :func:`kuangan.sample.actions.mark_confirmed`.
    """
    row = mark_confirmed(actor=actor, verification=verification, seen=seen, at=at)
    assert row.judged_by is not None
    looked = Seen(row.by_unit, row.judged_by, row.looked_at[0], row.account, row.drawn_at)
    if row.outcome == Verdict.true:
        prove_duty(actor=actor, duty=row.duty, seen=looked, at=at)
    elif row.outcome == Verdict.untrue:
        bar_duty(actor=actor, duty=row.duty, seen=looked, at=at)
    _find(row, at)
    return row


def _find(row: Verification, at: datetime) -> None:
    duty, enterprise = row.duty, row.unit.kind in (UnitKind.mine, UnitKind.company)
    facts = SampleFacts(
        key=_subject(row),
        title=duty.title,
        period=f"{date_text(duty.first_on)}至{date_text(duty.last_on)}",
        enterprise=enterprise,
        verdict=row.outcome,
        by=row.by_unit.name,
        account=row.account,
    )
    for rule in rules_of(TOPIC):
        outcome = rule.check(facts, at)
        if isinstance(outcome, Found):
            about = row.mine if row.mine is not None and row.unit_id == row.mine.unit_id else row.unit
            keep_finding(replace(rule, measure=duty.measure), about, facts.key, outcome, at)


def _subject(row: Verification) -> str:
    return f"verification:{row.pk}"


@transaction.atomic
def answer_objection(
    *, actor: User, verification: Verification, follow: bool, opinion: str, at: datetime
) -> Verification:
    """Answer a unit's objection; where it is followed, its credits count again and the finding ends.

    Raises as :func:`kuangan.sample.actions.mark_answered`.
    """
    row = mark_answered(actor=actor, verification=verification, follow=follow, opinion=opinion, at=at)
    if follow and row.verdict == Verdict.untrue:
        assert row.confirmed_at is not None
        entries = Entry.objects.filter(recorded_at__gt=row.confirmed_at, superseded_at=None, serial__isnull=False)
        keys = row.duty.fulfilments.filter(source="entry").values_list("key", flat=True)
        changed = entries.filter(serial__in=[int(key) for key in keys]).values_list("serial", flat=True)
        changed_keys = [str(serial) for serial in changed]
        restore_duty(actor=actor, duty=row.duty, barred_at=row.confirmed_at, changed=changed_keys, at=at)
        _revoke(list(_findings().filter(subject=_subject(row), revoked_at=None)), actor, "复核采纳异议", at)
    return row
