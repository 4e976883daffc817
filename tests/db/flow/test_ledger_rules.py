from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuangan.casework.models import Finding
from kuangan.casework.rule_states import RuleState
from kuangan.core.models import Notice
from kuangan.core.queries import events_of
from kuangan.flow.models import ChangedEntry, RuleRun
from kuangan.flow.rules.facts import ledger_facts, next_group, subjects_of
from kuangan.flow.rules.run import attempt, judge, judge_all, judge_changed, judge_daily, rule_states, touch
from kuangan.law.content import rule_by_id, rules_of
from kuangan.ledger.actions import add_entry, correct_entry, void_entry

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
RULE = rule_by_id("certificate_expired")


def certificate(city, until, mine="mine", number="演示-1", issued="2023-03-01"):
    values = {
        "issued_on": issued,
        "person": "蓝晨",
        "role": "special_worker",
        "kind": "special",
        "work_type": "采煤机操作作业",
        "number": number,
        "organ": "示例发证机关",
        "valid_until": until,
        "on_duty": True,
    }
    return add_entry(actor=None, ledger_id="certificate", unit=city.units[mine], values=values, at=AT)


def outcomes():
    return dict(RuleState.objects.filter(rule=RULE.id).values_list("subject", "outcome"))


def test_what_is_found_stands_once_and_tells_the_section_once(city):
    held = certificate(city, "2026-03-09")
    assert judge(RULE, AT) == 2
    assert outcomes() == {"140423900001": "found", "140423900002": "unknown"}
    finding = Finding.objects.get(rule=RULE.id)
    assert (finding.mine_id, finding.subject) == (city.mine.pk, "140423900001")
    assert finding.used == [f"certificate/{held.serial}"]
    notice = Notice.objects.get(kind="finding")
    assert (notice.unit, notice.role) == (city.units["county"], "section_head")
    judge(RULE, AT + timedelta(days=1))
    assert Finding.objects.count() == Notice.objects.filter(kind="finding").count() == 1


@pytest.mark.parametrize(("until", "outcome"), [("2026-03-10", "clear"), ("2026-03-09", "found")])
def test_the_last_day_still_counts(city, until, outcome):
    certificate(city, until)
    judge(RULE, AT)
    assert outcomes()["140423900001"] == outcome


def test_a_corrected_entry_revokes_the_finding_on_the_record(city):
    held = certificate(city, "2026-03-09")
    judge(RULE, AT)
    right = held.values | {"valid_until": "2029-03-09"}
    correct_entry(actor=None, entry=held, values=right, reason="日期录错", at=AT)
    judge(RULE, AT)
    finding = Finding.objects.get()
    assert finding.revoked_at == AT
    assert [event.action for event in events_of(finding)] == ["finding_made", "finding_revoked"]
    assert outcomes()["140423900001"] == "clear"


def test_what_cannot_be_said_any_more_revokes_nothing(city):
    held = certificate(city, "2026-03-09")
    judge(RULE, AT)
    void_entry(actor=None, entry=held, reason="登记错误", at=AT)
    judge(RULE, AT)
    assert outcomes()["140423900001"] == "unknown"
    assert Finding.objects.get().revoked_at is None


@pytest.mark.parametrize(("day", "seen"), [("2023-03-11", True), ("2023-03-10", False)])
def test_the_window_begins_with_its_first_day(city, day, seen):
    certificate(city, "2026-03-09", issued=day)
    narrow = replace(RULE, window_days=(AT.date() - date(2023, 3, 11)).days)
    facts = ledger_facts(narrow, subjects_of(narrow), AT.date())[city.mine.pk]
    assert bool(facts.entries["certificate"]) is seen


def test_what_is_still_valid_is_seen_however_old(city):
    certificate(city, "2026-03-10", issued="2019-01-01")
    narrow = replace(RULE, window_days=1)
    subjects = subjects_of(narrow)
    assert ledger_facts(narrow, subjects, AT.date())[city.mine.pk].entries["certificate"]
    later = AT.date() + timedelta(days=1)
    assert not ledger_facts(narrow, subjects, later)[city.mine.pk].entries["certificate"]


def test_a_changed_entry_has_only_its_own_rules_asked_about_its_own_mine(city):
    entry = certificate(city, "2026-03-09")
    touch([entry], AT)
    assert judge_changed(AT) == 1
    assert outcomes() == {"140423900001": "found"}
    reading = {one.id for one in rules_of("ledger") if "certificate" in one.reads}
    assert set(RuleState.objects.values_list("rule", flat=True)) == reading
    assert not ChangedEntry.objects.exists()
    assert judge_changed(AT) == 0


def test_every_rule_runs_once_a_day_group_by_group(city):
    certificate(city, "2026-03-09")
    judge_all(AT - timedelta(days=1))
    rules = rules_of("ledger")
    before = RuleState.objects.filter(at=AT).count()
    assert before == 0
    for _ in range(2 * len(rules)):
        judge_daily(AT)
    assert set(RuleRun.objects.filter(day=AT.date(), done=True).values_list("rule", flat=True)) == {
        one.id for one in rules
    }
    assert not RuleState.objects.exclude(at=AT).exists()
    judged = [judge_daily(AT), judge_daily(AT + timedelta(days=1))]
    assert judged[0] == 0
    assert judged[1] > 0


def test_the_mines_of_one_supervising_body_are_asked_about_together(city):
    group = next_group(RULE, 0)
    assert group == (city.units["county"].pk, [city.mine.pk, city.mines["second"].pk])
    assert next_group(RULE, group[0]) is None
    units = replace(RULE, about="county_bureau")
    assert next_group(units, 0) == (city.units["county"].pk, [city.units["county"].pk])
    assert next_group(units, city.units["county"].pk) is None


def test_a_rule_that_fails_stops_no_other_and_is_asked_again_after_an_hour(city):
    def broken(facts, at):
        raise KeyError("valid_until")

    certificate(city, "2026-03-09")
    assert attempt(replace(RULE, check=broken), AT) is None
    run = RuleRun.objects.get()
    assert (run.done, run.error) == (False, "KeyError: 'valid_until'")
    judge_all(AT + timedelta(minutes=59))
    assert outcomes()["140423900001"] == "found"
    assert RuleRun.objects.get(rule=RULE.id).error == ""


def test_the_number_of_queries_does_not_grow_with_mines(city):
    for mine in ("mine", "second_mine"):
        certificate(city, "2029-03-09", mine=mine)
    counts = []
    for keys in ([city.mine.pk], None):
        judge(RULE, AT, keys)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            judge(RULE, AT, keys)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_states_are_seen_by_scope(city):
    judge(RULE, AT)
    seen = {name: rule_states(city[name]).filter(rule=RULE.id).count() for name in ("city_section", "mine_director")}
    assert seen == {"city_section": 2, "mine_director": 1}
