"""新办: what a person may open, and the form by which he opens it about a subject of his choice."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.openings import Chosen, Offer, named, offers, opening_sight, standing_to_open, subjects
from kuangan.core.errors import Refused
from kuangan.flow.cases.opening import open_by_person
from kuangan.law.procedure import CaseSubject
from kuangan.web.cases.editing import opening_held
from kuangan.web.cases.lists import OFFERS
from kuangan.web.frame.doors import MINE, OVERSEERS, door, holds_of
from kuangan.web.frame.fields.declared import DeclaredForm
from kuangan.web.frame.fields.widgets import wants_more
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table
from kuangan.web.frame.uploads import let_wait, with_waiting

SUBJECT = "subject"
"""The name of the chooser; no field of a procedure may have it."""
SUBJECT_LABELS = {
    CaseSubject.mine: "煤矿",
    CaseSubject.unit: "单位",
    CaseSubject.person: "人员",
    CaseSubject.entry: "台账记录",
    CaseSubject.case: "来源办件",
    CaseSubject.duty: "履职事项",
}


class OpeningForm(DeclaredForm):
    """The subject, then the fields of the opening."""

    def __init__(self, request: Request, offer: Offer, choices: list[Chosen], *posted: Any, **kwargs: Any) -> None:
        wanted = asked(request)
        about = next((choice for choice in choices if str(choice.key) == wanted), None)
        unit = about.unit if about else choices[0].unit
        who = standing_to_open(holds_of(request), offer.way, unit)
        sight = opening_sight(about, who, request.user) if who else None
        super().__init__(offer.way.fields, *posted, sight=sight, **kwargs)
        if who is not None:
            self.initial.update(opening_held(request.user, who, offer.way))
        label = SUBJECT_LABELS[offer.law.subject]
        self._chosen = {str(choice.key): choice for choice in choices}
        named = [("", "请选择"), *((key, choice.text) for key, choice in self._chosen.items())]
        chooser = forms.ChoiceField(
            label=label,
            choices=named,
            widget=forms.Select({"class": "form-select"}),
            error_messages={"required": f"请选择{label}", "invalid_choice": f"请在列表中选择{label}"},
        )
        self.fields = {SUBJECT: chooser, **self.fields}

    @property
    def chosen(self) -> Chosen:
        """The subject that was chosen; the form is valid."""
        return self._chosen[self.cleaned_data[SUBJECT]]


def asked(request: Request) -> str:
    """The key of the subject that the page was asked for, or the form was posted with."""
    return request.POST.get(SUBJECT, "") or request.GET.get(SUBJECT, "")


@door(*OVERSEERS, *MINE)
def new_cases(request: Request) -> HttpResponse:
    offered = Table(OFFERS, offers(request.user, clock.now()), "您的岗位没有可以立案的事项。")
    return show(request, "cases/new.html", table=offered)


@door(*OVERSEERS, *MINE, methods=("GET", "POST"))
def new_case(request: Request, procedure_id: str, way_id: str) -> HttpResponse:
    """The form; posting it opens the case."""
    offer = _offer(request, procedure_id, way_id)
    choices = list(subjects(request.user, holds_of(request), offer, asked(request)))
    if not choices:
        raise Http404
    if request.method != "POST":
        form = OpeningForm(request, offer, choices, initial={SUBJECT: request.GET.get(SUBJECT, "")})
        return show(request, "cases/new_case.html", offer=offer, form=form)
    form = OpeningForm(request, offer, choices, request.POST, request.FILES)
    with_waiting(request, form)
    if not wants_more(request.POST) and form.is_valid() and (address := _opened(request, offer, form)):
        return redirect(address)
    let_wait(request, form)
    return show(request, "cases/new_case.html", offer=offer, form=form)


def _offer(request: Request, procedure_id: str, way_id: str) -> Offer:
    for offer in named(holds_of(request)):
        if (offer.law.id, offer.way.id) == (procedure_id, way_id):
            return offer
    raise Http404


def _opened(request: Request, offer: Offer, form: OpeningForm) -> str:
    """The address of the case that was opened; "" where that was refused, which the form says."""
    try:
        with made_once(request) as made_at:
            case = open_by_person(
                actor=request.user,
                procedure_id=offer.law.id,
                way_id=offer.way.id,
                chosen=form.chosen,
                inputs=form.inputs(request.user),
            )
            address = reverse("case", args=[case.pk])
            made_at(address)
    except Refused as refused:
        form.add_error(None, str(refused))
        return ""
    messages.success(request, f"已立案：{case.number}。")
    return address
