"""The form of an entry, drawn from its ledger. What is right and wrong is said by the ledger's action, not here."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import QueryDict

from kuangan.base.clock import civil, civil_date, now
from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, UnitKind, User
from kuangan.core.values.plain import LONGEST
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.ledger.models import Entry, EntryFile
from kuangan.ledger.references import References
from kuangan.ledger.values import MINE, EntryRefused, problems
from kuangan.web.frame.forms import ManyFilesInput
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import is_key

KEPT = ".kept"
"""Behind a file field's name: the ids of files that were uploaded with an earlier try."""
FEW = 6
Choices = list[tuple[str, str]]


class EntryForm(forms.Form):
    """The inputs of one entry; with ``reason``: of a correction. ``entry``: the version that is corrected.

    ``known``: what the page that led here already knows, by field.
    """

    use_required_attribute = False

    def __init__(
        self,
        found: Ledger,
        refs: References,
        data: QueryDict | None = None,
        *,
        entry: Entry | None = None,
        user: User,
        known: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            data, initial=_initial(found, entry.values) if entry else _defaults(found, user) | dict(known or {})
        )
        self.ledger, self.refs, self.entry, self.user = found, refs, entry, user
        for each in asked(found, refs):
            self.fields[each.name] = _field(each, refs)
        if entry is not None:
            self.fields["reason"] = _reason("更正原因")

    def given(self, request: Request) -> dict[str, Any]:
        """What was entered, by field; new files are stored first, so that an error elsewhere does not lose them.

        Raises :class:`EntryRefused` when a file was refused; its message then stands beside its field.
        """
        values: dict[str, Any] = {}
        for each in self.ledger.fields:
            if each.kind == "files":
                values[each.name] = [*self._kept_ids(each), *self._saved(request, each)]
            elif each.name in self.fields:
                values[each.name] = self.data.get(each.name)
        if self.errors:  # a file was refused: the other fields are checked too, so that all is said at once
            kept = [file.pk for files in self.kept_files().values() for file in files]
            errors = problems(self.ledger, values, self.refs, actor=self.user, kept=kept)
            self.show_errors(errors)
            raise EntryRefused(self.ledger, {})
        return values

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Put the action's messages beside their fields; those of none on top."""
        for name, text in errors.items():
            if not self.has_error(name or "__all__", code="file"):
                self.add_error(name if name in self.fields else None, text)

    def kept_files(self) -> dict[str, list[Attachment]]:
        """The files that each field has so far, for the page and for the next try."""
        found = {}
        for each in self.ledger.fields:
            if each.kind == "files":
                found[each.name] = list(self._allowed().filter(pk__in=self._kept_ids(each)))
        return found

    def _kept_ids(self, each: Field) -> list[int]:
        """Ids that came back with the form; before that, those of the corrected version."""
        if not self.is_bound:
            return list(self.entry.values.get(each.name, ())) if self.entry else []
        data = cast("QueryDict", self.data)
        return [int(number) for number in data.getlist(each.name + KEPT) if is_key(number)]

    def _allowed(self) -> Any:
        own = Q(uploaded_by=self.user)
        if self.entry is not None:
            earlier = EntryFile.objects.filter(entry__serial=self.entry.serial).values("attachment")
            own |= Q(pk__in=earlier)
        return Attachment.objects.filter(own)

    def _saved(self, request: Request, each: Field) -> list[int]:
        saved = []
        for upload in cast("Iterable[UploadedFile[Any]]", request.FILES.getlist(each.name)):
            try:
                saved.append(save_attachment(actor=request.user, name=upload.name or "附件", content=upload.read()).pk)
            except Refused as refused:
                self.add_error(each.name, forms.ValidationError(refused.message, code="file"))
        data = cast("QueryDict", self.data).copy()
        data.setlist(each.name + KEPT, [*data.getlist(each.name + KEPT), *(str(number) for number in saved)])
        self.data = data
        return saved


class ReasonForm(forms.Form):
    """Why an entry is voided."""

    use_required_attribute = False

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["reason"] = _reason("作废原因")


