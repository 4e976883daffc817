"""What leaves the platform each night, and what it proves against the platform's own keeper."""

import json
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Delivery, EventHead, Incident, Notice, TrailCheck
from kuangan.core.trail.chain import event_digest
from kuangan.core.trail.sealing import AnchorUnreadable, anchor_line, misfit, read_anchors, spoken
from kuangan.core.trail.verify import verify_trail
from kuangan.flow.proof.verify import prove
from kuangan.flow.upkeep import seals
from kuangan.host.database.address import database_address

DAY = date(2026, 3, 2)
NIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def record(**more):
    with transaction.atomic():
        return actions.record(actor=None, action="case_moved", subject=("casework.case", "7"), at=NIGHT, **more)


def as_owner(database: str, statement: str, *values: str) -> None:
    """What the database's owner does with the triggers switched off."""
    with psycopg.connect(database_address(owner=True).named(database).url()) as owner:
        for table in ("core_event", "core_eventhead"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(statement, values or None)


@pytest.mark.django_db
def test_a_day_that_has_not_ended_is_not_sealed():
    with pytest.raises(Refused, match="尚未结束"):
        actions.freeze_day(day=DAY, at=NIGHT - timedelta(microseconds=1))
    assert actions.freeze_day(day=DAY, at=NIGHT).day == DAY


@pytest.mark.django_db
def test_a_seal_forged_for_2099_stops_no_night_and_is_told():
    record()
    EventHead.objects.create(day=date(2099, 1, 1), first_id=1, last_id=10**6, digest="0" * 64, at=NIGHT)
    assert actions.seal_ended_day(NIGHT).day == DAY
    actions.watch_seals(NIGHT)
    assert list(Incident.objects.values_list("kind", "key")) == [("trail_broken", "seal 2099-01-01")]
    assert "尚未到来" in verify_trail().broken.reason


@pytest.mark.django_db
def test_a_seal_that_another_key_signed_is_found():
    record()
    seal = actions.seal_ended_day(NIGHT)
    forged = EventHead(day=DAY + timedelta(days=1), first_id=seal.last_id + 1, last_id=seal.last_id, at=NIGHT)
    forged.prev_digest, forged.digest, forged.signature = seal.digest, "ab" * 32, "cd" * 64
    forged.save()
    assert "签名不成立" in verify_trail().broken.reason


@pytest.mark.django_db
def test_a_night_without_a_seal_is_an_alarm_that_ends_with_the_seal(world):
    record()
    morning = NIGHT + timedelta(hours=30)
    actions.watch_seals(morning)
    assert Incident.objects.get(kind="seal_missing").ended_at is None
    actions.seal_ended_day(morning)
    actions.watch_seals(morning)
    assert Incident.objects.get(kind="seal_missing").ended_at == morning


@pytest.mark.django_db
def test_on_the_first_day_there_is_nothing_to_miss():
    record()
    actions.watch_seals(NIGHT + timedelta(hours=1))
    assert not Incident.objects.exists()


def test_each_seal_goes_out_as_a_file_and_as_digits_to_write_down(city, settings):
    seal = actions.seal_ended_day(NIGHT)
    actions.hand_out_seal(seal=seal, at=NIGHT)
    content = (settings.DATA.root / "seals" / "2026-03-02.json").read_text()
    assert content == anchor_line(seal) + "\n"
    notices = Notice.objects.filter(kind="seal")
    assert {notice.role for notice in notices} <= {"inspectorate_officer", "audit_admin"}
    assert notices
    assert all(spoken(seal) in notice.body for notice in notices)
    assert Delivery.objects.filter(notice__in=notices, channel="sms").exists()


def test_a_seal_that_could_not_leave_in_its_night_leaves_with_the_next_look(city, settings):
    place = settings.DATA.root / "seals"
    place.write_text("no folder")
    with pytest.raises(OSError, match="seals"):
        seals.seal(NIGHT)
    place.unlink()
    seals.seal(NIGHT + timedelta(minutes=2))
    assert [path.name for path in place.iterdir()] == ["2026-03-02.json"]
    seals.seal(NIGHT + timedelta(minutes=4))
    told = Notice.objects.filter(kind="seal").values_list("unit", "role")
    assert told
    assert len(told) == len(set(told))


def handed_over():
    with transaction.atomic():
        return read_anchors([anchor_line(actions.seal_ended_day(NIGHT))])[0]


def test_a_trail_computed_anew_by_its_keeper_does_not_fit_the_seal_that_was_handed_over(committed_db):
    event = record(data={"turn": 1})
    kept = handed_over()
    assert misfit(kept, EventHead.objects.get()) == ""
    forged = event_digest(
        subject=(event.subject_kind, event.subject_id),
        seq=1,
        actor_id=None,
        acting_for_id=None,
        action=event.action,
        data={"turn": 2},
        at=event.at,
        prev_digest="",
    )
    as_owner(committed_db.name, "UPDATE core_event SET data = '{\"turn\": 2}', digest = %s", forged)
    as_owner(committed_db.name, "DELETE FROM core_eventhead")
    handed_over()
    assert verify_trail().broken is None, "by itself the forged trail is whole"
    assert "改动" in misfit(kept, EventHead.objects.get())


def test_sealed_days_cut_off_with_their_seals_are_missed(committed_db):
    record()
    kept = handed_over()
    as_owner(committed_db.name, "DELETE FROM core_eventhead; DELETE FROM core_event")
    assert verify_trail().broken is None
    assert "删除" in misfit(kept, EventHead.objects.filter(day=DAY).first())


def test_signatures_taken_off_by_the_databases_owner_are_missed_by_the_platforms_own_files(committed_db, settings):
    record()
    seal = actions.seal_ended_day(NIGHT)
    actions.hand_out_seal(seal=seal, at=NIGHT)
    assert prove().broken is None
    as_owner(committed_db.name, "UPDATE core_eventhead SET signature = ''")
    assert verify_trail().broken is None, "an unsigned seal may be one of an earlier version"
    assert "被改动" in prove().broken.reason
    (settings.DATA.root / "seals" / "2026-03-02.json").write_text("no seal")
    assert "2026-03-02.json无法读取" in prove().broken.reason


def test_a_day_that_is_sealed_again_changes_no_file_that_went_out_and_is_told(committed_db, settings):
    record()
    actions.hand_out_seal(seal=actions.seal_ended_day(NIGHT), at=NIGHT)
    place = settings.DATA.root / "seals" / "2026-03-02.json"
    before = place.read_text()
    as_owner(committed_db.name, "DELETE FROM core_eventhead; DELETE FROM core_event")
    record(data={"turn": 2})
    actions.hand_out_seal(seal=actions.seal_ended_day(NIGHT), at=NIGHT)
    assert place.read_text() == before
    assert Incident.objects.get(kind="trail_broken").key == "seal 2026-03-02"
    assert prove().broken is not None


def test_a_proof_that_cannot_be_made_ends_and_is_told_instead_of_being_tried_without_end(committed_db):
    actions.ask_trail_check(actor=None, at=NIGHT)
    as_owner(committed_db.name, "ALTER TABLE ledger_entry RENAME TO gone")
    seals._check_waiting()
    check = TrailCheck.objects.get()
    assert check.ended_at is not None
    assert "未能完成" in check.broken
    assert Incident.objects.get(kind="trail_broken").text == check.broken


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "action", "data"),
    [
        ("ledger.entry", "entry_added", {"values": {}}),
        ("ledger.entry", "entry_added", {"digest": "0"}),
        ("casework.case", "case_opened", {"facts": "0"}),
        ("paper.paper", "paper_frozen", {}),
    ],
)
def test_a_forged_event_about_a_thing_that_cannot_be_is_named_by_the_proof(kind, action, data):
    with transaction.atomic():
        actions.record(actor=None, action=action, subject=(kind, "x"), data=data, at=NIGHT)
    assert prove().broken.kind == kind


@pytest.mark.django_db
def test_an_anchor_file_that_was_changed_or_is_none_is_said():
    record()
    line = anchor_line(actions.seal_ended_day(NIGHT))
    changed = json.dumps(json.loads(line) | {"digest": "00" * 32})
    assert "签名不成立" in misfit(read_anchors([changed])[0], EventHead.objects.get())
    for lines in ([], ["{}"], ["x"], ["[]"]):
        with pytest.raises(AnchorUnreadable):
            read_anchors(lines)


def test_the_database_itself_notes_when_an_event_came(committed_db):
    back, ahead = NIGHT - timedelta(days=900), datetime.now(UTC) + timedelta(days=2)
    with transaction.atomic():
        event = actions.record(actor=None, action="x", subject=("a", "1"), at=back)
    event.refresh_from_db()
    assert event.inserted_at > back + timedelta(days=800)
    assert verify_trail(moments=True).broken is None
    with transaction.atomic():
        actions.record(actor=None, action="x", subject=("a", "1"), at=ahead)
    assert "晚于入库时间" in verify_trail(moments=True).broken.reason
