"""Reads of collections: who has reported, and sums and averages by county."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DecimalField, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from kuangan.core.models import Unit, User
from kuangan.core.queries import visible_to
from kuangan.office.columns import ReturnColumn
from kuangan.office.models import Collection, Return
from kuangan.office.standing import own_units


def collections_visible_to(user: User) -> QuerySet[Collection]:
    """Collections sent by or to a unit in the user's sight, newest first, with counts of all receivers and returns."""
    asked = visible_to(user, Return.objects.filter(collection=OuterRef("pk")))
    sent = visible_to(user, Collection.objects.all()).values("pk")
    collections = Collection.objects.filter(Q(pk__in=sent) | Exists(asked)).select_related("unit")
    return collections.annotate(
        asked=Count("returns"), reported=Count("returns", filter=Q(returns__submitted_at__isnull=False))
    ).order_by("-sent_at", "-pk")


def returns_visible_to(user: User, collection: Collection) -> QuerySet[Return]:
    """The returns of one collection in the user's sight (all, for those who see its issuer), by place."""
    returns = Return.objects.filter(collection=collection)
    whole = visible_to(user, Collection.objects.filter(pk=collection.pk)).exists()
    seen = returns if whole else visible_to(user, returns)
    return seen.select_related("unit", "county", "signed_by__person", "notice").order_by("path")


def own_returns(user: User, collection: Collection) -> QuerySet[Return]:
    """What the user's own units report to one collection."""
    return Return.objects.filter(collection=collection, unit__in=own_units(user))


def returns_owed(user: User) -> QuerySet[Return]:
    """What the user's own units have still to report."""
    return Return.objects.filter(unit__in=own_units(user), submitted_at=None, collection__closed_at=None)


def returns_of(offices: Iterable[Unit]) -> QuerySet[Return]:
    """What units have still to report to these offices."""
    return Return.objects.filter(collection__unit__in=list(offices), submitted_at=None, collection__closed_at=None)


def late_returns(returns: QuerySet[Return], at: datetime) -> QuerySet[Return]:
    return returns.filter(collection__due_at__lte=at, submitted_at=None, collection__closed_at=None)


@dataclass(frozen=True)
class Roll:
    """One line of the roll-up: a county (or all), how many reported, and a total by column."""

    name: str
    path: str
    asked: int
    reported: int
    totals: Sequence[Decimal | None]


def rolled_up(returns: QuerySet[Return], columns: Sequence[ReturnColumn]) -> list[Roll]:
    """By county and for all, counted in the database. A column that is not totalled gives None."""
    unordered = returns.order_by()
    sums: dict[str, Any] = {}
    for column in columns:
        if column.total:
            number = Cast(KeyTextTransform(column.field.name, "values"), DecimalField(max_digits=24, decimal_places=6))
            counted = Q(submitted_at__isnull=False)
            sums[f"of_{column.field.name}"] = (Sum if column.total == "sum" else Avg)(number, filter=counted)
    counts = {"asked": Count("pk"), "reported": Count("pk", filter=Q(submitted_at__isnull=False))}
    by_county = unordered.values("county__name", "county__path").annotate(**counts, **sums).order_by("county__path")
    rolled = [
        _roll(dict(sums), columns, sums["county__name"] or "市直单位", sums["county__path"] or "") for sums in by_county
    ]
    every = unordered.aggregate(**counts, **sums)
    return [*rolled, _roll(every, columns, "合计", "")]


def _roll(sums: Mapping[str, Any], columns: Sequence[ReturnColumn], name: str, path: str) -> Roll:
    totals = [_plain(sums.get(f"of_{column.field.name}")) for column in columns]
    return Roll(name, path, sums["asked"], sums["reported"], totals)


def _plain(number: Decimal | None) -> Decimal | None:
    """Without the zeros that the database adds; averages to four places."""
    return None if number is None else Decimal(f"{round(number, 4).normalize():f}")
