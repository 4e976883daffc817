"""A connection that is lost in a round says nothing about the rows of that round."""

import logging
from datetime import UTC, datetime

import psycopg
import pytest

from kuangan.casework.models import Case
from kuangan.core.models import Incident
from kuangan.flow import sweep
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import database_address
from tests.city import build_city, over
from tests.hashing import QUICK_HASHER

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
_ENDED_ONCE = """
CREATE SEQUENCE lost;
GRANT USAGE ON SEQUENCE lost TO PUBLIC;
CREATE FUNCTION lose_connection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('lost') = 1 THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
        PERFORM pg_sleep(1);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lose BEFORE INSERT ON casework_case FOR EACH ROW EXECUTE FUNCTION lose_connection();
"""


@pytest.fixture
def city(committed_db, settings, tmp_path):
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = QUICK_HASHER
    made = build_city()
    with psycopg.connect(database_address(owner=True).named(committed_db.name).url(), autocommit=True) as owner:
        owner.execute(_ENDED_ONCE)
    return made


def test_the_round_ends_and_the_next_one_begins_at_once_and_rests_nobody(city, monkeypatch, caplog):
    monkeypatch.setattr(sweep, "_resting", sweep.Resting())
    monkeypatch.setattr(sweep, "STAGES", (sweep._episodes,))
    for name in ("first", "second"):
        over(city.points[f"{name}-1301-T0"], AT)
    rounds = sweep.Rounds()
    with caplog.at_level(logging.WARNING, "kuangan.sweep"):
        assert not rounds.go(), "no pause before the next round"
        assert not Case.objects.exists()
        assert rounds.go()
    assert Case.objects.count() == 2
    assert len(sweep._resting) == 0
    assert not Incident.objects.exists()
    lines = [record.getMessage() for record in caplog.records if record.name == "kuangan.sweep"]
    assert len(lines) == 2, "one when it was lost, one when it was back"
