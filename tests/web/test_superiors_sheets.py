"""The superior's own sheet as it really comes: signatures below, headings over two rows; never a failed export."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from kuangan.office.models import Collection
from kuangan.web.frame.lists import XLSX
from tests.web.test_office_collections import fill, send

SAMPLES = Path(__file__).parents[1] / "samples" / "workbooks"
DRAINED = {"label": "抽采量", "kind": "decimal", "required": "on"}
USED = {"label": "利用量", "kind": "decimal", "required": "on"}


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("表样.xlsx", content, content_type=XLSX)


def sample(name: str) -> SimpleUploadedFile:
    return upload((SAMPLES / f"superiors_sheet_{name}.xlsx").read_bytes())


def changed(change) -> SimpleUploadedFile:
    """A sheet with a title and headings in the second row, changed."""
    book = Workbook()
    book.active.append(["瓦斯抽采情况汇总表"])
    book.active.append(["序号", "单位名称", "抽采量", "利用量"])
    change(book.active)
    content = io.BytesIO()
    book.save(content)
    return upload(content.getvalue())


def exported(client, made: Collection):
    answer = client.get(reverse("collection", args=[made.pk]), {"export": "xlsx"})
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content)).worksheets[0]


@pytest.fixture
def reported(world, as_user):
    """A collection with this sheet, reported by two of three mines."""

    def reported(template: SimpleUploadedFile) -> Collection:
        answer = send(as_user("city_section"), world, DRAINED, USED, template=template)
        assert answer.status_code == 302, answer.content.decode()
        made = Collection.objects.get()
        fill(as_user("mine_director"), made, world.city.units["mine"], c1="3.5", c2="2")
        fill(as_user("other_mine_director"), made, world.city.units["other_mine"], c1="7", c2="1")
        return made

    return reported


def test_rows_are_put_in_above_the_signature_row(as_user, reported):
    sheet = exported(as_user("city_section"), reported(sample("signature_row")))
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[2] == ["序号", "单位名称", "抽采量", "利用量"]
    assert [line[0] for line in lines[3:6]] == [1, 2, 3]
    assert sorted(line[2] for line in lines[3:6] if line[2]) == [3.5, 7]
    assert lines[6][0].startswith("单位负责人：")
    assert "A7:D7" in {merged.coord for merged in sheet.merged_cells.ranges}
    assert len(lines) == 7


def test_headings_over_two_rows_are_understood(world, as_user, reported):
    sheet = exported(as_user("city_section"), reported(sample("two_heading_rows")))
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[3] == [None, None, "抽采量", "利用量"]
    assert [line[0] for line in lines[4:7]] == [1, 2, 3]
    assert [line[1] for line in lines[4:7]].count("云岭一号煤矿") == 1
    assert sorted(line[3] for line in lines[4:7] if line[3]) == [1, 2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda sheet: sheet.append([None, None, "万立方米", "万立方米"]), "紧接表头且已有内容"),
        (lambda sheet: [sheet.append([]), sheet.append(["合计", None, "=SUM(C3:C3)"])], "是公式"),
        (lambda sheet: sheet.merge_cells("C3:D3"), "数据行有合并单元格 C3:D3"),
        (lambda sheet: sheet.cell(2, 5, "利用量"), "相同的栏目名称"),
        (lambda sheet: sheet.cell(3000, 1, "尾"), "表样过大"),
        (lambda sheet: sheet.cell(2, 16_384, "尾"), "表样过大"),
        (lambda sheet: sheet.delete_rows(2), "没有找到表头行"),
    ],
    ids=["units below", "sum", "merged row", "same heading", "large", "column XFD", "no headings"],
)
def test_a_sheet_that_cannot_be_filled_is_refused_in_words_when_it_is_uploaded(world, as_user, change, said):
    answer = send(as_user("city_section"), world, DRAINED, USED, template=changed(change))
    assert said in answer.content.decode()
    assert not Collection.objects.exists()


def test_a_sheet_taken_before_and_no_longer_fit_is_exported_in_the_own_layout(as_user, reported, monkeypatch):
    made = reported(sample("signature_row"))
    unfit = changed(lambda sheet: sheet.merge_cells("C3:D3")).read()
    monkeypatch.setattr("kuangan.web.office.sheets.read_content", lambda sha256: unfit)
    lines = [[cell.value for cell in row] for row in exported(as_user("city_section"), made).iter_rows()]
    assert lines[1][:3] == ["序号", "县（区）", "单位名称"]
    assert "未按上级表样导出" in str(lines[0])
    assert len(lines) == 5


def test_the_headings_of_a_sheet_are_read_once_and_kept(as_user, reported, monkeypatch):
    made = reported(sample("signature_row"))
    assert made.headings == ["序号", "单位名称", "抽采量", "利用量"]
    Collection.objects.update(headings=None)
    client = as_user("city_section")
    client.get(reverse("collection", args=[made.pk]))
    monkeypatch.setattr("kuangan.web.office.sheets.read_content", None)
    assert client.get(reverse("collection", args=[made.pk])).status_code == 200
