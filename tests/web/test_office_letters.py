"""Letters from draft to reply."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.queries import notices_waiting
from kuangan.duty.models import Duty, Opening
from kuangan.office.actions.letters import draft_letter
from kuangan.office.models import Letter
from kuangan.paper.queries import pdf_bytes
from tests.signing import shown


@pytest.fixture
def overdue(world) -> Duty:
    """A duty that the first mine let pass."""
    moment = clock.now()
    due_at = clock.beijing_midnight(date(2026, 3, 1))
    opening = Opening.objects.create(obligation="sample", period="2026-02", corpus_digest="", at=moment)
    unit = world.city.units["mine"]
    return Duty.objects.create(
        opening=opening, obligation="sample", measure="1.1", unit=unit, role="mine_director", mine=unit.mine,
        path=unit.path, title="每月召开安全办公会", period="2026-02", first_on="2026-02-01", last_on="2026-02-28",
        opened_at=moment, due_at=due_at, grace_at=due_at,
    )  # fmt: skip


def draft(client, world, **more):
    data = {
        "unit": world.city.units["county"].pk,
        "kind": "supervision_letter",
        "to": world.city.units["mine"].pk,
        "opening": "你单位下列事项逾期未办结，现予督办：",
        "matters": "",
        "demands": "立即办理\n报送材料",
        "reply_due_on": (clock.civil_date(clock.now()) + timedelta(days=7)).isoformat(),
        **more,
    }
    return client.post(reverse("new_letter"), data, follow=True)


def issue(client, letter):
    """The head looks at the letter and signs."""
    address = reverse("letter", args=[letter.pk])
    return step(client, letter, "issue", agree="yes", **shown(client, address))


def step(client, letter, do, **data):
    return client.post(reverse("letter", args=[letter.pk]), {"do": do, **data}, follow=True).content.decode()


def test_a_letter_is_drafted_from_what_is_overdue_and_goes_to_the_end(world, as_user, overdue):
    officer, section, head, mine = (
        as_user(name) for name in ("county_officer", "county_section", "county_head", "mine_director")
    )
    listed = officer.get(reverse("letters")).content.decode()
    assert f"?to={world.city.units['mine'].pk}" in listed
    form = officer.get(reverse("new_letter"), {"to": world.city.units["mine"].pk}).content.decode()
    assert "“每月召开安全办公会”应于2026年2月28日24时前完成，至今未完成" in form
    draft(officer, world, overdue=[f"duty-{overdue.pk}"])
    letter = Letter.objects.get()
    assert list(letter.duties.all()) == [overdue]
    assert mine.get(reverse("letter", args=[letter.pk])).status_code == 404
    step(officer, letter, "submit")
    assert any("待科（股）长审核" in one.title for one in notices_waiting(world.users["county_section"]))
    assert "不担任" in step(officer, letter, "review", agree="yes")
    step(section, letter, "review", agree="no", opinion="补充依据")
    assert any("被退回" in one.title for one in notices_waiting(world.users["county_officer"]))
    step(officer, letter, "submit")
    step(section, letter, "review", agree="yes")
    assert not any("审核" in one.title for one in notices_waiting(world.users["county_section"]))
    assert any("签发" in one.title for one in notices_waiting(world.users["county_head"]))
    assert "已签发并送达：晋(襄垣)煤安督〔2026〕1号" in issue(head, letter)
    letter.refresh_from_db()
    assert pdf_bytes(letter.paper).startswith(b"%PDF")
    word = head.get(reverse("letter", args=[letter.pk]), {"as": "docx"}).content
    text = "\n".join(one.text for one in Document(io.BytesIO(word)).paragraphs)
    assert "晋(襄垣)煤安督〔2026〕1号" in text
    assert "每月召开安全办公会" in text
    assert "已回复示例县应急管理局" in step(mine, letter, "reply", text="已补开会议，纪要附后")
    letter.refresh_from_db()
    assert letter.notice.received_by == world.users["mine_director"]


def test_a_letter_opens_with_the_words_of_its_kind(world, as_user, overdue):
    draft(as_user("county_officer"), world, kind="urging_letter", overdue=[f"duty-{overdue.pk}"])
    assert Letter.objects.get().opening == "你单位下列事项尚未办结，现予催办："
    draft(as_user("county_officer"), world, kind="urging_letter", opening="经抽查：", overdue=[f"duty-{overdue.pk}"])
    assert Letter.objects.latest("pk").opening == "经抽查："


def test_the_receiver_brings_in_what_it_has_overdue_and_what_was_typed_stays(world, as_user, overdue):
    officer, mine = as_user("county_officer"), world.city.units["mine"]
    assert "每月召开安全办公会" not in officer.get(reverse("new_letter")).content.decode()
    page = draft(officer, world, load="1", matters="另查明两项", demands="")
    form = page.context["form"]
    assert (form.errors, form["to"].value(), form["matters"].value(), form["demands"].value()) == (
        {},
        str(mine.pk),
        "另查明两项",
        "",
    )
    assert f"duty-{overdue.pk}" in form["overdue"].value()
    assert not Letter.objects.exists()
    other = draft(officer, world, load="1", to=world.city.units["county_government"].pk)
    assert "没有逾期未办结的事项" in other.content.decode()


def test_nobody_reviews_his_own_letter_where_another_can(world, as_user, overdue):
    section, clerk = as_user("county_section"), as_user("county_clerk")
    draft(section, world, overdue=[f"duty-{overdue.pk}"])
    letter = Letter.objects.get()
    step(section, letter, "submit")
    assert section.get(reverse("letter", args=[letter.pk])).context["reviews"] is False
    assert "起草人不审核" in step(section, letter, "review", agree="yes")
    assert clerk.get(reverse("letter", args=[letter.pk])).context["reviews"] is True
    step(clerk, letter, "review", agree="yes")
    letter.refresh_from_db()
    assert letter.reviewed_by == world.users["county_clerk"]


def test_the_other_reviewer_is_told_and_has_it_listed_the_drafter_is_not(world, as_user, overdue):
    draft(as_user("county_section"), world, overdue=[f"duty-{overdue.pk}"])
    letter = Letter.objects.get()
    step(as_user("county_section"), letter, "submit")

    def told(username):
        return [one.title for one in notices_waiting(world.users[username]) if one.kind == "office_letter_step"]

    def listed(username):
        return list(as_user(username).get(reverse("letters"), {"only": "waiting"}).context["table"].rows)

    assert (told("county_section"), listed("county_section")) == ([], [])
    assert told("county_clerk") == ["督办函待科（股）长审核：云岭一号煤矿"]
    assert listed("county_clerk") == [letter]


def test_nobody_signs_his_own_letter_where_another_can(world, as_user, overdue):
    head, deputy = as_user("county_head"), as_user("county_deputy")
    draft(head, world, overdue=[f"duty-{overdue.pk}"])
    letter = Letter.objects.get()
    step(head, letter, "submit")
    step(as_user("county_section"), letter, "review", agree="yes")
    assert head.get(reverse("letter", args=[letter.pk])).context["signs"] is False
    assert "起草人不签发" in step(head, letter, "issue", agree="yes")
    assert any("签发" in one.title for one in notices_waiting(world.users["county_deputy"]))
    assert "已签发并送达" in issue(deputy, letter)


def test_the_only_reviewer_of_a_government_reviews_his_own_letter(world, as_user):
    clerk, unit = as_user("government_clerk"), world.city.units["county_government"]
    draft(clerk, world, unit=unit.pk, matters="自查报告未报")
    letter = Letter.objects.get()
    step(clerk, letter, "submit")
    assert clerk.get(reverse("letter", args=[letter.pk])).context["reviews"] is True
    assert "已审核" in step(clerk, letter, "review", agree="yes")


@pytest.mark.parametrize(
    ("more", "words"),
    [({"demands": " "}, "办理要求"), ({"reply_due_on": "2026-01-01"}, "早于今日"), ({"matters": ""}, "请写明具体事项")],
)
def test_a_letter_without_matter_or_time_is_refused(world, as_user, more, words):
    page = draft(as_user("county_officer"), world, **({"matters": "自查报告未报"} | more)).content.decode()
    assert words in page
    assert not Letter.objects.exists()


def test_nobody_takes_the_draft_of_another_office(world, as_user):
    draft(as_user("county_officer"), world, matters="专题研究")
    taken = Letter.objects.get()
    with pytest.raises(Refused, match="不担任"):
        draft_letter(
            actor=world.users["city_section"], unit=world.city.units["city"], kind=taken.kind, to=taken.to,
            opening="改写", matters=["无"], demands=["无"], reply_due_on=taken.reply_due_on, letter=taken,
        )  # fmt: skip
    taken.refresh_from_db()
    assert (taken.unit, taken.matters) == (world.city.units["county"], ["专题研究"])


def test_a_reply_whose_file_is_refused_is_kept_by_the_browser_and_restored_on_the_page_that_says_so(
    world, as_user, overdue
):
    draft(as_user("county_officer"), world, overdue=[f"duty-{overdue.pk}"])
    letter = Letter.objects.get()
    step(as_user("county_officer"), letter, "submit")
    step(as_user("county_section"), letter, "review", agree="yes")
    assert "已签发并送达" in issue(as_user("county_head"), letter)
    mine, address, mark = as_user("mine_director"), reverse("letter", args=[letter.pk]), "a" * 22
    program = SimpleUploadedFile("自查.exe", b"MZ")
    given = {"do": "reply", "text": "已逐项整改", "files": program, "form_mark": mark}
    page = mine.post(address, given, follow=True).content.decode()
    assert "自查.exe" in page
    form = re.search(r'<form[^>]*data-keep="reply-[^>]*>', page)
    assert form is not None
    assert "data-restore" in form[0]
    assert mark not in form[0]
    assert "keep.js" in page
    assert "已回复" in mine.post(address, {**given, "files": ()}, follow=True).content.decode()
