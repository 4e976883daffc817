"""Every ledger of the corpus: its samples are fit, its template opens, and what it exports is read back unchanged."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from kuangan.core.actions import create_unit, save_attachment
from kuangan.core.models import Unit, UnitKind
from kuangan.law.ledger import Ledger, ledgers
from kuangan.ledger.actions import add_entry
from kuangan.ledger.models import Entry
from kuangan.ledger.references import References
from kuangan.ledger.row_sheets import headings as headings_of
from kuangan.ledger.row_sheets import row_fields, sheet_title
from kuangan.ledger.sheet_rows import read_rows
from kuangan.ledger.sheets import ROWS_SHEET, columns, importable, template, workbook
from kuangan.ledger.values import MINE, EntryRefused, clean
from kuangan.mine.actions import add_face, create_mine
from kuangan.mine.models import Face, Mine
from tests.city import START, SmallCity


@pytest.fixture
def each_ledger(city) -> Iterator[Callable[[Callable[[Ledger, Unit], None]], dict[str, str]]]:
    """Runs a check on every ledger in one city; gives what failed, by ledger."""

    def run(check: Callable[[Ledger, Unit], None]) -> dict[str, str]:
        failed = {}
        for found in ledgers().values():
            try:
                check(found, keeper(found, city))
            except (EntryRefused, AssertionError) as failure:
                failed[found.id] = str(failure)
        return failed

    return run


def keeper(found: Ledger, city: SmallCity) -> Unit:
    """A unit of one of the kinds that keep the ledger; one that the small city lacks is added."""
    units = Unit.objects.filter(kind__in=found.keepers).order_by("pk")
    return units.first() or create_unit(
        actor=None,
        kind=found.keepers[0],
        code=f"1404-{found.keepers[0]}",
        name="示例市煤矿科",
        parent=city.units["area"],
    )


def samples(found: Ledger, unit: Unit, city: SmallCity) -> list[dict[str, Any]]:
    """The ledger's samples as they stand, with the things they name in being and a file where one must come."""
    rows = []
    for sample in found.sample:
        row = dict(sample)
        if unit.kind == UnitKind.mine and MINE in row:
            row[MINE] = unit.code
        for field in found.fields:
            _provide(field.kind, row.get(field.name), row, unit, city)
            for cells in row.get(field.name) or () if field.kind == "rows" else ():
                for column in field.columns:
                    _provide(column.kind, cells.get(column.name), row, unit, city)
            if field.kind == "files" and field.required:
                row[field.name] = [save_attachment(actor=city["city_section"], name="附件.txt", content=b"1").pk]
        rows.append(row)
    return rows


def _provide(kind: str, value: Any, row: dict[str, Any], unit: Unit, city: SmallCity) -> None:
    if value is None:
        return
    if kind == "mine" and not Mine.objects.filter(code=str(value)).exists():
        area = city.units["county_area"]
        made = create_unit(actor=None, kind="mine", code=str(value), name=f"示例{value}煤矿", parent=area, at=START)
        create_mine(actor=None, unit=made, county=area, supervisor=city.units["county"], at=START)
    if kind == "unit" and not Unit.objects.filter(code=str(value)).exists():
        area = city.units["county_area"]
        create_unit(actor=None, kind="county_bureau", code=str(value), name=f"单位{value}", parent=area, at=START)
    if kind == "face":
        mine = Mine.objects.get(code=str(row.get(MINE, unit.code)))
        if not Face.objects.filter(mine=mine, name=value).exists():
            add_face(actor=None, mine=mine, kind="coal_face", name=value, started_on=START.date(), at=START)


def test_there_are_ledgers():
    assert len(ledgers()) > 100


def test_every_sample_is_a_fit_entry(city, each_ledger):
    def check(found: Ledger, unit: Unit) -> None:
        for row in samples(found, unit, city):
            entry = add_entry(actor=None, ledger_id=found.id, unit=unit, values=row, at=START)
            assert entry.on is not None

    assert each_ledger(check) == {}


def test_every_template_opens_and_holds_the_sample(city, each_ledger):
    def check(found: Ledger, unit: Unit) -> None:
        samples(found, unit, city)
        book = load_workbook(BytesIO(template(found, References(unit))))
        headings = [str(cell.value).rstrip("*") for cell in book[ROWS_SHEET][1]]
        assert headings == [field.heading for field in columns(found)]
        assert len(set(headings)) == len(headings)
        assert book["样例"].max_row == 1 + len(found.sample)
        lists = sum(1 for field in columns(found) if field.kind in ("choice", "flag"))
        assert len(book[ROWS_SHEET].data_validations.dataValidation) >= lists
        assert book["填写说明"].max_row == 5 + len(columns(found)) + sum(
            len(field.columns) for field in row_fields(found)
        )
        for field in row_fields(found):
            assert [str(cell.value).rstrip("*") for cell in book[sheet_title(field)][1]] == headings_of(found, field)
            given = sum(len(row.get(field.name) or ()) for row in found.sample)
            assert book[f"样例-{sheet_title(field)}"].max_row == 1 + given

    assert each_ledger(check) == {}


def test_every_export_is_read_back_unchanged(city, each_ledger):
    def check(found: Ledger, unit: Unit) -> None:
        refs = References(unit)
        rows = samples(found, unit, city)
        for row in rows:
            add_entry(actor=None, ledger_id=found.id, unit=unit, values=row, at=START)
        entries = list(Entry.objects.filter(ledger=found.id).select_related("unit").order_by("pk"))
        content = workbook(found, [entries], frozenset({unit.pk}))
        back = read_rows(found, content).rows
        assert [row.number for row in back] == [number + 2 for number in range(len(rows))]
        if importable(found):
            again = [clean(found, row.given, refs, actor=None).values for row in back]
            assert again == [without_files(found, entry.values) for entry in entries]

    assert each_ledger(check) == {}


def without_files(found: Ledger, values: dict[str, Any]) -> dict[str, Any]:
    """What a sheet can hold of an entry."""
    names = {field.name for field in (*columns(found), *row_fields(found))}
    return {name: value for name, value in values.items() if name in names}
