"""Out again: what an account may see as files with a manifest; a mine's holds nothing that is prepared against it."""

import json
from zipfile import ZipFile

import openpyxl
import pytest
from django.urls import reverse

from kuangan.base import clock
from kuangan.city.models import DataExport, ExportState
from kuangan.city.out.exporting import checked, export_to
from kuangan.city.out.jobs import KEPT, export_path, start_exports, work_waiting
from kuangan.core.errors import Refused
from kuangan.core.models import Event
from kuangan.flow.credit import imports
from tests.web import canaries
from tests.web.canaries import Cage
from tests.web.ledger_world import patrol


def texts_of(folder):
    """Everything that a reader of the export can read: JSON, cells of workbooks, names of files."""
    for path in sorted(folder.rglob("*")):
        yield path.name
        if path.suffix in (".json", ".jsonl"):
            yield path.read_text()
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path, read_only=True)
            for sheet in book:
                yield from (str(cell) for cells in sheet.iter_rows(values_only=True) for cell in cells if cell)


def lines_of(folder, name):
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


def test_a_county_takes_everything_it_sees_with_a_manifest_that_proves_it(world, tmp_path):
    patrol(world)
    folder = tmp_path / "out"
    manifest = export_to(folder, reader=world.users["county_head"])
    assert list(checked(folder)) == []
    names = {known["path"]: known["rows"] for known in manifest["files"]}
    assert names["mines.jsonl"] == names["mines.xlsx"] == len(lines_of(folder, "mines")) > 0
    assert names["ledgers/commissioner_patrol.jsonl"] >= 1
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} <= {".json", ".jsonl", ".xlsx", ".pdf"}
    book = openpyxl.load_workbook(folder / "mines.xlsx", read_only=True)
    assert len(list(book["第1表"].rows)) == names["mines.xlsx"] + 1
    assert manifest["left_out"]
    assert Event.objects.filter(action="data_exported").exists()
    (folder / "mines.jsonl").write_text("{}")
    assert list(checked(folder)) == ["mines.jsonl 与清单不符"]


def test_a_mine_takes_nothing_that_is_prepared_against_it(world, tmp_path):
    cage = Cage()
    canaries.stop_ordered(world, cage)
    folder = tmp_path / "out"
    export_to(folder, reader=world.users["mine_director"])
    everything = "\n".join(texts_of(folder))
    assert [word for word in cage.words if word in everything] == []
    assert world.city.mine.name in everything
    whole = tmp_path / "county"
    export_to(whole, reader=world.users["county_head"])
    assert cage.words[-1] in "\n".join(texts_of(whole)) or (whole / "cases.jsonl").stat().st_size
    assert {mine["code"] for mine in lines_of(folder, "mines")} == {world.city.mine.code}


def test_one_unit_is_taken_alone_and_only_where_it_is_in_sight(world, tmp_path):
    mine = world.city.mine
    export_to(tmp_path / "one", reader=world.users["county_head"], unit_code=mine.unit.code)
    assert [line["code"] for line in lines_of(tmp_path / "one", "mines")] == [mine.code]
    assert {line["unit"] for line in lines_of(tmp_path / "one", "people")} == {mine.unit.name}
    with pytest.raises(Refused, match="管辖范围"):
        export_to(tmp_path / "two", reader=world.users["other_mine_director"], unit_code=mine.unit.code)
    with pytest.raises(Refused, match="不是空文件夹"):
        export_to(tmp_path / "one", reader=world.users["county_head"])


def test_it_is_asked_for_on_a_page_and_only_who_asked_gets_it(world, as_user, monkeypatch):
    monkeypatch.setattr(imports, "start_beside", lambda work: work())
    client = as_user("mine_director")
    assert "还没有导出过数据" in client.get(reverse("exports")).content.decode()
    client.post(reverse("exports"), {"unit": ""})
    again = client.post(reverse("exports"), {"unit": ""}, follow=True).content.decode()
    assert "还在进行" in again
    start_exports(clock.now())
    export = DataExport.objects.get()
    assert export.state == ExportState.ready
    assert "下载" in client.get(reverse("exports")).content.decode()
    answer = client.get(reverse("export_file", args=[export.pk]))
    assert (answer.status_code, b"".join(answer.streaming_content)[:2]) == (200, b"PK")
    with ZipFile(export_path(export)) as archive:
        assert "manifest.json" in archive.namelist()
        assert len(archive.namelist()) == export.files + 1
    assert as_user("county_head").get(reverse("export_file", args=[export.pk])).status_code == 404
    start_exports(export.ended_at + KEPT)
    assert not export_path(export).exists()
    assert client.get(reverse("export_file", args=[export.pk])).status_code == 404
    assert "已过期删除" in client.get(reverse("exports")).content.decode()


def test_an_export_that_cannot_be_written_says_so_and_keeps_no_other_out(world, as_user, monkeypatch):
    as_user("mine_director").post(reverse("exports"), {"unit": ""})
    as_user("county_head").post(reverse("exports"), {"unit": ""})
    first = DataExport.objects.order_by("pk").first()
    DataExport.objects.filter(pk=first.pk).update(unit=world.city.units["county"])
    work_waiting()
    states = dict(DataExport.objects.values_list("by__username", "state"))
    assert states == {"mine_director": ExportState.failed, "county_head": ExportState.ready}
    assert "管辖范围" in as_user("mine_director").get(reverse("exports")).content.decode()
