"""The text of a PDF as typst writes it: glyphs in the order they are drawn, read by each font's own table of characters."""

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\s*(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)endstream", re.DOTALL)
_FONT = re.compile(rb"/(f\d+) (\d+) 0 R")
_RESOURCES = re.compile(rb"/Resources (\d+) 0 R")
_PLAIN = rb"[^\\()]|\\."
_STRING = rb"(?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*\))*\))*"
"""What stands between the brackets of a string: brackets in pairs need no escape."""
_DRAWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\((" + _STRING + rb")\)|<([0-9A-F]+)>", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_text(pdf: bytes) -> str:
    """Everything that the pages draw, without blanks and breaks."""
    return "".join(pdf_pages(pdf))


def pdf_pages(pdf: bytes) -> list[str]:
    """The same page by page: each has fonts of its own, under names that others have, too."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    return [_page_text(objects, body) for body in objects.values() if b"/Type/Page/" in body]


def _page_text(objects: dict[int, bytes], page: bytes) -> str:
    named = _RESOURCES.search(page)
    resources = objects[int(named[1])] if named else page
    fonts = {name: _characters(objects, int(number)) for name, number in _FONT.findall(resources)}
    content = re.search(rb"/Contents (\d+) 0 R", page)
    return "".join(_drawn(_unpacked(objects[int(content[1])]), fonts).split()) if content else ""


def _unpacked(body: bytes) -> bytes:
    stream = _STREAM.search(body)
    return zlib.decompress(stream[1]) if stream else b""


def _characters(objects: dict[int, bytes], font: int) -> dict[bytes, str]:
    """What each glyph of a font stands for."""
    named = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    table = _unpacked(objects[int(named[1])]) if named else b""
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", table)
    return {bytes.fromhex(glyph.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _drawn(stream: bytes, fonts: dict[bytes, dict[bytes, str]]) -> str:
    font: dict[bytes, str] = {}
    parts = []
    for name, string, digits in _DRAWN.findall(stream):
        if name:
            font = fonts[name]
            continue
        glyphs = bytes.fromhex(digits.decode()) or _ESCAPE.sub(lambda escape: _meant(escape[1]), string)
        parts += [font.get(glyphs[at : at + 2], "�") for at in range(0, len(glyphs), 2)]
    return "".join(parts)


def _meant(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8)]) if len(escaped) == 3 else _LETTERS.get(escaped, escaped)
