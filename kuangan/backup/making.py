"""Making a backup while the platform works: in an order that makes the copy one moment, or a little more than it.

Seals first, so that none is newer than the trail; then the database as of one moment; then what it names, which was
written before its row; the journal last, so that a replay finds whatever the database had not taken yet.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import kuangan
from kuangan.backup.database import DumpFailed, dumped
from kuangan.backup.drafts import draft_folder, free_name
from kuangan.backup.keys import write_keys
from kuangan.backup.manifest import (
    DUMP,
    Manifest,
    backups_in,
    read_listing,
    write_manifest,
)
from kuangan.backup.passphrase import SALT_BYTES, Cipher
from kuangan.backup.snapshot import DatabaseMoment, HistoryFile, held_moment, listed_history
from kuangan.backup.taking import NOT_TAKEN, Former, NoRoomForBackup, Taker
from kuangan.base import clock
from kuangan.core.trail.sealing import BACKUP, public_key, sign
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import DatabaseAddress
from kuangan.host.errors import CannotStart
from kuangan.monitor.history.layout import reading_files, summary_files
from kuangan.monitor.journal.segments import segments, whole_bytes

ELSEWHERE = ("content", "history", "journal")
"""What is taken by lists, in its own turn."""


@dataclass(frozen=True)
class Made:
    """A backup that is whole and bears its name."""

    folder: Path
    manifest: Manifest
    has_keys: bool


def make_backup(
    data: DataFolder, place: Path, kind: str, *, owner: DatabaseAddress, passphrase: str = "", encrypt: bool = False
) -> Made:
    """Make a backup in a new folder below `place`; `owner` may read the whole database that Django uses.

    Raises CannotStart, in words; then nothing of it is left.
    """
    began, moment = clock.wall_now(), clock.now()
    name = free_name(place, began)
    with draft_folder(place, name) as draft:
        former, salt = _former(place, encrypt=encrypt)
        taker = Taker(data.root, draft, former, Cipher(passphrase, salt) if encrypt else None)
        try:
            held = _take_all(taker, data.root, owner)
            manifest = Manifest(
                name=name,
                kind=kind,
                version=kuangan.__version__,
                began_at=began.isoformat(),
                moment=moment.isoformat(),
                ended_at=clock.wall_now().isoformat(),
                migrations=held.migrations,
                journals=held.journals,
                trail=held.trail,
                counts=held.counts,
                salt=salt.hex() if encrypt else "",
                key=public_key(),
                **taker.result(),
            )
            manifest = replace(manifest, signature=sign(manifest.to_sign(), BACKUP))
            write_manifest(draft, manifest)
            has_keys = bool(passphrase) and write_keys(data, place, name, passphrase)
        except (NoRoomForBackup, DumpFailed) as error:
            raise CannotStart(str(error)) from error
    return Made(place / name, manifest, has_keys)


def _former(place: Path, *, encrypt: bool) -> tuple[Former, bytes]:
    """The newest backup whose files can be linked to: sealed with the same salt, or not sealed as this one is not."""
    for folder, manifest in reversed(list(backups_in(place))):
        if manifest.is_encrypted == encrypt and manifest.kind != "upgrade":
            try:
                return Former(folder, read_listing(folder, manifest)), bytes.fromhex(manifest.salt)
            except CannotStart:
                continue
    return Former(place), os.urandom(SALT_BYTES)


def _take_all(taker: Taker, root: Path, owner: DatabaseAddress) -> DatabaseMoment:
    for path in _others(root):
        taker.take(path)
    # nearly all of history before the moment is held, so that little of it changes in between
    _take_history(taker, listed_history())
    with held_moment() as held, dumped(owner, held.id) as dump:
        taker.take_stream(DUMP, dump)
    for sha256, promised in held.content.items():
        path = f"content/{sha256[:2]}/{sha256}"
        if not taker.take(path, sha256=sha256, lasting=True) and promised and not taker.is_told(path):
            taker.faults.append(f"{root / path} 不存在，是附件或文书的原件")
    _take_history(taker, held.history)
    _drop_unlisted(taker, held.history)
    _take_journals(taker, {"journal", *(journal.place for journal in held.journals)})
    return held


def _others(root: Path) -> Iterator[str]:
    """Whatever lies in the data folder and is taken in no turn of its own, also what a later version puts there."""
    for part in sorted(root.iterdir()):
        if part.name in (*ELSEWHERE, *NOT_TAKEN) or part.name.startswith(".") or part.is_symlink():
            continue
        for path in [part] if part.is_file() else sorted(part.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(root).as_posix()


def _take_history(taker: Taker, listed: Iterable[HistoryFile]) -> None:
    """The listed files with their days' summaries; where one was merged into another meanwhile, all of its day."""
    folders = set()
    for file in listed:
        folders.add(file.folder)
        if not taker.take(file.path, sha256=file.sha256, lasting=True) and not taker.is_told(file.path):
            merged = [path.name for path in reading_files(taker.data / file.folder)]
            for name in merged:
                taker.take(f"{file.folder}/{name}", lasting=True)
            if not merged:
                taker.faults.append(f"{taker.data / file.path} 不存在，是监测历史数据")
    for folder in folders:
        for path in summary_files(taker.data / folder):
            taker.take(f"{folder}/{path.name}", lasting=True)


def _drop_unlisted(taker: Taker, listed: list[HistoryFile]) -> None:
    """What was merged or expired between the first look and the moment of the dump; days whose files vanished keep all."""
    names = {file.path for file in listed}
    gone = {file.folder for file in listed if not taker.has(file.path)}
    for path in taker.taken_below("history"):
        folder, _, name = path.rpartition("/")
        if path not in names and folder not in gone and not name.startswith("summary"):
            taker.drop(path)


def _take_journals(taker: Taker, places: Iterable[str]) -> None:
    for place in sorted(places):
        root = taker.data / place
        taker.take(f"{place}/identity")
        paths = segments(root)
        for path in paths[:-1]:
            taker.take(f"{place}/{path.name}", lasting=True)
        for path in paths[-1:]:
            taker.take(f"{place}/{path.name}", lasting=True, bytes_at_most=whole_bytes(path))
