"""From a paper's content to its PDF: what the template is given, and errors that name the paper."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.core.errors import Refused
from kuangan.law.paper import PaperError, load_template
from kuangan.law.setting.typeset import FONTS, TypesetError, typeset

BUNDLED_FONT = "NotoSerifSC-Regular.ttf"


def envelope(*, number: str, title: str, unit: str, at: datetime, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a template is given: number, title, issuing organ, civil date, fields; and whether this is a demonstration or a practice."""
    given = {"number": number, "title": title, "unit": unit, "date": date_text(civil_date(at)), "fields": dict(fields)}
    if settings.PRACTICE:
        return given | {"demonstration": True, "mark": "演练数据"}
    return given | ({"demonstration": True} if getattr(settings, "DEMONSTRATION", False) else {})


def render_pdf(
    template_id: str, fields: Mapping[str, Any], at: datetime, *, number: str = "", unit: str = "", title: str = ""
) -> bytes:
    """The PDF of these fields dated `at`; the same input gives the same bytes.

    Refused, naming paper and field, for fields that are missing, unknown or of another kind; a template or font
    that fails is a `TypesetError`, since no user can mend it.
    """
    template = load_template(template_id)
    try:
        return typeset(
            template_id, envelope(number=number, title=title or template.title, unit=unit, at=at, fields=fields)
        )
    except PaperError as unfit:
        raise Refused(f"{unfit}（文书种类{template_id}），请补正后再定稿。") from unfit


def uses_bundled_fonts() -> bool:
    """Whether the fonts of the set-up are there; without them the system's are used and line breaks may differ."""
    return (FONTS / BUNDLED_FONT).is_file()


__all__ = ["TypesetError", "envelope", "render_pdf", "uses_bundled_fonts"]
