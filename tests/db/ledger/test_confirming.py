"""Columns of others: not typed, not imported; what an earlier release let the keeper type stays and proves nothing more."""

from datetime import date, timedelta
from importlib import import_module
from io import BytesIO

import pytest
from django.apps import apps
from openpyxl import load_workbook

from kuangan.base.clock import beijing_midnight
from kuangan.core.actions import appoint, create_post, save_attachment
from kuangan.core.errors import Refused
from kuangan.law.ledger import ledger_by_id, ledgers
from kuangan.law.role import Role
from kuangan.ledger.actions import add_entry, confirm_entry, correct_entry, preview_import, return_entry, void_entry
from kuangan.ledger.confirming import term_of
from kuangan.ledger.models import Entry, EntryConfirmation
from kuangan.ledger.queries import confirmed_by_people, confirming_hold, fact_of, waiting_for
from kuangan.ledger.references import References
from kuangan.ledger.sheets import ROWS_SHEET, columns, template
from tests.city import START

LOOKED = {"sight": "place", "opinion": "现场查看合格"}
HAZARD = "hazard_item"


def add(city, ledger_id=HAZARD, actor="mine_engineer", **values):
    given = {
        **ledgers()[ledger_id].sample[0],
        "found_on": "2026-02-20",
        "due_on": "2026-03-08",
        "closed_on": "2026-02-25",
    }
    kept = {name: value for name, value in (given | values).items() if name in _names(ledger_id)}
    unit = city.units["mine"]
    return add_entry(actor=city[actor], ledger_id=ledger_id, unit=unit, values=kept, at=START)


def _names(ledger_id):
    return {field.name for field in ledger_by_id(ledger_id).fields}


def of_before(city, place="1304掘进工作面", **typed):
    """A hazard as an earlier release stored it: who accepted it was typed by the mine."""
    entry = add(city, place=place)
    Entry.objects.filter(pk=entry.pk).update(values=entry.values | typed, waits_for="")
    entry.refresh_from_db()
    return entry


def test_every_part_can_be_written_by_some_role_of_who_is_to_write_it():
    for ledger in ledgers().values():
        for part in ledger.confirmations:
            assert part.roles, (ledger.id, part.id)
            assert not set(part.fields) & {name for row in ledger.sample for name in row}, (ledger.id, part.id)
            assert not set(part.fields) & {field.name for field in columns(ledger)}, (ledger.id, part.id)


def test_a_term_that_reaches_into_a_year_without_holidays_is_counted_as_plain_weeks():
    part = ledger_by_id("emergency_plan").part("filing")
    since = beijing_midnight(date(2027, 12, 30)) + timedelta(hours=10)
    assert term_of(part, since) == beijing_midnight(date(2028, 1, 7))


def test_a_template_and_an_import_know_no_columns_of_others(city):
    ledger, unit = ledger_by_id(HAZARD), city.units["mine"]
    book = load_workbook(BytesIO(template(ledger, References(unit))))
    sheet = book[ROWS_SHEET]
    headings = [cell.value for cell in sheet[1]]
    assert "验收人" not in " ".join(headings)
    sheet.cell(1, len(headings) + 1, "验收人")
    filled = [
        "2026-02-20",
        "1304",
        "锚杆",
        "B级",
        "甲一",
        "甲一",
        "补打",
        1,
        "2026-03-08",
        "停掘",
        "2026-02-25",
        "甲三",
    ]
    sheet.append(filled)
    content = BytesIO()
    book.save(content)
    given = {"ledger_id": HAZARD, "unit": unit, "name": "隐患.xlsx", "content": content.getvalue()}
    imported = preview_import(actor=city["mine_engineer"], at=START, **given)
    assert (imported.refused, imported.total) == ([], 1)
    assert "accepted_by" not in imported.rows[0]["values"]
    assert any("“验收人”" in note for note in imported.notes)


