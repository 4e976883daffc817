"""A government's meeting from its notice to the decision that a bureau must follow up."""

from datetime import timedelta

from django.urls import reverse

from kuangan.base import clock
from kuangan.core.values.kinds import name_text
from kuangan.duty.models import Duty
from kuangan.ledger.models import Entry
from kuangan.office.models import Decision, Meeting


def call(client, world, organiser, *receivers, hours=2, kind="meeting"):
    data = {
        "organiser": world.city.units[organiser].pk,
        "kind": kind,
        "title": "2026年第3次煤矿安全生产专题会议",
        "starts_at": clock.civil(clock.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S"),
        "place": "县政府二楼",
        "chair": "丁一",
        "agenda": "通报一季度瓦斯超限情况",
        "receivers": list(receivers),
    }
    answer = client.post(reverse("new_meeting"), data)
    assert answer.status_code == 302, answer.content.decode()
    return Meeting.objects.get()


def step(client, meeting, do, **data):
    return client.post(reverse("meeting", args=[meeting.pk]), {"do": do, **data}, follow=True).content.decode()


def test_a_meeting_becomes_entries_and_duties(world, as_user):
    clerk, bureau = as_user("government_clerk"), as_user("county_section")
    made = call(clerk, world, "county_government", str(world.city.units["county"].pk), str(world.city.units["mine"].pk))
    invitation = made.invitations.get(unit=world.city.units["county"])
    assert "请填写参会人员" in step(bureau, made, "sign_up", invitation=invitation.pk)
    step(bureau, made, "sign_up", invitation=invitation.pk, people="局长 乙六\n股长 乙四")
    assert "尚未开始" in step(clerk, made, "attendance", present=[invitation.pk])
    clock.move(clock.now() + timedelta(hours=4))
    assert "请先登记到会情况" in step(clerk, made, "minutes", problems="两座煤矿接续紧张")
    assert "已登记到会单位 1 个" in step(clerk, made, "attendance", present=[invitation.pk])
    assert "已登记会议纪要" in step(clerk, made, "minutes", problems="两座煤矿接续紧张", number="演示纪要〔2026〕3号")
    made.refresh_from_db()
    entry = Entry.objects.get(ledger="coal_meeting")
    assert made.entry == entry.serial
    bureau_code, people = world.city.units["county"].code, entry.values["attendees"]
    assert [(name_text(row["name"]), row["unit"], row["post"]) for row in people] == [
        ("乙六", bureau_code, "局长"), ("乙四", bureau_code, "股长"),
    ]  # fmt: skip
    assert people[0]["name"]["person"] == world.city["county_head"].person.pk, "who stands in the register is chosen"
    due_on = clock.civil_date(clock.now()) + timedelta(days=10)
    said = step(
        clerk,
        made,
        "decide",
        matter="督促限期治理",
        responsible=world.city.units["county"].pk,
        due_on=due_on.isoformat(),
    )
    assert "由示例县应急管理局限期办结" in said
    decision = Decision.objects.get()
    assert Entry.objects.get(ledger="meeting_decision").serial == decision.entry
    duty = Duty.objects.get(obligation="decision_followup")
    assert duty.unit == world.city.units["county"]
    page = clerk.get(reverse("meeting", args=[made.pk])).content.decode()
    assert f"/duties/{duty.pk}/" in page
    assert "办理中" in page


def test_a_bureaus_decision_is_an_assignment_whose_answer_closes_it(world, as_user):
    section, mine = as_user("county_section"), as_user("mine_director")
    made = call(section, world, "county", "mines", hours=-1)
    step(section, made, "attendance", present=[one.pk for one in made.invitations.all()])
    step(section, made, "minutes", problems="防治水资料不全")
    due_on = clock.civil_date(clock.now()) + timedelta(days=3)
    step(
        section,
        made,
        "decide",
        matter="补齐防治水图纸",
        responsible=world.city.units["mine"].pk,
        due_on=due_on.isoformat(),
    )
    circular = Decision.objects.get().circular
    receipt = circular.receipts.get()
    page = reverse("circular", args=[circular.pk])
    mine.post(page, {"do": "sign", "receipt": receipt.pk})
    mine.post(page, {"do": "feedback", "receipt": receipt.pk, "text": "图纸已补齐"})
    assert "已反馈" in section.get(reverse("meeting", args=[made.pk])).content.decode()
    assert "云岭二号煤矿" not in mine.get(reverse("meeting", args=[made.pk])).content.decode()


def test_a_refused_decision_loses_nothing_that_was_typed(world, as_user):
    clerk, mine = as_user("government_clerk"), as_user("mine_director")
    made = call(clerk, world, "county_government", "mines", hours=-1)
    page = reverse("meeting", args=[made.pk])
    assert f'data-keep="reason-cancel-{page}"' in clerk.get(page).content.decode()
    step(clerk, made, "attendance", present=[one.pk for one in made.invitations.all()])
    step(clerk, made, "minutes", problems="防治水资料不全")
    due_on = clock.civil_date(clock.now()) + timedelta(days=900)
    given = {"matter": "补齐防治水图纸", "responsible": world.city.units["mine"].pk, "due_on": due_on.isoformat()}
    answer = step(clerk, made, "decide", **given)
    assert "期限过长" in answer
    assert not Decision.objects.exists()
    form = answer.split(f'data-keep="decision-{made.pk}"')[1].split("</form>")[0]
    assert "data-restore" in form
    assert "data-kept" in form
    later = call_later(clerk, world)
    invitation = later.invitations.get(unit=world.city.units["mine"])
    assert f'data-keep="sign-up-{invitation.pk}"' in mine.get(reverse("meeting", args=[later.pk])).content.decode()


def call_later(client, world):
    """A second meeting, still ahead."""
    before = set(Meeting.objects.values_list("pk", flat=True))
    starts_at = clock.civil(clock.now() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%S")
    given = {
        "organiser": world.city.units["county_government"].pk,
        "kind": "meeting",
        "title": "后续会议",
        "starts_at": starts_at,
    }
    client.post(
        reverse("new_meeting"), {**given, "place": "二楼", "chair": "乙六", "agenda": "落实", "receivers": ["mines"]}
    )
    return Meeting.objects.exclude(pk__in=before).get()


def test_a_cancelled_meeting_takes_no_answers(world, as_user):
    section, mine = as_user("county_section"), as_user("mine_director")
    made = call(section, world, "county", "mines")
    assert "已取消会议" in step(section, made, "cancel", reason="时间冲突")
    invitation = made.invitations.get(unit=world.city.units["mine"])
    assert "会议已取消" in step(mine, made, "sign_up", invitation=invitation.pk, people="矿长 甲二")


def test_a_consultation_asks_for_its_report_and_its_conclusions_are_owed(world, as_user):
    section = as_user("county_section")
    made = call(section, world, "county", "mines", hours=-1, kind="consultation")
    step(section, made, "attendance", present=[one.pk for one in made.invitations.all()])
    assert "没有报告稿的，不计为会商" in step(section, made, "minutes", problems="一号矿列为重点")
    assert "请填写会商结论" in step(section, made, "minutes", draft="三月报告送审稿")
    assert "已登记会议纪要" in step(section, made, "minutes", draft="三月报告送审稿", problems="一号矿列为重点")
    made.refresh_from_db()
    entry = Entry.objects.get(ledger="risk_consultation")
    assert (made.entry, entry.values["draft"], entry.values["conclusions"]) == (
        entry.serial, "三月报告送审稿", "一号矿列为重点",
    )  # fmt: skip
    mine, due_on = world.city.units["mine"], clock.civil_date(clock.now()) + timedelta(days=3)
    step(section, made, "decide", matter="补齐防治水图纸", responsible=mine.pk, due_on=due_on.isoformat())
    duty = Duty.objects.get(obligation="risk_conclusion_followup")
    assert duty.unit == mine
    page = section.get(reverse("meeting", args=[made.pk])).content.decode()
    assert f"/duties/{duty.pk}/" in page
    assert reverse("entry", args=["risk_consultation", entry.serial]) in page


def test_a_government_consults_in_its_meetings(world, as_user):
    data = {"organiser": world.city.units["county_government"].pk, "kind": "consultation", "title": "会商"}
    page = as_user("government_clerk").post(reverse("new_meeting"), data).content.decode()
    assert "不召集风险研判会商" in page
    assert not Meeting.objects.exists()
