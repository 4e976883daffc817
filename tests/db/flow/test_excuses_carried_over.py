"""Requests to be excused of an earlier release become cases: nothing is lost, the trail is whole, and they go on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from kuangan.casework.models import Case
from kuangan.core.actions import record, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.core.subject import about
from kuangan.core.trail.verify import verify_trail
from kuangan.duty.actions import open_event
from kuangan.duty.models import Duty
from kuangan.flow.proof.rows import compare_rows
from kuangan.host.database.address import database_address
from kuangan.law.duty.obligation_file import obligation_by_id
from tests.city import build_city
from tests.database import use_database
from tests.excuses import ask_excuse, decide_excuse

AT = datetime(2026, 3, 10, 2, tzinfo=UTC)
BEFORE = [("casework", "0010_about_a_duty"), ("duty", "0007_barred_credits"), ("core", "0015_subjects")]
AFTER = ("casework", "0011_excuses_become_cases")


@pytest.fixture
def city(committed_db, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    use_database(database_address(owner=True).named(committed_db.name))
    return build_city()


def owed(city, number: int) -> Duty:
    return open_event(
        obligation=obligation_by_id("decision_followup"),
        unit=city.units["county"],
        start=AT,
        due_at=AT + timedelta(days=10),
        subject=f"entry:{number}",
        title=f"办结会议议定事项{number}",
        at=AT,
    )


def carried(city, rows) -> None:
    """Excuses as the release before kept them, taken over by the migration."""
    loader = MigrationExecutor(connection).loader
    apps = loader.project_state(BEFORE).apps
    excuses = apps.get_model("duty", "Excuse")
    with connection.schema_editor() as editor:
        editor.create_model(excuses)
    for row in rows:
        excuses.objects.create(**row)
    with connection.schema_editor() as editor:
        loader.get_migration(*AFTER).operations[0].code(apps, editor)
        editor.delete_model(excuses)


def test_each_becomes_a_case_with_its_steps(city):
    duties = [owed(city, number) for number in range(3)]
    asker, head, above = city["county_section"], city["city_section"], city.units["city"]
    common = {"asked_by_id": asker.pk, "above_id": above.pk}
    decided = {"decided_by_id": head.pk, "decided_at": AT + timedelta(hours=5)}
    Duty.objects.filter(pk=duties[0].pk).update(excused_at=decided["decided_at"])
    with transaction.atomic():
        for duty in duties:
            record(actor=None, action="excuse_asked", subject=duty, data={"reason": "道路中断"}, at=AT)
    told = send_notice(
        actor=None, unit=above, title="免责申请待审核", body="道路中断", kind="excuse", at=AT,
        subject=about("duty", duties[2].pk),
    )  # fmt: skip
    carried(city, [
        {**common, **decided, "duty_id": duties[0].pk, "reason": "道路中断", "asked_at": AT, "state": "accepted",
         "opinion": "情况属实"},
        {**common, **decided, "duty_id": duties[1].pk, "reason": "人手不足", "asked_at": AT + timedelta(hours=1),
         "state": "refused", "opinion": "理由不充分"},
        {**common, "duty_id": duties[2].pk, "reason": "连续暴雨", "asked_at": datetime(2025, 12, 31, 16, tzinfo=UTC),
         "state": "asked"},
    ])  # fmt: skip

    waiting, accepted, refused = Case.objects.order_by("opened_at")
    assert [case.number for case in (waiting, accepted, refused)] == [f"免责〔2026〕{number}号" for number in (1, 2, 3)]
    assert [(case.state, case.duty) for case in (waiting, accepted, refused)] == [
        ("asked", duties[2]), ("accepted", duties[0]), ("refused", duties[1]),
    ]  # fmt: skip
    steps = [(step.move, step.actor, step.role, step.inputs) for step in refused.moves.all()]
    assert steps == [
        ("open", asker, "section_head", {"reason": "人手不足", "materials": []}),
        ("refuse", head, "section_head", {"opinion": "理由不充分"}),
    ]
    assert (refused.facts, refused.closed_at) == (
        {"level": "", "reason": "人手不足", "opinion": "理由不充分"}, decided["decided_at"],
    )  # fmt: skip
    assert (verify_trail(moments=False).broken, compare_rows().broken) == (None, None)

    with pytest.raises(Refused, match="请勿重复提交"):
        ask_excuse(actor=asker, duty=duties[2], reason="再次", at=AT)
    decide_excuse(actor=head, case=waiting, accept=True, opinion="情况属实", at=AT)
    assert Duty.objects.get(pk=duties[2].pk).excused_at == AT
    assert Notice.objects.get(pk=told.pk).ended_at == AT
    again = ask_excuse(actor=asker, duty=duties[1], reason="人手仍不足", at=AT)
    assert again.number == "免责〔2026〕4号"
    assert (verify_trail(moments=False).broken, compare_rows().broken) == (None, None)
