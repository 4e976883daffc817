"""One entry of a ledger: what it says, who wrote which part of it, its history, and what follows from it."""

from django.http import FileResponse, Http404, HttpResponse

from kuangan.base import clock
from kuangan.casework.queries import cases_of_entry
from kuangan.flow.credit.answering import answers_to, file_in_sight
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.law.procedure.confirming import Confirming
from kuangan.law.register import measure
from kuangan.ledger import actions
from kuangan.ledger.confirming import is_too_late, requestable_parts, unconfirmed_fields, writable_parts
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import (
    confirmations_told,
    confirming_hold,
    units_kept_by,
    versions_visible_to,
)
from kuangan.ledger.shown import EntryWords, TableShown, own_units
from kuangan.web.cases.lists import OF_ENTRY
from kuangan.web.duties.links import duties_of_entry
from kuangan.web.duties.words import duty_rows
from kuangan.web.frame.doors import door
from kuangan.web.frame.files import open_attachment
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare
from kuangan.web.ledgers.ledgers import READERS, ledger_in_sight
from kuangan.web.ledgers.lists import CHANGES, DUTIES, answer_columns, confirmation_columns

CASES_SHOWN = 100
DUTIES_SHOWN = 20
"""Duties that the page of an entry names."""


@door(*READERS)
def entry(request: Request, ledger_id: str, serial: int) -> HttpResponse:
    """One entry with all its versions; personal data masked for those outside the keeping unit."""
    return _entry_page(request, ledger_id, serial, own_units(request.user))


@door(*READERS, methods=("POST",))
def open_entry(request: Request, ledger_id: str, serial: int) -> HttpResponse:
    """One entry in clear: who reads personal data of others does so by an act that is recorded."""
    ledger = ledger_in_sight(request, ledger_id)
    actions.open_entry(actor=request.user, entry=_versions(request, ledger, serial)[0])
    return _entry_page(request, ledger_id, serial, None)


def _entry_page(request: Request, ledger_id: str, serial: int, open_to: frozenset[int] | None) -> HttpResponse:
    ledger = ledger_in_sight(request, ledger_id)
    versions = _versions(request, ledger, serial)
    shown = EntryWords(ledger, versions, open_to)
    newest = versions[0]
    units = units_kept_by(request.user, ledger)
    may_write = not newest.voided and any(unit.pk == newest.unit_id for unit in units)
    acts = list(confirmations_told(request.user, newest))
    made = {act.entry_id: act for act in acts if act.accepted}
    return show(
        request,
        "ledgers/entry/entry.html",
        ledger=ledger,
        measure=measure(ledger.measure),
        entry=newest,
        facts=facts_of(shown, newest),
        history=[
            (version, Table(CHANGES, _changes(shown, version, older), style="", labelled=False))
            for version, older in zip(versions, [*versions[1:], None], strict=True)
        ],
        cases=bare(OF_ENTRY, list(cases_of_entry(request.user, serial)[:CASES_SHOWN])),
        duties=bare(DUTIES, duty_rows(list(duties_of_entry(request.user, newest)[:DUTIES_SHOWN]), clock.now())),
        answers=bare(answer_columns(newest), answers_to(request.user, newest)),
        acts=bare(confirmation_columns(ledger), acts),
        made=made,
        written=next((version for version in versions if version.pk not in made), newest),
        waiting=_waiting_words(ledger, newest),
        offers=[] if newest.voided else _offers(request, ledger, newest),
        masked=any(shown.masks_any(version) for version in versions),
        opened=open_to is None,
        names_mine=any(field.name == "mine" for field in ledger.fields),
        may_write=may_write,
        requests=requestable_parts(ledger, newest) if may_write else (),
    )


@door(*READERS)
def entry_file(request: Request, ledger_id: str, serial: int, attachment_id: int) -> FileResponse:
    """A file of an entry, for whoever sees the entry."""
    ledger = ledger_in_sight(request, ledger_id)
    attachment = file_in_sight(request.user, ledger.id, serial, attachment_id)
    if attachment is None:
        raise Http404
    return open_attachment(attachment)


def _versions(request: Request, ledger: Ledger, serial: int) -> list[Entry]:
    entries = versions_visible_to(request.user, ledger.id).filter(serial=serial)
    versions = list(entries.select_related("unit", "mine", "recorded_by__person").order_by("-version"))
    if not versions:
        raise Http404
    return versions


def _offers(request: Request, ledger: Ledger, entry: Entry) -> list[Confirming]:
    """The parts that the reader may write now."""
    parts = writable_parts(ledger, entry.values, entry.parts, entry.unit.kind)
    return [part for part in parts if confirming_hold(request.user, entry, part)]


def _waiting_words(ledger: Ledger, entry: Entry) -> str:
    """What somebody else still has to write, or has not written in time; "" for nothing."""
    if not entry.waits_for:
        return ""
    part = ledger.part(entry.waits_for)
    if is_too_late(ledger, part, entry.values, clock.now()):
        return f"已过{ledger.field(part.before).label}，未办理{part.title}"
    return f"待{part.who}办理：{part.title}"


def facts_of(shown: EntryWords, newest: Entry) -> list[tuple[Field, str, object, TableShown | None, str]]:
    """Each field with its text, its files and its table, as far as it has them, and who writes it where that is not the keeper."""
    ledger = shown.ledger
    kind = newest.unit.kind
    alone = unconfirmed_fields(ledger, newest.values, newest.parts, kind)
    fitting = [part for part in ledger.confirmations if part.is_for(kind) and part.fits(newest.values)]
    writers = {name: part.who for part in fitting for name in part.fields}
    return [
        (
            field,
            shown.text(newest, field),
            shown.attachments(newest, field) if field.kind == "files" else (),
            shown.table(newest, field),
            "登记单位自行填写，未经确认" if field.name in alone else writers.get(field.name, ""),
        )
        for field in ledger.fields
        if not field.former or field.name in newest.values
    ]


def _changes(shown: EntryWords, version: Entry, older: Entry | None) -> list[tuple[str, str, str]]:
    """What a version changed: label, before, after."""
    if older is None:
        return []
    fields = [field for field in shown.ledger.fields if version.values.get(field.name) != older.values.get(field.name)]
    return [(field.label, shown.text(older, field), shown.text(version, field)) for field in fields]
