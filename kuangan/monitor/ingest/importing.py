"""Import of files by hand: they go through the inbox, into the running service or, when none runs, into an engine here."""

import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from kuangan.base import clock
from kuangan.core.queries.local_answers import keep_up
from kuangan.monitor.door.senders import Senders
from kuangan.monitor.door.watcher import CLAIMED, DONE, PATTERNS, REFUSED, Claim, Watcher, plain_name
from kuangan.monitor.feeds import FeedError, parse_name
from kuangan.monitor.ingest.arrival import Arrival
from kuangan.monitor.ingest.care import Care
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.journal import Journal, JournalError
from kuangan.monitor.models import FeedFile, FileStatus
from kuangan.monitor.recovery.start import recover

GROUP = 128
POLL_SECONDS = 0.2


def import_files(root: Path, paths: Sequence[Path]) -> int:
    """Import files and whole folders; prints what became of them. 0: all taken, 1: some refused, 2: none was usable."""
    senders = Senders()
    senders.refresh()
    watcher = Watcher(root / "inbox", senders.is_mine, senders.codes_of)
    placed = [place for path in paths for file in _files(path) if (place := _place(watcher, senders, file))]
    if not placed:
        print("没有可导入的文件。文件名应为“煤矿编码_类型_年月日时分秒.txt”，且该煤矿已建立一矿一册。", file=sys.stderr)
        return 2
    try:
        journal = Journal.open(root / "journal")
    except JournalError:
        print(f"接入服务正在运行，{len(placed)} 个文件已交由其接收。")
        return _report_moves(placed)
    try:
        return _report(_take_all(root, journal, watcher))
    finally:
        journal.close()


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in PATTERNS and file.is_file())
    elif path.is_file():
        yield path
    else:
        print(f"没有这个文件或目录：{path}", file=sys.stderr)


def _place(watcher: Watcher, senders: Senders, file: Path) -> Path | None:
    """Copy a file into the inbox of its mine, known by its name or its folder; complete before it bears its name."""
    try:
        code = parse_name(plain_name(file)).mine_code
    except FeedError:
        code = file.parent.name
    mine = senders.mine_named(code)
    if mine is None:
        print(f"{file.name}：没有编码为“{code}”的煤矿，未导入。", file=sys.stderr)
        return None
    folder = watcher.inbox / mine
    folder.mkdir(exist_ok=True)
    draft = folder / f"{file.name}.incoming"
    shutil.copyfile(file, draft)
    return draft.replace(folder / file.name)


def _take_all(root: Path, journal: Journal, watcher: Watcher) -> list[int]:
    """Take what lies in the inbox, in this process; the journal numbers of the files."""
    keep_up()
    engine = Engine(root, threading.Event())
    recover(engine, journal)
    numbers: list[int] = []
    while claims := watcher.next_claims(GROUP):
        for claim in claims:
            arrival = _journal(journal, claim)
            engine.take(arrival)
            numbers.append(arrival.seq)
        engine.commit()
        for claim in claims:
            watcher.settle(claim, taken=claim.upload.fault is None)
    care = Care(engine, root)
    care.settle(clock.now())
    care.checkpoint_all()
    return numbers


def _journal(journal: Journal, claim: Claim) -> Arrival:
    upload, received_at = claim.upload, int(clock.now().timestamp())
    seq = journal.append(**upload.frame(), received_at=received_at).result()
    return Arrival(seq, upload.mine, upload.name, upload.file_at, received_at, upload.content, upload.fault)


def _report(numbers: list[int]) -> int:
    files = FeedFile.objects.filter(journal_seq__in=numbers)
    counts = Counter(FileStatus(file.status) for file in files)
    print("，".join(f"{status.label} {count} 个" for status, count in sorted(counts.items())))
    faulty = [file for file in files if file.status not in {FileStatus.done, FileStatus.late, FileStatus.duplicate}]
    for file in faulty:
        print(f"{file.name}：{file.get_status_display()}。{file.message}", file=sys.stderr)
    return 1 if any(file.status != FileStatus.partial for file in faulty) else 0


def _report_moves(placed: Sequence[Path]) -> int:
    """Wait until the running service has moved every file."""
    while any(path.exists() or (path.parent / CLAIMED / path.name).exists() for path in placed):
        time.sleep(POLL_SECONDS)
    refused = [path.name for path in placed if not (path.parent / DONE / path.name).exists()]
    print(f"已接收 {len(placed) - len(refused)} 个，退回 {len(refused)} 个；入库结果见“数据接入”页面。")
    for name in refused:
        print(f"{name}：退回，存放于 inbox 下该煤矿的 {REFUSED} 目录。", file=sys.stderr)
    return 1 if refused else 0
