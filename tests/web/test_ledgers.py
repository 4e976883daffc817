"""The pages of ledgers: what is typed is never lost, wrong fields are named, nobody sees what is not his."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.credit.imports import import_rows
from kuangan.ledger.models import Entry, Import
from tests.web.ledger_world import LEDGER, PATROL, entry, filled, patrol, uploaded

SECRET = "fitness_for_work"
UNFIT = {
    "found_on": "2026-03-09", "person": "白例", "number": "A7", "team": "一队", "aspect": "body", "signs": "血压偏高",
    "reporter": "晏例", "decision": "stop", "decided_by": "纪例", "decided_at": "2026-03-09 07:20", "follow_up": "就医",
}  # fmt: skip


def text(response) -> str:
    return response.content.decode()


def new(client, **values):
    return client.post(reverse("new_entry", args=[LEDGER]), PATROL | values)


def test_an_entry_is_recorded_and_shown_with_its_law(world, as_user):
    client = as_user("county_commissioner")
    form = text(client.get(reverse("new_entry", args=[LEDGER])))
    assert "任务措施原文" in form
    assert "云岭一号煤矿" in form
    assert "邻岭煤矿" not in form
    answer = new(client)
    made = Entry.objects.get(ledger=LEDGER)
    assert answer.headers["Location"] == reverse("entry", args=[LEDGER, made.serial])
    shown = text(client.get(answer.headers["Location"]))
    assert "1301工作面" in shown
    assert "早班" in shown
    assert text(as_user("mine_director").get(reverse("ledger", args=[LEDGER]))).count("1301工作面") == 0
    assert str(made.serial) in text(as_user("mine_director").get(reverse("ledger", args=[LEDGER])))


def test_the_address_that_a_duty_gives_fills_in_what_it_knows(world, as_user):
    address = reverse("new_entry", args=[LEDGER])
    form = as_user("county_commissioner").get(address, {"mine": PATROL["mine"], "shift": "night"}).context["form"]
    assert (form["mine"].value(), form["shift"].value()) == (PATROL["mine"], "night")
    assert f'value="{PATROL["mine"]}" selected' in str(form["mine"])


def test_a_new_form_holds_today_and_a_further_version_what_it_was(world, as_user):
    client = as_user("county_commissioner")
    form = client.get(reverse("new_entry", args=[LEDGER])).context["form"]
    assert form["patrolled_on"].value() == clock.civil_date(clock.now()).isoformat()
    recorder = as_user("mine_clerk").get(reverse("new_entry", args=["withdrawal_authority"])).context["form"]
    assert recorder["recorder"].value() == world.users["mine_clerk"].display_name
    made = patrol(world)
    correction = client.get(reverse("correct_entry", args=[LEDGER, made.serial])).context["form"]
    assert correction["patrolled_on"].value() == PATROL["patrolled_on"]


def test_a_ledger_named_in_the_help_is_a_link(world, as_user):
    page = text(as_user("mine_clerk").get(reverse("new_entry", args=["hazard_check"])))
    assert f'“<a href="{reverse("ledger", args=["hazard_item"])}">事故隐患治理台账</a>”' in page


def test_nothing_typed_or_uploaded_is_lost_on_an_error(world, as_user):
    client = as_user("county_commissioner")
    answer = new(client, patrolled_on="", photos=SimpleUploadedFile("现场.txt", "一号".encode()))
    page = text(answer)
    assert "请填写“巡查日期”" in page
    assert "1301工作面" in page
    assert "保留已上传的 现场.txt" in page
    kept = answer.context["kept"]["photos"][0].pk
    new(client, **{"photos.kept": kept})
    assert Entry.objects.get(ledger=LEDGER).values["photos"] == [kept]


def test_nobody_takes_a_file_that_another_uploaded(world, as_user):
    other = entry(world).files.get().attachment_id
    answer = new(as_user("county_clerk"), patrolled_on="2026-03-01", **{"photos.kept": other})
    assert "不是您上传的" in text(answer)


def test_a_bad_file_is_named_beside_its_field(world, as_user):
    answer = new(as_user("county_commissioner"), photos=SimpleUploadedFile("木马.exe", b"MZ"))
    assert "不接受“木马.exe”" in text(answer)
    assert not Entry.objects.filter(ledger=LEDGER).exists()


def test_a_correction_keeps_the_old_text_in_the_history(world, as_user):
    made, client = entry(world), as_user("county_clerk")
    address = reverse("correct_entry", args=[LEDGER, made.serial])
    assert "乙八" in text(client.get(address))
    files = {"photos.kept": made.values["photos"][0]}
    assert "请填写原因" in text(client.post(address, PATROL | files | {"places": "1302工作面"}))
    client.post(address, PATROL | files | {"places": "1302工作面", "reason": "地点写错"})
    page = text(client.get(reverse("entry", args=[LEDGER, made.serial])))
    assert "原因：地点写错" in page
    assert "1301工作面" in page
    assert "第2版" in page
    file = reverse("entry_file", args=[LEDGER, made.serial, made.values["photos"][0]])
    assert client.get(file).status_code == 200


def test_a_voided_entry_is_listed_among_the_voided(world, as_user):
    made, client = entry(world), as_user("county_clerk")
    client.post(reverse("void_entry", args=[LEDGER, made.serial]), {"reason": "误登"})
    listing = reverse("ledger", args=[LEDGER])
    assert client.get(listing).context["list"].total == 0
    assert client.get(listing, {"state": "voided"}).context["list"].total == 1
    assert "误登" in text(client.get(reverse("entry", args=[LEDGER, made.serial])))


def test_filters_narrow_the_list_and_the_export(world, as_user):
    client, listing = as_user("county_officer"), reverse("ledger", args=[LEDGER])
    patrol(world)
    patrol(world, shift="night", mine="云岭二号煤矿", places="2302工作面")
    patrol(world, patrolled_on="2024-01-05")
    assert client.get(listing).context["list"].total == 2
    assert client.get(listing, {"since": ""}).context["list"].total == 3
    assert client.get(listing, {"v_shift": "night"}).context["list"].total == 1
    assert client.get(listing, {"q": "2302"}).context["list"].total == 1
    assert client.get(listing, {"mine": world.city.units["mine"].pk}).context["list"].total == 1
    book = load_workbook(BytesIO(client.get(listing, {"v_shift": "night", "export": "xlsx"}).content))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert "云岭二号煤矿（140423900002）" in rows[1]
    assert "2302工作面" in text(client.get(reverse("print_ledger", args=[LEDGER]), {"v_shift": "night"}))


@pytest.mark.parametrize("name", ["ledgers", "ledger", "print_ledger", "entry", "import_entries"])
def test_pages_cost_the_same_with_more_rows(world, as_user, name):
    client, made = as_user("county_commissioner"), entry(world)
    args = {"ledgers": [], "entry": [LEDGER, made.serial]}.get(name, [LEDGER])
    address = reverse(name, args=args)
    client.get(address)
    one = queries(client, address)
    for day in (1, 2):
        patrol(world, patrolled_on=f"2026-03-0{day}", mine="140423900002")
        uploaded(world, [[f"2026-02-0{day}", "云岭一号煤矿", "乙八", "早班", "否", "1302工作面"]])
    assert queries(client, address) == one


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_sheet_is_previewed_confirmed_and_written_whole(world, as_user):
    client = as_user("county_commissioner")
    rows = [[f"2026-03-0{day}", "云岭一号煤矿", "乙八", "早班", "否", "1302工作面"] for day in (1, 2, 3)]
    upload = SimpleUploadedFile("巡查.xlsx", filled(rows, world))
    answer = client.post(reverse("import_entries", args=[LEDGER]), {"sheet": upload})
    address = answer.headers["Location"]
    assert "导入 3 行" in text(client.get(address))
    assert not Entry.objects.filter(ledger=LEDGER).exists()
    client.post(address, {"do": "confirm"})
    assert "正在导入" in text(client.get(address, headers={"HX-Request": "true"}))
    import_rows(Import.objects.get(), clock.now())
    assert "已导入 3 条" in text(client.get(address))
    assert Entry.objects.filter(ledger=LEDGER).count() == 3
    assert Import.objects.get().rows == []


def test_one_refused_row_refuses_the_sheet_and_says_where_and_why(world, as_user):
    client = as_user("county_commissioner")
    patrol(world)
    rows = [
        ["2026-03-09", "云岭一号煤矿", "乙八", "早班", "否", "1302工作面"],
        ["2026-13-01", "邻岭煤矿", "乙八", "早班", "否", "1302工作面"],
        ["2026-03-02", "云岭一号煤矿", "乙八", "早班", "否", "1302工作面"],
        ["2026-03-02", "云岭一号煤矿", "乙八", "早班", "否", "1303工作面"],
    ]
    made = uploaded(world, rows)
    found = {(one["row"], one["label"]): one["reason"] for one in made.refused}
    assert set(found) == {(2, "煤矿"), (3, "巡查日期"), (3, "煤矿"), (5, "煤矿")}
    assert "重复" in found[2, "煤矿"]
    assert "本表第 4 行" in found[5, "煤矿"]
    address = reverse("import", args=[LEDGER, made.pk])
    assert "不予导入的行" in text(client.get(address))
    client.post(address, {"do": "confirm"})
    made.refresh_from_db()
    assert made.state == "previewed"
    client.post(address, {"do": "drop"})
    assert Entry.objects.filter(ledger=LEDGER).count() == 1


def test_a_key_taken_after_the_preview_sends_the_sheet_back_whole(world, as_user):
    made = uploaded(world, [[f"2026-03-0{day}", "云岭一号煤矿", "乙八", "早班", "否", "1302工作面"] for day in (8, 9)])
    as_user("county_commissioner").post(reverse("import", args=[LEDGER, made.pk]), {"do": "confirm"})
    patrol(world)
    made.refresh_from_db()
    import_rows(made, clock.now())
    made.refresh_from_db()
    assert (made.state, [one["row"] for one in made.refused]) == ("previewed", [3])
    assert Entry.objects.filter(ledger=LEDGER).count() == 1


@pytest.mark.parametrize(("content", "said"), [(b"not a workbook", "不是有效的xlsx文件"), (None, "表内没有填写任何行")])
def test_a_file_that_is_no_sheet_is_refused_with_what_to_do(world, as_user, content, said):
    upload = SimpleUploadedFile("巡查.xlsx", content or filled([], world))
    answer = as_user("county_commissioner").post(reverse("import_entries", args=[LEDGER]), {"sheet": upload})
    assert said in text(answer)


def repacked(content: bytes, part: str, text: bytes) -> bytes:
    """A workbook with another content of one part."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, text)
    return made.getvalue()


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row", "不是有效的 Excel"),
        ("xl/sharedStrings.xml", b"<sst>" + b" " * (101 << 20) + b"</sst>", "解压后超过 100 MB"),
    ],
)
def test_a_broken_or_swollen_workbook_is_refused(world, as_user, part, content, said):
    upload = SimpleUploadedFile("巡查.xlsx", repacked(filled([["2026-03-09"]], world), part, content))
    answer = as_user("county_commissioner").post(reverse("import_entries", args=[LEDGER]), {"sheet": upload})
    assert said in text(answer)


