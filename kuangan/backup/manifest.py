"""What a backup says of itself: `manifest.json`, and `files.sha256`, which `sha256sum -c` reads, too.

A folder is a backup when it has a manifest: that is written last, and the folder bears its name only then.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from kuangan.base.digest import digest_bytes
from kuangan.base.files import replace_file
from kuangan.core.trail.chain import manifest_digest
from kuangan.host.errors import CannotStart

MANIFEST = "manifest.json"
FILES = "files.sha256"
DUMP = "database.dump"
DATA = "data"
FORMAT = 1
DRAFT = ".draft-"
"""How the folder of a backup that is not done begins."""


@dataclass(frozen=True)
class JournalMark:
    """A journal as the dump knows it: its row, name and folder, the number it had reached, and where a replay begins."""

    id: int
    identity: str
    place: str
    seq: int
    replay_from: int


@dataclass(frozen=True)
class TrailHead:
    """The audit trail as the dump holds it: the rows since the last seal with their digest, made as a seal's is."""

    day: str
    first_id: int
    last_id: int
    prev: str
    digest: str


@dataclass(frozen=True)
class Manifest:
    """See the module. ``began_at``: whatever was acknowledged before is in it; ``moment``: the same by the platform's own clock.

    ``faults``: what could not be taken, in Chinese.

    ``files`` and ``size`` are those of the backup, ``new_size`` what had to be copied for it; ``listing`` is the digest of
    `files.sha256`. ``signature``: by the seal key, whose public part is ``key``, over everything else.
    """

    name: str
    kind: str
    version: str
    began_at: str
    moment: str
    ended_at: str
    migrations: list[str]
    journals: list[JournalMark] = field(default_factory=list)
    trail: TrailHead | None = None
    counts: dict[str, int] = field(default_factory=dict)
    files: int = 0
    size: int = 0
    new_size: int = 0
    listing: str = ""
    faults: list[str] = field(default_factory=list)
    salt: str = ""
    key: str = ""
    signature: str = ""
    format: int = FORMAT

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.began_at)

    @property
    def taken_at(self) -> datetime:
        """The moment by the clock that rows are dated by."""
        return datetime.fromisoformat(self.moment)

    @property
    def is_encrypted(self) -> bool:
        return bool(self.salt)

    def to_sign(self) -> str:
        """The digest that the signature is over."""
        return manifest_digest(asdict(self))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    replace_file(folder / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode())


def read_manifest(folder: Path) -> Manifest:
    """A backup's manifest. Raises CannotStart, in words, for what is no whole backup or of a newer form."""
    try:
        written = json.loads((folder / MANIFEST).read_bytes())
        if written.get("format") != FORMAT:
            raise CannotStart(f"{folder} 是更新版本的平台所作的备份，本版本不能读取；请安装备份时的版本或更新的版本")
        journals = [JournalMark(**journal) for journal in written.pop("journals")]
        trail = written.pop("trail")
        return Manifest(**written, journals=journals, trail=TrailHead(**trail) if trail else None)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise CannotStart(f"{folder} 不是一份完整的备份（{MANIFEST} 缺失或损坏：{error}）；请另选一份备份") from None


def backups_in(place: Path) -> Iterator[tuple[Path, Manifest]]:
    """The whole backups of a folder, the oldest first; what is no backup is passed over."""
    for folder in sorted(place.iterdir()) if place.is_dir() else []:
        if folder.is_dir() and not folder.name.startswith(".") and (folder / MANIFEST).is_file():
            try:
                yield folder, read_manifest(folder)
            except CannotStart:
                continue


def write_listing(folder: Path, digests: Mapping[str, str]) -> str:
    """Write `files.sha256`; its own digest."""
    content = "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(digests.items())).encode()
    replace_file(folder / FILES, content)
    return digest_bytes(content)


def read_listing(folder: Path, manifest: Manifest) -> dict[str, str]:
    """The digest of every file by its path below the backup. Raises CannotStart when the list is not that of the manifest."""
    try:
        content = (folder / FILES).read_bytes()
    except OSError as error:
        raise CannotStart(f"{folder / FILES} 不能读取（{error.strerror}）；请另选一份备份") from None
    if digest_bytes(content) != manifest.listing:
        raise CannotStart(f"{folder / FILES} 与 {MANIFEST} 不符，备份已损坏或被改动；请另选一份备份")
    lines = (line.split("  ", 1) for line in content.decode().splitlines())
    return {path: sha256 for sha256, path in lines}
