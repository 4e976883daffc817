"""The ledgers of enterprise and workforce duties hold real entries, and their rules judge those."""

from datetime import UTC, date, datetime

import pytest

from kuangan.casework.models import Finding
from kuangan.casework.rule_states import RuleState
from kuangan.core.errors import Refused
from kuangan.flow.credit.entries import correct, record_entry
from kuangan.flow.rules.run import judge
from kuangan.law.content import rule_by_id, rules_of
from kuangan.law.ledger import ledgers
from kuangan.mine.actions import add_district, add_face, end_face, set_attribute
from kuangan.mine.models import AttributeName

AT = datetime(2026, 4, 10, 2, 0, tzinfo=UTC)
MEASURES = ("3.1", "4.1")
MINE = "140423900001"
UNIT_OF = {
    "mine": "mine",
    "company": "company",
    "county_bureau": "county",
    "city_bureau": "city",
    "city_coal_section": "city",
}
LEDGERS = sorted(each.id for each in ledgers().values() if each.measure in MEASURES)
RULES = sorted(each.id for each in rules_of("ledger") if each.measure in MEASURES)
FILE = {
    AttributeName.rock_burst: "no",
    AttributeName.hydrology: "simple",
    AttributeName.spontaneous_combustion: "not_easy",
    AttributeName.approved_capacity: "120",
}

FACES = (("coal_face", "3107综采工作面"), ("heading", "3109掘进工作面"), ("heading", "3111掘进工作面"))
"""Those that the samples name."""


@pytest.fixture
def city(city):
    """With a mine whose file says what the rules ask."""
    for name, value in FILE.items():
        set_attribute(actor=None, mine=city.mine, name=name, value=value, valid_from=date(2025, 1, 1), at=AT)
    for kind, name in FACES:
        add_face(actor=None, mine=city.mine, kind=kind, name=name, started_on=date(2025, 1, 1), at=AT)
    return city


def add(city, ledger_id, change=None, number=0):
    """The sample of a ledger, changed, as an entry of the first unit of the small city that keeps it."""
    found = ledgers()[ledger_id]
    unit = next(city.units[UNIT_OF[kind]] for kind in found.keepers if UNIT_OF.get(kind) in city.units)
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
    assert outcomes == {
        "change_link_not_declared": "found",
        "change_link_not_followed": "found",
        "company_commissioner_not_confirming": "clear",
        "company_commissioner_off_shift": "unknown",
        "faces_above_announced": "clear",
        "first_responsible_missing": "clear",
        "imbalance_plan_not_adjusted": "unknown",  # no reserves are on file
        "inspection_obstructed": "found",
        "leader_on_overlapping_shifts": "clear",
        "post_list_coverage": "found",
        "principal_drill_missing": "found",
        "principal_led_shifts_short": "found",
        "production_figures_disagree": "clear",
        "production_over_month": "clear",
        "production_over_quarter": "clear",
        "production_over_year": "unknown",  # the months before the one sheet are missing
        "production_plan_over_capacity": "clear",
        "responsibility_shares_low": "found",  # two signed lists, 812 people
        "responsibility_system_outdated": "clear",
        "safety_commitment_lapsed": "clear",
        "safety_fund_sheet_inconsistent": "clear",
        "safety_fund_underextracted": "clear",
        "safety_fund_underused": "clear",
        "severe_mine_over_headcount": "unknown",
        "shift_without_leader": "found",
        "special_stop_facts": "found",
        "standards_gap_open": "clear",
        "violation_figures_disagree": "found",
        "violation_uncoached": "clear",
        "working_regulation_lapsed": "clear",
    }


def test_without_any_entry_nothing_that_needs_evidence_counts_as_kept(city):
    needs = {"safety_fund_underextracted", "production_over_month", "principal_led_shifts_short", "post_list_coverage"}
    assert {outcome(rule_id) for rule_id in needs} == {"unknown"}
    assert {outcome(rule_id) for rule_id in ("principal_drill_missing", "safety_commitment_lapsed")} == {"found"}


def test_a_raised_gas_grade_raises_what_is_due(city):
    add(city, "safety_fund")
    assert outcome("safety_fund_underextracted") == "clear"
    set_attribute(
        actor=None,
        mine=city.mine,
        name=AttributeName.gas_grade,
        value="outburst",
        valid_from=date(2026, 3, 1),
        at=AT,
    )
    assert outcome("safety_fund_underextracted") == "found"
    assert "少提2040000元" in Finding.objects.get().reason