def test_a_foreign_heading_is_refused_by_name(world, as_user):
    book = load_workbook(BytesIO(filled([["2026-03-09"]], world)))
    book["登记表"]["A1"] = "随意"
    content = BytesIO()
    book.save(content)
    upload = SimpleUploadedFile("巡查.xlsx", content.getvalue())
    answer = as_user("county_commissioner").post(reverse("import_entries", args=[LEDGER]), {"sheet": upload})
    assert "表头“随意”不属于" in text(answer)


def unfit(world) -> Entry:
    director = world.users["mine_director"]
    return record_entry(actor=director, ledger_id=SECRET, unit=world.city.units["mine"], values=UNFIT, at=clock.now())


def test_a_confidential_ledger_is_invisible_outside_its_circle(world, as_user):
    made = unfit(world)
    addresses = [
        reverse("ledger", args=[SECRET]),
        reverse("ledger", args=[SECRET]) + "?export=xlsx",
        reverse("print_ledger", args=[SECRET]),
        reverse("entry", args=[SECRET, made.serial]),
        reverse("correct_entry", args=[SECRET, made.serial]),
        reverse("new_entry", args=[SECRET]),
    ]
    for name in (
        "mine_dispatcher",
        "mine_engineer",
        "county_head",
        "city_section",
        "company_officer",
        "inspectorate_officer",
    ):
        client = as_user(name)
        assert {client.get(address).status_code for address in addresses} == {404}, name
        assert "不放心人员" not in text(client.get(reverse("ledgers")))
    for name in ("mine_director", "mine_leader", "mine_clerk"):
        assert {as_user(name).get(address).status_code for address in addresses} == {200}, name
    assert "白例" in text(as_user("mine_leader").get(addresses[3]))


