"""Selects of forms written at once: Django's own way renders a template for each option, and a filter may have hundreds."""

from collections.abc import Mapping
from typing import Any, Final

from django.forms.renderers import DjangoTemplates

from kuangan.web.frame.shown import escaped

SELECT: Final = "django/forms/widgets/select.html"


class FormRenderer(DjangoTemplates):
    """As Django's, letter by letter; only selects are written without templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name != SELECT:
            return super().render(template_name, context, request)
        widget = context["widget"]
        groups = "".join(_group(name, options) for name, options, _ in widget["optgroups"])
        return f'<select name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>{groups}\n</select>'


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    written = "".join(
        f'\n  <option value="{escaped(_text(option["value"]))}"{_attributes(option["attrs"])}>'
        f"{escaped(option['label'])}</option>\n"
        for option in options
    )
    return f'\n  <optgroup label="{escaped(name)}">{written}\n  </optgroup>' if name else written


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(_text(value))}"'
        for name, value in attributes.items()
        if value is not False
    )


def _text(value: Any) -> str:
    """As the filter ``stringformat:"s"``: what is safe stays so."""
    return value if isinstance(value, str) else str(value)
