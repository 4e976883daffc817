"""What the register says is held against the trail: rows altered beside the actions are named, whatever was done through them fits."""

from datetime import date, timedelta

import pytest
from django.db import connection

from kuangan.base import clock
from kuangan.core.actions import appoint, create_post, relieve
from kuangan.core.models import Tenure
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, accept_change, ask_change, refuse_change, withdraw_change
from kuangan.flow.changes.subjects import change_subject
from kuangan.flow.proof.rows import compare_rows
from kuangan.flow.sweep import sweep_once
from kuangan.law.role import Role
from tests.city import attachment
from tests.db.flow.conftest import MORNING

TODAY = date(2026, 3, 10)
AGAIN = (
    "UPDATE core_tenure SET to_at = NULL WHERE id = (SELECT min(id) FROM core_tenure WHERE to_at IS NOT NULL"
    " AND post_id NOT IN (SELECT post_id FROM core_tenure WHERE to_at IS NULL))"
)
"""Whoever left a post that is vacant holds it again."""


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """It is ten in the morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)


def change(city, kind: str, subject: str, key: str, *, actor="county_section", on=TODAY, corrects=None, **values):
    return ask_change(
        actor=city[actor],
        kind=change_kinds()[kind],
        subject=change_subject(subject, key),
        values=values,
        stated=Stated(on, "按文件办理", "示应急〔2026〕8号", attachment(city[actor])),
        corrects=corrects,
        takes_back=corrects is not None and not values,
    )


@pytest.fixture
def kept(city):
    """Changes in every state, a corrected one, one that failed on its day; properties, bodies and holders that changed."""
    code, tomorrow = city.mine.code, TODAY + timedelta(days=1)
    first = change(city, "mine_attributes", "mine", code, approved_capacity="180", coal_seams="3号")
    change(city, "mine_attributes", "mine", code, approved_capacity="150", corrects=first)
    company = change(city, "mine_company", "mine", code, company="none")
    change(city, "mine_company", "mine", code, corrects=company)
    change(city, "mine_transfer", "mine", code, actor="city_section", supervisor=city.units["city"].code)
    refused = change(city, "unit_rename", "unit", code, actor="mine_director", name="新名煤矿")
    refuse_change(actor=city["city_section"], change=refused, answer="证照未变更")
    withdrawn = change(city, "unit_rename", "unit", code, actor="mine_director", name="新名煤矿")
    withdraw_change(actor=city["mine_director"], change=withdrawn)
    accepted = change(city, "unit_rename", "unit", code, actor="mine_director", name="新名煤矿", on=tomorrow)
    accept_change(actor=city["city_section"], change=accepted, answer="同意")
    failing = change(city, "unit_rename", "unit", code, actor="operator", name="新名煤矿", on=tomorrow)
    sweep_once(clock.beijing_midnight(tomorrow))
    failing.refresh_from_db()
    accepted.refresh_from_db()
    assert {failing.state, accepted.state} == {"failed", "in_effect"}
    dispatcher = Tenure.objects.get(person=city["mine_dispatcher"].person).post
    appoint(actor=None, post=dispatcher, person=city["mine_director"].person)
    relieve(actor=None, post=dispatcher)
    appoint(actor=None, post=dispatcher, person=city["mine_dispatcher"].person)
    return city


def altered(statement: str, *values: object) -> str:
    """What the proof names after a statement that went past the actions."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        assert cursor.rowcount > 0, statement
    broken = compare_rows().broken
    return broken.kind if broken else ""


def test_what_was_done_through_the_actions_fits(kept):
    assert compare_rows().broken is None


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE flow_registerchange SET values = values || '{\"name\": \"假\"}' WHERE state = 'refused'", "change"),
        ("UPDATE flow_registerchange SET state = 'withdrawn' WHERE state = 'refused'", "change"),
        ("UPDATE flow_registerchange SET effective_on = '2026-01-01' WHERE state = 'corrected'", "change"),
        ("UPDATE flow_registerchange SET document = '假号' WHERE kind = 'mine_transfer'", "change"),
        ("UPDATE flow_registerchange SET answer = '同意' WHERE state = 'refused'", "change"),
        ("UPDATE flow_registerchange SET outcome = '{}' WHERE kind = 'mine_transfer'", "change"),
        ("UPDATE flow_registerchange SET state = 'refused' WHERE state = 'failed'", "change"),
        ("DELETE FROM flow_registerchange WHERE state = 'refused'", "change"),
        ("UPDATE mine_mineattribute SET value = '300' WHERE value = '150'", "mine"),
        ("UPDATE mine_mineattribute SET valid_from = '2025-01-01' WHERE value = '150'", "mine"),
        ("UPDATE mine_mineattribute SET withdrawn_at = now() WHERE value = '150'", "mine"),
        ("UPDATE mine_mineattribute SET withdrawn_at = NULL WHERE value = '3号'", "mine"),
        ("DELETE FROM mine_mineattribute WHERE value = '150'", "mine"),
        (
            (
                "INSERT INTO mine_mineattribute (mine_id, name, value, valid_from, basis, source, withdrawn_for)"
                " SELECT unit_id, 'mine_class', 'A', '2026-03-01', '', '', '' FROM mine_mine"
            ),
            "mine",
        ),
        ("UPDATE mine_mine SET supervisor_id = (SELECT id FROM core_unit WHERE code = '140423-bureau')", "mine"),
        ("UPDATE mine_mine SET company_id = NULL", "mine"),
        ("UPDATE core_tenure SET person_id = (SELECT min(id) FROM core_person) WHERE to_at IS NULL", "post"),
        ("UPDATE core_tenure SET to_at = now() WHERE to_at IS NULL", "post"),
        (AGAIN, "post"),
    ],
)
def test_a_row_altered_beside_the_actions_is_named(kept, statement, kind):
    if statement == AGAIN:
        relieve(actor=None, post=Tenure.objects.get(person=kept["county_duty"].person, to_at=None).post)
    names = {"change": "flow.registerchange", "mine": "mine.mine", "post": "core.post"}
    assert altered(statement) == names[kind]


def test_a_holder_of_whom_nothing_is_on_record_is_named(kept):
    post = create_post(actor=None, unit=kept.units["county"], title="新设岗位", role=Role.clerk)
    assert compare_rows().broken is None
    person = kept["county_head"].person_id
    insert = "INSERT INTO core_tenure (post_id, person_id, from_at) VALUES (%s, %s, now())"
    assert altered(insert, post.pk, person) == "core.post"
