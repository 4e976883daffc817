"""Word files in the layout of official papers. Runs in the workshop."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from kuangan.base.text import clean_text

BODY_FONT = "仿宋"
TITLE_FONT = "宋体"
BODY_SIZE = 16
"""三号, the size of official papers."""
MARGINS = (37, 35, 28, 26)
"""Top, bottom, left, right in millimetres, after GB/T 9704."""


def made(blocks: Sequence[tuple[str, Sequence[str], Sequence[str], Sequence[Sequence[str]]]]) -> bytes:
    """A .docx file of blocks (kind, lines, head, rows). KeyError for an unknown kind."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, MARGINS)
    for kind, lines, head, rows in blocks:
        if kind == "table":
            _table(document, head, rows)
            continue
        look = _LOOKS[kind]
        for number, line in enumerate(lines, 1):
            _paragraph(document, f"{number}．{line}" if kind == "items" else line, look)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


@dataclass(frozen=True)
class _Look:
    font: str = BODY_FONT
    size: float = BODY_SIZE
    bold: bool = False
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY
    indent: bool = True
    after: float = 0


_LOOKS: Mapping[str, _Look] = {
    "title": _Look(TITLE_FONT, 22, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False, after=6),
    "number": _Look(align=WD_ALIGN_PARAGRAPH.CENTER, indent=False, after=12),
    "addressee": _Look(indent=False),
    "heading": _Look("黑体"),
    "text": _Look(),
    "items": _Look(),
    "signature": _Look(align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False),
}


def _paragraph(document: WordDocument, text: str, look: _Look) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = look.align
    shape = paragraph.paragraph_format
    shape.line_spacing = Pt(28)
    shape.space_after = Pt(look.after)
    if look.indent:
        shape.first_line_indent = Pt(look.size * 2)
    _write(paragraph, text, look)


def _write(paragraph: Any, text: str, look: _Look) -> None:
    run = paragraph.add_run(clean_text(text))
    run.font.size, run.font.bold, run.font.name = Pt(look.size), look.bold, look.font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), look.font)  # noqa: SLF001  # python-docx has no other way to a Chinese font


def _table(document: WordDocument, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(head))
    table.style = "Table Grid"
    small = _Look("宋体", 10.5)
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        _write(cell.paragraphs[0], text, _Look("黑体", 10.5))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], text, small)
