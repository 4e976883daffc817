from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from kuangan.base import lottery
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.core.queries import events_of
from kuangan.core.sealed import unseal
from kuangan.draw import actions
from kuangan.draw.models import Draw
from kuangan.draw.queries import PoolChoice, draws_visible_to, mine_pool, officer_pool, public_record, whole_record
from kuangan.mine.actions import set_attribute
from tests.drawing import agree_repeat, cancel_draw, prepare_draw, publish_draw, witness_draw

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
PUBLIC_ON = date(2026, 3, 12)


def published(city, recusals=None, reason="", purpose="瓦斯治理", pool=None, at=AT, **wanted) -> Draw:
    unit = city.units["county"]
    return publish_draw(
        actor=city["county_section"],
        unit=unit,
        title="三月随机抽查",
        purpose=purpose,
        mines=mine_pool(unit, PoolChoice(), AT) if pool is None else pool,
        officers=officer_pool(unit, AT),
        recusals=recusals or {},
        wanted={"mines": 1, "officers": 1, **wanted},
        repeat_reason=reason,
        at=at,
    )


def made(city, draw, witness="city_officer", witness_text="今日晴转多云", public_on=PUBLIC_ON, at=AT, **prepared):
    """The head lays the draw down; somebody else witnesses it on his own account."""
    prepare_draw(actor=city["county_head"], draw=draw, public_on=public_on, at=at, **prepared)
    return witness_draw(actor=city[witness], draw=draw, witness_text=witness_text, at=at)


def test_the_commitment_comes_first_and_the_seed_with_the_draw(city):
    draw = published(city)
    assert unseal(draw.seed, draw.seed_place) not in str(whole_record(draw))
    made(city, draw)
    assert lottery.problems(whole_record(draw)) == []
    assert [event.action for event in events_of(draw)] == ["draw_published", "draw_prepared", "draw_made"]
    assert events_of(draw)[0].data["record"]["commitment"] == draw.commitment
    drawn = draw.result["drawn"]["officers"]
    assert [str(key) for key in Notice.objects.filter(kind="draw").values_list("person", flat=True)] == drawn


def test_the_seed_of_a_new_draw_stands_in_no_row_that_a_dump_holds(city):
    draw = published(city)
    with connection.cursor() as cursor:
        cursor.execute("SELECT draw_draw::text FROM draw_draw UNION ALL SELECT core_event::text FROM core_event")
        dump = "".join(text for (text,) in cursor.fetchall())
    assert draw.seed in dump
    assert unseal(draw.seed, draw.seed_place) not in dump


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
        published(city, reason="重来")
    published(city, reason="人员不足", officers=2)
    made(city, first)
    assert published(city, reason="另一批").pk != first.pk


def test_the_same_mines_under_another_purpose_are_drawn_from_again_only_with_a_reason_and_a_second_person(city):
    first = made(city, published(city))
    with pytest.raises(Refused, match=r"“三月随机抽查”基本相同.*第二人"):
        published(city, purpose="顶板管理")
    again = published(city, purpose="顶板管理", reason="上级专项部署")
    repeats = again.record["repeats"]
    assert (repeats["reason"], [one["commitment"] for one in repeats["of"]]) == ("上级专项部署", [first.commitment])
    with pytest.raises(Refused, match="先经第二人同意"):
        made(city, again)
    with pytest.raises(Refused, match="公布人以外"):
        agree_repeat(actor=city["county_section"], draw=again, at=AT)
    agree_repeat(actor=city["county_deputy"], draw=again, at=AT)
    assert lottery.problems(whole_record(made(city, again))) == []
    assert again.repeat_agreed_by == city["county_deputy"]


def test_a_cancelled_draw_counts_as_one_repeated_and_one_mine_left_out_of_ten_makes_no_other_pool(city, monkeypatch):
    cancel_draw(actor=city["county_head"], draw=published(city), reason="名单有误", at=AT)
    with pytest.raises(Refused, match="基本相同"):
        published(city)
    one = mine_pool(city.units["county"], PoolChoice(), AT)[:1]
    assert published(city, pool=one).record["repeats"]["of"] == []
    monkeypatch.setattr("kuangan.draw.queries.ALIKE", 0.5)
    with pytest.raises(Refused, match="基本相同"):
        published(city, pool=one, purpose="顶板管理")


def test_next_months_draw_repeats_none(city):
    made(city, published(city))
    last = datetime(2026, 3, 30, 15, 59, tzinfo=UTC)  # the twentieth day after the tenth of March ends
    with pytest.raises(Refused, match="基本相同"):
        published(city, at=last)
    assert published(city, at=last + timedelta(minutes=1)).record["repeats"] == {"of": [], "reason": ""}


def test_whoever_is_recused_is_not_in_the_pool_and_the_reason_stays_with_the_unit(city):
    officer = city["county_officer"].person
    draw = published(city, {officer.pk: "配偶在矿"})
    assert str(officer.pk) not in [one["key"] for one in draw.record["pools"]["officers"]]
    assert draw.record["excluded"] == [{"key": str(officer.pk), "name": officer.name}]
    assert draw.recusals == {str(officer.pk): "配偶在矿"}
    assert "配偶" not in str(whole_record(made(city, draw)))


