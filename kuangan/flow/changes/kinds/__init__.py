"""Every kind of register change, a file each, in the folder of what it is about. Found by walking; nothing is listed."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from kuangan.flow.changes.grammar import ChangeKind
from kuangan.flow.changes.subjects import WORDS


@cache
def change_kinds() -> Mapping[str, ChangeKind]:
    """All kinds by id, in the order of their files. Raises ``ValueError`` for two of one id and for a file without its kind."""
    kinds: dict[str, ChangeKind] = {}
    for name in sorted(_modules()):
        kind = getattr(importlib.import_module(name), "KIND", None)
        if not isinstance(kind, ChangeKind) or kind.id in kinds or kind.subject not in WORDS:
            raise ValueError(f"{name} holds no KIND of its own id about one of {', '.join(WORDS)}")  # of its content
        kinds[kind.id] = kind
    return MappingProxyType(kinds)


def _modules() -> list[str]:
    found_modules = pkgutil.walk_packages(__path__, f"{__name__}.")
    return [
        module.name
        for module in found_modules
        if not module.ispkg and not module.name.rpartition(".")[2].startswith("_")
    ]


def kinds_about(subject: str) -> tuple[ChangeKind, ...]:
    """The kinds about a kind of thing."""
    return tuple(kind for kind in change_kinds().values() if kind.subject == subject)
