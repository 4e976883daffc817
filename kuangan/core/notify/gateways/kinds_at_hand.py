"""The files of the grammar at hand: those of the package, and those that a city puts into `channels/` of its data folder."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from kuangan.core.notify.gateways.grammar import GatewayKind
from kuangan.core.notify.gateways.reading import read_kind
from kuangan.law.source import CorpusError

KINDS: Final = Path(__file__).with_name("kinds")
OWN: Final = "channels"


def gateway_kinds() -> tuple[dict[str, GatewayKind], tuple[str, ...]]:
    """The kinds by id, those of the package first, and what is wrong with files that cannot be used."""
    kinds: dict[str, GatewayKind] = {}
    wrong: list[str] = []
    for path in (*sorted(KINDS.rglob("*.yaml")), *sorted((Path(settings.DATA.root) / OWN).glob("*.yaml"))):
        try:
            kind = _read(path, path.stat().st_mtime_ns)
        except (CorpusError, OSError, UnicodeDecodeError) as error:
            wrong.append(f"{path.name}：{error}")
            continue
        if kind.id in kinds:
            wrong.append(f"{path.name}：类型“{kind.id}”已存在，请改用其他文件名和id。")
            continue
        kinds[kind.id] = kind
    return kinds, tuple(wrong)


def gateway_kind(name: str) -> GatewayKind | None:
    """The kind with an id; None where its file is gone or cannot be used."""
    return gateway_kinds()[0].get(name)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> GatewayKind:
    """A file is read once for each of its versions."""
    return read_kind(path)
