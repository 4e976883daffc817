"""Letters from draft to reply: procedures of the corpus, drafted and listed in the office."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.core.models import Notice
from kuangan.core.queries import notices_waiting
from kuangan.duty.models import Duty, Opening
from kuangan.flow.sweep import sweep_once
from kuangan.paper.queries import pdf_bytes
from tests import letters
from tests.web.test_moves import post, refusals, signed, state


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


def the_letter() -> Case:
    return Case.objects.get(procedure__endswith="_letter")


def page(client, letter) -> str:
    return client.get(reverse("case", args=[letter.pk])).content.decode()


def today(client) -> str:
    return client.get(reverse("today")).content.decode()


def listed(client, **filters) -> list[Case]:
    return list(client.get(reverse("letters"), filters).context["table"].rows)


def test_a_letter_is_drafted_from_what_is_overdue_and_goes_to_the_end(world, as_user, overdue):
    officer, section, head, mine = (
        as_user(name) for name in ("county_officer", "county_section", "county_head", "mine_director")
    )
    assert f"?to={world.city.units['mine'].pk}" in officer.get(reverse("letters")).content.decode()
    form = officer.get(reverse("new_letter"), {"to": world.city.units["mine"].pk}).content.decode()
    assert "“每月召开安全办公会”应于2026年2月28日24时前完成，至今未完成" in form
    saved = draft(officer, world, overdue=[f"duty-{overdue.pk}"]).content.decode()
    letter = the_letter()
    assert (letter.facts["duties"], letter.office) == ([{"duty": overdue.pk}], world.city.units["county"])
    assert "所涉履职事项" in saved
    assert "每月召开安全办公会（期限2026年2月28日24时）" in saved
    assert mine.get(reverse("case", args=[letter.pk])).status_code == 404
    assert post(officer, letter, "submit").status_code == 302
    assert "同意" in today(section)
    assert post(officer, letter, "agree").headers["Location"] == reverse("case", args=[letter.pk])
    assert refusals(post(section, letter, "return"))  # says why
    assert post(section, letter, "return", opinion="补充依据").status_code == 302
    assert "提交审核" in today(officer)
    assert "提交审核" not in today(as_user("county_officer_b"))
    post(officer, letter, "submit")
    post(section, letter, "agree")
    assert letter.number not in today(section)
    assert "签发" in today(head)
    assert signed(head, letter, "issue").status_code == 302
    paper = letter.papers.get().paper
    assert (paper.number, paper.state) == ("晋(襄垣)煤安督〔2026〕1号", "served")
    assert pdf_bytes(paper).startswith(b"%PDF")
    assert paper.services.get().receiver == world.city.units["mine"].name
    word = head.get(reverse("letter_word", args=[letter.pk])).content
    text = "\n".join(one.text for one in Document(io.BytesIO(word)).paragraphs)
    assert "晋(襄垣)煤安督〔2026〕1号" in text
    assert "每月召开安全办公会" in text
    notice = letter.notices.get().notice
    assert (notice.title, notice.due_at) == (f"督办函：{paper.number}", letter.clocks.get().due_at)
    assert sorted(notice.deliveries.values_list("channel", flat=True)) == ["screen", "sms"]
    assert "回复" in today(mine)
    assert "所涉履职事项" not in page(mine, letter)
    assert post(mine, letter, "reply", text="已补开会议，纪要附后").status_code == 302
    notice.refresh_from_db()
    assert (state(letter), notice.received_by) == ("answered", world.users["mine_director"])
    assert "已补开会议，纪要附后" in page(officer, letter)
    assert letter.number not in today(officer)


def test_a_letter_opens_with_the_words_of_its_kind(world, as_user, overdue):
    draft(as_user("county_officer"), world, kind="urging_letter", overdue=[f"duty-{overdue.pk}"])
    assert the_letter().facts["opening"] == "你单位下列事项尚未办结，现予催办："
    draft(as_user("county_officer"), world, kind="urging_letter", opening="经抽查：", overdue=[f"duty-{overdue.pk}"])
    assert Case.objects.latest("pk").facts["opening"] == "经抽查："


def test_the_receiver_brings_in_what_it_has_overdue_and_what_was_typed_stays(world, as_user, overdue):
    officer, mine = as_user("county_officer"), world.city.units["mine"]
    assert "每月召开安全办公会" not in officer.get(reverse("new_letter")).content.decode()
    form = draft(officer, world, load="1", matters="另查明两项", demands="").context["form"]
    assert (form.errors, form["to"].value(), form["matters"].value(), form["demands"].value()) == (
        {},
        str(mine.pk),
        "另查明两项",
        "",
    )
    assert f"duty-{overdue.pk}" in form["overdue"].value()
    assert not Case.objects.filter(procedure__endswith="_letter").exists()
    other = draft(officer, world, load="1", to=world.city.units["county_government"].pk)
    assert "没有逾期未办结的事项" in other.content.decode()


def test_a_new_letter_begins_with_the_words_of_another(world, as_user):
    first = letters.drafted(world.city, to="mine", kind="urging_letter", opening="经抽查：", matters="甲\n乙")
    form = as_user("county_officer").get(reverse("new_letter"), {"like": first.pk}).context["form"]
    assert (form["opening"].value(), form["matters"].value(), form["kind"].value()) == (
        "经抽查：", "甲\n乙", "urging_letter",
    )  # fmt: skip
    assert form["to"].value() == world.city.units["mine"].pk


def test_an_editor_writes_a_draft_anew_and_what_it_presses_stays(world, as_user, overdue):
    letter = letters.drafted(world.city, duties=[{"duty": overdue.pk}], contact="乙二")
    given = {"opening": "现予督办：", "matters": "甲", "demands": "乙", "reply_due_on": letters.week_on().isoformat()}
    assert "尚未办结" in as_user("county_officer").get(reverse("move", args=[letter.pk, "edit"])).content.decode()
    assert post(as_user("county_clerk"), letter, "edit", **given).status_code == 302
    letter.refresh_from_db()
    assert letter.facts == {**given, "duties": [{"duty": overdue.pk}], "level": ""}
    past = {**given, "reply_due_on": "2026-01-01"}
    assert "早于今日" in refusals(post(as_user("county_clerk"), letter, "edit", **past))[0]


def test_nobody_reviews_his_own_letter_where_another_can(world, as_user):
    section, clerk = as_user("county_section"), as_user("county_clerk")
    letter = letters.drafted(world.city, "county_section")
    post(section, letter, "submit")
    assert "起草人不审核" in refusals(post(section, letter, "agree"))[0]
    assert letter.number not in today(section)
    assert listed(section, only="waiting") == []
    assert letter.number in today(clerk)
    assert listed(clerk, only="waiting") == [letter]
    assert post(clerk, letter, "agree").status_code == 302


def test_nobody_signs_his_own_letter_where_another_can(world, as_user):
    head, deputy = as_user("county_head"), as_user("county_deputy")
    letter = letters.reviewed(world.city, drafter="county_head")
    assert "起草人不签发" in refusals(post(head, letter, "issue"))[0]
    assert "签发" in today(deputy)
    assert signed(deputy, letter, "issue").status_code == 302


def test_the_only_reviewer_of_a_government_reviews_his_own_letter(world, as_user):
    clerk = as_user("government_clerk")
    letter = letters.drafted(world.city, "government_clerk")
    post(clerk, letter, "submit")
    assert post(clerk, letter, "agree").status_code == 302
    assert state(letter) == "reviewed"


@pytest.mark.parametrize(
    ("more", "words"),
    [({"demands": " "}, "办理要求"), ({"reply_due_on": "2026-01-01"}, "早于今日"), ({"matters": ""}, "请写明具体事项")],
)
def test_a_letter_without_matter_or_time_is_refused(world, as_user, more, words):
    answer = draft(as_user("county_officer"), world, **({"matters": "自查报告未报"} | more)).content.decode()
    assert words in answer
    assert not Case.objects.filter(procedure__endswith="_letter").exists()


def test_an_office_writes_to_its_own_area_only_and_a_mine_to_nobody(world):
    with pytest.raises(Refused, match="岗位职责"):
        letters.drafted(world.city, "county_officer", to="city")
    with pytest.raises(Refused, match="岗位职责"):
        letters.drafted(world.city, "mine_director", to="mine")


@pytest.mark.parametrize("name", ["city_officer", "county_government", "government_clerk", "inspectorate_officer"])
def test_a_draft_is_seen_in_its_office_only_and_what_was_sent_by_those_above_too(world, as_user, name):
    letter = letters.reviewed(world.city)
    client = as_user(name)
    address = reverse("case", args=[letter.pk])
    draft_paper = reverse("paper", args=[letter.papers.get().paper_id])
    assert (client.get(address).status_code, client.get(draft_paper).status_code) == (404, 404)
    assert letter not in listed(client)
    assert letter.number not in client.get(reverse("cases")).content.decode()
    letters.step(world.users["county_head"], letter, "issue")
    assert client.get(address).status_code == 200
    assert listed(client) == [letter]


def test_an_answer_that_is_late_is_told_to_the_office_and_listed(world, as_user):
    letter = letters.issued(world.city)
    due_at = letter.clocks.get().due_at
    officer = as_user("county_officer")
    assert (listed(officer, only="open"), listed(officer, only="late")) == ([letter], [])
    clock.move(due_at, rate=0.0)
    sweep_once(due_at)
    assert (listed(officer, only="late"), listed(officer, q="自查报告")) == ([letter], [letter])
    told = Notice.objects.get(kind="lapse", unit=world.city.units["county"])
    assert f"对督办函（{letter.number}）的书面回复" in told.body
    assert notices_waiting(world.users["county_section"]).filter(pk=told.pk).exists()
    letters.step(world.users["mine_director"], letter, "reply", text="已办结")
    assert listed(officer, only="late") == []


def test_a_letter_whose_day_passed_while_it_waited_is_not_signed(world, as_user):
    letter = letters.reviewed(world.city)
    clock.move(clock.now() + timedelta(days=8), rate=1.0)
    assert "回复期限早于今日" in refusals(post(as_user("county_head"), letter, "issue"))[0]
    assert post(as_user("county_head"), letter, "decline", opinion="改期").status_code == 302


def test_the_receiver_signs_for_it_and_answers_later(world, as_user):
    letter, mine = letters.issued(world.city), as_user("mine_director")
    assert post(mine, letter, "receive").status_code == 302
    assert letter.notices.get().notice.received_by == world.users["mine_director"]
    assert "已签收" in refusals(post(mine, letter, "receive"))[0]
    book = load_workbook(io.BytesIO(mine.get(reverse("letters"), {"export": "xlsx"}).content))
    head, row = ([cell.value for cell in line] for line in book.active.iter_rows())
    shown = dict(zip(head, row, strict=True))
    assert (shown["种类"], shown["发出单位"], shown["状态"]) == ("督办函", "示例县应急管理局", "已发出，待回复")
    assert shown["签收时间"]
    assert not shown["回复时间"]


def test_a_reply_whose_file_is_refused_is_kept_by_the_browser_and_restored_on_the_page_that_says_so(world, as_user):
    letter = letters.issued(world.city)
    mine, address, mark = as_user("mine_director"), reverse("move", args=[letter.pk, "reply"]), "a" * 22
    program = SimpleUploadedFile("自查.exe", b"MZ")
    given = {"text": "已逐项整改", "files": program, "form_mark": mark}
    answer = mine.post(address, given, follow=True).content.decode()
    assert "自查.exe" in answer
    form = re.search(r'<form[^>]*data-keep="move-[^>]*>', answer)
    assert form is not None
    assert mark not in form[0]
    assert "keep.js" in answer
    assert mine.post(address, {**given, "files": ()}).status_code == 302
    assert state(letter) == "answered"
