"""How far a credit is proven: by whose word, not by what it says; and what of several credits a duty rests on."""

from datetime import timedelta

import pytest

from kuangan.core.errors import Refused
from kuangan.core.models import Event, Unit
from kuangan.duty.actions import fulfil, judge_credit, open_due, prove
from kuangan.duty.credit import Credit
from kuangan.duty.credits import fulfil_many
from kuangan.duty.models import Duty, Fulfilment, Source
from kuangan.duty.proof.grades import Grade, grade_of_word, is_authority_over, proven
from kuangan.duty.queries import credits_of
from kuangan.flow.credit.credits import credit_duties
from kuangan.flow.credit.entries import correct
from kuangan.law.duty.obligation_file import obligations
from tests.db.flow.records import add, on


@pytest.mark.parametrize(
    ("keeper", "owing", "grade"),
    [
        ("mine", "mine", "self"),
        ("company", "mine", "self"),
        ("mine", "company", "self"),
        ("mine", "county", "self"),
        ("county", "mine", "accepted"),
        ("county", "company", "self"),
        ("city", "mine", "accepted"),
        ("city", "county", "accepted"),
        ("county", "county_government", "self"),
        ("county", "city", "self"),
    ],
)
def test_only_an_authority_over_the_owing_unit_proves_more_than_its_own_word(city, keeper, owing, grade):
    assert grade_of_word(city.units[keeper], city.units[owing]).value == grade


def test_the_neighbouring_county_is_no_authority(city):
    neighbour = Unit(kind="county_bureau", path="1404/140424/1/", scope_path="1404/140424/")
    assert not is_authority_over(neighbour, city.units["mine"])


def test_a_duty_is_proven_as_far_as_the_weakest_of_its_best_credits():
    assert proven(["self", "machine", "accepted"], 2) == "accepted"
    assert proven(["self", "machine"], 1) == "machine"
    assert proven(["machine"], 2) == "self"


def month_duty(city, at) -> Duty:
    """One of the month whose files count without the level above having looked."""
    open_due(at)
    looked_at = [law.id for law in obligations().values() if law.accepted]
    own = Duty.objects.filter(unit=city.units["mine"], cancelled_at=None, needed=1)
    return own.exclude(obligation__in=looked_at).order_by("pk")[0]


def given(duty, source, key, at, **more) -> None:
    fulfil_many([Credit(duty.pk, source, key, at, at, **more)], at=at)
    duty.refresh_from_db()


def test_files_and_programs_of_the_owing_unit_are_its_own_word_and_the_products_data_are_not(city, at):
    duty = month_duty(city, at)
    for source in (Source.file, Source.checkin):
        given(duty, source.value, f"{source}-1", at)
        assert (duty.grade, duty.done_at) == ("self", at)
    given(duty, Source.auto.value, "alarms_handled", at, grade="machine")
    assert duty.grade == "machine", "one that the machine saw is enough where one is needed"


def test_a_paper_proves_what_was_done_once_it_is_served(city, at):
    duty = month_duty(city, at)
    given(duty, Source.paper.value, "7", at)
    assert duty.grade == "self"
    assert prove(actor=None, source=Source.paper, key="7", grade=Grade.accepted, at=at) == 1
    duty.refresh_from_db()
    assert duty.grade == "accepted"


JUDGED = {"sight": "file", "opinion": "已查看会议记录原件和签到表"}


def test_the_level_above_confirms_one_credit_on_its_own_log_in(city, at):
    duty = month_duty(city, at)
    credit = fulfil(actor=city.users["mine_director"], duty=duty, source=Source.file, key="a", done_at=at, at=at)
    judge_credit(actor=city.users["county_head"], fulfilment=credit, confirmed=True, at=at, **JUDGED)
    duty.refresh_from_db()
    assert duty.grade == "accepted"
    assert Event.objects.filter(action="duty_credit_confirmed", data__sight="file").count() == 1
    with pytest.raises(Refused, match="无需重复核实"):
        judge_credit(actor=city.users["county_head"], fulfilment=credit, confirmed=True, at=at, **JUDGED)


def test_what_was_found_untrue_is_owed_again_and_the_same_evidence_does_not_bring_it_back(city, at):
    duty = month_duty(city, at)
    credit = fulfil(actor=city.users["mine_director"], duty=duty, source=Source.file, key="a", done_at=at, at=at)
    judge_credit(actor=city.users["county_head"], fulfilment=credit, confirmed=False, at=at, **JUDGED)
    duty.refresh_from_db()
    assert duty.done_at is None
    given(duty, Source.file.value, "a", at)
    assert duty.done_at is None
    given(duty, Source.file.value, "b", at)
    assert duty.done_at == at


@pytest.mark.parametrize(
    ("who", "change", "words"),
    [
        ("mine_director", {}, "责任单位及其上级公司不能自行核实"),
        ("company_officer", {}, "责任单位及其上级公司不能自行核实"),
        ("county_head", {"opinion": " "}, "请填写核实意见"),
        ("county_head", {"sight": ""}, "请选择查看方式"),
    ],
)
def test_who_may_not_confirm_and_what_must_be_said(city, at, who, change, words):
    duty = month_duty(city, at)
    credit = fulfil(actor=city.users["mine_director"], duty=duty, source=Source.file, key="a", done_at=at, at=at)
    with pytest.raises(Refused, match=words):
        judge_credit(actor=city.users[who], fulfilment=credit, confirmed=True, at=at, **(JUDGED | change))


def test_a_correction_ends_what_was_confirmed(city):
    at = on("2026-04-02")
    open_due(on("2026-03-02"))
    entry = add(city, "production_month", "mine", at)
    credit = Fulfilment.objects.get(source="entry", key=str(entry.serial), duty__obligation="production_month_report")
    judge_credit(actor=city.users["county_head"], fulfilment=credit, confirmed=True, at=at, **JUDGED)
    credit_duties(Duty.objects.filter(pk=credit.duty_id), at)
    credit.refresh_from_db()
    assert credit.grade == "accepted", "counted again, the same entry stays confirmed"
    correct(actor=None, entry=entry, values={**entry.values, "workdays": 26}, reason="笔误", at=at + timedelta(hours=1))
    credit.refresh_from_db()
    assert credit.grade == "self"
    assert credits_of([credit.duty])[credit.duty_id] == 1
