"""The city's workbook: its template is filled in, looked at, imported, and imported again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from kuangan.base import clock
from kuangan.core.models import Oversight, Person, Post, Roster, Tenure, Unit, UnitKind
from kuangan.ledger.models import Entry
from kuangan.mine.actions import upsert_definitions
from kuangan.mine.definitions import Definition
from kuangan.mine.models import Face, KeyPerson, Mine, MineAlias, MineAttribute, Point

MINE = {
    "煤矿编码": "140423900001", "煤矿名称": "样例云岭煤矿", "所在县（区）": "襄垣县", "上级公司": "样例煤电公司",
    "调度电话": "0355-0000001", "核定（设计）生产能力（万吨/年）": "120", "瓦斯等级": "高瓦斯", "生产建设状态": "生产",
}  # fmt: skip
FACE = {
    "煤矿": "样例云岭煤矿", "工作面名称": "1301综采工作面", "类别": "采煤工作面", "采（盘）区": "一三采区",
    "水平": "+800水平", "开始日期": "2026-01-05",
}  # fmt: skip
BOOK = {"上级公司": [{"公司名称": "样例煤电公司"}], "煤矿": [MINE], "采掘工作面": [FACE]}


@pytest.fixture
def city(kuangan):
    made = kuangan("city", "new", "140400", "--username", "first", "--name", "张三")
    assert made.returncode == 0, made.stderr
    return kuangan


@pytest.fixture
def imported(city, tmp_path):
    """Import a book of these sheets, rows as mappings from heading to text."""

    def give(sheets, *options):
        book = Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            headings = list(dict.fromkeys(heading for row in rows for heading in row))
            sheet.append(headings)
            for row in rows:
                sheet.append([row.get(heading) for heading in headings])
        path = tmp_path / "book.xlsx"
        book.save(path)
        return city("city", "import", str(path), *options)

    return give


def test_the_template_filled_in_makes_a_company_its_mine_and_a_face(city, tmp_path):
    path = tmp_path / "city.xlsx"
    assert city("city", "template", str(path)).returncode == 0
    assert "已存在" in city("city", "template", str(path)).stderr
    book = load_workbook(path)
    for title, rows in BOOK.items():
        sheet = book[title]
        headings = [cell.value.rstrip("*") for cell in sheet[1]]
        for row in rows:
            assert set(row) <= set(headings)
            sheet.append([row.get(heading) for heading in headings])
    book.save(path)
    looked = city("city", "import", str(path), "--dry-run")
    assert (looked.returncode, Mine.objects.count()) == (0, 0), looked.stderr
    assert "煤矿：新增 1" in looked.stdout
    assert "没有读取的工作表" not in looked.stdout
    done = city("city", "import", str(path), "--from", "2026-03-01")
    assert done.returncode == 0, done.stderr
    mine = Mine.objects.get()
    assert (mine.county.name, mine.supervisor.name, mine.company.name) == (
        "襄垣县", "襄垣县应急管理局", "样例煤电公司",
    )  # fmt: skip
    assert {(kept.name, kept.value, kept.valid_from.isoformat()) for kept in MineAttribute.objects.all()} == {
        ("approved_capacity", "120", "2026-03-01"), ("gas_grade", "high_gas", "2026-03-01"), ("status", "producing", "2026-03-01"),
    }  # fmt: skip
    assert Post.objects.filter(unit=mine.unit).count() == 5
    assert Oversight.objects.filter(unit=mine.company, path=mine.unit.path).exists()
    face = Face.objects.get()
    assert (face.name, face.district.name, face.district.level.name) == ("1301综采工作面", "一三采区", "+800水平")


def test_the_same_book_again_changes_nothing_and_another_day_shows_what_differs(imported):
    assert imported(BOOK, "--from", "2026-03-01").returncode == 0
    again = imported(BOOK, "--from", "2026-03-02")
    assert "煤矿：无变化 1" in again.stdout
    assert (Mine.objects.count(), MineAttribute.objects.count()) == (1, 3)
    later = imported(BOOK | {"煤矿": [MINE | {"瓦斯等级": "低瓦斯"}]}, "--from", "2026-04-01")
    assert "瓦斯等级 高瓦斯 → 低瓦斯" in later.stdout
    grades = MineAttribute.objects.filter(name="gas_grade").order_by("valid_from")
    assert [(grade.value, grade.valid_from.isoformat()) for grade in grades] == [
        ("high_gas", "2026-03-01"), ("low_gas", "2026-04-01"),
    ]  # fmt: skip


def test_a_list_of_other_origin_is_read_by_its_own_headings_and_the_county_in_the_address(imported):
    row = {
        "矿井编码": "１４０４２３９００００２",
        "矿井名称": " 样例东坡煤矿 ",
        "详细地址": "山西省长治市襄垣县某乡",
        "备注": "x",
    }
    done = imported({"煤矿": [row]})
    assert done.returncode == 0, done.stderr
    mine = Mine.objects.get()
    assert (mine.code, mine.name, mine.county.name) == ("140423900002", "样例东坡煤矿", "襄垣县")
    assert "没有读取的栏目：备注" in done.stdout


@pytest.mark.parametrize("code", ["140423901", "14042390001", "140423900001234", "91140423MA0K00001X12", "abc"])
def test_a_code_of_another_length_is_refused_with_what_to_do_and_nothing_of_the_book_is_written(imported, code):
    told = imported(BOOK | {"煤矿": [MINE, MINE | {"煤矿编码": code, "煤矿名称": "样例西坡煤矿"}]})
    assert (told.returncode, Mine.objects.count(), Unit.objects.filter(kind=UnitKind.company).count()) == (1, 0, 0)
    assert f"“煤矿编码”“{code}”有 {len(code)} 位" in told.stdout
    assert "第 3 行 不能导入" in told.stdout


def refused(imported, rows):
    told = imported({"煤矿": rows})
    assert (told.returncode, Mine.objects.count()) == (1, 0)
    return told.stdout


def test_one_mine_of_two_names_or_under_two_counties_is_for_its_author_to_settle(imported):
    bare = {"煤矿编码": "140423900001", "煤矿名称": "样例云岭煤矿"}
    assert "已用于样例云岭煤矿" in refused(imported, [bare, bare | {"煤矿名称": "云岭矿"}])
    other = refused(imported, [bare | {"所在县（区）": "屯留区"}])
    assert "编码前 6 位是襄垣县，所在县（区）填写的是屯留区" in other
    assert "编码前 6 位是襄垣县，地址在屯留区" in refused(imported, [bare | {"地址": "山西省长治市屯留区某乡"}])
    strange = refused(imported, [bare | {"煤矿编码": "140502900001"}])
    assert "140502 不是本市县（区）的代码" in strange


def test_a_mine_lies_where_the_book_says_and_half_a_place_is_none(imported):
    bare = {"煤矿编码": "140423900001", "煤矿名称": "样例云岭煤矿"}
    there = {"地址": "山西省长治市襄垣县某乡", "经度（度）": "113.1158330", "纬度（度）": 36.195278}
    assert imported({"煤矿": [bare]}).returncode == 0
    done = imported({"煤矿": [bare | there]})
    assert (done.returncode, "经度 （空） → 113.115833" in done.stdout) == (0, True), done.stdout
    mine = Mine.objects.get()
    assert (mine.address, str(mine.longitude), str(mine.latitude)) == (
        "山西省长治市襄垣县某乡",
        "113.115833",
        "36.195278",
    )
    assert "煤矿：无变化 1" in imported({"煤矿": [bare | there]}).stdout
    assert "煤矿：无变化 1" in imported({"煤矿": [bare]}).stdout
    assert "经度、纬度须同时填写" in refused_again(imported, bare | {"经度": "113.2"})
    assert "“经度”" in refused_again(imported, bare | {"经度": "36.19", "纬度": "113.11"})


def refused_again(imported, row):
    told = imported({"煤矿": [row]})
    assert told.returncode == 1
    return told.stdout


@pytest.mark.parametrize("address", ["襄垣县与屯留区交界处", "山西省长治市某乡", None])
def test_an_address_that_does_not_say_the_county_leaves_it_to_the_code(imported, address):
    assert (
        imported({"煤矿": [{"煤矿编码": "140423900001", "煤矿名称": "样例云岭煤矿", "地址": address}]}).returncode == 0
    )
    assert Mine.objects.get().county.name == "襄垣县"


def test_what_open_work_hangs_on_does_not_change_by_a_book(imported):
    imported(BOOK)
    told = imported(BOOK | {"煤矿": [MINE | {"日常监管主体": "长治市应急管理局"}]})
    assert (told.returncode, "平台登记为“襄垣县应急管理局”" in told.stdout) == (1, True)


def test_an_unknown_sheet_or_no_workbook_is_said_in_words(imported, city, tmp_path):
    told = imported({"矿井": [MINE]})
    assert (told.returncode, "没有可导入的工作表" in told.stderr) == (1, True)
    path = tmp_path / "no.xlsx"
    assert "读不出" in city("city", "import", str(path)).stderr
    path.write_text("x")
    assert "不是有效的 Excel" in city("city", "import", str(path)).stderr


def test_people_take_their_posts_from_a_day_on_and_one_person_may_hold_two(imported):
    person = {"姓名": "示例甲", "手机": "13900000001"}
    rows = [
        {"单位": "襄垣县应急管理局", "岗位": "局长", **person},
        {
            "单位": "襄垣县应急管理局",
            "岗位": "执法岗（一）",
            "姓名": "示例 乙",
            "执法证号": "示0001",
            "B岗": "值班岗（一）",
        },
        {"单位": "样例云岭煤矿", "岗位": "矿长", "姓名": "示例丙"},
        {"单位": "样例云岭煤矿", "岗位": "通风副总", "角色": "总工程师", "姓名": "示例丙"},
    ]
    done = imported(BOOK | {"岗位与人员": rows}, "--from", "2026-03-01")
    assert done.returncode == 0, done.stderr + done.stdout
    tenures = {tenure.post.title: tenure for tenure in Tenure.objects.exclude(person__name="张三")}
    assert tenures["矿长"].person == tenures["通风副总"].person
    assert clock.civil_date(tenures["局长"].from_at).isoformat() == "2026-03-01"
    assert (tenures["执法岗（一）"].person.name, tenures["执法岗（一）"].post.deputy.title) == (
        "示例乙",
        "值班岗（一）",
    )
    assert "岗位与人员：无变化 4" in imported(BOOK | {"岗位与人员": rows}, "--from", "2026-03-02").stdout
    rows[0] |= {"姓名": "示例丁", "手机": "13900000002"}
    handed = imported({"岗位与人员": rows}, "--from", "2026-04-01")
    assert "姓名 示例甲 → 示例丁" in handed.stdout
    ended = Tenure.objects.get(person__name="示例甲")
    assert clock.civil_date(ended.to_at).isoformat() == "2026-04-01"


def test_a_post_without_a_role_one_that_the_unit_does_not_have_and_an_administrator_are_refused(imported):
    rows = [
        {"单位": "襄垣县应急管理局", "岗位": "巡查岗", "姓名": "示例甲"},
        {"单位": "襄垣县应急管理局", "岗位": "矿长", "角色": "矿长", "姓名": "示例甲"},
        {"单位": "平台运行单位", "岗位": "第二管理员", "角色": "系统管理员", "姓名": "示例乙"},
        {"单位": "襄垣县应急管理局", "岗位": "局长", "手机": "13900000001"},
    ]
    told = imported({"岗位与人员": rows})
    assert told.returncode == 1
    for said in ("请选择该岗位的角色", "不设“矿长”", "由服务器控制台", "请同时填写姓名"):
        assert said in told.stdout
    assert Person.objects.count() == 1


def test_key_people_change_on_their_day_and_a_wrong_telephone_is_corrected(imported):
    chief = {
        "煤矿": "样例云岭煤矿",
        "职务": "总工程师",
        "姓名": "示例乙",
        "手机": "13900000002",
        "任职日期": "2025-06-01",
    }
    assert imported(BOOK | {"关键人": [chief]}).returncode == 0
    assert "关键人：变更 1" in imported({"关键人": [chief | {"手机": "13900000003"}]}).stdout
    assert [(held.name, held.phone) for held in KeyPerson.objects.all()] == [("示例乙", "13900000003")]
    assert imported({"关键人": [chief | {"姓名": "示例丁", "任职日期": "2026-03-01"}]}).returncode == 0
    held = KeyPerson.objects.order_by("from_on").values_list("name", "to_on")
    assert [(name, str(left)) for name, left in held] == [("示例乙", "2026-03-01"), ("示例丁", "None")]


def test_a_roster_puts_who_holds_a_post_on_duty_and_refuses_the_whole_book_for_a_stranger(imported):
    people = [{"单位": "襄垣县应急管理局", "岗位": "值班岗（一）", "姓名": "示例丙"}]
    shift = {"单位": "襄垣县应急管理局", "日期": "2099-12-01", "班次": "早班", "姓名": "示例丙"}
    done = imported({"岗位与人员": people, "值班表": [shift, shift | {"班次": "夜班"}]})
    assert done.returncode == 0, done.stderr
    assert [(row.shift, row.role) for row in Roster.objects.order_by("shift")] == [
        ("early", "duty_officer"), ("night", "duty_officer"),
    ]  # fmt: skip
    assert "值班表：无变化 2" in imported({"值班表": [shift, shift | {"班次": "夜班"}]}).stdout
    told = imported({"值班表": [shift | {"日期": "2099-12-02"}, shift | {"日期": "2099-12-03", "姓名": "示例戊"}]})
    assert (told.returncode, Roster.objects.count()) == (1, 2)
    assert "第 3 行：襄垣县应急管理局没有岗位人员“示例戊”" in told.stderr


def test_points_that_the_mine_has_sent_are_put_at_their_face(imported):
    assert imported(BOOK).returncode == 0
    row = {"煤矿": "样例云岭煤矿", "测点编码": "001A01", "工作面": "1301综采工作面"}
    assert "尚未上报测点“001A01”" in imported({"测点对照": [row]}).stderr
    mine = Mine.objects.get()
    definition = Definition(native_code="001A01", system="01", sensor_type="0001", value_kind="MN", place_text="上隅角")
    upsert_definitions(actor=None, mine=mine, definitions=[definition], source="试", at=clock.now())
    assert imported({"测点对照": [row]}).returncode == 0
    assert Point.objects.get().face.name == "1301综采工作面"
    assert "没有工作面“9999”" in imported({"测点对照": [row | {"工作面": "9999"}]}).stderr


def test_ledgers_of_the_first_day_are_entries_of_the_unit_that_each_row_names(imported):
    people = [{"单位": "襄垣县应急管理局", "岗位": "监管专员（一）", "姓名": "示例己"}]
    assigned = {
        "记录单位": "襄垣县应急管理局", "起始日期": "2026-01-01", "煤矿": "样例云岭煤矿", "监管专员": "示例己",
        "选派层级": "县级", "选派文件文号": "示应急〔2025〕40号",
    }  # fmt: skip
    licence = {
        "记录单位": "样例云岭煤矿", "发证日期": "2024-03-20", "证书编号": "示安许证字〔2024〕001", "发证机关": "示例机关",
        "许可能力": "120", "有效期至": "2027-03-19",
    }  # fmt: skip
    book = BOOK | {"岗位与人员": people, "专员与包联": [assigned], "证照": [licence]}
    done = imported(book)
    assert done.returncode == 0, done.stderr + done.stdout
    entries = {entry.ledger: entry for entry in Entry.objects.all()}
    assert entries["commissioner_assignment"].values["mine"] == "140423900001"
    assert entries["safety_licence"].unit.name == "样例云岭煤矿"
    again = imported(book)
    assert ("专员与包联：无变化 1" in again.stdout, "证照：无变化 1" in again.stdout) == (True, True), again.stdout
    later = imported({"证照": [licence | {"有效期至": "2028-03-19"}]})
    assert later.returncode == 0, later.stderr
    assert [entry.values["valid_until"] for entry in Entry.objects.filter(ledger="safety_licence").order_by("version")] == [
        "2027-03-19", "2028-03-19",
    ]  # fmt: skip
    told = imported({"证照": [licence | {"证书编号": "示2", "有效期至": "2020-01-01"}]})
    assert (told.returncode, "第 2 行：有效期应晚于发证日期" in told.stderr) == (1, True), told.stderr


def test_a_holder_keeps_his_post_when_his_telephone_changes_and_no_second_person_is_made(imported):
    row = {"单位": "襄垣县应急管理局", "岗位": "局长", "姓名": "示例甲"}
    assert imported({"岗位与人员": [row]}).returncode == 0
    for phone in ("13900000001", "13900000002"):
        assert imported({"岗位与人员": [row | {"手机": phone}]}).returncode == 0
        assert [person.phone for person in Person.objects.filter(name="示例甲")] == [phone]
        assert "无变化 1" in imported({"岗位与人员": [row | {"手机": phone}]}).stdout
    assert Tenure.objects.filter(person__name="示例甲").count() == 1


def test_a_face_ends_once_and_another_day_for_it_is_refused_and_not_passed_over(imported):
    ended = FACE | {"结束日期": "2026-06-01"}
    assert imported(BOOK | {"采掘工作面": [ended]}).returncode == 0
    told = imported({"采掘工作面": [ended | {"结束日期": "2026-07-01"}]})
    assert (told.returncode, "已于2026-06-01结束" in told.stderr) == (1, True)


def test_mines_of_one_name_are_refused_in_words_where_a_row_names_them(imported):
    twin = MINE | {"煤矿编码": "140423900002"}
    assert imported(BOOK | {"煤矿": [MINE, twin], "采掘工作面": []}).returncode == 0
    told = imported({"采掘工作面": [FACE | {"煤矿": "140423900002"}]})
    assert (told.returncode, "同名“样例云岭煤矿”" in told.stdout) == (1, True)


def test_what_a_decision_set_is_not_changed_by_a_book(imported):
    assert imported(BOOK, "--from", "2026-03-01").returncode == 0
    MineAttribute.objects.filter(name="gas_grade").update(source="ledger_entry/1", basis="示应急〔2026〕1号")
    told = imported({"煤矿": [MINE | {"瓦斯等级": "低瓦斯"}]}, "--from", "2026-04-01")
    assert (told.returncode, "瓦斯等级由“示应急〔2026〕1号”确定" in told.stderr) == (1, True)
    assert MineAttribute.objects.filter(name="gas_grade").count() == 1


@pytest.mark.parametrize("sheet", ["岗位与人员", "采掘工作面", "关键人"])
def test_a_longer_sheet_takes_no_more_statements(imported, sheet):
    """A city has thousands of people: seconds are measured by `kuangan bench city`, what they rest on here."""
    mines = [
        MINE | {"煤矿编码": f"1404239000{number:02d}", "煤矿名称": f"样例{number}号煤矿"} for number in range(1, 21)
    ]
    assert imported(BOOK | {"煤矿": mines, "采掘工作面": []}).returncode == 0

    def rows(some):
        for mine in some:
            name = mine["煤矿名称"]
            yield {
                "岗位与人员": {
                    "单位": name,
                    "岗位": "矿长",
                    "姓名": f"示例{name}",
                    "手机": f"139{mine['煤矿编码'][-8:]}",
                },
                "采掘工作面": FACE | {"煤矿": name, "采（盘）区": f"{name}一采区"},
                "关键人": {"煤矿": name, "职务": "矿长", "姓名": f"示例{name}", "任职日期": "2025-06-01"},
            }[sheet]

    def statements(some):
        with CaptureQueriesContext(connection) as captured:
            assert imported({sheet: list(rows(some))}).returncode == 0
        return len(captured)

    assert statements(mines[:2]) == statements(mines[2:])


def test_faces_that_wait_for_a_refused_mine_say_so(imported):
    told = imported({"煤矿": [MINE | {"煤矿编码": "14042390"}], "采掘工作面": [FACE]})
    assert "“样例云岭煤矿”在“煤矿”第 2 行不能导入，请先改正该行" in told.stdout
    assert "没有名为" not in told.stdout


def test_a_day_or_a_place_that_is_none_is_said_in_words(city, tmp_path, capsys):
    with pytest.raises(SystemExit):
        city("city", "import", "x.xlsx", "--from", "tomorrow")
    assert "“tomorrow”不是日期" in capsys.readouterr().err
    assert "写不到" in city("city", "template", str(tmp_path / "no" / "x.xlsx")).stderr


def test_a_mine_is_known_under_other_codes_and_a_row_may_name_it_by_one(imported):
    given = {**MINE, "其他编码": "140423-001，１５０４２３９００００１２３４"}
    assert imported({**BOOK, "煤矿": [given]}, "--from", "2026-03-01").returncode == 0
    known = MineAlias.objects.filter(mine__code=MINE["煤矿编码"]).values_list("code", flat=True)
    assert sorted(known) == ["140423001", "150423900001234"]
    again = imported({"煤矿": [{**MINE, "煤矿编码": "140423001", "其他编码": "140423001"}]}, "--dry-run")
    assert "煤矿：无变化 1" in again.stdout
    other = {**MINE, "煤矿编码": "140423900002", "煤矿名称": "样例云山煤矿", "其他编码": "140423001"}
    assert "同一编码只能属于一座煤矿" in imported({"煤矿": [other]}).stdout
    face = {**FACE, "煤矿": "150423900001234", "工作面名称": "1302综采工作面"}
    assert imported({"采掘工作面": [face]}).returncode == 0
    assert Face.objects.filter(mine__code=MINE["煤矿编码"], name="1302综采工作面").exists()
