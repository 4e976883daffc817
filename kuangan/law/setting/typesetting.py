"""The workshop's side of setting papers in type: only here is typst at work."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from kuangan.law.paper import load_template
from kuangan.law.setting.glyphs import drawn_by, missing_in
from kuangan.law.source import CORPUS
from kuangan.law.update.package import PACKAGE

FONTS = PACKAGE.parent / "fonts"
"""Where set-up puts the fonts; a server without them uses the system's."""

SHARP_PAGES = 10
"""Pages whose pictures have the wanted sharpness; more of them together take no more points than these."""
COUNTING_PPI = 1
"""Pictures of the pages that cost nothing and show how many there are; what was laid out is kept for the next picture."""
SAMPLE = "service_receipt"
"""A template with a sample of its own; any would do."""
_PAGE = re.compile(rb"/Type\s*/Page\b")


def made(
    template: str,
    root: str,
    folders: tuple[str, ...],
    wanted: tuple[tuple[str, ...], ...],
    paper: Mapping[str, Any],
    ppi: float,
    most_pages: int,
) -> dict[str, Any]:
    """``pages`` (one PDF, or with ``ppi`` pictures of at most ``most_pages``) and ``count``; or ``missing`` glyphs, or an ``error``.

    ``wanted``: of each group of font families one must be there.
    """
    families = set(_fonts(folders).families())
    lacking = [group for group in wanted if not families.intersection(group)]
    if lacking:
        return {"error": f"缺少中文字体：请安装 {' 或 '.join(lacking[0])}（fonts-noto-cjk），或指定字体目录"}
    if missing := missing_in(_texts(paper), _drawn(folders)):
        return {"missing": "".join(missing[:10])}
    inputs = {"paper": json.dumps(paper, ensure_ascii=False)}
    try:
        compiler = typst.Compiler(template, root=root, font_paths=_fonts(folders), sys_inputs=inputs)
        if not ppi:
            document = _pages(compiler.compile(format="pdf", timestamp=0))
            return {"pages": document, "count": sum(len(_PAGE.findall(part)) for part in document)}
        count = len(_pages(compiler.compile(format="png", ppi=COUNTING_PPI)))
        if count > most_pages:
            return {"pages": [], "count": count}
        coarse = ppi * min(1.0, (SHARP_PAGES / max(count, 1)) ** 0.5)
        return {"pages": _pages(compiler.compile(format="png", ppi=coarse)), "count": count}
    except typst.TypstError as error:
        return {"error": str(error.diagnostic or error.message)}


def _pages(compiled: bytes | list[bytes] | None) -> list[bytes]:
    return [compiled] if isinstance(compiled, bytes) else list(compiled or ())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


@cache
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    return typst.Fonts(include_embedded_fonts=False, font_paths=list(folders))


@cache
def _drawn(folders: tuple[str, ...]) -> frozenset[int]:
    """What the fonts draw together: typst takes any of them for a character that the paper's own font lacks."""
    return drawn_by({Path(font.path) for font in _fonts(folders).fonts() if font.path})


def before_fork() -> None:
    """Read the fonts of the set-up once for all children."""
    _drawn((str(FONTS),))


def warm_up() -> None:
    """Set one sample: what every paper needs of the fonts, the templates' language and the layout is then at hand."""
    template = load_template(SAMPLE)
    paper = {"number": "", "title": template.title, "unit": "", "date": "", "fields": template.sample}
    made(str(template.path), str(CORPUS), (str(FONTS),), (), paper, COUNTING_PPI, 1)
    made(str(template.path), str(CORPUS), (str(FONTS),), (), paper, 0, 1)
