"""Documents that the demonstration's people attach: real PDF files that say what they are."""

import json

import typst

from kuangan.law.setting.typeset import FONTS, SERIF

_SOURCE = b"""
#let sheet = json(bytes(sys.inputs.sheet))
#set page(paper: "a5", margin: 2cm)
#set text(font: sheet.fonts, lang: "zh", size: 11pt)
#align(center, text(size: 16pt, weight: "bold", sheet.title))
#v(1em)
#for line in sheet.lines [#par(line)]
#v(2em)
#align(right, text(fill: gray, sheet.note))
"""


def document(title: str, *lines: str) -> bytes:
    """A one-page PDF with a title and paragraphs, marked as part of the demonstration."""
    sheet = {"title": title, "lines": lines, "note": "演示材料，内容虚构", "fonts": SERIF}
    inputs = {"sheet": json.dumps(sheet, ensure_ascii=False)}
    compiler = typst.Compiler(_SOURCE, font_paths=[str(FONTS)], sys_inputs=inputs)  # type: ignore[misc]  # stubs: bytes
    pdf = compiler.compile(format="pdf")
    if not isinstance(pdf, bytes):
        raise TypeError(f"{title}: one PDF was expected")
    return pdf
