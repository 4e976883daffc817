import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuangan.base.period import parse_period, period_of, periods_between
from kuangan.casework.models import Case, CaseClock, Finding
from kuangan.casework.rule_states import RuleState
from kuangan.cli.parser import Parser
from kuangan.core.models import Unit
from kuangan.law.clause import clauses
from kuangan.law.register import tasks
from kuangan.monitor.models import Silence
from kuangan.overview.board import command
from kuangan.overview.board.board import Board, board
from kuangan.overview.board.counts import CellStatus, Counts, worst
from kuangan.overview.board.rows import overlapping_keys
from tests.db.board.conftest import AT, MARCH, done, owe

DUE = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
EARLY = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def march(*units: Unit, at: datetime = AT) -> Board:
    return board(units or list(Unit.objects.all()), MARCH, at)


def status(made: Board, clause_id: str, unit: Unit) -> str:
    """The status of a clause of a unit."""
    return made.clause(clauses()[clause_id], unit).status.value


def counts(**given: int) -> dict[str, int]:
    return Counts(**given).shown()


def test_each_status_follows_from_its_duties(city):
    county = city.units["county_government"]
    cases = {
        "met": done(EARLY),
        "late": done(DUE + DAY),
        "due": {"due_at": AT + DAY},
        "overdue": {},
        "unknown": {"excused_at": EARLY},
    }
    found = {}
    for word, columns in cases.items():
        duty = owe(county, "1.1", **columns)
        found[word] = status(march(county), "1.1e", county)
        duty.delete()
    assert found == {word: word for word in cases}


def test_counts_and_the_gravest_status(city):
    county = city.units["county_government"]
    for columns in (done(EARLY), done(EARLY), done(DUE), {"due_at": AT + DAY}, {"excused_at": EARLY}):
        owe(county, "1.1", **columns)
    owe(county, "1.1", cancelled_at=EARLY, cancelled_for="已撤销")
    cell = march(county).cell("1.1", county)
    assert cell.counts.shown() == counts(due=5, met=2, late=1, open=1, excused=1)
    assert (cell.status, cell.reason) == (CellStatus.unknown, "1项经认可免责，没有完成，不计为完成")


def test_the_due_moment_itself_is_too_late(city):
    county = city.units["county_government"]
    owe(county, "1.1")
    seen = [status(march(county, at=at), "1.1e", county) for at in (DUE - timedelta(seconds=1), DUE)]
    assert seen == ["due", "overdue"]


def test_what_was_recorded_later_was_not_known_before(city):
    county = city.units["county_government"]
    owe(county, "1.1", **done(EARLY, DUE + DAY))
    seen = [status(march(county, at=at), "1.1e", county) for at in (EARLY, DUE, DUE + DAY)]
    assert seen == ["due", "overdue", "met"]


def test_a_duty_opened_later_was_not_known_before(city):
    county = city.units["county_government"]
    owe(county, "1.1", opened_at=DUE)
    assert march(county, at=EARLY).cell("1.1", county).counts.due == 0
    assert march(county).cell("1.1", county).counts.due == 1


def test_periods_that_overlap_count_and_others_do_not(city):
    county = city.units["county_government"]
    for key in ("2026-03", "2026-Q1", "2026-H1", "2026", "2026-W09", "2026-03-3", "2026-B2", "2024-2026", "E2026-03"):
        owe(county, "1.1", key.removeprefix("E")) if not key.startswith("E") else owe(county, "1.1", key)
    for key in ("2026-02", "2026-04", "2026-Q2", "2025", "2026-W15"):
        owe(county, "1.1", key)
    assert march(county).cell("1.1", county).counts.due == 9


def test_the_keys_of_a_month_are_all_that_share_a_day_with_it():
    keys = overlapping_keys(MARCH)
    assert {"2026-W09", "2026-W14", "2026-03-1", "2026-03", "2026-B2", "2026-Q1", "2026-H1", "2026", "2026-2027",
            "2024-2026", "E2026-03", "once"} <= set(keys)  # fmt: skip
    assert len(keys) == 6 + 3 + 7 + 2
    year = parse_period("2026")
    assert all(each.key in overlapping_keys(year) for each in periods_between("week", date(2026, 1, 1), year.last))


def test_a_standing_finding_breaches_at_whom_the_register_names(city):
    mine, county, government = (city.units[name] for name in ("mine", "county", "county_government"))
    _finding(city, "3.1")
    _finding(city, "10.4")
    _finding(city, "1.1")
    made = march()
    seen = {
        (unit.code, code): made.cell(code, unit).counts.breached
        for unit in (mine, county, government, city.units["city"])
        for code in ("3.1", "10.4", "1.1")
        if made.cell(code, unit).counts.breached
    }
    assert seen == {(mine.code, "3.1"): 1, (county.code, "10.4"): 1, (government.code, "1.1"): 1}
    cell = made.cell("3.1", county)
    assert (cell.status, cell.counts.breached, cell.mines.breached) == (CellStatus.breached, 0, 1)


