"""A list costs the same number of queries with one row and with three; its Excel file holds what the filters leave."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from kuangan.casework.rule_states import RuleState
from kuangan.core.actions import create_post, create_unit, roster_person, send_notice
from kuangan.draw.queries import officer_pool
from kuangan.law.role import Role
from kuangan.mine.actions import create_mine
from kuangan.mine.models import Point
from tests.city import START
from tests.drawing import publish_draw
from tests.web.world import World, change, feed_file, filing


def more_mines(world: World, number: int) -> None:
    units = world.city.units
    unit = create_unit(
        actor=None,
        kind="mine",
        code=f"14042390020{number}",
        name=f"新矿{number}",
        parent=units["county_area"],
        at=START,
    )
    create_mine(actor=None, unit=unit, county=units["county_area"], supervisor=units["county"], at=START)


def more_points(world: World, number: int) -> None:
    Point.objects.create(
        mine=world.city.mine, native_code=f"P{number}", system="01", sensor_type="0001", value_kind="MN",
        place_text=f"新测点{number}", first_seen_at=START,
    )  # fmt: skip


def more_duty(world: World, number: int) -> None:
    person = world.users["county_duty"].person
    roster_person(
        actor=None,
        unit=world.city.units["county"],
        person=person,
        on=world.duty.on,
        shift=("middle", "night")[number % 2],
    )


def more_cases(world: World, number: int) -> None:
    points = ("first-1302-T0", "first-1302-T2", "second-1301-T0")
    world.script.alarm(point=points[number])


def more_draws(world: World, number: int) -> None:
    publish_draw(
        actor=world.users["county_section"],
        unit=world.city.units["county"],
        title=f"抽查{number}",
        purpose=f"专项{number}",
        mines=list(world.city.mines.values()),
        officers=officer_pool(world.city.units["county"], world.script.at),
        recusals={},
        wanted={"mines": 1, "officers": 1},
        repeat_reason="专项检查另行安排",
        at=world.script.at,
    )


def more_states(world: World, number: int) -> None:
    mine = world.city.mines["second" if number else "first"]
    subject = f"{mine.code}-{number}"
    values = {"unit": mine.unit, "mine": mine, "path": mine.unit.path, "outcome": "found", "why": "证书已到期"}
    RuleState.objects.create(rule="certificate_expired", measure="7.2", subject=subject, at=world.script.at, **values)


LISTS = {
    "draws": ("county_section", more_draws),
    "rule_states": ("county_section", more_states),
    "cases": ("county_officer", more_cases),
    "mines": ("county_officer", more_mines),
    "feeds": ("county_officer", more_mines),
    "feed_files": ("county_officer", lambda w, n: feed_file(w.city.mine, n + 1, w.script.at)),
    "feed_points": ("county_officer", more_points),
    "feed_changes": (
        "county_officer",
        lambda w, n: change(w.city.points["first-1302-T0"], w.script.at + timedelta(seconds=n)),
    ),
    "feed_tokens": ("operator", more_mines),
    "desk_load": (
        "county_duty",
        lambda w, n: send_notice(
            actor=None,
            unit=w.city.units["county"],
            role=Role.duty_officer,
            title=f"报警{n}",
            body="",
            kind="alarm",
            at=w.script.at - timedelta(hours=n),
        ),
    ),
    "calibrations": (
        "mine_dispatcher",
        lambda w, n: filing(w.city, w.city.points["first-1302-T0"], w.script.at + timedelta(hours=2 + n)),
    ),
    "users": (
        "operator",
        lambda w, n: create_post(
            actor=None, unit=w.city.units["county"], title=f"新岗{n}", role=Role.duty_officer, at=START
        ),
    ),
    "today": (
        "mine_dispatcher",
        lambda w, n: send_notice(actor=None, unit=w.city.units["mine"], title=f"通知{n}", body="", kind="reminder"),
    ),
}


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_more_rows(world, as_user, name):
    username, make = LISTS[name]
    costs_the_same(world, as_user(username), reverse(name), make)


def test_what_waits_costs_the_same_with_more_cases(world, as_user):
    costs_the_same(world, as_user("county_officer"), reverse("today"), more_cases)


def test_what_may_be_opened_costs_the_same_with_more_mines(world, as_user):
    costs_the_same(world, as_user("county_officer"), reverse("new_cases"), more_mines)


def costs_the_same(world, client, address, make):
    make(world, 0)
    client.get(address)  # the corpus is read once a process
    one = queries(client, address)
    make(world, 1)
    make(world, 2)
    assert queries(client, address) == one


def test_the_roster_costs_the_same_with_more_rows(world, as_user):
    client, address = as_user("operator"), f"{reverse('roster')}?from={world.duty.on}"
    client.get(address)
    one = queries(client, address)
    more_duty(world, 0)
    more_duty(world, 1)
    assert queries(client, address) == one


def sheet(response) -> list[list[object]]:
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(response.content)).active.iter_rows()]


def test_excel_holds_the_filtered_rows(world, as_user):
    world.script.alarm(point="second-1301-T0")
    client = as_user("county_officer")
    every = sheet(client.get(reverse("cases"), {"export": "xlsx"}))
    filtered = sheet(client.get(reverse("cases"), {"export": "xlsx", "q": "云岭二号"}))
    assert [row[3] for row in every[1:]] == ["云岭二号煤矿", "云岭一号煤矿"]
    assert [row[3] for row in filtered[1:]] == ["云岭二号煤矿"]
    assert every[0][:4] == ["编号", "种类", "等级", "对象"]


def test_text_that_looks_like_a_formula_stays_text(world, as_user):
    row = feed_file(world.city.mine, 1, world.script.at)
    row.__class__.objects.update(name='=HYPERLINK("http://example.invalid")')
    book = load_workbook(BytesIO(as_user("operator").get(reverse("feed_files"), {"export": "xlsx"}).content))
    cell = book.active["C2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://example.invalid")', "s")


def test_an_unreadable_filter_is_named_and_filters_nothing(world, as_user):
    page = as_user("county_officer").get(reverse("cases"), {"since": "昨天"})
    assert "请输入一个有效的日期" in page.content.decode() or "输入一个有效的日期" in page.content.decode()
    assert page.context["list"].total == 1


def test_a_page_beyond_the_last_shows_the_last(world, as_user):
    assert as_user("county_officer").get(reverse("cases"), {"page": "99"}).context["list"].page.number == 1
