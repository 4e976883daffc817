"""From an empty folder to the first alarm, as docs/first-alarm.zh-CN.md tells it: city, workbook, accounts, going live, first files, the desk."""

import re
from functools import partial
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from kuangan.host.processes import wait_until
from tests.browser.newcomer import PATIENCE_MS, Newcomer
from tests.kill.first_files import MINE, MINE_NAME, definitions, file_name, reading, said_at, upload
from tests.kill.platform import Platform

pytestmark = pytest.mark.browser
BOOK = Path(__file__).parents[1] / "samples" / "city" / "110_mines.xlsx"
JOIN = {
    "jzhang": ("长治市应急管理局", "局长"),
    "zhiban": ("襄垣县应急管理局", "值班岗（一）"),
    "zhifa1": ("襄垣县应急管理局", "执法岗（一）"),
    "zhifa2": ("襄垣县应急管理局", "执法岗（二）"),
    "diaodu": (MINE_NAME, "调度员"),
}
SIGNS = ("jzhang", "zhifa1", "zhifa2")


@pytest.fixture
def newcomer(browser):
    platform = Platform("--no-demo")
    platform.start()
    come = Newcomer(browser, platform)
    try:
        platform.wait_healthy("postgres", "web", "ingest", "sweep")
        yield come
        assert come.complaints == []
    finally:
        come.close()
        platform.remove()


def people() -> dict[str, tuple[str, str]]:
    """Name and telephone by user name, from the workbook that was filled in."""
    sheet = load_workbook(BOOK, read_only=True)["岗位与人员"]
    held = {(row[0], row[1]): (row[3], row[4]) for row in sheet.iter_rows(min_row=2, values_only=True)}
    return {username: held[post] for username, post in JOIN.items()}


def todo(page: Page, title: str) -> None:
    """What the list of first days asks for next, by its link."""
    page.locator("tr", has=page.get_by_text(title, exact=True)).get_by_role("link").first.click()


def of(letters: list[str], name: str) -> str:
    [one] = [letter for letter in letters if re.search(rf"{name}(?!\d)", letter)]
    return one


def test_from_an_empty_folder_to_the_first_alarm_on_the_desk(newcomer, tmp_path):
    found(newcomer)
    book(newcomer)
    accounts(newcomer, tmp_path)
    go_live(newcomer)
    case = first_files(newcomer)
    handle(newcomer, case, tmp_path)


def found(come: Newcomer) -> None:
    come.looked_at(come.open("first"), "login", phone=True)
    told = come.console("city", "new", "140400", "--username", "first", "--name", "张三")
    second = come.console("operator", "create", "second", "--name", "李四", "--role", "security")
    come.console("operator", "create", "third", "--name", "王五", "--role", "audit")
    page = come.first_log_in("first", told)
    expect(page.locator("h1")).to_have_text("启用清单")
    come.looked_at(page, "checklist", phone=True)
    come.first_log_in("second", second)


def book(come: Newcomer) -> None:
    """By the link of the list to the page of the workbook; two administrators; written."""
    first, second = come.page("first"), come.page("second")
    todo(first, "登记煤矿")
    expect(first.locator("h1")).to_have_text("城市工作簿")
    come.looked_at(first, "books")
    first.set_input_files("[name=sheet]", BOOK)
    first.get_by_role("button", name="上传并核对").click()
    first.get_by_label("申请事由").fill("建市")
    come.looked_at(first, "book-compared", phone=True)
    first.get_by_role("button", name="提请审批").click()
    expect(first.locator("main")).to_contain_text("已提请审批")
    come.open("second", "/users/requests/").get_by_role("link", name="城市工作簿").last.click()
    come.looked_at(second, "book-request")
    second.get_by_role("button", name="批准并办理").click()
    expect(second.locator("main")).to_contain_text("已批准")
    assert wait_until(lambda: "已写入 1798 行" in come.again("first").locator("main").inner_text(), 300, every=2)
    come.looked_at(first, "book-written", phone=True)


def accounts(come: Newcomer, folder: Path) -> None:
    """Everybody is invited by two letters; five open their accounts."""
    first, second = come.page("first"), come.page("second")
    todo(come.open("first", "/start/"), "开通账号")
    first.get_by_label("事由").fill("全市启用")
    first.get_by_role("button", name="列出受邀人员").click()
    expect(first.locator("main")).to_contain_text("受邀 735 人")
    come.looked_at(first, "invited")
    come.open("second", "/users/requests/").get_by_role("link", name="批量开通签字岗位账号").click()
    come.looked_at(second, "invitation-request")
    second.get_by_role("button", name="批准并办理").click()
    expect(second.locator("main")).to_contain_text("已批准")
    second.goto(first.url)
    second.get_by_role("button", name="生成绑定凭证信函").click()
    come.again("first").get_by_role("button", name="生成全部信函").click()
    for page in (first, second):
        page.get_by_role("button", name="下载打印").first.wait_for(timeout=2 * PATIENCE_MS)
    come.looked_at(first, "letters", phone=True)
    letters, bindings = come.letters("first", folder), come.letters("second", folder)
    assert (len(letters), len(bindings)) == (735, 229)
    for username, person in people().items():
        binding = of(bindings, person[0]) if username in SIGNS else ""
        come.join(username, person, of(letters, person[0]), binding)
    come.looked_at(come.page("zhiban"), "duty-officer-comes-in", phone=True)


