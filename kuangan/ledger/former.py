"""Columns of records from before: filled in for days on which problems were not yet followed one by one here, and for no others."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from kuangan.base.clock import civil_date
from kuangan.core.values import typed
from kuangan.law.ledger import Ledger
from kuangan.law.local import local
from kuangan.law.time.dated import NotInForce

OF_BEFORE: Final = "本栏仅用于补录此前的记录，请留空"
NOT_YET: Final = "登记时请留空：逐条下达后在办件中报送、复查销号，全部办结后再更正填写"


def takes_former(on: date) -> bool:
    """Whether a record of this day may say in these columns what has become of it."""
    try:
        return bool(local("ledger.former_columns", on).value)
    except NotInForce:
        return True


def day_of(ledger: Ledger, values: Mapping[str, Any]) -> date:
    """The day of an entry whose values are known to be right."""
    dated: date = typed(ledger.field(ledger.dated), values[ledger.dated])
    return civil_date(dated) if isinstance(dated, datetime) else dated


def faults_of_former(ledger: Ledger, values: Mapping[str, Any], old: Mapping[str, Any] | None) -> dict[str, str]:
    """What is wrong where such a column is filled in anew, and where a new entry says itself that all it found was put right.

    ``old``: the stored values of the version that is corrected, None for a new entry. What stands there may stay, and a record from
    before its table had rows may be completed.
    """
    opens = ledger.opens
    if old is not None and opens is not None and isinstance(old.get(opens.table), str):
        return {}
    texts = {field.name: OF_BEFORE for field in ledger.fields if field.former}
    if opens is not None and opens.closed and old is None:
        texts = {opens.closed: NOT_YET} | texts
    filled = {name: text for name, text in texts.items() if values.get(name) is not None and name not in (old or {})}
    return filled if filled and not takes_former(day_of(ledger, values)) else {}
