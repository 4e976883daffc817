"""Fields of every kind at their edges, through the real form, the JSON API and a workbook; tables; what is sealed."""

import io
import json
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from kuangan.core.actions import appoint, create_person, create_post, issue_api_token, relieve
from kuangan.core.models import Event, Tenure
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.proof.rows import compare_rows
from kuangan.law import ledger as law
from kuangan.law.field import Field
from kuangan.law.role import Role
from kuangan.ledger.models import Entry, Import
from kuangan.ledger.references import References
from kuangan.ledger.sheets import ROWS_SHEET, template
from kuangan.ledger.sight import FormSight

PLAN = "leader_shift_plan"
SELF_CHECK = "standardization_self_check"
MONTH = {"month_first": "2026-03-01", "shifts_per_day": "3", "principal_shifts": "6", "posted_on": "2026-02-27",
         "posted_place": "井口", "signed_by": "程例安"}  # fmt: skip


def rows_typed(name: str, *rows: dict[str, str]) -> dict[str, str]:
    """The rows of a table as a form posts them."""
    return {f"{name}.{at}.{column}": text for at, row in enumerate(rows) for column, text in row.items()}


def shift(on: str = "2026-03-01", kind: str = "night", leader: str = "武示范") -> dict[str, str]:
    return {"on": on, "shift": kind, "leader": leader}


@pytest.fixture
def form(world, as_user):
    """Posts a plan of shifts as the mine's clerk; gives the answer."""
    client = as_user("mine_clerk")

    def post(*rows, **values):
        return client.post(reverse("new_entry", args=[PLAN]), MONTH | rows_typed("rows", *rows) | values)

    return post


@pytest.fixture
def api(world):
    """Sends an entry by the API as the mine's director; gives status and answer."""
    token = issue_api_token(actor=world.users["mine_director"], name="矿上系统")
    program = Client(headers={"Authorization": f"Bearer {token}"})

    def send(ledger_id: str, values: dict[str, object]):
        body = json.dumps({"unit": world.city.units["mine"].code, "values": values})
        answer = program.post(f"/api/ledgers/{ledger_id}/entries", body, content_type="application/json")
        return answer.status_code, answer.json()

    return send


def workbook(world, ledger_id: str, lines: list[list[object]], **tables: list[list[object]]) -> bytes:
    """The ledger's template with lines and the rows of its tables filled in."""
    book = load_workbook(io.BytesIO(template(law.ledger_by_id(ledger_id), References(world.city.units["mine"]))))
    for title, rows in {ROWS_SHEET: lines, **tables}.items():
        for row in rows:
            book[title].append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def upload(world, as_user):
    """Uploads a workbook as the mine's clerk; gives the import."""

    def send(ledger_id: str, content: bytes) -> Import:
        sheet = SimpleUploadedFile("填好的表.xlsx", content)
        given = {"sheet": sheet, "unit": world.city.units["mine"].code}
        as_user("mine_clerk").post(reverse("import_entries", args=[ledger_id]), given)
        return Import.objects.latest("pk")

    return send


