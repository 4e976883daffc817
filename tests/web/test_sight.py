"""What is kept from the supervised stays from them on every page, strip, sheet, export, print, fragment and answer of the API."""

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kuangan.base import clock
from kuangan.base.clock import civil_date
from kuangan.base.period import parse_period
from kuangan.casework.actions import make_move, open_case
from kuangan.casework.models import Case, Finding
from kuangan.casework.queries import is_inside, moves_visible_to
from kuangan.flow import lapse
from kuangan.flow.credit.entries import confirm, correct, send_back
from kuangan.flow.sweep import sweep_once
from kuangan.law.procedure import Field, Move
from kuangan.law.role import Role
from kuangan.ledger.queries import ledgers_of, tallies_in_sight
from kuangan.overview.board.board import board
from tests.procedures import INQUIRY, OFFICE, known
from tests.story.script import PROPOSAL
from tests.story.test_penalty import Penalty
from tests.web import canaries
from tests.web.canaries import COUNTY_ROLES, Cage
from tests.web.matrix import MATRIX
from tests.web.world import World, further_person

NEVER_LOOKED_AT = {"logout", "live", "login", "home", "mine_sheet_pdf", "mine_board_pdf", "public_mine_qr"}
"""The stream and printed pages have tests of their own; a QR picture says an address."""
LISTS = (
    "cases",
    "mines",
    "ledgers",
    "circulars",
    "letters",
    "meetings",
    "briefs",
    "duties",
    "phone_calls",
    "incoming_list",
    "samples",
    "credibility",
)
ABOUT_LEDGERS = ("/ledgers", "/api", "/today", "/board", "/mines", "/rule")
ABOUT_OFFICE = ("/office", "/cases", "/papers", "/reports", "/today", "/oversight", "/duties")
ABOUT_SAMPLES = ("/samples", "/public", "/today", "/duties", "/board", "/mines", "/account", "/checks", "/draws")
API = "/api/ledgers/fitness_for_work/entries"
QUERIES = ("?export=xlsx", "?q=金丝雀", "?only=late", "?tab=area")


