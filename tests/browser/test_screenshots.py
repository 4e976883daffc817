"""A picture of every page, with a city's data and with none, wide and on a phone. Somebody looks at them."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from kuangan.casework.models import Case, CasePaper
from kuangan.law.role import Role
from kuangan.web.urls import urlpatterns
from tests.browser.conftest import OUTPUT, SIZES, Site
from tests.browser.stage import play
from tests.web.ledger_world import LEDGER
from tests.web.matrix import MATRIX
from tests.web.world import INSIDE

pytestmark = pytest.mark.browser

NOT_PAGES = {
    "home", "logout", "end_session", "end_other_sessions", "live", "desk_queue", "desk_case", "mine_strip", "point_history", "preview",
    "anchors",
}  # fmt: skip
"""Redirects, fragments and streams."""
FILES = ("_file", "_pdf", "_record", "_qr", "_word", "attachment", "_template")
"""How addresses of files are named."""

OF_NOTHING = {"my_patrols"}
"""Pages that are about a thing though their address names none."""

VIEWERS = {
    "operator": {"feed_tokens", "status", "users", "new_user", "user", "post", "roster"},
    "mine_dispatcher": {"mine_alarms", "calibrations"},
    "mine_director": {"request_part"},
    "county_duty": {"today", "desk"},
    "county_section": {"new_draw"},
    "county_commissioner": {"my_patrols", "import"},
    "city_section": {"law_update", "law_updates", "local_answer", "local_answers"},
}
OF_CORPUS = {name: [LEDGER] for name in ("ledger", "print_ledger", "new_entry", "import_entries")}
"""Pages about a ledger, which is there without any data."""
OF_PROCEDURE = {"new_case": ["administrative_penalty", "open"]}
"""The same of a procedure that a person opens; the matrix asks for one that is not there."""
OF_CORPUS |= OF_PROCEDURE
NAMING = {pattern.name for pattern in urlpatterns if pattern.pattern.converters}
"""Pages about a thing: without data there is nothing to open."""
TABS = ("faces", "monitoring", "people", "cases", "history")


def viewer(name: str) -> str:
    """Who looks at a page: whom it is for, else the county's officer, else the first of those who may."""
    chosen = next((username for username, names in VIEWERS.items() if name in names), None)
    roles = MATRIX[name].roles
    if chosen or Role.enforcement_officer in roles:
        return chosen or "county_officer"
    return next(username for role, username in INSIDE.items() if role in roles)


def shown_names() -> list[str]:
    unshown = {*NOT_PAGES, "login", "bind_code"}
    names = [pattern.name for pattern in urlpatterns if not MATRIX[pattern.name].post]
    return [name for name in names if name not in unshown and not name.endswith(FILES)]


def shoot(page: Page, address: str, name: str, kind: str, size: str, too_wide: list[str]) -> None:
    """Take the picture; a page that must be scrolled sideways is noted."""
    answer = page.goto(address)
    assert answer is not None, address
    assert answer.ok or name == "error", (name, address)
    page.wait_for_load_state("load")
    if page.locator("[data-chart]").count():
        page.wait_for_timeout(700)
    width = page.evaluate("document.documentElement.scrollWidth")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}-{kind}-{size}.png", full_page=True)
    if width > SIZES[size][0]:
        too_wide.append(f"{name} ({kind}): {width} px")


@pytest.mark.parametrize("size", SIZES)
def test_every_page_with_a_citys_data(site: Site, logged_in, size):
    too_wide: list[str] = []
    world = play(site.city, site.script, site.data)
    viewers = {*VIEWERS, "county_officer", "county_head", *(viewer(name) for name in shown_names())}
    pages = {username: logged_in(username, size) for username in sorted(viewers)}
    # all addresses first: asking for them makes what they show, so that the lists have rows
    args = {name: MATRIX[name].args(world) for name in shown_names() if name != "mine_tab"} | OF_PROCEDURE
    addresses = {name: reverse(name, args=given) for name, given in args.items()}
    for name, path in addresses.items():
        shoot(pages[viewer(name)], site.address + path, name, "data", size, too_wide)
    for tab in TABS:
        path = reverse("mine_tab", args=[site.city.mine.code, tab])
        shoot(pages["county_officer"], site.address + path, f"mine_{tab}", "data", size, too_wide)
    suspension = Case.objects.get(procedure="suspension")
    head = pages["county_head"]
    for label, path in {
        "today_head": reverse("today"),
        "suspension": reverse("case", args=[suspension.pk]),
        "suspension_order": reverse("move", args=[suspension.pk, "order"]),
        "suspension_paper": reverse("paper", args=[CasePaper.objects.filter(case=suspension).last().paper_id]),
    }.items():
        shoot(head, site.address + path, label, "data", size, too_wide)
    shoot(pages["county_duty"], f"{site.address}{reverse('desk')}?dark=1", "desk_dark", "data", size, too_wide)
    shoot(pages["county_duty"], f"{site.address}/nothing-here/", "error", "data", size, too_wide)
    shoot(pages["mine_dispatcher"], site.address + reverse("today"), "today_mine", "data", size, too_wide)
    assert too_wide == []


@pytest.mark.parametrize("size", SIZES)
def test_every_page_without_data(site: Site, logged_in, size):
    too_wide: list[str] = []
    for name in shown_names():
        if name in OF_NOTHING or (name in NAMING and name not in OF_CORPUS):
            continue
        page = logged_in(viewer(name), size)
        shoot(page, site.address + reverse(name, args=OF_CORPUS.get(name, [])), name, "empty", size, too_wide)
    shoot(logged_in(None, size), site.address + reverse("login"), "login", "empty", size, too_wide)
    assert too_wide == []
