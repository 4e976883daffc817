"""The draw of a month: a seed is committed to before there is anything to draw from, the pool is frozen, the seed comes out."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import sampling
from kuangan.base.clock import civil_date
from kuangan.base.lottery import SEED_BYTES, seed_digest
from kuangan.base.period import Period
from kuangan.core.actions import Line, record_many, send_notices
from kuangan.core.models import Notice, Unit, UnitKind
from kuangan.core.sealed import seal, unseal
from kuangan.core.subject import about
from kuangan.duty.levels import TOLD
from kuangan.duty.models import Duty
from kuangan.law.local import local_span
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import deadline
from kuangan.sample.models import Sample, Verification
from kuangan.sample.pool import Body, Pool, bodies, owing_units

DRAWN_KIND = "sample"
"""The kind of the notice that something is to be verified."""


@transaction.atomic
def commit_month(month: Period, at: datetime) -> int:
    """Commit to a seed for every body that has none for the month; returns how many. Idempotent.

    The city's own sample needs a county to verify it, so there is none where no county's bureau is registered.
    """
    units = owing_units()
    known = {Body(*pair) for pair in Sample.objects.filter(month=month.key).values_list("unit_id", "own")}
    wanted = set(bodies(units).values()) - known
    if not any(unit.kind == UnitKind.county_bureau for unit in units):
        wanted = {body for body in wanted if not body.own}
    if not wanted:
        return 0
    named = Unit.objects.in_bulk({body.unit_id for body in wanted})
    made = [_committed(named[body.unit_id], month, at, own=body.own) for body in sorted(wanted)]
    Sample.objects.bulk_create(made)
    record_many([Line(sample, "sample_committed", {"record": sample.record}) for sample in made], at)
    return len(made)


def _committed(unit: Unit, month: Period, at: datetime, *, own: bool) -> Sample:
    seed = secrets.token_hex(SEED_BYTES)
    record: dict[str, Any] = {
        "format": sampling.FORMAT,
        "title": f"{month.label}{'市级本级' if own else ''}抽查核实",
        "unit": unit.name,
        "month": month.key,
        "committed_at": at.isoformat(),
        "seed_digest": seed_digest(seed),
    }
    record["commitment"] = sampling.commitment(record)
    made = Sample(
        unit=unit,
        own=own,
        path="" if own else unit.path,
        month=month.key,
        slug=f"{month.key}-{record['commitment'][:12]}",
        record=record,
        commitment=record["commitment"],
        committed_at=at,
    )
    made.seed = seal(seed, made.seed_place)
    return made


def freeze(samples: Sequence[Sample], found: Mapping[Body, Pool], at: datetime) -> int:
    """Freeze what the samples are drawn from; returns how many were. In the caller's transaction."""
    counties = list(Unit.objects.filter(kind=UnitKind.county_bureau).order_by("path"))
    lines = []
    for sample in samples:
        strata = found.get(Body(sample.unit_id, sample.own), Pool()).as_record()
        pool = {"frozen_at": at.isoformat(), "strata": strata, "verifiers": _candidates(sample, counties)}
        fixed = sampling.pool_digest({"commitment": sample.commitment, "pool": pool})
        waiting = Sample.objects.filter(pk=sample.pk, frozen_at=None, committed_at__lt=at)
        if waiting.update(pool=pool, pool_digest=fixed, frozen_at=at):
            lines.append(Line(sample, "sample_frozen", {"pool_digest": fixed}))
    record_many(lines, at)
    return len(lines)


def _candidates(sample: Sample, counties: Sequence[Unit]) -> list[str]:
    """The counties' bureaus that may verify the city's own: not the pair of last time where others are enough."""
    if not sample.own:
        return []
    city = sample.unit.path.split("/", 1)[0]
    inside = [unit.code for unit in counties if unit.path.startswith(f"{city}/")]
    before = Sample.objects.filter(unit=sample.unit_id, own=True, month__lt=sample.month, drawn_at__isnull=False)
    last = before.order_by("-month").values_list("result", flat=True).first()
    others = [code for code in inside if last is None or code not in last["verifiers"]]
    return others if len(others) >= sampling.VERIFIERS else inside


def reveal(samples: Sequence[Sample], at: datetime) -> int:
    """Bring out the seed of frozen samples and plant a verification for each duty drawn; returns how many there are.

    In the caller's transaction. The units that verify are told how many; nobody else is.
    """
    lines, made = [], []
    for sample in samples:
        record = {**sample.record, "pool": sample.pool, "pool_digest": sample.pool_digest}
        seed = unseal(sample.seed, sample.seed_place)
        result = {
            "seed": seed,
            "drawn_at": at.isoformat(),
            "drawn": sampling.drawn(record, seed),
            "verifiers": sampling.verifiers(record, seed),
        }
        if Sample.objects.filter(pk=sample.pk, drawn_at=None).update(result=result, drawn_at=at):
            sample.result, sample.drawn_at = result, at
            lines.append(Line(sample, "sample_drawn", {"drawn": result["drawn"]}))
            made += list(_verifications(sample, at))
    Verification.objects.bulk_create(made)
    record_many(lines, at)
    _tell(made, at)
    return len(made)


def _verifications(sample: Sample, at: datetime) -> Iterable[Verification]:
    assert sample.result is not None
    assert sample.pool is not None
    keys = [int(key) for stratum in sample.result["drawn"] for key in stratum]
    duties = Duty.objects.select_related("unit").in_bulk(keys)
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=sample.result["verifiers"])}
    verifying = [found[code] for code in sample.result["verifiers"]] or [sample.unit]
    due = deadline(local_span("sample.verify_within", civil_date(at)), at, workdays())
    for stratum, drawn in zip(sample.pool["strata"], sample.result["drawn"], strict=True):
        for duty in (duties[int(key)] for key in drawn):
            yield Verification(
                sample=sample,
                duty=duty,
                unit=duty.unit,
                mine_id=duty.mine_id,
                path=duty.path,
                grade=stratum["grade"],
                share=stratum["share"],
                by_unit=verifying[0],
                confirm_unit=verifying[-1],
                drawn_at=at,
                due_at=due,
                wakes_at=due,
            )


def _tell(made: Sequence[Verification], at: datetime) -> None:
    counts = Counter((each.by_unit, each.sample.record["title"]) for each in made)
    notices = [
        Notice(
            unit=unit,
            role=TOLD.get(unit.kind, ""),
            kind=DRAWN_KIND,
            title=f"{title}：抽中{number}项，请组织核实",
            body="请查看平台上的材料、照片和监测数据，或由本来就在现场的人员核实；结论须经第二人确认，确认前不得告知被核实单位。",
            link=str(about("samples")),
            created_at=at,
        )
        for (unit, title), number in counts.items()
    ]
    send_notices(actor=None, notices=notices, at=at)
