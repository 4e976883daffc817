"""Reads of samples: what waits for whom, what a reader may see of it, and the records that anybody may recompute."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from kuangan.core.models import Attachment, Unit, User
from kuangan.core.queries import Hold, is_supervised, roles_of, visible_paths
from kuangan.duty.levels import HEADING, levels_above
from kuangan.duty.models import Fulfilment, Source
from kuangan.duty.proof.grades import Grade
from kuangan.duty.proof.judging import JUDGING
from kuangan.law.ledger import ledgers
from kuangan.law.role import Role
from kuangan.ledger.models import Entry, EntryFile
from kuangan.sample.models import Sample, Verification
from kuangan.sample.pool import rolling_start

WRITING = JUDGING | {Role.clerk}
"""Who writes a verdict for the unit that verifies; who judges may confirm it."""
UNCONFIRMED = Q(confirmed_at=None)
DOUBTED = (Grade.own, Grade.accepted)
"""The grades of what is drawn: somebody's word, not what a machine saw."""


def verifications_visible_to(reader: User) -> QuerySet[Verification]:
    """What the reader may know of, the newest draw first.

    Before the verdict is confirmed: the units that verify, and those above them; never the owing unit, a mine or a company. After
    it: whoever sees the owing unit.
    """
    verifications = Verification.objects.select_related(
        "duty", "unit", "mine__unit", "by_unit", "confirm_unit", "sample__unit"
    )
    verifications = verifications.select_related(
        "judged_by__person", "confirmed_by__person", "objected_by__person", "answered_by__person"
    )
    own = [hold.unit.pk for hold in roles_of(reader) if not hold.role.administers]
    paths = visible_paths(reader)
    if not paths:
        return verifications.none()
    planned = Q(by_unit__in=own) | Q(confirm_unit__in=own)
    if not is_supervised(reader):
        planned |= _below("sample__path", paths)
    seen = (planned & ~Q(unit__in=own)) | (Q(confirmed_at__isnull=False) & (_below("path", paths) | Q(unit__in=own)))
    return verifications.filter(seen).order_by("-drawn_at", "unit__path", "pk")


def _below(field: str, paths: Iterable[str]) -> Q:
    below = Q(pk__in=())
    for path in paths:
        below |= Q(**{f"{field}__startswith": path})
    return below


def may_write(holds: Iterable[Hold], verification: Verification) -> bool:
    """Whether one of these roles writes the verdict; nobody who works for the owing unit too does."""
    return _works(holds, verification, verification.by_unit_id, WRITING)


def may_confirm(holds: Iterable[Hold], verification: Verification, reader: User) -> bool:
    """Whether one of these roles confirms what was written; never who wrote it."""
    written = verification.judged_at is not None and verification.judged_by_id != reader.pk
    return written and _works(holds, verification, verification.confirm_unit_id, JUDGING)


def _works(holds: Iterable[Hold], verification: Verification, unit_id: int, roles: frozenset[Role]) -> bool:
    held = list(holds)
    if any(hold.unit.pk == verification.unit_id for hold in held):
        return False
    return verification.confirmed_at is None and any(hold.unit.pk == unit_id and hold.role in roles for hold in held)


def waiting_for(reader: User, holds: Iterable[Hold]) -> QuerySet[Verification]:
    """What the reader is to look at or to confirm, the earliest due first."""
    held = [hold for hold in holds if not hold.role.administers]
    writes = [hold.unit.pk for hold in held if hold.role in WRITING]
    confirms = [hold.unit.pk for hold in held if hold.role in JUDGING]
    if not (writes or confirms):
        return Verification.objects.none()
    wanted = Q(by_unit__in=writes, judged_at=None) | (
        Q(confirm_unit__in=confirms, judged_at__isnull=False) & ~Q(judged_by=reader)
    )
    return verifications_visible_to(reader).filter(UNCONFIRMED, wanted).order_by("due_at", "pk")


def reviewer_of(verification: Verification) -> Unit | None:
    """The unit above the one that verified; of the city's own sample the city government. None where the owing unit would review itself."""
    if verification.sample.own:
        above = verification.sample.unit
    else:
        above = levels_above([verification.by_unit]).get(verification.by_unit_id, verification.by_unit)
    return above if above.pk != verification.unit_id else None


def may_answer(reader: User, verification: Verification, at: datetime | None = None) -> bool:
    """Whether the reader heads the level above, neither wrote nor confirmed the verdict, and does not work for the owing unit."""
    waits = verification.objected_at is not None and verification.answered_at is None
    if not waits or reader.pk in (verification.judged_by_id, verification.confirmed_by_id):
        return False
    heads = {hold.unit.pk for hold in roles_of(reader, at) if hold.role in HEADING}
    inside = any(hold.unit.pk == verification.unit_id for hold in roles_of(reader, at))
    above = reviewer_of(verification) if heads and not inside else None
    return above is not None and above.pk in heads


def objections_for(reader: User) -> list[Verification]:
    """Objections that wait for the reader's answer, the oldest first."""
    if not any(hold.role in HEADING for hold in roles_of(reader)):
        return []
    objected = verifications_visible_to(reader).filter(objected_at__isnull=False, answered_at=None)
    return [verification for verification in objected.order_by("objected_at", "pk") if may_answer(reader, verification)]


