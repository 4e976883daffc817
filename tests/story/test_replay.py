"""`kuangan replay`: a series is judged as a mine's own files are, equal to an independent count, boundaries included."""

import csv
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.cli.parser import Parser
from kuangan.flow.replay import replay
from kuangan.monitor.models import Episode, FeedFile
from tests.city import build_city

REAL = Path(__file__).parents[3] / "shared" / "data" / "methane" / "longwall.csv"
MINE = "149999000001"
START = "2026-03-01T00:00:00"


def ran(*arguments: str) -> int:
    parser = Parser()
    replay.add_arguments(parser)
    return replay.run(parser.parse_args(list(arguments)))


def dry(capsys, path: Path, *arguments: str, start: str = START) -> dict:
    assert ran(str(path), "--mine", MINE, "--start", start, "--dry-run", "--json", *arguments) == 0
    return json.loads(capsys.readouterr().out)


def written(tmp_path: Path, rows: list[tuple[int, str]], column: str = "gas") -> Path:
    path = tmp_path / "series.csv"
    path.write_text("\n".join([f"t_s,{column}", *(f"{second},{value}" for second, value in rows)]) + "\n", "utf-8")
    return path


def seconds(moment: str) -> int:
    return int((datetime.fromisoformat(moment) - datetime.fromisoformat(START + "+08:00")).total_seconds())


def counted(rows: list[tuple[int, Decimal]], limit: Decimal, merge: int) -> list[dict]:
    """The plain count: open at the first value that reaches the limit, close at the first below, join within `merge`."""
    spells: list[dict] = []
    for second, value in rows:
        last = spells[-1] if spells else None
        running = last is not None and last["end"] is None
        if value >= limit:
            if running or (last is not None and second - last["end"] <= merge):
                last.update(end=None, peak=max(last["peak"], float(value)), readings=last["readings"] + 1)
            else:
                spells.append({"start": second, "end": None, "peak": float(value), "readings": 1})
        elif running:
            last["end"] = second
    return spells


@pytest.mark.parametrize(
    ("column", "place", "limit"), [("MM116", "coal_face_return", "1.0"), ("MM31", "main_return", "0.75")]
)
def test_the_real_longwall_equals_an_independent_count(capsys, column: str, place: str, limit: str) -> None:
    if not REAL.exists():
        pytest.skip(f"the real longwall series is not beside this checkout ({REAL.name})")
    with REAL.open(newline="") as lines:
        rows = [(int(row["t_s"]), Decimal(row[column])) for row in csv.DictReader(lines)]
    found = dry(capsys, REAL, "--map", f"{column}={place}")["episodes"]

    expected = counted(rows, Decimal(limit), 600)
    assert expected, "the series has over-limits"
    got = [
        {
            "start": seconds(one["start"]),
            "end": one["end"] and seconds(one["end"]),
            "peak": one["peak"],
            "readings": one["readings"],
        }
        for one in found
    ]
    assert got == expected
    assert {one["point"] for one in found} == {column}


def test_exactly_the_set_point_counts_and_a_hundredth_below_ends_it(capsys, tmp_path) -> None:
    path = written(tmp_path, [(0, "0.99"), (30, "1.00"), (60, "1.0"), (90, "0.99"), (120, "0.50")])
    (episode,) = dry(capsys, path, "--map", "gas=coal_face_return")["episodes"]
    assert episode == {
        "point": "gas",
        "place": "coal_face_return",
        "start": "2026-03-01T00:00:30+08:00",
        "end": "2026-03-01T00:01:30+08:00",
        "peak": 1.0,
        "readings": 2,
    }


def test_above_the_re_power_limit_an_episode_goes_on(capsys, tmp_path) -> None:
    """A pump station alarms at 0.5, and so does its re-power limit; a drill hole alarms at 1.5 and re-powers below 1.0."""
    rows = [(0, "1.5"), (30, "1.2"), (60, "1.0"), (90, "0.99")]
    (episode,) = dry(capsys, written(tmp_path, rows), "--map", "gas=drill_hole_downwind")["episodes"]
    assert (seconds(episode["end"]), episode["readings"]) == (90, 3)


@pytest.mark.parametrize(("gap", "episodes"), [(600, 1), (601, 2)])
def test_a_new_rise_within_ten_minutes_belongs_to_the_same_episode(capsys, tmp_path, gap: int, episodes: int) -> None:
    path = written(tmp_path, [(0, "1.1"), (10, "0.8"), (10 + gap, "1.2"), (11 + gap, "0.8")])
    found = dry(capsys, path, "--map", "gas=return_corner")["episodes"]
    assert len(found) == episodes


@pytest.mark.parametrize(("gap", "cases"), [(600, 1), (601, 2)])
def test_points_of_one_face_within_ten_minutes_make_one_case(capsys, tmp_path, gap: int, cases: int) -> None:
    path = tmp_path / "two.csv"
    second_rise = 10 + gap
    path.write_text(f"t_s,a,b\n0,1.1,0.2\n10,0.8,0.2\n{second_rise},0.8,1.2\n{second_rise + 10},0.8,0.2\n", "utf-8")
    report = dry(capsys, path, "--map", "a=return_corner", "b=coal_face_return")
    assert len(report["episodes"]) == 2
    assert len(report["cases"]) == cases