def test_a_table_typed_into_the_form_is_shown_as_a_table_and_exported_to_a_sheet_of_its_own(world, form, as_user):
    answer = form(shift(), {}, shift("2026-03-01", "morning", "牛例远"), {})
    made = Entry.objects.get(ledger=PLAN)
    assert answer.headers["Location"] == reverse("entry", args=[PLAN, made.serial])
    assert [row["shift"] for row in made.values["rows"]] == ["night", "morning"]
    client = as_user("mine_clerk")
    page = client.get(answer.headers["Location"]).content.decode()
    assert re.search(r'<td data-label="班次">\s*八点班\s*</td>', page)
    assert "八点班" in client.get(reverse("print_ledger", args=[PLAN])).content.decode()
    exported = client.get(reverse("ledger", args=[PLAN]), {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(exported.content))["带班安排"]
    assert [cell.value for cell in sheet[1]] == ["计划月份", "日期", "班次", "带班领导"]
    assert sheet.max_row == 3


def test_a_bad_cell_is_named_by_row_and_column_and_marked_and_all_that_was_typed_stays(form):
    answer = form(shift(), shift("2026-02-30", "noon", ""))
    page = answer.content.decode()
    errors = answer.context["form"].errors["rows"][0]
    assert "第 2 行“日期”：没有2026-02-30这一天" in errors
    assert "第 2 行“班次”" in errors
    assert "第 2 行“带班领导”：请填写“带班领导”" in errors
    assert 'name="rows.1.on" value="2026-02-30"' in " ".join(page.split())
    assert page.count('aria-invalid="true"') == 3
    assert not Entry.objects.filter(ledger=PLAN).exists()


def test_the_button_gives_more_rows_without_javascript_and_records_nothing(form):
    few = form(shift(), signed_by="").context["form"]["rows"]
    assert 'class="form-control"' in str(form(shift(), signed_by="").context["form"]["posted_place"])
    more = form(shift(), more="rows")
    page = more.content.decode()
    assert page.count('name="rows.0.leader"') == 1
    assert 'name="rows.10.leader"' in page
    assert 'name="rows.10.leader"' not in str(few)
    assert "尚未保存" not in page
    assert not Entry.objects.filter(ledger=PLAN).exists()


def test_a_table_takes_as_many_rows_as_its_ledger_says(form, api):
    full = [
        shift(f"2026-03-{day:02d}", kind)
        for day in range(1, 32)
        for kind in ("night", "morning", "afternoon", "fourth")
    ]
    assert form(*full).status_code == 302
    status, answer = api(PLAN, MONTH | {"month_first": "2026-04-01", "rows": [*full, shift()]})
    assert (status, answer["errors"]) == (422, {"rows": "共 125 行，最多 124 行，请分条登记"})


def test_five_hundred_rows_are_taken_and_one_more_is_refused(world, api, form, as_user):
    session = law.ledger_by_id("training_session").sample[0]
    people = [{"name": f"甲{number}"} for number in range(500)]
    assert api("training_session", dict(session) | {"participants": people})[0] == 201
    status, answer = api(
        "training_session", dict(session) | {"title": "另一期", "participants": [*people, {"name": "乙"}]}
    )
    assert (status, answer["errors"]) == (422, {"participants": "共 501 行，最多 500 行，请分条登记"})
    made = Entry.objects.get(ledger="training_session")
    page = as_user("mine_clerk").get(reverse("correct_entry", args=["training_session", made.serial]))
    typed = rows_typed("participants", *({"name": f"丙{number}", "team": "", "result": ""} for number in range(500)))
    given = {field.name: field.value() for field in page.context["form"] if field.name != "participants"}
    given = {name: value for name, value in given.items() if value is not None}
    answer = as_user("mine_clerk").post(page.request["PATH_INFO"], given | typed | {"reason": "名单有误"})
    assert answer.status_code == 302
    assert len(Entry.objects.get(serial=made.serial, superseded_at=None).values["participants"]) == 500


def test_a_table_comes_and_goes_by_the_api_as_a_list_of_mappings(world, api):
    status, answer = api(PLAN, MONTH | {"rows": [shift()]})
    assert status == 201
    assert answer["values"]["rows"] == [{"on": "2026-03-01", "shift": "night", "leader": "武示范"}]
    status, answer = api(PLAN, MONTH | {"month_first": "2026-04-01", "rows": [shift() | {"extra": 1}]})
    assert answer["errors"] == {"rows": "第 1 行“extra”：表中没有这一栏，请删去"}
    for odd in ("一行", {"on": "2026-03-01"}, [["2026-03-01"]], 7):
        status, answer = api(PLAN, MONTH | {"month_first": "2026-04-01", "rows": odd})
        assert (status, answer["errors"]) == (422, {"rows": "应为表格，请逐行逐栏填写"})


def test_a_workbook_brings_the_rows_of_a_table_by_the_key_of_its_entry(world, upload):
    line = ["2026-03-01", 3, 6, "2026-02-27", "井口", "程例安"]
    other = ["2026-04-01", 3, 6, "2026-03-28", "井口", "程例安"]
    rows = [["2026-04-01", "2026-04-01", "零点班", "武示范"], ["2026年3月1日", "2026-03-02", "八点班", "牛例远"]]
    made = upload(PLAN, workbook(world, PLAN, [line, other], 带班安排=rows))
    assert made.refused == []
    assert [row["values"]["rows"][0]["leader"] for row in made.rows] == ["牛例远", "武示范"]


def test_a_row_of_a_workbook_that_is_wrong_or_names_no_entry_is_named_by_its_sheet(world, upload):
    line = ["2026-03-01", 3, 6, "2026-02-27", "井口", "程例安"]
    rows = [["2026-03-01", "三月一日", "零点班", "武示范"], ["2026-05-01", "2026-05-01", "零点班", "武示范"]]
    made = upload(PLAN, workbook(world, PLAN, [line], 带班安排=rows))
    [refusal] = made.refused
    assert refusal["label"] == "带班安排"
    assert "工作表“带班安排”第 3 行的“计划月份”与“登记表”中任何一行都不相符" in refusal["reason"]
    made = upload(PLAN, workbook(world, PLAN, [line], 带班安排=rows[:1]))
    assert made.refused[0]["reason"].startswith("工作表“带班安排”第 2 行“日期”：不是有效的日期")


def test_a_text_of_before_stays_readable_and_is_kept_until_the_table_is_filled_in(world, as_user, form):
    form(shift())
    made = Entry.objects.get(ledger=PLAN)
    Entry.objects.filter(pk=made.pk).update(values=made.values | {"rows": "3月1日 零点班 武示范\n3月2日 零点班 牛例远"})
    client = as_user("mine_clerk")
    assert "3月2日 零点班 牛例远" in client.get(reverse("entry", args=[PLAN, made.serial])).content.decode()
    address = reverse("correct_entry", args=[PLAN, made.serial])
    assert "3月2日 零点班 牛例远" in client.get(address).content.decode()
    assert client.post(address, MONTH | {"posted_place": "调度室", "reason": "地点写错"}).status_code == 302
    newest = Entry.objects.get(serial=made.serial, superseded_at=None)
    assert newest.values["rows"].startswith("3月1日 零点班")
    exported = client.get(reverse("ledger", args=[PLAN]), {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(exported.content))["带班安排"]
    assert [cell.value for cell in sheet["B"]][1:] == ["3月1日 零点班 武示范", "3月2日 零点班 牛例远"]
    client.post(address, MONTH | rows_typed("rows", shift()) | {"reason": "改填表格"})
    newest = Entry.objects.get(serial=made.serial, superseded_at=None)
    assert [row["leader"] for row in newest.values["rows"]] == ["武示范"]


ASSESSMENT = "post_assessment"
ASSESSED = {"month_end": "2026-03-31", "department": "综采一队", "people": 86, "signed": 86, "tested": 20, "passed": 18, "assessed": 86,
            "qualified": 82, "breaches": 4, "handled": 4, "problems": "两名支架工对本岗位风险不清楚", "measures": "补考"}  # fmt: skip


def test_who_took_part_is_chosen_from_the_register_and_an_outsider_is_kept_by_name(world, as_user):
    client, director = as_user("mine_clerk"), world.users["mine_director"].person
    page = client.get(reverse("new_entry", args=[ASSESSMENT])).content.decode()
    assert f'<option value="{director.name}（P{director.pk}）">' in page
    assessors = rows_typed("assessors", {"name": f"{director.name}（P{director.pk}）"}, {"name": "外聘专家"})
    assert client.post(reverse("new_entry", args=[ASSESSMENT]), ASSESSED | assessors).status_code == 302
    kept = Entry.objects.get(ledger=ASSESSMENT).values["assessors"]
    assert kept == [{"name": {"person": director.pk, "name": director.name}}, {"name": "外聘专家"}]


def test_a_workbook_of_before_with_people_line_by_line_is_still_taken_and_previewed(world, upload, as_user):
    director = world.users["mine_director"].person
    book = load_workbook(io.BytesIO(workbook(world, ASSESSMENT, [list(ASSESSED.values())])))
    sheet = book[ROWS_SHEET]
    sheet.cell(1, len(ASSESSED) + 1, "考核人员")
    sheet.cell(2, len(ASSESSED) + 1, f"{director.name}\n外聘专家")
    content = io.BytesIO()
    book.save(content)
    made = upload(ASSESSMENT, content.getvalue())
    assert made.refused == []
    page = as_user("mine_clerk").get(reverse("import", args=[ASSESSMENT, made.pk])).content.decode()
    people = f'<div class="prewrap">{director.name}\n外聘专家</div><div class="small quiet">2 行</div>'
    assert f'<td data-label="考核人员"><div>{people}</div></td>' in page
    assert made.rows[0]["values"]["assessors"] == [
        {"name": {"person": director.pk, "name": director.name}},
        {"name": "外聘专家"},
    ]


def test_who_has_left_his_post_stays_whom_the_entry_names(world, as_user, api):
    client, director = as_user("mine_clerk"), world.users["mine_director"]
    post = Tenure.objects.get(person=director.person).post
    written = f"{director.person.name}（P{director.person_id}）"
    first = rows_typed("assessors", {"name": written})
    client.post(reverse("new_entry", args=[ASSESSMENT]), ASSESSED | first)
    made = Entry.objects.get(ledger=ASSESSMENT)
    relieve(actor=None, post=post)
    address = reverse("correct_entry", args=[ASSESSMENT, made.serial])
    assert client.post(address, ASSESSED | {"measures": "已补考", "reason": "补记"} | first).status_code == 302
    newest = Entry.objects.get(serial=made.serial, superseded_at=None)
    assert newest.values["assessors"] == made.values["assessors"]
    wrong = rows_typed("assessors", {"name": f"另一人（P{director.person_id}）"})
    page = client.post(address, ASSESSED | {"reason": "改"} | wrong).content.decode()
    assert f"没有姓名和编号为“另一人(P{director.person_id})”的人员" in page.replace("（", "(").replace("）", ")")


AUTHORITY = "withdrawal_authority"


def authority(**more: object) -> dict[str, object]:
    return {**law.ledger_by_id(AUTHORITY).sample[0], **more}


def test_a_line_that_says_more_than_a_name_is_refused_by_its_number_and_a_padded_name_is_taken(world, api):
    status, answer = api(AUTHORITY, authority(team_leaders="晏班长\n综采一队 卓班长"))
    assert status == 422
    assert "第 2 行“综采一队 卓班长”不只是姓名" in answer["errors"]["team_leaders"]
    status, answer = api(AUTHORITY, authority(team_leaders="晏 班 长\n卓班长"))
    assert status == 201, answer
    assert [row["name"] for row in answer["values"]["team_leaders"]] == ["晏班长", "卓班长"]


def test_a_text_of_before_that_is_sent_along_untouched_stays(world, api):
    made = Entry.objects.get(serial=api(AUTHORITY, authority())[1]["serial"])
    before = "综采一队 晏班长\n掘进二队 卓班长"
    Entry.objects.filter(pk=made.pk).update(values=made.values | {"team_leaders": before})
    change = {"values": authority(team_leaders=before, announced=False), "reason": "未宣读"}
    token = issue_api_token(actor=world.users["mine_director"], name="另一系统")
    program = Client(headers={"Authorization": f"Bearer {token}"})
    address = f"/api/ledgers/{AUTHORITY}/entries/{made.serial}"
    answer = program.put(address, json.dumps(change), content_type="application/json")
    assert answer.json()["version"] == 2
    assert Entry.objects.get(serial=made.serial, superseded_at=None).values["team_leaders"] == before


def test_a_workbook_of_before_is_told_where_its_column_went(world, as_user):
    organisation = "emergency_organisation"
    book = load_workbook(io.BytesIO(workbook(world, organisation, [["2026-01-06"]])))
    book[ROWS_SHEET].cell(1, book[ROWS_SHEET].max_column + 1, "工作组和负责人")
    content = io.BytesIO()
    book.save(content)
    given = {"sheet": SimpleUploadedFile("旧表.xlsx", content.getvalue()), "unit": world.city.units["mine"].code}
    page = (
        as_user("mine_clerk").post(reverse("import_entries", args=[organisation]), given, follow=True).content.decode()
    )
    assert "“工作组和负责人”已改为工作表“工作组和负责人”" in page


def test_among_namesakes_a_name_means_who_writes_it(world, with_field, api):
    with_field("person")
    director = world.users["mine_director"].person
    other = create_person(actor=None, name=director.name, unit=world.city.units["mine"])
    post = create_post(actor=None, unit=world.city.units["mine"], title="副总工程师", role=Role.mine_engineer)
    appoint(actor=None, post=post, person=other)
    status, answer = api(PLAN, MONTH | {"rows": [shift()], "value": director.name})
    assert (status, answer["values"]["value"]["person"]) == (201, director.pk)


def test_a_name_without_code_means_nobody_at_another_mine(world, with_field, as_user):
    """Written by a bureau about one mine: who bears the name at another mine of its area is not meant."""
    ledger = law.ledger_by_id("inspection_obstruction")
    other = create_person(actor=None, name="牛例远", unit=world.city.units["second_mine"])
    post = create_post(actor=None, unit=world.city.units["second_mine"], title="矿长", role=Role.mine_director)
    appoint(actor=None, post=post, person=other)
    sight = FormSight(References(world.city.units["county"]))
    (column,) = [column for column in ledger.field("persons").columns if column.kind == "person"]
    assert sight.taken(column, "牛例远", {"mine": world.city.mine.code}) == "牛例远"
    assert sight.taken(column, f"牛例远（P{other.pk}）", {"mine": world.city.mine.code})["person"] == other.pk


ODD = {
    "money": Field("value", "罚款金额", "money", required=False),
    "reading": Field("value", "读数", "reading", required=False),
    "period": Field("value", "起止日期", "period", required=False),
    "place": Field("value", "地点", "place", required=False),
    "point": Field("value", "测点", "point", required=False),
    "entry": Field("value", "风险", "entry", required=False, of=(PLAN,)),
    "person": Field("value", "负责人", "person", required=False, of=("mine_director", "mine_engineer")),
    "unit": Field("value", "单位", "unit", required=False, of=("company",)),
    "sealed": Field("value", "举报人", "text", required=False, sealed=True),
}
"""One more field of the plan, of each kind that no ledger has yet."""


@pytest.fixture
def with_field(monkeypatch):
    """The plan of shifts with one more field; gives the ledger."""

    def with_field(kind: str) -> law.Ledger:
        found = law.ledger_by_id(PLAN)
        own = tuple(field for field in found.fields if field.name != "value")
        changed = replace(found, fields=(*own, ODD[kind]))
        known = {**law.ledgers(), PLAN: changed}
        monkeypatch.setattr(law, "ledgers", lambda: known)
        return changed

    return with_field


@pytest.mark.parametrize(
    ("kind", "given", "kept", "shown"),
    [
        ("money", "￥1,234.5", "1234.50", "1,234.50元"),
        ("money", "0", "0.00", "0.00元"),
        ("money", "999999999999.99", "999999999999.99", "999,999,999,999.99元"),
        ("reading", "100", "100.00", "100.00"),
        ("period", "2026年3月", "2026-03-01/2026-03-31", "2026年3月1日至2026年3月31日"),
        ("period", "2026-03-01 至 2026-03-01", "2026-03-01/2026-03-01", "2026年3月1日至2026年3月1日"),
        ("place", "井口（37.8601, 112.5501）", "井口（37.860100，112.550100）", "井口（37.860100，112.550100）"),
        ("place", "井口调度室", "井口调度室", "井口调度室"),
    ],
)
def test_a_value_at_the_edge_is_taken_by_the_form_the_api_and_a_workbook_alike(
    world, with_field, api, upload, as_user, kind, given, kept, shown
):
    with_field(kind)
    assert api(PLAN, MONTH | {"rows": [shift()], "value": given})[1]["values"]["value"] == kept
    client = as_user("mine_clerk")
    typed = {"value": given}
    if kind == "period":
        first, _, last = kept.partition("/")
        typed = {"value.first": first, "value.last": last}
    client.post(
        reverse("new_entry", args=[PLAN]), MONTH | rows_typed("rows", shift()) | typed | {"month_first": "2026-04-01"}
    )
    made = Entry.objects.filter(ledger=PLAN).latest("pk")
    assert made.values["value"] == kept
    page = client.get(reverse("entry", args=[PLAN, made.serial])).content.decode()
    assert shown in page
    line = ["2026-05-01", 3, 6, "2026-04-28", "井口", "程例安", given]
    sheet = workbook(world, PLAN, [line], 带班安排=[["2026-05-01", "2026-05-01", "零点班", "武示范"]])
    assert upload(PLAN, sheet).rows[0]["values"]["value"] == kept


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("money", "-1", "金额不得小于 0 元"),
        ("money", "1.001", "最多 2 位小数"),
        ("money", "1000000000000", "金额过大"),
        ("money", "一百元", "不是数字"),
        ("reading", "100.01", "0 至 100"),
        ("reading", "-0.01", "0 至 100"),
        ("reading", "0.001", "最多 2 位小数"),
        ("period", "2026-03-02 至 2026-03-01", "结束日期早于开始日期"),
        ("period", "2026-03-02", "不是有效的起止日期"),
        ("period", {"first": "2026-03-02"}, "不是有效的起止日期"),
        ("place", "井口（91, 112）", "坐标不是有效的"),
        ("place", "（37.86, 112.55）", "不能只有坐标"),
        ("place", "井" * 201, "最多 200 字"),
        ("point", "999", "没有测点“999”"),
        ("entry", "第999号", "没有条目“第999号”"),
        ("entry", "9" * 40, "没有条目"),
        ("unit", "1404-nobody", "平台登记的上级公司中没有"),
    ],
)
def test_a_value_beyond_the_edge_is_refused_by_the_form_the_api_and_a_workbook_alike(
    world, with_field, api, upload, as_user, kind, given, said
):
    with_field(kind)
    status, answer = api(PLAN, MONTH | {"rows": [shift()], "value": given})
    assert status == 422
    assert said in answer["errors"]["value"]
    if not isinstance(given, str):
        return
    typed = {"value": given}
    if kind == "period":
        first, _, last = given.partition(" 至 ")
        typed = {"value.first": first, "value.last": last}
    form = as_user("mine_clerk").post(reverse("new_entry", args=[PLAN]), MONTH | rows_typed("rows", shift()) | typed)
    assert said in form.context["form"].errors["value"][0]
    line = ["2026-05-01", 3, 6, "2026-04-28", "井口", "程例安", given]
    sheet = workbook(world, PLAN, [line], 带班安排=[["2026-05-01", "2026-05-01", "零点班", "武示范"]])
    assert said in upload(PLAN, sheet).refused[0]["reason"]
    assert not Entry.objects.filter(ledger=PLAN).exists()


