from django.urls import reverse

from kuangan.base import clock
from kuangan.core.models import Notice
from kuangan.flow.credit.entries import correct, record_entry
from kuangan.flow.rules.run import judge_changed
from kuangan.web.frame.links import address_of
from tests.web.test_boards import public

EXPIRED = {
    "issued_on": "2023-03-01",
    "person": "蓝晨",
    "role": "special_worker",
    "kind": "special",
    "work_type": "采煤机操作作业",
    "number": "演示-1",
    "organ": "示例发证机关",
    "valid_until": "2026-03-09",
    "on_duty": True,
}


def page(client, **query):
    return client.get(reverse("rule_states"), query).content.decode()


def test_an_entry_shows_as_found_within_a_round_and_as_kept_when_corrected(world, as_user):
    unit = world.city.units["mine"]
    held = record_entry(actor=world.users["mine_clerk"], ledger_id="certificate", unit=unit, values=EXPIRED)
    judge_changed(clock.now())
    section = as_user("county_section")
    assert "已于2026年3月9日到期" in page(section)
    link = Notice.objects.filter(kind="finding", title__contains="证书").get().link
    assert "云岭一号煤矿" in section.get(address_of(link)).content.decode()
    right = held.values | {"valid_until": "2029-03-09"}
    correct(actor=world.users["mine_clerk"], entry=held, values=right, reason="日期录错")
    judge_changed(clock.now())
    assert "2026年3月9日到期" not in page(section)
    assert "云岭一号煤矿" in page(section, outcome="clear", rule="certificate_expired")


def test_outcomes_are_seen_by_scope_and_never_in_public(world, as_user):
    unit = world.city.units["mine"]
    record_entry(actor=world.users["mine_clerk"], ledger_id="certificate", unit=unit, values=EXPIRED)
    judge_changed(clock.now())
    assert "云岭一号煤矿" in page(as_user("mine_director"))
    assert "云岭一号煤矿" not in page(as_user("other_county_section"))
    assert "到期" not in public(world)
