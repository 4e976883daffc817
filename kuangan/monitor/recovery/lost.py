"""Files that were acknowledged and are gone: their rows say so, somebody is told, and the same files are wanted again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet

from kuangan.base.clock import BEIJING
from kuangan.core.actions import end_incident, raise_incident
from kuangan.core.models import Incident
from kuangan.monitor.database import patiently
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.journal import Gap, damages, gaps_between, gaps_of
from kuangan.monitor.journal.segments import segments
from kuangan.monitor.models import Cursor, FeedFile, FileStatus, HistoryPart, JournalGap
from kuangan.monitor.recovery.history import TAKEN, WITH_READINGS, held, without

READ_SEGMENTS = 100
"""Sealed segments that are read whole every night; older ones are compared by their first and last frames."""
NAMED_MINES = 8
"""Mines that a text names one by one."""
WANTED = "原始文件和读数均已丢失，请煤矿重新上传同一文件。"
UNKNOWN_FOR = timedelta(days=7)
"""How long a gap stays open in which there were numbers that no row tells anything about."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a span of numbers comes to: rows now marked as lost, numbers without a row, a Chinese text."""

    lost: list[FeedFile]
    unknown: int
    text: str


@transaction.atomic
def mark_lost(journal: int, numbers: Sequence[int]) -> list[FeedFile]:
    """Set the rows of taken files to lost; those that were not so before."""
    files = FeedFile.objects.filter(journal=journal, journal_seq__in=list(numbers), status__in=TAKEN)
    marked = list(files.select_for_update().select_related("mine__unit"))
    FeedFile.objects.filter(pk__in=[lost_file.pk for lost_file in marked]).update(
        status=FileStatus.lost, message=WANTED
    )
    return marked


def settle_gap(cursor: Cursor, gap: Gap, at: datetime) -> list[FeedFile]:
    """Numbers are missing from a journal: mark what is lost with them and say it once. The rows that were marked."""
    with transaction.atomic():
        span = {"journal": cursor, "first_seq": gap.first, "last_seq": gap.last}
        _, is_new = JournalGap.objects.get_or_create(**span, defaults={"noticed_at": at})
        loss = _loss(cursor, gap)
        if is_new:
            kind, text = kind_of(gap), loss.text
            if gap.damage is not None:
                text = f"接收日志 {gap.damage.path} 第 {gap.damage.start} 至 {gap.damage.stop} 字节损坏。{text}"
            raise_incident(kind=kind, key=key_of(cursor, gap.first, gap.last), text=text, call=True, at=at)
            if not loss.lost and not loss.unknown:
                end_incident(kind=kind, key=key_of(cursor, gap.first, gap.last), at=at)
    return loss.lost


def kind_of(gap: Gap) -> str:
    return "journal_gap" if gap.damage is None else "journal_damaged"


def key_of(cursor: Cursor, first: int, last: int) -> str:
    """The key of a gap's incident."""
    return f"{cursor.identity[:8]}:{first}-{last}"


def _loss(cursor: Cursor, gap: Gap) -> Loss:
    files = FeedFile.objects.filter(journal=cursor, journal_seq__gte=gap.first, journal_seq__lte=gap.last)
    lost: list[FeedFile] = []
    parts = HistoryPart.objects.filter(journal=cursor, lost_at=None, first_seq__lte=gap.last, last_seq__gte=gap.first)
    taken = files.filter(status__in=TAKEN, type=WITH_READINGS, records__gt=F("bad_records"))
    by_mine: dict[int, list[int]] = {}
    for mine, seq in taken.values_list("mine_id", "journal_seq"):
        by_mine.setdefault(mine, []).append(seq)
    for mine, numbers in by_mine.items():
        lost += mark_lost(cursor.pk, without(numbers, held(parts.filter(mine=mine), cursor.pk)).tolist())
    unknown = gap.last - gap.first + 1 - files.count()
    text = f"接收日志缺少流水号 {gap.first} 至 {gap.last}：{described(files)}"
    text += (
        f"其中 {len(lost)} 个文件的读数不在历史数据中，已标为“丢失”，请有关煤矿补传；"
        if lost
        else "读数均在历史数据中；"
    )
    if unknown:
        text += f"另有 {unknown} 个流水号尚未登记，无法得知煤矿，请通知各煤矿核对并补传；"
    return Loss(lost, unknown, f"{text}请核对磁盘和备份。")


