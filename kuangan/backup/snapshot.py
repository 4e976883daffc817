"""One moment of the database: what `pg_dump` writes out, and what lists tell at that moment of the files that belong to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from kuangan.backup.manifest import JournalMark, TrailHead
from kuangan.base import clock
from kuangan.core.models import Attachment, Event, EventHead
from kuangan.core.queries.trail import heads_between
from kuangan.core.trail.chain import seal_digest
from kuangan.flow.upkeep.files import NAMED_BY
from kuangan.monitor.models import Cursor, FeedFile, HistoryPart
from kuangan.paper.models import Paper

PROMISED = (Attachment, Paper)
"""Those of the tables naming stored bytes whose bytes must be there; files of forms that wait may go meanwhile."""


@dataclass(frozen=True)
class HistoryFile:
    """A file of readings as the list has it; ``folder`` is `history/<mine>/<day>`."""

    folder: str
    name: str
    sha256: str

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True)
class DatabaseMoment:
    """``id``: by which other sessions see the same moment, while it is held. ``content``: digests, and whether they are promised."""

    id: str
    migrations: list[str]
    journals: list[JournalMark]
    trail: TrailHead
    history: list[HistoryFile]
    content: dict[str, bool]
    counts: dict[str, int]


@contextmanager
def held_moment() -> Iterator[DatabaseMoment]:
    """Hold one moment of the database. Must not be called inside a transaction."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        yield DatabaseMoment(
            id=snapshot,
            migrations=_migrations(),
            journals=_journals(),
            trail=_trail_head(),
            history=listed_history(),
            content=_content(),
            counts={"events": Event.objects.count(), "feed_files": FeedFile.objects.count()},
        )


@dataclass(frozen=True)
class DatabaseHead:
    """How far the database has come, without its lists."""

    migrations: list[str]
    journals: list[JournalMark]
    trail: TrailHead


def held_head() -> DatabaseHead:
    """The head of one moment."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return DatabaseHead(_migrations(), _journals(), _trail_head())


def _migrations() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def listed_history() -> list[HistoryFile]:
    """What history must hold now."""
    parts = HistoryPart.objects.filter(lost_at=None).order_by("mine__code", "day", "name")
    listed = parts.values_list("mine__code", "day", "name", "sha256").iterator()
    return [HistoryFile(f"history/{code}/{day.isoformat()}", name, sha256) for code, day, name, sha256 in listed]


def _journals() -> list[JournalMark]:
    running = Cursor.objects.order_by("pk").exclude(identity="")
    return [
        JournalMark(cursor.pk, cursor.identity, cursor.place, cursor.journal_seq, cursor.replay_from)
        for cursor in running
    ]


def _trail_head() -> TrailHead:
    """The rows since the last seal, digested as the next seal would be that ended with them."""
    seal = EventHead.objects.order_by("-last_id").first()
    first_id, prev = (seal.last_id + 1, seal.digest) if seal else (1, "")
    newest: int | None = Event.objects.order_by("-id").values_list("id", flat=True).first()
    last_id = max(newest or 0, first_id - 1)
    day = clock.civil_date(clock.now())
    made = seal_digest(heads_between(first_id, last_id), day=day, last_id=last_id, prev_digest=prev)
    return TrailHead(day.isoformat(), first_id, last_id, prev, made)


def _content() -> dict[str, bool]:
    named: dict[str, bool] = {}
    for model, column in NAMED_BY:
        digests = model._default_manager.exclude(**{column: ""})  # noqa: SLF001  # whichever table it is
        for sha256 in digests.values_list(column, flat=True).distinct().iterator():
            named[sha256] = named.get(sha256, False) or model in PROMISED
    return named
