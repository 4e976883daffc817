"""Duties, the board's cells and reports as people use them: urging, evidence, excuses, figures that equal their rows."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.models import Notice
from kuangan.duty.actions import open_due
from kuangan.duty.models import Duty, Fulfilment, Urge
from kuangan.duty.status import Status
from kuangan.flow.credit.entries import record_entry
from kuangan.law.clause import clauses_of
from kuangan.overview.board.counts import CellStatus
from kuangan.overview.figures.overdue import overdue_of
from kuangan.paper.models import Paper, PaperState
from kuangan.web.today.duty_today import NEW, SHOWN
from tests.signing import shown
from tests.web.ledger_world import patrol
from tests.web.owed import MONTH, credit_of, duty_of, report_of


@pytest.fixture
def owed(world) -> Duty:
    return duty_of(world)


def texts(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_urging_from_the_board_leaves_its_record_on_each_open_duty(world, as_user, owed):
    address = reverse("board_urge", args=["3.1", world.city.mine.code])
    query = f"?period={MONTH.key}"
    before = Urge.objects.filter(by__isnull=False).count()
    opened = as_user("county_section").get(reverse("board_cell", args=["3.1", world.city.mine.code]) + query)
    assert opened.context["may_urge"]
    said = as_user("county_section").post(address + query, {"text": "请本周内补齐"}, follow=True)
    assert "已催办" in texts(said)[0]
    made = Urge.objects.filter(by=world.users["county_section"])
    assert made.filter(duty=owed).count() == 1
    assert {urge.text for urge in made} == {"请本周内补齐"}
    assert Urge.objects.filter(by__isnull=False).count() == before + made.count()


def test_only_a_level_above_urges(world, as_user, owed):
    for username in ("inspectorate_officer", "county_legal"):
        page = as_user(username).get(reverse("duty", args=[owed.pk]))
        assert page.context["may_urge"] is False
        said = as_user(username).post(reverse("duty_urge", args=[owed.pk]), {"text": "快办"}, follow=True)
        assert texts(said) == ["只有上级单位可以催办。"]
    assert not Urge.objects.filter(duty=owed, by__isnull=False).exists()
    assert as_user("company_officer").get(reverse("duty", args=[owed.pk])).context["may_urge"] is True


def test_files_fulfil_and_what_is_missing_says_so(world, as_user, owed):
    client, address = as_user("mine_director"), reverse("duty_file", args=[owed.pk])
    refused = client.post(address, {"note": "已办", "done_on": "2026-03-10"})
    assert refused.context["form"].errors == {"materials": ["请选择至少一个文件（照片、扫描件或导出表）"]}
    today = clock.civil_date(clock.now()).isoformat()
    given = {"note": "第二次", "done_on": today, "materials": SimpleUploadedFile("记录.txt", b"done")}
    client.post(address, given)
    owed.refresh_from_db()
    assert (Fulfilment.objects.filter(duty=owed).count(), owed.done_at) == (2, None), "its own files close nothing"
    county = as_user("county_section")
    for credit in owed.fulfilments.all():
        looked = {"sight": "file", "opinion": "已查看记录原件", "confirmed": "yes"}
        county.post(reverse("duty_judge", args=[owed.pk, credit.pk]), looked)
    owed.refresh_from_db()
    assert owed.done_at is not None
    other = as_user("county_section").post(
        address, {**given, "materials": SimpleUploadedFile("a.txt", b"x")}, follow=True
    )
    assert texts(other) == ["本事项由责任单位凭规定的依据办理，不能在此上传材料。"]


def test_what_is_owed_stands_before_what_was_done(world, as_user, owed):
    Duty.objects.filter(pk=owed.pk).update(due_at=clock.now() - timedelta(days=60))
    client = as_user("mine_director")

    def first() -> Duty:
        return client.get(reverse("duties"), {"tab": "unit"}).context["table"].list.rows[0]

    assert first() == owed
    Duty.objects.filter(pk=owed.pk).update(excused_at=clock.now())
    assert first() != owed


def test_a_file_of_a_day_to_come_is_refused(world, as_user, owed):
    tomorrow = clock.day_after(clock.civil_date(clock.now())).isoformat()
    given = {"note": "已办", "done_on": tomorrow, "materials": SimpleUploadedFile("记录.txt", b"done")}
    answer = as_user("mine_director").post(reverse("duty_file", args=[owed.pk]), given)
    assert answer.context["form"].errors["done_on"] == ["办理日期不能晚于今天"]
    assert Fulfilment.objects.filter(duty=owed).count() == 1


def test_a_file_of_an_earlier_period_is_refused_and_of_its_first_day_taken(world, as_user, owed):
    client, address = as_user("mine_director"), reverse("duty_file", args=[owed.pk])
    before, first = (MONTH.first - timedelta(days=1)).isoformat(), MONTH.first.isoformat()
    given = {"note": "上月的记录", "done_on": before, "materials": SimpleUploadedFile("记录.txt", b"earlier")}
    assert "早于期间首日（2026年3月1日）" in client.post(address, given).content.decode()
    assert Fulfilment.objects.filter(duty=owed).count() == 1
    client.post(address, {**given, "done_on": first, "materials": SimpleUploadedFile("记录.txt", b"first")})
    assert Fulfilment.objects.filter(duty=owed).count() == 2


def test_an_excuse_is_countersigned_above_and_never_counts_as_done(world, as_user, owed):
    case = Case.objects.get(duty=owed)
    director, county = as_user("mine_director"), as_user("county_section")
    assert director.get(reverse("duty", args=[owed.pk])).context["offers"] == []
    assert list(director.get(reverse("case", args=[case.pk])).context["ways"].rows) == []
    waiting = [(row.what, row.address, row.due_at) for row in county.get(reverse("today")).context["work"].rows]
    assert ("认可免责、不予认可", reverse("case", args=[case.pk]), owed.due_at) in waiting
    assert owed.title in county.get(reverse("case", args=[case.pk])).content.decode()
    county.post(reverse("move", args=[case.pk, "accept"]), {"opinion": "情况属实"})
    assert not Notice.objects.filter(case_link__case=case, unit=world.city.units["county"], ended_at=None).exists()
    page = director.get(reverse("duty", args=[owed.pk]))
    assert (page.context["row"].status.value, page.context["may_file"]) == ("excused", False)
    assert [each.state for each in page.context["cases"].rows] == ["accepted"]
    assert "审核意见：情况属实" in page.content.decode()


def test_a_refused_excuse_is_asked_for_again_from_the_page_of_the_duty(world, as_user, owed):
    case, director = Case.objects.get(duty=owed), as_user("mine_director")
    as_user("county_section").post(reverse("move", args=[case.pk, "refuse"]), {"opinion": "理由不充分"})
    page = director.get(reverse("duty", args=[owed.pk]))
    (offer,) = page.context["offers"]
    form = f"{reverse('new_case', args=[offer.law.id, offer.way.id])}?subject={owed.pk}"
    assert form in page.content.decode()
    assert f'<option value="{owed.pk}" selected>' in director.get(form).content.decode()
    given = {"subject": owed.pk, "reason": "巷道透水，井下停工", "materials": SimpleUploadedFile("通报.txt", b"flood")}
    answer = director.post(form, given)
    again = Case.objects.filter(duty=owed).latest("pk")
    assert answer.headers["Location"] == reverse("case", args=[again.pk])
    assert again.facts["reason"] == "巷道透水，井下停工"
    assert again.moves.get().attachments.get().name == "通报.txt"
    twice = director.post(form, {**given, "materials": SimpleUploadedFile("通报.txt", b"flood")})
    assert "请勿重复提交" in twice.content.decode()
    assert "巷道透水，井下停工" in twice.content.decode()


def test_only_the_owing_unit_is_offered_an_excuse(world, as_user, owed):
    Case.objects.filter(duty=owed).update(closed_at=clock.now(), state="refused", seat=None)
    for name in ("county_section", "company_officer", "city_officer"):
        client = as_user(name)
        assert client.get(reverse("duty", args=[owed.pk])).context["offers"] == []
        given = {"subject": owed.pk, "reason": "代为申请"}
        answer = client.post(reverse("new_case", args=["duty_excuse", "open"]), given)
        assert answer.status_code == 404 or "请在列表中选择履职事项" in answer.content.decode()
    assert Case.objects.filter(duty=owed).count() == 1


def test_a_duty_of_an_event_is_shown_at_once_and_leads_to_its_entry_and_back(world, as_user):
    decided = {
        "decided_on": "2026-03-10", "meeting": "专题会议", "matter": "督促治理", "responsible": "140423900001",
        "due_on": "2026-04-30",
    }  # fmt: skip
    unit = world.city.units["county_government"]
    entry = record_entry(actor=None, ledger_id="meeting_decision", unit=unit, values=decided, at=clock.now())
    duty = Duty.objects.get(subject=f"entry:{entry.serial}")
    director = as_user("mine_director")

    def shown() -> list[str]:
        return [
            row.what
            for row in director.get(reverse("today")).context["work"].rows
            if row.address == f"/duties/{duty.pk}/"
        ]

    assert shown() == [f"新增：{duty.title}"]
    page = as_user("county_officer").get(reverse("duty", args=[duty.pk])).content.decode()
    assert reverse("entry", args=["meeting_decision", entry.serial]) in page
    entry_page = as_user("county_officer").get(reverse("entry", args=["meeting_decision", entry.serial]))
    assert [row.duty for row in entry_page.context["duties"].rows] == [duty]
    assert "04-30 24时" in entry_page.content.decode()
    for number in range(SHOWN + 1):
        late = {"due_at": clock.now() - timedelta(days=1), "grace_at": clock.now(), "opened_at": clock.now() - NEW}
        _another(duty, number, **late)
    assert shown() == [f"新增：{duty.title}"]  # a backlog does not hide it
    Duty.objects.filter(pk=duty.pk).update(opened_at=clock.now() - NEW)
    assert shown() == []


def test_the_page_of_a_duty_names_the_entry_that_counts(world, as_user):
    visit = patrol(world)
    counted = Fulfilment.objects.filter(source="entry", key=str(visit.serial)).values("duty")
    duty = Duty.objects.filter(pk__in=counted, obligation__contains="patrol").first()
    page = as_user("county_officer").get(reverse("duty", args=[duty.pk])).content.decode()
    assert f"监管专员巡查台账第{visit.serial}号" in page


@pytest.mark.parametrize(
    ("done", "recorded", "words"),
    [
        (timedelta(seconds=-1), timedelta(seconds=-1), ""),
        (
            timedelta(seconds=-1),
            timedelta(0),
            "事项在期限内办理，但依据在补录截止（2026年3月9日24时）以后登记，计为逾期完成。",
        ),
        (timedelta(0), timedelta(seconds=-1), ""),
        (None, None, "补录已于2026年3月9日24时截止，此后登记的依据只能办结为逾期完成；仍须办理。"),
    ],
)
def test_late_recording_is_told_apart_from_late_doing(world, as_user, owed, done, recorded, words):
    due_at = grace_at = clock.beijing_midnight(date(2026, 3, 10))
    moments = {"done_at": due_at + done, "recorded_at": grace_at + recorded} if done is not None else {}
    Duty.objects.filter(pk=owed.pk).update(due_at=due_at, grace_at=grace_at, **moments)
    page = as_user("county_officer").get(reverse("duty", args=[owed.pk]))
    assert page.context["lateness"] == words
    assert not words or words in page.content.decode()


def test_the_exported_list_writes_a_deadline_at_midnight_as_the_end_of_its_day(world, as_user, owed):
    Duty.objects.filter(pk=owed.pk).update(due_at=clock.beijing_midnight(date(2026, 3, 10)))
    query = {"tab": "area", "since": "2026-03-09", "until": "2026-03-09", "export": "xlsx"}
    answer = as_user("county_officer").get(reverse("duties"), query)
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    heading = next(row for row in rows if "期限" in row)
    told = [row[heading.index("期限")] for row in rows if owed.title in row]
    assert set(told) == {"2026年3月9日24时"}


def test_the_board_shows_everybody_his_own_columns(world, as_user):
    shown = {
        username: [column.code for column in as_user(username).get(reverse("board")).context["columns"]]
        for username in ("city_section", "county_section", "mine_director", "company_officer")
    }
    mines = [world.city.mine.code, world.city.mines["second"].code]
    assert shown == {
        "city_section": ["1404-government", "1404-bureau", "1404", "140423", "140425"],
        "county_section": ["140423-government", "140423-bureau", *mines],
        "mine_director": mines[:1],
        "company_officer": ["company-1", *mines],
    }


def test_a_county_of_the_board_opens_to_its_units_but_not_for_others(world, as_user):
    opened = as_user("city_section").get(reverse("board"), {"area": "140423"})
    assert [column.code for column in opened.context["columns"]][:2] == ["140423-government", "140423-bureau"]
    assert as_user("county_section").get(reverse("board"), {"area": "140425"}).status_code == 404
    assert as_user("county_section").get(reverse("board"), {"period": "2026-13"}).status_code == 404


def test_a_cell_counts_what_its_page_lists(world, as_user, owed):
    board = as_user("county_section").get(reverse("board"), {"period": MONTH.key})
    cells = {
        (line.measure.code, shown.column.code): shown.cell
        for group in board.context["groups"]
        for line in group.lines
        for shown in line.cells
    }
    for code in ("1.1", "2.1", "3.1", "4.1", "9.1"):
        for unit in ("140423-bureau", world.city.mine.code):
            page = as_user("county_section").get(reverse("board_cell", args=[code, unit]), {"period": MONTH.key})
            assert page.context["duties"].list.total == cells[code, unit].counts.due, (code, unit)
            assert page.context["cell"].status == cells[code, unit].status
    assert cells["3.1", world.city.mine.code].status is not CellStatus.not_applicable


def test_a_standing_duty_is_listed_as_its_cell_counts_it(world, as_user):
    open_due(clock.now())
    clock.move(clock.now() + timedelta(days=30), rate=1.0)
    address = reverse("board_cell", args=["3.1", world.city.mine.code])
    page = as_user("county_section").get(address, {"period": str(MONTH.first.year), "status": "overdue"})
    listed = {line.duty.obligation: line.status for line in page.context["duties"].rows}
    assert listed["safety_commitment_standing"] == Status.overdue
    assert page.context["duties"].list.total == page.context["cell"].counts.overdue


def test_a_standing_duty_is_overdue_in_lists_letters_and_on_its_page_when_the_board_says_so(world, as_user):
    open_due(clock.now())
    duty = Duty.objects.get(obligation="safety_commitment_standing", unit=world.city.mine.unit)
    county, term = as_user("county_section"), duty.opened_at + timedelta(days=30)

    def stands() -> tuple[bool, bool, bool, str]:
        listed = {"tab": "area", "unit": world.city.mine.code, "measure": "3.1"}
        rows = [county.get(reverse("duties"), {**listed, "status": name}) for name in ("overdue", "due")]
        overdue, due = (duty.pk in [row.duty.pk for row in page.context["table"].rows] for page in rows)
        letter = overdue_of(world.users["county_section"], world.city.mine.unit, clock.now())
        exported = county.get(reverse("duties"), {**listed, "status": "overdue", "export": "xlsx"}).content
        sheet = [row for row in load_workbook(io.BytesIO(exported)).active.values if duty.title in row]
        assert bool(sheet) == overdue
        assert all("逾期未完成" in row for row in sheet)
        named = any(matter.duty == duty and matter.text.endswith("至今没有有效材料") for matter in letter)
        return overdue, due, named, county.get(reverse("duty", args=[duty.pk])).context["row"].status.value

    Duty.objects.filter(pk=duty.pk).update(opened_at=duty.opened_at + timedelta(minutes=10))
    clock.move(term + timedelta(minutes=9), rate=0.0)
    assert stands() == (False, True, False, "due")
    clock.move(term + timedelta(minutes=10), rate=0.0)
    assert stands() == (True, False, True, "overdue")
    Duty.objects.filter(pk=duty.pk).update(opened_at=clock.now())
    assert stands() == (False, True, False, "due")
    evidence = {"source": "entry", "key": "1", "done_at": clock.now(), "recorded_at": clock.now()}
    Fulfilment.objects.create(duty=duty, holds_until=clock.civil_date(clock.now()) - timedelta(days=1), **evidence)
    assert stands() == (True, False, True, "overdue"), "it held before and holds no more"


def test_the_board_asks_the_database_the_same_for_any_number_of_duties(world, as_user, owed):
    def asked() -> int:
        client = as_user("county_section")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("board"))
        return len(queries)

    first = asked()
    for number in range(20):
        _another(owed, number)
    assert asked() == first


def test_excel_and_print_hold_every_measure(world, as_user):
    client = as_user("county_section")
    assert client.get(reverse("board"), {"export": "xlsx"}).headers["Content-Type"].endswith("sheet")
    printed = client.get(reverse("board_print"), {"unit": "140423-bureau"})
    assert sum(len(lines) for _, lines in printed.context["rows"]) == 44
    assert client.get(reverse("board_print"), {"unit": "140425-bureau"}).status_code == 404


def test_every_figure_of_a_bulletin_equals_the_rows_it_opens(world, as_user, owed):
    _another(owed, 1, done_at=owed.opened_at, recorded_at=owed.opened_at)
    clock.move(owed.due_at + timedelta(hours=1), rate=1.0)
    client = as_user("county_section")
    page = client.get(reverse("report", args=["bulletin", "140423", MONTH.key]))
    lines = [*page.context["tiers"].rows, *page.context["units"].rows]
    assert lines
    for one in lines:
        counts = one.line.counts
        for status, number in (("met", counts.met), ("overdue", counts.overdue), ("late", counts.late)):
            listed = client.get(f"{one.address}&status={status}").context["table"].list.total
            assert listed == number, (one.line.name, status)
        assert client.get(one.address).context["table"].list.total == one.line.counts.due


def issue(client, paper):
    """The section's head looks at the report and signs."""
    seen = shown(client, reverse("report_paper", args=[paper.pk]))
    return client.post(reverse("report_issue", args=[paper.pk]), seen, follow=True)