def test_an_accepted_part_is_a_version_with_who_looked_at_what(city):
    entry = add(city)
    new = confirm_entry(actor=city["mine_director"], entry=entry, part_id="acceptance", values={}, at=START, **LOOKED)
    act = EntryConfirmation.objects.get()
    assert (act.entry, act.unit, act.by, act.sight, act.accepted) == (
        new, city.units["mine"], city["mine_director"], "place", True,
    )  # fmt: skip
    assert (new.version, new.parts, new.waits_for) == (2, ("acceptance",), "")
    assert fact_of(new).values["accepted_on"] == date(2026, 3, 1)
    with pytest.raises(Refused, match="刚被他人更正"):
        return_entry(actor=city["mine_director"], entry=entry, part_id="acceptance", at=START, **LOOKED)
    ended = void_entry(actor=city["mine_engineer"], entry=new, reason="重复登记", at=START)
    assert (ended.parts, ended.waits_for) == (("acceptance",), "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sight": ""}, "请选择查看了什么"),
        ({"sight": "hearsay"}, "请选择查看了什么"),
        ({"opinion": "　"}, "请写明查看的内容和结论"),
        ({"opinion": "合" * 301}, "最多 300 字"),
    ],
)
def test_nothing_is_accepted_unseen(city, change, words):
    entry = add(city)
    given = {**LOOKED, **change}
    with pytest.raises(Refused, match=words):
        confirm_entry(actor=city["mine_director"], entry=entry, part_id="acceptance", values={}, at=START, **given)
    assert not EntryConfirmation.objects.exists()


def test_what_a_mine_typed_under_an_earlier_release_stays_and_no_rule_reads_it(city):
    entry = of_before(city, accepted_by="甲三")
    fact = fact_of(entry)
    assert ("accepted_by" in fact.values, fact.unconfirmed) == (False, {"accepted_by"})
    corrected = correct_entry(
        actor=city["mine_engineer"], entry=entry, values=entry.values | {"funds": "1300.00"}, reason="金额", at=START
    )
    assert ("accepted_by" in corrected.values, corrected.waits_for) == (False, "acceptance")
    assert Entry.objects.get(pk=entry.pk).values["accepted_by"] == "甲三"


def test_what_was_typed_before_can_still_be_accepted_by_whom_it_belongs_to(city):
    entry = of_before(city, accepted_by="甲三")
    new = confirm_entry(actor=city["mine_director"], entry=entry, part_id="acceptance", values={}, at=START, **LOOKED)
    assert (new.values["accepted_by"]["name"], fact_of(new).unconfirmed) == ("甲二", frozenset())


def test_open_entries_of_an_earlier_release_begin_to_wait_and_closed_ones_do_not(city):
    begin_to_wait = import_module("kuangan.ledger.migrations.0006_parts_of_others").begin_to_wait
    open_one, closed = of_before(city), of_before(city, place="1305掘进工作面", accepted_by="甲三")
    begin_to_wait(apps, None)
    for entry in (open_one, closed):
        entry.refresh_from_db()
    assert (open_one.waits_for, closed.waits_for) == ("acceptance", "")


INVESTIGATION = "hazard_investigation"


@pytest.mark.parametrize("migration", ["0006_parts_of_others.begin_to_wait", "0007_wait_by_who_keeps_it.wait_anew"])
def test_entries_of_before_wait_by_who_keeps_them_and_what_was_sent_back_does_not(city, migration):
    module, _, function = migration.rpartition(".")
    values = ledgers()[INVESTIGATION].sample[0]
    county = city.units["county"]
    own = add_entry(actor=city["county_officer"], ledger_id=INVESTIGATION, unit=county, values=values, at=START)
    mines = add(city, INVESTIGATION, "mine_director", **values)
    proposal = ledgers()["mine_class_decision"].sample[0]
    proposed = add_entry(
        actor=city["county_officer"], ledger_id="mine_class_decision", unit=county, values=proposal, at=START
    )
    Entry.objects.update(waits_for="")
    if module.startswith("0007"):
        Entry.objects.filter(pk=own.pk).update(waits_for="review")
    returned = add(city, INVESTIGATION, "mine_director", **{**values, "hazard": "另一重大隐患"})
    return_entry(actor=city["county_section"], entry=returned, part_id="review", at=START, **LOOKED)
    getattr(import_module(f"kuangan.ledger.migrations.{module}"), function)(apps, None)
    waiting = dict(Entry.objects.values_list("pk", "waits_for"))
    assert (waiting[own.pk], waiting[mines.pk], waiting[proposed.pk]) == ("", "review", "city_review")
    assert module.startswith("0006") or waiting[returned.pk] == ""


def test_what_waits_is_listed_to_those_who_may_write_it_in_one_query(city, django_assert_num_queries):
    first = add(city)
    add(city, place="1305掘进工作面", grade="major")
    for username in ("mine_director", "county_officer", "county_section", "mine_engineer", "company_officer"):
        city[username].kept_answers = {}
    assert [entry.pk for entry in waiting_for(city["mine_director"])] == [first.pk]
    assert [entry.waits_for for entry in waiting_for(city["county_officer"])] == ["major_acceptance"]
    assert not waiting_for(city["mine_engineer"]).exists(), "he recorded them"
    assert not waiting_for(city["company_officer"]).exists()
    with django_assert_num_queries(1):
        list(waiting_for(city["county_officer"]))