def test_a_person_of_the_register_is_kept_by_key_and_one_who_is_not_there_by_name(world, with_field, api):
    with_field("person")
    director = world.users["mine_director"].person
    kept = {"person": director.pk, "name": director.name}
    for month, given in enumerate((director.name, f"{director.name}（P{director.pk}）", kept), 3):
        values = MONTH | {"month_first": f"2026-{month:02d}-01", "rows": [shift()], "value": given}
        assert api(PLAN, values)[1]["values"]["value"] == kept
    values = MONTH | {"month_first": "2026-07-01", "rows": [shift()], "value": "外单位甲"}
    assert api(PLAN, values)[1]["values"]["value"] == "外单位甲"


@pytest.mark.parametrize("key", ["x", -1, 2**70, [1], {"a": 1}])
def test_a_person_by_a_key_that_can_be_none_is_refused_in_words(world, with_field, api, key):
    with_field("person")
    status, answer = api(PLAN, MONTH | {"rows": [shift()], "value": {"person": key, "name": "武示范"}})
    assert status == 422
    assert "人员编号无效" in answer["errors"]["value"]


def test_a_strict_field_takes_only_persons_of_the_register(world, monkeypatch, with_field, api):
    monkeypatch.setitem(ODD, "person", replace(ODD["person"], strict=True))
    with_field("person")
    status, answer = api(PLAN, MONTH | {"rows": [shift()], "value": "外单位甲"})
    assert status == 422
    assert "没有可选人员“外单位甲”" in answer["errors"]["value"]


