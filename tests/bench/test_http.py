"""The measurements run and say what they must; their numbers are not judged here."""

import json
import os
import subprocess

import pytest

from tests.ingest_process import command

pytestmark = pytest.mark.bench


def measured(*arguments: str) -> dict:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    done = subprocess.run(
        command("bench", *arguments, "--json"),
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_uploads_through_the_door():
    found = measured("ingest", "--http", "--seconds", "1", "--mines", "4", "--points", "100")
    assert found["readings"] == found["files"] * 100 > 0
    assert found["readings_per_s"] > 0


def test_small_files_through_the_watched_folder():
    measurement = measured("ingest", "--folder", "300", "--mines", "1")
    assert (measurement["files"], measurement["mines"]) == (300, 1)
    assert measurement["files_per_s"] > 0


def test_alarms_reach_the_open_page():
    found = measured("latency", "--seconds", "30", "--mines", "8", "--points", "50")
    assert (found["alarms"], found["not_shown"]) == (8, 0)
