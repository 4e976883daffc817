"""待确认: parts of entries that wait for the reader, and the form by which he writes one or sends the entry back."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import LookedAt, User
from kuangan.duty.proof.judging import credits_waiting_for
from kuangan.flow.credit import entries as flow
from kuangan.law.ledger import Ledger
from kuangan.law.procedure.confirming import Confirming
from kuangan.law.register import measure
from kuangan.ledger.actions.confirming import LONGEST_OPINION, OPINION, SIGHT
from kuangan.ledger.confirming import term_of, writable_parts
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import confirmed_by_people, confirming_hold, keepers_version, waiting_for
from kuangan.ledger.references import References
from kuangan.ledger.shown import EntryWords, own_units
from kuangan.ledger.sight import FormSight
from kuangan.ledger.values import EntryRefused
from kuangan.web.frame.doors import door, holds_of
from kuangan.web.frame.fields.controls import control, typed_in
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.ledgers.entry import facts_of
from kuangan.web.ledgers.ledgers import READERS, current_entry, ledger_in_sight
from kuangan.web.ledgers.lists import CONFIRMERS, WAITING, WAITING_CREDITS

CREDITS_SHOWN = 100
COUNTED = timedelta(days=30)
"""So long back the list shows who confirmed how much."""


class ConfirmForm(forms.Form):
    """The columns of one part, what was looked at, and what it showed. What is right and wrong is said by the action."""

    use_required_attribute = False

    def __init__(
        self, ledger: Ledger, part: Confirming, entry: Entry, user: User, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.part = part
        sight = FormSight(References(entry.unit), user)
        for name in part.asked:
            self.fields[name] = control(ledger.field(name), sight)
        self.fields[SIGHT] = forms.ChoiceField(
            label="查看了什么", choices=LookedAt.choices, widget=forms.RadioSelect, required=False
        )
        self.fields[OPINION] = forms.CharField(
            label="意见",
            required=False,
            help_text=f"写明查看的内容和结论，不超过{LONGEST_OPINION}字；退回的写明原因和需要补正的内容",
            widget=forms.Textarea(attrs={"rows": 3, "class": "form-control", "maxlength": LONGEST_OPINION}),
        )
        for name in (SIGHT, OPINION):
            self.fields[name].must = True  # type: ignore[attr-defined]  # read by the template beside the label

    def given(self) -> dict[str, Any]:
        """What was entered into the part's columns."""
        return {name: typed_in(self, name) for name in self.part.asked}

    def show_refusal(self, refused: Refused) -> None:
        """Put the action's messages beside their fields; those of none on top."""
        errors = refused.errors if isinstance(refused, EntryRefused) else {"": refused.message}
        for name, text in errors.items():
            self.add_error(name if name in self.fields else None, text)


@door(*READERS)
def confirmations(request: Request) -> HttpResponse:
    """What waits for the reader, the oldest first, and how much each of his colleagues confirmed and sent back of late."""
    waiting = table(
        request,
        WAITING,
        waiting_for(request.user),
        nothing="目前没有待您确认的台账条目",
        hint="煤矿登记的申请、备案、验收等条目须由您填写的部分会出现在这里。",
        unexported=True,
    )
    units = {hold.unit.pk: hold.unit for hold in holds_of(request) if not hold.role.administers}
    people = confirmed_by_people(units.values(), clock.now() - COUNTED)
    return show(
        request,
        "ledgers/confirm/list.html",
        table=waiting,
        evidence=Table(WAITING_CREDITS, credits_waiting_for(request.user)[:CREDITS_SHOWN], "没有待核实的履职材料。"),
        people=Table(CONFIRMERS, people, "近三十日没有办理。"),
    )


@door(*READERS, methods=("GET", "POST"))
def confirm_part(request: Request, ledger_id: str, serial: int, part_id: str) -> HttpResponse:
    """Write a part of an entry that is the reader's to write, or send the entry back to its keeper."""
    ledger = ledger_in_sight(request, ledger_id)
    entry = current_entry(request, ledger, serial)
    part = _part(request, ledger, entry, part_id)
    form = ConfirmForm(ledger, part, entry, request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            _refuse_unseen(request, entry)
            text = _done(request, entry, part, form)
        except Refused as refused:
            form.show_refusal(refused)
        else:
            messages.success(request, text)
            return redirect("entry", ledger.id, serial)
    shown = EntryWords(ledger, [entry], own_units(request.user))
    return show(
        request,
        "ledgers/confirm/form.html",
        ledger=ledger,
        measure=measure(ledger.measure),
        entry=entry,
        part=part,
        form=form,
        facts=facts_of(shown, entry),
        written=keepers_version(serial),
        stamped=[ledger.field(name).label for name in part.stamps.values()],
        waits=entry.waits_for == part.id,
        until=term_of(part, entry.recorded_at) if entry.waits_for == part.id else None,
    )


def _part(request: Request, ledger: Ledger, entry: Entry, part_id: str) -> Confirming:
    """The part, where it may be written now and by the reader; otherwise 404."""
    for part in writable_parts(ledger, entry.values, entry.parts, entry.unit.kind):
        if part.id == part_id and confirming_hold(request.user, entry, part):
            return part
    raise Http404


def _refuse_unseen(request: Request, entry: Entry) -> None:
    """Refused where the form showed another version than the one that stands now: nobody decides on what he did not see."""
    if request.POST.get("version") != str(entry.version):
        raise Refused("本条目在您打开后已被更正，右侧已换成现在的内容；请重新查看，所填内容仍在，确认后再次提交。")


def _done(request: Request, entry: Entry, part: Confirming, form: ConfirmForm) -> str:
    """Confirm or send back, as the button says; what happened in words."""
    sight, opinion = request.POST.get(SIGHT, ""), request.POST.get(OPINION, "")
    if request.POST.get("do") == "return":
        flow.send_back(actor=request.user, entry=entry, part_id=part.id, sight=sight, opinion=opinion)
        return f"第{entry.serial}号条目已退回{entry.unit.name}。"
    flow.confirm(actor=request.user, entry=entry, part_id=part.id, values=form.given(), sight=sight, opinion=opinion)
    return f"已办理：{part.title}。"
