from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.models import Post
from kuangan.flow.credit.entries import record_entry
from kuangan.ledger.actions import add_entry
from kuangan.ledger.models import Entry
from kuangan.overview.figures.commissioners import commissioners, entries_of, month_of
from kuangan.overview.figures.oversight import quarter_count, ranking, visits_visible_to, year_of
from kuangan.overview.queries.ledgers import commissioner_posts
from tests.web.matrix.rows import post_of

ORDER = "演示应急〔2026〕1号"


def assign(world, username, mine, until=None):
    values = {
        "from_on": "2026-01-01",
        "mine": world.city.mines[mine].code,
        "name": world.users[username].person.name,
        "level": "county",
        "order_number": ORDER,
    }
    if until:
        values["to_on"] = until
    return add_entry(
        actor=world.users["county_clerk"],
        ledger_id="commissioner_assignment",
        unit=world.city.units["county"],
        values=values,
    )


def patrol(world, username, on, mine="first", **changes):
    values = {
        "patrolled_on": on,
        "mine": world.city.mines[mine].code,
        "person": world.users[username].person.name,
        "shift": "morning",
        "underground": True,
        "places": "1301工作面",
        **changes,
    }
    return add_entry(
        actor=world.users[username], ledger_id="commissioner_patrol", unit=world.city.units["county"], values=values
    )


def figures(world, username="county_commissioner", month=""):
    now = clock.now()
    post = Post.objects.get(pk=post_of(world, username))
    return commissioners(world.users["county_section"], [post], month_of(month, now), now)[0]


def test_visits_count_by_week_and_month_and_only_with_a_place(world):
    assign(world, "county_commissioner", "first")
    assign(world, "county_commissioner", "second")
    patrol(world, "county_commissioner", "2026-03-09")
    patrol(world, "county_commissioner", "2026-03-08", underground=False)
    patrol(world, "county_commissioner", "2026-02-28")
    patrol(world, "county_commissioner_b", "2026-03-09", mine="second")
    one = figures(world)
    assert (one.week, one.month, one.underground) == (1, 2, 1)
    assert (one.covered, one.owed, one.rate) == (1, 2, 50)
    missing = {each.mine.code: (each.missing_week, each.missing_month) for each in one.mines}
    assert missing == {"140423900001": (False, False), "140423900002": (True, True)}
    february = figures(world, month="2026-02")
    assert (february.month, february.covered) == (1, 1)


def test_patrols_of_before_under_a_padded_name_are_his(world, as_user):
    person = world.users["county_commissioner"].person
    person.name = "王芳"
    person.save()
    assign(world, "county_commissioner", "first")
    patrol(world, "county_commissioner", "2026-03-08")
    padded = patrol(world, "county_commissioner", "2026-03-09")
    Entry.objects.filter(pk=padded.pk).update(values=padded.values | {"person": "王　芳"})
    visits = figures(world)
    assert (visits.month, visits.covered, len(visits.mines)) == (2, 1, 1)
    assert entries_of(world.users["county_section"], visits, "commissioner_patrol", "person")[0].pk == padded.pk
    assert entries_of(world.users["county_section"], visits, "commissioner_patrol", "person").count() == 2


@pytest.mark.parametrize(("until", "mines"), [("2026-03-10", 1), ("2026-03-09", 0)])
def test_an_assignment_ends_after_its_last_day(world, until, mines):
    assign(world, "county_commissioner", "first", until)
    assert len(figures(world).mines) == mines


def test_a_commissioner_starts_on_his_own_page_and_sees_what_is_due(world, as_user):
    assign(world, "county_commissioner", "first")
    opinion = {
        "issued_on": "2026-03-02",
        "number": "演示监意〔2026〕1号",
        "mine": world.city.mine.code,
        "commissioner": world.users["county_commissioner"].person.name,
        "problems": "挡风帘破损",
        "demand": "rectify",
        "due_on": "2026-03-09",
    }
    unit = world.city.units["county"]
    record_entry(actor=world.users["county_commissioner"], ledger_id="site_opinion", unit=unit, values=opinion)
    answer = as_user("county_commissioner").get(reverse("my_patrols"), follow=True)
    page = answer.content.decode()
    assert "未巡查" in page
    assert "应于 2026-03-09" in page
    assert "派出单位尚未填报" in page
    menu = page[page.index('aria-label="主菜单"') :]
    assert menu.index("今日") < menu.index("我的巡查") < menu.index("煤矿")


def test_queries_do_not_grow_with_commissioners_and_mines(world):
    now = clock.now()
    month = month_of("", now)
    counts = []
    for username in ("county_commissioner", "county_commissioner_b"):
        assign(world, username, "first")
        assign(world, username, "second")
        patrol(world, username, "2026-03-09")
        posts = list(commissioner_posts(world.users["county_section"]))[: len(counts) + 1]
        with CaptureQueriesContext(connection) as queries:
            assert commissioners(world.users["county_section"], posts, month, now)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def visit(world, county, on, score, findings="", closed=""):
    """A visit of the city; what it found opens cases of the county, or (``closed``) is said to be put right."""
    values = {
        "visited_on": on,
        "county": world.city.units[county].code,
        "method": "guidance",
        "checklist": "专员履职",
        "score": score,
        "due_on": "2026-03-09",
    }
    more = {"findings": findings, "closed_on": closed}
    values |= {name: value for name, value in more.items() if value}
    return record_entry(
        actor=world.users["city_section"], ledger_id="county_oversight", unit=world.city.units["city"], values=values
    )


def seen(world, username):
    now = clock.now()
    return visits_visible_to(world.users[username], year_of("", now), now)


def test_counties_are_ranked_by_mean_and_see_only_themselves(world, as_user):
    visit(world, "county", "2026-01-20", "80", "两份意见书未闭环")
    visit(world, "county", "2026-03-02", "90.5", "一次会议未召开", "2026-03-08")
    visit(world, "other_bureau", "2026-02-02", "85.2")
    rows = ranking(world.users["city_section"], seen(world, "city_section"))
    assert [(row.place, row.county.code, str(row.mean)) for row in rows] == [
        (1, "140423-bureau", "85.2"),
        (1, "140425-bureau", "85.2"),
    ]
    owed = [case for one in seen(world, "county_section") for case in one.followed.cases]
    assert [case.unit.code for case in owed] == ["140423-bureau"]
    own = rows[0]
    assert (own.findings, own.still_open, own.late) == (2, 1, 1)
    assert {one.county.code for one in seen(world, "other_county_section")} == {"140425-bureau"}
    assert quarter_count(rows, clock.now()) == (2, 2)
    page = as_user("county_section").get(reverse("oversight")).content.decode()
    assert "两份意见书未闭环" in page
    assert "140425-bureau" not in page


def test_a_county_never_visited_stands_last_without_a_place(world):
    visit(world, "other_bureau", "2026-02-02", "60")
    rows = ranking(world.users["city_section"], seen(world, "city_section"))
    assert [(row.place, row.county.code) for row in rows] == [(1, "140425-bureau"), (None, "140423-bureau")]


def test_a_later_month_or_year_than_now_is_the_present_one(world):
    now = clock.now()
    assert month_of("2027-01", now).key == "2026-03"
    assert month_of("绝不", now).key == "2026-03"
    assert year_of("2030", now).key == "2026"
    assert year_of("2025", now - timedelta(days=1)).key == "2025"