def test_a_report_is_drafted_edited_issued_by_the_section_head_and_stays(world, as_user):
    paper = report_of(world)
    words = {"summary": "总体平稳。", "demands": "抓紧补办\n按时报送"}
    as_user("county_clerk").post(reverse("report_paper", args=[paper.pk]), words)
    paper.refresh_from_db()
    assert (paper.data["summary"], paper.data["demands"]) == ("总体平稳。", ["抓紧补办", "按时报送"])
    as_user("county_clerk").post(reverse("report_issue", args=[paper.pk]))
    assert Paper.objects.get(pk=paper.pk).state == PaperState.draft
    issue(as_user("county_section"), paper)
    assert Paper.objects.get(pk=paper.pk).state == PaperState.frozen
    word = as_user("county_section").get(reverse("report_file", args=[paper.pk, "docx"]))
    pdf = as_user("county_section").get(reverse("report_file", args=[paper.pk, "pdf"]))
    assert (word.content[:2], pdf.content[:4]) == (b"PK", b"%PDF")


def test_an_issued_report_says_who_can_see_it_and_how_to_send_it(world, as_user):
    paper = report_of(world)
    issued = issue(as_user("county_section"), paper)
    page = issued.content.decode().split("<h2>签发以后</h2>")[1].split("</section>")[0]
    assert reverse("reports") in page
    assert reverse("new_circular") in page
    assert not Fulfilment.objects.filter(source="paper", key=str(paper.pk)).exists()
    address = reverse("paper", args=[paper.pk])
    seen = {name: as_user(name).get(address) for name in ("county_government", "city_section", "mine_director")}
    assert [answer.status_code for answer in seen.values()] == [200, 200, 404]
    other = seen["city_section"].content.decode()
    assert "签发以后" in other
    assert f'href="{reverse("new_circular")}"' not in other
    listed = as_user("city_section").get(reverse("reports")).context["drafts"].rows
    assert paper in listed


