"""Writes invented entries with COPY, as an import would leave them: with their files and tallies."""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from kuangan.core.actions import save_attachment
from kuangan.core.models import Attachment, LookedAt, User
from kuangan.emulate.past.confirmed import OPINION
from kuangan.ledger.models import EntryConfirmation

COLUMNS: Final = (
    "id", "serial", "version", "ledger", "unit_id", "mine_id", "path", "on", "until", "key", "values", "recorded_at", "reason", "voided",
    "confirmed", "waits_for",
)  # fmt: skip
FILE: Final = "file"
"""Stands in a row where a file of its own is to be put."""


@dataclass(frozen=True)
class PastEntry:
    """An entry to be written; fields of ``files`` get a file each. ``acts``: the parts that others wrote, each with the unit that did."""

    unit_id: int
    mine_id: int | None
    path: str
    on: date
    until: str | None
    key: str
    values: dict[str, Any]
    recorded_at: datetime
    files: tuple[str, ...] = ()
    acts: Mapping[str, int] = field(default_factory=dict)
    waits_for: str = ""


class Copier:
    """Writes rows; all files show the same picture, each under a row of its own."""

    def __init__(self, actor: User, at: datetime) -> None:
        self._model = save_attachment(actor=actor, name="演示材料.png", content=_picture(), at=at)

    def write(self, ledger_id: str, entries: Sequence[PastEntry]) -> list[int]:
        """Write all rows of a ledger; their serials in the same order."""
        if not entries:
            return []
        serials = _next(len(entries))
        held = self._files(serials, entries)
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        with connection.cursor() as cursor, cursor.copy(f"COPY ledger_entry ({columns}) FROM STDIN") as copy:
            for serial, entry in zip(serials, entries, strict=True):
                copy.write_row(
                    (
                        serial, serial, 1, ledger_id, entry.unit_id, entry.mine_id, entry.path, entry.on, entry.until, entry.key,
                        json.dumps(entry.values, ensure_ascii=False), entry.recorded_at, "", False,
                        " ".join(entry.acts), entry.waits_for,
                    )
                )  # fmt: skip
        with connection.cursor() as cursor, cursor.copy(_FILES) as copy:
            for line in held:
                copy.write_row(line)
        EntryConfirmation.objects.bulk_create(
            (
                EntryConfirmation(
                    entry_id=serial, part=part, unit_id=unit_id, at=entry.recorded_at, accepted=True, sight=LookedAt.file,
                    opinion=OPINION,
                )
                for serial, entry in zip(serials, entries, strict=True)
                for part, unit_id in entry.acts.items()
            ),
            batch_size=2000,
        )  # fmt: skip
        return serials

    def _files(self, serials: Sequence[int], entries: Sequence[PastEntry]) -> list[tuple[int, str, int]]:
        """Give each asked-for file a row of its own; returns entry, field and file."""
        wanted = [(serial, entry, name) for serial, entry in zip(serials, entries, strict=True) for name in entry.files]
        like = self._model
        made = Attachment.objects.bulk_create(
            Attachment(
                sha256=like.sha256, name=like.name, media_type=like.media_type, size=like.size,
                uploaded_by_id=like.uploaded_by_id, at=entry.recorded_at,
            )
            for _, entry, _ in wanted
        )  # fmt: skip
        for (_, entry, name), attachment in zip(wanted, made, strict=True):
            entry.values[name] = [attachment.pk]
        return [(serial, name, attachment.pk) for (serial, _, name), attachment in zip(wanted, made, strict=True)]


_FILES: Final = 'COPY ledger_entryfile ("entry_id", "field", "attachment_id") FROM STDIN'


def _next(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [number for (number,) in cursor.fetchall()]


def _picture() -> bytes:
    """A grey picture of 16 by 16 points."""
    lines = b"".join(b"\0" + b"\x80" * 16 for _ in range(16))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
