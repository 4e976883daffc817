"""Excel sheets of collections: the superior's heading row read, and its sheet filled below it."""

from collections.abc import Sequence
from typing import Any, Final

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.sheets.workbooks import made_of_workbook
from kuangan.core.store import read_content
from kuangan.office.actions.collections import keep_headings
from kuangan.office.columns import ReturnColumn
from kuangan.office.models import Collection, Return

FILLING: Final = "kuangan.core.sheets.filling"
NO_SHEET: Final = "表样不是有效的 Excel 工作簿（.xlsx），请另存后重新上传。"
BUILT_IN: Final = {
    "序号": "number",
    "单位": "unit",
    "单位名称": "unit",
    "填报单位": "unit",
    "煤矿": "unit",
    "煤矿名称": "unit",
    "县（区）": "county",
    "县区": "county",
    "县市区": "county",
    "所属县（区）": "county",
    "报送时间": "at",
    "填报时间": "at",
    "签报人": "signer",
    "填报人": "signer",
}
"""Headings that the platform fills by itself."""


def headings_of(content: bytes) -> tuple[int, list[str]]:
    """The last row of a sheet's headings (the row with the most texts near the top, and what is merged with it) and the headings.

    Refused: not a workbook, no row with two headings, rows below them that could not be filled.
    """
    headings = made_of_workbook("headings", NO_SHEET, content, module=FILLING)
    return headings["last"], headings["headings"]


def kept_headings(collection: Collection) -> list[str]:
    """The headings of a collection's sheet, read once and kept with it; none for a sheet that can't be filled (any more)."""
    if collection.template is None:
        return []
    if collection.headings is None:
        try:
            collection.headings = headings_of(read_content(collection.template.sha256))[1]
        except Refused:
            collection.headings = []  # the export says why
        keep_headings(collection=collection, headings=collection.headings)
    return list(collection.headings)


def own_headings(headings: Sequence[str]) -> list[str]:
    """The headings that must be reported, without those the platform fills."""
    return [heading for heading in headings if heading and heading not in BUILT_IN]


def unmatched(headings: Sequence[str], columns: Sequence[ReturnColumn]) -> list[str]:
    """Headings for which the form has no column; they stay empty in the export."""
    known = {*BUILT_IN, *(column.field.label for column in columns), *(column.heading for column in columns)}
    return [heading for heading in headings if heading and heading not in known]


def sheet_of(collection: Collection, columns: Sequence[ReturnColumn], returns: Sequence[Return]) -> bytes:
    """The returns in the superior's sheet, or in the platform's own layout where none was given or it can't be filled."""
    contents = [_values(unit_return, columns, number) for number, unit_return in enumerate(returns, 1)]
    note = ""
    if collection.template is not None:
        try:
            content = read_content(collection.template.sha256)
            filled: bytes = made_of_workbook("filled", NO_SHEET, content, contents, module=FILLING)
        except Refused as refused:
            note = f"未按上级表样导出：{refused.message}"
        else:
            return filled
    headings = ["序号", "县（区）", "单位名称", *(column.heading for column in columns), "报送时间", "签报人"]
    made: bytes = made_of_workbook("own", NO_SHEET, collection.title, headings, contents, note, module=FILLING)
    return made


def _values(unit_return: Return, columns: Sequence[ReturnColumn], number: int) -> dict[str, Any]:
    """What each heading shows for one return."""
    at = clock.civil(unit_return.submitted_at).replace(tzinfo=None) if unit_return.submitted_at else None
    built_in = {
        "number": number,
        "unit": unit_return.unit.name,
        "county": unit_return.county.name if unit_return.county else "",
        "at": at,
        "signer": unit_return.signed_by.display_name if unit_return.signed_by else "",
    }
    values: dict[str, Any] = {heading: built_in[key] for heading, key in BUILT_IN.items()}
    for column in columns:
        value = _cell(column, unit_return.values.get(column.field.name) if unit_return.submitted_at else None)
        values[column.field.label] = values[column.heading] = value
    return values


def _cell(column: ReturnColumn, value: Any) -> Any:
    if value is None or column.field.kind == "number":
        return value
    if column.field.kind == "decimal":
        return float(value)
    if column.field.kind == "flag":
        return "是" if value else "否"
    return str(value)
