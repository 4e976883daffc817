"""Rankings: what the platform does not carry yet, and what nobody can know, counts for and against nobody."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kuangan.base.period import parse_period
from kuangan.casework.models import Finding
from kuangan.law.clause import NONE, clauses
from kuangan.law.content import rules
from kuangan.law.duty.obligation_file import obligation_by_id
from kuangan.overview.board import clauses as board_clauses
from kuangan.overview.board.counts import Counts
from kuangan.overview.figures.duty_rates import share
from kuangan.overview.figures.report_figures import Ranking, ranking
from tests.db.board.conftest import AT, done, owe

QUARTER = parse_period("2026-Q1")
EARLY = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
LAW, OTHER = "alarms_handled_each_month", "county_coal_meeting"


@pytest.fixture
def unbuilt(monkeypatch):
    """Makes clauses into ones that the platform does not carry yet."""

    def make(*ids: str) -> None:
        known = {key: replace(clause, built=NONE) if key in ids else clause for key, clause in clauses().items()}
        monkeypatch.setattr(board_clauses, "clauses", lambda: known)
        _forget()

    yield make
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    board_clauses.unbuilt.cache_clear()
    board_clauses.unbuilt_rules.cache_clear()


def ranked(city) -> Ranking:
    return ranking(city.units["area"], QUARTER, AT)


def places(city) -> dict[str, tuple[int, str, int]]:
    """Rank, rate and breaches of each mine."""
    return {line.key: (line.rank, line.rate, line.breached) for line in ranked(city).mines}


@pytest.fixture
def compared(city):
    """Two mines that did what they owed; the first owes something more, and a rule found something about it."""
    for mine in city.mines.values():
        owe(mine.unit, "1.1", mine=mine, **done(EARLY))
    owe(city.mine.unit, "1.1", mine=city.mine, obligation=LAW)
    asked = {*obligation_by_id(LAW).clauses, *obligation_by_id(OTHER).clauses}
    rule = next(rule for rule in rules() if rule.clauses and not asked.intersection(rule.clauses))
    Finding.objects.create(
        rule=rule.id, measure=rule.measure, mine=city.mine, path=city.mine.unit.path, subject="x", reason="x",
        corpus_digest="0" * 64, found_at=EARLY,
    )  # fmt: skip
    return rule


def test_what_only_unbuilt_clauses_ask_of_a_mine_changes_no_place(city, compared, unbuilt):
    first, second = city.mine.code, city.mines["second"].code
    assert places(city) == {second: (1, "100.0%", 0), first: (2, "50.0%", 1)}
    (county,) = ranked(city).counties
    assert (county.rate, county.breached) == ("66.7%", 1)
    unbuilt(*obligation_by_id(LAW).clauses)
    assert places(city) == {first: (1, "100.0%", 1), second: (1, "100.0%", 0)}
    unbuilt(*obligation_by_id(LAW).clauses, *compared.clauses)
    assert places(city)[first] == (1, "100.0%", 0)
    (county,) = ranked(city).counties
    assert (county.rate, county.breached) == ("100.0%", 0)


def test_what_a_built_clause_asks_too_counts(city, compared, unbuilt):
    unbuilt(*compared.clauses)
    assert places(city)[city.mine.code] == (2, "50.0%", 0)


def test_what_is_unknown_or_clear_moves_no_rate_and_who_owes_nothing_has_no_place(city):
    assert share(Counts(due=1, met=1, unknown=9, clear=3)) == Decimal("100.0")
    assert share(Counts(unknown=9)) is None
    assert ranked(city).mines == ()
