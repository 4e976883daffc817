"""How a procedure says that its cases begin and what its clocks say: parties, the moment from which days count, rolling, reminders."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.casework.models import Case, Finding
from kuangan.casework.openings import Chosen, offers, subjects
from kuangan.core.models import Event, Notice
from kuangan.core.queries import roles_of
from kuangan.flow.cases.opening import open_by_person, open_from_finding
from kuangan.flow.sweep import sweep_once
from kuangan.law.content import rules
from kuangan.law.procedure import CaseSubject, Clock, Field, FromRule, Party, Words
from kuangan.law.time.span import days
from tests.db.flow.records import add
from tests.procedures import INQUIRY, known

TUESDAY = datetime(2026, 3, 10, 2, tzinfo=UTC)
GIVEN = {"matter": "越界", "gravity": "grave", "found_on": "2026-03-10"}
(WAY,) = INQUIRY.opens


def opened(city, law, *, chosen=None, **inputs) -> Case:
    """A case of the city's officer about the county, or what is chosen."""
    with known(law):
        return open_by_person(
            actor=city["city_officer"],
            procedure_id=law.id,
            way_id="open",
            chosen=chosen or Chosen(city.units["county"]),
            inputs={**GIVEN, **inputs},
            at=TUESDAY,
        )


def with_clock(**says):
    """The inquiry with another deadline while it is drafted."""
    clock = Clock("draft", "发出约请", "deadline", lambda on, facts: days(4), during=("drafted",), **says)
    return replace(INQUIRY, clocks=(clock,))


def test_an_opening_says_whom_the_case_is_against(city):
    def parties(case, attempt):
        return (Party(1, case.names["unit"], "unit"), Party(2, attempt.inputs["matter"], "person", post="局长"))

    case = opened(city, replace(INQUIRY, opens=(replace(WAY, parties=parties),)))
    rows = list(case.parties.order_by("number").values_list("number", "name", "kind", "post"))
    assert rows == [(1, city.units["county"].name, "unit", ""), (2, "越界", "person", "局长")]
    assert not opened(city, INQUIRY).parties.exists()


def test_clocks_count_from_the_moment_that_a_field_states(city):
    seen_at = TUESDAY - timedelta(days=1, hours=5)
    way = replace(WAY, fields=(*WAY.fields, Field("seen_at", "发现时间", "moment")), counts_from="seen_at")
    case = opened(city, replace(INQUIRY, opens=(way,)), seen_at=seen_at)
    assert case.clocks.get().started_at == seen_at
    assert opened(city, replace(INQUIRY, opens=(replace(WAY, counts_from=""),))).clocks.get().started_at == TUESDAY


@pytest.mark.parametrize(("rolls", "ends"), [(True, "2026-03-17"), (False, "2026-03-15")])
def test_a_deadline_whose_last_day_is_a_saturday_ends_on_monday_only_where_it_rolls(city, rolls, ends):
    case = opened(city, with_clock(rolls=rolls))
    assert case.clocks.get().due_at == beijing_midnight(datetime.fromisoformat(ends).date())


@pytest.mark.parametrize("reminder", ["{unit}{label}仍未办理（{matter}）", ""])
def test_what_is_said_when_a_lapsed_deadline_comes_back_unmet_is_its_reminder(city, reminder):
    law = with_clock(escalates=("unit",), words=Words(lapse="{label}到期", reminder=reminder))
    case, unit = opened(city, law), city.units["county"]
    with known(law):
        due_at = case.clocks.get().due_at
        for _ in range(2):
            sweep_once(due_at)
            due_at = case.clocks.get().wakes_at
            assert due_at is not None
    bodies = list(Notice.objects.filter(kind="lapse", unit=unit).order_by("pk").values_list("body", flat=True))
    again = f"{unit.name}发出约请仍未办理（越界）" if reminder else "发出约请到期"
    assert bodies == ["发出约请到期，尚未办理，请督促。", f"{again}，尚未办理，请督促。"]


def choices(city, law) -> list[Chosen]:
    """What the city's officer may choose."""
    user = city["city_officer"]
    with known(law):
        offer = next(offer for offer in offers(user, TUESDAY) if offer.law.id == law.id)
        return list(subjects(user, roles_of(user, TUESDAY), offer))


def test_a_case_about_an_entry_names_the_entry_and_its_unit(city):
    entry = add(city, "regime_document", "mine", TUESDAY, subject="19.3")
    law = replace(INQUIRY, subject=CaseSubject.entry, about=("regime_document",))
    (chosen,) = choices(city, law)
    assert (chosen.entry, chosen.unit, chosen.key) == (entry, city.units["mine"], entry.pk)
    case = opened(city, law, chosen=chosen)
    assert (case.entry, case.unit, case.mine_id) == (entry, city.units["mine"], city.mine.pk)


def test_a_case_about_a_case_comes_from_it_and_is_about_its_unit(city):
    first = opened(city, INQUIRY)
    law = replace(INQUIRY, id="review", prefix="复核", subject=CaseSubject.case, about=("inquiry",))
    with known(INQUIRY, law):
        (offer,) = (offer for offer in offers(city["city_officer"], TUESDAY) if offer.law.id == "review")
        (chosen,) = subjects(city["city_officer"], roles_of(city["city_officer"], TUESDAY), offer)
        case = open_by_person(
            actor=city["city_officer"],
            procedure_id="review",
            way_id="open",
            chosen=chosen,
            inputs=GIVEN,
            at=TUESDAY,
        )
    assert (chosen.case, case.parent, case.unit) == (first, first, city.units["county"])


@pytest.mark.parametrize("single", [True, False])
def test_a_finding_opens_a_case_of_the_procedure_that_its_rule_names_and_a_further_one_joins_it(city, single):
    rule = next(rule for rule in rules() if rule.procedure)
    way = FromRule("{unit}：{rule}（{procedure}）")
    law = replace(INQUIRY, id=rule.procedure, subject=CaseSubject.mine, about=(), opens=(way,), single=single)
    mine = city.units["mine"]
    with known(law):
        for number in (1, 2):
            row = Finding.objects.create(
                rule=rule.id, measure=rule.measure, mine=city.mine, path=mine.path, subject=str(number),
                reason=f"第{number}次", corpus_digest="0" * 64, found_at=TUESDAY,
            )  # fmt: skip
            open_from_finding(row, mine, TUESDAY)
    cases = list(Case.objects.filter(procedure=law.id).order_by("pk"))
    assert [case.title for case in cases] == [f"{mine.name}：{rule.title}（约请说明）"] * (1 if single else 2)
    assert cases[0].facts["reason"] == "第1次"
    assert set(Finding.objects.values_list("case", flat=True)) == {case.pk for case in cases}
    assert Event.objects.filter(action="finding_joined").count() == (1 if single else 0)
