"""A city from its workbook: everything imported at once, then the same book again, which changes nothing."""

import argparse
import json
import os
from typing import Any

from kuangan.bench._platform import call_function, platform

PEOPLE = 2_500
POINTS = 300
IMPORT_SECONDS = 60.0
AGAIN_SECONDS = 20.0


def run(args: argparse.Namespace) -> dict[str, Any]:
    """ok: the whole book within 60 s, the same again within 20 s."""
    with platform() as environ:
        sizes = (str(args.mines), str(args.points or POINTS), str(PEOPLE))
        taken = json.loads(call_function(environ, "kuangan.bench._city", "take_book", *sizes))
    return {
        "ok": taken["import_s"] < IMPORT_SECONDS and taken["again_s"] < AGAIN_SECONDS,
        **taken,
        "mines": args.mines,
        "cores": os.cpu_count(),
    }
