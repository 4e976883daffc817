"""A backup back into an empty folder: proved first, then files and database; what needs the platform's code comes after.

Until all is done the folder bears a mark, and `kuangan up` refuses it.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from kuangan.backup.database import is_empty, read_dump
from kuangan.backup.keys import keys_path, read_keys
from kuangan.backup.manifest import DATA, DUMP, Manifest, read_listing, read_manifest
from kuangan.backup.passphrase import PART, Cipher, pieces
from kuangan.backup.taking import NOT_TAKEN
from kuangan.base.files import replace_file
from kuangan.host.data_folder import RESTORING, DataFolder
from kuangan.host.database.address import database_address, uses_embedded
from kuangan.host.database.migrated import newer_than_ours
from kuangan.host.database.postgres import running_server
from kuangan.host.errors import CannotStart

Say = Callable[[str], None]
MOST_NAMED = 3


@dataclass(frozen=True)
class OpenedBackup:
    """A backup to be restored. ``keys``: by their paths below the data folder; None: it is restored without them.

    ``beside``: a data folder with the files of a backup that has the database only (one taken before an upgrade).
    """

    folder: Path
    manifest: Manifest
    digests: Mapping[str, str]
    cipher: Cipher | None
    keys: Mapping[str, bytes] | None
    beside: Path | None = None


def opened(
    folder: Path, ask: Callable[[], str], *, archive: Path | None, without_keys: bool, beside: Path | None
) -> OpenedBackup:
    """A backup and its keys, readable by this version. Raises CannotStart, in words."""
    manifest = read_manifest(folder)
    newer = newer_than_ours(manifest.migrations)
    if newer:
        raise CannotStart(f"备份由更新的版本（{manifest.version}，含 {newer}）所作；请安装该版本或更新的版本")
    if manifest.kind == "upgrade" and beside is None:
        raise CannotStart("这是升级前的备份，只有数据库；请用 --files 指定升级时的数据文件夹，其余文件从那里取")
    with_keys = not without_keys and beside is None
    passphrase = ask() if manifest.is_encrypted or with_keys else ""
    if not passphrase and (manifest.is_encrypted or with_keys):
        raise CannotStart("须有备份口令：请用 --passphrase-file 指定口令文件；不恢复密钥时用 --without-keys")
    return OpenedBackup(
        folder,
        manifest,
        read_listing(folder, manifest),
        Cipher(passphrase, bytes.fromhex(manifest.salt)) if manifest.is_encrypted else None,
        _keys(archive or keys_path(folder.parent, folder.name), passphrase) if with_keys else None,
        beside,
    )


def _keys(archive: Path, passphrase: str) -> dict[str, bytes]:
    if not archive.is_file():
        raise CannotStart(
            f"没有密钥备份 {archive}：请用 --keys 指定；密钥确已丢失时用 --without-keys，恢复后动态口令须逐人重新绑定"
        )
    return read_keys(archive, passphrase)


def prove_files(source: OpenedBackup, say: Say) -> None:
    """Compare every file with its digest, before anything is written. Raises CannotStart naming those that differ."""
    say(f"正在核对备份的 {len(source.digests)} 个文件…")
    bad = []
    for path, sha256 in source.digests.items():
        try:
            with (source.folder / path).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    bad.append(f"{path} 内容被改动或损坏")
        except OSError as error:
            bad.append(f"{path} 不能读取（{error.strerror}）")
    if bad:
        more = f"等{len(bad)}处" if len(bad) > MOST_NAMED else ""
        raise CannotStart(f"备份 {source.folder} 已损坏：{'；'.join(bad[:MOST_NAMED])}{more}。请另选一份备份")


def require_empty(data: DataFolder) -> None:
    """Raise CannotStart for a place where something lies already."""
    if data.root.exists() and (not data.root.is_dir() or any(data.root.iterdir())):
        raise CannotStart(f"{data.root} 不是空文件夹；恢复只写入空文件夹，请另指定一个，或移走其中的内容")


def put_files(source: OpenedBackup, data: DataFolder, say: Say) -> None:
    """The mark, the data folder's files and the keys."""
    say("正在恢复文件…")
    data.make()
    replace_file(data.root / RESTORING, f"{source.folder}\n".encode())
    if source.beside is not None:
        _copy_beside(source.beside, data)
    for path in source.digests:
        if path.startswith(f"{DATA}/"):
            _put(source, path, data.root / path.removeprefix(f"{DATA}/"))
    for path, key in (source.keys or {}).items():
        target = data.root / path
        target.parent.mkdir(mode=0o700, exist_ok=True)
        replace_file(target, key)


def put_database(source: OpenedBackup, data: DataFolder, say: Say) -> None:
    """The dump into the empty database. The server of the data folder, or the named one, must be running."""
    owner = database_address(owner=True)
    if not is_empty(owner):
        raise CannotStart(f"数据库 {owner.name} 中已有表；恢复只写入空数据库，请新建一个数据库")
    say("正在恢复数据库…")
    if source.cipher is None:
        read_dump(owner, database_address().user, source.folder / DUMP)
        return
    dump = data.run / DUMP
    _put(source, DUMP, dump)
    try:
        read_dump(owner, database_address().user, dump)
    finally:
        dump.unlink()


@contextmanager
def server_of(data: DataFolder) -> Iterator[None]:
    """The database for the time of a restore."""
    with running_server(data) if uses_embedded() else nullcontext():
        yield


def _put(source: OpenedBackup, path: str, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (source.folder / path).open("rb") as file, target.open("xb") as copy:
        content = pieces(file, PART) if source.cipher is None else source.cipher.open(file, path)
        for piece in content:
            copy.write(piece)


def _copy_beside(former: Path, data: DataFolder) -> None:
    """The files of a data folder that is not in use, its keys included, without its database."""
    left_out = {*NOT_TAKEN} - {"keys", "secret.key"}
    for part in former.iterdir():
        if part.name not in left_out and not part.name.startswith("."):
            if part.is_dir():
                shutil.copytree(part, data.root / part.name, symlinks=True)
            elif part.is_file():
                shutil.copy2(part, data.root / part.name)
