"""A city from its workbook: everything imported at once, the same book again, its list of first days, a mine that passes to another body."""

import argparse
import json
import os
import time
from collections.abc import Mapping
from typing import Any

from kuangan.bench._platform import call_function, child, platform, wait_for
from kuangan.bench.latency import Page
from kuangan.host.ports import chosen_port

PEOPLE = 2_500
POINTS = 300
DUTIES = 500
IMPORT_SECONDS = 60.0
AGAIN_SECONDS = 20.0
TRANSFER_SECONDS = 2.0
PAGE_MS = 200
TIMES = 15


def run(args: argparse.Namespace) -> dict[str, Any]:
    """ok: the whole book within 60 s, the same again within 20 s, 启用清单 below 200 ms, a transfer with 500 duties below 2 s."""
    with platform() as environ:
        environ |= {"KUANGAN_PLAIN_HTTP": "1"}
        sizes = (str(args.mines), str(args.points or POINTS), str(PEOPLE))
        taken = json.loads(call_function(environ, "kuangan.bench._city", "take_book", *sizes))
        taken |= {"checklist_ms": _checklist(environ)}
        taken |= json.loads(call_function(environ, "kuangan.bench._city", "pass_mine_on", str(DUTIES)))
    return {
        "ok": taken["import_s"] < IMPORT_SECONDS
        and taken["again_s"] < AGAIN_SECONDS
        and taken["transfer_s"] < TRANSFER_SECONDS
        and taken["checklist_ms"] < PAGE_MS,
        **taken,
        "mines": args.mines,
        "cores": os.cpu_count(),
    }


def _checklist(environ: Mapping[str, str]) -> float:
    """Median milliseconds of 启用清单 as the system administrator sees it."""
    cookie = call_function(environ, "kuangan.bench._city", "open_administrator").strip()
    port = chosen_port("127.0.0.1", 0, "")
    times = []
    with child(environ, "web", "--port", str(port)):
        page = Page(port, cookie)
        wait_for(lambda: _fetched(page, "/account/"), 60, "网页进程启动")
        for _ in range(TIMES):
            begun = time.perf_counter()
            status, body = page.fetch("/start/")
            if status != 200:
                raise RuntimeError(f"/start/ answered {status}: {body[:200]}")
            times.append(1000 * (time.perf_counter() - begun))
    return round(sorted(times)[TIMES // 2], 1)


def _fetched(page: Page, path: str) -> bool:
    try:
        return page.fetch(path)[0] == 200
    except OSError:
        return False