def test_points_of_different_places_make_cases_of_their_own(capsys, tmp_path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("t_s,a,b\n0,1.1,1.2\n10,0.8,0.2\n", "utf-8")
    report = dry(capsys, path, "--map", "a=return_corner", "--map", "b=heading_face")
    assert [case["points"] for case in report["cases"]] == [["a"], ["b"]]


@pytest.mark.parametrize(("apart", "found"), [(168 * 3600, [[1, 2]]), (168 * 3600 + 1, [])])
def test_two_cases_within_a_week_are_a_finding(capsys, tmp_path, apart: int, found: list) -> None:
    path = written(tmp_path, [(0, "1.1"), (10, "0.8"), (apart, "1.2"), (apart + 10, "0.8")])
    report = dry(capsys, path, "--map", "gas=coal_face_return")
    assert [one["cases"] for one in report["findings"] if one["rule"] == "gas_repeat_within_week"] == found


def test_the_law_of_the_day_decides(capsys, tmp_path) -> None:
    """The chamber has a set-point since 2026; the edition before knows no such place."""
    path = written(tmp_path, [(0, "0.6"), (30, "0.2")])
    assert len(dry(capsys, path, "--map", "gas=machine_chamber")["episodes"]) == 1
    assert ran(str(path), "--mine", MINE, "--map", "gas=machine_chamber", "--start", "2026-01-31", "--dry-run") == 2
    assert "2026-01-31 施行的甲烷设点表中没有地点类别“machine_chamber”" in capsys.readouterr().err


def test_a_step_replaces_the_files_own_times_and_an_offset_is_kept(capsys, tmp_path) -> None:
    path = written(tmp_path, [(0, "1.1"), (5, "0.5")])
    (episode,) = dry(capsys, path, "--map", "gas=coal_face_return", "--step", "60", start="2026-02-28T16:00:00+00:00")[
        "episodes"
    ]
    assert (episode["start"], episode["end"]) == ("2026-03-01T00:00:00+08:00", "2026-03-01T00:01:00+08:00")


def test_an_over_limit_that_still_runs_has_no_end_and_empty_cells_are_no_readings(capsys, tmp_path) -> None:
    (episode,) = dry(capsys, written(tmp_path, [(0, "1.1"), (30, ""), (60, "1.3")]), "--map", "gas=coal_face")[
        "episodes"
    ]
    assert (episode["end"], episode["readings"], episode["peak"]) == (None, 2, 1.3)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--map", "gaz=coal_face_return"), "没有列“gaz”；该文件的列：t_s、gas"),
        (("--map", "gas=coal_face_retrun"), "coal_face_return"),
        (("--map", "gas"), "列名=地点类别"),
        (("--map", "gas=coal_face", "gas=coal_face"), "不止一次"),
        (("--map", "gas=coal_face", "--mine", "12"), "不是12位数字"),
        (("--map", "gas=coal_face", "--start", "gestern"), "不是时间"),
    ],
)
def test_wrong_arguments_are_named(capsys, tmp_path, arguments: tuple[str, ...], says: str) -> None:
    path = written(tmp_path, [(0, "1.1")])
    assert ran(str(path), "--mine", MINE, "--start", START, "--dry-run", *arguments) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("0.5x", "第3行“gas”列的“0.5x”不是数字"),
        ("nan", "第3行“gas”列的“nan”不是数字"),
        ("0,5", "第3行的列数与表头（2列）不符"),
    ],
)
def test_a_bad_number_is_named_with_row_and_column(capsys, tmp_path, value: str, says: str) -> None:
    path = written(tmp_path, [(0, "0.4"), (30, value)])
    assert ran(str(path), "--mine", MINE, "--start", START, "--map", "gas=coal_face", "--dry-run") == 2
    assert says in capsys.readouterr().err


def test_a_missing_file_is_named(capsys, tmp_path) -> None:
    assert ran(str(tmp_path / "none.csv"), "--mine", MINE, "--start", START, "--map", "gas=coal_face", "--dry-run") == 2
    assert "none.csv" in capsys.readouterr().err


def test_into_the_database_it_makes_episodes_files_and_a_case(db, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path / "data"))
    city = build_city()
    code = next(iter(city.points.values())).mine.code
    start = clock.civil(datetime.now(UTC) - timedelta(hours=3)).replace(tzinfo=None, microsecond=0)
    path = written(tmp_path, [(0, "0.4"), (30, "1.2"), (60, "1.6"), (90, "0.6"), (900, "0.5")])

    assert ran(str(path), "--mine", code, "--start", start.isoformat(), "--map", "gas=coal_face_return", "--json") == 0
    report = json.loads(capsys.readouterr().out)

    episode = Episode.objects.get()
    assert (str(episode.peak), episode.readings, episode.final_at is not None) == ("1.600000", 2, True)
    assert [one["peak"] for one in report["episodes"]] == [1.6]
    case = Case.objects.get(procedure="alarm_handling")
    assert [one["number"] for one in report["cases"]] == [case.number]
    assert case.state == "notified"
    assert FeedFile.objects.get().type == "CDSS"


def test_into_the_database_an_unknown_mine_is_named(db, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path / "data"))
    path = written(tmp_path, [(0, "1.1")])
    assert ran(str(path), "--mine", MINE, "--start", START, "--map", "gas=coal_face") == 2
    assert "--dry-run" in capsys.readouterr().err
