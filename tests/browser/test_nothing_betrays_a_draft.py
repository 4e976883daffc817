"""A clerk of the mine against which a stop is drafted walks wherever the menu leads: nothing tells of it until it is served."""

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.casework.models import Case
from tests.browser.conftest import Site
from tests.browser.test_screenshots import FILES, NOT_PAGES
from tests.web import canaries
from tests.web.canaries import Cage
from tests.web.world import World, build_world

pytestmark = pytest.mark.browser

CLERK = "mine_clerk"
ALIKE = 2
"""Pages of one kind that are opened: the first ledgers stand for all."""
ALL_OF = {"case", "paper", "letter", "circular", "meeting", "mine_tab"}
"""Kinds of pages on which each thing may betray the stop by itself."""
Seen = dict[str, tuple[str, str]]
"""Text and source of pages by their address."""
UNWALKED = NOT_PAGES | {"account", "bind_code", "login", "sample_record", "public_sample_record", "verification_file"}
"""Files, fragments, streams, and pages that are new each time: log-ins go by the wall clock."""
NARROWED = {"tab", "procedure", "open"}
"""What of an address's query leads to another page; days, months and sorting are left out."""
MUST = {
    "today",
    "cases",
    "case",
    "mine",
    "mine_tab",
    "paper",
    "duties",
    "letters",
    "board",
    "board_cell",
    "ledgers",
    "office",
}
"""What the walk must have come to."""
TIMES = re.compile(r"\d{1,2}:\d\d(:\d\d)?|\d+ ?(秒|分钟|分|小时|时)|实时更新[\w，]+|所选时段没有读数")
"""What a clock, the connection and a chart that is still drawn change on a page while nothing happens."""


@pytest.fixture
def world(site: Site) -> World:
    made = build_world(site.city, site.script)
    canaries.stop_opened(made)
    clock.move(site.script.at, rate=1.0)
    return made


@contextmanager
def listening(page: Page) -> Iterator[list[str]]:
    """What the stream of changes sends to the page's session meanwhile, word for word."""
    page.evaluate(
        """address => new Promise((opened) => {
            window.heard = [];
            window.ear = new EventSource(address);
            window.ear.addEventListener("change", (event) => window.heard.push(event.data));
            window.ear.addEventListener("open", () => setTimeout(opened, 1500));
        })""",
        reverse("live"),
    )
    page.evaluate("window.heard = []")  # that it began to listen
    heard: list[str] = []
    yield heard
    page.wait_for_timeout(1500)
    heard += page.evaluate("window.heard")
    page.evaluate("window.ear.close()")


def walk(page: Page, home: str, first: Sequence[str]) -> Seen:
    """What stands on the pages ``first`` and on every page that can be reached from them, by address."""
    seen: Seen = {}
    kinds: Counter[str] = Counter()
    waiting = deque(first)
    while waiting:
        path = waiting.popleft()
        kind = kind_of(path)
        if path in seen or not kind or (path not in first and kind not in ALL_OF and kinds[kind] >= ALIKE):
            continue
        kinds[kind] += 1
        seen[path] = look(page, home, path)
        found = page.eval_on_selector_all("a[href]", "links => links.map((link) => link.getAttribute('href'))")
        waiting.extend(plain(urljoin(path, link)) for link in found)
    return seen


def look(page: Page, home: str, path: str) -> tuple[str, str]:
    """Text, without what a clock changes, and source of a page."""
    answer = page.goto(home + path)
    assert answer is not None
    assert answer.status == 200, path
    return TIMES.sub("…", page.inner_text("body")), page.content()


def plain(link: str) -> str:
    """The address of a link of this site, with what of its query leads to another page."""
    parts = urlsplit(link)
    if parts.netloc:
        return ""
    query = [pair for pair in parse_qsl(parts.query) if pair[0] in NARROWED]
    return parts.path + (f"?{urlencode(query)}" if query else "")


def kind_of(path: str) -> str:
    """The name of the page at an address; "" for a file, a stream or nothing at all."""
    try:
        name = resolve(urlsplit(path).path).url_name or ""
    except Resolver404:
        return ""
    return "" if name in UNWALKED or name.endswith(FILES) or path.startswith("/api") else name


def betraying(walked: Seen, cage: Cage) -> list[tuple[str, str]]:
    """Address and word of each canary that stands on a page or in its source."""
    return [(path, word) for path, (_, source) in walked.items() for word in cage.words if word in source]


def changed(before: Seen, after: Seen) -> dict[str, object]:
    """The pages that say something else, in whatever order: lines that came or went, and pages that did."""
    found: dict[str, object] = dict.fromkeys(before.keys() ^ after.keys(), "came or went")
    for path in before.keys() & after.keys():
        old, new = (
            Counter(line for line in walked[path][0].splitlines() if line.strip(" …")) for walked in (before, after)
        )
        if old != new:
            found[path] = [*(old - new), *(new - old)]
    return found


def test_a_clerk_of_the_mine_finds_hears_and_counts_nothing_until_the_stop_is_served(site: Site, world, logged_in):
    script, cage, stop = site.script, Cage(), Case.objects.get(procedure="suspension")
    page, open_page = logged_in(CLERK), logged_in(CLERK)
    open_page.goto(site.address + reverse("today"))
    expect(open_page.locator("[data-live-word]")).to_have_text("实时更新中", timeout=20_000)
    cage.words += [stop.number, stop.title, reverse("case", args=[stop.pk]), "已起草停产整顿建议"]
    cells = [reverse("board_cell", args=[code, site.city.mine.code]) for code in ("10.3", "10.4", "14.2", "15.1")]
    first = [reverse("today"), *cells]
    before = walk(page, site.address, first)
    assert {kind_of(path) for path in before} >= MUST
    assert betraying(before, cage) == []

    with listening(open_page) as heard:
        canaries.stop_drafted(world, cage, stop)
    assert heard == []
    drafted = walk(page, site.address, first)
    assert (betraying(drafted, cage), changed(before, drafted)) == ([], {})

    with listening(open_page) as heard:
        canaries.sign(world, cage, stop)
    assert heard == []
    ordered = walk(page, site.address, first)
    assert (betraying(ordered, cage), changed(before, ordered)) == ([], {})
    for name, args in cage.addresses:
        assert page.request.get(site.address + reverse(name, args=args)).status == 404, name
    expect(open_page.locator("#today")).not_to_contain_text("停产整顿中")

    with listening(open_page) as heard:
        script.serve(stop)
        clock.move(script.at, rate=1.0)
    assert set(heard) >= {'{"topic": "case"}'}
    assert [word for word in (*cage.words, str(stop.pk)) for told in heard if word in told] == []
    listed = reverse("cases")
    served = {listed: look(page, site.address, listed)}
    assert betraying(served, cage), "the words would have been found"
    assert changed({listed: ordered[listed]}, served), "the change would have been seen"
    expect(open_page.locator("#today")).to_contain_text("停产整顿中")
