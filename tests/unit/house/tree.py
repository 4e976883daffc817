"""The source tree, as the rules of the house look at it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "kuangan"
_FETCHED = ("static/vendor", "fonts")
_MADE = ("__pycache__", "node_modules")


def folders() -> Iterator[Path]:
    """Every folder of our own source, the package's first."""
    for folder in (PACKAGE, *sorted(PACKAGE.rglob("*"))):
        inside = folder.relative_to(PACKAGE).as_posix()
        if folder.is_dir() and not inside.startswith(_FETCHED) and not set(_MADE) & set(folder.parts):
            yield folder


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module with its path from the package on, parsed."""
    paths = sorted(path for path in PACKAGE.rglob("*.py") if not set(_MADE) & set(path.parts))
    return tuple((path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths)


def templates() -> list[Path]:
    """Every page template."""
    return sorted((PACKAGE / "web" / "templates").rglob("*.html"))
