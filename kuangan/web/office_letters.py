"""督办函、提醒函、催办函: drafted from what is overdue or freely, reviewed, signed, served and answered."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import events_of
from kuangan.flow.office_letters import Overdue, overdue_of, overdue_units
from kuangan.law import local
from kuangan.law.calendar import workdays
from kuangan.law.span import deadline, parse_span
from kuangan.office.actions import letters as actions
from kuangan.office.models import Letter, LetterKind, LetterState
from kuangan.office.queries import letters as queries
from kuangan.office.standing import own_offices, own_units, within_reach
from kuangan.web.addresses import is_key
from kuangan.web.doors import door
from kuangan.web.editing import Overtaken, overtaken, version_of
from kuangan.web.lists import Column, Filters, export, listing, wants_export
from kuangan.web.office_forms import (
    SIGHTED,
    OfficeForm,
    Step,
    day_field,
    long_field,
    offer,
    posted,
    posted_files,
    refusals,
    stepped,
    unit_field,
)
from kuangan.web.office_word import letter_in_word
from kuangan.web.once import made_once
from kuangan.web.page import show
from kuangan.web.preview import draft_of_fields
from kuangan.web.request import Request
from kuangan.web.sight import trail_in_sight
from kuangan.web.signing import Signing, signed, signing_of

ONLY = (("", "全部"), ("waiting", "待我办理"), ("late", "逾期未回复"), ("open", "未回复"))
COLUMNS = (
    Column("种类", lambda row: row.get_kind_display()),
    Column("文号", lambda row: row.paper.number if row.paper else "", 28),
    Column("发出单位", lambda row: row.unit.name, 24),
    Column("主送单位", lambda row: row.to.name, 24),
    Column("事由", lambda row: row.opening, 48),
    Column("状态", lambda row: row.get_state_display()),
    Column("发出时间", lambda row: row.issued_at, 20),
    Column("签收时间", lambda row: row.notice.received_at if row.notice else None, 20),
    Column("回复期限", lambda row: row.reply_due_on),
    Column("回复时间", lambda row: row.replied_at, 20),
)
OPENINGS = {
    LetterKind.supervision_letter: "你单位下列事项逾期未办结，现予督办：",
    LetterKind.reminder_letter: "你单位下列事项临近期限，现予提醒：",
    LetterKind.urging_letter: "你单位下列事项尚未办结，现予催办：",
}


LOAD = "load"
"""Posted by the button that brings in what the chosen receiver has overdue; nothing is saved."""
TYPED = ("unit", "to", "kind", "opening", "matters", "demands", "reply_due_on", "contact", "phone")


class LetterFilters(Filters):
    """Filters of the list of letters."""

    q = forms.CharField(label="文号、单位或事由", max_length=60)
    kind = forms.ChoiceField(label="种类", choices=[("", "全部种类"), *LetterKind.choices])
    only = forms.ChoiceField(label="情形", choices=ONLY)


@door(*SIGHTED)
def letters(request: Request) -> HttpResponse:
    """Letters of one's office and to units in sight; beside them who has duties overdue."""
    filters = LetterFilters(request)
    moment = clock.now()
    only = filters.chosen("only")
    rows = (
        queries.letters_waiting(request.user, moment) if only == "waiting" else queries.letters_visible_to(request.user)
    )
    if only == "late":
        rows = queries.unanswered(rows, moment)
    if only == "open":
        rows = rows.filter(state=LetterState.issued, replied_at=None)
    if text := filters.chosen("q"):
        by_name = Q(to__name__icontains=text) | Q(unit__name__icontains=text)
        rows = rows.filter(by_name | Q(opening__icontains=text) | Q(paper__number__icontains=text))
    if kind := filters.chosen("kind"):
        rows = rows.filter(kind=kind)
    if wants_export(request):
        return export("督办提醒催办函", COLUMNS, rows)
    offices = own_offices(request.user)
    reached = {unit.pk for unit in within_reach(offices[0])} if offices else set()
    owing = [(unit, count) for unit, count in overdue_units(request.user, moment) if unit.pk in reached][:20]
    context: dict[str, Any] = {"issues": bool(offices), "owing": owing, "today": clock.civil_date(moment)}
    return show(request, "web/letters.html", list=listing(request, rows, filters), **context)


