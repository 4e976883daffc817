"""The parts of an obligation's file: what sets it off, what shows that it was done, for whom each, who is told when."""

from datetime import timedelta
from typing import Final

from kuangan.base.clock import beijing_midnight
from kuangan.law.duty.obligation import LADDER_TO, WITHIN, DueExample, Evidence, OwedByEach, Rung, Trigger
from kuangan.law.ledger import ledgers
from kuangan.law.local import settled
from kuangan.law.source import YamlTable

_EVIDENCE: Final = (
    *("ledger", "where", "needs", "says", "person", "producing", "year", "fresh", "names", "sent"),
    *("verified", "paper", "file", "auto"),
)


_EVENT: Final = ("ledger", "where", "move", "owner", "due", "before", "again", "among", "least", "waits")


def trigger_of(obligation_table: YamlTable) -> Trigger:
    """What sets an obligation of events off. Raises :class:`CorpusError`."""
    table = obligation_table.table("event").only(*_EVENT)
    ledger, move = table.text("ledger", ""), table.text("move", "")
    if bool(ledger) == bool(move):
        raise table.error("event: name a ledger or a move, not both and not neither")
    named = (table.text("owner", ""), table.text("due", ""), table.text("among", ""))
    _check_fields(table, ledger, [*table.get("where", {}), *filter(None, named)])
    before, least = (
        table.table(key).only("local").text("local") if key in table else "" for key in ("before", "least")
    )
    if (before or least) and not table.text("due", ""):
        raise table.error("before, least: only with a day in the field 'due'", "due")
    _check_part(table, ledger, "waits")
    return Trigger(
        ledger,
        dict(table.get("where", {})),
        move,
        table.text("owner", ""),
        table.text("due", ""),
        before,
        table.flag("again", default=False),
        table.text("among", ""),
        least,
        table.text("waits", ""),
    )


def _check_part(table: YamlTable, ledger_id: str, key: str) -> None:
    named = table.text(key, "")
    if named and (ledger_id not in ledgers() or all(part.id != named for part in ledgers()[ledger_id].confirmations)):
        raise table.error(f"{key}: the ledger has no confirmation {named!r}", key)


def evidence_of(table: YamlTable) -> Evidence:
    """One kind of evidence. Raises :class:`CorpusError`."""
    table.only(*_EVIDENCE)
    kinds = [key for key in ("ledger", "paper", "file", "auto") if table.get(key)]
    if len(kinds) != 1:
        raise table.error("evidence: name exactly one of ledger, paper, file, auto")
    person, fresh, sent = table.text("person", ""), table.text("fresh", ""), table.text("sent", "")
    names = {key: str(name) for key, name in table.get("names", {}).items()}
    _check_fields(
        table,
        table.text("ledger", ""),
        [
            *table.get("where", {}),
            *table.texts("needs"),
            *table.texts("says"),
            *table.get("year", {}),
            *names,
            *filter(None, (person, fresh, sent)),
        ],
    )
    _check_part(table, table.text("ledger", ""), "verified")
    return Evidence(
        ledger=table.text("ledger", ""),
        where=dict(table.get("where", {})),
        needs=table.texts("needs"),
        says=table.texts("says"),
        person=person,
        producing=table.flag("producing", default=False),
        year={key: int(more) for key, more in table.get("year", {}).items()},
        fresh=fresh,
        names=names,
        sent=sent,
        verified=table.text("verified", ""),
        paper=table.text("paper", ""),
        file=table.flag("file", default=False),
        auto=table.text("auto", ""),
    )


def each_of(obligation_table: YamlTable) -> OwedByEach:
    """Of whom each is owed once. Raises :class:`CorpusError`."""
    table = obligation_table.table("each").only("who", "field", "ledger", "units", "name", "within")
    scope = OwedByEach(
        table.text("who"),
        table.text("field"),
        table.text("ledger", ""),
        table.text("units", ""),
        table.text("name", ""),
        table.text("within", "unit"),
    )
    if scope.units not in ("", "county_bureau"):
        raise table.error("units: only the bureaus of the counties make a list of units", "units")
    if scope.within not in WITHIN:
        raise table.error(f"within: {scope.within!r}; write one of {', '.join(WITHIN)}", "within")
    _check_fields(table, scope.ledger, [scope.name] if scope.ledger else [])
    for evidence in obligation_table.tables("evidence"):
        if not evidence.text("ledger", ""):
            raise evidence.error("each: only entries of a ledger say whom they are about")
        _check_fields(evidence, evidence.text("ledger"), [scope.field])
    return scope


def _check_fields(table: YamlTable, ledger_id: str, names: list[str]) -> None:
    if not ledger_id:
        return
    if ledger_id not in ledgers():
        raise table.error(f"no ledger {ledger_id!r} in corpus/ledgers")
    known = {field.name for field in ledgers()[ledger_id].fields}
    for name in names:
        if name not in known:
            raise table.error(f"ledger {ledger_id} has no field {name!r}")


def ladder_of(table: YamlTable) -> tuple[Rung, ...]:
    """Who is told when; the usual ladder where the file writes none. Raises :class:`CorpusError`."""
    tables = table.tables("ladder")
    written = [(rung.text("after"), rung.text("to")) for rung in tables]
    usual = [tuple(str(rung).rsplit(" ", 1)) for rung in settled("duty.ladder")]
    return tuple(_rung(table, after, to) for after, to in written or usual)


def _rung(table: YamlTable, after: str, to: str) -> Rung:
    if to not in LADDER_TO:
        raise table.error(f"ladder: {to!r}; write one of {', '.join(LADDER_TO)}", "ladder")
    count, _, unit = after.partition(" ")
    try:
        return Rung(timedelta(**{unit: int(count)}), to)
    except (TypeError, ValueError):
        raise table.error(f"ladder: after {after!r}; write for example '-3 days', '12 hours'", "ladder") from None


def example_of(table: YamlTable) -> DueExample:
    """A worked example. Raises :class:`CorpusError`."""
    table.only("period", "due", "times", "named")
    return DueExample(
        table.text("period"),
        beijing_midnight(table.day("due")),
        int(table.get("times", 1)),
        table.optional_day("named"),
    )
