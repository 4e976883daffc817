"""A draft beside its form: every field of the template with what is filled in and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kuangan.law.paper import load_template


@dataclass(frozen=True)
class FieldPreview:
    """One field as a page shows it; `columns` are those of rows: (name, label). `missing` = required and empty."""

    name: str
    label: str
    kind: str
    required: bool
    columns: tuple[tuple[str, str], ...]
    value: Any  # text, flag, lines or rows, by `kind`
    missing: bool


def form_fields(template_id: str, data: Mapping[str, Any]) -> list[FieldPreview]:
    """The template's fields in its order, filled from `data`. KeyError for an unknown template."""
    return [
        FieldPreview(
            name=field.name,
            label=field.label,
            kind=field.kind,
            required=field.required,
            columns=tuple((column.name, column.label) for column in field.columns),
            value=data.get(field.name),
            missing=field.required and data.get(field.name) in (None, "", []),
        )
        for field in load_template(template_id).fields
    ]
