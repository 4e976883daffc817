"""Rows that open cases: what an entry must say of them, the rows that stand for negative answers, and which of them open something."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from kuangan.base.numerals import date_text
from kuangan.law.field import Field
from kuangan.law.ledger import Ledger
from kuangan.law.procedure.ledger_rows import ANSWERS, Opens
from kuangan.ledger.former import day_of
from kuangan.ledger.models import Entry

NOTHING: Final = ("无", "无问题", "未发现问题", "没有发现问题")
"""What people write where there was nothing to write."""
TableRow = Mapping[str, Any]
Faults = dict[str, str]


def with_rows(ledger: Ledger, values: dict[str, Any]) -> tuple[dict[str, Any], Faults]:
    """The values with a row for each negative answer that none is about; and what is wrong with the rows, by field."""
    opens = ledger.opens
    if opens is None or isinstance(values.get(opens.table), str) or values.get(opens.closed):
        return values, {}
    given: list[TableRow] = list(values.get(opens.table, ()))
    negative = [name for name, wanted in opens.negative.items() if values.get(name) == wanted]
    wrong = [text for at, row in enumerate(given, 1) if (text := _fault(ledger, opens, row, at, negative))]
    spoken_of = {row.get(ANSWERS) for row in given}
    added = [_of_answer(ledger, opens, name, values) for name in negative if name not in spoken_of]
    rows = [*given, *added]
    faults = {opens.table: "；".join(wrong)} if wrong else _faults_of_days(ledger, opens, values, rows)
    return ({**values, opens.table: rows} if rows else values), faults


def rows_of(entry: Entry, ledger: Ledger) -> list[TableRow]:
    """The rows of an entry that open something: not those of an entry that says itself that all was put right."""
    opens = ledger.opens
    if opens is None or entry.voided or entry.values.get(opens.closed):
        return []
    return [row for row in all_rows(entry, opens) if not is_settled(opens, row)]


def all_rows(entry: Entry, opens: Opens) -> list[TableRow]:
    """The rows of an entry; none of a text of before."""
    rows = entry.values.get(opens.table)
    return list(rows) if isinstance(rows, list) else []


def is_settled(opens: Opens, row: TableRow) -> bool:
    """Whether a row says that nothing remains to be done."""
    return bool(row.get(opens.way.settled))


def opens_cases(entry: Entry, ledger: Ledger) -> bool:
    """Whether cases follow what the entry says; none follows a text of before, or what the entry says itself was put right."""
    opens = ledger.opens
    if opens is None or entry.values.get(opens.closed):
        return False
    return isinstance(entry.values.get(opens.table, []), list)


def due_of(opens: Opens, values: Mapping[str, Any], row: TableRow) -> str:
    """By when what a row names is to be done, as stored; "" where nothing says it."""
    return str(row.get(opens.way.due) or values.get(opens.due) or "")


def _fault(ledger: Ledger, opens: Opens, row: TableRow, at: int, negative: list[str]) -> str:
    """What is wrong with what a row is about."""
    item, answer = str(row[opens.item]).strip("。. "), row.get(ANSWERS)
    if item in NOTHING:
        return f"第 {at} 行：未发现问题的请留空，不要填写“{item}”"
    if answer and answer not in negative:
        return f"第 {at} 行：检查项“{ledger.field(answer).label}”未填为不符合，请改正其中一处"
    return ""


def _of_answer(ledger: Ledger, opens: Opens, name: str, values: Mapping[str, Any]) -> TableRow:
    asked = ledger.field(name)
    return {opens.item: f"{asked.label}：{_said(asked, values[name])}", ANSWERS: name}


def _said(field: Field, value: Any) -> str:
    return ("是" if value else "否") if field.kind == "flag" else dict(field.choices).get(value, str(value))


def _faults_of_days(ledger: Ledger, opens: Opens, values: Mapping[str, Any], rows: list[TableRow]) -> Faults:
    """Every row has its day, not before the entry's."""
    text = next(_wrong_days(opens, values, rows, day_of(ledger, values)), "")
    return {opens.due or opens.table: text} if text else {}


def _wrong_days(opens: Opens, values: Mapping[str, Any], rows: list[TableRow], on: date) -> Iterator[str]:
    for at, row in enumerate(rows, 1):
        if is_settled(opens, row):
            continue
        due = due_of(opens, values, row)
        if not due:
            yield f"第 {at} 行“{row[opens.item]}”没有整改期限，请填写"
        elif date.fromisoformat(due) < on:
            yield f"第 {at} 行“{row[opens.item]}”的整改期限不得早于{date_text(on)}"
