"""Two people at one thing: an editing form says from which version it began; the second editor is told before he overwrites."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.forms import ChoiceField, Field, ModelChoiceField

from kuangan.base import clock
from kuangan.base.digest import digest
from kuangan.core.models import Event
from kuangan.web.frame.fields.widgets import PeriodInput, RowsInput
from kuangan.web.frame.lists import Column
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table
from kuangan.web.gate.addresses import is_key

FIELD: Final = "began_from"


@dataclass(frozen=True)
class Difference:
    """One field that another has changed meanwhile: its label, what stands there now, what was typed here."""

    label: str
    now: str
    typed: str


DIFFERENCES: Final = (
    Column("栏目", lambda difference: difference.label),
    Column("现在的内容", lambda difference: difference.now or "（空）", style="prewrap"),
    Column("您填写的内容", lambda difference: difference.typed or "（空）", style="prewrap"),
)


@dataclass(frozen=True)
class Overtaken:
    """Who changed the thing last and when, and what differs from what was typed."""

    who: str
    when: str
    differences: tuple[Difference, ...]

    @property
    def table(self) -> Table:
        """What differs, side by side."""
        return Table(DIFFERENCES, self.differences)


def version_of(content: Mapping[str, Any]) -> str:
    """A mark of the content that an editor began from."""
    return digest({name: _plain(value) for name, value in content.items()})


def overtaken(
    request: Request, fields: Mapping[str, Field], content: Mapping[str, Any], events: Iterable[Event]
) -> Overtaken | None:
    """What another changed since this posted form was opened; None for nothing. ``events``: of the thing, the newest first.

    ``content``: what stands now, by the names of the form's ``fields``. A form that does not say where it began is not asked.
    """
    began = request.POST.get(FIELD, "")
    if not began or began == version_of(content):
        return None
    last = next(iter(events), None)
    differences = tuple(
        Difference(str(fields[name].label or name), _shown(fields[name], now), _shown(fields[name], typed))
        for name, value in content.items()
        if name in fields and (now := _plain(value)) != (typed := _plain(_typed(request, name, fields[name])))
    )
    who = last.actor.display_name if last is not None and last.actor is not None else "他人"
    when = clock.civil(last.at).strftime("%m-%d %H:%M") if last is not None else ""
    return Overtaken(who, when, differences)


def _typed(request: Request, name: str, field: Field) -> Any:
    """What was typed; a control of several inputs puts them together."""
    if isinstance(field.widget, RowsInput | PeriodInput):
        return field.widget.value_from_datadict(request.POST, request.FILES, name)
    return request.POST.get(name, "")


def _shown(field: Field, text: str) -> str:
    """What the reader chose in words, where the control holds a key."""
    if isinstance(field, ModelChoiceField):
        chosen = (
            field.queryset.filter(pk=text).first() if text and is_key(text) and field.queryset is not None else None
        )
        return field.label_from_instance(chosen) if chosen is not None else text
    widget: Any = field.widget
    options = getattr(field, "choices", None) if isinstance(field, ChoiceField) else getattr(widget, "choices", None)
    return str(dict(options).get(text, text)) if options else text


def _plain(value: Any) -> str:
    """A value as its control holds it, with the line ends of a text made equal."""
    if value is None:
        return ""
    key = getattr(value, "pk", value)
    if isinstance(key, Mapping):
        return "　".join(_plain(part) for part in key.values() if part)
    if isinstance(key, list | tuple):
        return "\n".join(_plain(part) for part in key)
    return "\n".join(str(key).replace("\r\n", "\n").strip().splitlines())
