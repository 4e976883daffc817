"""Decisions taken are effects: what is decided holds of the mine from its day, with its paper, and follows its correction."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.core.errors import Refused
from kuangan.core.queries import events_of
from kuangan.flow.credit.entries import correct, record_entry, void
from kuangan.law.ledger import ledgers
from kuangan.mine.actions import set_attribute
from kuangan.mine.models import MineAttribute
from kuangan.mine.queries import attribute, attribute_spells, dated_attributes

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
DAY = date(2026, 3, 20)
EVE = DAY - timedelta(days=1)


def decided(city, unit="city", **change):
    """A class decided and published."""
    values = {
        **ledgers()["mine_class_decision"].sample[0],
        "decided_on": "2026-03-15",
        "mine_class": "C",
        "published_on": DAY.isoformat(),
        "announcement_number": "演示应急公告〔2026〕3号",
        **change,
    }
    kept = {name: value for name, value in values.items() if value is not None}
    return record_entry(actor=None, ledger_id="mine_class_decision", unit=city.units[unit], values=kept, at=AT)


def changed(entry, **change):
    values = {name: value for name, value in {**entry.values, **change}.items() if value is not None}
    return correct(actor=None, entry=entry, values=values, reason="公布日期更正", at=AT + timedelta(days=1))


def classes(city, *days):
    return [attribute(city.mine, "mine_class", day) for day in days]


def test_a_published_class_holds_from_its_day_with_its_paper_and_not_before(city):
    set_attribute(actor=None, mine=city.mine, name="mine_class", value="B", valid_from=date(2026, 1, 1))
    entry = decided(city)
    assert classes(city, EVE, DAY) == ["B", "C"]
    row = MineAttribute.objects.get(name="mine_class", value="C")
    assert row.basis == f"演示应急公告〔2026〕3号（煤矿分类确定台账第{entry.serial}号）"
    assert row.source == f"entry:mine_class_decision/{entry.serial}"
    assert attribute_spells([city.mine], DAY)[city.mine.pk]["mine_class"] == ((date(2026, 1, 1), "B"), (DAY, "C"))
    assert attribute(city.mines["second"], "mine_class", DAY) is None


def test_a_proposal_of_the_county_and_a_decision_that_is_not_published_set_nothing(city):
    decided(city, "county")
    decided(city, published_on=None)
    assert classes(city, DAY) == [None]


def test_a_correction_moves_the_effect_and_what_it_said_before_stays_to_be_read(city):
    set_attribute(actor=None, mine=city.mine, name="mine_class", value="B", valid_from=date(2026, 1, 1))
    entry = changed(decided(city), published_on="2026-03-25", mine_class="D")
    later = date(2026, 3, 25)
    assert classes(city, DAY, later - timedelta(days=1), later) == ["B", "B", "D"]
    gone = MineAttribute.objects.get(name="mine_class", value="C")
    assert (gone.withdrawn_at, gone.withdrawn_for) == (AT + timedelta(days=1), "所依据的台账记录已更正")
    changed(entry, mine_class="C", published_on=DAY.isoformat())
    assert classes(city, EVE, DAY) == ["B", "C"]
    rows = dated_attributes(city["city_section"], city.mine).filter(name="mine_class")
    assert [(row.value, row.withdrawn_at is None) for row in rows] == [
        ("D", False), ("C", True), ("C", False), ("B", True),
    ]  # fmt: skip
    actions = events_of(city.mine).filter(action__startswith="mine_attribute").values_list("action", flat=True)
    assert sorted(actions).count("mine_attribute_withdrawn") == 2


def test_a_correction_that_names_another_mine_moves_the_effect_to_it(city):
    changed(decided(city), mine=city.mines["second"].code)
    assert classes(city, DAY) == [None]
    assert attribute(city.mines["second"], "mine_class", DAY) == "C"


def test_a_correction_of_other_things_leaves_the_effect_as_it_was(city):
    changed(decided(city), reasons="理由更正")
    assert MineAttribute.objects.filter(name="mine_class").count() == 1


def test_a_void_decision_sets_nothing_any_more(city):
    entry = decided(city)
    void(actor=None, entry=entry, reason="登记错误", at=AT)
    assert classes(city, DAY) == [None]
    assert MineAttribute.objects.get(name="mine_class").withdrawn_for == "所依据的台账记录已作废"


def test_of_two_decisions_of_one_day_the_later_written_holds(city):
    decided(city)
    decided(city, decided_on="2026-03-16", mine_class="D")
    assert classes(city, DAY) == ["D"]


def test_nobody_sets_by_hand_what_a_decision_sets_on_its_day(city):
    decided(city)
    with pytest.raises(Refused, match=r"由“演示应急公告〔2026〕3号.*确定，请更正该记录"):
        set_attribute(actor=None, mine=city.mine, name="mine_class", value="A", valid_from=DAY)
    set_attribute(actor=None, mine=city.mine, name="mine_class", value="A", valid_from=DAY + timedelta(days=1))
    assert classes(city, DAY, DAY + timedelta(days=1)) == ["C", "A"]


def test_a_grading_sets_the_grade_in_the_words_of_the_file(city):
    sample = dict(ledgers()["standardization_grade"].sample[0])
    revoked = {"decided_on": "2026-03-02", "change": "revoked", "grade": "none", "valid_until": None}
    for values in (sample, sample | revoked):
        kept = {name: value for name, value in values.items() if value is not None}
        record_entry(actor=None, ledger_id="standardization_grade", unit=city.units["county"], values=kept, at=AT)
    days = (date(2025, 6, 19), date(2025, 6, 20), date(2026, 3, 1), date(2026, 3, 2))
    assert [attribute(city.mine, "standardization_grade", day) for day in days] == [None, "二级", "二级", "不达标"]


def test_one_announcement_sets_each_grade_that_it_names_and_no_other(city):
    sample = dict(ledgers()["disaster_grade"].sample[0]) | {"gas_grade": "outburst", "rock_burst": "yes"}
    record_entry(actor=None, ledger_id="disaster_grade", unit=city.units["city"], values=sample, at=AT)
    on = date(2026, 3, 10)
    names = ("gas_grade", "rock_burst", "hydrology")
    assert [attribute(city.mine, name, date(2026, 2, 25)) for name in names] == [None, None, None]
    assert [attribute(city.mine, name, date(2026, 2, 26)) for name in names] == ["outburst", "yes", None]
    assert attribute(city.mine, "gas_grade", on) == "high_gas", "the city's file says so from March on"
