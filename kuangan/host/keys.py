"""Keys that no dump of the database holds: files below `keys/` of the data folder, for its owner alone."""

import secrets

from kuangan.base.files import UnreadableFile, make_file_once
from kuangan.host.data_folder import DataFolder

KEY_BYTES = 32
SEAL_KEY = "seal"
"""The name of the key that signs the trail's seals; it is in no backup."""


def outside_key(folder: DataFolder, name: str) -> bytes:
    """32 secret bytes that belong to this installation, made when first asked for. ``name``: what they are for.

    Raises UnreadableFile for a file of another length: a key that is lost must be restored, never made anew in silence.
    """
    place = folder.root / "keys"
    folder.make()
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / f"{name}.key"
    key = make_file_once(path, secrets.token_bytes(KEY_BYTES))
    if len(key) != KEY_BYTES:
        raise UnreadableFile(f"{path} 应为{KEY_BYTES}字节，实为{len(key)}字节，请从密钥备份中恢复该文件后再启动。")
    return key
