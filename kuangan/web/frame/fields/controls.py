"""The form control of every kind of declared field (``law.field``), and forms made of them.

What is right and wrong is said by the one cleaner (``core.values``), here or by the action that takes the form.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django import forms

from kuangan.base.clock import civil
from kuangan.core.values import NoSight, Sight, Wrong, is_empty, is_reference, table
from kuangan.core.values.plain import LONGEST
from kuangan.core.values.shown import Names, named, person_code, words
from kuangan.law.field import Field
from kuangan.web.frame.fields.widgets import InputColumn, Options, PeriodInput, RowsInput, SuggestInput
from kuangan.web.frame.forms import ManyFilesInput

FEW: Final = 6
"""Choices that are shown side by side; more are in a list to open."""
WIDE: Final = ("text", "lines", "place", "unit", "mine", "entry", "duty")
"""Kinds of columns that need room."""


def control(field: Field, sight: Sight | None = None) -> forms.Field:
    """The control of one field, without an opinion on what is typed; ``must`` says to the template that it is required."""
    widget = _widget(field, sight or NoSight())
    shown = forms.Field(
        label=field.heading, required=False, help_text=field.help or _HELPS.get(field.kind, ""), widget=widget
    )
    widget = shown.widget  # the field took a copy
    if not isinstance(widget, forms.RadioSelect | RowsInput | PeriodInput):
        widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
    if field.sealed:
        widget.attrs |= {"autocomplete": "off", "data-sealed": ""}
    shown.must = field.required  # type: ignore[attr-defined]  # read by the template beside the label
    return shown


def typed_in(form: forms.Form, name: str) -> Any:
    """What was typed into one of the form's controls."""
    return form.fields[name].widget.value_from_datadict(form.data, form.files, form.add_prefix(name))


def mark_cells(form: forms.Form, field: Field, sight: Sight, around: Mapping[str, Any]) -> None:
    """Say in the cells of a table that was refused what is wrong with each."""
    widget = form.fields[field.name].widget
    if isinstance(widget, RowsInput):
        try:
            widget.wrong = table(field, typed_in(form, field.name), sight, around)[1]
        except Wrong:
            widget.wrong = {}


def control_value(field: Field, value: Any, names: Names) -> Any:
    """A stored value as its control holds it."""
    if is_empty(value):
        return value
    held = _HELD.get(field.kind)
    return held(field, value, names) if held else value


def _rows_held(field: Field, value: Any, names: Names) -> list[dict[str, Any]]:
    return [_row_value(field, row, names) for row in value] if isinstance(value, list) else []


_HELD: Final[Mapping[str, Callable[[Field, Any, Names], Any]]] = {
    "rows": _rows_held,
    "flag": lambda field, value, names: "true" if value else "false",
    "moment": lambda field, value, names: civil(datetime.fromisoformat(value)).strftime("%Y-%m-%dT%H:%M:%S"),
    "period": lambda field, value, names: dict(zip(("first", "last"), value.split("/"), strict=True)),
    "person": lambda field, value, names: (
        named(value["name"], person_code(value["person"])) if isinstance(value, Mapping) else value
    ),
}


def _row_value(field: Field, row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {
        column.name: named(words(column, row[column.name], names), row[column.name])
        if column.kind in _BY_NAME
        else control_value(column, row[column.name], names)
        for column in field.columns
        if column.name in row
    }


_BY_NAME: Final = ("mine", "unit", "point", "entry", "duty")
"""References that a table's cell holds as name and key, since a list of all in every row would be too long."""


def _widget(field: Field, sight: Sight) -> forms.Widget:
    if field.kind == "rows":
        return RowsInput([_column(column, sight) for column in field.columns], field.most)
    if is_reference(field) and field.kind != "files":
        return _reference(field, sight.offered(field))
    return _WIDGETS[field.kind](field)


def _reference(field: Field, options: Options) -> forms.Widget:
    if field.kind == "person" and not field.strict:
        return SuggestInput(options, {"maxlength": LONGEST["person"] + 20})
    chosen = field.kind in ("mine", "unit", "person") or options
    return forms.Select(choices=[("", "请选择"), *options]) if chosen else forms.TextInput()


def _column(column: Field, sight: Sight) -> InputColumn:
    wide = column.kind in WIDE
    if is_reference(column):
        options = [
            (named(label, key) if column.kind in _BY_NAME else key, label) for key, label in sight.offered(column)
        ]
        return InputColumn(column.name, column.heading, column.required, forms.TextInput(), options, wide)
    widget = _widget(column, sight)
    if isinstance(widget, forms.RadioSelect):
        widget = forms.Select(choices=[("", "—"), *((key, label) for key, label in widget.choices if key)])
    return InputColumn(column.name, column.heading, column.required, widget, (), wide)


def _choices(field: Field, options: Options) -> forms.Widget:
    if len(options) <= FEW:
        return forms.RadioSelect(choices=options if field.required else [*options, ("", "未填")])
    return forms.Select(choices=[("", "请选择"), *options])


def _number(field: Field) -> forms.Widget:
    places = {"number": 0, "money": 2, "reading": 2}.get(field.kind, field.decimals)
    low, high = (0, 100) if field.kind == "reading" else (field.low, field.high)
    low = 0 if low is None and field.kind in ("number", "money") else low
    step = f"{10**-places:.{places}f}" if places else "1"
    attrs = {"inputmode": "decimal", "step": step, "min": low, "max": high}
    return forms.NumberInput(attrs={name: value for name, value in attrs.items() if value is not None})


def _text(field: Field) -> forms.Widget:
    return forms.TextInput(attrs={"maxlength": LONGEST[field.kind]})


_HELPS: Final = {
    "lines": "每行一项",
    "person": "填写姓名",
    "face": "填写一矿一册登记的工作面名称",
    "point": "填写测点编码",
    "place": "知道坐标的写在后面，例如 井口调度室（37.860100，112.550100）",
}
_WIDGETS: Final[Mapping[str, Callable[[Field], forms.Widget]]] = {
    "text": _text,
    "person": _text,
    "place": _text,
    "longtext": lambda field: forms.Textarea(attrs={"rows": 4}),
    "lines": lambda field: forms.Textarea(attrs={"rows": 3}),
    "phone": lambda field: forms.TextInput(attrs={"type": "tel", "maxlength": LONGEST["phone"]}),
    "choice": lambda field: _choices(field, list(field.choices)),
    "flag": lambda field: _choices(field, [("true", "是"), ("false", "否")]),
    "date": lambda field: forms.TextInput(attrs={"type": "date"}),
    "moment": lambda field: forms.TextInput(attrs={"type": "datetime-local"}),
    "period": lambda field: PeriodInput(),
    "number": _number,
    "decimal": _number,
    "money": _number,
    "reading": _number,
    "files": lambda field: ManyFilesInput(),
}
