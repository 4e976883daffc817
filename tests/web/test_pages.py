"""What single pages say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.access.sessions import SessionStore
from kuangan.core.models import LoginSession, Post
from kuangan.law.role import Role
from kuangan.monitor.models import FeedToken, LiveRow
from tests.browser.stage import live_columns
from tests.web.world import NOW


def shown(text: str, **values: object) -> str:
    return Template("{% load kuangan %}" + text).render(Context(values))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1.0", "1.0"),
        ("1.500000", "1.5"),
        ("12", "12"),
        ("0", "0"),
        ("120", "120"),
        ("0.75", "0.75"),
        ("2.000000", "2.0"),
    ],
)
def test_numbers_keep_what_they_mean(number, text):
    assert shown("{{ n|plain }}", n=Decimal(number)) == text


def test_unknown_is_hatched_and_said(quick_site):
    assert shown("{{ nothing|age }}") == '<span class="unknown">从未收到</span>'
    assert 'class="unknown"' in shown("{% value missing %}")


@pytest.mark.parametrize(
    ("seconds", "kind", "mark", "words"),
    [(601, "deadline", 'class="due "', "还剩 10分钟"), (599, "deadline", "soon", "还剩 9分钟"), (-61, "deadline", "late", "逾期 1分钟"),
     (61, "floor", 'class="due "', "尚需 1分钟"), (-61, "floor", 'class="due "', "期限已满")],
)  # fmt: skip
def test_a_due_time_says_how_long_and_why(quick_site, seconds, kind, mark, words):
    clock.move(NOW, rate=0.0)
    text = shown("{% due at '次日为第1日' kind %}", at=NOW + timedelta(seconds=seconds), kind=kind)
    assert mark in text
    assert words in text
    assert "次日为第1日" in text


def test_old_data_is_never_shown_as_a_value(world, as_user):
    row = LiveRow.objects.create(
        mine=world.city.mine, at=world.script.at, received_at=world.script.at, highest=Decimal("0.37"),
        **live_columns([(world.point.pk, int(world.script.at.timestamp()), 370_000, 0)]),
    )  # fmt: skip
    client = as_user("county_officer")
    strip, monitoring = (
        reverse("mine_strip", args=[world.city.mine.code]),
        reverse("mine_tab", args=[world.city.mine.code, "monitoring"]),
    )
    assert "0.37" in client.get(strip).content.decode()
    assert "0.37" in client.get(monitoring).content.decode()
    LiveRow.objects.filter(pk=row.pk).update(at=world.script.at - timedelta(hours=1))
    assert "0.37" not in client.get(strip).content.decode()
    clock.move(world.script.at + timedelta(hours=1), rate=1.0)
    assert "0.37" not in client.get(monitoring).content.decode()


def test_limits_are_those_of_the_day(world, as_user):
    client = as_user("county_officer")

    def basis(on: str) -> set[str]:
        tables = dict(client.get(reverse("limits"), {"on": on}).context["tables"])
        return {point.cite.instrument for point in tables["甲烷"].rows}

    assert basis("2026-01-31") == {"coal_mine_safety_regulations_2022"}
    assert basis("2026-02-01") == {"coal_mine_safety_regulations_2025"}


def test_every_rule_gives_what_its_examples_say(world, as_user):
    client = as_user("county_officer")
    for rule in client.get(reverse("law")).context["rules"].rows:
        page = client.get(reverse("rule", args=[rule.id]))
        examples = page.context["examples"].rows
        assert [example.given for example in examples] == [example.expected for example in examples]


def test_a_point_is_placed_and_a_change_noted(world, as_user):
    client = as_user("county_officer")
    client.post(reverse("place_point", args=[world.point.pk]), {"place": "return_corner"})
    client.post(reverse("note_change", args=[world.change.pk]), {"note": "已核实"})
    world.point.refresh_from_db()
    world.change.refresh_from_db()
    assert (world.point.place, world.change.note) == ("return_corner", "已核实")
    refused = client.post(reverse("place_point", args=[world.point.pk]), {"place": "nowhere"}, follow=True)
    assert "refused" in refused.content.decode()


def test_a_token_is_shown_once(world, as_user):
    client, page = as_user("operator"), reverse("feed_tokens")
    shown = client.post(reverse("new_token", args=[world.city.mine.code])).content.decode()
    assert "kt_140423900001_" in shown
    assert "kt_140423900001_" not in client.get(page).content.decode()
    assert "kt_140423900001_" not in str([SessionStore().decode(row.data) for row in LoginSession.objects.all()])
    client.post(reverse("stop_token", args=[world.token.pk]))
    assert FeedToken.objects.get(pk=world.token.pk).revoked_at is not None


def test_the_operator_opens_an_account_that_neither_signs_nor_administers(world, as_user):
    client = as_user("operator")
    county = world.city.units["county"]
    post = Post.objects.filter(unit=county, role=Role.duty_officer).first()
    filled = {"unit": county.pk, "name": "乙九", "phone": "", "post": post.pk, "username": "county_duty_b"}
    refused = client.post(reverse("new_user"), {**filled, "unit": world.city.units["city"].pk})
    assert "post" in refused.context["form"].errors
    username, password = client.post(reverse("new_user"), filled).context["issued"]
    assert post.tenures.get(to_at=None).person.name == "乙九"
    entered = Client()
    assert entered.post("/login/", {"username": username, "password": password}).status_code == 302
    assert entered.get("/today/").headers["Location"] == reverse("password")
    assert "已被使用" in client.post(reverse("new_user"), filled).content.decode()


def test_an_officer_needs_a_certificate_and_the_operator_can_note_it(world, as_user):
    client = as_user("operator")
    officer = world.city["county_officer"]
    address = reverse("user", args=[officer.pk])
    client.post(address, {"do": "certificate", "certificate": "示例-7"})
    officer.person.refresh_from_db()
    assert officer.person.certificate == "示例-7"
    filled = {
        "unit": world.city.units["county"].pk,
        "name": "乙十",
        "post": Post.objects.filter(unit=world.city.units["county"], role=Role.enforcement_officer).first().pk,
        "username": "county_officer_c",
        "reason": "新调入",
    }
    assert "certificate" in client.post(reverse("new_user"), filled).context["form"].errors
    assert client.post(reverse("new_user"), {**filled, "certificate": "示例-8"}).status_code == 302


def test_a_deputy_acts_in_an_absence(world, as_user):
    client = as_user("operator")
    posts = {
        role: Post.objects.get(unit=world.city.units["county"], role=role)
        for role in (Role.bureau_head, Role.bureau_deputy)
    }
    address = reverse("post", args=[posts[Role.bureau_head].pk])
    away = {
        "do": "absence",
        "away_from": "2026-03-10T09:00:00",
        "away_to": "2026-03-12T09:00:00",
        "away_reason": "出差",
    }
    assert "没有B岗" in client.post(address, {**away, "deputy": ""}, follow=True).content.decode()
    asked = client.post(
        address, {"do": "deputy", "deputy": posts[Role.bureau_deputy].pk, "deputy_reason": "领导分工"}
    ).headers["Location"]
    assert "没有B岗" in client.post(address, {**away, "deputy": ""}, follow=True).content.decode()
    as_user("security_admin").post(asked, {"do": "approve"})
    client.post(address, {**away, "deputy": posts[Role.bureau_deputy].pk})
    page = as_user("county_deputy").get("/today/").content.decode()
    assert "局主要负责人（代）" in page


def test_the_proof_of_the_trail_is_asked_for_on_the_page(world, as_user):
    assert "已开始核验" in as_user("operator").post(reverse("verify"), follow=True).content.decode()


def test_the_history_of_a_point_names_its_windows(world, as_user):
    at = int(datetime(2026, 3, 10, 2, 0, tzinfo=UTC).timestamp() * 1000)
    answer = (
        as_user("county_officer").get(reverse("point_history", args=[world.point.pk]), {"hours": 2, "at": at}).json()
    )
    assert [window["label"] for window in answer["episodes"]] == ["超限过程"]
    assert {limit["label"] for limit in answer["limits"]} == {"报警", "断电", "复电"}
    assert answer["rows"] == []
    assert answer["note"] == "所选时段没有读数"


def test_a_page_that_does_not_exist_says_what_to_do(world, as_user):
    answer = as_user("county_officer").get("/cases/999999/")
    assert answer.status_code == 404
    assert "不在您的管辖范围内" in answer.content.decode()