def read(client: Client, address: str, **headers: str) -> str:
    """All text of an answer, that of a workbook's parts too."""
    answer = client.get(address, headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    assert answer.status_code < 500, address
    return content.decode("utf-8", "replace")


def addresses(world: World, cage: Cage) -> list[str]:
    """Every address of the site that is read, those at which a canary sits, tabs, lists with their filters and exports."""
    found = [
        reverse(name, args=row.args(world))
        for name, row in MATRIX.items()
        if not row.post and name not in NEVER_LOOKED_AT
    ]
    found += [reverse(name, args=args) for name, args in cage.addresses]
    mine = world.city.mine.code
    found += [reverse("mine_tab", args=[mine, tab]) for tab in ("faces", "people", "cases", "history")]
    found += [reverse("board_cell", args=[code, mine]) for code in ("10.3", "10.4")]
    found += [reverse("new_brief", args=[kind, "2026-03-10"]) for kind in ("daily", "zero")]
    found += [reverse("case", args=[world.alarm.pk]), f"{reverse('rule_states')}?outcome=all"]
    found += [reverse(name) + query for name in LISTS for query in QUERIES]
    found += [f"{API}?page=2", f"{API}?mine={mine}", *(f"{API}/{serial}" for serial in cage.serials)]
    found += cage.asked
    found += ["/api/ledgers", API, "/api/ledgers/commissioner_assignment/entries"]
    return list(dict.fromkeys(found))


def leaks(client: Client, pages: list[str], cage: Cage) -> list[tuple[str, str]]:
    """Address and word of each canary that was seen."""
    found = []
    for address in pages:
        texts = [read(client, address)]
        if address.startswith(("/cases", "/today", "/mine")):
            texts.append(read(client, address, HX_Request="true"))
        found += [(address, word) for word in cage.words if any(word in text for text in texts)]
    return found


def written_signs(pdf: bytes) -> set[str]:
    """The characters a PDF sets: its fonts hold those alone, each with what it means."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    texts = [zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"\x78"]
    means = [code for text in texts if b"beginbfchar" in text for code in re.findall(rb"> *<([0-9A-Fa-f]+)>", text)]
    return {bytes.fromhex(code.decode()).decode("utf-16-be") for code in means}


STOP_WORDS = ("停整〔", "待第二名执法人员会签")
PLACES = ("mine", "mine_strip", "mine_tab", "case")


@pytest.mark.parametrize("name", ["mine_dispatcher", "mine_director", "mine_clerk", "company_officer"])
def test_own_page_strip_tab_and_alarm_of_a_mine_say_nothing_of_a_stop_that_is_not_served(world, as_user, name):
    stop = canaries.stop_proposed(world)
    args = {"mine": [world.city.mine.code], "mine_strip": [world.city.mine.code], "case": [world.alarm.pk]}
    args["mine_tab"] = [world.city.mine.code, "cases"]
    link = f"{reverse('case', args=[stop.pk])}"
    for place in PLACES:
        page = read(as_user(name), reverse(place, args=args[place]))
        assert [word for word in (*STOP_WORDS, f'href="{link}"') if word in page] == [], place
    assert as_user(name).get(link).status_code == 404
    assert STOP_WORDS[1] in read(as_user("county_officer"), reverse("mine", args=[world.city.mine.code]))


def test_a_served_order_shows_its_mine_neither_its_drafts_nor_who_drafted_it_nor_others_notices(world, as_user):
    stop = world.script.serve(world.script.order(canaries.stop_opened(world)))
    order = stop.papers.get(paper__template="onsite_decision").paper
    mine, county = as_user("mine_director"), as_user("county_officer")
    case_page, paper_page = reverse("case", args=[stop.pk]), reverse("paper", args=[order.pk])
    for word in ("已起草停产整顿建议", PROPOSAL["opinion"], "科（股）长审核"):
        assert word not in read(mine, case_page)
        assert word in read(county, case_page)
    assert "paper_drafted" not in read(mine, paper_page)
    assert "没有记录" in read(mine, paper_page)
    assert "没有记录" not in read(county, paper_page)


@pytest.mark.parametrize("name", ["mine_director", "mine_clerk", "company_officer"])
def test_the_printed_page_of_a_mine_and_its_board_say_nothing_of_a_stop_that_is_not_served(world, as_user, name):
    canaries.stop_ordered(world, Cage())
    of_number = "〔"  # only the number of a case or paper has it
    for page in ("mine_sheet_pdf", "mine_board_pdf"):
        address = reverse(page, args=[world.city.mine.code])
        signs = written_signs(as_user(name).get(address).content)
        assert "矿" in signs
        assert of_number not in signs
    sheet = reverse("mine_sheet_pdf", args=[world.city.mine.code])
    assert of_number in written_signs(as_user("county_officer").get(sheet).content)


def test_an_extension_that_is_not_served_leaves_the_stop_for_its_mine_as_it_was_told(world, as_user):
    script, code = world.script, world.city.mine.code
    stop = script.serve(script.order(canaries.stop_opened(world)))
    script.extend(stop, reason="隐患未消除")
    clock.move(script.at, rate=1.0)
    case = reverse("case", args=[stop.pk])
    pages = [case, reverse("move", args=[stop.pk, "accept_self"]), reverse("mine_strip", args=[code])]
    pages += [reverse("mine_tab", args=[code, "cases"]), reverse("mine_sheet", args=[code])]
    pages += [reverse(name) for name in ("cases", "today", "mine_alarms")]
    pages += [f"{reverse('cases')}?export=xlsx"]
    for name in ("mine_director", "company_officer"):
        shown = {page: read(as_user(name), page) for page in pages}
        assert [page for page, text in shown.items() if "已延长" in text or "延长决定送达" in text] == [], name
        assert "停产整顿中" in shown[case]
    assert "已延长，待送达" in read(as_user("county_officer"), case)


@pytest.fixture
def kept_inside(django_capture_on_commit_callbacks) -> Callable[[Callable[[], object]], list[bool]]:
    """Whether each change of a case that a step told to open pages was kept from those of the supervised."""

    def told(step: Callable[[], object]) -> list[bool]:
        with CaptureQueriesContext(connection) as asked, django_capture_on_commit_callbacks(execute=True):
            step()
        calls = [query["sql"] for query in asked if "pg_notify" in query["sql"] and '"topic": "case"' in query["sql"]]
        return [json.loads(found)["inside"] for call in calls for found in re.findall(r"\{.*?\}", call)]

    return told


def test_open_pages_of_a_mine_are_not_woken_by_what_is_done_inside_the_department(world, kept_inside):
    stop = canaries.stop_opened(world)
    inside = kept_inside(lambda: world.script.order(stop))
    assert inside
    assert all(inside)
    assert kept_inside(lambda: world.script.serve(stop)) == [False]
    alarm = Case.objects.get(pk=world.alarm.pk)
    assert not is_inside(alarm)


def test_the_departments_own_term_is_neither_read_nor_heard_by_whom_a_penalty_is_against(world, as_user, kept_inside):
    """The case was told to the mine and stays in its state; what is done is internal all the same."""
    penalty = Penalty(world.script)
    for step in (penalty.file, penalty.investigate, penalty.tell):
        step()
    assert penalty.case.state == "noticed"
    inside = kept_inside(lambda: penalty.do("county_head", "extend_longer", reason="案情复杂"))
    assert inside
    assert all(inside)
    term = penalty.case.clocks.get(clock="decide", stopped_at=None)
    assert kept_inside(lambda: lapse.clock(term, term.due_at)) == [True], "so it is when the term lapses"
    clock.move(world.script.at, rate=1.0)
    page = reverse("case", args=[penalty.case.pk])
    sheet = f"{reverse('cases')}?procedure=administrative_penalty&export=xlsx"
    assert "办案期限" in read(as_user("county_officer"), page)
    assert ">120<" in read(as_user("county_officer"), sheet)
    for name in ("mine_director", "company_officer"):
        assert penalty.case.number in read(as_user(name), page)
        assert [word for word in ("办案期限", "案情复杂") if word in read(as_user(name), page)] == [], name
        assert [word for word in (">120<", "最近办理") if word in read(as_user(name), sheet)] == [], name


def test_an_internal_step_is_kept_from_the_supervised_by_the_name_it_had_in_an_earlier_release(world):
    county, director = world.city.units["county"], world.users["mine_director"]
    weighed = Move(
        "weigh", "研究", ("asked",), None, OFFICE, fields=(Field("text", "意见", "longtext"),), internal=True
    )
    with known(replace(INQUIRY, moves=(*INQUIRY.moves, weighed))):
        case = open_case(
            actor=None,
            procedure_id="inquiry",
            unit=world.city.mine.unit,
            office=county,
            title="试",
            facts={},
            at=clock.now(),
        )
        for move, inputs in (("send", {}), ("weigh", {"text": "金丝雀研究意见"})):
            make_move(actor=world.users["county_officer"], case=case, move_id=move, inputs=inputs, at=clock.now())
        assert [row.move for row in moves_visible_to(director, case)] == ["send"]
    later = (*INQUIRY.moves, replace(weighed, id="ponder"))
    with known(replace(INQUIRY, moves=later, renamed={"weigh": "ponder"})):
        assert [row.move for row in moves_visible_to(director, case)] == ["send"]
        assert [row.move for row in moves_visible_to(world.users["county_officer"], case)] == ["send", "weigh"]


def test_the_board_counts_for_the_supervised_no_stop_that_is_not_served(world):
    stop = canaries.stop_opened(world)
    clock.move(world.script.at, rate=1.0)
    units, period = [world.city.units[name] for name in ("mine", "county")], parse_period("2026-03")

    def counted(reader):
        made = board(units, period, clock.now(), reader=reader)
        return {place: cell.counts.shown() for place, cell in made.cells.items()}

    clerk, officer = (world.users[name] for name in ("mine_clerk", "county_officer"))
    assert counted(officer) == counted(None)
    assert counted(clerk) != counted(None)
    world.script.serve(world.script.order(stop))
    clock.move(world.script.at, rate=1.0)
    assert counted(clerk) == counted(None)


def test_a_proposal_to_join_two_alarms_is_not_for_the_supervised(world, as_user):
    other = world.script.alarm(point="first-1302-T0")
    clock.move(world.script.at, rate=1.0)
    given = {"kind": "join", "target": world.alarm.pk, "reason": "金丝雀并案理由"}
    as_user("county_officer").post(reverse("regroup", args=[other.pk]), given)
    page = reverse("case", args=[other.pk])
    for name in ("mine_director", "mine_clerk", "company_officer"):
        assert "金丝雀并案理由" not in read(as_user(name), page), name
    assert "金丝雀并案理由" in read(as_user("county_officer"), page)


def test_an_order_is_opened_by_its_mine_from_its_service_on(world, as_user):
    stop = world.script.order(canaries.stop_opened(world))
    mine = as_user("mine_director")
    order = stop.papers.get(paper__template="onsite_decision").paper_id
    addresses = [reverse(name, args=[order]) for name in ("paper", "paper_pdf")]
    assert [mine.get(address).status_code for address in addresses] == [404, 404]
    world.script.serve(stop)
    assert [mine.get(address).status_code for address in addresses] == [200, 200]


@pytest.mark.parametrize(
    ("stop", "people"),
    [
        (canaries.stop_drafted, ("mine_director", "mine_dispatcher", "company_officer")),
        (canaries.stop_ordered, ("mine_leader", "mine_engineer", "mine_clerk", "company_clerk")),
    ],
)
def test_no_supervised_role_reads_of_an_unserved_stop_an_unsent_letter_or_an_internal_review(
    world, as_user, stop, people
):
    cage = Cage()
    stop(world, cage)
    canaries.letters(world, cage, "county", "mine", ("county_officer", "county_section", "county_head"))
    canaries.office_papers(world, cage, "county", "county_clerk", "county_duty")
    canaries.secrets_of_the_office(world, cage)
    pages = addresses(world, cage)
    found = {name: leaks(as_user(name), pages, cage) for name in people}
    assert {name: seen for name, seen in found.items() if seen} == {}
    assert leaks(as_user("county_officer"), pages, cage)  # the search finds them where they may be


@pytest.mark.parametrize("name", ["mine_director", "mine_clerk", "company_officer"])
def test_nobody_supervised_reads_of_a_duty_that_is_drawn_before_its_verdict_is_confirmed(world, as_user, name):
    cage = Cage()
    canaries.planned_verification(world, cage)
    pages = [page for page in addresses(world, cage) if page.startswith(ABOUT_SAMPLES)]
    assert leaks(as_user(name), pages, cage) == []
    assert leaks(as_user("county_head"), pages, cage)


def test_the_confidential_ledger_is_read_by_the_circle_of_its_mine_only(world, as_user):
    cage = Cage()
    canaries.confidential_entry(world, cage)
    pages = [page for page in addresses(world, cage) if page.startswith(ABOUT_LEDGERS)]
    for name in ("county_head", "company_officer", "mine_dispatcher"):
        assert leaks(as_user(name), pages, cage) == [], name
    seen = {address for address, _ in leaks(as_user("mine_leader"), pages, cage)}
    assert {API, f"{API}/{cage.serials[0]}"} <= seen


@pytest.mark.parametrize("name", ["mine_director", "mine_clerk", "company_officer"])
def test_nobody_supervised_reads_what_an_office_prepares_in_a_ledger(world, as_user, name):
    cage = Cage()
    canaries.what_offices_prepare(world, cage)
    clock.move(clock.now() + timedelta(minutes=1), rate=1.0)
    pages = [page for page in addresses(world, cage) if page.startswith(ABOUT_LEDGERS)]
    assert leaks(as_user(name), pages, cage) == []
    at_home = [*cage.asked, *(reverse(name, args=args) for name, args in cage.addresses)]
    assert {word for _, word in leaks(as_user("county_officer"), at_home, cage)} == set(cage.words)


def test_a_mine_reads_no_finding_made_of_a_ground_to_stop_that_its_bureau_prepares(world, as_user):
    cage, code = Cage(), world.city.mine.code
    today = civil_date(clock.now()).isoformat()
    canaries.prepared(world, cage, "special_stop_fact", "county_officer", "place", found_on=today)
    sweep_once(clock.now() + timedelta(minutes=1))
    pages = [reverse("mine", args=[code]), reverse("mine_sheet", args=[code])]
    pages += [f"{reverse('rule_states')}?outcome=all", reverse("rule", args=["special_stop_facts"])]
    assert Finding.objects.filter(rule="special_stop_facts", reason__contains=cage.words[0]).exists()
    for name in ("mine_director", "company_officer"):
        assert leaks(as_user(name), pages, cage) == [], name
    assert leaks(as_user("county_officer"), pages, cage)


def test_the_board_of_a_mine_neither_shows_nor_counts_what_its_bureau_prepares(world, as_user):
    cage, unit = Cage(), world.city.mine.unit.code
    pages = [reverse("board_cell", args=["3.1", unit]), reverse("board"), reverse("board_print")]
    sweep_once(clock.now() + timedelta(minutes=1))
    before = {
        name: {page: _stands(as_user(name), page) for page in pages} for name in ("mine_director", "company_officer")
    }
    today = civil_date(clock.now()).isoformat()
    canaries.prepared(world, cage, "special_stop_fact", "county_officer", "place", found_on=today)
    sweep_once(clock.now() + timedelta(minutes=2))
    assert Finding.objects.filter(rule="special_stop_facts", reason__contains=cage.words[0]).exists()
    for name, stood in before.items():
        assert leaks(as_user(name), pages, cage) == [], name
        assert {page: _stands(as_user(name), page) for page in pages} == stood, name
    at_county = reverse("board_cell", args=["3.1", world.city.units["county"].code])
    assert leaks(as_user("county_officer"), [*pages, at_county], cage)


def _stands(client, page: str) -> str:
    """What stands on a page, without the time of day at which it was made and what each form bears of its own."""
    main = client.get(page).content.decode().split("<main", 1)[1]
    return re.sub(r'\d\d:\d\d:\d\d|type="hidden" name="\w+" value="[^"]*"', "", main)


def test_a_class_is_read_by_its_mine_from_its_publication_on_without_how_it_came_about(world, as_user):
    cage = Cage()
    today, tomorrow = (civil_date(clock.now() + timedelta(days=days)).isoformat() for days in (0, 1))
    made = canaries.prepared(world, cage, canaries.CLASSES, "county_clerk", "reasons", published_on="")
    looked = {"part_id": "city_review", "sight": "file"}
    send_back(actor=world.city["city_section"], entry=made, opinion="金丝雀退回", **looked)
    stated = made.values | {"reasons": "标准化二级", "inspectorate_consulted": True}
    made = correct(actor=world.city["county_clerk"], entry=made, values=stated, reason="金丝雀更正")
    made = confirm(actor=world.city["city_section"], entry=made, values={}, opinion="金丝雀审定", **looked)
    page, listed = reverse("entry", args=[made.ledger, made.serial]), reverse("ledger", args=[made.ledger])
    mine = as_user("mine_director")

    def counted():
        return tallies_in_sight(world.users["mine_director"], ledgers_of(world.users["mine_director"])).get(made.ledger)

    for day, status, number in ((tomorrow, 404, None), (today, 200, 1)):
        own = {name: value for name, value in made.values.items() if name != "city_reviewed_on"}
        made = correct(actor=world.city["county_clerk"], entry=made, values=own | {"published_on": day}, reason="公布")
        assert made.parts == ("city_review",)
        assert mine.get(page).status_code == status
        assert (counted() or (None,))[0] == number
        assert (page in read(mine, listed)) is (status == 200)
    assert "标准化二级" in read(mine, page)
    assert "金丝雀" not in read(mine, page)
    assert "金丝雀退回" in read(as_user("county_officer"), page)


def test_a_county_reads_no_draft_of_its_city(world, as_user):
    cage = Cage()
    further_person(world.city, "city_head", "city", Role.bureau_head)
    canaries.letters(world, cage, "city", "county", ("city_clerk", "city_section", "city_head"))
    canaries.office_papers(world, cage, "city", "city_clerk", "city_duty")
    pages = [page for page in addresses(world, cage) if page.startswith(ABOUT_OFFICE)]
    for name in COUNTY_ROLES:
        assert leaks(as_user(name), pages, cage) == [], name
    assert leaks(as_user("city_section"), pages, cage)
