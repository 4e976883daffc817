"""The files the invented mines send are what the platform's own parsers read; faults break them as in practice."""

import json
import socket
import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kuangan.cli.parser import Parser
from kuangan.emulate.plan.city import city_plan
from kuangan.emulate.sensors import run as command
from kuangan.emulate.sensors.faults import FAULTS, chosen
from kuangan.emulate.sensors.feed import CityFeed, Outage, with_loosened_point
from kuangan.emulate.sensors.sending import FilePoster, Folder, Sender
from kuangan.emulate.sensors.wire import File, snapshot
from kuangan.monitor.feeds import FeedError, PointRegistry, parse_cddy, parse_cdss, parse_name, parse_ycbj

START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
PLAN = city_plan(mines=4, on=date(2026, 3, 10))


def cycles(feed: CityFeed, count: int):
    return [due for number in range(count) for due in feed.cycle(number)]


def one_file() -> File:
    mine = PLAN.key_mine
    return snapshot(mine, START, ["0.30"] * len(mine.points), [0] * len(mine.points))


def test_every_file_is_read_without_a_bad_record() -> None:
    registry = PointRegistry()
    seen = set()
    for due in cycles(CityFeed(PLAN, START), 600):
        for file in due.files:
            seen.add(file.type)
            parsed = {"CDDY": parse_cddy, "YCBJ": parse_ycbj}.get(file.type, lambda body: parse_cdss(body, registry))(
                file.body
            )
            assert parsed.bad == ()
            assert parse_name(file.name).mine_code == parsed.header.mine_code == due.mine_code
    assert seen == {"CDDY", "CDSS", "YCBJ"}


def test_mines_are_spread_over_the_cycle_and_definitions_come_once_a_day() -> None:
    dues = cycles(CityFeed(PLAN, datetime(2026, 3, 10, 15, 59, 30, tzinfo=UTC)), 3)
    assert len({due.at for due in dues[:4]}) == 4
    of_first = [[file.type for file in due.files] for due in dues if due.mine_code == PLAN.key_mine.code]
    assert [types.count("CDDY") for types in of_first] == [1, 1, 0], "at the start and again after midnight Beijing"


def test_same_plan_and_start_give_the_same_files() -> None:
    first, second = (cycles(CityFeed(PLAN, START, chosen("all")), 20) for _ in range(2))
    assert first == second


def test_a_loosened_set_point_is_declared() -> None:
    changed = with_loosened_point(PLAN, 2)
    number = PLAN.mines[2].methane("coal_face_return")
    assert str(changed.mines[2].points[number].set_points.alarm) == "1.20"
    assert changed.mines[0] == PLAN.mines[0]


@pytest.mark.parametrize("name", ["incomplete", "other_mine", "rotten"])
def test_faults_for_which_the_file_is_refused(name: str) -> None:
    (file,) = FAULTS[name]([one_file()])
    with pytest.raises(FeedError):
        parse_cdss(file.body, PointRegistry(), {PLAN.key_mine.code})


@pytest.mark.parametrize(
    "name",
    [
        "byte_order_mark",
        "gb18030",
        "newlines",
        "quoted",
        "null_words",
        "full_width",
        "upper_case",
        "long_name",
        "twice",
    ],
)
def test_faults_that_lose_nothing(name: str) -> None:
    registry = PointRegistry()
    for file in FAULTS[name]([one_file()]):
        assert parse_name(file.name).type == "CDSS"
        parsed = parse_cdss(file.body, registry, {PLAN.key_mine.code})
        assert len(parsed.point) == len(PLAN.key_mine.points)


def test_a_fast_clock_moves_every_time_in_the_file() -> None:
    (file,) = FAULTS["from_the_future"]([one_file()])
    parsed = parse_cdss(file.body, PointRegistry())
    assert set(parsed.time.tolist()) == {parsed.header.at} == {int((START + timedelta(hours=2)).timestamp())}
    assert parse_name(file.name).at == parsed.header.at


def test_unknown_faults_are_named() -> None:
    with pytest.raises(ValueError, match=r"typo.*incomplete"):
        chosen("twice,typo")


def test_files_of_an_outage_wait_and_arrive_in_order(tmp_path) -> None:
    feed = CityFeed(
        PLAN, START, outage=Outage(frozenset({PLAN.key_mine.code}), timedelta(seconds=30), timedelta(seconds=90))
    )
    sender = Sender(Folder(tmp_path))
    of_key = tmp_path / PLAN.key_mine.code
    for number in range(6):
        for due in feed.cycle(number):
            if due.down:
                sender.keep(due.files)
            else:
                sender.send(due.mine_code, due.files)
        if number == 3:
            assert len(list(of_key.glob("*_CDSS_*"))) == 1
            assert sender.waiting >= 3
    assert len(list(of_key.glob("*_CDSS_*"))) == 6
    assert sender.waiting == 0


class Taker(BaseHTTPRequestHandler):
    """Notes what arrives; answers as told."""

    protocol_version = "HTTP/1.1"
    answers: list[int]
    seen: list[tuple[str, str]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append((self.headers["Authorization"], self.headers["X-Feed-File"]))
        self.send_response(type(self).answers.pop(0) if type(self).answers else 202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_) -> None:
        return


@pytest.fixture
def taker():
    handler = type("Own", (Taker,), {"answers": [], "seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_address[1]}/api/feeds"
    server.shutdown()
    server.server_close()


def test_files_are_posted_with_the_mines_token_and_sent_again_when_not_taken(taker) -> None:
    handler, url = taker
    handler.answers[:] = [503, 202, 400]
    sender = Sender(FilePoster(url, {PLAN.key_mine.code: "kt_x"}))
    file = one_file()

    sender.send(file.mine_code, [file])
    assert (sender.taken, sender.waiting, sender.failures) == (0, 1, 1)
    sender.send(file.mine_code, [file])
    assert (sender.taken, sender.refused, sender.waiting) == (1, 1, 0)
    assert handler.seen == [("Bearer kt_x", file.name)] * 3


def test_a_closed_door_keeps_the_files() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sender = Sender(FilePoster(f"http://127.0.0.1:{port}/api/feeds", {PLAN.key_mine.code: "kt_x"}))
    sender.send(PLAN.key_mine.code, [one_file()])
    assert (sender.taken, sender.waiting) == (0, 1)


def emulate(*arguments: str) -> int:
    parser = Parser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(list(arguments)))


def test_the_command_writes_a_folder_and_reports(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path / "data"))
    target = tmp_path / "out"
    code = emulate(
        "--folder", str(target), "--mines", "3", "--cycles", "1", "--speed", "600", "--faults", "none", "--json"
    )
    assert code == 0
    assert json.loads(capsys.readouterr().out)["taken"] == 6
    assert len(list(target.glob("*/*.txt"))) == 6


def test_the_command_without_a_demonstration_says_what_to_do(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    assert emulate("--cycles", "1") == 2
    assert "kuangan demo seed" in capsys.readouterr().err


def test_the_command_names_unknown_cities_and_faults(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    assert emulate("--city", "990000", "--folder", str(tmp_path)) == 2
    assert emulate("--faults", "typo", "--folder", str(tmp_path)) == 2
    errors = capsys.readouterr().err
    assert "990000" in errors
    assert "typo" in errors
