"""Ledgers as Excel files: the template to fill in, and the export."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kuangan.base.clock import civil
from kuangan.base.text import clean_text
from kuangan.core.sheets.templates import FORMATS, GREY, Lists, head, hint, width
from kuangan.core.values import stored
from kuangan.core.values.kinds import REFERENCES
from kuangan.core.values.plain import is_empty
from kuangan.core.values.shown import NUMBERS, YES_NO, named
from kuangan.law.field import Field
from kuangan.law.instrument import cite_text
from kuangan.law.ledger import Ledger
from kuangan.ledger.models import Entry
from kuangan.ledger.references import MINE, References
from kuangan.ledger.row_sheets import headings, row_fields, sheet_fields, sheet_title
from kuangan.ledger.shown import EntryWords
from kuangan.ledger.sight import FormSight

MOST_ROWS: Final = 20_000
"""Rows one import takes; more are given in several files."""
ROWS_SHEET: Final = "登记表"
OWN_SHEETS: Final = ("填写说明", "样例", "选项")
SAMPLE_OF: Final = "样例-"
"""Before the name of a table's sheet, for the rows of the samples."""
"""The template's sheets beside it, which hold no rows."""
BEHIND: Final = ("条目号", "记录单位", "记录人", "记录时间")
"""Columns that an export adds and an import passes over."""
_WRAP = Alignment(vertical="top", wrap_text=True)


def columns(ledger: Ledger) -> tuple[Field, ...]:
    """The fields that a line holds: all but files and what others fill in, both on the entry's page, and tables, which have own sheets."""
    return tuple(
        field for field in ledger.fields if field.kind not in ("files", "rows") and field.name not in ledger.of_others
    )


def importable(ledger: Ledger) -> bool:
    """Whether whole entries fit in a sheet: not where a file must come with each."""
    return not any(field.required and field.kind == "files" for field in ledger.fields)


def template(ledger: Ledger, refs: References) -> bytes:
    """An empty sheet with lists to choose from, one for each table, one with explanations and one with the sample rows."""
    book = Workbook()
    rows, notes, samples, lists = (book.create_sheet(name) for name in (ROWS_SHEET, *OWN_SHEETS))
    book.remove(book.worksheets[0])
    offers = Lists(lists)
    _fill(rows, columns(ledger), [field.heading for field in columns(ledger)], ledger, refs, offers)
    for at, field in enumerate(row_fields(ledger), start=1):
        sheet = book.create_sheet(sheet_title(field), at)
        _fill(sheet, sheet_fields(ledger, field), headings(ledger, field), ledger, refs, offers)
        _sample_rows(book, ledger, field)
    lists.sheet_state = "hidden"
    _explain(notes, ledger)
    _head(samples, columns(ledger), [field.heading for field in columns(ledger)], ledger)
    for line in sample_entries(ledger):
        shown = EntryWords(ledger, [line])
        samples.append([shown.cell(line, field) for field in columns(ledger)])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(
    sheet: Any, fields: Sequence[Field], texts: Sequence[str], ledger: Ledger, refs: References, offers: Lists
) -> None:
    """Heading, formats and lists of an empty sheet."""
    _head(sheet, fields, texts, ledger)
    for index, field in enumerate(fields, start=1):
        letter = get_column_letter(index)
        number_format = FORMATS.get(field.kind, "General" if field.kind in NUMBERS else "@")
        sheet.column_dimensions[letter].number_format = number_format
        offers.offer(sheet, letter, _options(field, refs))


def _sample_rows(book: Workbook, ledger: Ledger, field: Field) -> None:
    """The rows of the samples, beside them."""
    sheet = book.create_sheet(f"{SAMPLE_OF}{sheet_title(field)}")
    _head(sheet, sheet_fields(ledger, field), headings(ledger, field), ledger)
    for number, line in enumerate(sample_entries(ledger), start=2):
        shown = EntryWords(ledger, [line])
        for cells in shown.row_cells(line, field):
            sheet.append([*_key_cells(ledger, shown, line, number), *cells])


def _key_cells(ledger: Ledger, shown: EntryWords, entry: Entry, line: int) -> list[Any]:
    """What names the entry in its tables' sheets."""
    return [shown.cell(entry, ledger.field(name)) for name in ledger.key] or [line]


def sample_entries(ledger: Ledger) -> list[Entry]:
    """The corpus's sample rows as unsaved entries, as far as each value can be read alone."""
    return [Entry(ledger=ledger.id, values=_sample_values(ledger, dict(row))) for row in ledger.sample]


