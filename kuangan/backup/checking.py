"""Whether everything is there and as it was: trail, papers, attachments, journal, history, each thing that is not by its name."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kuangan.core.models import Attachment
from kuangan.core.store import content_path
from kuangan.flow.proof.verify import in_words, prove
from kuangan.mine.models import Mine
from kuangan.monitor.history.layout import day_folder, days, reading_files
from kuangan.monitor.journal import damages, gaps_between, gaps_of
from kuangan.monitor.journal.segments import last_frame, segments
from kuangan.monitor.models import Cursor, HistoryPart, JournalGap
from kuangan.paper.models import Paper

LISTED_WITHIN = 3.0
"""Seconds after which a history file that was written stands in the list."""


@dataclass(frozen=True)
class Checked:
    """One kind of thing: how many were looked at, and what is wrong with which (Chinese)."""

    name: str
    number: int
    faults: list[str]

    def in_words(self) -> str:
        if not self.faults:
            return f"{self.name}：{self.number} 个，完好。"
        return f"{self.name}：{self.number} 个，其中 {len(self.faults)} 处不符：\n" + "\n".join(
            f"  {fault}" for fault in self.faults
        )


def check_all(root: Path) -> Iterator[Checked]:
    """Everything, one kind after the other."""
    yield check_trail()
    yield check_papers()
    yield check_attachments()
    yield check_journal(root / "journal")
    yield check_history(root / "history")


def check_trail() -> Checked:
    """The chains, their seals and what rests on them."""
    proof = prove()
    return Checked("操作记录", proof.events, [in_words(proof)] if proof.broken else [])


def check_papers() -> Checked:
    """Each numbered paper has the PDF that it was frozen with."""
    papers = Paper.objects.exclude(pdf_sha256="").order_by("pk").values_list("number", "title", "pdf_sha256")
    named = [(f"文书 {number or title}", sha256) for number, title, sha256 in papers.iterator()]
    return Checked("文书", len(named), list(_stored_faults(named)))


def check_attachments() -> Checked:
    """Each attachment has its bytes."""
    files = Attachment.objects.order_by("pk").values_list("pk", "name", "sha256")
    named = [(f"附件 {key}“{name}”", sha256) for key, name, sha256 in files.iterator()]
    return Checked("附件", len(named), list(_stored_faults(named)))


def _stored_faults(named: Iterable[tuple[str, str]]) -> Iterator[str]:
    known: dict[str, str] = {}
    for name, sha256 in named:
        if sha256 not in known:
            known[sha256] = _fault_of(content_path(sha256), sha256)
        if known[sha256]:
            yield f"{name}的原件{known[sha256]}"


def _fault_of(path: Path, sha256: str, size: int | None = None) -> str:
    try:
        if size is not None and path.stat().st_size != size:
            return f"长度不符（应为 {size} 字节）：{path}"
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return f"不存在：{path}"
    except OSError as error:
        return f"不能读取（{error.strerror}）：{path}"
    return "" if same else f"内容已改变：{path}"


def check_journal(root: Path) -> Checked:
    """Its name, its segments against each other and frame by frame, and that it reaches as far as the database does.

    Gaps that were noticed and told before are no fault again.
    """
    paths = segments(root)
    running = Cursor.objects.filter(place=root.name, ended_at=None).first()
    if running is None or not running.identity:
        return Checked("接收日志", len(paths), [])
    told = set(JournalGap.objects.filter(journal=running).values_list("first_seq", "last_seq"))
    faults = _identity_fault(root, running)
    bad = [damage for path in paths[:-1] for damage in damages(path)]
    gaps = [*gaps_between(root), *(gap for damage in bad for gap in gaps_of(damage))]
    faults += [f"{bad_bytes.path} 第 {bad_bytes.start} 至 {bad_bytes.stop} 字节损坏" for bad_bytes in bad]
    faults += [f"缺少流水号 {gap.first} 至 {gap.last}" for gap in gaps if (gap.first, gap.last) not in told]
    newest = last_frame(paths[-1]) if paths else None
    reached = newest.seq if newest else 0
    if reached < running.journal_seq and not any(first <= running.journal_seq <= last for first, last in told):
        faults.append(f"只到流水号 {reached}，数据库已记到 {running.journal_seq}")
    return Checked("接收日志", len(paths), faults)


def _identity_fault(root: Path, running: Cursor) -> list[str]:
    try:
        identity = (root / "identity").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return [f"{root / 'identity'} 缺失或不能读取"]
    return [] if identity == running.identity else [f"{root / 'identity'} 与数据库登记的日志标识不同，不是同一日志"]


def check_history(root: Path) -> Checked:
    """Each listed file byte by byte, and files that no list knows."""
    mines = dict(Mine.objects.values_list("pk", "code"))
    parts = HistoryPart.objects.filter(lost_at=None).order_by("mine", "day", "name")
    faults, listed = [], set()
    for part in parts.iterator():
        path = day_folder(root, mines[part.mine_id], part.day) / part.name
        listed.add(path)
        fault = _fault_of(path, part.sha256, part.size)
        if fault and HistoryPart.objects.filter(pk=part.pk, lost_at=None).exists():  # merged meanwhile, it is none
            faults.append(fault)
    lying = {
        path
        for code in mines.values()
        for day in days(root, code)
        for path in reading_files(day_folder(root, code, day))
    }
    return Checked("监测历史", len(listed), [*faults, *_unlisted(lying - listed)])


def _unlisted(paths: Iterable[Path]) -> Iterator[str]:
    """Files that no list knows, also after a moment: one that was just written is listed within it."""
    strange = [path for path in sorted(paths) if not HistoryPart.objects.filter(name=path.name).exists()]
    if strange:
        time.sleep(LISTED_WITHIN)
    for path in strange:
        if path.exists() and not HistoryPart.objects.filter(name=path.name).exists():
            yield f"未登记：{path}"
