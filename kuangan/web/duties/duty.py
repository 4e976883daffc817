"""One duty: what law asks, what counts, what was given, who owes; giving a file, what was asked about it, urging."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.casework.openings import offers_about
from kuangan.casework.queries import cases_about
from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import LookedAt
from kuangan.core.queries import visible_paths
from kuangan.duty.actions import urge
from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.duty.proof.grades import Grade
from kuangan.duty.proof.judging import may_judge
from kuangan.duty.queries import (
    credit_given,
    duties_visible_to,
    evidence_of,
    files_of,
    my_duties,
    urges_of,
)
from kuangan.duty.status import Status
from kuangan.flow.credit.answering import give, judge
from kuangan.flow.office.circulars import circular_of
from kuangan.law.duty.obligation_file import Obligation, obligations
from kuangan.law.duty.words import condition_words
from kuangan.law.register import measure
from kuangan.sample.queries import verification_of
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.duties.links import counted_entries, followed_entry
from kuangan.web.duties.lists import case_columns, fulfilment_columns, person_phone, term, way_columns
from kuangan.web.duties.words import duty_rows, lateness_words, stands_above, ways_of
from kuangan.web.frame.doors import MINE, OVERSEERS, door, holds_of
from kuangan.web.frame.files import open_attachment
from kuangan.web.frame.forms import ManyFiles
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import joined, unknown
from kuangan.web.frame.tables import Table, bare
from kuangan.web.frame.uploads import let_wait, with_waiting
from kuangan.web.gate.addresses import DayField


class FileForm(forms.Form):
    """Evidence given as files with a note."""

    note = forms.CharField(
        label="办理情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": "请写明办理情况"},
    )
    done_on = DayField(
        label="办理日期",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写办理日期", "invalid": "请按“年-月-日”填写"},
    )
    materials = ManyFiles(label="办理材料")

    def clean_done_on(self) -> date:
        """No day to come."""
        given: date = self.cleaned_data["done_on"]
        if given > clock.civil_date(clock.now()):
            raise forms.ValidationError("办理日期不能晚于今天")
        return given

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["materials"].widget.attrs["class"] = "form-control"


HOLDERS = 3
"""How many of those who owe the page names."""


def duty_in_sight(request: Request, pk: int) -> Duty:
    """The duty if the person may see it, otherwise 404."""
    return get_object_or_404(duties_visible_to(request.user), pk=pk)


def works_there(request: Request, duty: Duty) -> bool:
    """Whether the person works for the unit that owes (of a post's own duty: owes it himself)."""
    if duty.post_id is not None:
        return my_duties(request.user).filter(pk=duty.pk).exists()
    return any(hold.unit.pk == duty.unit_id and not hold.role.administers for hold in holds_of(request))


@door(*OVERSEERS, *MINE)
def duty(request: Request, pk: int) -> HttpResponse:
    return _page(request, duty_in_sight(request, pk), FileForm(initial={"done_on": clock.civil_date(clock.now())}))


def _page(request: Request, owed: Duty, form: FileForm) -> HttpResponse:
    moment = clock.now()
    shown = duty_rows([owed], moment)[0]
    law = obligations().get(owed.obligation)
    open_ = shown.status in (Status.due, Status.overdue)
    here = works_there(request, owed)
    fulfilments = list(evidence_of(request.user, owed))
    ways = ways_of(owed, holds_of(request) if open_ else ())
    entries = counted_entries(request.user, owed, fulfilments)
    context: dict[str, Any] = {
        "duty": owed,
        "row": shown,
        "term": term(shown),
        "holders": joined(*map(person_phone, shown.holders[:HOLDERS]), by="、") or unknown("岗位空缺"),
        "law": law,
        "measure": measure(owed.measure),
        "ways": bare(way_columns(ways), ways, unknown("该义务已不在法规库中，按上传的办理材料办结")),
        "fulfilments": Table(fulfilment_columns(owed, entries), fulfilments, "还没有任何依据。"),
        "verified": verification_of(request.user, owed.pk),
        "followed": followed_entry(request.user, owed),
        "circular": circular_of(request.user, owed),
        "lateness": lateness_words(owed, shown.status, moment),
        "cases": bare(case_columns(request.user), cases_about(request.user, owed)),
        "offers": offers_about(request.user, holds_of(request), owed) if here else [],
        "urges": urges_of(request.user, owed),
        "events": trail_in_sight(request, owed, owed.unit)[:30],
        "form": form,
        "may_file": open_ and here and _takes_files(law),
        "unproven": _unproven(request, owed, fulfilments, moment),
        "sights": LookedAt.choices,
        "conditions": condition_words(law) if law else [],
        "may_urge": open_ and _above(request, owed),
    }
    return show(request, "duties/duty.html", **context)


def _unproven(request: Request, owed: Duty, given: list[Fulfilment], at: datetime) -> list[Fulfilment]:
    """The credits that the person may judge: those that are the owing unit's own word."""
    own = [credit for credit in given if credit.grade == Grade.own and credit.revoked_at is None]
    return own if own and may_judge(request.user, owed.unit, at) else []


def _takes_files(law: Obligation | None) -> bool:
    return law is None or any(kind.file for kind in law.evidence)


def _above(request: Request, owed: Duty) -> bool:
    return stands_above(holds_of(request), owed.unit.kind, owed.unit.path, visible_paths(request.user))


@door(*OVERSEERS, *MINE, methods=("POST",))
def duty_file(request: Request, pk: int) -> HttpResponse:
    """Give files as evidence; what was typed stays where it is refused."""
    owed = duty_in_sight(request, pk)
    form = FileForm(request.POST, request.FILES)
    with_waiting(request, form)
    if not works_there(request, owed) or not _takes_files(obligations().get(owed.obligation)):
        messages.error(request, "本事项由责任单位凭规定的依据办理，不能在此上传材料。")
        return redirect("duty", pk=pk)
    if not form.is_valid():
        let_wait(request, form)
        return _page(request, owed, form)
    try:
        _give(request, owed, form)
    except Refused as refused:
        form.add_error(None, str(refused))
        let_wait(request, form)
        return _page(request, owed, form)
    messages.success(request, "已登记办理材料。")
    return redirect("duty", pk=pk)


def _moment_of(day: date, now: datetime) -> datetime:
    """When something was done of which only the day is known: now for today, else the start of the day."""
    return now if day == clock.civil_date(now) else clock.beijing_midnight(day)


@transaction.atomic
def _give(request: Request, owed: Duty, form: FileForm) -> None:
    moment = clock.now()
    given = form.cleaned_data
    saved = [
        save_attachment(actor=request.user, name=upload.name or "附件", content=upload.read(), at=moment)
        for upload in given["materials"]
    ]
    give(
        actor=request.user,
        duty=owed,
        source=Source.file,
        key=f"file:{saved[0].pk}",
        done_at=_moment_of(given["done_on"], moment),
        note=given["note"],
        attachments=saved,
        at=moment,
    )


@door(*OVERSEERS, methods=("POST",))
def duty_judge(request: Request, pk: int, credit: int) -> HttpResponse:
    """Confirm one credit for the level above, or take it back as untrue; one at a time."""
    owed = duty_in_sight(request, pk)
    given = credit_given(owed, credit)
    if given is None:
        raise Http404
    confirmed = request.POST.get("confirmed") == "yes"
    said = {"sight": request.POST.get("sight", ""), "opinion": request.POST.get("opinion", "")}
    word = "已核实属实，计为经核实。" if confirmed else "已核实不属实，该项依据已撤销，本事项须重新办理。"
    _said(request, word, judge, fulfilment=given, confirmed=confirmed, **said)
    return redirect("duty", pk=pk)


@door(*OVERSEERS, methods=("POST",))
def duty_urge(request: Request, pk: int) -> HttpResponse:
    owed = duty_in_sight(request, pk)
    if not _above(request, owed):
        messages.error(request, "只有上级单位可以催办。")
    else:
        text = request.POST.get("text", "").strip()[:300]
        _said(request, f"已催办{owed.unit.name}，催办记录已留存。", urge, duties=[owed], text=text)
    return redirect("duty", pk=pk)


def _said(request: Request, word: str, action: Any, **given: Any) -> None:
    """Carry out an action for the person; say what came of it."""
    try:
        action(actor=request.user, at=clock.now(), **given)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, word)


@door(*OVERSEERS, *MINE)
def duty_attachment(request: Request, pk: int, attachment_id: int) -> HttpResponseBase:
    """A file given as evidence, for whoever sees the duty."""
    owed = duty_in_sight(request, pk)
    return open_attachment(get_object_or_404(files_of(request.user, owed), pk=attachment_id))
