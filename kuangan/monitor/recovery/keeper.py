"""Comparing history and journal with what they must hold: at each start, and every night file by file.

What is damaged is set aside under `damaged/` in the data folder, made again from the journal where that reaches, and
otherwise wanted again from the mine; each time somebody is told which mine, day and files.
"""

import hashlib
import logging
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F

from kuangan.base import clock
from kuangan.core.actions import end_incident, raise_incident
from kuangan.mine.models import Mine
from kuangan.mine.queries.aliases import codes_of_file
from kuangan.monitor.database import patiently
from kuangan.monitor.doubt.watch import alone
from kuangan.monitor.durations import duration
from kuangan.monitor.feeds import FeedError
from kuangan.monitor.history import DamagedFile, HistoryWriter, Part, PartName, days
from kuangan.monitor.history.layout import NO_JOURNAL, day_folder, describe, name_of, reading_files
from kuangan.monitor.history.numbers import packed_numbers
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.journal import frames_of
from kuangan.monitor.models import FeedFile, HistoryPart
from kuangan.monitor.recovery.history import (
    TAKEN,
    WITH_READINGS,
    Numbers,
    held,
    journal_keys,
    list_parts,
    numbers_in,
    without,
)
from kuangan.monitor.recovery.lost import mark_lost, part_key

_log = logging.getLogger(__name__)

Steps = Generator[None, None, list[int]]
"""Work in small steps, so that files are taken meanwhile; its result are journal numbers."""


class Keeper:
    """Used by the thread that owns the engine. `root`: the data folder."""

    def __init__(self, engine: Engine, root: Path) -> None:
        self._engine = engine
        self._stop = engine.stop
        self._history = root / "history"
        self._journal = root / "journal"
        self._aside = root / "damaged"

    def keep_start(self) -> None:
        """Names and sizes of all history files against the list; what differs is looked at closely, now."""
        mines = patiently(lambda: {mine.code: mine for mine in Mine.objects.select_related("unit")}, self._stop)
        listed = patiently(_listed, self._stop)
        lying = {(code, day): self._sizes(code, day) for code in mines for day in days(self._history, code)}
        for code, day in sorted(listed.keys() | lying.keys()):
            if listed.get((code, day), {}) != lying.get((code, day), {}):
                with alone("comparing the history", code):
                    in_full(self.keep_day(mines[code], day, deep=False))

    def days_of(self, mine: Mine) -> list[date]:
        """Days of which the mine has history, or should have, newest first."""
        days_listed = HistoryPart.objects.filter(mine=mine, lost_at=None).values_list("day", flat=True).distinct()
        return sorted(
            {*patiently(lambda: list(days_listed), self._stop), *days(self._history, mine.code)}, reverse=True
        )

    def keep_day(self, mine: Mine, day: date, *, deep: bool) -> Iterator[None]:
        """One day of a mine: each file as listed (`deep`: byte by byte), unknown ones listed, damaged ones mended."""
        parts = HistoryPart.objects.filter(mine=mine, day=day, lost_at=None)
        listed = {part.name: part for part in patiently(lambda: list(parts), self._stop)}
        here = {path.name: path for path in reading_files(day_folder(self._history, mine.code, day))}
        damaged = [part for name, part in listed.items() if name not in here]
        unlisted: list[Part] = []
        for name, path in here.items():
            yield
            try:
                part = listed.get(name)
                if part is None:
                    unlisted.append(describe(path, mine.code, day))
                else:
                    _compare(path, part, deep=deep)
            except DamagedFile as damage:
                _log.error("历史数据文件损坏，移至 %s：%s", self._aside, damage)
                self._set_aside(path, mine.code, day)
                damaged.append(listed.get(name) or _row_of(mine, day, path))
        patiently(lambda: list_parts(mine, unlisted, clock.now()), self._stop)
        for part in damaged:
            yield from self._mend(mine, part)

    def keep_rows(self, mine: Mine, since: datetime) -> Iterator[None]:
        """Files received since then whose rows say that they were taken, against history."""
        files = FeedFile.objects.filter(
            mine=mine, received_at__gte=since, type=WITH_READINGS, status__in=TAKEN, records__gt=F("bad_records")
        )
        own, behind = self._engine.journal, self._engine.dirty.get(mine.code)
        by_journal: dict[int, list[int]] = {}
        for journal, seq in patiently(lambda: list(files.values_list("journal_id", "journal_seq")), self._stop):
            if journal != own or behind is None or seq < behind:
                by_journal.setdefault(journal, []).append(seq)
        for journal, numbers in by_journal.items():
            yield
            parts = HistoryPart.objects.filter(mine=mine, journal=journal, lost_at=None, last_seq__gte=min(numbers))
            missing = without(numbers, patiently(lambda: held(parts, journal), self._stop))  # noqa: B023  (used at once)
            if len(missing):
                yield from self._mend(mine, patiently(lambda: _row_for(mine, journal, missing), self._stop))  # noqa: B023

    def _mend(self, mine: Mine, part: HistoryPart) -> Iterator[None]:
        """Make the readings of a lost history file again; what can't be made is wanted again."""
        journal = part.journal_id or 1
        others = HistoryPart.objects.filter(
            mine=mine, lost_at=None, first_seq__lte=part.last_seq, last_seq__gte=part.first_seq
        ).exclude(pk=part.pk)
        wanted = patiently(lambda: without(numbers_in(part), held(others, journal)), self._stop)
        made = yield from self._made_again(mine, journal, wanted)
        rest = without(wanted.tolist(), made)
        patiently(lambda: self._close(mine, part, len(wanted), rest), self._stop)

    def _made_again(self, mine: Mine, journal: int, wanted: Numbers) -> Steps:
        """Readings of these files from the journal into new history files; the numbers that were still there."""
        if journal != self._engine.journal or not len(wanted):
            return []
        today = clock.civil_date(clock.now())
        writer = HistoryWriter(self._history, self._engine.history.journal)
        ahead = int(duration("feed.future_tolerance", today).total_seconds())
        pipeline = Pipeline(self._engine.books, writer, future_after=ahead, merge_after=self._engine.merge_after)
        readings: list[int] = []
        for frame in frames_of(self._journal, set(wanted.tolist())):
            yield
            readings.append(frame.seq)
            try:
                pipeline.take(
                    mine.code,
                    frame.content(),
                    received_at=frame.received_at,
                    seq=frame.seq,
                    name=frame.name or None,
                    mine_codes=codes_of_file(mine.code, frame.name, frame.content(), frame.received_at),
                )
            except FeedError:
                _log.warning("流水号 %d 的文件不能再次读出", frame.seq)
            except Exception:  # noqa: BLE001  (whatever it is, the other files must be made again)
                _log.exception("流水号 %d 的文件不能再次读出", frame.seq)
                readings.remove(frame.seq)
        parts = writer.flush(mine.code)
        patiently(lambda: list_parts(mine, parts, clock.now()), self._stop)
        return readings

    @transaction.atomic
    def _close(self, mine: Mine, part: HistoryPart, wanted: int, rest: Numbers) -> None:
        at, key = clock.now(), part_key(part)
        what = f"{mine.unit.name} {part.day} 的历史数据（流水号 {part.first_seq} 至 {part.last_seq}，{part.name}）缺失或损坏；"
        if not len(rest):
            text = f"{what}涉及 {wanted} 个文件，已由接收日志或其他历史文件补齐。请核对磁盘。"
            raise_incident(kind="history_damaged", key=key, text=text, at=at)
            end_incident(kind="history_damaged", key=key, at=at)
            made_again = day_folder(self._history, mine.code, part.day) / part.name
            if not made_again.exists():
                HistoryPart.objects.filter(pk=part.pk).delete()
            return
        part.lost_at, part.numbers = at, packed_numbers(rest.tolist())
        part.save()
        marked = mark_lost(part.journal_id or 1, rest.tolist())
        self._engine.files.lose(marked)
        text = f"{what}接收日志中也没有其中 {len(rest)} 个文件，已标为“丢失”，请该煤矿补传。请核对磁盘和备份。"
        raise_incident(kind="history_damaged", key=key, text=text, call=True, at=at)

    def _set_aside(self, path: Path, code: str, day: date) -> None:
        target = self._aside / code / day.isoformat()
        target.mkdir(parents=True, exist_ok=True)
        path.replace(target / path.name)

    def _sizes(self, code: str, day: date) -> dict[str, int]:
        return {path.name: path.stat().st_size for path in reading_files(day_folder(self._history, code, day))}


