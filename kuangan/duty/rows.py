"""Rows of duties as they are inserted, and the openings they belong to."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from kuangan.core.bulk import insert_rows, update_rows
from kuangan.duty.models import Duty, Opening
from kuangan.duty.owing import Owing
from kuangan.duty.terms import Terms, first_wake
from kuangan.law.content import corpus_digest
from kuangan.law.duty.obligation_file import Obligation

Pair = tuple[str, str]
"""An obligation's id and the key of a period."""

COLUMNS = {
    "opening_id": "bigint",
    "obligation": "text",
    "measure": "text",
    "unit_id": "bigint",
    "role": "text",
    "post_id": "bigint",
    "mine_id": "bigint",
    "county_id": "bigint",
    "path": "text",
    "title": "text",
    "subject": "text",
    "period": "text",
    "first_on": "date",
    "last_on": "date",
    "needed": "smallint",
    "opened_at": "timestamptz",
    "due_at": "timestamptz",
    "grace_at": "timestamptz",
    "provisional": "boolean",
    "cancelled_for": "text",
    "rung": "smallint",
    "wakes_at": "timestamptz",
}


def duty_row(
    obligation: Obligation,
    who: Owing,
    terms: Terms,
    *,
    opening: int,
    period: str,
    days: tuple[date, date],
    needed: int,
    at: datetime,
    subject: str = "",
    title: str = "",
    role: str = "",
) -> tuple[Any, ...]:
    """One row in the order of the columns; ``title`` and ``role`` where they are not the obligation's own."""
    return (
        opening,
        obligation.id,
        obligation.measure,
        who.unit.pk,
        role or obligation.role.value,
        who.post.pk if who.post else None,
        who.mine.pk if who.mine else None,
        who.county.pk if who.county else None,
        who.unit.path,
        (title or who.title(obligation))[:200],
        subject,
        period,
        *days,
        needed,
        at,
        terms.due_at,
        terms.grace_at,
        terms.provisional,
        "",
        0,
        first_wake(obligation, terms.due_at),
    )


def insert_duties(lines: list[tuple[Any, ...]]) -> int:
    """Insert rows; those that are there already stay as they are. Returns how many are new."""
    return insert_rows("duty_duty", COLUMNS, lines, once=True)


def openings_for(pairs: Collection[Pair], at: datetime) -> dict[Pair, Opening]:
    """The openings under the corpus of now, made where they are new, locked to the end of the transaction."""
    columns = {"obligation": "text", "period": "text", "corpus_digest": "text", "at": "timestamptz", "count": "integer"}
    wanted = sorted(set(pairs))
    insert_rows("duty_opening", columns, [(*pair, corpus_digest(), at, 0) for pair in wanted], once=True)
    openings = Opening.objects.select_for_update().filter(
        corpus_digest=corpus_digest(),
        obligation__in={pair[0] for pair in wanted},
        period__in={pair[1] for pair in wanted},
    )
    known = {(opening.obligation, opening.period): opening for opening in openings.order_by("pk")}
    return {pair: known[pair] for pair in wanted}


def count_duties(openings: Iterable[Opening]) -> dict[int, int]:
    """Write how many duties each opening has; returns how many came new since it was read, by its key."""
    counted_openings = list(openings)
    grouped = (
        Duty.objects.filter(opening__in=[opening.pk for opening in counted_openings])
        .values("opening")
        .annotate(number=Count("pk"))
    )
    counts = {counted["opening"]: counted["number"] for counted in grouped}
    update_rows("duty_opening", {"count": "integer"}, list(counts.items()))
    return {opening.pk: counts.get(opening.pk, 0) - opening.count for opening in counted_openings}
