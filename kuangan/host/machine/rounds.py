"""A look at what ends slowly, `python -m kuangan.host.machine.rounds FOLDER`: the disk, the certificate.

A process of its own beside the supervisor, which never waits; what it has to say it prints, one message a line.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from kuangan.host.data_folder import DataFolder
from kuangan.host.machine import certificate, growth
from kuangan.host.troubles import Trouble


def troubles(folder: DataFolder) -> Iterator[Trouble]:
    """What is to be said now, or is over."""
    soon = growth.forecast(folder)
    text = growth.warning(folder, soon) if soon and soon.is_soon else ""
    yield Trouble("disk_forecast", "data", text, call=bool(text), over=not text)
    place = certificate.certificate_file()
    if place is None:
        return
    try:
        text = certificate.warning(place, certificate.end_of(place))
    except certificate.UnknownEnd as unknown:
        text = str(unknown)
    yield Trouble("certificate_ends", "web", text, call=bool(text), over=not text)


def main() -> int:
    """Note how much is taken, then print what is to be said."""
    os.nice(10)
    folder = DataFolder(Path(sys.argv[1]))
    growth.take_note(folder)
    for trouble in troubles(folder):
        print(json.dumps(asdict(trouble), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
