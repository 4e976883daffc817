"""Making, proposing and correcting register changes: choose what, fill in, look at what follows, do it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment
from kuangan.core.queries.uploads import own_attachment
from kuangan.core.values.shown import referred
from kuangan.flow.changes.doing import State, kind_of
from kuangan.flow.changes.grammar import ChangeKind
from kuangan.flow.changes.making import Stated, ask_change, drafted, sight_of
from kuangan.flow.changes.people import ChangeStanding
from kuangan.flow.changes.queries import changes_visible_to, offered_kinds, subject_for
from kuangan.flow.changes.subjects import ChangeSubject, subject_named
from kuangan.flow.changes.trying import tried
from kuangan.flow.models import RegisterChange
from kuangan.law.field import Field
from kuangan.ledger.sight import names_of
from kuangan.web.frame.doors import door
from kuangan.web.frame.fields.controls import control_value
from kuangan.web.frame.fields.declared import DeclaredForm
from kuangan.web.frame.fields.widgets import wants_more
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table
from kuangan.web.frame.uploads import let_wait, with_waiting
from kuangan.web.registry.changes import done_words
from kuangan.web.registry.lists import EFFECTS
from kuangan.web.registry.units import READERS

STATED: Final = (
    Field("effective_on", "生效日期", "date", default="today", help="自该日零时起；以后的日期到时自动生效"),
    Field("document", "文号", required=False),
    Field("file", "依据文件", "files", required=False, help="批准文件、任免文件等的扫描件，一个文件"),
    Field("reason", "事由"),
)
"""What every change rests on, below the fields of its kind."""
TAKE_BACK: Final = "take_back"
"""The button that takes a change back and does nothing anew: no document is asked for that."""


def _asked(field: Field, kind: ChangeKind) -> Field:
    return replace(field, required=True) if field.name in kind.rests_on else field


class ChangeForm(DeclaredForm):
    """The fields of a kind, then what the change rests on."""

    def __init__(
        self,
        request: Request,
        kind: ChangeKind,
        subject: ChangeSubject,
        *posted: Any,
        old: RegisterChange | None = None,
    ) -> None:
        declared = kind.fields(subject)
        held: dict[str, Any] = {"effective_on": clock.civil_date(clock.now()).isoformat()}
        if old is not None:
            names = names_of(referred(declared, old.values))
            held |= {
                known.name: control_value(known, old.values[known.name], names)
                for known in declared
                if known.name in old.values
            }
            held |= {"effective_on": old.effective_on.isoformat(), "document": old.document}
        alone = bool(posted) and posted[0].get("do") == TAKE_BACK
        stated = STATED if alone else [_asked(field, kind) for field in STATED]
        super().__init__((*declared, *stated), *posted, sight=sight_of(subject, request.user), initial=held)

    def stated(self, file: Attachment | None = None) -> Stated:
        """What the valid form says that the change rests on."""
        said = self.cleaned_data
        day = date.fromisoformat(said["effective_on"])
        return Stated(day, said["reason"], said["document"] or "", file)

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the kind's own fields."""
        return {name: value for name, value in given.items() if name not in {field.name for field in STATED}}


@door(*READERS)
def change_kinds_of(request: Request, subject_kind: str, key: str) -> HttpResponse:
    """What the reader may change about a thing."""
    subject = subject_for(request.user, subject_kind, key)
    if subject is None:
        raise Http404
    return show(request, "registry/choose.html", subject=subject, offered=offered_kinds(request.user, subject))


@door(*READERS, methods=("GET", "POST"))
def new_change(request: Request, subject_kind: str, key: str, kind_id: str) -> HttpResponse:
    """The form of one kind of change, what follows from it, and the change itself."""
    subject = subject_for(request.user, subject_kind, key)
    kind = (
        next((kind for kind in offered_kinds(request.user, subject) if kind.id == kind_id), None) if subject else None
    )
    if subject is None or kind is None:
        raise Http404
    return _form_page(request, kind, subject)


@door(*READERS, methods=("GET", "POST"))
def correct_change(request: Request, pk: int) -> HttpResponse:
    """The same form with what was said; it takes the earlier change back and does it anew, or takes it back alone."""
    old = get_object_or_404(changes_visible_to(request.user), pk=pk)
    subject, kind = subject_named(old.subject), _kind(old)
    standing = ChangeStanding(request.user)
    may = kind and (standing.makes(kind, old.unit) or standing.proposes(kind, old.unit))
    if subject is None or kind is None or kind.undoes is None or not may or old.state != State.in_effect:
        raise Http404
    return _form_page(request, kind, subject, old)


def _kind(change: RegisterChange) -> ChangeKind | None:
    try:
        return kind_of(change)
    except Refused:
        return None


def _form_page(
    request: Request, kind: ChangeKind, subject: ChangeSubject, old: RegisterChange | None = None
) -> HttpResponse:
    effects: Table | None = None
    if request.method != "POST":
        form = ChangeForm(request, kind, subject, old=old)
    else:
        form = ChangeForm(request, kind, subject, request.POST, request.FILES)
        with_waiting(request, form)
        if not wants_more(request.POST) and (form.is_valid() or _takes_back(request, form)):
            if request.POST.get("do") != "preview":
                if made := _made(request, kind, subject, form, old):
                    return redirect(made)
            else:
                effects = _shown(request, kind, subject, form)
        let_wait(request, form)
    decides = ChangeStanding(request.user).makes(kind, subject.unit) is not None
    context: dict[str, Any] = {
        "kind": kind,
        "subject": subject,
        "form": form,
        "effects": effects,
        "old": old,
        "decides": decides,
    }
    return show(request, "registry/form.html", **context)


def _takes_back(request: Request, form: ChangeForm) -> bool:
    """Whether the form only takes the earlier change back: then the kind's own fields are not asked."""
    return request.POST.get("do") == TAKE_BACK and not {field.name for field in STATED} & set(form.errors)


def _shown(request: Request, kind: ChangeKind, subject: ChangeSubject, form: ChangeForm) -> Table | None:
    """What follows from the change as it is typed; why it cannot be done stands above the form."""
    moment = clock.now()
    try:
        act = drafted(request.user, kind, subject, form.values(form.typed()), form.stated(), at=moment)
        effects = Table(EFFECTS, list(kind.previews(act)), "没有其他影响。")
        if ChangeStanding(request.user).makes(kind, subject.unit) and (why_not := tried(kind, act)):
            form.add_error(None, f"按目前情况不能生效：{why_not}")
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    return effects


def _made(
    request: Request, kind: ChangeKind, subject: ChangeSubject, form: ChangeForm, old: RegisterChange | None
) -> str:
    """The address of the change that was made; "" where that was refused, which the form says."""
    try:
        with made_once(request) as made_at:
            given = form.inputs(request.user)
            file = own_attachment(request.user, given["file"])
            change = ask_change(
                actor=request.user,
                kind=kind,
                subject=subject,
                values=form.values(given),
                stated=form.stated(file),
                corrects=old,
                takes_back=request.POST.get("do") == TAKE_BACK,
            )
            address = reverse("register_change", args=[change.pk])
            made_at(address)
    except Refused as refused:
        form.add_error(None, str(refused))
        return ""
    messages.success(request, done_words(change))
    return address