def asked(found: Ledger, refs: References) -> list[Field]:
    """The fields that a form asks for: a mine needn't name itself."""
    own = refs.keeper.kind == UnitKind.mine
    return [each for each in found.fields if not (own and each.name == MINE and each.kind == "mine")]


def _reason(label: str) -> forms.Field:
    field = forms.CharField(label=label, required=False, max_length=300, help_text="写明为什么，原内容和原因都会保留")
    field.widget.attrs["class"] = "form-control"
    field.must = True  # type: ignore[attr-defined]  # read by the template beside the label
    return field


def _initial(found: Ledger, values: Mapping[str, Any]) -> dict[str, Any]:
    initial = dict(values)
    for each in found.fields:
        value = values.get(each.name)
        if each.kind == "flag" and value is not None:
            initial[each.name] = "true" if value else "false"
        if each.kind == "moment" and value is not None:
            initial[each.name] = civil(datetime.fromisoformat(value)).strftime("%Y-%m-%dT%H:%M:%S")
    return initial


def _defaults(found: Ledger, user: User) -> dict[str, str]:
    given = {"today": civil_date(now()).isoformat(), "me": user.display_name}
    return {each.name: given[each.default] for each in found.fields if each.default}


def _field(each: Field, refs: References) -> forms.Field:
    widget = _WIDGETS[each.kind](each, refs)
    field = forms.Field(
        label=each.heading, required=False, help_text=each.help or _HELPS.get(each.kind, ""), widget=widget
    )
    if not isinstance(widget, forms.RadioSelect):
        field.widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
    field.must = each.required  # type: ignore[attr-defined]  # read by the template beside the label
    return field


def _choices(each: Field, options: Choices) -> forms.Widget:
    if len(options) <= FEW:
        return forms.RadioSelect(choices=options if each.required else [*options, ("", "未填")])
    return forms.Select(choices=[("", "请选择"), *options])


def _number(each: Field, refs: References) -> forms.Widget:
    step = "1" if each.kind == "number" else f"{10**-each.decimals:.{each.decimals}f}"
    attrs = {"inputmode": "decimal", "step": step, "min": each.low, "max": each.high}
    return forms.NumberInput(attrs={name: value for name, value in attrs.items() if value is not None})


def _face(each: Field, refs: References) -> forms.Widget:
    if refs.keeper.kind != UnitKind.mine:
        return forms.TextInput()
    faces = {face.name: face.name for mine in refs.mines.values() for face in refs.faces_of(mine)}
    return forms.Select(choices=[("", "请选择"), *faces.items()])


def _of_rows(rows: Mapping[str, Any]) -> forms.Widget:
    return forms.Select(choices=[("", "请选择"), *((code, row.name) for code, row in rows.items())])


def _text(each: Field, refs: References) -> forms.Widget:
    return forms.TextInput(attrs={"maxlength": LONGEST[each.kind]})


_HELPS = {"lines": "每行一项", "person": "填写姓名", "face": "填写一矿一册登记的工作面名称"}
_WIDGETS: dict[str, Callable[[Field, References], forms.Widget]] = {
    "text": _text,
    "person": _text,
    "longtext": lambda each, refs: forms.Textarea(attrs={"rows": 4}),
    "lines": lambda each, refs: forms.Textarea(attrs={"rows": 3}),
    "phone": lambda each, refs: forms.TextInput(attrs={"type": "tel", "maxlength": LONGEST["phone"]}),
    "choice": lambda each, refs: _choices(each, list(each.choices)),
    "flag": lambda each, refs: _choices(each, [("true", "是"), ("false", "否")]),
    "date": lambda each, refs: forms.TextInput(attrs={"type": "date"}),
    "moment": lambda each, refs: forms.TextInput(attrs={"type": "datetime-local"}),
    "number": _number,
    "decimal": _number,
    "mine": lambda each, refs: _of_rows(refs.mines),
    "unit": lambda each, refs: _of_rows(refs.units),
    "face": _face,
    "files": lambda each, refs: ManyFilesInput(),
}
