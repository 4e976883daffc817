"""Draws through the pages: two persons, each with a code of his own; nobody's reasons in public."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from kuangan.base import clock, lottery
from kuangan.draw.models import Draw
from tests.signing import next_code, shown


def act(client, step: str, draw: Draw, **filled):
    """Look at the draw's page and sign one step of it; what the next page says."""
    address = reverse("draw", args=[draw.pk])
    page = client.get(address)
    part = page.context[f"{step}_signing"]
    signed = {**shown(client, address), "seen": part.seen if part else ""}
    answer = client.post(reverse(f"{step}_draw", args=[draw.pk]), {**filled, **signed}, follow=True)
    draw.refresh_from_db()
    return answer.content.decode()


def public_on() -> str:
    return (clock.civil_date(clock.now()) + timedelta(days=3)).isoformat()


def test_one_person_lays_the_draw_down_and_another_makes_it_on_his_own_account(world, as_user):
    draw, head = world.draw, as_user("county_head")
    assert "已提请见证" in act(head, "prepare", draw, public_on=public_on())
    assert "本人" in act(head, "witness", draw, witness_text="今日晴转多云")
    assert "本人" in act(as_user("county_section"), "witness", draw, witness_text="今日晴转多云")
    assert draw.drawn_at is None
    assert "已见证并抽取" in act(as_user("inspectorate_officer"), "witness", draw, witness_text="今日晴转多云")
    assert (draw.drawn_by, draw.witnessed_by) == (world.users["county_head"], world.users["inspectorate_officer"])
    assert "已抽取或已作废" in act(as_user("county_deputy"), "witness", draw, witness_text="今日晴转多云")


def test_no_step_is_made_without_a_code_nor_with_one_for_another_draw(world, as_user):
    draw, client = world.draw, as_user("county_head")
    address, filled = reverse("prepare_draw", args=[draw.pk]), {"public_on": public_on()}
    seen = client.get(reverse("draw", args=[draw.pk])).context["prepare_signing"].seen
    code, _ = next_code(world.users["county_head"], clock.wall_now())
    for given in ({}, {"seen": seen}, {"seen": seen, "code": "000000"}, {"code": code}):
        client.post(address, {**filled, **given})
    draw.refresh_from_db()
    assert draw.prepared_by is None
    of_cancelling = client.get(reverse("draw", args=[draw.pk])).context["cancel_signing"].seen
    assert "不一致" in client.post(address, {**filled, "seen": of_cancelling, "code": code}).content.decode()


def new(client, **changed):
    filled = {"title": "再抽一次", "purpose": "顶板管理", "mines": "1", "officers": "1", **changed}
    return client.post(reverse("new_draw"), {**filled, **shown(client, reverse("new_draw"))}, follow=True)


def test_the_same_mines_for_another_purpose_are_said_refused_without_a_reason_and_agreed_by_a_second_person(
    world, as_user
):
    section, head = as_user("county_section"), as_user("county_head")
    assert "基本相同，属重复抽取" in section.get(reverse("new_draw")).content.decode()
    assert "须写明理由" in new(section).content.decode()
    assert Draw.objects.count() == 1
    page = new(section, repeat_reason="上级部署专项检查").content.decode()
    draw = Draw.objects.get(title="再抽一次")
    assert "待第二人同意" in page
    assert "先经第二人同意" in act(section, "prepare", draw, public_on=public_on())
    assert "公布人以外" in act(section, "agree", draw)
    assert "已同意重复抽取" in act(head, "agree", draw)
    assert "已提请见证" in act(section, "prepare", draw, public_on=public_on())
    public = Client().get(reverse("public_draw", args=[draw.slug])).content.decode()
    assert "上级部署专项检查" in public
    assert "三月随机抽查" in public


def test_why_somebody_is_left_out_is_seen_by_the_unit_alone(world, as_user):
    draw = world.draw
    assert "亲属在矿" in as_user("county_head").get(reverse("draw", args=[draw.pk])).content.decode()
    pages = [
        Client().get(reverse("public_draw", args=[draw.slug])),
        Client().get(reverse("public_draw_record", args=[draw.slug])),
        as_user("county_head").get(reverse("draw_record", args=[draw.pk])),
        *(as_user(name).get(reverse("draw", args=[draw.pk])) for name in ("county_officer", "inspectorate_officer")),
    ]
    for page in pages:
        assert (page.status_code, "亲属在矿" in page.content.decode()) == (200, False)
    record = pages[1].json()
    assert lottery.problems(record) == ["尚未抽取，种子未公开，无法验证结果"]
    assert set(record["excluded"][0]) == {"key", "name"}