def test_a_point_and_an_entry_are_kept_by_key_and_shown_by_name(world, with_field, api, as_user):
    api(PLAN, MONTH | {"rows": [shift()]})
    first = Entry.objects.get(ledger=PLAN)
    with_field("entry")
    status, answer = api(PLAN, MONTH | {"month_first": "2026-04-01", "rows": [shift()], "value": f"第{first.serial}号"})
    assert (status, answer["values"]["value"]) == (201, first.serial)
    page = as_user("mine_clerk").get(reverse("entry", args=[PLAN, answer["serial"]])).content.decode()
    assert f"第{first.serial}号 2026-03-01" in page
    with_field("point")
    point = world.point
    key = f"{point.mine.code}/{point.native_code}"
    values = MONTH | {"month_first": "2026-05-01", "rows": [shift()], "value": point.native_code}
    assert api(PLAN, values)[1]["values"]["value"] == key
    foreign = world.city.points["second-1301-T0"]
    values |= {"month_first": "2026-06-01", "value": f"{foreign.mine.code}/{foreign.native_code}"}
    assert api(PLAN, values)[0] == 422


def test_a_list_and_an_export_look_up_names_in_the_same_queries_for_any_number_of_rows(world, with_field, as_user):
    with_field("unit")
    unit, code = world.city.units["mine"], world.city.units["company"].code
    client = as_user("mine_clerk")

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    counted = []
    for months in ((1, 2), (3, 4, 5, 6, 7, 8, 9)):
        for month in months:
            values = MONTH | {"month_first": f"2026-{month:02d}-01", "rows": [shift()], "value": code}
            record_entry(actor=None, ledger_id=PLAN, unit=unit, values=values)
        page, export = reverse("ledger", args=[PLAN]), reverse("ledger", args=[PLAN]) + "?export=xlsx"
        counted.append((queries(page), queries(export)))
    assert counted[0] == counted[1]