def test_a_finding_counts_while_it_stands(city):
    mine = city.units["mine"]
    finding = _finding(city, "3.1", revoked_at=DUE)
    seen = [march(mine, at=at).cell("3.1", mine).counts.breached for at in (EARLY - DAY, EARLY, DUE, AT)]
    assert seen == [0, 1, 0, 0]
    Finding.objects.filter(pk=finding.pk).update(revoked_at=None, found_at=DUE + DAY)
    assert march(mine).cell("3.1", mine).counts.breached == 0, "found after the month"


def test_rules_that_cannot_say_leave_the_clause_unknown_and_clear_ones_are_evidence(city):
    mine, now = city.units["mine"], datetime(2026, 3, 25, tzinfo=UTC)
    _state(city, "clear", now)
    assert status(march(mine, at=now), "4.1d", mine) == "met"
    _state(city, "unknown", now)
    cell = march(mine, at=now).clause(clauses()["4.1d"], mine)
    assert (cell.status, cell.counts.unknown) == (CellStatus.unknown, 1)
    assert cell.reason == "1项因缺少记录或监测数据不能判断"


def test_units_that_the_register_does_not_name_are_not_concerned_unless_they_owe(city):
    company = city.units["company"]
    assert march(company).cell("1.1", company).status is CellStatus.not_applicable
    owe(company, "1.1", **done(EARLY))
    assert march(company).cell("1.1", company).status is CellStatus.met


def test_a_responsible_unit_without_evidence_is_unknown_and_says_why(city):
    made = march()
    silent = {
        (unit.code, code): cell
        for (code, pk), cell in made.cells.items()
        if (unit := Unit.objects.get(pk=pk)) and cell.status is CellStatus.unknown
    }
    assert silent
    assert all(cell.reason for cell in silent.values())
    later = board([city.units["county"]], parse_period("2027-03"), AT)
    assert later.cell("2.1", city.units["county"]).reason == "该期间尚未开始"


def test_whoever_drives_mines_answers_for_theirs(city):
    county, city_bureau, mine = (city.units[name] for name in ("county", "city", "mine"))
    owe(county, "3.1", **done(EARLY))
    owe(mine, "3.1")
    made = march()
    cell = made.cell("3.1", county)
    assert (cell.status, cell.counts.shown(), cell.mines.shown()) == (
        CellStatus.overdue,
        counts(due=1, met=1),
        counts(due=1, overdue=1),
    )
    assert made.cell("3.1", city_bureau).mines.shown() == counts(), "the county supervises the mine"
    assert made.together("3.1", [county, mine]).counts.shown() == counts(due=2, met=1, overdue=1)


@pytest.mark.parametrize(
    ("columns", "clock", "wanted"),
    [
        ({}, {}, "due"),
        ({}, {"due_at": EARLY}, "overdue"),
        ({}, {"due_at": EARLY, "stopped_at": EARLY}, "due"),
        ({"closed_at": EARLY, "state": "closed"}, {"stopped_at": EARLY}, "met"),
        ({"closed_at": EARLY, "state": "closed"}, {"stopped_at": EARLY, "lapsed_at": EARLY}, "late"),
    ],
)
def test_cases_stand_for_the_clauses_that_their_procedure_shows(city, columns, clock, wanted):
    case = _case(city, **columns)
    CaseClock.objects.create(
        case=case,
        clock="first_report",
        label="初报",
        kind="deadline",
        span="30分钟",
        started_at=case.opened_at,
        **{"due_at": AT + DAY, **clock},
    )
    made = march(at=AT - DAY)
    handled = made.clause(clauses()["10.3b"], city.units["mine"])
    assert handled.counts.status.value == wanted
    assert handled.status is worst(CellStatus(wanted), CellStatus.unbuilt), "nobody sees the withdrawal yet"
    assert (handled.grade == "machine") == (wanted in ("met", "late"))
    seen = {code: made.cell(code, city.units["county"]) for code in ("10.3", "16.1", "10.4")}
    assert seen["10.3"].counts.due == 0
    assert seen["10.3"].mines.due == seen["16.1"].counts.due == 1
    assert seen["10.4"].counts.due == 0


def test_a_case_that_came_to_nothing_is_not_counted(city):
    _case(city, state="voided", closed_at=EARLY)
    assert march().cell("16.1", city.units["county"]).counts.due == 0