def described(files: QuerySet[FeedFile]) -> str:
    """How many files of which mines, received when."""
    span = files.aggregate(first=Min("received_at"), last=Max("received_at"))
    if span["first"] is None:
        return "均无文件登记；"
    counts = files.values("mine__unit__name").annotate(n=Count("pk")).order_by("-n", "mine__unit__name")
    named = [f"{of_mine['mine__unit__name']} {of_mine['n']} 个" for of_mine in counts[: NAMED_MINES + 1]]
    mines = "、".join(named[:NAMED_MINES]) + ("等" if len(named) > NAMED_MINES else "")
    first, last = (span[end].astimezone(BEIJING).strftime("%m月%d日 %H:%M:%S") for end in ("first", "last"))
    return f"{first} 至 {last} 接收的 {mines}文件；"


def keep_journal(engine: Engine, root: Path, at: datetime) -> Iterator[None]:
    """Segments against each other, and the newest ones frame by frame: what is missing or damaged is said."""
    cursor = patiently(lambda: Cursor.objects.get(pk=engine.journal), engine.stop)
    for gap in list(gaps_between(root)):
        yield
        engine.files.lose(patiently(lambda: settle_gap(cursor, gap, at), engine.stop))  # noqa: B023  (used at once)
    for path in segments(root)[-READ_SEGMENTS - 1 : -1]:
        yield
        for damage in damages(path):
            for gap in gaps_of(damage):
                engine.files.lose(patiently(lambda: settle_gap(cursor, gap, at), engine.stop))  # noqa: B023


def note_came_again(at: datetime) -> None:
    """Files that were lost and have been taken again are wanted no more."""
    with connection.cursor() as sql:
        sql.execute(
            """
            UPDATE monitor_feedfile AS gone SET status = %s,
                message = '原件曾丢失，已由流水号 ' || again.journal_seq || ' 的文件补入。'
            FROM monitor_feedfile AS again
            WHERE gone.status = %s AND again.mine_id = gone.mine_id AND again.sha256 = gone.sha256
              AND again.status = ANY(%s) AND again.received_at >= gone.received_at
            """,
            [FileStatus.duplicate.value, FileStatus.lost.value, [status.value for status in TAKEN]],
        )
    end_settled(at)


def end_settled(at: datetime) -> None:
    """End the incidents of gaps in which nothing is wanted any more."""
    for gap in JournalGap.objects.filter(noticed_at__gt=at - timedelta(days=400)).select_related("journal"):
        key = key_of(gap.journal, gap.first_seq, gap.last_seq)
        if not Incident.objects.filter(kind__in=("journal_gap", "journal_damaged"), key=key, ended_at=None).exists():
            continue
        files = FeedFile.objects.filter(
            journal=gap.journal, journal_seq__gte=gap.first_seq, journal_seq__lte=gap.last_seq
        )
        unknown = gap.last_seq - gap.first_seq + 1 - files.count()
        if not files.filter(status=FileStatus.lost).exists() and (not unknown or gap.noticed_at < at - UNKNOWN_FOR):
            for kind in ("journal_gap", "journal_damaged"):
                end_incident(kind=kind, key=key, at=at)
    _end_whole_days(at)


def _end_whole_days(at: datetime) -> None:
    """End the incidents of history files whose lost readings came again."""
    for part in HistoryPart.objects.filter(lost_at__isnull=False).select_related("mine"):
        span = Q(journal=part.journal_id, journal_seq__gte=part.first_seq, journal_seq__lte=part.last_seq)
        if not FeedFile.objects.filter(span, mine=part.mine, status=FileStatus.lost).exists():
            end_incident(kind="history_damaged", key=part_key(part), at=at)
            part.delete()


def part_key(part: HistoryPart) -> str:
    """The key of the incident of a damaged or missing history file."""
    return f"{part.mine.code}:{part.day}:{part.name}"
