"""台账: the ledgers one keeps or sees, a ledger's entries, and the sheet to print or export."""

from collections.abc import Iterator
from itertools import islice

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html

from kuangan.base import clock
from kuangan.law import ledger as law
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.law.register import measure, tasks
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import (
    ledgers_of,
    tallies_in_sight,
    units_kept_by,
    versions_visible_to,
    writers,
)
from kuangan.ledger.renewal import is_due
from kuangan.ledger.sheets import importable, workbook
from kuangan.ledger.shown import EntryWords, own_units
from kuangan.web.frame.doors import MINE, OVERSEERS, door, holds_of
from kuangan.web.frame.files import xlsx
from kuangan.web.frame.lists import EXPORT_LIMIT, EXPORTS, Filters, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import joined, link
from kuangan.web.frame.tables import Table, table
from kuangan.web.ledgers.filters import EntryFilters, entry_listing
from kuangan.web.ledgers.lists import LEDGERS, LedgerLine, entry_columns, print_columns, task_of

READERS = (*OVERSEERS, *MINE)
CHUNK = 2000
COLUMNS = 7
"""Columns of a list beside day and unit; the rest stands on the entry's page."""
PRINTED = 2000


class LedgerFilters(Filters):
    q = forms.CharField(label="台账名称", max_length=60)
    task = forms.ChoiceField(label="任务", choices=())
    only = forms.ChoiceField(
        label="范围", choices=(("", "全部"), ("kept", "本人登记的"), ("due", "应更新未更新"), ("filled", "已有条目"))
    )

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        field = self.fields["task"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部任务"), *((str(task.number), f"{task.number} {task.title}") for task in tasks())]

    def leaves(self, line: LedgerLine) -> bool:
        q, task, only = self.chosen("q"), self.chosen("task"), self.chosen("only")
        tests = {"kept": line.kept, "due": line.due, "filled": line.entries > 0}
        return (
            (not q or q in line.ledger.title)
            and (not task or str(line.measure.task) == task)
            and (not only or tests[only])
        )


@door(*READERS)
def ledgers(request: Request) -> HttpResponse:
    """The ledgers one may keep or see, by measure."""
    filters = LedgerFilters(request)
    lines = [line for line in _lines(request) if filters.leaves(line)]
    lines_shown = table(
        request,
        LEDGERS,
        lines,
        filters,
        group=task_of,
        nothing=none_of("台账", filters),
        hint="您目前没有登记或查看台账的岗位，请联系系统管理员。",
        unexported=True,
    )
    return show(request, "ledgers/list.html", table=lines_shown)


@door(*READERS)
def ledger(request: Request, ledger_id: str) -> HttpResponse:
    ledger = ledger_in_sight(request, ledger_id)
    filters = EntryFilters(request, ledger)
    filtered = filters.applied(request)
    if wants_export(request):
        return _export(request, ledger, filtered)
    page = entry_listing(request, filtered.select_related("unit"), filters)
    shown = EntryWords(ledger, page.rows, own_units(request.user))
    keeps = bool(units_kept_by(request.user, ledger))
    entries = Table(
        entry_columns(ledger, shown, listed(ledger)),
        shown.entries,
        nothing=none_of("条目", filters),
        hint=_first_entry(ledger, keeps=keeps),
        list=page,
        request=request,
    )
    return show(
        request,
        "ledgers/ledger.html",
        ledger=ledger,
        measure=measure(ledger.measure),
        table=entries,
        keeps=keeps,
        importable=importable(ledger),
    )


def _first_entry(ledger: Ledger, *, keeps: bool) -> str:
    """What stands in place of a list of no entries, with the ways to the first one for who keeps the ledger."""
    if not keeps:
        return "近一年没有登记。"
    form = link(reverse("new_entry", args=[ledger.id]), "登记第一条")
    sheet = link(reverse("import_entries", args=[ledger.id]), "从 Excel 导入") if importable(ledger) else None
    return format_html("近一年没有登记。可{}。", joined(form, sheet, by="，或"))


@door(*READERS)
def print_ledger(request: Request, ledger_id: str) -> HttpResponse:
    """The filtered entries as a table for A4 paper, personal data masked for outsiders."""
    ledger = ledger_in_sight(request, ledger_id)
    filters = EntryFilters(request, ledger)
    entries = list(filters.applied(request).select_related("unit")[: PRINTED + 1])
    shown = EntryWords(ledger, entries[:PRINTED], own_units(request.user))
    fields = [field for field in ledger.fields if field.kind != "files"]
    lines = Table(
        print_columns(shown, fields), enumerate(shown.entries, 1), "没有符合条件的条目。", style="a4", labelled=False
    )
    more = len(entries) > PRINTED
    return show(
        request,
        "ledgers/print.html",
        ledger=ledger,
        table=lines,
        more=more,
        printed=PRINTED,
        since=filters.chosen("since"),
        until=filters.chosen("until"),
    )


def ledger_in_sight(request: Request, ledger_id: str) -> Ledger:
    """The ledger if the person may keep or see it, otherwise 404."""
    ledger = law.ledgers().get(ledger_id)
    if ledger is None or all(ledger.id != ledger_id for ledger in ledgers_of(request.user)):
        raise Http404
    return ledger


def current_entry(request: Request, ledger: Ledger, serial: int) -> Entry:
    """The last version of an entry in sight, otherwise 404."""
    entries = versions_visible_to(request.user, ledger.id).filter(serial=serial, superseded_at=None)
    return get_object_or_404(entries.select_related("unit", "mine__unit"))


def listed(ledger: Ledger) -> list[Field]:
    """The fields that a list shows beside day and unit."""
    return [field for field in ledger.fields if field.listed and not field.sealed and field.name != ledger.dated][
        :COLUMNS
    ]


def _lines(request: Request) -> list[LedgerLine]:
    ledgers = ledgers_of(request.user)
    counted = tallies_in_sight(request.user, ledgers)
    today = clock.civil_date(clock.now())
    lines = []
    for ledger in ledgers:
        entries, newest = counted.get(ledger.id, (0, None))
        kept = any(hold.role in writers(ledger) and hold.unit.kind in ledger.keepers for hold in holds_of(request))
        lines.append(LedgerLine(ledger, measure(ledger.measure), entries, newest, is_due(ledger, newest, today), kept))
    return lines


def _export(request: Request, ledger: Ledger, entries: QuerySet[Entry]) -> HttpResponse:
    """An Excel file that an import reads back; personal data masked for those outside the keeping unit."""
    with_names = entries.select_related("unit", "recorded_by__person")[:EXPORT_LIMIT]
    with EXPORTS.turn():
        content = workbook(ledger, _chunks(with_names.iterator(CHUNK)), own_units(request.user))
    stamp = clock.civil(clock.now()).strftime("%Y%m%d-%H%M")
    return xlsx(content, f"{ledger.title}-{stamp}.xlsx")


def _chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while chunk := list(islice(entries, CHUNK)):
        yield chunk
