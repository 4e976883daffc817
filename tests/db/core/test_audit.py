from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from kuangan.core import actions, queries
from kuangan.core.errors import Refused
from kuangan.core.models import Event, EventHead
from kuangan.core.trail.chain import plain
from kuangan.core.trail.verify import Break, verify_trail
from kuangan.host.database.address import database_address

SUBJECT = ("casework.case", 7)


def record(action: str = "moved", **facts):
    return actions.record(actor=None, action=action, subject=SUBJECT, **facts)


@pytest.mark.django_db
def test_events_of_a_subject_form_a_chain_of_their_own():
    first, other = record(), actions.record(actor=None, action="opened", subject=("casework.case", 8))
    second = record(data={"state": "ordered"})
    assert [first.seq, second.seq, other.seq] == [1, 2, 1]
    assert (first.prev_digest, second.prev_digest, other.prev_digest) == ("", first.digest, "")
    assert list(queries.events_of(SUBJECT)) == [first, second]


@pytest.mark.django_db
def test_whatever_an_action_records_verifies_after_it_was_read_back():
    record(
        data={
            "whole": 3.0,
            "part": 0.1,
            "tiny": 1e-7,
            "huge": 1e22,
            "exact": Decimal("1.50"),
            "on": date(2026, 3, 2),
            "at": datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC),
            "nested": [{"名称": "甲一煤矿", "空": None, "b": True}, ["z", "a"]],
            5: "number as key",
        }
    )
    assert verify_trail().broken is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nul\x00", object(), b"bytes"])
def test_what_the_database_cannot_give_back_unchanged_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        plain({"value": value})


def test_a_record_outside_a_transaction_is_refused(committed_db):
    with pytest.raises(RuntimeError, match="transaction"):
        record()


def test_a_change_that_fails_takes_its_record_with_it(committed_db):
    with transaction.atomic():
        record()

    @transaction.atomic
    def fail() -> None:
        record()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [event.seq for event in queries.events_of(SUBJECT)] == [1]


def test_parallel_writers_leave_no_gap_and_no_fork(committed_db):
    writers, each = 6, 5
    together = Barrier(writers)

    def write(number: int) -> None:
        together.wait()
        try:
            for turn in range(each):
                with transaction.atomic():
                    record(data={"writer": number, "turn": turn})
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    assert [event.seq for event in queries.events_of(SUBJECT)] == list(range(1, writers * each + 1))
    proof = verify_trail()
    assert (proof.events, proof.chains, proof.broken) == (writers * each, 1, None)


CHANGES = (
    "UPDATE core_event SET action = 'x'",
    "DELETE FROM core_event",
    "TRUNCATE core_event CASCADE",
    "UPDATE core_eventhead SET digest = 'x'",
    "DELETE FROM core_eventhead",
    "TRUNCATE core_eventhead",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_role_lacks_the_right_to_change_the_trail(statement, committed_db):
    with transaction.atomic():
        record()
    actions.freeze_day(day=date(2026, 3, 2))
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify_trail().broken is None


@pytest.mark.parametrize("statement", CHANGES)
def test_the_trigger_stops_even_the_owner(statement, committed_db):
    with transaction.atomic():
        record()
    actions.freeze_day(day=date(2026, 3, 2))
    with (
        psycopg.connect(database_address(owner=True).named(committed_db.name).url()) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="only ever added"),
    ):
        owner.execute(statement)


def tamper(database: str, statement: str) -> None:
    """What somebody with the owner's password and the trigger switched off can do."""
    with psycopg.connect(database_address(owner=True).named(database).url()) as owner:
        for table in ("core_event", "core_eventhead"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(statement)


@pytest.mark.parametrize(
    ("statement", "seq", "word"),
    [
        ("UPDATE core_event SET data = '{\"turn\": 9}' WHERE seq = 2", 2, "被改动"),
        ("UPDATE core_event SET at = at + interval '1 microsecond' WHERE seq = 3", 3, "被改动"),
        ("DELETE FROM core_event WHERE seq = 1", 2, "缺失"),
        ("DELETE FROM core_event WHERE seq = 2", 3, "缺失"),
        ("UPDATE core_event SET prev_digest = repeat('0', 64) WHERE seq = 2", 2, "不衔接"),
    ],
)
def test_verify_names_the_first_broken_row(statement, seq, word, committed_db):
    for turn in range(3):
        with transaction.atomic():
            record(data={"turn": turn})
    assert verify_trail().broken is None
    tamper(committed_db.name, statement)
    broken = verify_trail().broken
    assert broken is not None
    assert (broken.kind, broken.id, broken.seq) == ("casework.case", "7", seq)
    assert word in broken.reason


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM core_event WHERE seq = 3",
        "DELETE FROM core_event",
        "UPDATE core_eventhead SET last_id = last_id - 1",
    ],
)
def test_rows_cut_off_the_end_show_in_the_sealed_day(statement, committed_db):
    for turn in range(3):
        with transaction.atomic():
            record(data={"turn": turn})
    actions.freeze_day(day=date(2026, 3, 2))
    tamper(committed_db.name, statement)
    broken = verify_trail().broken
    assert broken == Break("core.eventhead", "2026-03-02", 0, broken.reason if broken else "")


@pytest.mark.django_db
def test_seals_follow_each_other_and_a_day_is_sealed_once():
    record()
    first = actions.freeze_day(day=date(2026, 3, 2))
    quiet = actions.freeze_day(day=date(2026, 3, 3))
    record()
    third = actions.freeze_day(day=date(2026, 3, 4))
    assert (quiet.prev_digest, third.prev_digest) == (first.digest, quiet.digest)
    assert (quiet.first_id, quiet.last_id) == (first.last_id + 1, first.last_id)
    for day in (date(2026, 3, 4), date(2026, 3, 3)):
        with pytest.raises(Refused):
            actions.freeze_day(day=day)
    proof = verify_trail()
    assert (proof.days, proof.broken) == (3, None)
    assert EventHead.objects.count() == 3


@pytest.mark.django_db
def test_the_sweep_seals_each_ended_beijing_day_once():
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    record()
    before = actions.seal_ended_day(midnight - timedelta(microseconds=1))
    assert before is not None
    assert before.day == date(2026, 3, 1)
    ended = actions.seal_ended_day(midnight)
    assert ended is not None
    assert ended.day == date(2026, 3, 2)
    assert actions.seal_ended_day(midnight + timedelta(hours=9)) is None
    after_a_gap = actions.seal_ended_day(midnight + timedelta(days=5))
    assert after_a_gap is not None
    assert after_a_gap.day == date(2026, 3, 7)
    assert verify_trail().broken is None


def test_the_application_role_is_not_the_owner(committed_db):
    assert settings.DATABASES["default"]["USER"] == database_address().user != database_address(owner=True).user
    assert Event.objects.count() == 0
