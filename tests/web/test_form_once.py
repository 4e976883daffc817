"""Each form counts once, and the files of a refused one are not lost."""

import re
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.actions.form_marks import forget_old_forms
from kuangan.core.models import Attachment, FormMark, FormUpload
from kuangan.law.role import Role
from kuangan.office.models import Circular, Collection, Incoming, Meeting, PhoneCall
from tests.city import build_city
from tests.story.script import FOUND_REAL
from tests.web import office_world
from tests.web.world import further_person

MARK = "aB3-_aB3-_aB3-_aB3-_"


def soon(**span):
    return clock.civil(clock.now() + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%S")


def circular(world, **more):
    units = world.city.units
    return {
        "issuer": units["county"].pk,
        "kind": "notice",
        "number": "襄应急〔2026〕12号",
        "title": "雨季通知",
        "body": "请落实。",
        "receivers": [units["mine"].pk],
        "form_mark": MARK,
        **more,
    }


def forms(world):
    """Each form that creates: address, what is posted, what it makes."""
    county, mine = world.city.units["county"].pk, world.city.units["mine"].pk
    return {
        "circulars": ("new_circular", circular(world), Circular),
        "letters": (
            "new_letter",
            {
                "unit": county, "kind": "reminder_letter", "to": mine, "opening": "请报送：", "matters": "自查报告",
                "demands": "即办", "reply_due_on": "2026-03-20", "form_mark": MARK,
            },
            Case,
        ),
        "meetings": (
            "new_meeting",
            {
                "organiser": county, "title": "调度会", "starts_at": soon(days=1), "kind": "meeting", "place": "三楼", "chair": "乙六",
                "agenda": "通报", "receivers": [mine], "form_mark": MARK,
            },
            Meeting,
        ),
        "incoming": (
            "new_incoming",
            {
                "unit": county, "source": "instruction", "sender": "丁一", "title": "批示",
                "received_at": soon(hours=-1), "form_mark": MARK,
            },
            Incoming,
        ),
        "collections": (
            "new_collection",
            {
                "unit": county, "title": "水泵统计", "due_at": soon(days=2), "receivers": [mine], "form_mark": MARK,
                "column-TOTAL_FORMS": 1, "column-INITIAL_FORMS": 0, "column-0-label": "主水泵", "column-0-kind": "number",
            },
            Collection,
        ),
        "calls": (
            "phone_calls",
            {
                "unit": county, "called_at": soon(minutes=-5), "caller": "甲一", "matter": "询问", "form_mark": MARK,
            },
            PhoneCall,
        ),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["circulars", "letters", "meetings", "incoming", "collections", "calls"])
def test_the_second_press_of_a_form_makes_nothing_and_leads_to_the_first(world, as_user, kind):
    name, data, model = forms(world)[kind]
    client, before = as_user("county_section"), model.objects.count()
    first, second = (client.post(reverse(name), data) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302), first.content.decode()[-3000:]
    assert first.headers["Location"] == second.headers["Location"]
    assert model.objects.count() == before + 1
    assert "未重复办理" in client.get(second.headers["Location"]).content.decode()
    client.post(reverse(name), {**data, "form_mark": MARK[::-1]})
    assert model.objects.count() == before + 2


def test_two_presses_at_the_same_moment_make_one_circular(committed_db, quick_site):
    city = build_city()
    unit, mine = city.units["county"].pk, city.units["mine"].pk
    further_person(city, "county_clerk", "county", Role.clerk)
    data = {
        "issuer": unit, "kind": "notice", "title": "雨季通知", "body": "请落实。", "receivers": [mine], "form_mark": MARK,
    }  # fmt: skip
    found = []

    def press():
        client = Client()
        client.force_login(city["county_clerk"], backend="kuangan.core")
        found.append(client.post(reverse("new_circular"), data))
        connections.close_all()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert {answer.headers["Location"] for answer in found} == {reverse("circular", args=[Circular.objects.get().pk])}
    assert FormMark.objects.count() == 1


def test_the_mark_of_one_person_says_nothing_to_another(world, as_user):
    for name in ("county_section", "county_clerk"):
        as_user(name).post(reverse("new_circular"), circular(world))
    assert Circular.objects.count() == 2


def test_a_refused_form_is_sent_again_with_the_same_mark(world, as_user):
    client = as_user("county_section")
    assert client.post(reverse("new_circular"), circular(world, title="")).status_code == 200
    assert client.post(reverse("new_circular"), circular(world)).status_code == 302
    assert Circular.objects.count() == 1


def test_every_posted_form_of_a_page_has_a_mark_of_its_own(world, as_user):
    office_world.circular(world)
    client = as_user("mine_director")
    for address in ("today", "watch", "circulars", "new_circular"):
        page = client.get(reverse(address)).content.decode()
        forms_of = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
        marks = re.findall(r'name="form_mark"\s+value="([^"]+)"', "".join(forms_of))
        assert len(set(marks)) == len(marks)
        assert len(marks) >= len([one for one in forms_of if "logout" not in one])


def posted_file(name="名单.txt", content="一号"):
    return SimpleUploadedFile(name, content.encode())


def test_the_files_of_a_refused_form_are_shown_as_attached_and_go_with_the_next_try(world, as_user):
    client = as_user("county_section")
    page = client.post(reverse("new_circular"), circular(world, title="", attached=[posted_file()])).content.decode()
    assert "已上传：名单.txt" in page
    assert Attachment.objects.filter(name="名单.txt").count() == 0
    waiting = FormUpload.objects.get()
    page = client.post(reverse("new_circular"), circular(world, title="", **{"attached.kept": [waiting.pk]}))
    assert "已上传：名单.txt" in page.content.decode()
    client.post(reverse("new_circular"), circular(world, **{"attached.kept": [waiting.pk]}))
    assert [file.name for file in Circular.objects.get().attachments.all()] == ["名单.txt"]
    assert not FormUpload.objects.exists()


def test_an_optional_file_that_is_refused_is_said_and_the_others_stay(world, as_user):
    client, address = as_user("county_officer"), reverse("move", args=[world.alarm.pk, "find_real"])
    given = {**FOUND_REAL, "form_mark": MARK}
    bad = [posted_file("程序.exe"), posted_file("空.txt", "")]
    for left_out in ({"findings": ""}, {}):  # with another mistake beside it, and without one
        page = client.post(address, {**given, **left_out, "files": [posted_file(), *bad]}).content.decode()
        assert "“程序.exe”" in page
        assert "以上文件未附上" in page
        assert "已上传：名单.txt" in page
        assert "已上传：空.txt" not in page
        assert world.alarm.moves.filter(move="find_real").count() == 0
    kept = FormUpload.objects.order_by("pk").first()
    client.post(address, {**given, "files.kept": [kept.pk]})
    assert [file.name for file in world.alarm.moves.get(move="find_real").attachments.all()] == ["名单.txt"]


def test_a_waiting_file_that_is_unticked_or_somebody_elses_is_not_attached(world, as_user):
    as_user("county_section").post(reverse("new_circular"), circular(world, title="", attached=[posted_file()]))
    waiting = FormUpload.objects.get()
    as_user("county_clerk").post(reverse("new_circular"), circular(world, **{"attached.kept": [waiting.pk]}))
    assert not Circular.objects.get().attachments.exists()
    as_user("county_section").post(reverse("new_circular"), circular(world))
    assert not Circular.objects.order_by("pk").last().attachments.exists()


def test_a_refused_step_leaves_no_attachment_behind(world, as_user):
    made = office_world.circular(world)
    before = Attachment.objects.count()
    receipt = made.receipts.get()
    data = {"do": "feedback", "receipt": receipt.pk, "text": "已查", "files": [posted_file("图.txt")]}
    answer = as_user("mine_director").post(reverse("circular", args=[made.pk]), data, follow=True)
    assert "请先签收" in answer.content.decode()
    assert Attachment.objects.count() == before


def test_marks_and_waiting_files_are_forgotten_after_a_day(world, as_user):
    as_user("county_section").post(reverse("new_circular"), circular(world, title="", attached=[posted_file()]))
    as_user("county_section").post(reverse("new_circular"), circular(world, form_mark=MARK[::-1]))
    assert forget_old_forms(clock.wall_now() + timedelta(hours=23)) == 0
    assert forget_old_forms(clock.wall_now() + timedelta(hours=25)) == 1
    assert not FormMark.objects.exists()
