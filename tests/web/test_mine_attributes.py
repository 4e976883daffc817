"""On the mine's page: what holds, since when and by which decision; the way to it for who may open it, and what was withdrawn."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kuangan.base import clock
from kuangan.flow.credit.entries import record_entry, void
from kuangan.law.ledger import ledgers


@pytest.fixture
def decision(world):
    day = clock.civil_date(clock.now()).isoformat()
    values = {
        **ledgers()["mine_class_decision"].sample[0],
        "decided_on": day,
        "published_on": day,
        "mine_class": "C",
        "valid_to": (clock.civil_date(clock.now()) + timedelta(days=300)).isoformat(),
        "announcement_number": "演示应急公告〔2026〕8号",
    }
    return record_entry(actor=None, ledger_id="mine_class_decision", unit=world.city.units["city"], values=values)


def page(client, world, *tab):
    return client.get(reverse("mine_tab" if tab else "mine", args=[world.city.mine.code, *tab])).content.decode()


@pytest.mark.parametrize("username", ["city_section", "county_officer", "mine_director"])
def test_what_holds_is_shown_with_its_day_and_its_paper(world, as_user, decision, username):
    text = " ".join(page(as_user(username), world).split())
    assert "C类" in text
    assert "自2026年3月10日起" in text
    assert "演示应急公告〔2026〕8号" in text
    assert reverse("entry", args=["mine_class_decision", decision.serial]) in text
    assert "公布" not in text.partition("生产建设状态")[2].partition("</dd>")[0], (
        "what was typed by hand has no decision"
    )


def test_what_was_withdrawn_stays_in_the_history_and_says_so(world, as_user, decision):
    void(actor=None, entry=decision, reason="公布有误")
    city = as_user("city_section")
    assert "C类" not in page(city, world)
    text = page(city, world, "history")
    assert "C类" in text
    assert "已撤回：所依据的台账记录已作废" in text