def workbook(ledger: Ledger, entries: Iterable[Sequence[Entry]], open_units: frozenset[int]) -> bytes:
    """The entries (in chunks, with unit and recorder) as a file that an import reads back; text stays text."""
    book = Workbook(write_only=True)
    fields = tuple(field for field in ledger.fields if field.kind != "rows")
    sheet = _written_sheet(book, ROWS_SHEET, fields, [*(field.heading for field in fields), *BEHIND])
    tables = {
        field: _written_sheet(book, sheet_title(field), sheet_fields(ledger, field), headings(ledger, field))
        for field in row_fields(ledger)
    }
    line = 1
    for chunk in entries:
        shown = EntryWords(ledger, chunk, open_units)
        for entry in chunk:
            line += 1
            cells = [_cell(sheet, field, shown.cell(entry, field)) for field in fields]
            by = entry.recorded_by.display_name if entry.recorded_by else "平台"
            recorded = civil(entry.recorded_at).replace(tzinfo=None)
            sheet.append([*cells, entry.serial, *(_text_cell(sheet, text) for text in (entry.unit.name, by)), recorded])
            for field, table in tables.items():
                _write_rows(table, ledger, field, shown, entry, line)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _written_sheet(book: Workbook, title: str, fields: Sequence[Field], texts: Sequence[str]) -> Any:
    sheet = book.create_sheet(title)
    for index, field in enumerate(fields, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width(field)
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, text) for text in texts])
    return sheet


def _write_rows(sheet: Any, ledger: Ledger, field: Field, shown: EntryWords, entry: Entry, line: int) -> None:
    fields = sheet_fields(ledger, field)
    for cells in shown.row_cells(entry, field):
        values = [*_key_cells(ledger, shown, entry, line), *cells]
        sheet.append([_cell(sheet, field, value) for field, value in zip(fields, values, strict=True)])


def _sample_values(ledger: Ledger, row: dict[str, Any]) -> dict[str, Any]:
    values = {}
    for field in ledger.fields:
        given = row.get(field.name)
        if field.kind == "files" or is_empty(given):
            continue
        if field.kind == "rows":
            values[field.name] = [_as_stored(field.columns, cells) for cells in given or ()]
        else:
            values |= _as_stored((field,), row)
    return values


def _as_stored(fields: Iterable[Field], row: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as far as each can be read alone; references stay as they are written."""
    return {
        field.name: row[field.name] if field.kind in REFERENCES else stored(field, row[field.name])
        for field in fields
        if not is_empty(row.get(field.name))
    }


def _options(field: Field, refs: References) -> list[str]:
    if field.kind == "choice":
        return [label for _, label in field.choices]
    if field.kind == "flag":
        return list(YES_NO.values())
    offered = FormSight(refs).offered(field)
    if field.kind in ("mine", "unit", "entry", "point"):
        return [named(label, key) for key, label in offered]
    return [key for key, _ in offered] if field.kind == "face" else []


def _head(sheet: Any, fields: Sequence[Field], texts: Sequence[str], ledger: Ledger) -> None:
    starred = [text + ("*" if _must(ledger, field) else "") for field, text in zip(fields, texts, strict=True)]
    head(sheet, fields, starred)


def _must(ledger: Ledger, field: Field) -> bool:
    """A mine's own ledgers needn't name it."""
    return field.required and not (field.name == MINE and ledger.keepers == ("mine",))


def _explain(sheet: Any, ledger: Ledger) -> None:
    sheet.append([ledger.title])
    sheet.append([f"依据：{cite_text(ledger.cite)}"])
    sheet.append([ledger.help])
    sheet.append([f"在“{ROWS_SHEET}”自第 2 行起填写，一行一条，带 * 的必填；有一行不合要求，整个文件不导入。"])
    sheet.append(["栏目", "是否必填", "填写方式", "可选项或说明"])
    for field in columns(ledger):
        more = "、".join(label for _, label in field.choices) or field.help
        sheet.append([field.label, "必填" if _must(ledger, field) else "选填", hint(field), more])
    for table in row_fields(ledger):
        for field in table.columns:
            more = "、".join(label for _, label in field.choices) or field.help
            must = "必填" if field.required else "选填"
            sheet.append([f"{table.label}：{field.label}", must, f"工作表“{sheet_title(table)}”，{hint(field)}", more])
    for letter, wide in zip("ABCD", (24, 10, 36, 60), strict=True):
        sheet.column_dimensions[letter].width = wide
    for row in sheet.iter_rows(min_row=5):
        for cell in row:
            cell.alignment = _WRAP
    for index in (1, 5):
        for cell in sheet[index]:
            cell.font = Font(bold=True)


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font, cell.fill = Font(bold=True), GREY
    return cell


def _cell(sheet: Any, field: Field, value: Any) -> Any:
    """Text is marked as text, so that no spreadsheet takes it for a formula."""
    if value is None or (field.kind in NUMBERS and not isinstance(value, str)):
        return value
    if isinstance(value, str):
        return _text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = FORMATS[field.kind]
    return cell


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=clean_text(text))
    cell.data_type = "s"
    return cell
