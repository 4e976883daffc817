from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base import lottery
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.core.queries import events_of
from kuangan.core.sealed import unseal
from kuangan.draw.actions import cancel_draw, make_draw, publish_draw
from kuangan.draw.models import Draw
from kuangan.draw.queries import Choice, draws_visible_to, mine_pool, officer_pool, public_record, whole_record
from kuangan.mine.actions import set_attribute

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
PUBLIC_ON = date(2026, 3, 12)


def published(city, recusals=None, **wanted) -> Draw:
    unit = city.units["county"]
    return publish_draw(
        actor=city["county_section"],
        unit=unit,
        title="三月随机抽查",
        purpose="瓦斯治理",
        mines=mine_pool(unit, Choice(), AT),
        officers=officer_pool(unit, AT),
        recusals=recusals or {},
        wanted={"mines": 1, "officers": 1, **wanted},
        at=AT,
    )


def made(city, draw, **changes):
    given = {"witness": "己一", "witness_text": "今日晴转多云", "public_on": PUBLIC_ON, "at": AT, **changes}
    return make_draw(actor=city["county_head"], draw=draw, **given)


def test_the_commitment_comes_first_and_the_seed_with_the_draw(city):
    draw = published(city)
    assert unseal(draw.seed, draw.seed_place) not in str(whole_record(draw))
    made(city, draw)
    assert lottery.problems(whole_record(draw)) == []
    assert [event.action for event in events_of(draw)] == ["draw_published", "draw_made"]
    assert events_of(draw)[0].data["record"]["commitment"] == draw.commitment
    drawn = draw.result["drawn"]["officers"]
    assert [str(key) for key in Notice.objects.filter(kind="draw").values_list("person", flat=True)] == drawn


def test_the_public_sees_the_result_from_its_day_on(city):
    draw = made(city, published(city))
    eve = datetime(2026, 3, 11, 15, 59, tzinfo=UTC)
    assert "draw" not in public_record(draw, eve)
    assert lottery.problems(public_record(draw, eve + timedelta(minutes=1))) == []


def test_a_result_is_public_within_the_longest_wait(city):
    latest = date(2026, 5, 9)  # sixty days after the tenth of March
    with pytest.raises(Refused, match="不得晚于2026年5月9日"):
        made(city, published(city), public_on=latest + timedelta(days=1))
    draw = Draw.objects.get()
    assert made(city, draw, public_on=latest).public_on == latest


def test_the_same_pools_wait_for_one_draw_only(city):
    first = published(city)
    with pytest.raises(Refused, match="已公布相同的名单"):
        published(city)
    published(city, officers=2)
    made(city, first)
    assert published(city).pk != first.pk


def test_whoever_is_recused_is_not_in_the_pool_and_named_with_the_reason(city):
    officer = city["county_officer"].person
    draw = published(city, {officer.pk: "配偶在矿"})
    assert str(officer.pk) not in [one["key"] for one in draw.record["pools"]["officers"]]
    assert draw.record["excluded"] == [{"key": str(officer.pk), "name": officer.name, "reason": "配偶在矿"}]


def test_the_pool_holds_what_the_choice_names_and_no_closed_mine(city):
    unit, mine = city.units["county"], city.mines["second"]
    set_attribute(actor=None, mine=mine, name="mine_class", value="C", valid_from=AT.date(), at=AT)
    assert [one.code for one in mine_pool(unit, Choice(mine_class="C"), AT)] == [mine.code]
    set_attribute(actor=None, mine=mine, name="status", value="closed", valid_from=AT.date(), at=AT)
    assert [one.code for one in mine_pool(unit, Choice(), AT)] == [city.mine.code]


@pytest.mark.parametrize("wanted", [{"mines": 0}, {"mines": 3}, {"officers": 3}])
def test_more_than_the_pool_holds_is_refused(city, wanted):
    with pytest.raises(Refused):
        published(city, **wanted)
    assert not Draw.objects.exists()


def test_a_draw_is_made_once_before_another_witness(city):
    draw = published(city)
    with pytest.raises(Refused, match="见证内容"):
        made(city, draw, witness_text="晴 ")
    with pytest.raises(Refused, match="见证人"):
        made(city, draw, witness="乙六")
    made(city, draw)
    first = draw.result
    with pytest.raises(Refused, match="不能再次"):
        made(city, draw, witness_text="再来一次")
    with pytest.raises(Refused, match="不能再作废"):
        cancel_draw(actor=city["county_head"], draw=draw, reason="重来", at=AT)
    draw.refresh_from_db()
    assert draw.result == first


def test_a_cancelled_draw_stays_public_and_is_never_made(city):
    draw = cancel_draw(actor=city["county_head"], draw=published(city), reason="名单有误", at=AT)
    with pytest.raises(Refused):
        made(city, draw)
    assert public_record(draw, AT)["commitment"] == draw.commitment


def test_only_heads_of_the_bureau_draw_and_no_mine_sees_it(city):
    draw = published(city)
    with pytest.raises(Refused, match="不是"):
        make_draw(
            actor=city["county_officer"],
            draw=draw,
            witness="己一",
            witness_text="今日晴转多云",
            public_on=PUBLIC_ON,
            at=AT,
        )
    seen = {name for name in city.users if draws_visible_to(city[name]).exists()}
    assert {"county_section", "county_government", "city_section", "inspectorate_officer"} <= seen
    assert not seen & {"mine_director", "mine_dispatcher", "company_officer", "operator"}


def test_a_dump_before_the_draw_does_not_hold_its_seed(city):
    draw = published(city)
    seed = unseal(draw.seed, draw.seed_place)
    assert len(seed) == 2 * lottery.SEED_BYTES
    assert seed not in " ".join(map(str, Draw.objects.filter(pk=draw.pk).values_list()[0]))
