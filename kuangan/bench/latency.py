"""From a mine's file to the alarm on an open page: ingest, sweep and web as real processes under the load of a city."""

import argparse
import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuangan.bench._http import health, settled
from kuangan.bench._platform import call_function, child, platform, wait_for
from kuangan.host.ports import chosen_port
from kuangan.monitor.times import beijing_text

POINTS = 300
METHANE_EVERY = 3
"""One point in three measures methane, as in a gassy mine."""
CYCLE = 30.0
TARGET_MS = 3000
PATIENCE = 15.0
QUIET, HIGH = "0.10", "1.20"


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Raise one alarm after the other while every mine sends its full snapshot each 30 s.

    One sample: from the moment the file begins to be sent until the page 报警台, fetched anew when its stream told of a
    change, names the mine. Needs at least 30 seconds to have every mine send once; ok: p99 below 3 s.
    """
    points = args.points or POINTS
    with city(args.mines, points) as (mines, page):
        mines.keep_sending()
        page.listen()
        delays = _samples(mines, page, max(args.seconds, CYCLE))
        mines.stop()
    return _result(delays, args.mines, points)


@dataclass(frozen=True)
class Running:
    """A city at work: its senders, an open page, and what else a measurement needs to reach it."""

    mines: "Mines"
    page: "Page"
    environ: Mapping[str, str]
    tokens: Mapping[str, str]
    web_port: int
    ingest_port: int
    web_pid: int


@contextmanager
def city(count: int, points: int) -> Iterator[tuple["Mines", "Page"]]:
    """Web, ingest and sweep over `count` mines that have sent once, and a signed-in duty officer's page."""
    with running_city(count, points) as running:
        yield running.mines, running.page


@contextmanager
def running_city(count: int, points: int) -> Iterator[Running]:
    """As :func:`city`, with ports and processes."""
    with platform() as environ, ExitStack() as running:
        environ["KUANGAN_PLAIN_HTTP"] = "1"
        place = Path(environ["KUANGAN_DATA"]) / "tokens.json"
        call_function(environ, "kuangan.bench._mines", "make", str(count), str(points), str(place))
        cookie = call_function(environ, "kuangan.bench._mines", "open_session").strip()
        web, ingest = chosen_port("127.0.0.1", 0, ""), chosen_port("127.0.0.1", 0, "")
        served = running.enter_context(child(environ, "web", "--port", str(web)))
        for process in (("ingest", "--port", str(ingest)), ("sweep",)):
            running.enter_context(child(environ, *process))
        wait_for(lambda: health(f"http://127.0.0.1:{ingest}") is not None, 120, "接入进程启动")
        page = Page(web, cookie)
        wait_for(page.answers, 60, "网页进程启动")
        tokens = json.loads(place.read_text())
        mines = Mines(ingest, tokens, points)
        mines.send_all()
        wait_for(mines.settled, 300, "入库")
        yield Running(mines, page, environ, tokens, web, ingest, served.pid)


class Mines:
    """The senders of all mines: a background of quiet snapshots, and alarms on request."""

    def __init__(self, port: int, tokens: Mapping[str, str], points: int) -> None:
        self._port = port
        self._tokens = dict(tokens)
        self._points = points
        self._stop = threading.Event()
        self.codes = list(tokens)

    def send_all(self) -> None:
        """One quiet file of each mine."""
        for code in self.codes:
            self.send(code, QUIET)

    def settled(self) -> bool:
        """Whether everything acknowledged is in the database."""
        return settled(f"http://127.0.0.1:{self._port}")

    def keep_sending(self) -> None:
        """Each mine's file every 30 s, spread evenly, until `stop`."""
        threading.Thread(target=self._background, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def send(self, code: str, value: str) -> None:
        """A full snapshot in which the first point reads `value`."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        now = beijing_text(int(time.time()))
        stamp = "".join(sign for sign in now if sign.isdigit())
        headers = {"Authorization": f"Bearer {self._tokens[code]}", "X-Feed-File": f"{code}_CDSS_{stamp}.txt"}
        connection.request("POST", "/api/feeds", self._file(code, now, value), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != http.HTTPStatus.ACCEPTED:
            raise RuntimeError(f"upload refused: {body.decode()}")

    def _file(self, code: str, now: str, first: str) -> bytes:
        records = (
            f"{code}01MN0001{index:08d};环境瓦斯;{1301 + index}采煤工作面回风隅角;{QUIET if index else first};%CH4;0;{now}~"
            if index % METHANE_EVERY == 0
            else f"{code}01MN0003{index:08d};环境温度;{1301 + index}采煤工作面;18.5;℃;0;{now}~"
            for index in range(self._points)
        )
        return f"{code};测量煤矿;{now}~{''.join(records)}||".encode()

    def _background(self) -> None:
        turn = 0
        while not self._stop.wait(CYCLE / len(self.codes)):
            self.send(self.codes[turn % len(self.codes)], QUIET)
            turn += 1


class Page:
    """The open page of a duty officer: its stream, and the fetches that the stream causes."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._headers = {"Cookie": cookie}
        self._changed = threading.Event()

    def answers(self) -> bool:
        """Whether the page can be fetched."""
        try:
            return bool(self.desk())
        except OSError:
            return False

    def desk(self) -> str:
        """The page 报警台 as it is now."""
        status, body = self.fetch("/desk/")
        if status != http.HTTPStatus.OK:
            raise RuntimeError(f"the page answered {status}: {body[:200]}")
        return body

    def fetch(self, path: str) -> tuple[int, str]:
        """Status and text of any page."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        connection.request("GET", path, headers=self._headers)
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, body

    def listen(self) -> None:
        """Open the stream of changes."""
        threading.Thread(target=self._listen, daemon=True).start()

    def shows(self, text: str, patience: float) -> bool:
        """Whether the page, fetched at every change told, shows `text` within the time."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self._changed.wait(deadline - time.monotonic()):
                self._changed.clear()
                if text in self.desk():
                    return True
        return False

    def _listen(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request("GET", "/live/", headers=self._headers)
        answer = connection.getresponse()
        while line := answer.readline():
            if line.startswith(b"data:"):
                self._changed.set()


def _samples(mines: Mines, page: Page, seconds: float) -> list[float | None]:
    """Milliseconds of each alarm; None: it did not come."""
    delays: list[float | None] = []
    ends_at = time.monotonic() + seconds
    for number, code in enumerate(mines.codes):
        if time.monotonic() > ends_at:
            break
        begun = time.perf_counter()
        mines.send(code, HIGH)
        shown = page.shows(f"测量{number + 1}号煤矿", PATIENCE)
        delays.append(1000 * (time.perf_counter() - begun) if shown else None)
        time.sleep(0.2)
    return delays


def _result(delays: list[float | None], mines: int, points: int) -> dict[str, Any]:
    shown = sorted(delay for delay in delays if delay is not None)
    p99 = shown[int(len(shown) * 0.99)] if shown else None
    return {
        "ok": p99 is not None and len(shown) == len(delays) and p99 < TARGET_MS,
        "p50_ms": round(shown[len(shown) // 2]) if shown else None,
        "p99_ms": round(p99) if p99 is not None else None,
        "alarms": len(delays),
        "not_shown": len(delays) - len(shown),
        "mines": mines,
        "points": points,
        "cycle_s": CYCLE,
    }
