"""A city from an empty platform by its workbook: refused rows are mended, a heading is told, a second administrator agrees, the mines are there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.city import jobs
from kuangan.cli.main import main
from kuangan.core.actions import create_user
from kuangan.core.models import Person, User
from kuangan.host.data_folder import DataFolder
from tests.browser.conftest import OUTPUT, SIZES, Served, Site
from tests.city import PASSWORD
from tests.hashing import QUICK_HASHER
from tests.web.world import NOW

pytestmark = pytest.mark.browser
MINES = [
    ["煤矿编码", "煤矿名称", "所在县（区）", "值守电话"],
    ["140423900001", "样例云岭煤矿", "襄垣县", "0355-0000001"],
]
WRONG = ["1404239002", "样例东坡煤矿", "襄垣县", "0355-0000002"]
MENDED = ["140423900002", "样例东坡煤矿", "襄垣县", "0355-0000002"]
POSTS = [["单位", "岗位", "姓名", "手机"], ["襄垣县应急管理局", "局长", "示例甲", "13900000001"]]
FACES = [["煤矿", "工作面名称", "类别", "开始日期"], ["样例东坡煤矿", "1301工作面", "采煤工作面", "2026-01-05"]]


class People:
    """The accounts of the platform, as the browser's fixture asks for them."""

    def __getitem__(self, username: str) -> User:
        return User.objects.get(username=username)


@pytest.fixture
def site(browser, committed_db, settings, tmp_path, monkeypatch) -> Iterator[Site]:
    """An empty platform on which the console has founded a city and made two administrators."""
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    settings.DATA, settings.PASSWORD_HASHERS, settings.DEMONSTRATION = DataFolder(tmp_path), QUICK_HASHER, False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    clock.move(NOW, rate=1.0)
    assert main(("city", "new", "140400", "--username", "first", "--name", "张三")) == 0
    assert main(("operator", "create", "second", "--name", "李四", "--role", "security")) == 0
    User.objects.update(password_given=False)
    served = Served()
    yield Site(served.address, People(), None, tmp_path, served.stop)
    served.stop()


def book_of(folder: Path, mines, name: str) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in (("煤矿", mines), ("岗位与人员", POSTS), ("采掘工作面", FACES)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / name
    book.save(path)
    return path


def looked_at(page: Page, name: str) -> None:
    """Pictures at both widths; nothing is wider than the screen."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=OUTPUT / f"city-book-{name}-{size}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["desktop"], strict=True)))


def upload(page: Page, site: Site, path: Path) -> None:
    page.goto(site.address + reverse("city_books"))
    page.set_input_files("[name=sheet]", path)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator("#progress")).to_contain_text("正在核对")


def worked(page: Page) -> None:
    """The job beside the sweep; the page that waits for it shows by itself what came of it."""
    jobs.work_waiting(clock.now())
    expect(page.locator("#progress")).to_have_count(0)


def test_a_city_begins_by_its_workbook_from_the_first_upload_to_its_mines(site, logged_in, tmp_path):
    first = logged_in("first")
    first.goto(site.address + reverse("city_books"))
    looked_at(first, "empty")
    upload(first, site, book_of(tmp_path, [*MINES, WRONG], "first.xlsx"))
    first.reload()
    expect(first.locator("#progress")).to_contain_text("等待处理")
    looked_at(first, "waits")
    worked(first)
    main_part = first.locator("main")
    expect(main_part).to_contain_text("煤矿编码：“1404239002”有 10 位，煤矿编码为 12 位数字")
    expect(main_part).to_contain_text("“样例东坡煤矿”在“煤矿”第 3 行不能导入")
    expect(main_part).to_contain_text("没有读取的栏目：值守电话")
    looked_at(first, "refused")

    first.get_by_label("煤矿“值守电话”").select_option(label="调度电话")
    first.get_by_role("button", name="按此重新核对").click()
    expect(first.locator("#progress")).to_have_count(1)
    worked(first)
    expect(main_part).not_to_contain_text("没有读取的栏目")

    mended = book_of(tmp_path, [*MINES, MENDED], "mended.xlsx")
    upload(first, site, mended)
    worked(first)
    expect(main_part).to_contain_text("调度电话 0355-0000001")
    looked_at(first, "preview")
    first.get_by_label("申请事由").fill("建市")
    first.get_by_role("button", name="提请审批").click()
    expect(main_part).to_contain_text("已提请审批")

    second = logged_in("second")
    second.goto(site.address + reverse("account_requests"))
    second.get_by_role("link", name="城市工作簿").last.click()
    expect(second.locator("main")).to_contain_text("签字岗位")
    looked_at(second, "request")
    second.get_by_role("button", name="批准并办理").click()
    expect(second.locator("main")).to_contain_text("已批准")

    jobs.work_waiting(clock.now())
    first.reload()
    expect(first.locator("#progress")).to_contain_text("正在写入")
    worked(first)
    expect(main_part).to_contain_text("已写入 4 行")
    looked_at(first, "applied")

    create_user(actor=None, username="head", person=Person.objects.get(name="示例甲"), password=PASSWORD)
    head = logged_in("head")
    head.goto(site.address + reverse("mines"))
    for name in ("样例云岭煤矿", "样例东坡煤矿"):
        expect(head.locator("main")).to_contain_text(name)

    upload(first, site, mended)
    worked(first)
    expect(main_part).to_contain_text("没有差异")
    looked_at(first, "same")
