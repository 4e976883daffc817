"""The watch: hand-over, calls, holidays and presence checks."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from django.urls import reverse
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.flow.sweep import sweep_once
from kuangan.office.holidays import holidays
from kuangan.office.models import HandOver, HolidayPlan, PhoneCall, PresenceCheck
from kuangan.office.queries.watch import presence_of
from tests.web import office_world


def watch(client, do, **data):
    return client.post(reverse("watch"), {"do": do, **data}, follow=True).content.decode()


def test_a_shift_hands_over_what_is_open_and_another_takes_it(world, as_user):
    duty, officer = as_user("county_duty"), as_user("county_officer")
    page = watch(duty, "hand_over", remarks="一号矿瓦斯超限待核查")
    assert "已交班" in page
    over = HandOver.objects.get()
    assert over.alarms[0]["number"] == world.alarm.number
    assert "上一次交班尚未接班" in watch(duty, "hand_over", remarks="再交")
    assert "不能自己接班" in watch(duty, "take_over")
    assert "已接班" in watch(officer, "take_over", note="情况清楚")
    shown = officer.get(reverse("handover", args=[over.pk])).content.decode()
    assert "一号矿瓦斯超限待核查" in shown
    assert as_user("mine_dispatcher").get(reverse("handover", args=[over.pk])).status_code == 404


def test_calls_are_logged_and_counted_in_the_hand_over(world, as_user):
    duty = as_user("county_duty")
    data = {
        "unit": world.city.units["county"].pk,
        "called_at": clock.civil(clock.now()).strftime("%Y-%m-%dT%H:%M:%S"),
        "caller": "市局值班室",
        "matter": "通知今夜有暴雨",
        "passed_to": "已转告各矿调度室",
    }
    duty.post(reverse("phone_calls"), data)
    assert PhoneCall.objects.get().passed_to == "已转告各矿调度室"
    assert "通知今夜有暴雨" in duty.get(reverse("phone_calls"), {"q": "暴雨"}).content.decode()
    assert "通知今夜有暴雨" not in as_user("city_duty").get(reverse("phone_calls")).content.decode()
    watch(duty, "hand_over", remarks="")
    assert HandOver.objects.get().calls == 1
    later = data | {"called_at": "2026-12-01T08:00:00"}
    assert "来电时间晚于当前时间" in duty.post(reverse("phone_calls"), later).content.decode()


def test_holidays_are_the_calendars_own(world):
    found = {one.first: one for one in holidays(2026)}
    national = found[date(2026, 10, 1)]
    assert (national.last, national.due_on, len(national.days)) == (date(2026, 10, 7), date(2026, 9, 28), 7)
    assert national.name == "2026年10月1日至7日"
    spring = found[date(2026, 2, 15)]
    assert spring.last == date(2026, 2, 23)  # the Saturday before is worked, the Sunday belongs to it


def test_a_holiday_is_planned_day_by_day_and_the_missing_are_seen_above(world, as_user):
    section, city = as_user("county_section"), as_user("city_section")
    page = reverse("holiday_plan", args=["2026-10-01"])
    leader, officer = world.users["county_head"].person, world.users["county_duty"].person
    data: dict[str, object] = {"unit": world.city.units["county"].pk}
    for number in range(1, 8):
        data |= {f"2026-10-0{number}-leader": leader.pk, f"2026-10-0{number}-officer": officer.pk}
    part = {key: value for key, value in data.items() if "10-07" not in key}
    assert "请填写“带班领导”" in section.post(page, part).content.decode()
    section.post(page, data)
    plan = HolidayPlan.objects.get()
    assert plan.days.count() == 7
    missing = city.get(page, {"show": "missing"}).content.decode()
    listed = missing.split('id="units"')[1]
    assert "邻县应急管理局" in listed
    assert "示例县应急管理局" not in listed
    clock.move(datetime(2026, 9, 29, 1, 0, tzinfo=UTC))
    assert "逾期未排定" in city.get(page).content.decode()


def test_presence_is_asked_at_a_moment_nobody_knows_and_timed(world, as_user):
    county, mine = as_user("county_duty"), as_user("mine_dispatcher")
    start = clock.now() + timedelta(hours=1)
    data = {
        "checker": world.city.units["county"].pk,
        "receivers": ["mines"],
        "first": clock.civil(start).strftime("%Y-%m-%dT%H:%M:%S"),
        "last": clock.civil(start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S"),
    }
    assert "共 2 个单位" in county.post(reverse("presence"), data, follow=True).content.decode()
    assert "查岗：" not in mine.get(reverse("watch")).content.decode()
    first, second = PresenceCheck.objects.order_by("unit__path")
    assert start - timedelta(seconds=1) <= first.ask_at <= start + timedelta(hours=2)
    clock.move(start + timedelta(hours=2), rate=0.0)
    sweep_once()
    first.refresh_from_db()
    assert first.due_at - first.asked_at == timedelta(minutes=10)
    assert "按时应答" in watch(mine, "answer", check=first.pk, note="调度员甲一在岗")
    second.refresh_from_db()
    assert presence_of(second, second.due_at - timedelta(seconds=1)).label == "待应答"
    assert presence_of(second, second.due_at).label == "未应答"
    assert "未应答" not in county.get(reverse("presence")).content.decode()
    clock.move(second.due_at, rate=0.0)
    assert "未应答" in county.get(reverse("presence")).content.decode()


def test_neither_page_nor_sheet_tells_the_checker_when_a_check_at_random_will_come(world, as_user):
    county = as_user("county_duty")
    start = clock.now() + timedelta(hours=1)
    first, last = (clock.civil(start + timedelta(hours=n)).strftime("%Y-%m-%dT%H:%M:%S") for n in (0, 2))
    data = {"checker": world.city.units["county"].pk, "receivers": ["mines"], "first": first, "last": last}
    county.post(reverse("presence"), data)
    answer = county.get(reverse("presence"), {"export": "xlsx"})
    told = [row[0] for row in list(load_workbook(BytesIO(answer.content)).active.values)[1:]]
    assert told == ["随机，未到", "随机，未到"]
    assert "随机，未到" in county.get(reverse("presence")).content.decode()
    clock.move(start + timedelta(hours=2), rate=0.0)
    sweep_once()
    answer = county.get(reverse("presence"), {"export": "xlsx"})
    asked = [row[0] for row in list(load_workbook(BytesIO(answer.content)).active.values)[1:]]
    assert all(isinstance(at, datetime) for at in asked)


def test_a_double_press_on_urge_is_answered_in_words(world, as_user):
    county = as_user("county_section")
    made = office_world.circular(world)
    page = reverse("circular", args=[made.pk])
    first, second = (county.post(page, {"do": "urge"}, follow=True) for _ in range(2))
    assert "已催办 1 个单位" in first.content.decode()
    assert second.status_code == 200
    assert "10分钟内不重复催办" in second.content.decode()
