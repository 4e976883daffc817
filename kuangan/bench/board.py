"""The task board of a year in a city that has worked with the platform for three: duties, cases and findings of all that time are held."""

import argparse
import json
import time
from typing import Any

from kuangan.bench._platform import call_function, child, platform, wait_for
from kuangan.bench.latency import Page
from kuangan.host.ports import chosen_port

TARGET_MS = 200
TIMES = 15
POINTS = 1


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Fetch the boards of the last whole month and year, one cell and its print 15 times each. ok: every median below 200 ms."""
    with platform() as environ:
        environ |= {"KUANGAN_PLAIN_HTTP": "1", "KUANGAN_TEST_CLOCK": "1"}
        tokens = f"{environ['KUANGAN_DATA']}/tokens.json"
        call_function(environ, "kuangan.bench._mines", "make", str(args.mines), str(POINTS), tokens)
        held = json.loads(call_function(environ, "kuangan.bench.parts.board", "live_three_years"))
        cookie = call_function(environ, "kuangan.bench._mines", "open_session").strip()
        port = chosen_port("127.0.0.1", 0, "")
        with child(environ, "web", "--port", str(port)):
            page = Page(port, cookie)
            wait_for(page.answers, 60, "网页进程启动")
            medians = {name: _median(page, path) for name, path in _paths(held["month"], held["year"]).items()}
    return {"ok": max(medians.values()) < TARGET_MS, "median_ms": medians, "mines": args.mines, **held}


def _paths(month: str, year: str) -> dict[str, str]:
    return {
        "month": f"/board/?period={month}",
        "year": f"/board/?period={year}",
        "year, print": f"/board/print/?period={year}",
        "year, cell": f"/board/16.1/149999/?period={year}",
    }


def _median(page: Page, path: str) -> float:
    """Milliseconds. Raises RuntimeError for an answer that is no page."""
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        status, body = page.fetch(path)
        times.append(1000 * (time.perf_counter() - begun))
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {body[:200]}")
    return round(sorted(times)[TIMES // 2], 1)
