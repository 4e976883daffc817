"""The ledgers of standardization, training, fitness, emergency and rescue hold real entries, and their rules judge those."""

from datetime import UTC, datetime

import pytest

from kuangan.casework.models import Case, Finding
from kuangan.casework.rule_states import RuleState
from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.flow.credit.entries import correct, record_entry
from kuangan.flow.rules.run import judge
from kuangan.law.content import rule_by_id, rules_of
from kuangan.law.ledger import ledgers
from kuangan.ledger.queries import entries_visible_to
from kuangan.ledger.values import EntryRefused

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
TASKS = ("5", "7", "17", "18")
MINE = "140423900001"
UNIT_OF = {
    "mine": "mine",
    "company": "company",
    "county_bureau": "county",
    "county_government": "county_government",
    "city_bureau": "city",
}


def of_these_tasks(measure: str) -> bool:
    return measure.partition(".")[0] in TASKS or measure in ("11.1", "13.1")


LEDGERS = sorted(each.id for each in ledgers().values() if of_these_tasks(each.measure))
RULES = sorted(each.id for each in rules_of("ledger") if of_these_tasks(each.measure))


def add(city, ledger_id, change=None, number=0):
    """The sample of a ledger, changed, as an entry of the first unit of the small city that keeps it."""
    found = ledgers()[ledger_id]
    unit = next(city.units[UNIT_OF[kind]] for kind in found.keepers if kind in UNIT_OF)
    values = {**found.sample[number], **(change or {})}
    kept = {name: value for name, value in values.items() if value is not None}
    return record_entry(actor=None, ledger_id=ledger_id, unit=unit, values=kept, at=AT)


def outcome(rule_id, at=AT):
    judge(rule_by_id(rule_id), at)
    return RuleState.objects.get(rule=rule_id, subject=MINE).outcome


def test_every_rule_can_judge_the_samples_of_all_ledgers(city):
    for ledger_id in LEDGERS:
        for number in range(len(ledgers()[ledger_id].sample)):
            add(city, ledger_id, number=number)
    outcomes = {rule_id: outcome(rule_id) for rule_id in RULES}
    assert len(outcomes) >= 35
    assert outcomes["standardization_grading_before_enforcement"] == "clear"
    assert outcomes["no_grading_application_after_resumption"] == "clear"
    assert outcomes["one_supply_circuit_lost"] == "clear"
    assert outcomes["rescue_force_missing"] == "clear"
    assert outcomes["blind_rescue_entry"] == "clear"
    assert outcomes["training_hours_impossible"] == "clear"
    assert outcomes["training_photo_reused"] == "unknown"


def test_without_any_entry_nothing_counts_as_kept(city):
    silent = {"compliance_share_below_target", "certificate_expired", "rescue_force_missing", "one_supply_circuit_lost"}
    assert {outcome(rule_id) for rule_id in silent} == {"unknown"}


def test_an_application_after_the_finding_revokes_it(city):
    add(city, "accident_resumption")
    late = datetime(2026, 4, 14, 16, 0, tzinfo=UTC)
    assert outcome("no_grading_application_after_resumption", late) == "found"
    finding = Finding.objects.get(rule="no_grading_application_after_resumption")
    assert "2026年4月14日" in finding.reason
    add(city, "standardization_application", {"applied_on": "2026-04-15"})
    assert outcome("no_grading_application_after_resumption") == "clear"
    assert Finding.objects.get().revoked_at == AT


def test_grading_with_an_open_order_is_found_until_the_orders_are_closed(city):
    review = add(city, "standardization_review", {"orders_open": 2, "orders_closed_on": None})
    assert outcome("standardization_grading_before_enforcement") == "found"
    right = {**review.values, "orders_open": 0}
    correct(actor=None, entry=review, values=right, reason="指令已闭环，原数录错", at=AT)
    assert outcome("standardization_grading_before_enforcement") == "clear"


def test_a_pass_needs_its_inspection_and_waits_for_what_that_found(city):
    linked = dict.fromkeys(("visit_number", "visit_on", "orders_total", "orders_open", "orders_closed_on"))
    with pytest.raises(EntryRefused, match="先执法、后验收"):
        add(city, "standardization_review", linked)
    visit = add(city, "enforcement_check")
    with pytest.raises(EntryRefused, match="尚有2项问题未销号"):
        add(city, "standardization_review", {**linked, "visit": visit.serial})
    add(city, "standardization_review", {**linked, "visit": visit.serial, "result": "failed"})
    Case.objects.filter(entry=visit).update(closed_at=AT)
    add(city, "standardization_review", {**linked, "visit": visit.serial, "step": "assessment"})
    assert outcome("standardization_grading_before_enforcement") == "clear"


def test_one_photo_in_two_sessions_is_found(city):
    photo = save_attachment(actor=city["county_duty"], name="培训.txt", content="一张照片".encode(), at=AT).pk
    add(city, "training_session", {"photos": [photo]})
    assert outcome("training_photo_reused") == "clear"
    later = {"held_on": "2026-03-06", "starts_at": "2026-03-06T08:30", "ends_at": "2026-03-06T17:30"}
    add(city, "training_session", {**later, "title": "第5期", "photos": [photo]})
    assert outcome("training_photo_reused") == "found"


def test_a_leader_on_shift_cannot_be_in_class(city):
    add(city, "training_session", {"participants": [{"name": "岳带班"}, {"name": "白露"}]})
    shift = {"leader": "岳带班", "worked_on": "2026-03-05", "down_at": "2026-03-05T07:40", "up_at": "2026-03-05T16:00"}
    add(city, "leader_shift", shift)
    assert outcome("training_while_underground") == "found"


def test_unfit_people_are_seen_by_the_circle_only(city):
    add(city, "fitness_for_work")
    assert not any("fitness_for_work" in each.reads for each in rules_of("ledger"))
    seen = {name: entries_visible_to(user, "fitness_for_work").count() for name, user in city.users.items()}
    inside = {name for name, count in seen.items() if count}
    assert "mine_director" in inside
    assert not inside & {"mine_engineer", "mine_dispatcher", "county_section", "company_officer", "operator"}
    roles = {city.users[name].person.tenures.get().post.role for name in inside}
    assert roles <= {"mine_director", "mine_leader", "clerk"}
    units = {city.users[name].person.unit for name in inside}
    assert units <= {city.units["mine"]}
    with pytest.raises(Refused):
        record_entry(
            actor=city["county_duty"],
            ledger_id="fitness_for_work",
            unit=city.units["mine"],
            values=ledgers()["fitness_for_work"].sample[0],
            at=AT,
        )
