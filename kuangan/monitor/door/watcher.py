"""Watched folders: `inbox/<mine code>/` is emptied file by file; what was taken lies in `done`, what was not in `refused`.

A file is claimed by renaming it into `claimed`, so that no writer can still change it and no file is taken twice.
Left over claims of a process that died are taken again; the journal's copy of the same bytes makes that harmless.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kuangan.monitor.door.listener import LARGEST, Upload, inspect
from kuangan.monitor.feeds import FeedError, FileName, parse_name
from kuangan.monitor.journal.frames import Encoding

_log = logging.getLogger(__name__)

PATTERNS = (".txt", ".zst")
CLAIMED, DONE, REFUSED = "claimed", "done", "refused"
INCOMPLETE_FOR = 600.0
"""Seconds after its last change for which an incomplete file may still be being written."""
KEEP_DONE_FOR = 24 * 3600.0
"""Wall seconds for which taken files lie about; the journal holds their bytes."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed file and what it holds."""

    path: Path
    upload: Upload


class Watcher:
    """The inbox below one data folder. `known` tells whether a mine code has a file (一矿一册), `codes` which ones its files may carry."""

    def __init__(
        self, inbox: Path, known: Callable[[str], bool], codes: Callable[[str], frozenset[str]] | None = None
    ) -> None:
        self.inbox = inbox
        self._known = known
        self._codes = codes or (lambda mine: frozenset({mine}))
        self._listed: dict[str, Iterator[Claim]] = {}
        """By mine, what was seen in its folder and is not claimed yet."""
        self._last = ""
        """The mine whose files filled the last answer."""
        inbox.mkdir(parents=True, exist_ok=True)

    def next_claims(self, most: int) -> list[Claim]:
        """Claim and read up to `most` files, oldest file time first within a mine; incomplete files are left for a while.

        A folder is listed again only when what was seen in it is claimed: a listing for every few of 100,000 files would
        take longer than the files. Folders take turns, so that many files of one mine do not keep the others waiting.
        """
        claims: list[Claim] = []
        for folder in self._in_turn():
            listed = self._listed.pop(folder.name, None) or self._claims_of(folder)
            claims += islice(listed, most - len(claims))
            if len(claims) == most:
                self._listed[folder.name], self._last = listed, folder.name
                break
        return claims

    def _in_turn(self) -> list[Path]:
        """The folders of mines, those behind the last one first."""
        folders = sorted(folder for folder in self.inbox.iterdir() if self._known(folder.name) and folder.is_dir())
        return sorted(folders, key=lambda folder: folder.name <= self._last)

    def settle(self, claim: Claim, *, taken: bool) -> Path:
        """Move a claimed file to where it stays; the name is kept unless such a file is there already."""
        folder = claim.path.parent.parent / (DONE if taken else REFUSED)
        folder.mkdir(exist_ok=True)
        target = folder / claim.path.name
        claim.path.replace(target)
        return target

    def sweep(self) -> None:
        """Remove taken files after a day."""
        oldest = time.time() - KEEP_DONE_FOR
        for path in self.inbox.glob(f"*/{DONE}/*"):
            with present(path):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def waiting(self) -> int:
        """How many files are not settled yet."""
        return sum(1 for folder in self.inbox.iterdir() if folder.is_dir() for _ in _ready(folder))

    def _claims_of(self, folder: Path) -> Iterator[Claim]:
        for path in sorted(_ready(folder), key=_order):
            claim = None
            with present(path):
                claim = self._claim(folder, path)
            if claim is not None:
                yield claim

    def _claim(self, folder: Path, path: Path) -> Claim | None:
        claimed = folder / CLAIMED / path.name
        if path != claimed:
            if claimed.exists() or self._unfinished(folder, path):
                return None
            claimed.parent.mkdir(exist_ok=True)
            path.rename(claimed)
        return Claim(claimed, self._read(folder.name, claimed))

    def _unfinished(self, folder: Path, path: Path) -> bool:
        """Whether the file is incomplete and young: its writer may not be ready."""
        if time.time() - path.stat().st_mtime > INCOMPLETE_FOR:
            return False
        fault = self._read(folder.name, path).fault
        return fault is not None and fault.kind in {"incomplete", "bad_compression", "empty"}

    def _read(self, mine: str, path: Path) -> Upload:
        encoding: Encoding = "zstd" if path.suffix.lower() == ".zst" else "identity"
        with path.open("rb") as file:
            stored = file.read(LARGEST + 1)
        return inspect(mine, plain_name(path), encoding, stored, self._codes(mine))


def _ready(folder: Path) -> Iterator[Path]:
    """Files left claimed by a process that died, then new ones."""
    for place in (folder / CLAIMED, folder):
        if place.is_dir():
            yield from (path for path in place.iterdir() if path.suffix.lower() in PATTERNS and path.is_file())


@contextmanager
def present(path: Path) -> Iterator[None]:
    """Work on a file that others may rename, remove or close to us meanwhile: then it is left to the next look."""
    try:
        yield
    except FileNotFoundError:
        pass
    except OSError as error:
        _log.warning("监视目录中的文件 %s 暂不能读取：%s", name_in_words(path.name), error.strerror)


def plain_name(path: Path) -> str:
    """The file's name without `.zst`, in characters that can be kept."""
    name = path.name[: -len(".zst")] if path.suffix.lower() == ".zst" else path.name
    return name_in_words(name)


def name_in_words(name: str) -> str:
    r"""A name whose bytes are no UTF-8 with these bytes written `\xd6`, so that they can be told; others as they are."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name.replace("\\", "\\\\")).decode("ascii", "backslashreplace")
    return name


def _order(path: Path) -> tuple[int, int, str]:
    """Definitions before readings of the same moment, by file time; files without a proper name last."""
    try:
        named: FileName = parse_name(plain_name(path))
    except FeedError:
        return (1, 0, path.name)
    return (0, 2 * named.at + (named.type != "CDDY"), path.name)
