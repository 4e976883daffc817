"""How long each page takes at the size of a city. The pages are found by following links, one of each kind."""

import argparse
import http
import re
import time
from typing import Any

from kuangan.bench._platform import wait_for
from kuangan.bench.latency import HIGH, POINTS, Page, city

TARGET_MS = 200
TIMES = 15
ALARMS = 20
STARTS = ("/today/", "/desk/", "/mines/")
LEFT_OUT = ("/logout", "/live", "/static", "/login")
_OF_CORPUS = re.compile(r"^(/law/\w+|/ledgers)/[^/]+")
"""Pages of which there is one for each item of the corpus."""
_LINK = re.compile(r"(?:href|hx-get|data-url)=\"(/[^\"#]*)\"")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Fetch each page 15 times, one after the other; slowest_ms by path with digits as N. ok: every median below 200 ms."""
    points = args.points or POINTS
    with city(args.mines, points) as (mines, page):
        for code in mines.codes[:ALARMS]:
            mines.send(code, HIGH)
        wait_for(mines.settled, 60, "入库")
        wait_for(lambda: page.desk().count("/desk/") >= min(ALARMS, len(mines.codes)) // 2, 60, "报警出现在报警台")
        paths = _kinds(page)
        taken = {kind: _times(page, path) for kind, path in paths.items()}
    medians = {kind: round(times[len(times) // 2], 1) for kind, times in taken.items()}
    return {
        "ok": max(medians.values()) < TARGET_MS,
        "median_ms": medians,
        "slowest_ms": {kind: round(times[-1], 1) for kind, times in taken.items()},
        "mines": args.mines,
        "points": points,
    }


def _kinds(page: Page) -> dict[str, str]:
    """One path of every kind that can be reached and fetched, by its form with digits as N, items of the corpus as X, and without query."""
    paths: dict[str, str] = {}
    waiting = list(STARTS)
    while waiting:
        path = waiting.pop(0)
        kind = _OF_CORPUS.sub(r"\1/X", re.sub(r"\d+", "N", path.split("?")[0]))
        if kind in paths or kind.startswith(LEFT_OUT):
            continue
        status, body = page.fetch(path)
        if status == http.HTTPStatus.OK:
            paths[kind] = path
            waiting += [link.replace("&amp;", "&") for link in _LINK.findall(body)]
    return paths


def _times(page: Page, path: str) -> list[float]:
    """Milliseconds of each fetch, sorted."""
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        page.fetch(path)
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)
