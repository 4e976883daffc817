"""Drafting a letter: its form, from what the receiver has overdue, as another letter, or freely. Saving it opens its case."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.casework.openings import Chosen, prefilled
from kuangan.casework.view import Standing
from kuangan.core.models import Unit, User
from kuangan.core.queries import units_among
from kuangan.flow.cases.opening import open_by_person
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import FromPerson
from kuangan.office.standing import own_offices, within_reach
from kuangan.overview.figures.overdue import Overdue, overdue_of
from kuangan.overview.queries.letters import letters_visible_to
from kuangan.web.frame.doors import door, holds_of
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import is_key
from kuangan.web.office.forms import SIGHTED, OfficeForm, day_field, long_field, offer, refusals, unit_field
from kuangan.web.office.letters import kinds_of_letter

LOAD: Final = "load"
"""Posted by the button that brings in what the chosen receiver has overdue; nothing is saved."""
OFFERED: Final = {True: "supervision_letter", False: "reminder_letter"}
"""The kind that the form proposes, by whether the receiver has something overdue."""
CONTENT: Final = ("opening", "matters", "demands", "reply_due_on", "contact", "phone")
TYPED: Final = ("unit", "to", "kind", *CONTENT)


class LetterForm(OfficeForm):
    """A letter being drafted; what is overdue can be taken over line by line."""

    unit = unit_field("发出单位")
    kind = forms.ChoiceField(label="种类", choices=(), widget=forms.RadioSelect)
    to = unit_field("主送单位")
    opening = long_field("事由", 2)
    overdue = forms.MultipleChoiceField(label="写入下列逾期事项", required=False, widget=forms.CheckboxSelectMultiple)
    matters = long_field("其他事项", 3, required=False, help_text="每行一项，列在逾期事项之后")
    demands = long_field("办理要求", 3, help_text="每行一项")
    reply_due_on = day_field("回复期限")
    contact = forms.CharField(label="联系人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=20, required=False)

    def __init__(
        self,
        *args: Any,
        reader: User,
        offices: list[Unit],
        overdue: list[Overdue],
        words: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units_among(reader, offices))
        offer(self, "to", within_reach(offices[0]))
        self.words = words
        self.known = {matter.key: matter for matter in overdue}
        for name, choices in (
            ("kind", kinds_of_letter()),
            ("overdue", [(matter.key, matter.text) for matter in overdue]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if not overdue:
            del self.fields["overdue"]

    def clean(self) -> dict[str, Any]:
        """What was filled in; matters from both fields together."""
        given = dict(super().clean() or {})
        taken = [self.known[key] for key in given.get("overdue") or ()]
        given["matters"] = "\n".join([*(matter.text for matter in taken), given.get("matters") or ""]).strip()
        given["duties"] = [{"duty": matter.duty.pk} for matter in taken if matter.duty]
        if not given["matters"]:
            self.add_error(None, "请写明具体事项和办理要求，每行一项。")
        return given

    def inputs(self) -> dict[str, Any]:
        """The inputs of the opening. Words that nobody wrote are those of the kind that was chosen."""
        given = self.cleaned_data
        if given["opening"].strip() in self.words.values():
            given["opening"] = self.words[given["kind"]]
        return {name: given[name] for name in (*CONTENT, "duties")}


def way_of(kind: str) -> FromPerson:
    """How a letter of a kind is opened."""
    return procedure_by_id(kind).opens_by_person[0]


def _held(request: Request, office: Unit, kind: str, at: datetime) -> dict[str, Any]:
    """What the empty form of a kind holds."""
    hold = next(hold for hold in holds_of(request) if hold.unit.pk == office.pk)
    return prefilled(request.user, Standing(hold, "office"), way_of(kind), at)


def _form(request: Request, offices: list[Unit], like: Case | None) -> LetterForm:
    moment = clock.now()
    wanted = request.POST.get("to") or request.GET.get("to", "")
    to = within_reach(offices[0]).filter(pk=wanted).first() if is_key(wanted) else None
    overdue = overdue_of(request.user, to, moment) if to else []
    held = {kind: _held(request, offices[0], kind, moment) for kind, _ in kinds_of_letter()}
    kind = like.procedure if like else OFFERED[bool(overdue)]
    initial: dict[str, Any] = {
        **held[kind],
        "unit": offices[0],
        "to": to,
        "kind": kind,
        "overdue": [matter.key for matter in overdue],
        "phone": offices[0].phone,
    }
    if like:
        initial |= {
            "to": to or like.unit,
            **{name: like.facts.get(name, "") for name in CONTENT if name != "reply_due_on"},
        }
    words = {kind_id: given["opening"] for kind_id, given in held.items()}
    given: dict[str, Any] = {"reader": request.user, "offices": offices, "overdue": overdue, "words": words}
    if LOAD not in request.POST:
        return LetterForm(request.POST or None, **given, initial=initial)
    typed = {name: text for name, text in request.POST.items() if name in TYPED}
    return LetterForm(**given, initial=initial | typed)


@door(*SIGHTED, methods=("GET", "POST"))
def new_letter(request: Request) -> HttpResponse:
    """Draft a letter, from what the unit in the address (``to``) has overdue, or as another letter (``like``) is."""
    offices = own_offices(request.user)
    if not offices:
        raise Http404
    form = _form(request, offices, _like(request))
    if form.is_valid():
        with refusals(request, form), made_once(request) as made_at:
            given = form.cleaned_data
            case = open_by_person(
                actor=request.user,
                procedure_id=given["kind"],
                way_id=way_of(given["kind"]).id,
                chosen=Chosen(given["to"]),
                inputs=form.inputs(),
                office=given["unit"],
            )
            address = reverse("case", args=[case.pk])
            made_at(address)
            messages.success(request, "已保存草稿，请核对版式后提交审核。")
            return redirect(address)
    return show(request, "office/letters/new.html", form=form, loaded=LOAD in request.POST)


def _like(request: Request) -> Case | None:
    """The letter in sight whose words a new one begins with."""
    key = request.GET.get("like", "")
    return letters_visible_to(request.user).filter(pk=key).first() if is_key(key) else None
