"""`kuangan bench ingest --http`: real uploads through the ingest process into PostgreSQL, journal and history."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kuangan.bench._platform import call_function, child, cpu_seconds, platform, wait_for
from kuangan.host.ports import chosen_port

CONNECTIONS = 24
DRAIN_SECONDS = 600.0


def measure(seconds: float, mines: int, points: int) -> dict[str, Any]:
    """Send as fast as the service takes it for about `seconds`, then wait until all of it is in the database.

    readings_per_s: acknowledged readings over the whole time until the last row was written; acknowledged_per_s: over
    the time of sending. CPU seconds of the service and of the generator (its own process) stand beside it.
    """
    with platform() as environ:
        tokens = Path(environ["KUANGAN_DATA"]) / "tokens.json"
        call_function(environ, "kuangan.bench._mines", "make", str(mines), str(points), str(tokens))
        port = chosen_port("127.0.0.1", 0, "")
        with child(environ, "ingest", "--port", str(port)) as service:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: health(url) is not None, 120, "接入进程启动")
            _load(environ, port, tokens, 0.0, points)  # every mine once: layouts learnt, code compiled
            wait_for(lambda: settled(url), DRAIN_SECONDS, "入库")
            before, begun = cpu_seconds(service.pid), time.perf_counter()
            sent = _load(environ, port, tokens, seconds, points)
            wait_for(lambda: settled(url), DRAIN_SECONDS, "入库")
            whole = time.perf_counter() - begun - sent["preparing_seconds"]
            used = cpu_seconds(service.pid) - before
    readings = sent["files"] * points
    return {
        "readings_per_s": round(readings / whole),
        "acknowledged_per_s": round(readings / sent["seconds"]),
        "readings": readings,
        "files": sent["files"],
        "seconds_until_written": round(whole, 2),
        "acknowledged_ms_p50": sent["p50_ms"],
        "acknowledged_ms_p99": sent["p99_ms"],
        "service_cpu_seconds": round(used, 2),
        "generator_cpu_seconds": sent["cpu_seconds"],
        "mines": mines,
        "points": points,
        "connections": CONNECTIONS,
        "cores": os.cpu_count(),
    }


def health(url: str) -> dict[str, Any] | None:
    """The service's own numbers; None while it does not answer."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310  (our own address)
            state: dict[str, Any] = json.load(answer)
            return state
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def settled(url: str) -> bool:
    """Whether everything acknowledged is in the database."""
    state = health(url)
    return state is not None and state["written_seq"] >= state["journal_seq"]


def _load(environ: Mapping[str, str], port: int, tokens: Path, seconds: float, points: int) -> dict[str, Any]:
    arguments = [str(port), str(tokens), str(seconds), str(points), str(CONNECTIONS)]
    done = subprocess.run(
        [sys.executable, "-m", "kuangan.bench._generate", *arguments],
        env=dict(environ),
        check=True,
        stdout=subprocess.PIPE,
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured
