"""The form of an entry, drawn from its ledger. What is right and wrong is said by the ledger's action, not here."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from kuangan.base.clock import civil_date, now
from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, UnitKind, User
from kuangan.core.values.shown import referred
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import files_to_keep
from kuangan.ledger.references import MINE, References
from kuangan.ledger.sight import FormSight, names_of
from kuangan.ledger.values import EntryRefused, open_sealed, problems
from kuangan.web.frame.fields.controls import control, control_value, mark_cells, typed_in
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import is_key

KEPT = ".kept"
"""Behind a file field's name: the ids of files that were uploaded with an earlier try."""


class EntryForm(forms.Form):
    """The inputs of one entry; with ``reason``: of a correction. ``entry``: the version that is corrected.

    ``known``: what the page that led here already knows, by field. ``only``: the fields of the version that are filled in, without a reason.
    """

    use_required_attribute = False

    def __init__(
        self,
        ledger: Ledger,
        refs: References,
        data: QueryDict | None = None,
        *,
        entry: Entry | None = None,
        user: User,
        known: Mapping[str, str] | None = None,
        only: Collection[str] = (),
    ) -> None:
        super().__init__(
            data, initial=_initial(ledger, entry) if entry else _defaults(ledger, user) | dict(known or {})
        )
        self.ledger, self.refs, self.entry, self.user = ledger, refs, entry, user
        self.sight = FormSight(refs, user)
        self.own = [field for field in ledger.fields if not only or field.name in only]
        for field in asked(ledger, refs, entry):
            if field in self.own:
                self.fields[field.name] = control(field, self.sight)
        if entry is not None and not only:
            self.fields["reason"] = _reason("更正原因")

    def given(self, request: Request) -> dict[str, Any]:
        """What was entered, by field; new files are stored first, so that an error elsewhere does not lose them.

        Raises :class:`EntryRefused` when a file was refused; its message then stands beside its field.
        """
        values: dict[str, Any] = {}
        for field in self.own:
            if field.kind == "files":
                values[field.name] = [*self._kept_ids(field), *self._saved(request, field)]
            elif field.name in self.fields:
                values[field.name] = typed_in(self, field.name)
        if self.errors:  # a file was refused: the other fields are checked too, so that all is said at once
            kept = [file.pk for files in self.kept_files().values() for file in files]
            old = self.entry.values if self.entry else None
            whole = values if self.own == list(self.ledger.fields) else keepers_values(self.ledger, self.entry) | values
            errors = problems(self.ledger, whole, self.refs, actor=self.user, kept=kept, old=old)
            self.show_errors(errors)
            raise EntryRefused(self.ledger, {})
        return values

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Put the action's messages beside their fields; those of none on top."""
        for name, text in errors.items():
            if not self.has_error(name or "__all__", code="file"):
                self.add_error(name if name in self.fields else None, text)
        for field in self.ledger.fields:
            if field.kind == "rows" and field.name in errors:
                mark_cells(self, field, self.sight, {MINE: typed_in(self, MINE)} if MINE in self.fields else {})

    def texts_of_before(self) -> dict[str, str]:
        """Texts that the corrected version holds where the ledger has a table by now: shown beside it, kept until it is filled in."""
        values = self.entry.values if self.entry else {}
        names = [field.name for field in self.ledger.fields if field.kind == "rows"]
        return {name: values[name] for name in names if isinstance(values.get(name), str)}

    def kept_files(self) -> dict[str, list[Attachment]]:
        """The files that each field has so far, for the page and for the next try."""
        files = {}
        for field in self.own:
            if field.kind == "files":
                files[field.name] = list(files_to_keep(self.user, self.entry).filter(pk__in=self._kept_ids(field)))
        return files

    def _kept_ids(self, field: Field) -> list[int]:
        """Ids that came back with the form; before that, those of the corrected version."""
        if not self.is_bound:
            return list(self.entry.values.get(field.name, ())) if self.entry else []
        data = cast("QueryDict", self.data)
        return [int(number) for number in data.getlist(field.name + KEPT) if is_key(number)]

    def _saved(self, request: Request, field: Field) -> list[int]:
        saved = []
        for upload in cast("Iterable[UploadedFile[Any]]", request.FILES.getlist(field.name)):
            try:
                saved.append(save_attachment(actor=request.user, name=upload.name or "附件", content=upload.read()).pk)
            except Refused as refused:
                self.add_error(field.name, forms.ValidationError(refused.message, code="file"))
        data = cast("QueryDict", self.data).copy()
        data.setlist(field.name + KEPT, [*data.getlist(field.name + KEPT), *(str(number) for number in saved)])
        self.data = data
        return saved


def keepers_values(ledger: Ledger, entry: Entry | None) -> dict[str, Any]:
    """What the keeper has filled in of an entry."""
    values = entry.values if entry else {}
    return {name: value for name, value in values.items() if name not in ledger.of_others}


class ReasonForm(forms.Form):
    use_required_attribute = False

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["reason"] = _reason("作废原因")


def asked(ledger: Ledger, refs: References, entry: Entry | None) -> list[Field]:
    """The fields that a form asks the keeper for: a mine needn't name itself; those of before only where the entry has them."""
    own = refs.keeper.kind == UnitKind.mine
    kept = [field for field in ledger.fields if field.name not in ledger.of_others]
    wanted = [field for field in kept if not (own and field.name == MINE and field.kind == "mine")]
    return [field for field in wanted if not field.former or (entry is not None and field.name in entry.values)]


def _reason(label: str) -> forms.Field:
    field = forms.CharField(label=label, required=False, max_length=300, help_text="写明为什么，原内容和原因都会保留")
    field.widget.attrs["class"] = "form-control"
    field.must = True  # type: ignore[attr-defined]  # read by the template beside the label
    return field


def _initial(ledger: Ledger, entry: Entry) -> dict[str, Any]:
    """What stands in an entry, as the controls hold it; a sealed value in clear, for it is the unit's own."""
    names = names_of(reference for reference in referred(ledger.fields, entry.values) if reference[0] != "files")
    initial: dict[str, Any] = {}
    for field in ledger.fields:
        value = entry.values.get(field.name)
        if field.sealed and value:
            value = open_sealed(ledger.id, entry.unit.code, field, value)
        initial[field.name] = control_value(field, value, names)
    return initial


def _defaults(ledger: Ledger, user: User) -> dict[str, str]:
    given = {"today": civil_date(now()).isoformat(), "me": user.display_name}
    return {field.name: given[field.default] for field in ledger.fields if field.default}
