"""Setting a paper in type: template and fields in, PDF out. Nothing here knows numbers, freezing or storage."""

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kuangan.base import workshop
from kuangan.base.digest import digest
from kuangan.base.kept import Kept
from kuangan.law.paper import PaperError, PaperTemplate, check_fields, load_template, printed
from kuangan.law.source import CORPUS, relative
from kuangan.law.update.package import PACKAGE

FONTS = PACKAGE.parent / "fonts"
"""Where set-up puts the fonts; a server without them uses the system's."""

SERIF = ("Noto Serif SC", "Noto Serif CJK SC")
SANS = ("Noto Sans SC", "Noto Sans CJK SC")
MOST_PAGES: Final = 200
"""Pages of a paper; more than any decision or bulletin has."""
MOST_LINES: Final = 500
"""Lines of one text of a paper."""
LONGEST_TEXT: Final = 20_000
"""Characters of one text, or of all items or rows of one field together."""
MOST_MARKS: Final = 100
"""Combining marks in one text: accents of names, not towers of them."""
LIMITS: Final = workshop.JobLimits(cpu_s=8, wall_s=15.0)
LIMITS_OF_JOB: Final = workshop.JobLimits(cpu_s=180, wall_s=300.0, memory=1024 * 1024 * 1024)
MOST_PAGES_OF_JOB: Final = 5000
"""Pages of a paper that a job sets, one for each of many people."""
_SETTING: Final = "kuangan.law.setting.typesetting"
_SET_BEFORE: Final = Kept(32 * 1024 * 1024)
"""Papers are read by one after the other on their way; the same paper gives the same bytes."""


class TypesetError(RuntimeError):
    """A paper could not be set: a font is missing, or the template is at odds with its fields."""


def typeset(template_id: str, paper: Mapping[str, Any], fonts: tuple[Path, ...] = (FONTS,)) -> bytes:
    """The PDF of a paper.

    ``paper`` is ``{"number", "title", "unit", "date", "fields": {…}}`` and perhaps ``"demonstration": true``; the same
    paper gives the same bytes. ``fonts``: folders searched before the system's. Raises
    :class:`~kuangan.law.paper.PaperError` for fields that do not fit, are too long to be set, or hold a character that no
    font draws; :class:`TypesetError` otherwise.
    """
    pages = _made(template_id, paper, fonts)
    if not pages:
        raise TypesetError(f"{relative(load_template(template_id).path)}: nothing was set")
    return pages[0]


def typeset_many(template_id: str, paper: Mapping[str, Any], fonts: tuple[Path, ...] = (FONTS,)) -> bytes:
    """As :func:`typeset`, for a paper of thousands of pages that a job writes from the platform's own rows: nothing of it is kept."""
    template = load_template(template_id)
    check_fields(template, paper["fields"])
    folders = tuple(str(folder) for folder in fonts)
    args = (str(template.path), str(CORPUS), folders, (SERIF, SANS), _as_printed(template, paper), 0, MOST_PAGES_OF_JOB)
    pages = _set(template, args, LIMITS_OF_JOB, MOST_PAGES_OF_JOB)
    if not pages:
        raise TypesetError(f"{relative(template.path)}: nothing was set")
    return pages[0]


def pictures(
    template_id: str, paper: Mapping[str, Any], fonts: tuple[Path, ...] = (FONTS,), ppi: float = 110
) -> list[bytes]:
    """The same pages as PNG pictures, for a look at a draft; coarser than ``ppi`` where there are many. Raises as :func:`typeset`."""
    return _made(template_id, paper, fonts, ppi)


def make_ready() -> None:
    """Have the fonts read and a child ready before the first paper is asked for."""
    workshop.make_ready(_SETTING)


def _made(template_id: str, paper: Mapping[str, Any], fonts: tuple[Path, ...], ppi: float = 0) -> list[bytes]:
    template = load_template(template_id)
    check_fields(template, paper["fields"])
    _refuse_length(template, paper["fields"])
    folders = tuple(str(folder) for folder in fonts)
    args = (str(template.path), str(CORPUS), folders, (SERIF, SANS), _as_printed(template, paper), ppi, MOST_PAGES)
    return _SET_BEFORE.get(digest([template_id, *folders, paper, ppi]), lambda: _set(template, args))


def _as_printed(template: PaperTemplate, paper: Mapping[str, Any]) -> dict[str, Any]:
    return {**paper, "fields": printed(template, paper["fields"])}


def _set(
    template: PaperTemplate, args: tuple[Any, ...], limits: workshop.JobLimits = LIMITS, most_pages: int = MOST_PAGES
) -> list[bytes]:
    try:
        made = workshop.run(_SETTING, "made", *args, limits=limits)
    except workshop.Died as died:
        raise PaperError(f"《{template.title}》过长或过于复杂，未能在限定的时间和内存内排版，请精简内容") from died
    except workshop.Raised as raised:
        raise TypesetError(f"{relative(template.path)}: {raised}") from raised
    if missing := made.get("missing"):
        raise PaperError(f"《{template.title}》中的“{'”“'.join(missing)}”没有可用的字形，印出来是空框，请改用规范汉字")
    if error := made.get("error"):
        raise TypesetError(f"{relative(template.path)}: {error}")
    if made["count"] > most_pages:
        raise PaperError(f"《{template.title}》排版后共 {made['count']} 页，最多 {most_pages} 页，请精简内容")
    pages: list[bytes] = made["pages"]
    return pages


def _refuse_length(template: PaperTemplate, fields: Mapping[str, Any]) -> None:
    """Raise :class:`PaperError` for a field that costs more to set than any real one."""
    for field in template.fields:
        texts = list(_texts(fields.get(field.name)))
        text = "\n".join(texts)
        if len(text) > LONGEST_TEXT:
            raise PaperError(f"《{template.title}》“{field.label}”共 {len(text)} 字，最多 {LONGEST_TEXT} 字，请精简")
        lines = text.count("\n") + 1
        if lines > MOST_LINES:
            raise PaperError(f"《{template.title}》“{field.label}”共 {lines} 行，最多 {MOST_LINES} 行，请精简")
        if sum(1 for char in text if unicodedata.category(char) in ("Mn", "Me")) > MOST_MARKS:
            raise PaperError(f"《{template.title}》“{field.label}”含有过多的叠加符号，请删去")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for item in value.values() for text in _texts(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in _texts(item))
