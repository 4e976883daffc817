"""The keys that no dump holds, in an archive of their own that a passphrase opens: `keys/<name>.keys` beside the backups.

The seal key is in none: whoever has all backups can't sign as the platform did. A restored platform makes a new one and
says so in its trail (`core.trail.restorations`).
"""

import json
import os
from io import BytesIO
from pathlib import Path

from kuangan.backup.passphrase import SALT_BYTES, Cipher, WrongPassphrase, pieces
from kuangan.base.files import replace_file
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart
from kuangan.host.keys import SEAL_KEY

FOLDER = "keys"
ENDING = ".keys"


def keys_path(place: Path, name: str) -> Path:
    """Where the archive that belongs to a backup lies, unless it was carried elsewhere."""
    return place / FOLDER / f"{name}{ENDING}"


def write_keys(data: DataFolder, place: Path, name: str, passphrase: str) -> bool:
    """Write the archive; False where there is no key yet."""
    kept = {path.relative_to(data.root).as_posix(): path.read_bytes().hex() for path in _keys(data)}
    if not kept:
        return False
    salt, sealed = os.urandom(SALT_BYTES), BytesIO()
    Cipher(passphrase, salt).seal(pieces(BytesIO(json.dumps(kept).encode())), sealed.write)
    target = keys_path(place, name)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    replace_file(target, salt + sealed.getvalue())
    return True


def read_keys(archive: Path, passphrase: str) -> dict[str, bytes]:
    """The keys by their paths below the data folder. Raises CannotStart, in words."""
    try:
        written = archive.read_bytes()
    except OSError as error:
        raise CannotStart(f"密钥备份 {archive} 不能读取（{error.strerror}）") from None
    opened = Cipher(passphrase, written[:SALT_BYTES]).open(BytesIO(written[SALT_BYTES:]), str(archive))
    try:
        kept: dict[str, str] = json.loads(b"".join(opened))
    except ValueError:
        raise WrongPassphrase(f"密钥备份 {archive} 已损坏") from None
    return {path: bytes.fromhex(key) for path, key in kept.items()}


def _keys(data: DataFolder) -> list[Path]:
    paths = [*sorted((data.root / "keys").glob("*.key")), data.root / "secret.key"]
    return [path for path in paths if path.is_file() and path.stem != SEAL_KEY]
