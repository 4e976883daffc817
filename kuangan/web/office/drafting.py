"""Drafting a letter: its form, from what the receiver has overdue or freely, and two people at one draft."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.models import Unit, User
from kuangan.core.queries import events_of, units_among
from kuangan.law import local
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import deadline, parse_span
from kuangan.office.actions import letters as actions
from kuangan.office.models import Letter, LetterKind, LetterState
from kuangan.office.queries import letters as queries
from kuangan.office.standing import own_offices, within_reach
from kuangan.overview.figures.overdue import Overdue, overdue_of
from kuangan.web.frame.doors import door
from kuangan.web.frame.editing import Overtaken, overtaken, version_of
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import is_key
from kuangan.web.office.forms import SIGHTED, OfficeForm, day_field, long_field, offer, refusals, unit_field

OPENINGS = {
    LetterKind.supervision_letter: "你单位下列事项逾期未办结，现予督办：",
    LetterKind.reminder_letter: "你单位下列事项临近期限，现予提醒：",
    LetterKind.urging_letter: "你单位下列事项尚未办结，现予催办：",
}


LOAD = "load"
"""Posted by the button that brings in what the chosen receiver has overdue; nothing is saved."""
TYPED = ("unit", "to", "kind", "opening", "matters", "demands", "reply_due_on", "contact", "phone")


class LetterForm(OfficeForm):
    """A letter being drafted; what is overdue can be taken over line by line."""

    unit = unit_field("发出单位")
    kind = forms.ChoiceField(label="种类", choices=LetterKind.choices, widget=forms.RadioSelect)
    to = unit_field("主送单位")
    opening = long_field("事由", 2)
    overdue = forms.MultipleChoiceField(label="写入下列逾期事项", required=False, widget=forms.CheckboxSelectMultiple)
    matters = long_field("其他事项", 3, required=False, help_text="每行一项，列在逾期事项之后")
    demands = long_field("办理要求", 3, help_text="每行一项")
    reply_due_on = day_field("回复期限")
    contact = forms.CharField(label="联系人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=30, required=False)

    def __init__(self, *args: Any, reader: User, offices: list[Unit], overdue: list[Overdue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units_among(reader, offices))
        offer(self, "to", within_reach(offices[0]))
        self.known = {overdue_duty.key: overdue_duty for overdue_duty in overdue}
        field = self.fields["overdue"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(overdue_duty.key, overdue_duty.text) for overdue_duty in overdue]
        if not overdue:
            del self.fields["overdue"]

    def letter(self) -> dict[str, Any]:
        """The cleaned fields as the action takes them."""
        given = dict(self.cleaned_data)
        if given["opening"].strip() in OPENINGS.values():  # nobody wrote one: the kind's own words
            given["opening"] = OPENINGS[LetterKind(given["kind"])]
        taken = [self.known[key] for key in given.pop("overdue", [])]
        given["matters"] = [*(overdue_duty.text for overdue_duty in taken), *_lines(given["matters"])]
        given["demands"] = _lines(given["demands"])
        given["duties"] = [overdue_duty.duty for overdue_duty in taken if overdue_duty.duty]
        return given


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _reply_day(at: datetime) -> date:
    span = parse_span(str(local.local("office.letter.reply", clock.civil_date(at)).value))
    return clock.last_day(deadline(span, at, workdays()))


def _form(request: Request, offices: list[Unit], letter: Letter | None) -> LetterForm:
    moment = clock.now()
    wanted = request.POST.get("to") or request.GET.get("to", "")
    to = letter.to if letter else None
    if is_key(wanted):
        to = within_reach(offices[0]).filter(pk=wanted).first() or to
    overdue = overdue_of(request.user, to, moment) if to and letter is None else []
    kind = letter.kind if letter else LetterKind.supervision_letter if overdue else LetterKind.reminder_letter
    initial: dict[str, Any] = {
        "unit": offices[0],
        "to": to,
        "kind": kind,
        "opening": OPENINGS[LetterKind(kind)],
        "overdue": [overdue_duty.key for overdue_duty in overdue],
        "demands": "立即逐项办理，明确责任人和完成时间\n报送办理结果及佐证材料",
        "reply_due_on": _reply_day(moment),
        "contact": request.user.display_name,
        "phone": offices[0].phone,
    }
    if letter:
        initial |= _content(letter)
    given: dict[str, Any] = {"reader": request.user, "offices": offices, "overdue": overdue}
    if LOAD not in request.POST:
        return LetterForm(request.POST or None, **given, initial=initial)
    typed = {name: text for name, text in request.POST.items() if name in TYPED}
    return LetterForm(**given, initial=initial | typed)


@door(*SIGHTED, methods=("GET", "POST"))
def new_letter(request: Request) -> HttpResponse:
    """Draft a letter, from what the unit in the address (``to``) has overdue."""
    return _drafted(request, None)


@door(*SIGHTED, methods=("GET", "POST"))
def edit_letter(request: Request, pk: int) -> HttpResponse:
    """Write a draft anew."""
    drafts = queries.letters_visible_to(request.user).filter(state=LetterState.draft)
    return _drafted(request, get_object_or_404(drafts, pk=pk))


def _drafted(request: Request, letter: Letter | None) -> HttpResponse:
    offices = own_offices(request.user)
    if not offices:
        raise Http404
    form = _form(request, offices, letter)
    changed: Overtaken | None = None
    if form.is_valid():
        with refusals(request, form), made_once(request) as made_at:
            changed = _changed_meanwhile(request, form, letter)
            if changed is None:
                made = _saved(request, form, letter)
                made_at(reverse("letter", args=[made.pk]))
                return redirect("letter", pk=made.pk)
    context: dict[str, Any] = {
        "form": form,
        "letter": letter,
        "loaded": LOAD in request.POST,
        "overtaken": changed,
        "version": version_of(_content(letter)) if letter else "",
    }
    return show(request, "office/letters/new.html", **context)


def _saved(request: Request, form: LetterForm, letter: Letter | None) -> Letter:
    duties = {} if letter is None else {"duties": list(queries.duties_of(request.user, letter))}
    made: Letter = actions.draft_letter(actor=request.user, letter=letter, **(form.letter() | duties))
    messages.success(request, "已保存草稿，请核对版式后提交审核。")
    return made


def _changed_meanwhile(request: Request, form: LetterForm, letter: Letter | None) -> Overtaken | None:
    """What another has changed in the draft since the form was opened; the draft stays locked until this one is saved."""
    if letter is None:
        return None
    letter = queries.locked_letter(request.user, letter)
    return overtaken(request, form.fields, _content(letter), events_of(letter).order_by("-seq"))


def _content(letter: Letter) -> dict[str, Any]:
    """A draft as its form holds it."""
    return {
        "unit": letter.unit_id,
        "to": letter.to_id,
        "kind": letter.kind,
        "opening": letter.opening,
        "matters": "\n".join(letter.matters),
        "demands": "\n".join(letter.demands),
        "reply_due_on": letter.reply_due_on,
        "contact": letter.contact,
        "phone": letter.phone,
    }
