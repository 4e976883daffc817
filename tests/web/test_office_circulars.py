"""Notices from the city through the county to the mine, and back."""

import io
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.core.models import Notice
from kuangan.core.queries import notices_waiting
from kuangan.duty.models import Duty
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.office.due import office_due
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.office.models import Circular, Receipt
from kuangan.office.queries.circulars import open_receipts


def send(client, world, *receivers, **more):
    issuer = more.pop("issuer", "county")
    data = {
        "issuer": world.city.units[issuer].pk,
        "kind": "notice",
        "title": "关于加强雨季管理的通知",
        "body": "请认真落实。",
        "receivers": list(receivers),
        **more,
    }
    return client.post(reverse("new_circular"), data)


ACCIDENT = {
    "accident": "外省某煤矿三月二日顶板事故", "grade": "larger", "lessons": "支护强度不足", "requirements": "排查顶板管理",
    "study_due": "2026-03-20",
}  # fmt: skip


def due(hours=24):
    return clock.civil(clock.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S")


def step(client, circular, do, **data):
    return client.post(reverse("circular", args=[circular.pk]), {"do": do, **data}, follow=True).content.decode()


def test_an_assignment_goes_down_is_signed_forwarded_answered_and_returned(world, as_user):
    city_section, county, mine = as_user("city_section"), as_user("county_section"), as_user("mine_director")
    answer = send(city_section, world, "counties", issuer="city", kind="assignment", feedback_due_at=due())
    assert answer.status_code == 302
    top = Circular.objects.get()
    assert {row.unit.name for row in top.receipts.all()} == {"示例县应急管理局", "邻县应急管理局"}
    receipt = top.receipts.get(unit=world.city.units["county"])
    text = step(county, top, "feedback", receipt=receipt.pk, text="已部署")
    assert "请先签收" in text
    assert "已签收" in step(county, top, "sign", receipt=receipt.pk)
    assert "已转发 2 个单位" in step(
        county, top, "forward", receipt=receipt.pk, receivers=["mines"], remark="请于期限前落实。"
    )
    below = Circular.objects.get(source=top)
    assert below.body.startswith("请于期限前落实。")
    assert below.feedback_due_at == top.feedback_due_at
    own = below.receipts.get(unit=world.city.units["mine"])
    step(mine, below, "sign", receipt=own.pk)
    assert "待反馈：" in mine.get(reverse("today")).content.decode()
    assert "已向示例县应急管理局反馈" in step(mine, below, "feedback", receipt=own.pk, text="已自查，未发现问题")
    assert "待反馈：" not in mine.get(reverse("today")).content.decode()
    seen = city_section.get(reverse("circular", args=[top.pk])).content.decode()
    assert "示例县应急管理局 转发" in seen
    assert "签收 1／2，反馈 1／2" in " ".join(seen.split())
    step(county, below, "return", receipt=own.pk, reason="请附检查表")
    own.refresh_from_db()
    assert own.feedback_at is None
    assert "请附检查表" in mine.get(reverse("circular", args=[below.pk])).content.decode()


def test_the_unread_are_listed_counted_and_urged_until_they_sign(world, as_user):
    county, mine = as_user("county_officer"), as_user("mine_dispatcher")
    send(county, world, "mines")
    made = Circular.objects.get()
    page = county.get(reverse("circulars"), {"box": "sent", "only": "open"}).content.decode()
    assert "0／2" in page
    assert "已催办 2 个单位" in step(county, made, "urge")
    receipt = made.receipts.get(unit=world.city.units["mine"])
    kinds = lambda: {one.kind for one in notices_waiting(world.users["mine_dispatcher"])}  # noqa: E731
    assert "office_urge" in kinds()
    step(mine, made, "sign", receipt=receipt.pk)
    assert "office_urge" not in kinds()
    unsigned = county.get(reverse("circular", args=[made.pk]), {"show": "unsigned"}).content.decode()
    rows = unsigned.split("<tbody>")[1].split("</tbody>")[0]
    assert "云岭二号煤矿" in rows
    assert "云岭一号煤矿" not in rows


@pytest.mark.parametrize("kind", ["office", "office_urge"])
def test_the_first_page_signs_for_the_circular_itself_or_for_its_reminder(world, as_user, kind):
    county, mine, user = as_user("county_officer"), as_user("mine_dispatcher"), world.users["mine_dispatcher"]
    send(county, world, "mines")
    made = Circular.objects.get()
    step(county, made, "urge")
    row = notices_waiting(user).get(kind=kind)
    shown = mine.get(reverse("today")).context["work"].rows
    assert {one.button for one in shown if one.post == reverse("sign_notice", args=[row.pk])} == {"签收"}
    page = mine.post(reverse("sign_notice", args=[row.pk]), follow=True).content.decode()
    assert f"已签收：{row.title}" in page
    assert made.receipts.get(unit=world.city.units["mine"]).notice.received_by == user
    assert not notices_waiting(user).filter(kind__in=("office", "office_urge")).exists()


def test_a_reminder_to_answer_is_signed_for_by_itself(world, as_user):
    county, mine, user = as_user("county_officer"), as_user("mine_dispatcher"), world.users["mine_dispatcher"]
    send(county, world, "mines", kind="assignment", feedback_due_at=due())
    made = Circular.objects.get()
    receipt = made.receipts.get(unit=world.city.units["mine"])
    step(mine, made, "sign", receipt=receipt.pk)
    step(county, made, "urge")
    urge = notices_waiting(user).get(kind="office_urge")
    mine.post(reverse("sign_notice", args=[urge.pk]))
    urge.refresh_from_db()
    assert urge.received_by == user
    assert "待反馈：" in mine.get(reverse("today")).content.decode()


def test_a_mine_sees_only_its_own_receipt_and_sends_nothing(world, as_user):
    send(as_user("county_officer"), world, "mines")
    page = as_user("mine_dispatcher").get(reverse("circular", args=[Circular.objects.get().pk])).content.decode()
    assert "云岭二号煤矿" not in page
    assert as_user("mine_dispatcher").get(reverse("new_circular")).status_code == 404
    assert (
        as_user("other_mine_dispatcher").get(reverse("circular", args=[Circular.objects.get().pk])).status_code == 404
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "assignment"}, "须写明反馈期限"),
        ({"feedback_due_at": "2026-01-01T08:00"}, "早于当前时间"),
        ({"kind": "circular"}, "须填写文号"),
        ({"body": ""}, "请填写“正文”"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world, as_user, more, words):
    page = send(as_user("county_officer"), world, "mines", **more).content.decode()
    assert words in page
    assert "关于加强雨季管理的通知" in page
    assert not Circular.objects.exists()