def _listed() -> dict[tuple[str, date], dict[str, int]]:
    listed: dict[tuple[str, date], dict[str, int]] = {}
    parts = HistoryPart.objects.filter(lost_at=None).values_list("mine__code", "day", "name", "size")
    for code, day, name, size in parts.iterator():
        listed.setdefault((code, day), {})[name] = size
    return listed


def _compare(path: Path, part: HistoryPart, *, deep: bool) -> None:
    if path.stat().st_size != part.size:
        raise DamagedFile(path, f"应为 {part.size} 字节")
    if deep and hashlib.sha256(path.read_bytes()).hexdigest() != part.sha256:
        raise DamagedFile(path, "摘要不符")


def _row_of(mine: Mine, day: date, path: Path) -> HistoryPart:
    """A row for a damaged file that no list knows, by its name."""
    name = name_of(path) or PartName("part", None, 0, 0, None)
    journal = journal_keys().get(name.journal or NO_JOURNAL, 1)
    return HistoryPart(
        mine=mine,
        journal_id=journal,
        day=day,
        name=path.name,
        first_seq=name.first_seq,
        last_seq=name.last_seq,
        rows=0,
        size=0,
        written_at=clock.now(),
    )


def _row_for(mine: Mine, journal: int, missing: Numbers) -> HistoryPart:
    """A row for readings that are in no history file."""
    numbers: Sequence[int] = missing.tolist()
    first = FeedFile.objects.filter(journal=journal, journal_seq__in=numbers).order_by("journal_seq")[0]
    return HistoryPart(
        mine=mine,
        journal_id=journal,
        day=clock.civil_date(first.header_at or first.received_at),
        name=f"missing-{numbers[0]}-{numbers[-1]}",
        first_seq=numbers[0],
        last_seq=numbers[-1],
        numbers=packed_numbers(numbers),
        rows=0,
        size=0,
        written_at=clock.now(),
    )


def in_full(steps: Iterable[None]) -> None:
    """Do all of some work at once."""
    for _ in steps:
        pass
