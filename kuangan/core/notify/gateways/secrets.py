"""The secrets of gateways: one file each below `keys/gateways/`, for the owner of the processes alone, in no dump of the database."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.conf import settings

from kuangan.base.files import UnreadableFile, read_json, replace_file
from kuangan.core.errors import Refused

FOLDER: Final = "gateways"
REMEDY: Final = "请在“消息通道”页面重新填写该通道的密钥。"


def _path(gateway_id: int) -> Path:
    return Path(settings.DATA.root) / "keys" / FOLDER / f"{gateway_id}.json"


def secrets_of(gateway_id: int) -> dict[str, str]:
    """The secrets by name; none where nothing was kept. Raises Refused, in words, for a damaged file."""
    try:
        kept = read_json(_path(gateway_id), remedy=REMEDY)
    except FileNotFoundError:
        return {}
    except UnreadableFile as damaged:
        raise Refused(str(damaged)) from damaged
    return {name: str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def keep_secrets(gateway_id: int, secrets: Mapping[str, str]) -> None:
    """Put new secrets in the place of the old ones; those that are not named stay."""
    path = _path(gateway_id)
    path.parent.parent.mkdir(mode=0o700, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    content = json.dumps({**secrets_of(gateway_id), **secrets}, ensure_ascii=False)
    replace_file(path, content.encode())


def version_of(gateway_id: int) -> int:
    """What changes whenever the secrets do, so that other processes take up new ones."""
    try:
        return _path(gateway_id).stat().st_mtime_ns
    except FileNotFoundError:
        return 0
