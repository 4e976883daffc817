"""One page about a mine as of any day."""

from datetime import timedelta

from django.urls import reverse

from kuangan.base import clock
from kuangan.law.setting.typeset import pictures
from kuangan.mine.actions import appoint_key_person, set_attribute
from kuangan.overview.figures.mine_sheet import sheet_of
from kuangan.paper.render import envelope
from tests.city import START


def test_the_page_shows_what_was_known_on_the_day_and_marks_what_was_not(world, as_user):
    mine, today = world.city.mine, clock.civil_date(clock.now())
    set_attribute(actor=None, mine=mine, name="gas_grade", value="outburst", valid_from=today)
    appoint_key_person(actor=None, mine=mine, post="mine_director", name="甲二", from_on=today, phone="")
    page = as_user("county_officer").get(reverse("mine_sheet", args=[mine.code])).content.decode()
    assert "煤与瓦斯突出" in page
    assert 'class="unknown"' in page
    before = sheet_of(world.users["county_officer"], mine, today - timedelta(days=1))
    facts = {row["label"]: row["value"] for row in before.facts}
    assert facts["瓦斯等级"] == "高瓦斯"
    assert facts["水文地质类型"] == "不明"
    assert before.overlimit_count == 0
    now = sheet_of(world.users["county_officer"], mine, today)
    assert now.overlimit_count == 1
    assert [row["name"] for row in now.people] == ["甲二"]
    assert {row["name"] for row in now.faces} == {"1301工作面", "1302工作面"}
    earlier = sheet_of(world.users["county_officer"], mine, START.date() - timedelta(days=9))
    assert earlier.faces == []
    assert {row["value"] for row in earlier.facts if row["label"] == "瓦斯等级"} == {"不明"}


def test_the_pdf_is_one_page(world, as_user):
    client = as_user("mine_dispatcher")
    page = reverse("mine_sheet_pdf", args=[world.city.mine.code])
    client.get(page)
    answer = client.get(page, {"on": "2026-03-05"})
    assert answer.content.startswith(b"%PDF")
    made = sheet_of(world.users["mine_dispatcher"], world.city.mine, clock.civil_date(clock.now()))
    content = envelope(number="", title="一矿一页", unit="示例县应急管理局", at=clock.now(), fields=made.fields())
    assert len(pictures("mine_sheet", content)) == 1


def test_a_day_to_come_gives_today(world, as_user):
    page = as_user("county_officer").get(reverse("mine_sheet", args=[world.city.mine.code]), {"on": "2031-01-01"})
    assert f"截至 {clock.civil_date(clock.now())}" in page.content.decode()
