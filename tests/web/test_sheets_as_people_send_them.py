"""Workbooks as people really fill them in: what is seen is what is read, or it is refused by its cell; every loss is said."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.actions import read_import
from kuangan.ledger.actions.imports import LOOKED_AT_ONCE, MOST_REFUSALS
from kuangan.ledger.models import Import
from kuangan.ledger.queries import unread_imports
from kuangan.ledger.references import References
from kuangan.ledger.sheets import ROWS_SHEET, columns, template

SAMPLES = Path(__file__).parents[1] / "samples" / "workbooks"
SEEN = {
    "percent_cells_safety_fund_explanation": "safety_fund_explanation",
    "percent_cells_severe_disaster_progress": "severe_disaster_progress",
    "formula_without_value_certificate": "certificate",
    "error_cells_certificate": "certificate",
    "half_past_two_pm_training_session": "training_session",
    "range_of_times_training_session": "training_session",
    "merged_cells_certificate": "certificate",
    "rows_behind_a_gap_certificate": "certificate",
    "decimal_comma_training_session": "training_session",
    "padded_names_certificate": "certificate",
}


@pytest.fixture
def send(world, as_user):
    """Uploads a workbook as the mine's clerk; gives the import and its page."""

    def send(ledger_id: str, content: bytes, unit: str = "mine"):
        upload = SimpleUploadedFile("填好的表.xlsx", content)
        answer = as_user("mine_clerk").post(
            reverse("import_entries", args=[ledger_id]),
            {"sheet": upload, "unit": world.city.units[unit].code},
            follow=True,
        )
        return Import.objects.order_by("-pk").first(), answer.content.decode()

    return send


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.xlsx").read_bytes()


def reasons(made: Import) -> str:
    return "；".join(refusal["reason"] for refusal in made.refused)