def test_another_mines_circle_sees_its_own_and_no_count_of_others(world, as_user):
    unfit(world)
    client = as_user("other_mine_director")
    assert client.get(reverse("ledger", args=[SECRET])).context["list"].total == 0
    lines = client.get(reverse("ledgers"), {"q": "不放心"}).context["list"].rows
    assert [line.entries for line in lines] == [0]
    lines = as_user("mine_director").get(reverse("ledgers"), {"q": "不放心"}).context["list"].rows
    assert [line.entries for line in lines] == [1]


def test_the_trail_of_a_confidential_ledger_holds_a_digest_only(world):
    from kuangan.core.models import Event

    made = unfit(world)
    events = Event.objects.filter(subject_kind="ledger.entry", subject_id=str(made.serial))
    assert [set(event.data) for event in events] == [{"digest"}]
    assert not Event.objects.filter(data__icontains="白例").exists()


def test_personal_data_is_masked_for_outsiders_in_what_leaves_the_platform(world, as_user):
    values = personal_values(world)
    record_entry(actor=None, ledger_id=values[0], unit=world.city.units["mine"], values=values[1], at=clock.now())
    address = reverse("ledger", args=[values[0]])
    own = sheet_text(as_user("mine_director").get(address, {"since": "", "export": "xlsx"}))
    outside = sheet_text(as_user("county_officer").get(address, {"since": "", "export": "xlsx"}))
    assert values[2] in own
    assert values[2] not in outside
    printed = reverse("print_ledger", args=[values[0]])
    assert values[2] not in text(as_user("county_officer").get(printed, {"since": ""}))