def test_another_countys_bureau_drafts_nothing_here(world, as_user):
    said = as_user("city_section").post(reverse("report_draft", args=["bulletin", "140423", MONTH.key]), follow=True)
    assert texts(said) == ["只有示例县应急管理部门的人员可以起草本报告。"]


def test_the_ranking_shares_ranks_and_leaves_out_who_owed_nothing(world, as_user, owed):
    page = as_user("city_section").get(reverse("report", args=["ranking", "1404", "2026-Q1"]))
    ranks = [one.line.rank for one in page.context["counties"].rows]
    assert ranks == sorted(ranks)
    assert all(one.line.fallen for one in (*page.context["counties"].rows, *page.context["mines"].rows))


def test_lists_months_and_rates_open_for_everybody(world, as_user, owed):
    client = as_user("mine_director")
    mine = client.get(reverse("duties"), {"tab": "my", "status": "open"})
    assert owed.pk in {row.duty.pk for row in mine.context["table"].rows}
    grid = client.get(reverse("duties"), {"view": "month", "month": MONTH.key, "tab": "my"}).context["grid"]
    last = next(day for week in grid for day in week if day.on == MONTH.last)
    assert last.duties
    assert client.get(reverse("duty_rates")).status_code == 200


def _another(duty: Duty, number: int, **columns: object) -> Duty:
    values = {one.attname: getattr(duty, one.attname) for one in Duty._meta.concrete_fields if one.attname != "id"}
    return Duty.objects.create(**{**values, "subject": f"world-{number}", **columns})


