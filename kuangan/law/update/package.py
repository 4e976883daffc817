"""Where the corpus of this version lies, and how a process is told that it works by another content, with a signed update over it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kuangan.base.digest import digest, digest_bytes

PACKAGE: Final = Path(__file__).resolve().parents[2] / "corpus"
"""The corpus of the program: its modules, and the content they were released with."""
NAMED_BY: Final = "KUANGAN_LAW"
"""Set by kuangan itself before anything of the corpus is read, for a process and its children alike: the content to work by."""
_MODULES: Final = (".py", ".pyc")


def contents(*folders: Path) -> Mapping[str, Path]:
    """Every corpus file by its path in the folder; of two folders that have one, the later's."""
    return {
        path.relative_to(folder).as_posix(): path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def is_module(path: Path) -> bool:
    """Whether a file is a part of the program, which no update carries."""
    return path.suffix in _MODULES


def digest_of(*folders: Path) -> str:
    """SHA-256 over all corpus files: path and content digest of each, sorted by path."""
    known = contents(*folders)
    return digest(
        [[name, digest_bytes(known[name].read_bytes())] for name in sorted(known, key=lambda name: name.split("/"))]
    )
