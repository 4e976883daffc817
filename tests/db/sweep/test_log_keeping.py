"""Logs are kept for six months at the least, by the machine's own days."""

import os
from datetime import timedelta

from kuangan.base import clock
from kuangan.flow.upkeep import logs as log_keeping
from kuangan.law.time.span import add_months


def test_a_log_of_six_months_ago_is_kept_and_one_day_more_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    monkeypatch.setattr(log_keeping, "_looked_on", None)
    logs = tmp_path / "logs"
    logs.mkdir()
    today = clock.civil_date(clock.wall_now())
    edge = clock.beijing_midnight(add_months(today, -6))
    for name, at in (
        ("web-2026-01-02.log.gz", edge),
        ("web-2026-01-01.log.gz", edge - timedelta(seconds=1)),
        ("ingest.log.3", edge - timedelta(days=1)),
        ("web.log", edge - timedelta(days=400)),
    ):
        (logs / name).touch()
        os.utime(logs / name, (at.timestamp(), at.timestamp()))
    clock.move(clock.wall_now() + timedelta(days=3650))
    assert log_keeping.expire_logs(clock.now()) == 2
    assert sorted(place.name for place in logs.iterdir()) == ["web-2026-01-02.log.gz", "web.log"]
    assert log_keeping.expire_logs(clock.now()) == 0
    clock.release()
