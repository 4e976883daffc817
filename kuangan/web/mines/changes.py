"""Changes of points' definitions in lists: what was changed, and who took note of it."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.mine.models import DefinitionChange, PointDefinition
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column


def changed_parts(change: DefinitionChange) -> list[tuple[str, str, str]]:
    """What a changed definition changed: label, before, after."""
    fields = PointDefinition._meta.get_fields()  # noqa: SLF001  # Django's own door to a model's fields
    labels = {field.name: str(getattr(field, "verbose_name", field.name)) for field in fields}
    return [
        (labels.get(key, key), _part(change.before.get(key)), _part(after))
        for key, after in change.after.items()
        if change.before.get(key) != after
    ]


def changed(change: DefinitionChange) -> SafeString:
    """What was changed, a line each."""
    return format_html_join("", "<div>{}：{} → <b>{}</b></div>", changed_parts(change))


def noticed(change: DefinitionChange, *, moment: bool) -> Any:
    """Who took note of a change, and when."""
    if change.noticed_at is None or change.noticed_by is None:
        return shown.strong("无人知悉")
    name = change.noticed_by.display_name
    return format_html("{} {}", name, shown.minute(change.noticed_at)) if moment else name


def _part(value: Any) -> str:
    return "（空）" if value in (None, "") else str(value)


CHANGE = Column("变更内容", changed, style="small", label="变更")