class LetterForm(OfficeForm):
    """A letter being drafted; what is overdue can be taken over line by line."""

    unit = unit_field("发出单位", Unit.objects.none())
    kind = forms.ChoiceField(label="种类", choices=LetterKind.choices, widget=forms.RadioSelect)
    to = unit_field("主送单位", Unit.objects.none())
    opening = long_field("事由", 2)
    overdue = forms.MultipleChoiceField(label="写入下列逾期事项", required=False, widget=forms.CheckboxSelectMultiple)
    matters = long_field("其他事项", 3, required=False, help_text="每行一项，列在逾期事项之后")
    demands = long_field("办理要求", 3, help_text="每行一项")
    reply_due_on = day_field("回复期限")
    contact = forms.CharField(label="联系人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=30, required=False)

    def __init__(self, *args: Any, offices: list[Unit], overdue: list[Overdue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", Unit.objects.filter(pk__in=[unit.pk for unit in offices]))
        offer(self, "to", within_reach(offices[0]))
        self.known = {one.key: one for one in overdue}
        field = self.fields["overdue"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.key, one.text) for one in overdue]
        if not overdue:
            del self.fields["overdue"]

    def letter(self) -> dict[str, Any]:
        """The cleaned fields as the action takes them."""
        given = dict(self.cleaned_data)
        if given["opening"].strip() in OPENINGS.values():  # nobody wrote one: the kind's own words
            given["opening"] = OPENINGS[LetterKind(given["kind"])]
        taken = [self.known[key] for key in given.pop("overdue", [])]
        given["matters"] = [*(one.text for one in taken), *_lines(given["matters"])]
        given["demands"] = _lines(given["demands"])
        given["duties"] = [one.duty for one in taken if one.duty]
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
        "overdue": [one.key for one in overdue],
        "demands": "立即逐项办理，明确责任人和完成时间\n报送办理结果及佐证材料",
        "reply_due_on": _reply_day(moment),
        "contact": request.user.display_name,
        "phone": offices[0].phone,
    }
    if letter:
        initial |= _content(letter)
    if LOAD not in request.POST:
        return LetterForm(request.POST or None, offices=offices, overdue=overdue, initial=initial)
    typed = {name: given for name, given in request.POST.items() if name in TYPED}
    return LetterForm(offices=offices, overdue=overdue, initial=initial | typed)


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
    return show(request, "web/new_letter.html", **context)


def _saved(request: Request, form: LetterForm, letter: Letter | None) -> Letter:
    duties = {} if letter is None else {"duties": list(letter.duties.all())}
    made: Letter = actions.draft_letter(actor=request.user, letter=letter, **(form.letter() | duties))
    messages.success(request, "已保存草稿，请核对版式后提交审核。")
    return made


def _changed_meanwhile(request: Request, form: LetterForm, letter: Letter | None) -> Overtaken | None:
    """What another has changed in the draft since the form was opened; the draft stays locked until this one is saved."""
    if letter is None:
        return None
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
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


@door(*SIGHTED, methods=("GET", "POST"))
def letter(request: Request, pk: int) -> HttpResponse:
    """One letter as it looks, with the step that is next and whose it is."""
    found = get_object_or_404(queries.letters_visible_to(request.user), pk=pk)
    if request.method == "POST":
        return stepped(request, _STEPS, found, reverse("letter", args=[pk]), signing=("issue",))
    if request.GET.get("as") == "docx":
        return letter_in_word(found)
    moment = clock.now()
    units = {unit.pk for unit in own_units(request.user)}
    signs = found.state == LetterState.reviewed and actions.may_decide(request.user, found, actions.SIGNERS, moment)
    context: dict[str, Any] = {
        "letter": found,
        "draft": draft_of_fields(
            found.kind,
            actions.letter_fields(found),
            found.unit.name,
            found.issued_at or moment,
            number=(found.paper.number or "") if found.paper else "",
        ),
        "owns": found.unit_id in units,
        "answers": found.to_id in units,
        "reviews": found.state == LetterState.submitted
        and actions.may_decide(request.user, found, actions.REVIEWERS, moment),
        "signs": signs,
        "signing": _signing(request.user, found, moment) if signs else None,
        "duties": found.duties.select_related("unit") if found.unit_id in units else (),
        "events": trail_in_sight(request, found, found.unit)[:30],
    }
    return show(request, "web/letter.html", **context)


def _signing(user: User, found: Letter, at: datetime) -> Signing | None:
    """What the user would sign; None where he may send back only."""
    try:
        acts = actions.issue_acts(user, found, at)
    except Refused:
        return None
    return signing_of(user, acts, at, pictures=False)


def _submit(request: Request, found: Letter) -> str:
    actions.submit_letter(actor=request.user, letter=found)
    return "已提交审核。"


def _review(request: Request, found: Letter) -> str:
    agree = request.POST.get("agree") == "yes"
    actions.review_letter(actor=request.user, letter=found, agree=agree, opinion=posted(request, "opinion"))
    return "已审核，待负责人签发。" if agree else "已退回起草人。"


def _issue(request: Request, found: Letter) -> str:
    opinion = posted(request, "opinion")
    if request.POST.get("agree") != "yes":
        actions.issue_letter(actor=request.user, letter=found, agree=False, opinion=opinion)
        return "已退回起草人。"
    with signed(request, lambda at: actions.issue_acts(request.user, found, at)) as confirmation:
        made = actions.issue_letter(
            actor=request.user, letter=found, agree=True, opinion=opinion, confirmation=confirmation
        )
    return f"已签发并送达：{made.paper.number if made.paper else ''}。"


def _reply(request: Request, found: Letter) -> str:
    if found.to_id not in {unit.pk for unit in own_units(request.user)}:
        raise Refused(f"请由{found.to.name}回复。")
    actions.reply_letter(actor=request.user, letter=found, text=posted(request, "text"), files=posted_files(request))
    return f"已回复{found.unit.name}。"


def _drop(request: Request, found: Letter) -> str:
    actions.drop_letter(actor=request.user, letter=found)
    return "草稿已作废。"


_STEPS: Mapping[str, Step] = {
    "submit": _submit,
    "review": _review,
    "issue": _issue,
    "reply": _reply,
    "drop": _drop,
}