def test_the_reasons_of_earlier_records_are_not_shown_any_more_and_the_record_says_so(city):
    officer = city["county_officer"].person
    draw = made(city, published(city, {officer.pk: "配偶在矿"}))
    old = {key: value for key, value in draw.record.items() if key not in ("repeats", "commitment")}
    old |= {"format": lottery.FIRST_FORMAT, "excluded": [{**draw.record["excluded"][0], "reason": "配偶在矿"}]}
    draw.record = {**old, "commitment": lottery.commitment(old)}
    assert lottery.problems(whole_record(draw)) == []
    shown = public_record(draw, AT + timedelta(days=3))
    assert "配偶" not in str(shown)
    assert lottery.problems(shown) == ["回避理由不向社会公开，名单与承诺是否一致须由组织单位凭完整记录复核"]


def test_the_pool_holds_what_the_choice_names_and_no_closed_mine(city):
    unit, mine = city.units["county"], city.mines["second"]
    set_attribute(actor=None, mine=mine, name="mine_class", value="C", valid_from=AT.date(), at=AT)
    assert [one.code for one in mine_pool(unit, PoolChoice(mine_class="C"), AT)] == [mine.code]
    set_attribute(actor=None, mine=mine, name="status", value="closed", valid_from=AT.date(), at=AT)
    assert [one.code for one in mine_pool(unit, PoolChoice(), AT)] == [city.mine.code]


@pytest.mark.parametrize("wanted", [{"mines": 0}, {"mines": 3}, {"officers": 3}])
def test_more_than_the_pool_holds_is_refused(city, wanted):
    with pytest.raises(Refused):
        published(city, **wanted)
    assert not Draw.objects.exists()


def test_a_draw_is_made_once_and_before_a_second_person_on_his_own_account(city):
    draw = published(city)
    with pytest.raises(Refused, match="尚未提请见证"):
        witness_draw(actor=city["city_officer"], draw=draw, witness_text="今日晴转多云", at=AT)
    with pytest.raises(Refused, match="见证内容"):
        made(city, draw, witness_text="晴 ")
    for one in ("county_section", "county_head"):  # who published, who prepared
        with pytest.raises(Refused, match="本人"):
            made(city, draw, witness=one)
    with pytest.raises(Refused, match="看不到"):
        made(city, draw, witness="mine_director")
    made(city, draw)
    assert (draw.drawn_by, draw.witnessed_by) == (city["county_head"], city["city_officer"])
    assert draw.result["witness"] == "丙二（示例市应急管理局）"
    first = draw.result
    with pytest.raises(Refused, match="不能再次"):
        made(city, draw, witness_text="再来一次")
    with pytest.raises(Refused, match="不能再作废"):
        cancel_draw(actor=city["county_head"], draw=draw, reason="重来", at=AT)
    draw.refresh_from_db()
    assert draw.result == first


def test_the_words_of_a_witness_without_account_are_confirmed_by_a_second_officer(city):
    draw = published(city)
    with pytest.raises(Refused, match="同时填写"):
        made(city, draw, outside_witness="群众代表甲")
    with pytest.raises(Refused, match="本人"):
        made(city, draw, outside_witness=city["county_head"].display_name, outside_text="今日晴转多云")
    made(city, draw, witness_text="别的话", outside_witness="群众代表甲", outside_text="今日晴转多云")
    told = {key: draw.result[key] for key in ("witness", "witness_text", "confirmed_by")}
    assert told == {
        "witness": "群众代表甲", "witness_text": "今日晴转多云", "confirmed_by": "丙二（示例市应急管理局）",
    }  # fmt: skip
    assert lottery.problems(whole_record(draw)) == []


def test_no_step_of_a_draw_is_made_without_a_code(city):
    draw = published(city)
    head, officer = city["county_head"], city["city_officer"]
    pool = {"mines": mine_pool(draw.unit, PoolChoice(), AT)[:1], "officers": officer_pool(draw.unit, AT)}
    named = {"title": "x", "purpose": "x", "recusals": {}, "wanted": {"mines": 1, "officers": 1}}
    with pytest.raises(Refused, match="动态口令签署确认"):
        actions.publish_draw(actor=head, unit=draw.unit, **pool, **named, at=AT)
    with pytest.raises(Refused, match="动态口令签署确认"):
        actions.prepare_draw(actor=head, draw=draw, public_on=PUBLIC_ON, at=AT)
    with pytest.raises(Refused, match="动态口令签署确认"):
        actions.cancel_draw(actor=head, draw=draw, reason="x", at=AT)
    prepare_draw(actor=head, draw=draw, public_on=PUBLIC_ON, at=AT)
    with pytest.raises(Refused, match="动态口令签署确认"):
        actions.witness_draw(actor=officer, draw=draw, witness_text="今日晴转多云", at=AT)
    assert Draw.objects.get().result is None


def test_a_cancelled_draw_stays_public_and_is_never_made(city):
    draw = cancel_draw(actor=city["county_head"], draw=published(city), reason="名单有误", at=AT)
    with pytest.raises(Refused):
        made(city, draw)
    assert public_record(draw, AT)["commitment"] == draw.commitment


def test_only_heads_of_the_bureau_draw_and_no_mine_sees_it(city):
    draw = published(city)
    with pytest.raises(Refused, match="不是"):
        prepare_draw(actor=city["county_officer"], draw=draw, public_on=PUBLIC_ON, at=AT)
    seen = {name for name in city.users if draws_visible_to(city[name]).exists()}
    assert {"county_section", "county_government", "city_section", "inspectorate_officer"} <= seen
    assert not seen & {"mine_director", "mine_dispatcher", "company_officer", "operator"}