def test_how_much_each_confirmed_and_sent_back_is_counted(city):
    for number in range(3):
        entry = add(city, place=f"{number}号工作面")
        given = {"actor": city["mine_director"], "entry": entry, "part_id": "acceptance", **LOOKED}
        at = START + timedelta(minutes=25 * number)
        if number:
            confirm_entry(values={}, at=at, **given)
        else:
            return_entry(at=at, **given)
    (line,) = confirmed_by_people([city.units["mine"]], START)
    assert (line["confirmed"], line["returned"], line["busiest"]) == (2, 1, 3)
    assert confirmed_by_people([city.units["mine"]], START + timedelta(days=1)) == []


@pytest.mark.parametrize("owing", ["mine", "company"])
def test_who_works_for_the_mine_or_its_company_confirms_nothing_for_its_supervisor(city, owing):
    entry, part = add(city, grade="major"), ledger_by_id(HAZARD).part("major_acceptance")
    officer = city["county_officer"]
    assert confirming_hold(officer, entry, part, START)
    post = create_post(actor=None, unit=city.units[owing], title="顾问", role=Role.clerk, at=START)
    appoint(actor=None, post=post, person=officer.person, at=START)
    assert confirming_hold(officer, entry, part, START) is None


def evidence(city):
    return [save_attachment(actor=city["mine_engineer"], name="实测.txt", content=b"0.8 m", at=START).pk]


def official(city, entry, part_id):
    return confirm_entry(actor=city["county_officer"], entry=entry, part_id=part_id, values={}, at=START, **LOOKED)


def again(city, entry, **values):
    return correct_entry(
        actor=city["mine_engineer"], entry=entry, values=entry.values | values, reason="更正", at=START
    )


def test_a_request_neither_ends_what_was_accepted_nor_goes_unheard(city):
    entry = add(city, grade="major")
    asking = {"release_for": "实测合格", "release_files": evidence(city)}
    with pytest.raises(Refused, match="正待日常监管部门办理“重大隐患整改验收”"):
        again(city, entry, **asking)
    entry = again(city, entry, release_for="经实测间距合格")
    assert entry.waits_for == "major_acceptance", "half a request is none"
    entry = official(city, entry, "major_acceptance")
    with pytest.raises(Refused, match="已办理“重大隐患整改验收”"):
        again(city, entry, **asking)
    assert again(city, entry, release_for="").parts == ("major_acceptance",), "its acceptance rests on none of that"


def test_what_was_sent_back_waits_once_it_is_asked_for_anew_and_not_before(city):
    entry = add(city, grade="major", closed_on="")
    entry = again(city, entry, release_for="实测合格", release_files=evidence(city))
    assert entry.waits_for == "release"
    entry = again(city, entry, funds="1300.00")
    assert entry.waits_for == "release", "it was asked for and nobody decided"
    return_entry(actor=city["county_officer"], entry=entry, part_id="release", at=START, **LOOKED)
    entry = again(city, entry, closed_on="2026-02-25")
    assert entry.waits_for == "major_acceptance"
    entry = official(city, entry, "major_acceptance")
    assert (entry.parts, entry.waits_for) == (("major_acceptance",), "")


def test_what_was_consented_to_rests_on_its_reason(city):
    entry = again(city, add(city, grade="major", closed_on=""), release_for="实测合格", release_files=evidence(city))
    entry = official(city, entry, "release")
    with pytest.raises(Refused, match="须先由日常监管部门"):
        again(city, entry, grade="B", release_for="另有原因")
    other = again(city, entry, release_for="另有原因")
    assert (other.parts, other.waits_for) == ((), "release"), "another reason is another request"
    assert again(city, official(city, other, "release"), grade="B").values["grade"] == "B"


@pytest.mark.parametrize(("keeper", "hidden"), [("city", set()), ("county", {"city_reviewed_on"})])
def test_what_the_city_recorded_itself_needs_no_word_of_the_city(city, keeper, hidden):
    ledger_id = "mine_class_decision"
    unit, sample = city.units[keeper], ledgers()[ledger_id].sample[0]
    entry = add_entry(actor=None, ledger_id=ledger_id, unit=unit, values=sample, at=START)
    Entry.objects.filter(pk=entry.pk).update(values=entry.values | {"city_reviewed_on": "2026-02-20"})
    entry.refresh_from_db()
    assert fact_of(entry).unconfirmed == hidden