def credits_looked_at(reader: User, verification: Verification) -> QuerySet[Fulfilment]:
    """The credits of the duty, for whoever may know of its verification, the newest first."""
    fulfilments = Fulfilment.objects.select_related("by__person").prefetch_related("attachments")
    seen = verifications_visible_to(reader).filter(pk=verification.pk)
    return fulfilments.filter(duty__in=seen.values("duty")).order_by("-recorded_at", "-pk")


def credit_files(given: Iterable[Fulfilment]) -> dict[int, list[Attachment]]:
    """The files of credits from :func:`credits_looked_at`, by the credit's key."""
    return {credit.pk: list(credit.attachments.all()) for credit in given}


def files_of(reader: User, verification: Verification) -> QuerySet[Attachment]:
    """The evidence of a verdict, for whoever may know of it."""
    seen = verifications_visible_to(reader).filter(pk=verification.pk)
    return Attachment.objects.filter(pk__in=seen.values("attachments")).order_by("pk")


def samples_visible_to(reader: User) -> QuerySet[Sample]:
    """The samples of the units in the reader's sight, for those who verify or stand above; the newest first."""
    samples = Sample.objects.select_related("unit").order_by("-month", "path")
    paths = visible_paths(reader)
    if not paths or is_supervised(reader):
        return samples.none()
    own = [hold.unit.pk for hold in roles_of(reader)]
    drawn = Verification.objects.filter(Q(by_unit__in=own) | Q(confirm_unit__in=own))
    return samples.filter(_below("path", paths) | Q(pk__in=drawn.values("sample")))


def judged_units_visible_to(reader: User, at: datetime) -> QuerySet[Unit]:
    """The units in the reader's sight of which something was found in the rolling months."""
    judged = Verification.objects.filter(confirmed_at__gt=rolling_start(at))
    own = [hold.unit.pk for hold in roles_of(reader)]
    units = Unit.objects.filter(pk__in=judged.values("unit"))
    return units.filter(_below("path", visible_paths(reader)) | Q(pk__in=own)).order_by("path")


def whole_record(sample: Sample) -> dict[str, Any]:
    """Everything of a sample, as far as it has come."""
    record = dict(sample.record)
    if sample.pool is not None:
        record |= {"pool": sample.pool, "pool_digest": sample.pool_digest}
    if sample.result is not None:
        record |= {"draw": sample.result}
    return record


def public_samples() -> QuerySet[Sample]:
    """What anybody may see: every sample, with how many of its verifications are and wait."""
    waits = Count("verifications", filter=Q(verifications__confirmed_at=None))
    samples = Sample.objects.select_related("unit").annotate(drawn=Count("verifications"), waits=waits)
    return samples.order_by("-month", "unit__path", "own")


def is_public(sample: Sample) -> bool:
    """Whether pool, seed and draw are for everybody: once every verdict is confirmed, so that nobody is warned before."""
    return sample.drawn_at is not None and not sample.verifications.filter(confirmed_at=None).exists()


def public_record(sample: Sample) -> dict[str, Any]:
    """The record as anybody may have it now: before all verdicts are confirmed the commitment and the digest of the pool."""
    if is_public(sample):
        return whole_record(sample)
    return {**sample.record, "pool_digest": sample.pool_digest, "withheld": True}


def due_verifications(at: datetime) -> QuerySet[Verification]:
    """Unconfirmed ones whose time has run out, not yet told."""
    verifications = Verification.objects.filter(UNCONFIRMED, wakes_at__lte=at)
    return verifications.select_related("by_unit", "duty", "unit").order_by("by_unit", "due_at", "pk")


def entries_looked_at(reader: User, verification: Verification) -> list[Entry]:
    """The entries of ledgers that the duty's credits rest on, as they are now, for whoever may know of its verification.

    What is confidential stays in its own circle.
    """
    keys = credits_looked_at(reader, verification).filter(source=Source.entry).values_list("key", flat=True)
    entries = Entry.objects.filter(serial__in=[int(key) for key in keys], superseded_at=None)
    shown = [name for name, ledger in ledgers().items() if not ledger.confidential]
    return list(entries.filter(ledger__in=shown).select_related("unit", "recorded_by__person").order_by("-on", "-pk"))


def looked_at_files(reader: User, verification: Verification) -> QuerySet[Attachment]:
    """Every file that the page of a verification offers: the evidence of its verdict, of the credits and of their entries."""
    given = credits_looked_at(reader, verification).values("attachments")
    entries = EntryFile.objects.filter(entry__in=[entry.pk for entry in entries_looked_at(reader, verification)])
    proof = files_of(reader, verification).values("pk")
    wanted = Q(pk__in=given) | Q(pk__in=entries.values("attachment")) | Q(pk__in=proof)
    return Attachment.objects.filter(wanted)


def verification_of(reader: User, duty_id: int) -> Verification | None:
    """The latest verification of a duty that the reader may know of."""
    if not Verification.objects.filter(duty=duty_id).exists():
        return None
    return verifications_visible_to(reader).filter(duty=duty_id).first()
