"""Local values: a city's over the general ones, dated, marked where assumed."""

from datetime import date
from decimal import Decimal

import pytest

from kuangan.law import local as local_values
from kuangan.law.local import UnknownKey, local, local_decimal, local_span
from kuangan.law.source import CorpusError
from kuangan.law.time.dated import NotInForce
from kuangan.law.time.span import days, hours, workdays

DAY = date(2026, 3, 10)


def test_the_week_rule_as_the_register_and_the_assumptions_say():
    assert local("week_rule.min_times", DAY).value == 2
    assert local("week_rule.min_times", DAY).assumed == ""
    assert local("week_rule.mode", DAY).value == "rolling"
    assert local("week_rule.mode", DAY).assumed
    assert local_span("week_rule.window", DAY) == hours(168)
    assert local_span("suspension.floor", DAY) == days(3)
    assert local_decimal("high_value.threshold", DAY) == Decimal("3.0")


def test_statutory_spans_are_cited_and_not_assumed():
    acceptance, publication = local("suspension.acceptance", DAY), local("suspension.publish", DAY)
    assert (acceptance.cite.instrument, acceptance.cite.article, acceptance.assumed) == (
        "coal_mine_safety_ordinance",
        "48.2",
        "",
    )
    assert local_span("suspension.acceptance", DAY) == days(20)
    assert (publication.assumed, local_span("suspension.publish", DAY)) == ("", workdays(5))


@pytest.mark.parametrize(
    ("key", "on"),
    [
        ("remedy.lawsuit_span_text", DAY),
        ("severe_disaster.gas_grades", DAY),
        ("severe_disaster.hydrology", DAY),
        ("suspension.publish", DAY),
        ("production.quarter_share", date(2026, 7, 1)),
        ("checks.maximum.A", date(2025, 12, 31)),
        ("emergency_plan.evaluate_within", DAY),
    ],
)
def test_what_law_says_is_not_marked_as_assumed(key, on):
    assert local(key, on).assumed == ""


@pytest.mark.parametrize(
    "key",
    [
        "severe_disaster.spontaneous_combustion",
        "checks.maximum.A",
        "checks.maximum.B",
        "checks.maximum.C",
        "checks.maximum.D",
        "checks.maximum_guidance",
        "week_rule.after_stop",
        "week_rule.counts_from",
        "episode.begins_at",
        "overlimit_followup.halt",
        "overlimit_followup.led_by_principal",
        "overlimit_followup.led_by_experts",
        "duty.grace",
        "duty.ladder",
        "duty.mine_rolls",
        "duty.standing_within",
        "suspension.serve",
        "suspension.power",
        "classification.lasting_low",
        "classification.lasting_not_a",
        "succession.imbalance_drainage",
        "retention.history",
    ],
)
def test_what_no_law_says_is_marked_with_its_question(key):
    assert local(key, DAY).assumed


def test_no_value_is_kept_of_what_the_law_of_grades_dropped():
    with pytest.raises(UnknownKey):
        local("standardization.reached_grades", DAY)


def test_a_value_before_its_law_raises():
    with pytest.raises(NotInForce, match=r"suspension\.acceptance"):
        local("suspension.acceptance", date(2024, 4, 30))


def test_the_alarm_values_lean_on_the_instrument_of_the_day():
    cited = [local("alarm_handling.verify.red", day).cite.instrument for day in (date(2025, 10, 31), date(2025, 11, 1))]
    assert cited == ["alarm_handling_interim_2021", "alarm_handling_measures_2025"]


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(UnknownKey, match=r"week_rule\.mode"):
        local("week_rule.mod", DAY)


def test_a_city_without_its_own_value_falls_back(monkeypatch):
    assert local("paper_number.organs", DAY, "140400").value["140423"] == "襄垣"
    assert local("week_rule.mode", DAY, "140400") == local("week_rule.mode", DAY, "140500")
    with pytest.raises(NotInForce):
        local("paper_number.organs", DAY, "140500")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("values:\n  - key: a\n    key: b\n", r"x\.yaml:3: duplicate key 'key'"),
        ("values: []\nother: 1\n", r"x\.yaml:2: unknown key 'other'"),
        (
            (
                "values:\n  - key: a\n    meaning: m\n    measure: '1.1'\n    values:\n"
                "      - {valid_from: 2025-01-01, value: 1, cite: register}\n"
                "      - {valid_from: 2024-01-01, value: 2, cite: register}\n"
            ),
            r"x\.yaml:2: dated values need",
        ),
        ("values:\n  - key: [a\n", r"x\.yaml:3: "),
    ],
)
def test_a_broken_file_is_refused_with_file_and_line(tmp_path, text, message):
    file = tmp_path / "x.yaml"
    file.write_text(text)
    with pytest.raises(CorpusError, match=message):
        local_values.read_local(file)