def go_live(come: Newcomer) -> None:
    page = come.page("jzhang")
    page.get_by_role("link", name="打开启用清单").click()
    todo(page, "确定启用日")
    come.looked_at(page, "units")
    page.get_by_role("link", name="长治市", exact=True).click()
    page.get_by_role("link", name="启用平台").first.click()
    page.fill("[name=document]", "示应急〔2026〕1号")
    page.fill("[name=reason]", "全市启用")
    come.looked_at(page, "go-live", phone=True)
    page.locator("button[name=do][value=make]").click()
    expect(page.locator(".note").first).to_be_visible()
    come.looked_at(page, "live")


def first_files(come: Newcomer) -> str:
    """A key; definitions and a quiet reading through the door, the over-limit through the watched folder. The address of the case."""
    first = come.open("first", "/start/")
    todo(first, "签发接入密钥")
    first.locator("tr", has_text=MINE).get_by_role("button", name="签发新密钥").click()
    token = first.locator("code.token").inner_text()
    come.looked_at(first, "token", phone=True)
    door = come.platform.address("ingest")
    expect(first.locator("#sending")).to_contain_text(f"{door}/api/feeds")
    for kind, at, content in (
        ("CDDY", said_at(), definitions(said_at())),
        ("CDSS", said_at(), reading(said_at(), "0.31")),
    ):
        sent = partial(upload, door, token, kind, at, content)
        assert wait_until(lambda: sent().status_code == 202, 30, every=1)  # noqa: B023  # a key is known after a second
    assert wait_until(lambda: httpx.get(f"{door}/health").json()["written_seq"] == 2, 300, every=1)
    desk = come.open("zhiban", "/desk/")
    expect(desk.locator("main")).to_contain_text("没有在办的报警")
    come.looked_at(desk, "desk-empty", phone=True)
    inbox = come.platform.folder.root / "inbox" / MINE
    inbox.mkdir()
    at = said_at()
    (inbox / file_name("CDSS", at)).write_bytes(reading(at, "1.24"))
    expect(desk.locator("main")).to_contain_text(MINE_NAME, timeout=4 * PATIENCE_MS)  # by itself: the page listens
    expect(desk.locator("#panel")).to_contain_text(MINE_NAME, timeout=PATIENCE_MS)
    come.looked_at(desk, "desk-alarm", phone=True)
    address = desk.locator('main a[href^="/cases/"]').first.get_attribute("href")
    assert address is not None
    feeds = come.open("first", "/feeds/")
    come.looked_at(feeds, "feeds")
    return address


def handle(come: Newcomer, case: str, folder: Path) -> None:
    """The four measures: signed for, first report, power off and people out, verified by two and confirmed."""
    paper = folder / "佐证.txt"
    paper.write_text("现场核查记录")
    come.looked_at(come.open("diaodu"), "dispatcher", phone=True)
    come.step("diaodu", case, "sign_for", lambda page: None)
    come.step(
        "diaodu",
        case,
        "report_first",
        lambda page: (page.fill("[name=cause_guess]", "顶板冒落涌出"), page.fill("[name=people_withdrawn]", "12")),
    )

    def cut(page) -> None:
        at = f"{said_at():%Y-%m-%dT%H:%M}"
        page.fill("[name=power_off_at]", at)
        page.fill("[name=withdrawn_at]", at)
        page.fill("[name=people]", "12")
        page.fill("[name=scope]", "1303工作面及回风巷")
        page.set_input_files("[name=files]", paper)

    come.step("diaodu", case, "report_power_off", cut)

    def real(page) -> None:
        page.locator("[name=method]").first.check() if page.locator("[name=method][type=radio]").count() else (
            page.select_option("[name=method]", "on_site")
        )
        page.fill("[name=findings]", "瓦斯检查员读数一致")
        page.fill("[name=hand_reading]", "1.20")

    come.step("zhifa1", case, "find_real", real)
    come.step("zhifa2", case, "confirm_real", lambda page: page.fill("[name=opinion]", "同意"))
    come.step("zhifa1", case, "accept_power_off", lambda page: page.fill("[name=opinion]", "与馈电状态核对一致"))
    desk = come.open("zhiban", "/desk/")
    come.looked_at(desk, "desk-handled")
    page = come.open("zhiban", case)
    for said in ("签收", "停电撤人", "核实"):
        expect(page.locator("main")).to_contain_text(said)
    come.looked_at(page, "case", phone=True)
