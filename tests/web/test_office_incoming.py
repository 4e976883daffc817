"""Incoming papers: numbers, due times, handling and the register."""

import io
from datetime import UTC, datetime, timedelta

from django.urls import reverse
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.core.queries import notices_waiting
from kuangan.office.models import Incoming


def register(client, world, **more):
    data = {
        "unit": world.city.units["county"].pk,
        "source": "higher",
        "sender": "示例市应急管理局",
        "title": "关于报送雨季检查情况的函",
        "received_at": clock.civil(clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S"),
        **more,
    }
    return client.post(reverse("new_incoming"), data, follow=True).content.decode()


def step(client, paper, do, **data):
    return client.post(reverse("incoming", args=[paper.pk]), {"do": do, **data}, follow=True).content.decode()


def test_working_days_skip_the_holiday_and_count_the_make_up_day(world, as_user):
    clock.move(datetime(2026, 9, 29, 3, 0, tzinfo=UTC))
    register(as_user("county_section"), world, days="4")
    paper = Incoming.objects.get()
    # 30 September, then 8, 9 and the make-up Saturday 10 October
    assert paper.due_at == datetime(2026, 10, 10, 16, 0, tzinfo=UTC)
    assert paper.span == "4个工作日"


def test_without_a_due_time_the_source_decides(world, as_user):
    section = as_user("county_section")
    register(section, world)
    register(section, world, source="instruction", sender="丁一")
    first, second = Incoming.objects.order_by("serial")
    assert (first.register_number, second.register_number) == ("收〔2026〕1号", "收〔2026〕2号")
    assert (first.span, second.span) == ("5个工作日", "3个工作日")


def test_a_paper_is_assigned_answered_and_closed(world, as_user):
    section, officer = as_user("county_section"), as_user("county_officer")
    register(section, world)
    paper = Incoming.objects.get()
    assert "请选择承办人" in step(section, paper, "assign", handler="999999")
    person = world.users["county_officer"].person
    step(section, paper, "assign", handler=person.pk, text="请三日内拟复")
    assert any(one.title.startswith("收文交办") for one in notices_waiting(world.users["county_officer"]))
    assert "须说明办理结果" in step(officer, paper, "close")
    step(officer, paper, "reply", text="已组织检查，情况附后", number="襄应急函〔2026〕4号")
    assert "已办结" in step(officer, paper, "close")
    assert "先恢复办理" in step(officer, paper, "opinion", text="再补充")
    assert "已恢复办理" in step(section, paper, "reopen", text="来文要求补充")


def test_the_overdue_are_counted_listed_printed_and_exported(world, as_user):
    section = as_user("county_section")
    register(section, world)
    assert "逾期 <a" not in section.get(reverse("incoming_list")).content.decode()
    clock.move(Incoming.objects.get().due_at)
    page = section.get(reverse("incoming_list"), {"only": "late"}).content.decode()
    assert "逾期 <a" in page
    assert "关于报送雨季检查情况的函" in page
    assert "关于报送雨季检查情况的函" in section.get(reverse("incoming_list"), {"print": "1"}).content.decode()
    book = load_workbook(io.BytesIO(section.get(reverse("incoming_list"), {"export": "xlsx"}).content))
    assert list(book.active.values)[1][0] == "收〔2026〕1号"


def test_other_offices_do_not_see_it(world, as_user):
    register(as_user("county_section"), world)
    paper = Incoming.objects.get()
    for other in ("city_section", "county_government", "other_section_head"):
        if other in world.users:
            assert as_user(other).get(reverse("incoming", args=[paper.pk])).status_code == 404


def test_what_cannot_be_is_refused(world, as_user):
    section = as_user("county_section")
    future = clock.civil(clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    assert "收文时间晚于当前时间" in register(section, world, received_at=future)
    assert "早于收文时间" in register(section, world, due_at="2026-01-01T08:00:00")
