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
from kuangan.law.rule import Breach
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
    samples = Sample.objects.filter(drawn_at=None, frozen_at__lt=at).select_related("unit").order_by("pk")
    return _resting.take_each(reveal, samples, at, stage="sample_reveal", label="抽查核实抽取")


def _frozen(at: datetime) -> int:
    month = period_of("month", civil_date(at)).key
    waiting = Sample.objects.filter(drawn_at=None, frozen_at=None, month__lt=month, committed_at__lt=at)
    pools_of_month: dict[str, Mapping[Body, Pool]] = {}

    def take(sample: Sample, at: datetime) -> bool:
        if sample.month not in pools_of_month:
            pools_of_month[sample.month] = pools(sample.month, at)
        return freeze(sample, pools_of_month[sample.month].get(Body(sample.unit_id, sample.own), Pool()), at)

    samples = waiting.select_related("unit").order_by("month", "pk")
    return _resting.take_each(take, samples, at, stage="sample_freeze", label="抽查核实范围冻结")


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
    standing = list(_findings().filter(revoked_at=None, found_at__lt=begun))
    return _revoke(standing, None, "认定保持的期限已满", at)


def _findings() -> QuerySet[Finding]:
    return Finding.objects.filter(rule__in=[rule.id for rule in rules_of(TOPIC)])


def _revoke(findings: Sequence[Finding], actor: User | None, reason: str, at: datetime) -> int:
    Finding.objects.filter(pk__in=[finding.pk for finding in findings]).update(revoked_at=at)
    record_many([Line(finding, "finding_revoked", {"reason": reason}, actor) for finding in findings], at)
    return len(findings)


def tell_late_verifications(at: datetime) -> int:
    """Say once, to each unit and the level above it, what it has not verified in time; returns to how many units."""
    late: dict[Unit, list[Verification]] = defaultdict(list)
    for verification in due_verifications(at):
        late[verification.by_unit].append(verification)

    def take(unit: Unit, at: datetime) -> bool:
        return tell_late(unit, late[unit], at)

    return _resting.take_each(take, late, at, stage="sample_late", label="抽查核实催办")


@transaction.atomic
def confirm_verdict(*, actor: User, verification: Verification, seen: datetime, at: datetime) -> Verification:
    """Confirm a verdict as a second person; it takes effect at once.

    属实: what rested on the unit's own word is proven by another. 不属实: the credits are taken away for good, and a finding about the
    unit is kept. 无法证实: the credits stay. What the unit added after the draw is proven by nobody, but was before the eyes of who
    wrote the verdict. Raises as :func:`kuangan.sample.actions.mark_confirmed`.
    """
    confirmed = mark_confirmed(actor=actor, verification=verification, seen=seen, at=at)
    assert confirmed.judged_by is not None
    assert confirmed.judged_at is not None
    looked = Seen(confirmed.by_unit, confirmed.judged_by, confirmed.looked_at[0], confirmed.account, confirmed.drawn_at)
    if confirmed.outcome == Verdict.true:
        prove_duty(actor=actor, duty=confirmed.duty, seen=looked, at=at)
    elif confirmed.outcome == Verdict.untrue:
        bar_duty(actor=actor, duty=confirmed.duty, seen=replace(looked, before=confirmed.judged_at), at=at)
    _find(confirmed, at)
    return confirmed


def _find(verification: Verification, at: datetime) -> None:
    duty, enterprise = verification.duty, verification.unit.kind in (UnitKind.mine, UnitKind.company)
    facts = SampleFacts(
        key=_subject(verification),
        title=duty.title,
        period=f"{date_text(duty.first_on)}至{date_text(duty.last_on)}",
        enterprise=enterprise,
        verdict=verification.outcome,
        by=verification.by_unit.name,
        account=verification.account,
    )
    for rule in rules_of(TOPIC):
        outcome = rule.say(facts, at)
        if isinstance(outcome, Breach):
            about = (
                verification.mine
                if verification.mine is not None and verification.unit_id == verification.mine.unit_id
                else verification.unit
            )
            keep_finding(replace(rule, measure=duty.measure), about, facts.key, outcome, at)


def _subject(verification: Verification) -> str:
    return f"verification:{verification.pk}"


@transaction.atomic
def answer_objection(
    *, actor: User, verification: Verification, follow: bool, opinion: str, at: datetime
) -> Verification:
    """Answer a unit's objection; where it is followed, its credits count again and the finding ends.

    Raises as :func:`kuangan.sample.actions.mark_answered`.
    """
    answered = mark_answered(actor=actor, verification=verification, follow=follow, opinion=opinion, at=at)
    if follow and answered.verdict == Verdict.untrue:
        assert answered.confirmed_at is not None
        entries = Entry.objects.filter(recorded_at__gt=answered.confirmed_at, superseded_at=None, serial__isnull=False)
        keys = answered.duty.fulfilments.filter(source="entry").values_list("key", flat=True)
        changed = entries.filter(serial__in=[int(key) for key in keys]).values_list("serial", flat=True)
        changed_keys = [str(serial) for serial in changed]
        restore_duty(actor=actor, duty=answered.duty, barred_at=answered.confirmed_at, changed=changed_keys, at=at)
        _revoke(list(_findings().filter(subject=_subject(answered), revoked_at=None)), actor, "复核采纳异议", at)
    return answered
