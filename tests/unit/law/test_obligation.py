from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import parse_period
from kuangan.law.duty.obligation_file import read_obligation
from kuangan.law.ledger import read_ledger
from kuangan.law.source import CorpusError
from kuangan.law.time.calendar import workdays

OBLIGATION = """\
id: sample
title: 样例义务
measure: "1.1"
clauses: [1.1e]
owner: county_government
role: government_head
scope: unit
cadence: {cadence}
{more}
evidence:
  - {{file: true}}
valid_from: 2024-01-01
cite: register 1.1
confidence: S
"""


def written(tmp_path: Path, cadence: str = "month", more: str = "due: end") -> Path:
    path = tmp_path / "sample.yaml"
    path.write_text(OBLIGATION.format(cadence=cadence, more=more), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("cadence", "due", "period", "first_too_late"),
    [
        ("month", "end", "2026-02", date(2026, 3, 1)),
        ("month", "day 25", "2026-02", date(2026, 2, 26)),
        ("month", "day 31", "2026-02", date(2026, 3, 1)),
        ("quarter", "day 25", "2026-Q1", date(2026, 3, 26)),
        ("quarter", "15 days", "2026-Q1", date(2026, 4, 16)),
        ("month", "1 days", "2026-09", date(2026, 10, 9)),  # 1 October begins the national holiday: rolls on
        ("month", "5 workdays", "2026-09", date(2026, 10, 14)),
    ],
)
def test_when_a_duty_falls_due(tmp_path, cadence, due, period, first_too_late):
    found = read_obligation(written(tmp_path, cadence, f"due: {due}"))
    assert found.due_at(parse_period(period), workdays()) == beijing_midnight(first_too_late)


def test_an_event_counts_from_its_moment(tmp_path):
    found = read_obligation(written(tmp_path, "event", "event: {move: suspension.resume}\nspan: 30 workdays"))
    start = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
    assert found.event_due_at(start, workdays(), date(2026, 9, 1)) == beijing_midnight(date(2026, 10, 20))


@pytest.mark.parametrize(
    ("cadence", "more", "message"),
    [
        ("fortnight", "due: end", "cadence: 'fortnight'; write one of week"),
        ("month", "due: sometime", "due: not a span"),
        ("month", "times: 0", "times: a whole number above zero"),
        ("event", "event: {move: a.b, ledger: coal_meeting}\nspan: 3 days", "not both and not neither"),
        ("event", "event: {move: a.b}", "an event needs a span"),
        ("event", "event: {ledger: coal_meeting, due: never}", "has no field 'never'"),
        ("month", "mines: {depth: [deep]}", "mines: 'depth'"),
        ("month", "ladder: [{after: soon, to: owner}]", "ladder: after 'soon'"),
        ("month", "surprise: 1", "unknown key 'surprise'"),
    ],
)
def test_a_broken_obligation_says_what_and_where(tmp_path, cadence, more, message):
    with pytest.raises(CorpusError, match=r"sample\.yaml:\d+: ") as refused:
        read_obligation(written(tmp_path, cadence, more))
    assert message in str(refused.value)


LEDGER = """\
id: sample
title: 样例台账
measure: "1.1"
clauses: [1.1e]
keepers: [county_government]
roles: [clerk]
about: unit
dated: held_on
{more}
cite: register 1.1
confidence: S
fields:
  - {{name: held_on, label: 日期, kind: date}}
  - {{name: amount, label: 金额, kind: decimal}}
sample:
  - {{held_on: 2026-03-01, amount: "1.00"}}
"""


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("key: [nothing]", "key: every name must be a field"),
        ("until: amount", "until: must be a field of kind date"),
        ("circle: [king]", "circle: 'king'"),
        ("constraints: [{left: held_on, operator: '~', right: amount, message: 不符}]", "operator: write one of"),
        (
            "constraints: [{left: held_on, operator: '<', right: end, message: 不符}]",
            "both sides must be fields or numbers",
        ),
    ],
)
def test_a_broken_ledger_says_what_and_where(tmp_path, more, message):
    path = tmp_path / "sample.yaml"
    path.write_text(LEDGER.format(more=more), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"sample\.yaml:\d+: ") as refused:
        read_ledger(path)
    assert message in str(refused.value)


@pytest.mark.parametrize("default", ["me", "tomorrow"])
def test_only_what_fits_a_field_is_filled_in_before(tmp_path, default):
    path = tmp_path / "sample.yaml"
    written = LEDGER.format(more="").replace("kind: date", f"kind: date, default: {default}", 1)
    path.write_text(written, encoding="utf-8")
    with pytest.raises(CorpusError, match=f"default '{default}'; write today for a date or me for a person"):
        read_ledger(path)


def test_a_ledger_about_mines_that_others_keep_names_the_mine(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text(LEDGER.format(more="").replace("about: unit", "about: mine"), encoding="utf-8")
    with pytest.raises(CorpusError, match="needs a field 'mine'"):
        read_ledger(path)
