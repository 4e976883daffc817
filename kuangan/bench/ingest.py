"""Readings a second from the file as received to the history: in this process, through the ingest process's own door or its watched folders."""

import argparse
from typing import Any

POINTS = 1000


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `bench._sensors.run`; with `--http` see `_http.measure`, with `--folder` `_folder.measure`."""
    if args.folder:
        from kuangan.bench import _folder

        return _folder.measure(args.folder, args.mines, args.points or _folder.POINTS)
    points = args.points or POINTS
    if args.http:
        from kuangan.bench._http import measure

        return measure(args.seconds, args.mines, points)
    from kuangan.bench._sensors import run as run_in_process

    return run_in_process(args.seconds, args.mines, points)
