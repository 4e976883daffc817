"""The roster of one unit for a month as a sheet: handed out with what stands already and lists to choose from, read back row by row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any, Final, NamedTuple

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from kuangan.base.period import Period
from kuangan.base.workshop import USUAL
from kuangan.city.book.reading import LONGEST_CELL, UNREADABLE, BookRow, read_book_sheet
from kuangan.city.book.sheets.rosters import SHEET
from kuangan.core.actions.rosters import SHIFT_STARTS_AT_HOUR, Slot, rostered_roles
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Roster, Shift, Unit
from kuangan.core.sheets.templates import FORMATS, Lists, head
from kuangan.core.sheets.workbooks import LISTS_SHEET, read_sheets
from kuangan.core.values import missing_text
from kuangan.law.role import Role

MOST_ROWS: Final = 3000
"""Rows of one month: thirty-one days, three shifts, some dozens of people in each."""
OF_A_UNIT: Final = replace(SHEET, fields=SHEET.fields[1:], key=SHEET.key[1:])
"""The workbook's sheet without the column that names the unit."""


class RosterFault(NamedTuple):
    """A row that cannot be taken: its number in the sheet, which column, and in words why and what to do."""

    number: int
    column: str
    text: str


def names_of_people(people: Sequence[Person]) -> dict[str, Person]:
    """People by the name under which a sheet and a list to choose from show them; two of one name with what tells them apart."""
    counted: dict[str, int] = {}
    for person in people:
        counted[person.name] = counted.get(person.name, 0) + 1
    return {
        person.name if counted[person.name] == 1 else f"{person.name}（{person.phone[-4:] or person.pk}）": person
        for person in people
    }


def roster_template(unit: Unit, month: Period, people: Sequence[Person], rosters: Iterable[Roster]) -> bytes:
    """The month's sheet: who stands on the roster already, and a row without a name for each shift that is empty."""
    roles = rostered_roles(unit)
    names = {person.pk: name for name, person in names_of_people(people).items()}
    held: dict[tuple[date, str], list[tuple[str, str]]] = {}
    for entry in rosters:
        shown = names.get(entry.person_id, entry.person.name)
        held.setdefault((entry.on, entry.shift), []).append((Role(entry.role).label, shown))
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = OF_A_UNIT.title
    lists = book.create_sheet(LISTS_SHEET)
    head(sheet, OF_A_UNIT.fields, [field.heading + ("*" if field.required else "") for field in OF_A_UNIT.fields])
    offers = Lists(lists)
    choices = {"shift": Shift.labels, "role": [role.label for role in roles], "person": list(names.values())}
    for index, field in enumerate(OF_A_UNIT.fields, start=1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].number_format = FORMATS.get(field.kind, "@")
        offers.offer(sheet, letter, [str(choice) for choice in choices.get(field.name, ())])
    for day in month.days:
        for shift in SHIFT_STARTS_AT_HOUR:
            for role_label, name in held.get((day, shift.value), [(roles[0].label, "")]):
                sheet.append([day, shift.label, role_label, name or None])
                sheet.cell(sheet.max_row, 1).number_format = FORMATS["date"]
    lists.sheet_state = "hidden"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def read_roster_sheet(
    content: bytes, unit: Unit, month: Period, people: Sequence[Person]
) -> tuple[dict[Slot, list[Person]], dict[Slot, int], list[RosterFault]]:
    """Who is to stand in which shift, the first row of each shift, and every row that cannot be taken.

    Rows without a name are passed over. Refused: no workbook, no such sheet, headings that are missing.
    """
    _, sheets = read_sheets(
        content, UNREADABLE, [OF_A_UNIT.title], most_rows=MOST_ROWS, longest=LONGEST_CELL, limits=USUAL
    )
    if OF_A_UNIT.title not in sheets:
        raise Refused(f"文件中没有“{OF_A_UNIT.title}”工作表，请下载本月模板填写。")
    if sheets[OF_A_UNIT.title].more:
        raise Refused(f"一个月的值班表最多 {MOST_ROWS} 行，请核对文件。")
    read = read_book_sheet(OF_A_UNIT, sheets[OF_A_UNIT.title], {})
    if read.fault:
        raise Refused(f"{read.fault}，请下载本月模板填写。")
    reader = _RowReader(unit, month, names_of_people(people))
    for book_row in read.rows:
        if book_row.faults.get("person") != missing_text(OF_A_UNIT.field_named("person")):
            reader.take(book_row)
    return reader.wanted, reader.first_rows, reader.faults


class _RowReader:
    """Takes rows one by one, and says of each what is wrong with it."""

    def __init__(self, unit: Unit, month: Period, names: Mapping[str, Person]) -> None:
        self._unit, self._month, self._names = unit, month, names
        self._roles = rostered_roles(unit)
        self.wanted: dict[Slot, list[Person]] = {}
        self.first_rows: dict[Slot, int] = {}
        self.faults: list[RosterFault] = []
        self._rows: dict[tuple[Slot, int], int] = {}

    def take(self, book_row: BookRow) -> None:
        wrong = dict(book_row.faults)
        on = date.fromisoformat(book_row.values["on"]) if "on" in book_row.values else None
        role = Role(book_row.values.get("role", self._roles[0]))
        person = self._names.get(str(book_row.values.get("person", "")))
        if on is not None and on not in self._month.days:
            wrong["on"] = f"不在{self._month.label}内，本表只填写这个月的班次"
        if role not in self._roles:
            wrong["role"] = f"{self._unit.name}不设“{role.label}”"
        if person is None and "person" not in wrong:
            wrong["person"] = self._stranger(str(book_row.values["person"]))
        if wrong or on is None or person is None:
            self._refuse(book_row.number, wrong)
            return
        slot = Slot(on, Shift(book_row.values["shift"]), role)
        if known := self._rows.get((slot, person.pk)):
            self._refuse(book_row.number, {"": f"与第 {known} 行重复，请删去一行"})
            return
        self._rows[slot, person.pk] = book_row.number
        self.first_rows.setdefault(slot, book_row.number)
        self.wanted.setdefault(slot, []).append(person)

    def _stranger(self, name: str) -> str:
        alike = [shown for shown in self._names if shown.startswith(f"{name}（")]
        if alike:
            return f"本单位有 {len(alike)} 名“{name}”，请写作：{'、'.join(alike)}"
        return f"本单位没有任职的“{name}”，请核对姓名，或者先登记岗位任职"

    def _refuse(self, number: int, wrong: Mapping[str, Any]) -> None:
        labels = {field.name: field.label for field in OF_A_UNIT.fields}
        self.faults += [RosterFault(number, labels.get(name, "整行"), text) for name, text in wrong.items()]