def test_a_corrected_month_revokes_the_finding_of_overproduction(city):
    month = add(city, "production_month", {"output_t": "120000.01", "belt_scale_t": None})
    assert outcome("production_over_month") == "found"
    right = {**month.values, "output_t": "120000.00"}
    correct(actor=None, entry=month, values=right, reason="计量数录错，已核对皮带秤", at=AT)
    assert outcome("production_over_month") == "clear"
    assert Finding.objects.get().revoked_at == AT


def test_b6_an_open_pit_mine_is_held_against_its_own_rate_and_by_no_rule_of_underground_ones(city):
    set_attribute(actor=None, mine=city.mine, name="mine_type", value="open_pit", valid_from=date(2025, 1, 1), at=AT)
    month = {"output_t": "102000", "rate": "5.00", "due": "510000.00", "extracted": "510000.00"}
    add(city, "safety_fund", month)
    assert outcome("safety_fund_underextracted") == "clear"
    add(city, "leader_shift_plan")
    assert outcome("shift_without_leader") == "unknown"
    assert "露天煤矿" in RuleState.objects.get(rule="shift_without_leader", subject=MINE).why


def test_what_was_computed_is_shown_where_a_rule_is_kept(city):
    add(city, "post_assessment")
    assert outcome("responsibility_shares_low") == "clear"
    why = RuleState.objects.get(rule="responsibility_shares_low", subject=MINE).why
    assert "明责100%" in why
    assert "知责90%" in why


@pytest.mark.parametrize(
    ("coal", "headings", "said", "hazard"),
    [(1, 2, "clear", False), (1, 3, "unknown", False), (2, 4, "unknown", False), (2, 5, "found", True)],
)
def test_layout_is_judged_by_the_faces_of_the_mines_file(city, coal, headings, said, hazard):
    at = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
    for face in city.mine.faces.all():
        end_face(actor=None, face=face, ended_on=date(2026, 4, 1), at=AT)
    district = add_district(actor=None, mine=city.mine, name="一采区", at=AT)
    for number, kind in enumerate(("coal_face",) * coal + ("heading",) * headings):
        add_face(
            actor=None, mine=city.mine, kind=kind, name=f"新{number}工作面", district=district,
            started_on=date(2026, 5, 1), at=AT,
        )  # fmt: skip
    assert outcome("layout_over_limits", at) == said
    cited = [pair[0] for finding in Finding.objects.filter(rule="layout_over_limits") for pair in finding.cites]
    assert ("major_hazard_criteria_2026" in cited) is hazard


def test_before_the_criteria_too_many_faces_break_the_regulations_only(city):
    june = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)
    for number in range(3):
        add_face(
            actor=None, mine=city.mine, kind="coal_face", name=f"另{number}工作面", started_on=date(2026, 5, 1), at=AT
        )
    assert outcome("layout_over_limits", june) == "found"
    assert [pair[1] for pair in Finding.objects.get(rule="layout_over_limits").cites] == ["53.1"]


def test_a_stop_fact_stays_found_until_it_is_closed(city):
    fact = add(city, "special_stop_fact")
    a_year_later = datetime(2027, 4, 10, 2, 0, tzinfo=UTC)
    assert outcome("special_stop_facts", a_year_later) == "found"
    closed = {**fact.values, "closed_on": "2026-04-09", "closing": "停产整顿验收合格"}
    correct(actor=None, entry=fact, values=closed, reason="验收合格销号", at=AT)
    assert outcome("special_stop_facts") == "clear"


@pytest.mark.parametrize(
    ("ledger_id", "change", "message"),
    [
        ("leader_shift", {"up_at": "2026-03-02T07:40"}, "升井时间应晚于下井时间"),
        ("production_month", {"output_t": "-1"}, "当月实际产量"),
        ("post_assessment", {"passed": 21}, "合格人数不得多于抽考人数"),
        ("change_link", {"planned_end": "2026-03-04"}, "计划结束日期不得早于申报时间"),
        ("special_stop_fact", {"item": "item_12"}, "情形"),
        ("staff_count", {"total": None}, "从业人员总数"),
    ],
)
def test_wrong_entries_are_refused(city, ledger_id, change, message):
    with pytest.raises(Refused, match=message):
        add(city, ledger_id, change)
