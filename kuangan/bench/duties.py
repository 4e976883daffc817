"""Opening what is owed, sweeping what is due, and check-ins through the web process, each made durable before its answer."""

import argparse
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from kuangan.bench._platform import call_function, child, cpu_seconds, platform, wait_for
from kuangan.host.ports import chosen_port

OPENING_SECONDS, SWEEP_SECONDS = 5.0, 10.0
CHECKINS_A_SECOND, P99_MS = 1000, 50.0
DUE_ROWS = 10_000
CONNECTIONS = 32
READY = 4000
"""Duties made ready for every second of check-ins, more than can be taken."""
POINTS = 1


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Open everything a city of `mines` owes now, sweep 10,000 due rows, then check in for `seconds`. ok: all targets held."""
    with platform() as environ:
        place = Path(environ["KUANGAN_DATA"])
        call_function(environ, "kuangan.bench._mines", "make", str(args.mines), str(POINTS), str(place / "tokens.json"))
        opening = json.loads(call_function(environ, "kuangan.bench.parts.duties", "open_month"))
        swept = json.loads(call_function(environ, "kuangan.bench.parts.duties", "sweep", str(DUE_ROWS)))
        sent = _checkins(environ, place / "checkins.json", args.seconds)
    rate = sent["checkins"] / sent["seconds"]
    return {
        "ok": opening["seconds"] < OPENING_SECONDS
        and swept["seconds"] < SWEEP_SECONDS
        and swept["rows"] == DUE_ROWS
        and rate >= CHECKINS_A_SECOND
        and sent["p99_ms"] < P99_MS,
        "opening_s": round(opening["seconds"], 2),
        "opening_rows": opening["rows"],
        "sweep_s": round(swept["seconds"], 2),
        "sweep_rows": swept["rows"],
        "checkins_per_s": round(rate),
        "checkin_ms_p50": sent["p50_ms"],
        "checkin_ms_p99": sent["p99_ms"],
        "checkins": sent["checkins"],
        "web_cpu_seconds": sent["web_cpu_seconds"],
        "generator_cpu_seconds": sent["cpu_seconds"],
        "connections": CONNECTIONS,
        "mines": args.mines,
        "cores": os.cpu_count(),
    }


def _checkins(environ: dict[str, str], place: Path, seconds: float) -> dict[str, Any]:
    """Check in through the web process from a process of its own."""
    call_function(environ, "kuangan.bench.parts.duties", "prepare_checkins", str(int(seconds * READY)), str(place))
    port = chosen_port("127.0.0.1", 0, "")
    with child(environ, "web", "--port", str(port)) as web:
        wait_for(lambda: _answers(port), 60, "网页进程启动")
        before = cpu_seconds(web.pid)
        arguments = [str(port), str(place), str(seconds), str(CONNECTIONS)]
        done = subprocess.run(
            [sys.executable, "-m", "kuangan.bench._checkins", *arguments],
            env=environ,
            check=True,
            stdout=subprocess.PIPE,
        )
        measured: dict[str, Any] = json.loads(done.stdout)
        return {**measured, "web_cpu_seconds": round(cpu_seconds(web.pid) - before, 2)}


def _answers(port: int) -> bool:
    """Whether the web process answers at all; without a key it says no."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/duties/0/checkins", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