SECRET = "举报人赵某某"


def test_what_is_sealed_stands_neither_in_the_trail_nor_in_a_dump_and_the_rows_still_prove(
    world, with_field, as_user, form
):
    with_field("sealed")
    page = as_user("mine_clerk").get(reverse("new_entry", args=[PLAN])).content.decode()
    assert re.search(r'name="value"[^>]*data-sealed', page)  # the browser does not keep it either
    assert form(shift(), value=SECRET).status_code == 302
    made = Entry.objects.get(ledger=PLAN)
    told = Event.objects.filter(subject_kind="ledger.entry").latest("pk").data
    assert told["values"]["value"].keys() == {"digest"}
    assert SECRET not in json.dumps(list(Event.objects.values_list("data", flat=True)), ensure_ascii=False)
    assert dumped() == []
    assert compare_rows().broken is None
    client, address = as_user("mine_clerk"), reverse("entry", args=[PLAN, made.serial])
    assert SECRET in client.get(address).content.decode()
    other = as_user("county_officer")
    page = other.get(address).content.decode()
    assert SECRET not in page
    assert "（已密封）" in page
    assert SECRET not in other.get(reverse("ledger", args=[PLAN])).content.decode()
    assert other.get(reverse("ledger", args=[PLAN]), {"q": "赵某某"}).context["list"].total == 0
    assert SECRET in other.post(reverse("open_entry", args=[PLAN, made.serial])).content.decode()
    assert Event.objects.latest("pk").data["fields"] == ["value"]