def test_personal_data_is_masked_on_pages_and_by_the_api_until_it_is_opened_by_a_recorded_act(world, as_user):
    ledger_id, values, secret = personal_values(world)
    made = record_entry(actor=None, ledger_id=ledger_id, unit=world.city.units["mine"], values=values, at=clock.now())
    pages = (reverse("ledger", args=[ledger_id]), reverse("entry", args=[ledger_id, made.serial]))
    programs = (f"/api/ledgers/{ledger_id}/entries", f"/api/ledgers/{ledger_id}/entries/{made.serial}")
    outside, own = as_user("county_officer"), as_user("mine_director")
    for address in (*pages, *programs):
        assert secret not in outside.get(address, {"since": ""}).content.decode(), address
    for address in (pages[1], *programs):
        assert secret in own.get(address).content.decode(), address
    assert not opened(made)
    assert secret in outside.post(reverse("open_entry", args=[ledger_id, made.serial])).content.decode()
    assert secret in outside.post(f"{programs[1]}/open").content.decode()
    readers = [(event.actor.username, event.data["ledger"]) for event in opened(made)]
    assert readers == [("county_officer", ledger_id)] * 2
    assert as_user("other_county_head").post(reverse("open_entry", args=[ledger_id, made.serial])).status_code == 404


def test_what_is_masked_is_not_found_by_its_words_either(world, as_user):
    ledger_id, values, secret = personal_values(world)
    record_entry(actor=None, ledger_id=ledger_id, unit=world.city.units["mine"], values=values, at=clock.now())
    address, query = reverse("ledger", args=[ledger_id]), {"since": "", "q": secret}
    assert as_user("mine_director").get(address, query).context["list"].total == 1
    assert as_user("county_officer").get(address, query).context["list"].total == 0


def opened(made):
    from kuangan.core.models import Event

    rows = Event.objects.filter(subject_kind="ledger.entry", subject_id=str(made.serial), action="entry_opened")
    return list(rows.select_related("actor"))


def personal_values(world) -> tuple[str, dict[str, object], str]:
    """A ledger kept by mines with a personal field, its sample, and what that field holds."""
    from kuangan.law.ledger import ledgers

    for found in ledgers().values():
        secret = [
            each
            for each in found.fields
            if each.personal and each.name in found.sample[0] and each.kind in ("text", "person", "phone")
        ]
        files = any(each.kind in ("files", "face", "unit") and each.required for each in found.fields)
        if "mine" in found.keepers and secret and not files and not found.confidential:
            sample = {name: value for name, value in found.sample[0].items() if name != "mine"}
            return found.id, sample, str(sample[secret[0].name])
    raise AssertionError("no ledger of mines has a personal field")


def sheet_text(response) -> str:
    rows = load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True)
    return "|".join(str(cell) for row in rows for cell in row)


def test_a_mine_does_not_answer_itself_and_asks_only_those_over_it(world, as_user):
    form = as_user("mine_director").get(reverse("new_entry", args=["severe_disaster_problem"])).content.decode()
    assert 'name="problem"' in form
    assert 'name="answer"' not in form
    assert 'name="answered_on"' not in form
    offered = form.partition('name="responsible"')[2].partition("</datalist>")[0]
    assert "示例县人民政府" in offered
    assert "邻县应急管理局" not in offered
    assert "云岭矿业公司" not in offered
