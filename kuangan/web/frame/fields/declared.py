"""Forms made of declared fields whose errors stand beside them before anything is done: steps of a case and what opens one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.values import NoSight, Sight, cleaned
from kuangan.law.field import Field
from kuangan.web.frame.fields.controls import control, mark_cells, typed_in
from kuangan.web.frame.forms import ManyFiles


class DeclaredForm(forms.Form):
    """The inputs that a step asks for, in its order. What is typed is checked by the one cleaner; an optional flag is a box to tick."""

    use_required_attribute = False

    def __init__(self, declared: Sequence[Field], *args: Any, sight: Sight | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declared = tuple(declared)
        self.sight = sight or NoSight()
        for field in self.declared:
            self.fields[field.name] = _input(field, self.sight)

    def clean(self) -> dict[str, Any]:
        """Stored values by field; a message beside each that is wrong or missing."""
        asked = [field for field in self.declared if field.kind != "files"]
        given = {field.name: typed_in(self, field.name) for field in asked}
        values, errors = cleaned(asked, given, self.sight, lambda field: f"请填写“{field.label}”")
        for field in asked:
            if field.name in errors:
                self.add_error(field.name, errors[field.name])
                mark_cells(self, field, self.sight, values)
        return {**self.cleaned_data, **{field.name: values.get(field.name) for field in asked}}

    def typed(self) -> dict[str, Any]:
        """What was filled in, before any file is saved."""
        return {field.name: [] if field.kind == "files" else self._value(field) for field in self.declared}

    def inputs(self, actor: User) -> dict[str, Any]:
        """What casework takes; files saved and given as attachment ids. Raises ``Refused`` for a bad file."""
        return {
            field.name: self._saved(field, self._value(field) or [], actor)
            if field.kind == "files"
            else self._value(field)
            for field in self.declared
        }

    def _value(self, field: Field) -> Any:
        return self.cleaned_data.get(field.name)

    def _saved(self, field: Field, uploads: "Sequence[UploadedFile[Any]]", actor: User) -> list[int]:
        saved = []
        for upload in uploads:
            try:
                saved.append(save_attachment(actor=actor, name=upload.name or "附件", content=upload.read()).pk)
            except Refused as refused:
                self.add_error(field.name, str(refused))
                raise
        return saved


def _input(field: Field, sight: Sight) -> forms.Field:
    if field.kind == "files":
        made: forms.Field = ManyFiles(label=field.label, required=field.required, help_text=field.help)
        made.widget.attrs["class"] = "form-control"
    elif field.kind == "flag" and not field.required:
        made = forms.BooleanField(label=field.label, required=False, help_text=field.help)
        made.widget.attrs["class"] = "form-check-input"
    else:
        made = control(field, sight)
        if field.kind == "moment":
            made.widget.attrs["step"] = 1
    made.must = field.required  # type: ignore[attr-defined]  # read by the template beside the label
    return made


def draft_inputs(declared: Sequence[Field], posted: MultiValueDict[str, Any], sight: Sight) -> dict[str, Any]:
    """What a half-filled form already says, as far as each field alone is valid; for the preview beside the form."""
    form = DeclaredForm(declared, posted, sight=sight)
    asked: Mapping[str, Field] = {field.name: field for field in declared}
    given = {name: typed_in(form, name) for name, field in asked.items() if field.kind != "files"}
    values, _ = cleaned([field for field in declared if field.kind != "files"], given, sight)
    return {name: [] if field.kind == "files" else values.get(name) for name, field in asked.items()}
