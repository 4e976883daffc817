"""Twenty hostile requests of each kind at once, beside normal use: what normal use feels of it, and what it costs."""

import argparse
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

import psutil

from kuangan.bench._platform import call_function
from kuangan.bench.latency import Page, Running, running_city
from kuangan.bench.parts.hostile import KINDS, Target

AT_ONCE = 20
TARGET_MS = 500
MOST_MEMORY = 1.5e9
PAGES = ("/today/", "/desk/", "/mines/", "/cases/")
PAUSE_S = 0.1
LEAST_PAGES = 20
"""Pages of normal use by which a kind is judged."""
POINTS = 50
MINES = 20


class NormalUse:
    """A duty officer who goes on opening pages; how long each took, and the memory of the web process meanwhile."""

    def __init__(self, page: Page, web_pid: int) -> None:
        self.page, self.web = page, psutil.Process(web_pid)
        self.times: list[float] = []
        self.failed = 0
        self.memory = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._use, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _use(self) -> None:
        turn = 0
        while not self._stop.wait(PAUSE_S):
            begun = time.perf_counter()
            try:
                status, _ = self.page.fetch(PAGES[turn % len(PAGES)])
            except OSError:
                status = 0
            self.times.append(1000 * (time.perf_counter() - begun))
            self.failed += status != 200
            self.memory = max(self.memory, self.web.memory_info().rss)
            turn += 1


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Each kind in turn, 20 requests at once. ok: p99 of the normal pages beside all kinds < 500 ms, none failed, web below 1.5 GB, no 500."""
    with running_city(min(args.mines, MINES), args.points or POINTS) as running:
        target, page, web_pid = _target(running), running.page, running.web_pid
        calm = _beside(lambda: time.sleep(5), page, web_pid)
        del calm["times"]
        kinds = {name: _attacked(kind, target, page, web_pid) for name, kind in KINDS.items()}
    times = sorted(spent for kind in kinds.values() for spent in kind.pop("times"))
    p99 = round(times[int(len(times) * 0.99)], 1)
    memory = max(kind["web_memory_mb"] for kind in kinds.values())
    failed = sum(kind["normal_failed"] for kind in kinds.values())
    errors = sum(kind["statuses"].get("500", 0) for kind in kinds.values())
    return {
        "ok": p99 < TARGET_MS and memory * 1e6 < MOST_MEMORY and not failed and not errors,
        "normal_p99_ms": p99,
        "normal_slowest_ms": round(times[-1], 1),
        "normal_pages": len(times),
        "web_memory_mb": memory,
        "calm": calm,
        "kinds": kinds,
    }


def _target(running: Running) -> Target:
    clerk = json.loads(call_function(running.environ, "kuangan.bench._mines", "open_clerk"))
    mine, feed_key = next(iter(running.tokens.items()))
    csrf = secrets.token_hex(16)
    return Target(running.web_port, running.ingest_port, clerk["cookie"], csrf, clerk["api_key"], mine, feed_key)


def _attacked(kind: Callable[[Target], int], target: Target, page: Page, web_pid: int) -> dict[str, Any]:
    statuses: Counter[str] = Counter()

    def attack() -> None:
        threads = [threading.Thread(target=lambda: statuses.update([str(kind(target))])) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    begun = time.perf_counter()
    felt = _beside(attack, page, web_pid)
    return {"statuses": dict(statuses), "seconds": round(time.perf_counter() - begun, 1), **felt}


def _beside(deed: Callable[[], None], page: Page, web_pid: int) -> dict[str, Any]:
    """What normal use felt while ``deed`` was done."""
    with NormalUse(page, web_pid) as use:
        deed()
        while len(use.times) < LEAST_PAGES:
            time.sleep(PAUSE_S)
    times = sorted(use.times)
    return {
        "normal_p50_ms": round(times[len(times) // 2], 1),
        "normal_slowest_ms": round(times[-1], 1),
        "normal_pages": len(times),
        "times": times,
        "normal_failed": use.failed,
        "web_memory_mb": round(use.memory / 1e6),
    }
