"""One entry with a file and one import, made when a row of the matrix first asks for it."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.core.actions import save_attachment
from kuangan.flow.credit.entries import record_entry
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.actions import preview_import
from kuangan.ledger.models import Entry, Import
from kuangan.ledger.references import References
from kuangan.ledger.sheets import ROWS_SHEET, template

LEDGER = "commissioner_patrol"
PATROL = {
    "patrolled_on": "2026-03-09",
    "mine": "140423900001",
    "person": "乙八",
    "shift": "morning",
    "underground": "是",
    "places": "1301工作面",
}


def patrol(world: Any, **values: object) -> Entry:
    """A patrol of the first mine, kept by the county's bureau."""
    return record_entry(
        actor=world.users["county_commissioner"],
        ledger_id=LEDGER,
        unit=world.city.units["county"],
        values=PATROL | values,
        at=clock.now(),
    )


def entry(world: Any) -> Entry:
    """That patrol with a photo list."""
    made = Entry.objects.filter(ledger=LEDGER).first()
    if made is not None:
        return made
    file = save_attachment(actor=world.users["county_commissioner"], name="照片说明.txt", content="一号".encode())
    return patrol(world, photos=[file.pk])


def address(world: Any) -> list[object]:
    """The arguments of the entry's addresses."""
    return [LEDGER, entry(world).serial]


def file_address(world: Any) -> list[object]:
    """The arguments of its file's address."""
    made = entry(world)
    return [LEDGER, made.serial, made.files.get().attachment_id]


def filled(rows: list[list[object]], world: Any, unit: str = "county", ledger_id: str = LEDGER) -> bytes:
    """The template with rows filled in."""
    book = load_workbook(BytesIO(template(ledger_by_id(ledger_id), References(world.city.units[unit]))))
    for row in rows:
        book[ROWS_SHEET].append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def uploaded(world: Any, rows: list[list[object]]) -> Import:
    """A sheet of patrols, previewed by the commissioner."""
    return preview_import(
        actor=world.users["county_commissioner"],
        ledger_id=LEDGER,
        unit=world.city.units["county"],
        name="巡查.xlsx",
        content=filled(rows, world),
    )


def sheet(world: Any) -> list[object]:
    """The arguments of an import's address."""
    made = Import.objects.first() or uploaded(
        world, [["2026-03-08", "云岭一号煤矿", "乙八", "早班", "否", "1302工作面"]]
    )
    return [LEDGER, made.pk]


def major_hazard(world: Any) -> Entry:
    """A major hazard of the first mine, put right, that waits for the county to accept it."""
    ledger = ledger_by_id("hazard_item")
    known = Entry.objects.filter(ledger=ledger.id, superseded_at=None).exclude(waits_for="").first()
    values = {**ledger.sample[0], "grade": "major"}
    unit = world.city.units["mine"]
    return known or record_entry(
        actor=world.users["mine_director"], ledger_id=ledger.id, unit=unit, values=values, at=clock.now()
    )


def part_address(world: Any) -> list[object]:
    """The arguments of the address at which the county accepts that hazard."""
    return ["hazard_item", major_hazard(world).serial, "major_acceptance"]


def request_address(world: Any) -> list[object]:
    """The arguments of the address at which the mine asks that a hazard for which nobody waits be lowered."""
    ledger = ledger_by_id("hazard_item")
    values = {**ledger.sample[0], "grade": "major", "place": "1305掘进工作面", "closed_on": ""}
    known = Entry.objects.filter(ledger=ledger.id, superseded_at=None, waits_for="").first()
    made = known or record_entry(
        actor=world.users["mine_director"],
        ledger_id=ledger.id,
        unit=world.city.units["mine"],
        values=values,
        at=clock.now(),
    )
    return [ledger.id, made.serial, "release"]
