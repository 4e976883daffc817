"""The part of `kuangan bench ledgers` that runs in a child with Django: one mine's sheet, from upload to entries."""

import json
import secrets
import time
from datetime import timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from kuangan.base import clock
from kuangan.core.actions import appoint, create_person, create_post, create_user
from kuangan.core.models import User
from kuangan.flow.credit.imports import import_rows
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.law.role import Role
from kuangan.ledger.actions import confirm_import, preview_import
from kuangan.ledger.models import Entry
from kuangan.ledger.sheets import ROWS_SHEET, columns
from kuangan.mine.models import Mine

LEDGER = "violation"
"""A ledger that rules read, so that what follows from entries is measured, too."""


def take_sheet(size: str) -> None:
    """Prints seconds of preview and of writing, the number of entries and the size of the sheet."""
    mine = Mine.objects.select_related("unit").order_by("code")[0]
    clerk, ledger, at = _clerk(mine), ledger_by_id(LEDGER), clock.now()
    sheet = _sheet(ledger, int(size))
    begun = time.perf_counter()
    imported = preview_import(actor=clerk, ledger_id=ledger.id, unit=mine.unit, name="测量.xlsx", content=sheet, at=at)
    previewed = time.perf_counter()
    confirm_import(actor=clerk, imported=imported, at=at)
    import_rows(imported, at)
    told = {
        "preview_s": round(previewed - begun, 2),
        "import_s": round(time.perf_counter() - previewed, 2),
        "entries": Entry.objects.filter(ledger=ledger.id).count(),
        "sheet_bytes": len(sheet),
        "columns": len(columns(ledger)),
    }
    print(json.dumps(told))


def _clerk(mine: Mine) -> User:
    person = create_person(actor=None, name="测量员", unit=mine.unit)
    post = create_post(actor=None, unit=mine.unit, title="经办人", role=Role.clerk)
    appoint(actor=None, post=post, person=person)
    return create_user(actor=None, username="bench", person=person, password=secrets.token_urlsafe(24))


def _sheet(ledger: Ledger, size: int) -> bytes:
    """What must be filled of the ledger's samples, so many times, each row by another person on another day."""
    fields, today = [field for field in columns(ledger) if field.required], clock.civil_date(clock.now())
    labels = {field.name: dict(field.choices) for field in fields}
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ROWS_SHEET)
    sheet.append([field.heading for field in fields])
    for number in range(size):
        sample: dict[str, Any] = dict(ledger.sample[number % len(ledger.sample)])
        sample |= {
            ledger.dated: (today - timedelta(days=number % 300)).isoformat(),
            "employee_number": f"G{number:05d}",
        }
        line = [labels[field.name].get(str(sample.get(field.name)), sample.get(field.name)) for field in fields]
        sheet.append([None if value is None else str(value) for value in line])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
