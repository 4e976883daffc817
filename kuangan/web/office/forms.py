"""What the forms of the office share: receivers by county, files, due times, and how a refusal is said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect

from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Unit, UnitKind, User
from kuangan.office.standing import within_reach
from kuangan.web.frame.doors import MINE, OVERSEERS
from kuangan.web.frame.forms import ManyFiles
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import DayField

SIGHTED = (*OVERSEERS, *MINE)
"""Whoever works for a unit: what of the office he sees follows from scope."""

if TYPE_CHECKING:
    UnitChoice = forms.ModelChoiceField[Unit]
else:
    UnitChoice = forms.ModelChoiceField  # Django's own class takes no parameter when it runs


class OfficeForm(forms.Form):
    """A form in the look of all others, whose errors say what to enter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)


def dress(field: forms.Field) -> None:
    """Give a field its look and its message when it is left empty."""
    plain = isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput | forms.CheckboxSelectMultiple)
    if not plain:
        kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        field.widget.attrs.setdefault("class", kind)
    field.error_messages["required"] = f"请填写“{field.label}”"


def day_field(label: str, **more: Any) -> DayField:
    """A date with the browser's own calendar."""
    return DayField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def long_field(label: str, lines: int = 4, **more: Any) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(label=label, max_length=8000, widget=forms.Textarea(attrs={"rows": lines}), **more)


def files_field(label: str = "附件") -> ManyFiles:
    """Any number of files, none needed."""
    return ManyFiles(label=label, required=False)


def saved_files(actor: User, uploads: Sequence[Any]) -> list[Attachment]:
    """The uploads as stored attachments. Raises ``Refused`` for a file that is not accepted."""
    return [save_attachment(actor=actor, name=upload.name or "附件", content=upload.file) for upload in uploads]


@dataclass(frozen=True)
class ReceiverGroup:
    """The receivers in one county: a choice for all of its mines, and the single units."""

    name: str
    choices: Sequence[tuple[str, str]]
    chosen: int


class ReceiversField(forms.MultipleChoiceField):
    """Receivers of an office: all county bureaus, all mines (of a county), or single units; cleans to units."""

    def __init__(self, issuer: Unit, **kwargs: Any) -> None:
        self.issuer = issuer
        self.units = list(within_reach(issuer))
        super().__init__(choices=self.grouped(), widget=forms.CheckboxSelectMultiple, **kwargs)

    def grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The choices by county, the wide ones first under no name."""
        kinds = {unit.kind for unit in self.units}
        wide = [
            (value, label)
            for value, label, kind in (
                ("counties", "全部县（区）应急管理局", UnitKind.county_bureau),
                ("mines", "辖区内全部煤矿", UnitKind.mine),
            )
            if kind in kinds
        ]
        groups: dict[str, list[tuple[str, str]]] = {"": wide}
        for unit in self.units:
            county = unit.parent
            name = county.name if county and county.kind == UnitKind.county else "市直单位"
            group = groups.setdefault(name, [])
            whole = f"mines:{county.path}" if county and unit.kind == UnitKind.mine else ""
            if whole and not any(value == whole for value, _ in group):
                group.append((whole, f"{name}全部煤矿"))
            group.append((str(unit.pk), unit.name))
        return [(name, choices) for name, choices in groups.items() if choices]

    def clean(self, value: Any) -> list[Unit]:
        """The chosen units, each once, in the order of places."""
        chosen = set(super().clean(value))
        return [unit for unit in self.units if self._is_chosen(unit, chosen)]

    def _is_chosen(self, unit: Unit, chosen: set[str]) -> bool:
        if str(unit.pk) in chosen or (unit.kind == UnitKind.county_bureau and "counties" in chosen):
            return True
        county = unit.parent.path if unit.parent else ""
        return unit.kind == UnitKind.mine and ("mines" in chosen or f"mines:{county}" in chosen)


def receiver_groups(form: forms.Form, name: str = "receivers") -> list[ReceiverGroup]:
    """The choices of a form's receivers by county, for the template ``office/_receivers.html``."""
    field = form.fields[name]
    assert isinstance(field, ReceiversField)
    given = set(form.data.getlist(form.add_prefix(name)) if hasattr(form.data, "getlist") else ())
    return [
        ReceiverGroup(group, choices, sum(1 for value, _ in choices if value in given))
        for group, choices in field.grouped()
    ]


def unit_field(label: str, **more: Any) -> UnitChoice:
    """A choice among units by name; :func:`offer` says among which."""
    return UnitChoice(None, label=label, empty_label="请选择", **more)


def offer(form: forms.Form, name: str, offered: QuerySet[Any]) -> None:
    """What a choice of the form offers."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = offered


@contextmanager
def refusals(request: Request, form: forms.Form | None = None) -> Iterator[None]:
    """A refusal is said in the form, or on the page that comes next when there is none."""
    try:
        yield
    except Refused as refused:
        if form is None:
            messages.error(request, str(refused))
        else:
            form.add_error(None, str(refused))


Step = Callable[..., str]


def stepped(request: Request, steps: Mapping[str, Step], thing: Any, address: str, **args: Any) -> HttpResponse:
    """Do the step that the posted button names (``do``) and go to ``address``; what was done or refused is said there.

    A step is one transaction, so that what a refused one stored before is undone.
    """
    do = request.POST.get("do", "")
    step = steps.get(do)
    with refusals(request):
        if step is None:
            raise Refused("没有这一步骤，请刷新页面后重试。")
        with transaction.atomic():
            words = step(request, thing, **args)
        messages.success(request, words)
    return redirect(address)


def posted(request: Request, name: str) -> str:
    """A posted text without blanks around it."""
    return str(request.POST.get(name, "")).strip()


def posted_files(request: Request, name: str = "files") -> list[Attachment]:
    """The posted files, stored. Raises ``Refused`` for one that is not accepted."""
    return saved_files(request.user, request.FILES.getlist(name))
