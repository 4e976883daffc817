"""The form of a move, built from the procedure's own fields."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from kuangan.base.clock import BEIJING
from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.law.procedure import Field
from kuangan.web.gate.addresses import OUT_OF_CALENDAR, DayField, check_moment


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files; cleans to a list of uploads, after those that wait since an earlier try (``web.frame.uploads``)."""

    widget = ManyFilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.waiting: list[Any] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> "ManyFiles":
        copied: ManyFiles = super().__deepcopy__(memo)
        copied.waiting = []
        return copied

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploads, each checked as one file. Raises ``ValidationError`` when one is needed and none came."""
        uploads = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not uploads and not self.waiting and self.required:
            raise forms.ValidationError("请选择至少一个文件（照片、扫描件或导出表）")
        return [*self.waiting, *(super(ManyFiles, self).clean(one) for one in uploads)]


class MoveForm(forms.Form):
    """The inputs of one move. Field order is the procedure's; errors say what to enter."""

    def __init__(self, declared: Sequence[Field], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declared = tuple(declared)
        for one in self.declared:
            self.fields[one.name] = form_field(one)

    def typed(self) -> dict[str, Any]:
        """What was filled in, before any file is saved."""
        return {one.name: [] if one.kind == "files" else self.cleaned_data.get(one.name) for one in self.declared}

    def inputs(self, actor: User) -> dict[str, Any]:
        """What casework takes: moments aware, files saved and given as attachment ids. Raises ``Refused`` for a bad file."""
        found: dict[str, Any] = {}
        for one in self.declared:
            given = self.cleaned_data.get(one.name)
            if one.kind == "files":
                found[one.name] = self._saved(one, given or [], actor)
            else:
                found[one.name] = given
        return found

    def _saved(self, field: Field, uploads: "Sequence[UploadedFile[Any]]", actor: User) -> list[int]:
        saved = []
        for upload in uploads:
            try:
                saved.append(save_attachment(actor=actor, name=upload.name or "附件", content=upload.read()).pk)
            except Refused as refused:
                self.add_error(field.name, str(refused))
                raise
        return saved


def form_field(declared: Field) -> forms.Field:
    """The form field for one declared input. Raises ``KeyError`` for a kind without one."""
    common: dict[str, Any] = {
        "label": declared.label,
        "required": declared.required,
        "help_text": declared.help,
        "error_messages": {"required": f"请填写“{declared.label}”"},
    }
    field: forms.Field = _MAKERS[declared.kind](declared, common)
    if declared.kind not in ("flag", "choice") or not isinstance(field.widget, forms.RadioSelect):
        field.widget.attrs.setdefault("class", _CLASSES.get(declared.kind, "form-control"))
    return field


def _choice(declared: Field, common: Mapping[str, Any]) -> forms.Field:
    few = len(declared.choices) <= 6
    choices = declared.choices if few else (("", "请选择"), *declared.choices)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect if few else forms.Select, **common)


class BeijingMoment(forms.DateTimeField):
    """A moment typed in Beijing time; cleans to an aware one."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")
        super().__init__(widget=widget, **kwargs)
        self.error_messages["invalid"] = "请按“年-月-日 时:分”填写"

    def clean(self, value: Any) -> Any:
        """The moment. Raises ``ValidationError``, for one outside the calendar too."""
        try:
            found = super().clean(value)
        except OverflowError as error:
            raise forms.ValidationError(OUT_OF_CALENDAR) from error
        if found is not None:
            check_moment(found)
        return found

    def prepare_value(self, value: Any) -> Any:
        """A moment as Beijing wall time, as the browser's field takes it."""
        return value.astimezone(BEIJING).replace(tzinfo=None) if hasattr(value, "astimezone") else value


_CLASSES = {"choice": "form-select", "flag": "form-check-input"}
_MAKERS: dict[str, Callable[[Field, dict[str, Any]], forms.Field]] = {
    "text": lambda declared, common: forms.CharField(max_length=300, **common),
    "longtext": lambda declared, common: forms.CharField(
        max_length=8000, widget=forms.Textarea(attrs={"rows": 4}), **common
    ),
    "choice": _choice,
    "moment": lambda declared, common: BeijingMoment(**common),
    "date": lambda declared, common: DayField(widget=forms.DateInput(attrs={"type": "date"}), **common),
    "number": lambda declared, common: forms.IntegerField(min_value=0, **common),
    "reading": lambda declared, common: forms.DecimalField(
        min_value=0, max_value=100, decimal_places=2, max_digits=5, **common
    ),
    "flag": lambda declared, common: forms.BooleanField(**common),
    "files": lambda declared, common: ManyFiles(**common),
}


def draft_inputs(declared: Sequence[Field], posted: MultiValueDict[str, Any]) -> dict[str, Any]:
    """What a half-filled form already says, as far as each field alone is valid; for the preview beside the form."""
    found: dict[str, Any] = {}
    for one in declared:
        if one.kind == "files":
            found[one.name] = []
            continue
        try:
            field = form_field(one)
            field.required = False
            found[one.name] = field.clean(posted.get(one.name))
        except forms.ValidationError:
            found[one.name] = None
    return found
