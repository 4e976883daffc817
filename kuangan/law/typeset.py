"""Setting a paper in type: template and fields in, PDF out. Nothing here knows numbers, freezing or storage."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from kuangan.law.paper import check_fields, load_template
from kuangan.law.source import CORPUS

FONTS = CORPUS.parent / "fonts"
"""Where set-up puts the fonts; a server without them uses the system's."""

SERIF = ("Noto Serif SC", "Noto Serif CJK SC")
SANS = ("Noto Sans SC", "Noto Sans CJK SC")


class TypesetError(RuntimeError):
    """A paper could not be set: a font is missing, or the template is at odds with its fields."""


def typeset(template_id: str, paper: Mapping[str, Any], fonts: tuple[Path, ...] = (FONTS,)) -> bytes:
    """The PDF of a paper.

    ``paper`` is ``{"number", "title", "unit", "date", "fields": {…}}`` and perhaps ``"demonstration": true``; the same
    paper gives the same bytes. ``fonts``: folders searched before the system's. Raises
    :class:`~kuangan.law.paper.PaperError` for fields that do not fit, :class:`TypesetError` otherwise.
    """
    found = _compiled(template_id, paper, fonts, format="pdf", timestamp=0)
    if not isinstance(found, bytes):
        raise TypesetError(f"corpus/papers/{template_id}.typ: nothing was set")
    return found


def pictures(
    template_id: str, paper: Mapping[str, Any], fonts: tuple[Path, ...] = (FONTS,), ppi: float = 110
) -> list[bytes]:
    """The same pages as PNG pictures, for a look at a draft. Raises as :func:`typeset`."""
    found = _compiled(template_id, paper, fonts, format="png", ppi=ppi)
    return [found] if isinstance(found, bytes) else list(found or ())


def _compiled(template_id: str, paper: Mapping[str, Any], fonts: tuple[Path, ...], **output: Any) -> Any:
    template = load_template(template_id)
    check_fields(template, paper["fields"])
    inputs = {"paper": json.dumps(paper, ensure_ascii=False)}
    try:
        compiler = typst.Compiler(
            str(template.path), root=str(CORPUS / "papers"), font_paths=_fonts(fonts), sys_inputs=inputs
        )
        return compiler.compile(**output)
    except typst.TypstError as error:
        raise TypesetError(f"corpus/papers/{template_id}.typ: {error.diagnostic or error.message}") from None


@cache
def _fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    found = typst.Fonts(font_paths=[str(folder) for folder in folders])
    families = set(found.families())
    for wanted in (SERIF, SANS):
        if not families.intersection(wanted):
            raise TypesetError(f"缺少中文字体：请安装 {' 或 '.join(wanted)}（fonts-noto-cjk），或指定字体目录")
    return found
