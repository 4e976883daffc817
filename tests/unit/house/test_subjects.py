"""Below the pages nobody spells an address: what a notice, a call or a figure is about has a kind and a key."""

import ast

import pytest
from django.urls import get_resolver

from kuangan.core.subject import about, parsed
from kuangan.web.frame.links import KINDS, address_of
from tests.unit.house.tree import modules

ABOVE = ("web/", "api/", "site/", "bench/", "emulate/", "cli/", "host/")
DOORS = {
    "monitor/door/listener.py": {"/api/feeds"},
    "duty/checkin_door.py": {r"/api/duties/(\d{1,18})/checkins"},
}
"""The doors at which programs knock say their own paths."""


def first_parts():
    """What an address of the platform begins with."""
    return {f"/{str(each.pattern).split('/')[0]}" for each in get_resolver().url_patterns} - {"/"}


def spelled(tree):
    """Texts of a module that begin as an address does."""
    beginnings = first_parts()
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if text.startswith("/") and f"/{text.lstrip('/').split('/')[0].split('?')[0]}" in beginnings:
            yield text


def test_below_the_pages_nobody_spells_an_address():
    found = {
        (path, text)
        for path, tree in modules()
        if not path.startswith(ABOVE) and "/migrations/" not in path
        for text in spelled(tree)
    }
    assert found == {(path, text) for path, texts in DOORS.items() for text in texts}


def kinds_named():
    """The kinds of all subjects that are made anywhere."""
    for _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "about":
                yield from (each.value for each in node.args[:1] if isinstance(each, ast.Constant))


def test_every_kind_of_subject_has_a_page():
    assert sorted(set(kinds_named()) - KINDS) == []


@pytest.mark.parametrize(
    ("subject", "text", "address"),
    [
        (about("case", 12), "case:12", "/cases/12/"),
        (about("mine", "140423900001"), "mine:140423900001", "/mines/140423900001/"),
        (
            about("mine_history", "1404", on="2026-03-10"),
            "mine_history:1404?on=2026-03-10",
            "/mines/1404/history/?on=2026-03-10",
        ),
        (
            about("duties", status="due", unit="140423-bureau"),
            "duties?status=due&unit=140423-bureau",
            "/duties/?status=due&unit=140423-bureau",
        ),
        (about("collection", 3, show="missing"), "collection:3?show=missing", "/office/collections/3/?show=missing"),
        (about("status"), "status", "/status/"),
    ],
)
def test_a_subject_is_kept_as_its_text_and_opens_its_page(subject, text, address):
    assert str(subject) == text
    assert parsed(text) == subject
    assert address_of(text) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/office/circulars/7/", "/office/circulars/7/"),
        ("#overlimits", "#overlimits"),
        ("", ""),
        ("//elsewhere.example/", ""),
        ("/\\elsewhere.example/", ""),
        ("https://elsewhere.example/", ""),
        ("javascript:alert(1)", ""),
        ("case:no-number", ""),
        ("logout", ""),
    ],
)
def test_an_address_of_an_earlier_release_opens_and_nothing_leads_out_of_the_platform(text, address):
    assert address_of(text) == address
