"""The key that signs sessions and one-time links: `KUANGAN_SECRET_KEY`, else a file made once in the data folder."""

import os
import secrets

from kuangan.base.files import UnreadableFile, make_file_once
from kuangan.host.data_folder import DataFolder
from kuangan.host.errors import CannotStart

MIN_LENGTH = 50


def secret_key(folder: DataFolder) -> str:
    """The installation's key. Makes `secret.key` (0600) on first use; several processes may ask at once.

    Raises CannotStart for a variable that is too short, UnreadableFile for a damaged file; both in Chinese.
    """
    named = os.environ.get("KUANGAN_SECRET_KEY", "")
    if named:
        if len(named) < MIN_LENGTH:
            raise CannotStart(f"KUANGAN_SECRET_KEY 只有{len(named)}个字符；请给出至少{MIN_LENGTH}个随机字符")
        return named
    folder.make()
    place = folder.root / "secret.key"
    key = make_file_once(place, secrets.token_urlsafe(64).encode()).decode(errors="replace").strip()
    if len(key) < MIN_LENGTH or not key.isprintable():
        fault = "内容已损坏" if key else "是空文件"
        raise UnreadableFile(f"{place} {fault}，请从备份恢复；没有备份时删除该文件再启动（所有人须重新登录）。")
    return key
