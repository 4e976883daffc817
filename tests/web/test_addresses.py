"""Strange days, numbers and characters in any address are answered in words, never with a fault of the server."""

from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from kuangan.web.gate.addresses import LONGEST_ADDRESS
from tests.web.matrix import MATRIX

SAMPLES = Path(__file__).parents[1] / "samples" / "addresses"
ODD = (
    "0001-01-01",
    "9999-12-31",
    "9999-W53",
    "0001-01",
    "9999-12",
    "9999",
    "2026-W99",
    "²",
    "9" * 40,
    "-1",
    "1e999",
    "' OR '1'='1' --\"%_\\",
)
UNREADABLE = ("%00", "%ED%A0%80", "%FF", "a%0Ab", "%C2%85", "x" * LONGEST_ADDRESS)
NAMES = [
    "q",
    "since",
    "until",
    "on",
    "month",
    "period",
    "from",
    "to",
    "first",
    "last",
    "unit",
    "kind",
    "page",
    "show",
    "county",
    "only",
    "year",
    "area",
    "level",
    "open",
    "procedure",
    "case",
    "hours",
    "at",
    "as",
    "box",
    "tab",
    "status",
    "export",
    "next",
    "receipt",
    "where",
    "mine",
    "state",
    "outcome",
    "view",
    "measure",
    "tier",
    "role",
    "of",
    "task",
    "v_kind",
]
DAYS = ("since", "until", "on", "month", "period", "from", "first", "last", "year")
STRANGE_PATHS = ("9999-W53", "0001-01-01", "9999-12-31", "2026-13", "²", "%00", "140423%20", "..", "x" * 300)
WHO = ("county_section", "operator", "mine_director", "county_commissioner")


def readable(world):
    """The addresses that are read and their first argument that is a text, if any."""
    for name, row in MATRIX.items():
        if not row.post and name not in ("live", "logout", "mine_sheet_pdf", "mine_board_pdf", "report_file"):
            yield name, row.args(world)


def status(client: Client, address: str) -> int:
    return client.get(address).status_code


@pytest.mark.parametrize("address", (SAMPLES / "urls.txt").read_text().split())
def test_a_day_beyond_the_calendar_or_nul_in_a_filter(world, as_user, address):
    who = "operator" if address.startswith("/roster") else "county_section"
    answer = as_user(who).get(address)
    assert answer.status_code in (200, 400, 404)
    assert "<html" in answer.content.decode()


def test_a_filter_beyond_the_calendar_is_marked_wrong(world, as_user):
    page = as_user("county_section").get("/cases/?since=0001-01-01").content.decode()
    assert "日期应在2000年至2099年之间" in page
    assert world.alarm.number in page  # it filters nothing


@pytest.mark.parametrize("value", ODD)
def test_strange_values_of_every_filter_of_every_page(world, as_user, value):
    query = "&".join(f"{name}={quote(value)}" for name in NAMES if name != "export")
    clients = [as_user(name) for name in WHO]
    found = {}
    for name, args in readable(world):
        address = f"{reverse(name, args=args)}?{query}"
        found[name] = next((code for client in clients if (code := status(client, address)) != 403), 403)
    assert {name: code for name, code in found.items() if code not in (200, 302, 400, 403, 404)} == {}


@pytest.mark.parametrize("name", DAYS)
def test_each_filter_alone_takes_the_ends_of_the_calendar(world, as_user, name):
    client = as_user("county_section")
    pages = (
        "cases",
        "duties",
        "board",
        "commissioners",
        "ledgers",
        "incoming_list",
        "phone_calls",
        "oversight",
        "draws",
    )
    for page in pages:
        for value in ("0001-01-01", "9999-12-31", "9999-W53", "²"):
            assert status(client, f"{reverse(page)}?{name}={quote(value)}") in (200, 400, 404), (page, value)


@pytest.mark.parametrize("value", UNREADABLE)
def test_characters_that_are_none_are_refused_in_words_on_pages_and_by_the_api(world, as_user, value):
    client = as_user("county_section")
    for address in ("/cases/?q=", "/today/?x=", "/public/draws/?q=", "/login/?next="):
        answer = client.get(address + value)
        assert answer.status_code == 400, address
        assert "地址" in answer.content.decode()
    answer = client.get(f"/api/ledgers/commissioner_patrol/entries?mine={value}")
    assert (answer.status_code, "地址" in answer.json()["message"]) == (400, True)


def test_strange_words_in_every_path_are_not_found_or_refused(world, as_user):
    clients = [as_user(name) for name in ("county_section", "operator")]
    found = {}
    for name, args in readable(world):
        for place, argument in enumerate(args):
            if not isinstance(argument, str):
                continue
            for value in STRANGE_PATHS:
                marked = [*args[:place], "MARK", *args[place + 1 :]]
                address = reverse(name, args=marked).replace("MARK", quote(value, safe="%."))
                for client in clients:
                    found[name, value] = status(client, address)
    assert {key: code for key, code in found.items() if code not in (200, 301, 302, 400, 403, 404)} == {}


def test_nobody_asks_the_public_page_of_a_mine_called_nul(world):
    assert Client().get("/public/mines/%00/").status_code == 400


def test_a_foreign_unit_is_refused_in_words_and_not_silently_ones_own(world, as_user):
    other = world.city.units["other_bureau"]
    client = as_user("county_commissioner")
    for address in (f"/ledgers/commissioner_patrol/new/?unit={other.code}", f"/office/watch/?unit={other.pk}"):
        answer = client.get(address)
        assert answer.status_code == 400
        assert "没有办理此事项的岗位" in answer.content.decode()
    written = client.post("/ledgers/commissioner_patrol/new/", {"unit": other.code, "person": "乙八"})
    assert written.status_code == 400
    assert client.get(f"/office/briefs/daily/2026-03-10/?unit={other.pk}").status_code == 400