def test_a_mine_without_a_case_shows_nothing_though_its_feed_speaks(city):
    county = city.units["county"]
    Silence.objects.create(mine=city.mine, started_at=MARCH_START - DAY, noticed_at=MARCH_START)
    silent = march().clause(clauses()["10.4"], county)
    Silence.objects.all().delete()
    fed = march().clause(clauses()["10.4"], county)
    for cell in (silent, fed):
        assert (cell.status, cell.counts.unknown, cell.counts.clear) == (CellStatus.unknown, 2, 0)
    assert board([county], parse_period("2027-03"), AT).cell("10.4", county).counts.unknown == 0, "not begun"


MARCH_START = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)


def test_a_board_asks_the_same_questions_whatever_its_size(city):
    def asked(units: list[Unit]) -> int:
        with CaptureQueriesContext(connection) as queries:
            board(units, MARCH, AT)
        return len(queries)

    for _ in range(5):
        owe(city.units["county"], "3.1")
        _finding(city, "3.1")
    assert asked([city.units["county"]]) == asked(list(Unit.objects.all())) <= 12


def test_every_measure_has_a_status_for_every_unit(city):
    made = march()
    codes = [measure.code for task in tasks() for measure in task.measures]
    assert len(codes) == 44
    assert set(made.cells) == {(code, unit.pk) for code in codes for unit in made.units}
    assert {unit.kind for unit in made.units} == {
        "city_government", "city_bureau", "county_government", "county_bureau", "company", "mine"
    }  # fmt: skip


def test_the_city_bureau_is_its_coal_section_until_it_has_one(city):
    bureau = city.units["city"]
    assert march(bureau).cell("2.6", bureau).status is not CellStatus.not_applicable
    section = Unit.objects.create(
        kind="city_coal_section", code="1404-section", name="煤矿安全科", parent=city.units["area"],
        path="1404/1404-section/", scope_path="1404/",
    )  # fmt: skip
    made = march(bureau, section)
    assert made.cell("2.6", bureau).status is CellStatus.not_applicable
    assert made.cell("2.6", section).status is not CellStatus.not_applicable


def test_the_command_prints_the_cells_of_all_units(city, capsys):
    owe(city.units["county_government"], "1.1", **done(EARLY))
    parser = Parser(prog="board")
    command.add_arguments(parser)
    arguments = ["--json", "--period", "2026-03", "--as-of", "2026-04-10T10:00:00+08:00"]
    assert command.run(parser.parse_args(arguments)) == 0
    printed = json.loads(capsys.readouterr().out)
    cells = printed["cells"]
    assert len(cells) == 44 * 7
    assert len(printed["clauses"]) == 123 * 7
    assert printed["proof"] == {"self": 1, "accepted": 0, "machine": 0}
    shown = [each for each in printed["clauses"] if (each["clause"], each["unit"]) == ("1.1e", "140423-government")]
    assert shown == [
        {"clause": "1.1e", "unit": "140423-government", "period": "2026-03", "built": "partly", "status": "met",
         "grade": "self", "counts": counts(due=1, met=1), "proof": {"self": 1, "accepted": 0, "machine": 0}}
    ]  # fmt: skip
    found = [cell for cell in cells if cell["unit"] == "140423-government" and cell["measure"] == "1.1"]
    assert found == [
        {"measure": "1.1", "unit": "140423-government", "period": "2026-03", "status": "unknown",
         "counts": counts(due=1, met=1)}
    ]  # fmt: skip
    assert command.run(parser.parse_args(["--period", "2026-13"])) == 2
    assert command.run(parser.parse_args(["--unit", "nobody"])) == 2
    assert command.run(parser.parse_args(["--unit", "140423-government"])) == 0
    assert "任务清单" in capsys.readouterr().out


def test_the_gravest_of_none_does_not_apply():
    assert worst() is CellStatus.not_applicable
    assert worst(CellStatus.met, CellStatus.breached, CellStatus.due) is CellStatus.breached
    assert period_of("month", date(2026, 3, 1)) == MARCH


def _finding(city, measure: str, **columns) -> Finding:
    number = Finding.objects.count() + 1
    return Finding.objects.create(
        rule="set_point_looser_than_law", measure=measure, mine=city.mine, path=city.mine.unit.path,
        subject=str(number), reason="示例", corpus_digest="0" * 64, **{"found_at": EARLY, **columns},
    )  # fmt: skip


def _state(city, outcome: str, at: datetime) -> None:
    unit = city.units["mine"]
    RuleState.objects.update_or_create(
        rule="violation_uncoached", subject=unit.code,
        defaults={"measure": "4.1", "unit": unit, "mine": city.mine, "path": unit.path, "outcome": outcome, "at": at},
    )  # fmt: skip


def _case(city, **columns) -> Case:
    opened = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    values = {"procedure": "alarm_handling", "number": "预警〔2026〕1号", "mine": city.mine, "unit": city.mine.unit, "state": "notified",
              "path": city.mine.unit.path, "title": "示例", "corpus_digest": "0" * 64, "opened_at": opened,
              "moved_at": opened, **columns}  # fmt: skip
    return Case.objects.create(**values)