def test_the_level_above_confirms_a_credit_on_the_page_and_the_owing_unit_cannot(world, as_user, owed):
    credit = credit_of(world)
    address = reverse("duty_judge", args=[owed.pk, credit.pk])
    said = {"confirmed": "yes", "sight": "file", "opinion": "已查看原件"}
    assert b"duty_judge" not in as_user("mine_director").get(reverse("duty", args=[owed.pk])).content
    as_user("county_section").post(address, said | {"sight": ""})
    credit.refresh_from_db()
    assert credit.grade == "self", "what was looked at must be said"
    page = as_user("county_section").get(reverse("duty", args=[owed.pk])).content.decode()
    assert address in page
    as_user("county_section").post(address, said)
    credit.refresh_from_db()
    assert credit.grade == "accepted"
    page = as_user("mine_director").get(reverse("duty", args=[owed.pk])).content.decode()
    assert "查看材料原件，属实：已查看原件" in page
    assert (
        as_user("county_section").post(reverse("duty_judge", args=[owed.pk, credit.pk + 1000]), said).status_code == 404
    )


def test_the_head_of_the_board_says_how_far_what_is_done_is_proven(world, as_user, owed):
    board = as_user("county_section").get(reverse("board"), {"period": MONTH.key})
    assert sum(part for _, part in board.context["proof"].shares()) in (0, 100)
    cell = as_user("county_section").get(
        reverse("board_cell", args=["3.1", world.city.mine.code]), {"period": MONTH.key}
    )
    words = cell.content.decode()
    assert all(clause.id in words and clause.text in words for clause in clauses_of("3.1"))
    assert "平台部分建立" in words
