"""Register changes: made, proposed and decided, done on their day, corrected; names of units as of a day."""

from datetime import date, timedelta

import pytest

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, Unit
from kuangan.core.queries import roles_of, visible_paths
from kuangan.core.queries.units import names_on
from kuangan.flow.changes import due
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, accept_change, ask_change, refuse_change, withdraw_change
from kuangan.flow.changes.queries import changes_visible_to
from kuangan.flow.changes.subjects import change_subject
from kuangan.flow.models import RegisterChange
from kuangan.flow.sweep import sweep_once
from kuangan.mine.models import Mine
from kuangan.mine.queries.relations import unit_on
from tests.db.flow.conftest import MORNING

TODAY = date(2026, 3, 10)
NEW = "云岭新一号煤矿"


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """It is ten in the morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)


def subject(unit: Unit):
    named = change_subject("unit", unit.code)
    assert named is not None
    return named


def rename(city, actor: str, unit: str, name: str, on: date = TODAY, **more) -> RegisterChange:
    return ask_change(
        actor=city[actor],
        kind=change_kinds()["unit_rename"],
        subject=subject(city.units[unit]),
        values={"name": name},
        stated=Stated(on, "机构改革", "示编〔2026〕3号"),
        **more,
    )


def name_of(city, unit: str) -> str:
    return Unit.objects.get(pk=city.units[unit].pk).name


def test_the_operator_renames_a_unit_and_the_day_before_keeps_its_name(city):
    change = rename(city, "operator", "county", "示例县应急管理和矿山监管局")
    assert (change.state, name_of(city, "county")) == ("in_effect", "示例县应急管理和矿山监管局")
    assert names_on([city.units["county"].pk], TODAY - timedelta(days=1)) == {
        city.units["county"].pk: "示例县应急管理局"
    }
    assert names_on([city.units["county"].pk], TODAY) == {}


def test_a_mine_proposes_its_supervisor_refuses_and_later_accepts(city):
    first = rename(city, "mine_director", "mine", NEW)
    assert first.state == "proposed"
    assert Notice.objects.filter(kind="register_change", unit=city.units["county"], role="section_head").exists()
    with pytest.raises(Refused, match="不由您的岗位审核"):
        accept_change(actor=city["county_duty"], change=first)
    with pytest.raises(Refused, match="理由"):
        refuse_change(actor=city["county_section"], change=first, answer=" ")
    refuse_change(actor=city["county_section"], change=first, answer="采矿许可证尚未变更")
    assert Notice.objects.filter(kind="register_changed", person=city["mine_director"].person).exists()
    with pytest.raises(Refused, match="无需审核"):
        accept_change(actor=city["county_section"], change=first)
    second = rename(city, "mine_director", "mine", NEW)
    accept_change(actor=city["county_section"], change=second)
    assert (name_of(city, "mine"), Mine.objects.get(pk=city.mine.pk).name) == (NEW, NEW)


def test_others_neither_make_nor_propose(city):
    for username in ("county_section", "company_officer", "audit_admin", "county_duty"):
        with pytest.raises(Refused, match="不能办理或者提出"):
            rename(city, username, "mine", NEW)


def test_a_later_day_waits_for_the_sweep(city, monkeypatch):
    tomorrow = TODAY + timedelta(days=1)
    change = rename(city, "operator", "county", "新名称局", tomorrow)
    last_moment = clock.beijing_midnight(tomorrow) - timedelta(seconds=1)
    assert (change.state, due.due(last_moment).count()) == ("waiting", 0)
    monkeypatch.setattr(clock, "now", lambda: clock.beijing_midnight(tomorrow))
    sweep_once(clock.beijing_midnight(tomorrow))
    change.refresh_from_db()
    assert (change.state, name_of(city, "county")) == ("in_effect", "新名称局")
    assert names_on([city.units["county"].pk], TODAY) == {city.units["county"].pk: "示例县应急管理局"}


def test_what_cannot_be_done_on_its_day_is_said_and_harms_no_neighbour(city):
    tomorrow = TODAY + timedelta(days=1)
    bad = rename(city, "operator", "county", "新名称局", tomorrow)
    good = rename(city, "operator", "city", "示例市矿山安全监管局", tomorrow)
    rename(city, "operator", "county", "新名称局")
    at = clock.beijing_midnight(tomorrow)
    assert [due.change(change, at) for change in due.due(at)] == [True, True]
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("failed", "in_effect")
    assert "与现名称不同" in bad.answer
    assert Notice.objects.filter(person=city["operator"].person, title__contains="未能生效").exists()


def test_a_correction_takes_its_place_and_the_record_stays(city):
    first = rename(city, "operator", "county", "示例县应急管里局二")
    second = rename(city, "operator", "county", "示例县应急管理二局", corrects=first)
    first.refresh_from_db()
    assert (first.state, second.state) == ("corrected", "in_effect")
    assert (name_of(city, "county"), second.corrects) == ("示例县应急管理二局", first)
    third = rename(city, "operator", "county", "", corrects=second, takes_back=True)
    assert (third.state, name_of(city, "county")) == ("in_effect", "示例县应急管理局")
    assert names_on([city.units["county"].pk], TODAY - timedelta(days=1)) == {}
    with pytest.raises(Refused, match="只能更正已生效"):
        rename(city, "operator", "county", "甲局", corrects=first)


def test_a_correction_is_refused_where_a_later_change_rests_on_it(city):
    first = rename(city, "operator", "county", "甲局", TODAY - timedelta(days=1))
    rename(city, "operator", "county", "乙局")
    with pytest.raises(Refused, match="其后又已更名"):
        rename(city, "operator", "county", "丙局", corrects=first)


@pytest.mark.parametrize(
    ("name", "on", "words"),
    [
        ("示例县应急管理局", TODAY, "与现名称不同"),
        ("", TODAY, "新名称"),
        ("示" * 101, TODAY, "100"),
        ("示例市应急管理局", TODAY, ""),
        ("甲局", TODAY + timedelta(days=367), "超过一年"),
    ],
)
def test_what_a_new_name_may_be(city, name, on, words):
    if not words:  # another kind of unit may bear the name
        assert rename(city, "operator", "county", name, on).state == "in_effect"
        return
    with pytest.raises(Refused, match=words):
        rename(city, "operator", "county", name, on)


def test_a_waiting_or_proposed_change_is_withdrawn_by_whom_it_belongs_to(city):
    proposed = rename(city, "mine_director", "mine", NEW)
    with pytest.raises(Refused, match="只有提出人"):
        withdraw_change(actor=city["mine_engineer"], change=proposed)
    assert withdraw_change(actor=city["mine_director"], change=proposed).state == "withdrawn"
    waiting = rename(city, "operator", "county", "甲局", TODAY + timedelta(days=3))
    assert withdraw_change(actor=city["operator"], change=waiting).state == "withdrawn"


def test_nobody_supervised_reads_what_an_office_still_considers(city):
    waiting = rename(city, "operator", "mine", NEW, TODAY + timedelta(days=3))
    own = rename(city, "mine_director", "mine", "云岭另一煤矿")
    seen = {
        name: set(changes_visible_to(city[name])) for name in ("mine_director", "company_officer", "county_section")
    }
    assert seen == {"mine_director": {own}, "company_officer": set(), "county_section": {waiting, own}}


def of_unit(city, kind: str, unit: str, on: date = TODAY, /, **values) -> RegisterChange:
    return ask_change(
        actor=city["operator"],
        kind=change_kinds()[kind],
        subject=subject(city.units[unit]),
        values=values,
        stated=Stated(on, "企业重组", "示国资〔2026〕2号"),
    )


def test_a_company_goes_up_in_another_with_mines_posts_and_people(city):
    area, company = city.units["area"], city.units["company"]
    of_unit(city, "unit_open", "area", kind="company", name="新岭集团", code="company-new")
    into = Unit.objects.get(code="company-new")
    assert (into.parent, into.closed_on) == (area, None)
    merged = of_unit(city, "unit_merge", "company", into="company-new")
    company.refresh_from_db()
    assert (merged.state, company.closed_on, company.into) == ("in_effect", TODAY, into)
    assert {mine.company for mine in Mine.objects.all()} == {into}
    assert company_on(city.mine, TODAY - timedelta(days=1)) == company
    officer = city["company_officer"]
    assert officer.person.unit_id == company.pk
    officer = type(officer).objects.get(pk=officer.pk)
    assert (officer.person.unit, [hold.unit for hold in roles_of(officer)]) == (into, [into])
    assert city.mine.unit.path in visible_paths(officer)
    with pytest.raises(Refused, match="不适用于"):
        of_unit(city, "unit_merge", "company", into="company-new")


def company_on(mine, on: date):
    return unit_on(Mine.objects.get(pk=mine.pk), "company", on)


def test_a_unit_is_closed_only_without_open_work_which_is_named(city):
    with pytest.raises(Refused, match="所属煤矿云岭一号煤矿"):
        of_unit(city, "unit_close", "company")
    of_unit(city, "unit_open", "area", kind="company", name="空壳公司", code="company-empty")
    city.units["empty"] = Unit.objects.get(code="company-empty")
    closed = of_unit(city, "unit_close", "empty")
    city.units["empty"].refresh_from_db()
    assert (closed.state, city.units["empty"].closed_on) == ("in_effect", TODAY)
    with pytest.raises(Refused, match="不要另建"):
        of_unit(city, "unit_open", "area", kind="city_bureau", name="第二应急局")