def test_a_withdrawn_circular_asks_nothing(world, as_user):
    county, mine = as_user("county_officer"), as_user("mine_dispatcher")
    send(county, world, "mines")
    made = Circular.objects.get()
    assert "已撤回" in step(county, made, "withdraw", reason="重复发文")
    receipt = Receipt.objects.get(circular=made, unit=world.city.units["mine"])
    assert "没有待本单位签收" in mine.get(reverse("circulars")).content.decode()
    assert "撤回" in step(mine, made, "feedback", receipt=receipt.pk, text="x")


def test_what_is_listed_is_exported(world, as_user):
    send(as_user("county_officer"), world, "mines")
    answer = as_user("county_officer").get(reverse("circulars"), {"box": "sent", "export": "xlsx"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[1][2] == "关于加强雨季管理的通知"
    assert rows[1][5] == 2


@pytest.mark.parametrize(
    ("typed", "written"),
    [("2026-03-13T00:00", "2026年3月12日24时"), ("2026-03-12T23:59", "2026年3月12日23时59分"), ("", None)],
)
def test_both_sheets_write_a_deadline_at_midnight_as_the_end_of_its_day(world, as_user, typed, written):
    send(as_user("county_officer"), world, "mines", feedback_due_at=typed)
    for username, box in (("county_officer", "sent"), ("mine_dispatcher", "received")):
        answer = as_user(username).get(reverse("circulars"), {"box": box, "export": "xlsx"})
        heading, row = list(load_workbook(io.BytesIO(answer.content)).active.values)[:2]
        assert row[heading.index("反馈期限")] == written


def test_an_accident_circular_shows_which_mine_has_studied_it(world, as_user):
    county, mine = as_user("county_officer"), world.city.units["mine"]
    send(county, world, "mines", kind="circular", number="襄应急〔2026〕9号")
    made = Circular.objects.get()
    page = reverse("circular", args=[made.pk])
    before = county.get(page).content.decode().split('id="receipts"')[1]
    assert before.count("未登记") == 2
    sample = dict(ledger_by_id("circular_study").sample[0]) | {"circular_number": made.number}
    entry = record_entry(actor=world.users["mine_director"], ledger_id="circular_study", unit=mine, values=sample)
    after = county.get(page).content.decode().split('id="receipts"')[1]
    assert after.count("未登记") == 1
    assert reverse("entry", args=["circular_study", entry.serial]) in after


def test_an_accident_circular_says_what_the_law_asks_and_is_entered_as_it_is_sent(world, as_user):
    city = as_user("city_section")
    page = send(city, world, "mines", issuer="city", kind="circular", number="襄应急〔2026〕9号").content.decode()
    for label in ("通报的事故", "事故等级", "事故教训", "工作要求", "学习期限"):
        assert f"事故通报请填写“{label}”" in page
    assert not Circular.objects.exists()
    more = {"kind": "circular", "number": "襄应急〔2026〕9号", **ACCIDENT, "study_due": day(10)}
    assert send(city, world, "mines", issuer="city", **more).status_code == 302
    made, entry = Circular.objects.get(), Entry.objects.get(ledger="accident_circular")
    assert (made.entry, entry.values["number"], entry.values["study_due"]) == (entry.serial, made.number, day(10))
    duty = Duty.objects.get(obligation="circular_studied", unit=world.city.units["mine"])
    mine = as_user("mine_director")
    shown = mine.get(reverse("duty", args=[duty.pk])).content.decode()
    assert reverse("circular", args=[made.pk]) in shown
    number = urlencode({"circular_number": made.number})
    assert number in shown
    own = made.receipts.get(unit=world.city.units["mine"])
    step(mine, made, "sign", receipt=own.pk)
    read = mine.get(reverse("circular", args=[made.pk])).content.decode()
    assert f"{reverse('new_entry', args=['lesson_self_check'])}?{number}" in read
    form = mine.get(f"{reverse('new_entry', args=['circular_study'])}?{number}").content.decode()
    assert f'value="{made.number}"' in form


def test_the_same_number_is_not_sent_twice(world, as_user):
    city, more = as_user("city_section"), {"kind": "circular", "number": "襄应急〔2026〕9号", **ACCIDENT}
    send(city, world, "mines", issuer="city", **more)
    page = send(city, world, "mines", issuer="city", **more, title="再次通报").content.decode()
    assert Circular.objects.count() == 1, page


def test_a_withdrawn_accident_circular_is_studied_by_nobody(world, as_user):
    city = as_user("city_section")
    send(
        city,
        world,
        "mines",
        issuer="city",
        kind="circular",
        number="襄应急〔2026〕9号",
        **{**ACCIDENT, "study_due": day(10)},
    )
    step(city, Circular.objects.get(), "withdraw", reason="文号有误")
    assert Duty.objects.filter(obligation="circular_studied", cancelled_at=None).count() == 0


def day(ahead):
    return (clock.civil_date(clock.now()) + timedelta(days=ahead)).isoformat()


@pytest.mark.parametrize("own", ["", "接收单位有误"])
def test_a_withdrawn_circular_asks_nothing_where_it_was_passed_on(world, as_user, own):
    city_section, county, mine = as_user("city_section"), as_user("county_section"), as_user("mine_director")
    send(city_section, world, "counties", issuer="city", kind="assignment", feedback_due_at=due())
    top = Circular.objects.get()
    receipt = top.receipts.get(unit=world.city.units["county"])
    step(county, top, "sign", receipt=receipt.pk)
    step(county, top, "forward", receipt=receipt.pk, receivers=["mines"])
    below = Circular.objects.get(source=top)
    step(mine, below, "sign", receipt=below.receipts.get(unit=world.city.units["mine"]).pk)
    assert open_receipts(Receipt.objects.filter(circular=below)).count() == 2
    if own:
        step(county, below, "withdraw", reason=own)
    step(city_section, top, "withdraw", reason="文号有误")
    below.refresh_from_db()
    assert below.withdrawn_for == (own or "原件已撤回：文号有误")
    assert not open_receipts(Receipt.objects.all()).exists()
    assert "待反馈：" not in mine.get(reverse("today")).content.decode()
    assert "已撤回" in mine.get(reverse("circular", args=[below.pk])).content.decode()
    told = Notice.objects.filter(unit=world.city.units["county"], title__startswith="转发件随原件撤回")
    assert told.count() == (0 if own else 1)


def test_a_copy_that_an_earlier_release_left_open_is_withdrawn_once(world, as_user):
    send(as_user("city_section"), world, "counties", issuer="city", kind="assignment", feedback_due_at=due())
    top = Circular.objects.get()
    receipt = top.receipts.get(unit=world.city.units["county"])
    step(as_user("county_section"), top, "sign", receipt=receipt.pk)
    step(as_user("county_section"), top, "forward", receipt=receipt.pk, receivers=["mines"])
    assert office_due(clock.now() + timedelta(days=1)) == 0, "what stands is left alone"
    Circular.objects.filter(pk=top.pk).update(withdrawn_at=clock.now(), withdrawn_for="文号有误")
    told = Notice.objects.filter(unit=world.city.units["county"], title__startswith="转发件随原件撤回")
    for days, withdrawn in ((2, 1), (3, 0)):
        assert office_due(clock.now() + timedelta(days=days)) == withdrawn
        assert Circular.objects.get(source=top).withdrawn_for == "原件已撤回：文号有误"
        assert told.count() == 1
    assert not open_receipts(Receipt.objects.filter(circular__source=top)).exists()
