"""The draw of a month: a seed is committed to before there is anything to draw from, the pool is frozen, the seed comes out."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import sampling
from kuangan.base.clock import civil_date
from kuangan.base.lottery import SEED_BYTES, seed_digest
from kuangan.base.period import Period
from kuangan.core.actions import Line, record, record_many, send_notice
from kuangan.core.models import Unit, UnitKind
from kuangan.core.sealed import seal, unseal
from kuangan.core.subject import about
from kuangan.duty.levels import TOLD
from kuangan.duty.models import Duty
from kuangan.law.local import local_span
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline
from kuangan.sample.models import Sample, Verification
from kuangan.sample.pool import Body, Pool

DRAWN_KIND = "sample"
"""The kind of the notice that something is to be verified."""


@transaction.atomic
def commit_month(bodies: Sequence[Body], *, month: Period, at: datetime) -> int:
    """Commit to a seed of the month for bodies that have none (``pool.uncommitted``); returns how many."""
    units = Unit.objects.in_bulk({body.unit_id for body in bodies})
    made = [_committed(units[body.unit_id], month, at, own=body.own) for body in bodies]
    Sample.objects.bulk_create(made)
    record_many([Line(sample, "sample_committed", {"record": sample.record}) for sample in made], at)
    return len(made)


def _committed(unit: Unit, month: Period, at: datetime, *, own: bool) -> Sample:
    seed = secrets.token_hex(SEED_BYTES)
    named: dict[str, Any] = {
        "format": sampling.FORMAT,
        "title": f"{month.label}{'市级本级' if own else ''}抽查核实",
        "unit": unit.name,
        "month": month.key,
        "committed_at": at.isoformat(),
        "seed_digest": seed_digest(seed),
    }
    named["commitment"] = sampling.commitment(named)
    made = Sample(
        unit=unit,
        own=own,
        path="" if own else unit.path,
        month=month.key,
        slug=f"{month.key}-{named['commitment'][:12]}",
        record=named,
        commitment=named["commitment"],
        committed_at=at,
    )
    made.seed = seal(seed, made.seed_place)
    return made


@transaction.atomic
def freeze(sample: Sample, drawn_from: Pool, at: datetime) -> bool:
    """Freeze what a sample is drawn from; False when it was."""
    pool = {"frozen_at": at.isoformat(), "strata": drawn_from.as_record(), "verifiers": _candidates(sample)}
    fixed = sampling.pool_digest({"commitment": sample.commitment, "pool": pool})
    waiting = Sample.objects.filter(pk=sample.pk, frozen_at=None, committed_at__lt=at)
    if not waiting.update(pool=pool, pool_digest=fixed, frozen_at=at):
        return False
    record(actor=None, action="sample_frozen", subject=sample, data={"pool_digest": fixed}, at=at)
    return True


def _candidates(sample: Sample) -> list[str]:
    """The counties' bureaus that may verify the city's own: not the pair of last time where others are enough."""
    if not sample.own:
        return []
    city = sample.unit.path.split("/", 1)[0]
    counties = Unit.objects.filter(kind=UnitKind.county_bureau, path__startswith=f"{city}/")
    inside = list(counties.order_by("path").values_list("code", flat=True))
    before = Sample.objects.filter(unit=sample.unit_id, own=True, month__lt=sample.month, drawn_at__isnull=False)
    last = before.order_by("-month").values_list("result", flat=True).first()
    others = [code for code in inside if last is None or code not in last["verifiers"]]
    return others if len(others) >= sampling.VERIFIERS else inside


@transaction.atomic
def reveal(sample: Sample, at: datetime) -> bool:
    """Bring out the seed of a frozen sample and plant a verification for each duty drawn; False when that was done.

    The unit that verifies is told how many; nobody else is.
    """
    whole = {**sample.record, "pool": sample.pool, "pool_digest": sample.pool_digest}
    seed = unseal(sample.seed, sample.seed_place)
    result = {
        "seed": seed,
        "drawn_at": at.isoformat(),
        "drawn": sampling.drawn(whole, seed),
        "verifiers": sampling.verifiers(whole, seed),
    }
    if not Sample.objects.filter(pk=sample.pk, drawn_at=None).update(result=result, drawn_at=at):
        return False
    sample.result, sample.drawn_at = result, at
    record(actor=None, action="sample_drawn", subject=sample, data={"drawn": result["drawn"]}, at=at)
    made = Verification.objects.bulk_create(_verifications(sample, at))
    if made:
        _tell(sample, made[0].by_unit, len(made), at)
    return True


def _verifications(sample: Sample, at: datetime) -> Iterable[Verification]:
    assert sample.result is not None
    assert sample.pool is not None
    keys = [int(key) for stratum in sample.result["drawn"] for key in stratum]
    duties = Duty.objects.select_related("unit").in_bulk(keys)
    verifiers = {unit.code: unit for unit in Unit.objects.filter(code__in=sample.result["verifiers"])}
    verifying = [verifiers[code] for code in sample.result["verifiers"]] or [sample.unit]
    due = deadline(local_span("sample.verify_within", civil_date(at)), at, calendar())
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


def _tell(sample: Sample, unit: Unit, number: int, at: datetime) -> None:
    send_notice(
        actor=None,
        unit=unit,
        role=TOLD.get(unit.kind),
        kind=DRAWN_KIND,
        title=f"{sample.record['title']}：抽中{number}项，请组织核实",
        body="请查看平台上的材料、照片和监测数据，或由本来就在现场的人员核实；结论须经第二人确认，确认前不得告知被核实单位。",
        subject=about("samples"),
        at=at,
    )
