"""Importing a sheet of 10,000 rows into a ledger: read and checked, then written with everything that follows from it."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from kuangan.bench._platform import call_function, platform

ROWS = 10_000
IMPORT_SECONDS = 20.0
POINTS = 1


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Preview, confirm and write one sheet in a city of `mines` whose duties are open. ok: all of it within 20 s."""
    with platform() as environ:
        place = Path(environ["KUANGAN_DATA"])
        call_function(environ, "kuangan.bench._mines", "make", str(args.mines), str(POINTS), str(place / "tokens.json"))
        call_function(environ, "kuangan.bench.parts.duties", "open_month")
        taken = json.loads(call_function(environ, "kuangan.bench.parts.ledgers", "take_sheet", str(ROWS)))
    return {
        "ok": taken["preview_s"] + taken["import_s"] < IMPORT_SECONDS and taken["entries"] == ROWS,
        **taken,
        "mines": args.mines,
        "cores": os.cpu_count(),
    }
