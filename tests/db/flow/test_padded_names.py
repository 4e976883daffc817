"""A name that is padded with blanks for the look of a list is the same person, in new rows and in rows of before."""

import importlib
from datetime import UTC, datetime

import pytest
from django.apps import apps

from kuangan.casework.rule_states import RuleState
from kuangan.core.actions import create_person
from kuangan.core.errors import Refused
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.rules.run import judge
from kuangan.law.content import rule_by_id
from kuangan.law.ledger import ledgers
from kuangan.ledger.models import Entry

AT = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)
MINE = "140423900001"
EXPIRED = {
    "issued_on": "2020-09-01", "person": "王芳", "role": "特种作业人员", "kind": "特种作业操作证", "work_type": "瓦斯检查作业",
    "number": "T71", "organ": "省应急管理厅", "valid_until": "2026-09-01", "on_duty": "是",
}  # fmt: skip
RENEWED = EXPIRED | {"issued_on": "2026-08-20", "valid_until": "2032-08-20"}
"""A certificate keeps its number when it is renewed."""


def record(city, ledger_id, values, unit="mine"):
    return record_entry(actor=None, ledger_id=ledger_id, unit=city.units[unit], values=values, at=AT)


def of_before(entry: Entry, **values) -> None:
    """Make it a row of before: names were kept as they were typed."""
    Entry.objects.filter(pk=entry.pk).update(values=entry.values | values)


def outcome(rule_id: str) -> str:
    judge(rule_by_id(rule_id), AT)
    return RuleState.objects.get(rule=rule_id, subject=MINE).outcome


@pytest.mark.parametrize("padded", ["王　芳", "王 芳", " 王芳"])
def test_a_renewed_certificate_of_a_padded_name_is_the_same_persons(city, padded):
    new = record(city, "certificate", EXPIRED | {"person": padded})
    assert new.values["person"] == "王芳"
    of_before(new, person=padded)
    assert outcome("certificate_expired") == "found"
    record(city, "certificate", RENEWED)
    assert outcome("certificate_expired") == "clear"


def test_a_session_while_underground_is_seen_through_padding(city):
    session = {**ledgers()["training_session"].sample[0], "held_on": "2026-11-09"}
    session |= {
        "starts_at": "2026-11-09 09:00",
        "ends_at": "2026-11-09 11:00",
        "participants": [{"name": "岳 带 班"}, {"name": "尤总工"}],
    }
    shift = {**ledgers()["leader_shift"].sample[0], "worked_on": "2026-11-09", "leader": "岳带班"}
    shift |= {"down_at": "2026-11-09 08:00", "up_at": "2026-11-09 15:00"}
    record(city, "training_session", session)
    of_before(record(city, "leader_shift", shift), leader="岳　带班")
    assert outcome("training_while_underground") == "found"


def test_a_key_with_a_padded_name_is_taken_and_keys_of_before_are_renewed(city):
    shift = {**ledgers()["leader_shift"].sample[0], "leader": "岳带班"}
    entry = record(city, "leader_shift", shift)
    with pytest.raises(Refused, match="重复"):
        record(city, "leader_shift", shift | {"leader": "岳　带班"})
    of_before(entry, leader="岳　带班")
    Entry.objects.filter(pk=entry.pk).update(key="0" * 64)
    importlib.import_module("kuangan.ledger.migrations.0004_keys_of_names").renew_keys(apps, None)
    assert Entry.objects.get(pk=entry.pk).key == entry.key


def test_a_person_is_kept_without_padding(city):
    assert create_person(actor=None, name="张　三", unit=city.units["mine"]).name == "张三"
