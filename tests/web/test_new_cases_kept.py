"""A case about an office: its drafts, unserved papers, internal clocks, calls and changes are kept from it as from a mine."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case, CaseNotice
from kuangan.casework.queries import calls_visible_to, notices_visible_to, running_clocks, with_running_clocks
from kuangan.core.actions import send_notice
from kuangan.core.queries import units_concerned
from kuangan.law.paper import load_template
from kuangan.law.procedure import Fact, Field, Move, PaperUse
from kuangan.overview.queries.board import cases_between
from kuangan.web.frame.live import Hub, Stream
from tests.procedures import INQUIRY, OFFICE, known

CANARY = "金丝雀内部意见"
ORDER = "onsite_decision"
SERVED = {"method": "direct", "receiver": "乙一"}


def content_of(template):
    return lambda case, attempt: dict(load_template(template).sample)


KEPT = replace(
    INQUIRY,
    facts=(*INQUIRY.facts, Fact("plan", "打算", filter=True, internal=True)),
    moves=(
        *INQUIRY.moves,
        Move("prepare", "起草", ("drafted",), None, OFFICE, fields=(Field("plan", "打算"),),
             papers=(PaperUse("alarm_notice", content_of("alarm_notice"), frozen=False),), internal=True,
             facts=lambda case, attempt: {"plan": attempt.inputs["plan"]}),
        Move("order", "签发", ("asked",), None, OFFICE, papers=(PaperUse(ORDER, content_of(ORDER)),)),
        Move("recall", "收回", ("asked",), "drafted", OFFICE, internal=True),
        Move("serve", "登记送达", ("asked",), None, OFFICE, serves=ORDER, fields=(
            Field("method", "送达方式", "choice", choices=(("direct", "直接送达"),)),
            Field("receiver", "收件人"), Field("served_at", "送达时间", "moment"),
        )),
    ),
)  # fmt: skip
ABOUT = (
    ("county", ("county_section", "county_government")),
    ("county_government", ("county_government", "county_section")),
    ("company", ("company_officer",)),
    ("mine", ("mine_director",)),
)


@pytest.fixture(autouse=True)
def kept():
    with known(replace(KEPT, about=(*KEPT.about, "county_government"))):
        yield


@pytest.fixture
def opened(world, as_user):
    """Opens a case of the city about a unit, with a draft in it, and sends it."""

    def begun(unit: str, by: str = "city_officer") -> Case:
        given = {"matter": "越界", "gravity": "grave", "found_on": "2026-03-02", "subject": world.city.units[unit].pk}
        assert as_user(by).post(reverse("new_case", args=["inquiry", "open"]), given).status_code == 302
        case = Case.objects.get(procedure="inquiry", unit=world.city.units[unit])
        world.script.at = clock.now()
        world.script.do(by, case, "prepare", plan=CANARY)
        return world.script.do(by, case, "send")

    return begun


def status(client, name, *args):
    return client.get(reverse(name, args=args)).status_code


@pytest.mark.parametrize(("unit", "readers"), ABOUT)
def test_whom_a_case_is_about_sees_no_draft_of_it_and_an_order_from_its_service_on(
    world, as_user, opened, unit, readers
):
    case = opened(unit)
    draft = case.papers.get().paper
    world.script.do("city_officer", case, "order")
    order = case.papers.get(paper__template=ORDER).paper
    for name in readers:
        theirs = as_user(name)
        assert status(theirs, "case", case.pk) == 200
        for paper in (draft, order):
            assert [status(theirs, page, paper.pk) for page in ("paper", "paper_pdf")] == [404, 404], name
            assert reverse("paper", args=[paper.pk]) not in theirs.get(reverse("case", args=[case.pk])).content.decode()
    assert status(as_user("city_officer"), "paper", draft.pk) == 200
    world.script.do("city_officer", case, "serve", **SERVED, served_at=world.script.at + timedelta(minutes=1))
    for name in readers:
        theirs = as_user(name)
        assert [status(theirs, page, order.pk) for page in ("paper", "paper_pdf")] == [200, 200], name
        assert status(theirs, "paper", draft.pk) == 404
        assert "paper_drafted" not in theirs.get(reverse("paper", args=[order.pk])).content.decode()


@pytest.mark.parametrize(("unit", "readers"), ABOUT)
def test_trail_search_and_sheet_tell_it_nothing_of_what_is_done_inside(world, as_user, opened, unit, readers):
    case = opened(unit)
    world.script.do("city_officer", case, "recall")
    for name in readers:
        theirs = as_user(name)
        for asked in ({}, {"fact_plan": "金丝雀"}, {"export": "xlsx"}, {"fact_plan": "金丝雀", "export": "xlsx"}):
            found = theirs.get(reverse("cases"), {"procedure": "inquiry", **asked})
            assert CANARY not in b"".join(found).decode(errors="replace"), (name, asked)
        assert (
            case.number
            not in theirs.get(reverse("cases"), {"procedure": "inquiry", "fact_plan": "雀"}).content.decode()
        )
        shown = theirs.get(reverse("case", args=[case.pk])).content.decode()
        assert [word for word in (CANARY, "发出约请", "起草", "收回") if word in shown] == [], name
        user = world.users[name]
        assert not running_clocks(user).filter(case=case).exists()
        assert with_running_clocks(user, Case.objects.filter(pk=case.pk)).get().running_clocks == []
    theirs = as_user("city_officer")
    assert case.number in theirs.get(reverse("cases"), {"procedure": "inquiry", "fact_plan": "雀"}).content.decode()
    assert running_clocks(world.users["city_officer"]).filter(case=case).exists()


def test_a_government_sees_neither_notices_to_nor_the_trail_of_the_bureau_below_it_that_deals_with_it(
    world, as_user, opened
):
    case = opened("county_government", by="county_officer")
    case.notices.all().delete()
    bureau, government = world.city.units["county"], world.city.units["county_government"]
    for unit in (bureau, government):
        told = send_notice(actor=None, unit=unit, title=f"致{unit.name}", body="", kind="reminder")
        CaseNotice.objects.create(case=case, notice=told)
    seen = {
        name: {row.notice.unit for row in notices_visible_to(world.users[name], case)}
        for name in ("county_government", "county_officer")
    }
    assert seen == {"county_government": {government}, "county_officer": {bureau, government}}
    assert not calls_visible_to(world.users["county_government"], case).exists()
    shown = {name: as_user(name).get(reverse("case", args=[case.pk])).content.decode() for name in seen}
    assert {name: "起草" in text for name, text in shown.items()} == {
        "county_government": False,
        "county_officer": True,
    }


def test_the_board_counts_for_the_office_no_case_of_which_it_was_not_told(world, opened):
    case = opened("county")
    Case.objects.filter(pk=case.pk).update(state="drafted", told=None)
    window = (case.opened_at - timedelta(days=1), case.opened_at + timedelta(days=1), world.script.at, ["inquiry"])
    counted = {name: cases_between(world.users[name], *window).count() for name in ("county_section", "city_officer")}
    assert counted == {"county_section": 0, "city_officer": 1}


def test_open_pages_of_the_office_are_not_woken_by_what_another_does_inside(world):
    county = world.city.units["county"]
    concerned = tuple(unit.path for unit in units_concerned(world.users["county_section"]))
    theirs = Stream((county.scope_path,), unit=county.pk, concerned=concerned)
    city = Stream((world.city.units["city"].scope_path,), unit=world.city.units["city"].pk)
    hub = Hub()
    hub.streams |= {theirs, city}
    about = {"path": county.path, "topic": "case", "case": 3, "inside": True}
    hub._spread(json.dumps({**about, "office": world.city.units["city"].pk}))
    assert (theirs.waiting.qsize(), city.waiting.qsize()) == (0, 1)
    hub._spread(json.dumps({**about, "office": county.pk}))
    hub._spread(json.dumps({**about, "path": world.city.mine.unit.path, "office": 0}))
    assert (theirs.waiting.qsize(), city.waiting.qsize()) == (2, 3)