def certificates(world, *changes) -> bytes:
    """A sheet of two certificates, changed."""
    book = load_workbook(io.BytesIO(sample("merged_cells_certificate")))
    sheet = book.active
    sheet.unmerge_cells("E2:E3")
    sheet["E3"] = "采煤机操作作业"
    for change in changes:
        change(sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def peak() -> int:
    """The most bytes that this process held since it was last asked."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    Path("/proc/self/clear_refs").write_text("5")
    return int(line.split()[1]) * 1024


def changed(content: bytes, change, **more: bytes) -> bytes:
    """A workbook with other bytes in its parts, and further parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in book.namelist():
            new.writestr(name, change(book.read(name)))
        for name, data in more.items():
            new.writestr(name, data)
    return made.getvalue()


def of_one_text(text: str) -> bytes:
    """A sheet of certificates whose 480 cells all show one shared text."""
    book = Workbook()
    book.active.append([given.heading for given in columns(ledger_by_id("certificate"))])
    for _ in range(40):
        book.active.append(["SWOLLEN"] * 12)
    plain = io.BytesIO()
    book.save(plain)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def change(data: bytes) -> bytes:
        for old, new in (
            ('t="inlineStr"><is><t>SWOLLEN</t></is>', 't="s"><v>0</v>'),
            ("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'),
            (
                "</Relationships>",
                f'<Relationship Id="rId99" Type="{relation}" Target="sharedStrings.xml"/></Relationships>',
            ),
        ):
            data = data.replace(old.encode(), new.encode())
        return data

    texts = f'<sst xmlns="{space}" count="480" uniqueCount="1"><si><t>{text}</t></si></sst>'
    return changed(plain.getvalue(), change, **{"xl/sharedStrings.xml": texts.encode()})


@pytest.mark.parametrize("name", SEEN)
def test_the_counts_of_every_import_add_up(send, name):
    made, _ = send(SEEN[name], sample(name))
    refused = {refusal["row"] for refusal in made.refused}
    assert made.read == made.total + len(refused)
    assert len(made.rows) == made.total
    assert not refused & {line["row"] for line in made.rows}
    last = max(
        cell.row for row in load_workbook(io.BytesIO(sample(name))).active for cell in row if cell.value is not None
    )
    assert made.read + made.blank == last - 1


def test_percent_cells_are_the_percent_that_is_seen(send):
    made, _ = send("safety_fund_explanation", sample("percent_cells_safety_fund_explanation"))
    assert [line["values"]["share"] for line in made.rows] == ["52"]
    made, _ = send("severe_disaster_progress", sample("percent_cells_severe_disaster_progress"))
    assert [line["values"]["percent"] for line in made.rows] == [100]


def test_a_percent_cell_where_no_percent_belongs_is_refused_by_its_format(send):
    book = load_workbook(io.BytesIO(sample("decimal_comma_training_session")))
    book.active["G2"], book.active["G2"].number_format = 0.5, "0.0%"
    content = io.BytesIO()
    book.save(content)
    made, _ = send("training_session", content.getvalue())
    assert reasons(made) == "单元格 G2 为百分比格式，本栏不是百分数，请改为常规格式后填写"


def test_a_formula_without_a_result_is_refused_and_not_taken_for_a_blank(send):
    made, page = send("certificate", sample("formula_without_value_certificate"))
    assert (made.total, len(made.refused)) == (0, 1)
    assert "单元格 I2 的公式没有计算结果，请用 Excel 打开保存后再上传" in page


def test_error_cells_are_refused_by_their_names(send):
    made, _ = send("certificate", sample("error_cells_certificate"))
    assert (made.total, len(made.refused)) == (0, 2)
    assert "单元格 E2 是错误值 #N/A" in reasons(made)
    assert "单元格 G2 是错误值 #REF!" in reasons(made)


def test_half_past_two_pm_in_a_sheet_is_half_past_fourteen_and_a_range_is_refused(send):
    made, page = send("training_session", sample("half_past_two_pm_training_session"))
    assert made.rows[0]["values"]["starts_at"].startswith("2026-11-12T06:30")
    assert "2026-11-12 14:30" in page
    made, _ = send("training_session", sample("range_of_times_training_session"))
    assert (made.total, "不是有效的时间" in reasons(made)) == (0, True)


def test_merged_cells_hold_for_each_of_their_rows(send):
    made, _ = send("certificate", sample("merged_cells_certificate"))
    assert [line["values"]["work_type"] for line in made.rows] == ["采煤机操作作业"] * 2


def test_cells_merged_across_columns_refuse_the_sheet_by_their_range(world, send):
    _, page = send("certificate", certificates(world, lambda sheet: sheet.merge_cells("E2:F2")))
    assert "单元格 E2:F2 合并了几栏或表头" in page
    assert not Import.objects.exists()


def test_rows_behind_a_gap_are_read_and_the_gap_is_said(send):
    made, page = send("certificate", sample("rows_behind_a_gap_certificate"))
    assert ([line["row"] for line in made.rows], made.blank) == ([2, 260], 257)
    assert "中间空白" in page


def test_a_decimal_comma_in_a_sheet_is_refused(send):
    made, _ = send("training_session", sample("decimal_comma_training_session"))
    assert (made.total, "逗号只能用作千位分隔" in reasons(made)) == (0, True)


def test_padded_names_are_kept_without_their_padding(send):
    made, _ = send("certificate", sample("padded_names_certificate"))
    assert [line["values"]["person"] for line in made.rows] == ["王芳", "王芳"]


def test_what_stands_beside_the_columns_is_refused_and_other_sheets_are_named(world, send):
    def beside(sheet):
        sheet["P3"] = "补充说明"
        sheet.parent.create_sheet("二队")["A1"] = "还有人"

    made, page = send("certificate", certificates(world, beside))
    assert reasons(made) == "单元格 P3 在表头各栏之外，请移入相应的栏或删去"
    assert "工作表“二队”没有读取" in page


@pytest.mark.parametrize(
    ("cell", "said"), [("XFD1", "表头“补充”不属于"), ("XFD2", "单元格 XFD2 在表头各栏之外")], ids=["heading", "value"]
)
def test_the_last_column_of_a_sheet_is_refused_by_its_name_and_costs_no_more_than_any(world, send, cell, said):
    content = certificates(world, lambda sheet: sheet.__setitem__(cell, "补充"))
    begun = time.process_time()
    _, page = send("certificate", content)
    assert said in page
    assert time.process_time() - begun < 1


LAUGHS = "".join(f'<!ENTITY l{depth + 1} "{f"&l{depth};" * 10}">' for depth in range(9))
ENTITIES = {
    "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "{address}">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "{address}">%p;]>',
    "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY e "&l9;">]>',
}


@pytest.mark.parametrize("kind", ENTITIES)
@pytest.mark.parametrize("part", ["worksheet", "sst", "workbook"])
def test_entities_of_a_workbook_open_no_file_and_multiply_nothing(send, tmp_path, part, kind):
    secret = tmp_path / "secret.txt"
    secret.write_text("金丝雀七号")
    definition = ENTITIES[kind].replace("{address}", secret.as_uri())
    texts = of_one_text("王芳")
    hostile = changed(texts, lambda data: _with_entity(data, part.encode(), definition.encode()))
    assert hostile != texts
    begun = time.process_time()
    made, page = send("certificate", hostile)
    assert time.process_time() - begun < 1
    assert "金丝雀" not in page + str(made and (made.rows, made.refused))
    assert made is None or made.total == 0
    assert made is not None or "工作簿" in page


def _with_entity(data: bytes, root: bytes, definition: bytes) -> bytes:
    """A part of a workbook with a definition before its root, and a reference to it in a text or a name."""
    if b"<" + root + b" " not in data:
        return data
    body = data[data.index(b"<" + root + b" ") :]
    for place in (b"<v>0</v>", b"<t>" + "王芳".encode() + b"</t>", b'name="Sheet"'):
        body = body.replace(
            place, place.replace(b"0<", b"&e;<").replace("王芳".encode(), b"&e;").replace(b"Sheet", b"&e;")
        )
    return definition + body


def test_a_million_formatted_blank_rows_behind_the_last_are_passed_over_quickly(world, send):
    blank = "".join(f'<row r="{number}" s="1" customFormat="1"/>' for number in range(4, 1_048_577)).encode()
    content = changed(certificates(world), lambda data: data.replace(b"</sheetData>", blank + b"</sheetData>"))
    peak()
    before, begun = peak(), time.process_time()
    made, _ = send("certificate", content)
    for waiting in unread_imports():
        read_import(imported=waiting, at=clock.now())
    made.refresh_from_db()
    assert peak() - before < 60 * 1024 * 1024
    assert time.process_time() - begun < 2
    assert (made.total, made.blank) == (2, 0)


@pytest.mark.parametrize("text", ["a" * 2_000_000, "a" * 9000], ids=["two megabytes", "somewhat too long"])
def test_a_small_workbook_of_endless_texts_is_refused_and_the_page_process_stays_small(send, text):
    content = of_one_text(text)
    assert len(content) < 10_000
    send("certificate", sample("padded_names_certificate"))
    peak()
    before, begun = peak(), time.process_time()
    made, page = send("certificate", content)
    assert (made.total, made.refused != []) == (0, True)
    assert "超过本栏长度，请精简" in page
    assert peak() - before < 60 * 1024 * 1024
    assert time.process_time() - begun < 2
    assert len(made.refused) <= MOST_REFUSALS + len(columns(ledger_by_id("certificate")))
    assert max(len(refusal["given"]) for refusal in made.refused) <= 60
    assert made.read > made.total + len({refusal["row"] for refusal in made.refused})
    assert "没有再核对" in page


def many_certificates(rows: int, *more: str) -> bytes:
    book = load_workbook(io.BytesIO(sample("merged_cells_certificate")))
    sheet = book.active
    sheet.unmerge_cells("E2:E3")
    first = [cell.value for cell in sheet[2]]
    for number in range(rows):
        sheet.append([*first[:5], f"T9{number:05}", *first[6:]])
    for place, text in enumerate(more):
        sheet.cell(1, 13 + place, text)
    content = io.BytesIO()
    book.save(content)
    assert len(content.getvalue()) > LOOKED_AT_ONCE
    return content.getvalue()


def test_a_large_sheet_is_read_behind_the_page_and_then_previewed(send, as_user):
    made, page = send("certificate", many_certificates(1500))
    assert (made.state, made.rows) == ("reading", [])
    assert "正在读取" in page
    assert "hx-get" in page
    [waiting] = unread_imports()
    read_import(imported=waiting, at=clock.now())
    made.refresh_from_db()
    assert (made.state, made.read, made.total + len({refusal["row"] for refusal in made.refused})) == (
        "previewed",
        1502,
        1502,
    )
    with pytest.raises(Refused, match="已读取"):
        read_import(imported=waiting, at=clock.now())


def test_a_large_sheet_that_is_no_such_ledgers_ends_with_the_reason(send, as_user):
    made, _ = send("certificate", many_certificates(1500, "血型"))
    [waiting] = unread_imports()
    read_import(imported=waiting, at=clock.now())
    page = as_user("mine_clerk").get(reverse("import", args=["certificate", made.pk])).content.decode()
    assert "文件未能读取：表头“血型”不属于" in page
    assert not unread_imports().exists()


def test_the_own_template_and_export_are_read_back_without_loss(world, send):
    found = ledger_by_id("certificate")
    book = load_workbook(io.BytesIO(template(found, References(world.city.units["mine"]))))
    for number, given in enumerate(columns(found), 1):
        assert book[ROWS_SHEET].cell(1, number).value.rstrip("*") == given.heading
    for row in load_workbook(io.BytesIO(sample("padded_names_certificate"))).active.iter_rows(
        min_row=2, values_only=True
    ):
        book[ROWS_SHEET].append(row)
    content = io.BytesIO()
    book.save(content)
    made, _ = send("certificate", content.getvalue())
    assert (made.total, made.refused, made.notes) == (2, [], [])