def test_a_correction_that_leaves_what_is_sealed_as_it_was_changes_nothing(world, with_field, as_user, form):
    with_field("sealed")
    form(shift(), value=SECRET)
    made, client = Entry.objects.get(ledger=PLAN), as_user("mine_clerk")
    address = reverse("correct_entry", args=[PLAN, made.serial])
    given = MONTH | rows_typed("rows", shift()) | {"value": SECRET, "reason": "看一看"}
    assert "内容没有变化" in client.post(address, given).content.decode()
    assert client.post(address, given | {"value": "另一人"}).status_code == 302
    assert compare_rows().broken is None
    Entry.objects.filter(serial=made.serial, version=2).update(values=made.values)
    assert compare_rows().broken is not None


def dumped() -> list[str]:
    """The tables in which the sealed words stand in clear."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            query = f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s'  # noqa: S608  # names of our own tables
            cursor.execute(query, [f"%{SECRET}%"])
            found += [table] if cursor.fetchone()[0] else []
    return found


def test_a_commissioner_chosen_from_the_register_is_kept_by_key_and_counted_by_the_page(world, as_user):
    person = world.users["county_commissioner"].person
    given = {"from_on": "2026-01-01", "mine": "140423900001", "level": "county", "order_number": "1号"}
    clerk = as_user("county_clerk")
    page = clerk.get(reverse("new_entry", args=["commissioner_assignment"])).content.decode()
    assert f'<option value="{person.name}（P{person.pk}）">' in page
    clerk.post(
        reverse("new_entry", args=["commissioner_assignment"]), given | {"name": f"{person.name}（P{person.pk}）"}
    )
    made = Entry.objects.get(ledger="commissioner_assignment")
    assert made.values["name"] == {"person": person.pk, "name": person.name}
    post = person.tenures.get().post_id
    assert "云岭一号煤矿" in clerk.get(reverse("commissioner", args=[post])).content.decode()
    shown = as_user("county_officer").get(reverse("ledger", args=["commissioner_assignment"])).content.decode()
    assert person.name in shown
    assert "{&#x27;" not in shown
