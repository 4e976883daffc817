"""城市工作簿 on pages: compared, mended, agreed on by a second administrator, written whole by a job."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from kuangan.base import clock
from kuangan.city import jobs
from kuangan.city.models import BookLine, CityBook, ToldHeading
from kuangan.core.actions import set_unit_phone
from kuangan.core.models import AccountRequest, Event, Person, Tenure, Unit
from kuangan.flow.sweep import sweep_once
from kuangan.ledger.models import Entry
from kuangan.mine.models import Face

FACE = {"煤矿": "云岭一号煤矿", "工作面名称": "2301工作面", "类别": "采煤工作面", "开始日期": "2026-01-05"}
HEAD = {"单位": "示例县应急管理局", "岗位": "局长", "角色": "局主要负责人", "姓名": "示例甲", "手机": "13900000001"}
DUTY = {"单位": "示例县应急管理局", "岗位": "值班岗（九）", "角色": "值班员", "姓名": "示例乙"}


def workbook(sheets) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        sheet.append(headings)
        for row in rows:
            sheet.append([row.get(heading) for heading in headings])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def operator(as_user):
    return as_user("operator")


@pytest.fixture
def send(operator):
    """Upload a book of these sheets and let the job look at it; the book and its page."""

    def send(sheets):
        upload = SimpleUploadedFile("建市.xlsx", sheets if isinstance(sheets, bytes) else workbook(sheets))
        answer = operator.post(reverse("city_books"), {"sheet": upload, "on": "2026-03-01"})
        assert answer.status_code == 302, answer.content.decode()
        jobs.work_waiting(clock.now())
        book = CityBook.objects.latest("pk")
        return book, operator.get(reverse("city_book", args=[book.pk])).content.decode()

    return send


@pytest.fixture
def do(operator):
    """A step on the page of a book, then a round of the job; the book and what its page says."""

    def do(book, step, **given):
        operator.post(reverse("city_book", args=[book.pk]), {"do": step, **given})
        return after(book)

    def after(book):
        jobs.work_waiting(clock.now())
        book.refresh_from_db()
        return operator.get(reverse("city_book", args=[book.pk])).content.decode()

    do.after = after
    return do


def test_a_book_is_looked_at_row_by_row_before_it_is_written_from_its_day(send, do):
    book, page = send({"采掘工作面": [FACE]})
    assert book.state == "previewed"
    assert "2301工作面" in page
    assert "写入 1 行" in page
    assert Face.objects.filter(name="2301工作面").count() == 0
    page = do(book, "confirm")
    assert (book.state, Face.objects.get(name="2301工作面").started_on.isoformat()) == ("applied", "2026-01-05")
    assert "已写入 1 行" in page
    again, page = send({"采掘工作面": [FACE]})
    assert (again.changed, "没有差异" in page) == (0, True)


def test_the_points_of_a_face_that_the_book_ends_go_on_that_day(send, do, world):
    today = clock.civil_date(clock.now())
    row = FACE | {"工作面名称": "1301工作面", "开始日期": "2026-03-01", "结束日期": clock.day_after(today).isoformat()}
    book, _ = send({"采掘工作面": [row]})
    do(book, "confirm")
    point = world.city.points["first-1301-T0"]
    for at, face in ((clock.now(), world.city.faces["first-1301"]), (clock.now() + timedelta(days=1), None)):
        sweep_once(at)
        point.refresh_from_db()
        assert point.face == face


def test_refused_rows_say_sheet_row_column_and_reason_come_as_a_workbook_and_stop_the_whole_book(send, do, operator):
    wrong = FACE | {"工作面名称": "2302工作面", "类别": "回采"}
    book, page = send({"采掘工作面": [FACE, wrong, FACE | {"煤矿": "没有的矿", "工作面名称": "2303工作面"}]})
    lines = {line.number: line.said for line in BookLine.objects.filter(book=book, state="refused")}
    assert set(lines) == {3, 4}
    assert (lines[3][0][:2], "采煤工作面" in lines[3][0][2]) == (["类别", "回采"], True)
    assert "没有名为“没有的矿”的单位" in page
    assert "核对无误" not in page
    assert "不能写入" in do_page(operator, book, "confirm")
    content = b"".join(operator.get(reverse("city_book_refused", args=[book.pk])).streaming_content)
    sheet = load_workbook(BytesIO(content))["采掘工作面"]
    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[0][-1], rows[1][1], rows[1][2]) == ("不能导入的原因", "2302工作面", "回采")
    sheet["C2"], sheet["A3"] = "采煤工作面", "云岭一号煤矿"
    mended = BytesIO()
    sheet.parent.save(mended)
    book, page = send(mended.getvalue())
    assert (book.refused, book.changed, "没有读取的栏目" in page) == (False, 2, False)


def do_page(operator, book, step, **given):
    return operator.post(reverse("city_book", args=[book.pk]), {"do": step, **given}, follow=True).content.decode()


def test_a_heading_is_told_once_and_remembered_until_it_is_forgotten(send, do, operator):
    other = {"矿名": "云岭一号煤矿", "编号": "2301工作面", "类型": "采煤工作面", "起日": "2026-01-05", "备注": "x"}
    book, page = send({"采掘工作面": [other]})
    assert "表头缺少" in page
    names = {heading: name for name, (_, heading) in headings(operator, book).items()}
    told = {names["矿名"]: "mine", names["编号"]: "name", names["起日"]: "started_on", names["备注"]: "-"}
    page = do(book, "headings", **told)
    assert (book.changed, book.refused, "没有读取的栏目" in page) == (1, False, False)
    later, _ = send({"采掘工作面": [other | {"编号": "2302工作面"}]})
    assert later.changed == 1
    heading = ToldHeading.objects.get(heading="编号")
    assert "编号" in operator.get(reverse("city_books")).content.decode()
    operator.post(reverse("forget_heading", args=[heading.pk]))
    book, page = send({"采掘工作面": [other]})
    assert "表头缺少“工作面名称”" in page


def headings(operator, book):
    return operator.get(reverse("city_book", args=[book.pk])).context["headings"].asked


def test_posts_that_sign_and_rows_of_ledgers_are_written_only_after_the_other_administrator_agreed(
    send, do, as_user, world
):
    licence = {"记录单位": "云岭一号煤矿", "发证日期": "2024-03-20", "证书编号": "示1", "发证机关": "示例机关", "许可能力": "120", "有效期至": "2027-03-19"}  # fmt: skip
    book, page = send({"岗位与人员": [HEAD | {"岗位": "第二局长"}, DUTY], "证照": [licence]})
    assert (len(book.posts), book.entries, "提请审批" in page) == (1, 1, True)
    do(book, "confirm")
    assert (book.state, Person.objects.filter(name="示例甲").exists()) == ("previewed", False)
    do(book, "ask", reason="")
    assert book.state == "previewed"
    page = do(book, "ask", reason="建市")
    assert (book.state, "查看申请" in page) == ("asked", True)
    security, asked = as_user("security_admin"), AccountRequest.objects.get(kind="city_book")
    seen = security.get(reverse("account_request", args=[asked.pk])).content.decode()
    assert "签字岗位 1 个，台账 1 条" in " ".join(seen.split())
    rows = security.get(reverse("city_book", args=[book.pk]), {"only": "signs"}).context["lines"].rows
    assert [line.key.split()[-1] for line in rows if line.sheet == "岗位与人员"] == ["第二局长"]
    do.after(book)
    assert (book.state, Tenure.objects.filter(person__name="示例甲").exists()) == ("asked", False)
    security.post(reverse("account_request", args=[asked.pk]), {"do": "approve"})
    do.after(book)
    page = do.after(book)
    assert book.state == "applied", book.note
    assert Tenure.objects.get(person__name="示例甲").post.title == "第二局长"
    assert Entry.objects.get(ledger="safety_licence").recorded_by is None
    appointed = Event.objects.get(action="appointed", data__person=Person.objects.get(name="示例甲").pk)
    assert appointed.actor == world.users["operator"]


def test_what_was_not_agreed_on_comes_back_with_the_answer(send, do, as_user):
    book, _ = send({"岗位与人员": [HEAD | {"岗位": "第二局长"}]})
    do(book, "ask", reason="建市")
    asked = AccountRequest.objects.get(kind="city_book")
    as_user("security_admin").post(
        reverse("account_request", args=[asked.pk]), {"do": "refuse", "answer": "任命文件未附"}
    )
    page = do.after(book)
    assert (book.state, "审批未予批准：任命文件未附" in page) == ("previewed", True)
    assert not Person.objects.filter(name="示例甲").exists()


def test_a_book_is_not_written_over_what_changed_since_it_was_looked_at(send, do, world):
    rows = [{"单位名称": "示例县应急管理局", "类别": "县应急管理局", "所在地区": "示例县", "值班电话": "0355-0000001"}]
    book, _ = send({"单位": rows})
    unit = Unit.objects.get(name="示例县应急管理局")
    set_unit_phone(actor=None, unit=unit, phone="0355-0000009")
    page = do(book, "confirm")
    assert (book.state, "预览之后平台登记有变化" in page, "0355****0009" in page or "0355-0000009" in page) == (
        "previewed",
        True,
        True,
    )
    do(book, "confirm")
    unit.refresh_from_db()
    assert (book.state, unit.phone) == ("applied", "0355-0000001")


def test_a_book_that_ends_its_process_again_and_again_is_given_back_and_says_so(send, do, operator):
    book, _ = send({"采掘工作面": [FACE]})
    operator.post(reverse("city_book", args=[book.pk]), {"do": "confirm"})
    CityBook.objects.filter(pk=book.pk).update(attempts=2)
    page = operator.get(reverse("city_book", args=[book.pk])).content.decode()
    assert "上一次处理中断，未写入任何内容" in page
    CityBook.objects.filter(pk=book.pk).update(attempts=jobs.MOST_ATTEMPTS)
    page = do.after(book)
    assert (book.state, "均被中断" in page, Face.objects.filter(name="2301工作面").exists()) == (
        "previewed",
        True,
        False,
    )


def test_an_unreadable_file_a_stranger_and_a_security_administrator_write_nothing(send, operator, as_user):
    upload = SimpleUploadedFile("建市.xls", b"x")
    assert (
        "请上传 .xlsx" in operator.post(reverse("city_books"), {"sheet": upload, "on": "2026-03-01"}).content.decode()
    )
    book, page = send({"矿井": [FACE]})
    assert (book.state, "没有可导入的工作表" in page) == ("dropped", True)
    book, _ = send({"采掘工作面": [FACE]})
    assert "须由系统管理员办理" in do_page(as_user("security_admin"), book, "confirm")
    assert as_user("county_head").get(reverse("city_book", args=[book.pk])).status_code == 403
    assert CityBook.objects.get(pk=book.pk).state == "previewed"
